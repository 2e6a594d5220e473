#include "services/rules/accounts.h"

#include <algorithm>

#include "services/rules/admission.h"
#include "services/rules/batch_state.h"
#include "services/rules/judge.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

// Wraps instead of overflowing.
int64_t Sum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

uint64_t Count(uint64_t a, int64_t b) { return a + static_cast<uint64_t>(b); }

// Waits with its custodian. What is on a manifest waits until it is taken: Consign.
bool WaitsAsMedical(const state::v1::BatchState& batch) {
  return IsMedical(batch.waste_code()) && (batch.status() == state::v1::BATCH_STATUS_GENERATED ||
                                           batch.status() == state::v1::BATCH_STATUS_STORED ||
                                           batch.status() == state::v1::BATCH_STATUS_FILLING ||
                                           batch.status() == state::v1::BATCH_STATUS_RECEIVED);
}

}  // namespace

void Accounts::Add(const state::v1::BatchState& batch, int sign) {
  if (LiesInStore(batch)) {
    FacilityDelta& facility = facilities_[batch.facility()];
    facility.stored_mass_g = Sum(facility.stored_mass_g, sign * MassInStore(batch));
    facility.stored_batches += sign;
  }
  if (IsHeld(batch)) {
    OrganisationDelta& organisation = organisations_[batch.custodian()];
    organisation.held_mass_g = Sum(organisation.held_mass_g, sign * batch.mass_g());
    organisation.held_batches += sign;
    if (!WaitsAsMedical(batch)) return;
    organisation.medical_batches += sign;
    if (sign < 0) return;
    const state::v1::Holding* holding = FindHolding(batch, batch.custodian());
    const std::string since = holding == nullptr ? std::string() : holding->since_date();
    // ISO dates compare as text, and the empty one is before all.
    std::optional<std::string>& earliest = organisation.medical_since_date;
    if (!earliest || since < *earliest) earliest = since;
  }
}

void Accounts::Change(const state::v1::BatchState* before, const state::v1::BatchState& after) {
  if (before != nullptr) Add(*before, -1);
  Add(after, 1);
}

void Accounts::Consign(const state::v1::ManifestState& manifest, int sign) {
  for (const state::v1::FacilityLoad& load : manifest.loads()) {
    FacilityDelta& facility = facilities_[load.facility()];
    facility.consigned_mass_g = Sum(facility.consigned_mass_g, sign * load.mass_g());
    facility.consigned_batches += sign * static_cast<int64_t>(load.batches());
  }
  const auto& lines = manifest.issued().lines();
  const auto medical = std::count_if(lines.begin(), lines.end(),
                                     [](const auto& line) { return IsMedical(line.waste_code()); });
  if (medical != 0) organisations_[manifest.consignor()].medical_batches += sign * medical;
}

void Accounts::MedicalCollected(const std::string& organisation, const std::string& date) {
  organisations_[organisation].medical_collected_date = date;
}

void Accounts::OpenManifests(const std::string& organisation, int sign) {
  organisations_[organisation].open_manifests += sign;
}

void Accounts::AddMedical(const OrganisationDelta& delta, state::v1::OrganisationAccount& account) {
  const bool none_before = account.medical_batches() == 0;
  account.set_medical_batches(Count(account.medical_batches(), delta.medical_batches));
  if (account.medical_batches() == 0) {
    account.clear_medical_since_date();
  } else if (delta.medical_since_date &&
             (none_before || *delta.medical_since_date < account.medical_since_date())) {
    account.set_medical_since_date(*delta.medical_since_date);
  }
  account.set_medical_collected_date(
      std::max(account.medical_collected_date(), delta.medical_collected_date));
}

state::v1::FacilityAccount Accounts::Facility(Judge& judge, std::string_view facility) const {
  state::v1::FacilityAccount account =
      judge.Read<state::v1::FacilityAccount>(keys::FacilityAccount(facility))
          .value_or(state::v1::FacilityAccount());
  const auto found = facilities_.find(facility);
  if (found == facilities_.end()) return account;
  const FacilityDelta& delta = found->second;
  account.set_stored_mass_g(Sum(account.stored_mass_g(), delta.stored_mass_g));
  account.set_stored_batches(Count(account.stored_batches(), delta.stored_batches));
  account.set_consigned_mass_g(Sum(account.consigned_mass_g(), delta.consigned_mass_g));
  account.set_consigned_batches(Count(account.consigned_batches(), delta.consigned_batches));
  return account;
}

state::v1::OrganisationAccount Accounts::Organisation(Judge& judge,
                                                      std::string_view organisation) const {
  state::v1::OrganisationAccount account =
      judge.Read<state::v1::OrganisationAccount>(keys::OrganisationAccount(organisation))
          .value_or(state::v1::OrganisationAccount());
  const auto found = organisations_.find(organisation);
  if (found == organisations_.end()) return account;
  account.set_held_mass_g(Sum(account.held_mass_g(), found->second.held_mass_g));
  account.set_held_batches(Count(account.held_batches(), found->second.held_batches));
  account.set_open_manifests(Count(account.open_manifests(), found->second.open_manifests));
  AddMedical(found->second, account);
  return account;
}

void Accounts::AddToCounter(const std::string& counter, int64_t mass_g) {
  int64_t& delta = counters_[counter];
  delta = Sum(delta, mass_g);
}

int64_t Accounts::Counted(Judge& judge, const std::string& counter) const {
  const int64_t kept =
      judge.Read<state::v1::MassCounter>(counter).value_or(state::v1::MassCounter()).mass_g();
  const auto found = counters_.find(counter);
  return found == counters_.end() ? kept : Sum(kept, found->second);
}

void Accounts::Put(Judge& judge) const {
  for (const auto& [facility, delta] : facilities_) {
    judge.Put(keys::FacilityAccount(facility), Facility(judge, facility));
  }
  for (const auto& [organisation, delta] : organisations_) {
    const bool medical = delta.medical_batches != 0 || !delta.medical_collected_date.empty();
    if (delta.held_mass_g == 0 && delta.held_batches == 0 && delta.open_manifests == 0 &&
        !medical) {
      continue;
    }
    judge.Put(keys::OrganisationAccount(organisation), Organisation(judge, organisation));
  }
  for (const auto& [counter, delta] : counters_) {
    if (delta == 0) continue;
    state::v1::MassCounter sum;
    sum.set_mass_g(Counted(judge, counter));
    judge.Put(counter, sum);
  }
}

}  // namespace cradle::rules
