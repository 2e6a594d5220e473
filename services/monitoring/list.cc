#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "services/monitoring/core/storage_clock.h"
#include "services/monitoring/keys.h"
#include "services/monitoring/view.h"
#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/rules/identity.h"
#include "services/rules/state_keys.h"

namespace cradle::monitoring {
namespace {

absl::StatusOr<int64_t> RecordedTime(const kv::Reader& view, uint64_t index) {
  absl::StatusOr<std::optional<std::string>> bytes = view.Get(rules::keys::Entry(index));
  if (!bytes.ok()) return bytes.status();
  state::v1::EntryState entry;
  if (!bytes->has_value() || !entry.ParseFromString(**bytes)) {
    return absl::DataLossError(fmt::format("the view has lost entry {}", index));
  }
  return entry.recorded_time_ms();
}

// How many entries were recorded before `end_ms`. Recorded time never goes back.
absl::StatusOr<uint64_t> RecordedBefore(const kv::Reader& view, uint64_t folded, int64_t end_ms) {
  uint64_t low = 0;
  uint64_t high = folded;
  while (low < high) {
    const uint64_t middle = low + (high - low) / 2;
    absl::StatusOr<int64_t> recorded_ms = RecordedTime(view, middle);
    if (!recorded_ms.ok()) return recorded_ms.status();
    if (*recorded_ms < end_ms) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

// The bundle named by the last of the first `known` entries that names one; empty: none does.
absl::StatusOr<std::string> BundleAt(const kv::Reader& view, uint64_t known) {
  std::string sha256;
  absl::Status status = view.Scan({std::string(keys::kRules), keys::Rules(known)},
                                  kv::Order::kDescending, [&](std::string_view, auto value) {
                                    sha256 = std::string(value);
                                    return false;
                                  });
  if (!status.ok()) return status;
  return sha256;
}

class Lister {
 public:
  Lister(const kv::Reader& view, const rules::RuleData& data, const v1::GetListRequest& request,
         uint64_t known, absl::CivilDay date)
      : view_(view), data_(data), request_(request), known_(known), date_(date) {}

  absl::Status ReadLimits() {
    const std::pair<Trigger, std::string> kinds[] = {{Trigger::kOwnWaste, "producer"},
                                                     {Trigger::kCollectedWaste, "operator"}};
    for (const auto& [trigger, kind] : kinds) {
      absl::StatusOr<int64_t> years = data_.Limit("storage_limit_years_" + kind, date_);
      if (!years.ok()) return years.status();
      absl::StatusOr<int64_t> warn_days = data_.Limit("storage_warn_days_" + kind, date_);
      if (!warn_days.ok()) return warn_days.status();
      if (request_.warn_days() > 0) warn_days = request_.warn_days();
      limits_[trigger] = {static_cast<int>(*years), static_cast<int>(*warn_days)};
    }
    return absl::OkStatus();
  }

  // Clocks that may be in the answer: those running now and begun early enough, and those stopped
  // by entries the answer does not know, or after its date.
  absl::Status FindCandidates(uint64_t recorded_by_date) {
    std::vector<Limits> limits;
    for (const auto& [trigger, limit] : limits_) limits.push_back(limit);
    const std::string run_end =
        fmt::format("{}{}", keys::kRun, rules::FormatDate(LatestStart(limits, date_) + 1));
    const size_t run_name = keys::kRun.size() + keys::kDateLength + 1;
    absl::Status status = view_.Scan({std::string(keys::kRun), run_end}, kv::Order::kAscending,
                                     [&](std::string_view key, std::string_view) {
                                       names_.emplace(key.substr(run_name));
                                       return true;
                                     });
    if (!status.ok()) return status;
    kv::Range stopped = kv::Prefix(keys::kStop);
    stopped.begin =
        fmt::format("{}{}", keys::kStop, keys::BigEndian(std::min(known_, recorded_by_date)));
    const size_t stop_name = keys::kStop.size() + keys::kIndexLength + 1;
    return view_.Scan(stopped, kv::Order::kAscending, [&](std::string_view key, std::string_view) {
      names_.emplace(key.substr(stop_name));
      return true;
    });
  }

  absl::Status Judge() {
    std::vector<std::string> clock_keys;
    clock_keys.reserve(names_.size());
    for (const std::string& name : names_) clock_keys.push_back(keys::Clock(name));
    absl::StatusOr<std::vector<std::optional<std::string>>> clocks = view_.MultiGet(clock_keys);
    if (!clocks.ok()) return clocks.status();
    for (size_t i = 0; i < clocks->size(); ++i) {
      state::v1::StorageClock clock;
      if (!(*clocks)[i] || !clock.ParseFromString(*(*clocks)[i])) {
        return absl::DataLossError("the view has lost " + clock_keys[i]);
      }
      if (absl::Status status = JudgeClock(clock); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  void Write(v1::GetListResponse& response) {
    Move(listed_, *response.mutable_listed());
    Move(to_verify_, *response.mutable_to_verify());
    Move(warned_, *response.mutable_warned());
  }

 private:
  using Enterprises = std::map<std::string, v1::ListedEnterprise>;

  absl::Status JudgeClock(const state::v1::StorageClock& clock) {
    const Trigger trigger = static_cast<Trigger>(clock.trigger());
    const Reading reading = ReadClock(clock, known_, date_, limits_[trigger]);
    if (reading.standing != Standing::kOver && reading.standing != Standing::kWarned) {
      return absl::OkStatus();
    }
    const bool owner_word = clock.evidence_grade() == statement::v1::EVIDENCE_GRADE_OWNER_WORD;
    Enterprises& list = reading.standing == Standing::kWarned ? warned_
                        : owner_word                          ? to_verify_
                                                              : listed_;
    absl::StatusOr<v1::ListedEnterprise*> enterprise = Enterprise(list, clock.organisation());
    if (!enterprise.ok()) return enterprise.status();
    if (*enterprise == nullptr) return absl::OkStatus();
    v1::ListedBatch& batch = *(*enterprise)->add_batches();
    batch.set_batch(clock.batch());
    batch.set_waste_code(clock.waste_code());
    batch.set_mass_g(reading.mass_g);
    batch.set_trigger(static_cast<v1::Trigger>(clock.trigger()));
    if (reading.start) batch.set_start_date(rules::FormatDate(*reading.start));
    if (reading.last_day) batch.set_last_day_date(rules::FormatDate(*reading.last_day));
    batch.set_age_days(reading.age_days);
    batch.set_generator(clock.generator());
    batch.set_site(clock.site());
    for (const uint64_t index : reading.entries) batch.add_entries(index);
    (*enterprise)->set_total_mass_g((*enterprise)->total_mass_g() + reading.mass_g);
    return absl::OkStatus();
  }

  // Null where the division asked for does not cover it.
  absl::StatusOr<v1::ListedEnterprise*> Enterprise(Enterprises& list, const std::string& id) {
    const auto there = list.find(id);
    if (there != list.end()) return &there->second;
    absl::StatusOr<std::optional<std::string>> bytes = view_.Get(rules::keys::Organisation(id));
    if (!bytes.ok()) return bytes.status();
    state::v1::OrganisationState organisation;
    if (!bytes->has_value() || !organisation.ParseFromString(**bytes)) {
      return absl::DataLossError("the view has lost organisation " + id);
    }
    const auto& registered = organisation.registered();
    if (!request_.division().empty() &&
        !rules::DivisionCovers(request_.division(), registered.division())) {
      return nullptr;
    }
    v1::ListedEnterprise enterprise;
    enterprise.set_organisation(id);
    enterprise.set_name(registered.name());
    enterprise.set_division(registered.division());
    return &list.emplace(id, std::move(enterprise)).first->second;
  }

  // Batches oldest first (an unknown start before all), enterprises by their oldest batch.
  static void Move(Enterprises& from,
                   google::protobuf::RepeatedPtrField<v1::ListedEnterprise>& to) {
    const auto older = [](const v1::ListedBatch& a, const v1::ListedBatch& b) {
      return std::pair(a.start_date(), a.batch()) < std::pair(b.start_date(), b.batch());
    };
    for (auto& [id, enterprise] : from) {
      std::sort(enterprise.mutable_batches()->begin(), enterprise.mutable_batches()->end(), older);
      *to.Add() = std::move(enterprise);
    }
    // `from` is in order of id, which decides between equals.
    std::stable_sort(to.begin(), to.end(),
                     [&](const v1::ListedEnterprise& a, const v1::ListedEnterprise& b) {
                       return older(a.batches(0), b.batches(0));
                     });
  }

  const kv::Reader& view_;
  const rules::RuleData& data_;
  const v1::GetListRequest& request_;
  const uint64_t known_;
  const absl::CivilDay date_;
  std::map<Trigger, Limits> limits_;
  std::set<std::string, std::less<>> names_;
  Enterprises listed_;
  Enterprises to_verify_;
  Enterprises warned_;
};

}  // namespace

absl::Status GetList(const kv::Reader& view, const runtime::QueryContext& context,
                     const v1::GetListRequest& request, v1::GetListResponse& response) {
  absl::StatusOr<absl::CivilDay> date =
      runtime::DayOrToday(context, rules::kLogZoneOffsetMs, "on_date", request.on_date());
  if (!date.ok()) return date.status();
  if (!request.division().empty()) {
    if (absl::Status status = rules::CheckDivisionForm(request.division()); !status.ok()) {
      return absl::InvalidArgumentError("division: " + std::string(status.message()));
    }
  }
  if (request.known_size() > context.known) {
    return absl::OutOfRangeError(fmt::format("known_size {} is beyond the {} entries folded",
                                             request.known_size(), context.known));
  }
  absl::StatusOr<uint64_t> by_date =
      RecordedBefore(view, context.known, rules::StartOfDayMs(*date + 1, rules::kLogZoneOffsetMs));
  if (!by_date.ok()) return by_date.status();
  const uint64_t known = request.known_size() > 0 ? request.known_size() : *by_date;
  response.set_on_date(rules::FormatDate(*date));
  response.set_known(known);

  absl::StatusOr<std::string> bundle = BundleAt(view, known);
  if (!bundle.ok()) return bundle.status();
  if (bundle->empty()) return absl::OkStatus();  // nothing was known yet
  absl::StatusOr<std::shared_ptr<const rules::RuleData>> data =
      runtime::FindBundle(context, *bundle);
  if (!data.ok()) return data.status();

  Lister lister(view, **data, request, known, *date);
  if (absl::Status status = lister.ReadLimits(); !status.ok()) return status;
  if (absl::Status status = lister.FindCandidates(*by_date); !status.ok()) return status;
  if (absl::Status status = lister.Judge(); !status.ok()) return status;
  lister.Write(response);
  return absl::OkStatus();
}

}  // namespace cradle::monitoring
