#include "services/tracking/queries.h"

#include <fmt/format.h>

#include <deque>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "services/rules/calendar.h"
#include "services/rules/identity.h"
#include "services/rules/state_keys.h"
#include "services/tracking/answers.h"
#include "services/tracking/view.h"

namespace cradle::tracking {
namespace {

namespace keys = rules::keys;

absl::Status InField(std::string_view field, const absl::Status& status) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", field, std::string(status.message())));
}

// An id in a filter: well formed and registered.
absl::Status CheckRegistered(const kv::Reader& reader, std::string_view field,
                             const std::string& id, const std::string& state_key) {
  if (absl::Status status = runtime::CheckIdField(field, id); !status.ok()) return status;
  absl::StatusOr<std::optional<std::string>> state = reader.Get(state_key);
  if (!state.ok()) return state.status();
  if (state->has_value()) return absl::OkStatus();
  return absl::NotFoundError(fmt::format("no {} {} is registered", field, id));
}

absl::StatusOr<absl::CivilDay> DayAtSite(const kv::Reader& reader, const Answers& answers,
                                         const runtime::QueryContext& context,
                                         std::string_view site, std::string_view date) {
  int64_t offset_ms = rules::kLogZoneOffsetMs;
  if (date.empty() && !site.empty()) {
    absl::StatusOr<std::string> zone = answers.ZoneOf(site);
    if (!zone.ok()) return zone.status();
    absl::StatusOr<int64_t> found = runtime::ZoneOffsetMs(reader, context, *zone);
    if (!found.ok()) return found.status();
    offset_ms = *found;
  }
  return runtime::DayOrToday(context, offset_ms, "on_date", date);
}

// When what is due is overdue: now, or at the end of a date asked for, which is well formed.
int64_t AsOfMs(const runtime::QueryContext& context, std::string_view date) {
  const absl::StatusOr<absl::CivilDay> day = rules::ParseDate(date);
  return day.ok() ? rules::StartOfDayMs(*day + 1, rules::kLogZoneOffsetMs) : context.now_ms;
}

// The filters of ListStock, checked.
struct StockFilter {
  std::string prefix;      // of the narrowest index
  std::string custodian;   // empty: any
  std::string waste_code;  // whole, or the two digits of a category; empty: any
  uint32_t newest_start;   // encoded; later starts are too young
  absl::CivilDay on_day;

  bool Takes(const rows::StockRow& row) const {
    return (custodian.empty() || row.custodian == custodian) &&
           row.waste_code.ends_with(waste_code);
  }
};

absl::StatusOr<StockFilter> CheckFilter(const kv::Reader& reader, const Answers& answers,
                                        const runtime::QueryContext& context,
                                        const v1::ListStockRequest& request) {
  StockFilter filter;
  filter.prefix = rows::StockOfAll();
  if (const std::string& waste = request.waste_code(); !waste.empty()) {
    filter.waste_code = waste;
    if (waste.starts_with("HW")) {
      if (waste.size() != 4 || !absl::ascii_isdigit(static_cast<unsigned char>(waste[2])) ||
          !absl::ascii_isdigit(static_cast<unsigned char>(waste[3]))) {
        return absl::InvalidArgumentError("waste_code: a category is HW and two digits");
      }
      filter.waste_code = waste.substr(2);
    } else if (absl::Status status = rules::CheckWasteCodeForm(waste); !status.ok()) {
      return InField("waste_code", status);
    }
    filter.prefix = rows::StockOfCategory(rows::CategoryOf(waste));
  }
  if (const std::string& id = request.organisation(); !id.empty()) {
    absl::Status status = CheckRegistered(reader, "organisation", id, keys::Organisation(id));
    if (!status.ok()) return status;
    filter.custodian = id;
    filter.prefix = rows::StockOf(id);
  }
  std::string site;
  if (const std::string& id = request.facility(); !id.empty()) {
    absl::Status status = CheckRegistered(reader, "facility", id, keys::Facility(id));
    if (!status.ok()) return status;
    auto facility = runtime::ReadKept<state::v1::FacilityState>(reader, keys::Facility(id));
    if (!facility.ok()) return facility.status();
    site = facility->registered().site();
    filter.prefix = rows::StockIn(id);
  }
  absl::StatusOr<absl::CivilDay> day = DayAtSite(reader, answers, context, site, request.on_date());
  if (!day.ok()) return day.status();
  filter.on_day = *day;
  constexpr int64_t kAgeDaysMax = 4'000'000;  // over any two dates that can be written
  if (request.min_age_days() < 0 || request.min_age_days() > kAgeDaysMax) {
    return absl::InvalidArgumentError(
        fmt::format("min_age_days: {} is not from 0 to {}", request.min_age_days(), kAgeDaysMax));
  }
  filter.newest_start = request.min_age_days() == 0
                            ? UINT32_MAX
                            : rows::EncodeDay(filter.on_day - request.min_age_days());
  return filter;
}

// Where a page of stock ended: the last key, then the totals of the whole.
struct StockPage {
  std::string last;
  uint64_t total_mass_g = 0;
  uint64_t total_batches = 0;
};
constexpr size_t kTotalsBytes = 16;

std::string StockToken(const StockPage& page) {
  std::string bytes = page.last;
  runtime::AppendBigEndian(bytes, page.total_mass_g, 8);
  runtime::AppendBigEndian(bytes, page.total_batches, 8);
  return runtime::PageToken(bytes);
}

absl::StatusOr<StockPage> StockPageBefore(const v1::Page& page, const std::string& prefix) {
  absl::StatusOr<std::string> bytes = runtime::LastOfPage(page, prefix);
  if (!bytes.ok()) return bytes.status();
  if (bytes->empty()) return StockPage();
  const size_t key_bytes = prefix.size() + rows::kDayBytes + rows::kIdBytes;
  if (bytes->size() != key_bytes + kTotalsBytes) {
    return absl::InvalidArgumentError(
        "page.token: not one that this list returned; ask for the first page again");
  }
  StockPage before;
  before.last = bytes->substr(0, key_bytes);
  std::string_view totals = std::string_view(*bytes).substr(key_bytes);
  before.total_mass_g = runtime::TakeBigEndian(totals, 8);
  before.total_batches = runtime::TakeBigEndian(totals, 8);
  return before;
}

}  // namespace

