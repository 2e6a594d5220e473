// What lies in each facility and is held by each organisation, and how much of an annual amount, an
// approval or a pilot is used: sums kept with every change, so that they are judged without looking
// at all batches. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_ACCOUNTS_H_
#define CRADLE_SERVICES_RULES_ACCOUNTS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "cradle/state/v1/state.pb.h"

namespace cradle::rules {

class Judge;

// Collects what one statement changes of the accounts, one read and write for each of them in the
// end. A sum of masses wraps past 2^63 g (kMassMaxG): no log gets there.
class Accounts {
 public:
  // Of a batch: `before` null where it begins.
  void Change(const state::v1::BatchState* before, const state::v1::BatchState& after);
  // Batches of a manifest lie where they lay until they are taken: `sign` 1 at issue, -1 when they
  // are taken or the manifest is cancelled.
  void Consign(const state::v1::ManifestState& manifest, int sign);
  // What lay with the organisation was collected on that day.
  void MedicalCollected(const std::string& organisation, const std::string& date);
  // `sign` 1: the organisation is a party of one more manifest that has not ended; -1: of one less.
  void OpenManifests(const std::string& organisation, int sign);

  // As the account will be after this statement.
  state::v1::FacilityAccount Facility(Judge& judge, std::string_view facility) const;
  state::v1::OrganisationAccount Organisation(Judge& judge, std::string_view organisation) const;

  // Adds to the MassCounter under a state key; the mass may be negative.
  void AddToCounter(const std::string& counter, int64_t mass_g);
  // As the counter will be after this statement.
  int64_t Counted(Judge& judge, const std::string& counter) const;

  void Put(Judge& judge) const;

 private:
  struct FacilityDelta {
    int64_t stored_mass_g = 0;
    int64_t stored_batches = 0;
    int64_t consigned_mass_g = 0;
    int64_t consigned_batches = 0;
  };
  struct OrganisationDelta {
    int64_t held_mass_g = 0;
    int64_t held_batches = 0;
    int64_t open_manifests = 0;
    int64_t medical_batches = 0;
    std::optional<std::string> medical_since_date;  // the earliest of those that come to lie there
    std::string medical_collected_date;
  };
  void Add(const state::v1::BatchState& batch, int sign);
  static void AddMedical(const OrganisationDelta& delta, state::v1::OrganisationAccount& account);

  std::map<std::string, FacilityDelta, std::less<>> facilities_;
  std::map<std::string, OrganisationDelta, std::less<>> organisations_;
  std::map<std::string, int64_t, std::less<>> counters_;  // by state key
};

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_ACCOUNTS_H_
