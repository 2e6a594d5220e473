// The books of one log: what its admission state says of waste, places and organisations, read from
// what the ledger wrote, and an account of mass kept beside it. It shares no arithmetic with the
// rules: what a statement adds to the mass in all hands is read from its own fields.
#ifndef CRADLE_TESTS_MODEL_BOOKS_H_
#define CRADLE_TESTS_MODEL_BOOKS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "cradle/state/v1/lineage_state.pb.h"
#include "cradle/state/v1/state.pb.h"
#include "cradle/statement/v1/statement.pb.h"
#include "services/rules/state.h"

namespace cradle::model {

namespace v1 = statement::v1;
using state::v1::BatchState;
using state::v1::ManifestState;

template <typename Message>
using Table = std::map<std::string, Message, std::less<>>;  // by id

// Grams that the statement brings into (or takes out of) the hands of all organisations together:
// what was generated, declared, found, weighed anew or corrected, less what was treated, released,
// voided and written off. `before`: the batches as it found them.
int64_t MassBrought(const v1::Statement& statement, const Table<BatchState>& before);

class Books {
 public:
  // Residues above this share of what was treated are that waste, changed: they keep its age.
  static constexpr int64_t kInheritPermille = 700;

  // Takes in what the ledger wrote under "s/" for an admitted statement. Fails the test where mass
  // comes or goes unrecorded, a batch has not exactly one custodian and place, its age gets
  // younger, a chain has a hole, or an account it touched is not the sum of what there is.
  void Enter(const v1::Statement& statement, const rules::Changes& written);
  // The same of one kept as disputed, which touches none of that.
  void EnterDisputed(const rules::Changes& written);
  // Every account, batch and manifest, not only those touched.
  void CheckAll() const;

  const Table<BatchState>& batches() const { return batches_; }
  const Table<ManifestState>& manifests() const { return manifests_; }
  const Table<state::v1::FacilityState>& facilities() const { return facilities_; }
  const Table<state::v1::SiteState>& sites() const { return sites_; }
  const Table<state::v1::OrganisationState>& organisations() const { return organisations_; }
  const Table<state::v1::VehicleState>& vehicles() const { return vehicles_; }
  const Table<state::v1::BulkAccount>& bulk() const { return bulk_; }
  // Batches in somebody's hands, in no order that matters but the same in every run.
  const std::vector<std::string>& in_hand() const { return in_hand_; }
  // All ids ever begun, in order.
  const std::vector<std::string>& batch_ids() const { return batch_ids_; }
  const std::vector<std::string>& manifest_ids() const { return manifest_ids_; }

 private:
  // What one batch adds to the sums.
  struct Share {
    std::string holder;
    int64_t held_g = 0;
    std::string facility;
    int64_t stored_g = 0;
    int64_t consigned_g = 0;
    bool stored = false;
    bool consigned = false;
    bool medical = false;  // it waits to be collected
  };
  struct FacilitySum {
    int64_t stored_g = 0;
    int64_t consigned_g = 0;
    int64_t stored_batches = 0;
    int64_t consigned_batches = 0;
  };
  struct HolderSum {
    int64_t held_g = 0;
    int64_t held_batches = 0;
    int64_t medical_batches = 0;
    int64_t open_manifests = 0;
  };
  // A batch that a statement wrote.
  struct Touched {
    std::optional<BatchState> before;
    BatchState after;
  };

  void Read(const rules::Changes& written, std::map<std::string, Touched>& touched,
            std::set<std::string>& manifests, std::set<std::string>& accounts);
  void ReadHead(const std::string& chain, const std::string& bytes);
  Share ShareOf(const BatchState& batch) const;
  void Recount(const std::string& batch);
  void Count(const Share& share, int sign);
  void RecountOpen(const std::string& manifest, std::set<std::string>& organisations);
  void NoteInHand(const std::string& batch, bool in_hand);

  void CheckMass(const std::map<std::string, Touched>& touched, int64_t brought_g);
  void CheckCustody(const v1::Statement& statement, const Touched& touched,
                    const std::map<std::string, Touched>& all) const;
  void CheckPlace(const BatchState& batch) const;
  void CheckAge(const v1::Statement& statement, const Touched& touched,
                const std::map<std::string, Touched>& all) const;
  void CheckLineage(const BatchState& batch) const;
  void CheckFacility(const std::string& facility) const;
  void CheckBulk(const std::string& facility, const state::v1::BulkAccount& account) const;
  void CheckHolder(const std::string& organisation) const;

  Table<BatchState> batches_;
  Table<ManifestState> manifests_;
  Table<state::v1::FacilityState> facilities_;
  Table<state::v1::SiteState> sites_;
  Table<state::v1::OrganisationState> organisations_;
  Table<state::v1::VehicleState> vehicles_;
  Table<state::v1::BulkAccount> bulk_;
  Table<state::v1::FacilityAccount> facility_accounts_;
  Table<state::v1::OrganisationAccount> organisation_accounts_;
  std::map<std::string, uint64_t> heights_;
  std::vector<std::string> batch_ids_;
  std::vector<std::string> manifest_ids_;
  std::vector<std::string> in_hand_;
  std::map<std::string, size_t> in_hand_at_;

  int64_t account_g_ = 0;  // by the statements
  std::map<std::string, Share> shares_;
  std::map<std::string, std::set<std::string>> open_for_;  // organisations, by open manifest
  std::map<std::string, FacilitySum> facility_sums_;
  std::map<std::string, HolderSum> holder_sums_;
};

}  // namespace cradle::model

#endif  // CRADLE_TESTS_MODEL_BOOKS_H_