absl::Status GetBatch(const kv::Reader& reader, const runtime::QueryContext& context,
                      const v1::GetBatchRequest& request, v1::GetBatchResponse& response) {
  response.set_known(context.known);
  if (absl::Status status = runtime::CheckIdField("batch", request.batch()); !status.ok()) {
    return status;
  }
  Answers answers(reader, context);
  absl::StatusOr<state::v1::BatchState> batch = answers.FindBatch(request.batch());
  if (!batch.ok()) return batch.status();
  absl::StatusOr<absl::CivilDay> day =
      DayAtSite(reader, answers, context, batch->site(), request.on_date());
  if (!day.ok()) return day.status();
  absl::Status disputes = answers.AddDisputesOf(*batch, response.mutable_disputes());
  if (!disputes.ok()) return disputes;
  absl::StatusOr<v1::BatchView> view =
      answers.View(*std::move(batch), *day, AsOfMs(context, request.on_date()));
  if (!view.ok()) return view.status();
  *response.mutable_batch() = *std::move(view);
  response.set_on_date(rules::FormatDate(*day));
  return absl::OkStatus();
}

absl::Status ListStock(const kv::Reader& reader, const runtime::QueryContext& context,
                       const v1::ListStockRequest& request, v1::ListStockResponse& response) {
  response.set_known(context.known);
  Answers answers(reader, context);
  absl::StatusOr<StockFilter> filter = CheckFilter(reader, answers, context, request);
  if (!filter.ok()) return filter.status();
  absl::StatusOr<uint32_t> page_size = runtime::PageSize(request.page());
  if (!page_size.ok()) return page_size.status();
  absl::StatusOr<StockPage> page = StockPageBefore(request.page(), filter->prefix);
  if (!page.ok()) return page.status();

  const bool first_page = page->last.empty();
  const size_t prefix_bytes = filter->prefix.size();
  std::vector<std::string> batches;
  bool more = false;
  absl::Status damage;
  absl::Status status =
      reader.Scan(runtime::RowsAfter(filter->prefix, page->last, kv::Order::kAscending),
                  kv::Order::kAscending, [&](std::string_view key, std::string_view value) {
                    std::string_view suffix = key.substr(prefix_bytes);
                    if (runtime::TakeBigEndian(suffix, rows::kDayBytes) > filter->newest_start)
                      return false;
                    absl::StatusOr<rows::StockRow> row = rows::DecodeStockRow(value);
                    damage.Update(row.status());
                    if (!row.ok()) return false;
                    if (!filter->Takes(*row)) return true;
                    if (first_page) {
                      page->total_mass_g += static_cast<uint64_t>(row->mass_g);
                      ++page->total_batches;
                    }
                    more = batches.size() == *page_size;
                    if (more) return first_page;
                    batches.emplace_back(suffix);
                    page->last = key;
                    return true;
                  });
  status.Update(damage);
  if (!status.ok()) return status;

  const int64_t as_of_ms = AsOfMs(context, request.on_date());
  for (const std::string& id : batches) {
    absl::StatusOr<state::v1::BatchState> batch = answers.FindBatch(id);
    if (!batch.ok()) return batch.status();
    absl::StatusOr<v1::BatchView> view = answers.View(*std::move(batch), filter->on_day, as_of_ms);
    if (!view.ok()) return view.status();
    *response.add_batches() = *std::move(view);
  }
  response.set_on_date(rules::FormatDate(filter->on_day));
  response.set_total_mass_g(static_cast<int64_t>(page->total_mass_g));
  response.set_total_batches(page->total_batches);
  if (more) response.set_next_token(StockToken(*page));
  return absl::OkStatus();
}

