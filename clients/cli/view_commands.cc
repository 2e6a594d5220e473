// `cradle stock`, `cradle trace`, `cradle monitor`: what the log folds to.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/cli/view_text.h"
#include "clients/sdk/quantity.h"
#include "cradle/v1/monitoring.pb.h"
#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

using TrackingStub = v1::TrackingService::Stub;
using MonitoringStub = v1::MonitoringService::Stub;

struct StockOptions {
  std::string organisation;
  std::string facility;
  std::string code;
  int64_t min_age_days = 0;
  std::string on;
};

absl::Status CheckDay(const std::string& date, std::string_view what) {
  return date.empty() ? absl::OkStatus() : Naming(what, rules::CheckDate(date));
}

// With a column for what must leave by when, where anything must.
class StockTable {
 public:
  void Add(const v1::BatchView& view) {
    rows_.push_back({view.batch().batch(), view.batch().waste_code(),
                     sdk::FormatMass(view.batch().mass_g()), StatusText(view.status()),
                     view.storage_start_date().empty() ? "unknown" : view.storage_start_date(),
                     AgeText(view.age_days()), view.custodian_name(),
                     view.marks_size() == 0 ? "-" : fmt::format("{}", view.marks_size()),
                     DueText(view)});
    due_ = due_ || view.has_due_time_ms();
  }
  std::string Text() const {
    if (rows_.empty()) return "";
    std::vector<std::string> heads = {"BATCH", "CODE", ">MASS",     "STATUS",
                                      "SINCE", ">AGE", "CUSTODIAN", "MARKS"};
    if (due_) heads.push_back("LEAVES BY");
    Table table(heads);
    for (std::vector<std::string> row : rows_) {
      if (!due_) row.pop_back();
      table.Add(std::move(row));
    }
    return table.Text();
  }

 private:
  std::vector<std::vector<std::string>> rows_;
  bool due_ = false;
};

absl::Status RunStock(Context& context, const StockOptions& options) {
  if (absl::Status status = CheckDay(options.on, "--on"); !status.ok()) return status;
  v1::ListStockRequest request;
  if (!options.organisation.empty()) {
    absl::StatusOr<std::string> organisation = context.Id(options.organisation, "--org");
    if (!organisation.ok()) return organisation.status();
    request.set_organisation(*organisation);
  }
  if (!options.facility.empty()) {
    absl::StatusOr<std::string> facility = context.Id(options.facility, "--facility");
    if (!facility.ok()) return facility.status();
    request.set_facility(*facility);
  }
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  request.set_at_least(context.at_least());
  request.mutable_page()->set_size(1000);
  request.set_waste_code(options.code);
  request.set_min_age_days(options.min_age_days);
  request.set_on_date(options.on);
  StockTable table;
  Json batches = Json::array();
  v1::ListStockResponse last;
  do {
    auto answer = (*server)->Call((*server)->tracking(), &TrackingStub::ListStock, request);
    if (!answer.ok()) return answer.status();
    for (const v1::BatchView& view : answer->batches()) {
      table.Add(view);
      absl::StatusOr<Json> json = ToJson(view);
      if (!json.ok()) return json.status();
      batches.push_back(*std::move(json));
    }
    last = *std::move(answer);
    request.mutable_page()->set_token(last.next_token());
  } while (!last.next_token().empty());
  Json json = {{"on_date", last.on_date()},
               {"known", last.known()},
               {"total_batches", last.total_batches()},
               {"total_mass_g", last.total_mass_g()},
               {"batches", std::move(batches)}};
  context.Answer(json, fmt::format("{}{} batches, {} on {}, judged by {} entries\n", table.Text(),
                                   last.total_batches(), sdk::FormatMass(last.total_mass_g()),
                                   last.on_date(), last.known()));
  return absl::OkStatus();
}

struct TraceOptions {
  std::string batch;
};

absl::Status RunTrace(Context& context, const TraceOptions& options) {
  absl::StatusOr<std::string> batch = context.Id(options.batch, "BATCH");
  if (!batch.ok()) return batch.status();
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::TraceRequest request;
  request.set_at_least(context.at_least());
  request.set_batch(*batch);
  auto answer = (*server)->Call((*server)->tracking(), &TrackingStub::Trace, request);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<Json> json = ToJson(*answer);
  if (!json.ok()) return json.status();
  context.Answer(*json, TraceText(*answer, context.chinese()));
  return absl::OkStatus();
}

struct MonitorOptions {
  std::string on;
  uint64_t known = 0;
  std::string division;
  uint32_t warn_days = 0;
};

