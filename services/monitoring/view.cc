#include "services/monitoring/view.h"

#include "services/monitoring/core/clock_facts.h"
#include "services/monitoring/core/storage_clock.h"
#include "services/monitoring/keys.h"
#include "services/rules/admission.h"
#include "services/rules/calendar.h"

namespace cradle::monitoring {
namespace {

std::string RunKey(const state::v1::StorageClock& clock) {
  const std::optional<absl::CivilDay> start = EarliestStart(clock);
  return keys::Run(start ? rules::FormatDate(*start) : "", keys::Name(clock));
}

class Clocks : public runtime::View {
 public:
  std::string_view name() const override { return "monitoring"; }

  // A list as of an earlier prefix is judged by the limits in force then.
  absl::StatusOr<std::vector<std::string>> BundlesRead(const kv::Reader& store) const override {
    std::vector<std::string> bundles;
    absl::Status status = store.Scan(kv::Prefix(keys::kRules), kv::Order::kAscending,
                                     [&bundles](std::string_view, std::string_view sha256) {
                                       bundles.emplace_back(sha256);
                                       return true;
                                     });
    if (!status.ok()) return status;
    return bundles;
  }

  absl::Status Fold(const runtime::FoldedEntry& folded,
                    runtime::ViewWriter& writer) const override {
    const statement::v1::Statement& statement = folded.statement.message;
    if (const std::string bundle = rules::RuleDataNamedBy(statement); !bundle.empty()) {
      writer.Put(keys::Rules(folded.index), bundle);
    }
    absl::StatusOr<std::vector<ClockUpdate>> updates =
        ClockUpdates(folded.before, folded.after, folded.rule_data, statement, folded.index,
                     folded.admitted.act_time_ms);
    if (!updates.ok()) return updates.status();
    for (const ClockUpdate& update : *updates) {
      if (absl::Status status = Apply(update, writer); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  static absl::Status Apply(const ClockUpdate& update, runtime::ViewWriter& writer) {
    const std::string name = keys::Name(update.clock);
    absl::StatusOr<std::optional<std::string>> bytes = writer.Get(keys::Clock(name));
    if (!bytes.ok()) return bytes.status();
    state::v1::StorageClock clock = update.clock;
    if (bytes->has_value()) {
      if (!clock.ParseFromString(**bytes)) {
        return absl::DataLossError("the view's clock " + name + " cannot be read");
      }
      if (Running(clock)) writer.Delete(RunKey(clock));
    }
    *clock.add_facts() = update.fact;
    clock.set_site(update.clock.site());
    clock.set_waste_code(update.clock.waste_code());
    if (Running(clock)) writer.Put(RunKey(clock), "");
    if (update.fact.kind() == state::v1::CLOCK_FACT_KIND_STOP) {
      writer.Put(keys::Stop(update.fact.index(), name), "");
    }
    writer.Put(keys::Clock(name), clock.SerializeAsString());
    return absl::OkStatus();
  }
};

}  // namespace

const runtime::View& MonitoringView() {
  static const Clocks view;
  return view;
}

}  // namespace cradle::monitoring