absl::Status GetManifest(const kv::Reader& reader, const runtime::QueryContext& context,
                         const v1::GetManifestRequest& request, v1::GetManifestResponse& response) {
  response.set_known(context.known);
  std::string id = request.manifest();
  if (request.by_case() == v1::GetManifestRequest::kOfficialNumber) {
    const std::string& number = request.official_number();
    if (absl::Status status = rules::CheckOfficialNumber(number); !status.ok()) {
      return InField("official_number", status);
    }
    absl::StatusOr<std::optional<std::string>> found = reader.Get(keys::OfficialNumber(number));
    if (!found.ok()) return found.status();
    if (!found->has_value()) {
      return absl::NotFoundError(
          fmt::format("no manifest in the log has the official number {}", number));
    }
    id = **std::move(found);
  } else if (request.by_case() != v1::GetManifestRequest::kManifest) {
    return absl::InvalidArgumentError("by: give a manifest or an official_number");
  } else if (absl::Status status = runtime::CheckIdField("manifest", id); !status.ok()) {
    return status;
  }
  Answers answers(reader, context);
  absl::StatusOr<state::v1::ManifestState> manifest = answers.FindManifest(id);
  if (!manifest.ok()) return manifest.status();
  absl::StatusOr<v1::ManifestView> view = answers.View(*std::move(manifest));
  if (!view.ok()) return view.status();
  *response.mutable_manifest() = *std::move(view);
  return answers.AddDisputes(fmt::format("manifest:{}", id), response.mutable_disputes());
}

absl::Status ListManifests(const kv::Reader& reader, const runtime::QueryContext& context,
                           const v1::ListManifestsRequest& request,
                           v1::ListManifestsResponse& response) {
  response.set_known(context.known);
  if (const std::string& party = request.party(); !party.empty()) {
    absl::Status status = runtime::CheckIdField("party", party);
    if (!status.ok()) return status;
    absl::StatusOr<std::optional<std::string>> state = reader.Get(keys::Organisation(party));
    if (!state.ok()) return state.status();
    if (!state->has_value()) {
      return absl::NotFoundError(fmt::format("no organisation {} is registered", party));
    }
  }
  if (!state::v1::ManifestStatus_IsValid(request.status())) {
    return absl::InvalidArgumentError(fmt::format("status: {} is none of a manifest's known here",
                                                  static_cast<int>(request.status())));
  }
  absl::StatusOr<uint32_t> page_size = runtime::PageSize(request.page());
  if (!page_size.ok()) return page_size.status();
  if (request.unconfirmed() && request.status() != state::v1::MANIFEST_STATUS_UNSPECIFIED) {
    return absl::InvalidArgumentError("status: none is asked for beside unconfirmed");
  }
  const std::string prefix = request.unconfirmed()
                                 ? rows::Unconfirmed(request.party())
                                 : rows::Manifests(request.party(), request.status());
  absl::StatusOr<std::string> last = runtime::LastOfPage(request.page(), prefix);
  if (!last.ok()) return last.status();

  std::vector<std::string> manifests;
  bool more = false;
  absl::Status status =
      reader.Scan(runtime::RowsAfter(prefix, *last, kv::Order::kDescending), kv::Order::kDescending,
                  [&](std::string_view key, std::string_view id) {
                    more = manifests.size() == *page_size;
                    if (more) return false;
                    manifests.emplace_back(id);
                    *last = key;
                    return true;
                  });
  if (!status.ok()) return status;
  Answers answers(reader, context);
  for (const std::string& id : manifests) {
    absl::StatusOr<state::v1::ManifestState> manifest = answers.FindManifest(id);
    if (!manifest.ok()) return manifest.status();
    absl::StatusOr<v1::ManifestView> view = answers.View(*std::move(manifest));
    if (!view.ok()) return view.status();
    *response.add_manifests() = *std::move(view);
  }
  if (more) response.set_next_token(runtime::PageToken(*last));
  return absl::OkStatus();
}