std::string Entries(const google::protobuf::RepeatedField<uint64_t>& entries) {
  std::string text;
  for (const uint64_t entry : entries) text += fmt::format("{}{}", text.empty() ? "" : ",", entry);
  return text;
}

std::string ListedText(const google::protobuf::RepeatedPtrField<v1::ListedEnterprise>& enterprises,
                       std::string_view heading) {
  if (enterprises.empty()) return "";
  std::string text = fmt::format("\n{} ({})\n", heading, enterprises.size());
  for (const v1::ListedEnterprise& enterprise : enterprises) {
    text += fmt::format("\n{}  {}  {}\n", enterprise.name(), enterprise.division(),
                        sdk::FormatMass(enterprise.total_mass_g()));
    Table table(
        {"  BATCH", "WHY", "CODE", ">MASS", "SINCE", "LAST DAY", ">AGE", "PROVEN BY ENTRIES"});
    for (const v1::ListedBatch& batch : enterprise.batches()) {
      table.Add({"  " + batch.batch(), batch.trigger() == v1::TRIGGER_T5 ? "T5" : "T1",
                 batch.waste_code(), sdk::FormatMass(batch.mass_g()),
                 batch.start_date().empty() ? "unknown" : batch.start_date(),
                 batch.last_day_date().empty() ? "-" : batch.last_day_date(),
                 AgeText(batch.age_days()), Entries(batch.entries())});
    }
    text += table.Text();
  }
  return text;
}

absl::Status RunMonitor(Context& context, const MonitorOptions& options) {
  if (absl::Status status = CheckDay(options.on, "--on"); !status.ok()) return status;
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::GetListRequest request;
  request.set_at_least(context.at_least());
  request.set_on_date(options.on);
  request.set_known_size(options.known);
  request.set_division(options.division);
  request.set_warn_days(options.warn_days);
  auto answer = (*server)->Call((*server)->monitoring(), &MonitoringStub::GetList, request);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<Json> json = ToJson(*answer);
  if (!json.ok()) return json.status();
  const bool chinese = context.chinese();
  std::string text = fmt::format(
      "on {}, judged by {} entries: {} listed, {} to verify, {} warned\n", answer->on_date(),
      answer->known(), answer->listed_size(), answer->to_verify_size(), answer->warned_size());
  text +=
      ListedText(answer->listed(), chinese ? "重点监控名单候选" : "listed: stored over one year");
  text += ListedText(answer->to_verify(),
                     chinese ? "待核实（仅凭单位自述）" : "to verify: on the owner's word alone");
  text += ListedText(answer->warned(), chinese ? "预警" : "warned: the year is nearly up");
  context.Answer(*json, text);
  return absl::OkStatus();
}

}  // namespace

void AddViewCommands(CLI::App& app, Context& context) {
  AddCommand<StockOptions>(
      app, "stock", "Batches held and not yet ended, oldest first", context,
      [](CLI::App& command, StockOptions& options) {
        command.add_option("--org", options.organisation, "Custodian");
        command.add_option("--facility", options.facility, "Where they lie");
        command.add_option("--code", options.code, "Waste code, or a category as HW08");
        command.add_option("--min-age", options.min_age_days, "Days at least")->type_name("DAYS");
        command.add_option("--on", options.on, "Day for the age, YYYY-MM-DD (default: today)");
        command.footer("Example: cradle stock --org @chem --min-age 300");
      },
      RunStock);
  AddCommand<TraceOptions>(
      app, "trace", "Everything that happened to a batch", context,
      [](CLI::App& command, TraceOptions& options) {
        command.add_option("BATCH", options.batch, "Id or @name")->required();
        command.footer("Example: cradle trace @oil1");
      },
      RunTrace);
  CLI::App* monitor = AddNoun(app, "monitor", "The key monitoring list (重点监控名单)");
  AddCommand<MonitorOptions>(
      *monitor, "list", "Who is to be listed, and why", context,
      [](CLI::App& command, MonitorOptions& options) {
        command.add_option("--on", options.on, "As of this day, YYYY-MM-DD (default: today)");
        command
            .add_option("--known", options.known,
                        "Judge by the first so many entries (default: those recorded by that day)")
            ->type_name("SIZE");
        command.add_option("--division", options.division, "This division and all below it");
        command.add_option("--warn-days", options.warn_days,
                           "Also what will be over within so many days");
        command.footer("Example: cradle monitor list --on 2026-03-01 --division 370781");
      },
      RunMonitor);
}

}  // namespace cradle::cli
