#include "services/rules/batch_state.h"

#include <algorithm>
#include <utility>

#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/rules/judge.h"
#include "services/rules/rules_medical.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {

bool LiesInStore(const state::v1::BatchState& batch) {
  const bool stored = batch.status() == state::v1::BATCH_STATUS_STORED ||
                      batch.status() == state::v1::BATCH_STATUS_FILLING ||
                      batch.status() == state::v1::BATCH_STATUS_ABSORBED;
  return stored && !batch.facility().empty();
}

bool IsHeld(const state::v1::BatchState& batch) {
  return batch.status() != state::v1::BATCH_STATUS_TREATED &&
         batch.status() != state::v1::BATCH_STATUS_CONSUMED &&
         batch.status() != state::v1::BATCH_STATUS_VOIDED &&
         batch.status() != state::v1::BATCH_STATUS_CLOSED;
}

int64_t MassInStore(const state::v1::BatchState& batch) {
  return batch.mass_g() - batch.unaccounted_mass_g();
}

namespace {

// What was packed is unpacked when it is received, ends, or becomes something else.
bool LeavesUnit(const state::v1::BatchState& before, const state::v1::BatchState& after) {
  return !IsHeld(after) || after.status() == state::v1::BATCH_STATUS_ABSORBED ||
         after.custodian() != before.custodian() || after.site() != before.site();
}

}  // namespace

void PutBatch(Judge& judge, const state::v1::BatchState* before, state::v1::BatchState after) {
  after.set_index(judge.index());
  if (before == nullptr || before->mass_g() != after.mass_g()) after.set_mass_index(judge.index());
  for (const statement::v1::Party& party : judge.statement().parties()) {
    if (party.organisation() != after.generator()) after.set_others_acted(true);
  }
  if (before != nullptr && LeavesUnit(*before, after)) after.clear_unit();
  if (LiesInStore(after)) after.set_was_stored(true);
  if (before != nullptr && before->custodian() == after.custodian() &&
      before->facility() != after.facility()) {
    KeepPassed(judge, *before, after);
  }
  judge.accounts().Change(before, after);
  judge.Put(keys::Batch(after.batch()), after);
}

void SetHolding(state::v1::BatchState& batch, const std::string& organisation,
                const std::string& since_date) {
  for (state::v1::Holding& holding : *batch.mutable_holdings()) {
    if (holding.organisation() == organisation) return holding.set_since_date(since_date);
  }
  HoldSince(batch, organisation, since_date);
}

void SetPackages(state::v1::BatchState& batch,
                 const google::protobuf::RepeatedPtrField<statement::v1::Container>& containers) {
  batch.clear_packages();
  for (const statement::v1::Container& container : containers) {
    auto& packages = *batch.mutable_packages();
    const auto found = std::find_if(packages.begin(), packages.end(), [&](const auto& package) {
      return package.packaging() == container.packaging();
    });
    state::v1::PackageCount& package = found == packages.end() ? *batch.add_packages() : *found;
    package.set_packaging(container.packaging());
    package.set_count(package.count() + 1);
  }
}

void HoldSince(state::v1::BatchState& batch, const std::string& organisation,
               const std::string& since_date) {
  for (state::v1::Holding& holding : *batch.mutable_holdings()) {
    if (holding.organisation() != organisation) continue;
    // ISO dates compare as text, and the empty one is before all.
    if (since_date < holding.since_date()) holding.set_since_date(since_date);
    return;
  }
  state::v1::Holding& holding = *batch.add_holdings();
  holding.set_organisation(organisation);
  holding.set_since_date(since_date);
}

void InheritHoldings(state::v1::BatchState& child, const state::v1::BatchState& parent) {
  for (const state::v1::Holding& holding : parent.holdings()) {
    HoldSince(child, holding.organisation(), holding.since_date());
  }
  const std::string& last = parent.hand_on_by_date();
  if (!last.empty() && (child.hand_on_by_date().empty() || last < child.hand_on_by_date())) {
    child.set_hand_on_by_date(last);
  }
  if (parent.was_stored()) child.set_was_stored(true);
  if (!parent.foreign_origin()) return;
  child.set_foreign_reported(parent.foreign_reported() &&
                             (!child.foreign_origin() || child.foreign_reported()));
  child.set_foreign_origin(true);
}

const state::v1::Holding* FindHolding(const state::v1::BatchState& batch,
                                      std::string_view organisation) {
  const auto& holdings = batch.holdings();
  const auto found = std::find_if(holdings.begin(), holdings.end(), [&](const auto& holding) {
    return holding.organisation() == organisation;
  });
  return found == holdings.end() ? nullptr : &*found;
}

std::string EarliestStartDate(const state::v1::BatchState& batch) {
  if (batch.holdings().empty()) return {};
  return std::min_element(
             batch.holdings().begin(), batch.holdings().end(),
             [](const auto& a, const auto& b) { return a.since_date() < b.since_date(); })
      ->since_date();
}

int64_t SiteOffsetMs(Judge& judge, std::string_view site) {
  const auto state = judge.Read<state::v1::SiteState>(keys::Site(site));
  return judge.data()
      .ZoneOffsetMs(state ? state->registered().time_zone() : std::string())
      .value_or(kLogZoneOffsetMs);
}

std::string EarliestDay(Judge& judge, const std::string& site,
                        std::initializer_list<int64_t> asserted_ms) {
  int64_t earliest_ms = judge.act_time_ms();
  for (const int64_t time_ms : asserted_ms) {
    if (time_ms > 0) earliest_ms = std::min(earliest_ms, time_ms);
  }
  return FormatDate(DayOf(earliest_ms, SiteOffsetMs(judge, site)));
}

}  // namespace cradle::rules