namespace {

// A statement about a bulk store extends the store's chain, not that of the layer that it changes.
bool IsOfLayer(const state::v1::BatchState& batch, const v1::TraceStep& step) {
  if (batch.bulk().empty() || step.index() == batch.begun_index()) return false;
  return step.event() == "bulk_drawn" || step.event() == "bulk_level_read" ||
         step.event() == "bulk_emptied" ||
         (step.event() == "treatment_recorded" &&
          batch.status() != state::v1::BATCH_STATUS_TREATED);
}

constexpr int kRelatedMax = 1000;

using Ids = google::protobuf::RepeatedPtrField<std::string>;

// The nearest first, along `next` of each.
absl::Status AddAlong(Answers& answers, const state::v1::BatchState& from,
                      const Ids& (state::v1::BatchState::*next)() const,
                      google::protobuf::RepeatedPtrField<v1::RelatedBatch>& related, bool& more) {
  std::set<std::string> seen{from.batch()};
  struct Found {
    std::string batch;
    std::string via;
    uint32_t steps;
  };
  std::deque<Found> waiting;
  const auto add = [&](const state::v1::BatchState& batch, uint32_t steps) {
    for (const std::string& id : (batch.*next)()) {
      if (seen.insert(id).second) waiting.push_back({id, batch.batch(), steps});
    }
  };
  add(from, 1);
  for (; !waiting.empty(); waiting.pop_front()) {
    if (related.size() == kRelatedMax) {
      more = true;
      return absl::OkStatus();
    }
    const Found& found = waiting.front();
    absl::StatusOr<state::v1::BatchState> batch = answers.FindBatch(found.batch);
    if (!batch.ok()) return batch.status();
    add(*batch, found.steps + 1);  // a deque keeps its elements where they are
    absl::StatusOr<v1::RelatedBatch> told = answers.Related(*batch);
    if (!told.ok()) return told.status();
    told->set_steps(found.steps);
    told->set_via(found.via);
    *related.Add() = *std::move(told);
  }
  return absl::OkStatus();
}

absl::Status AddRelated(Answers& answers, const state::v1::BatchState& batch,
                        v1::TraceResponse& response) {
  bool more = false;
  absl::Status status =
      AddAlong(answers, batch, &state::v1::BatchState::parents, *response.mutable_sources(), more);
  status.Update(
      AddAlong(answers, batch, &state::v1::BatchState::children, *response.mutable_made(), more));
  response.set_more(more);
  bool assumed = batch.oldest_out_first();
  for (const v1::RelatedBatch& made : response.made()) assumed = assumed || made.oldest_out_first();
  response.set_oldest_out_first(assumed);
  return status;
}

}  // namespace

absl::Status Trace(const kv::Reader& reader, const runtime::QueryContext& context,
                   const v1::TraceRequest& request, v1::TraceResponse& response) {
  response.set_known(context.known);
  if (absl::Status status = runtime::CheckIdField("batch", request.batch()); !status.ok()) {
    return status;
  }
  Answers answers(reader, context);
  absl::StatusOr<state::v1::BatchState> batch = answers.FindBatch(request.batch());
  if (!batch.ok()) return batch.status();
  absl::StatusOr<absl::CivilDay> today = DayAtSite(reader, answers, context, batch->site(), "");
  if (!today.ok()) return today.status();
  *response.mutable_manifests() = batch->manifests();
  absl::Status related = AddRelated(answers, *batch, response);
  if (!related.ok()) return related;

  absl::StatusOr<std::vector<StepOfBatch>> steps = answers.StepsOf(request.batch());
  if (!steps.ok()) return steps.status();
  for (StepOfBatch& found : *steps) {
    absl::StatusOr<v1::TraceStep> step = answers.Step(found.index);
    if (!step.ok()) return step.status();
    step->set_chain(IsOfLayer(*batch, *step) ? "facility:" + batch->bulk()
                                             : std::move(found.chain));
    step->set_mass_g(found.mass_g);
    for (const std::string& organisation : step->organisations()) {
      absl::StatusOr<std::string> name = answers.NameOf(organisation);
      if (!name.ok()) return name.status();
      step->add_organisation_names(*std::move(name));
    }
    *response.add_steps() = *std::move(step);
  }
  absl::Status disputes = answers.AddDisputesOf(*batch, response.mutable_disputes());
  if (!disputes.ok()) return disputes;
  absl::StatusOr<v1::BatchView> view = answers.View(*std::move(batch), *today, context.now_ms);
  if (!view.ok()) return view.status();
  *response.mutable_batch() = *std::move(view);
  return absl::OkStatus();
}

}  // namespace cradle::tracking
