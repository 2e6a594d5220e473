// The people of one log and their whims: a District with more in it, and random choices among what
// the books say there is. Everything it draws comes from its seed.
#ifndef CRADLE_TESTS_MODEL_TOWN_H_
#define CRADLE_TESTS_MODEL_TOWN_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "services/rules/admission.h"
#include "tests/model/books.h"
#include "tests/services/rules/district.h"
#include "tests/services/rules/drafts_collection.h"

namespace cradle::model {

using rules::Event;
using rules::test::Actor;
using rules::test::Device;
using rules::test::Draft;

class Town : public rules::test::District {
 public:
  // What it begins with is told to `on_entered`. The books must outlive it.
  Town(uint32_t seed, const Books& books, rules::test::OnEntered on_entered);

  // --- Chance ---
  uint32_t Draw() { return static_cast<uint32_t>(random_()); }
  bool OneIn(uint32_t count) { return Draw() % count == 0; }
  // From `least` to `most`.
  int64_t Between(int64_t least, int64_t most) {
    return least + static_cast<int64_t>(random_() % static_cast<uint64_t>(most - least + 1));
  }
  // Mostly some kilograms.
  int64_t Mass() { return OneIn(20) ? Between(1, 5) : Between(1'000, 1'000'000); }
  template <typename Items>
  const auto& AnyOf(const Items& items) {
    return items[Draw() % items.size()];
  }
  // A day of this year or the one before, YYYY-MM-DD; up to `days` before now.
  std::string DayBefore(int days);
  // Mostly now; sometimes some hours earlier. A time of a fact.
  int64_t Lately() { return OneIn(3) ? now_ms - Between(0, 40) * 3'600'000 : now_ms; }

  // --- Choices among what is in the log ---
  const Books& books() const { return books_; }
  // Of all who ever registered.
  const Actor& AnyActor() { return AnyOf(actors_); }
  // Null: nobody of that id.
  const Actor* WithId(const std::string& id) const;
  // With the role; the five that the district began with more often.
  const Actor& AnyWith(v1::OrganisationRole role);
  using OfBatch = std::function<bool(const BatchState&)>;
  // In somebody's hands, and as `fits` says; null: none was met.
  const BatchState* AnyBatch(const OfBatch& fits);
  // The same at the site and with the custodian of `first`, and not it, at most `most`.
  std::vector<std::string> More(const BatchState& first, size_t most, const OfBatch& fits);
  const ManifestState* AnyManifest(const std::function<bool(const ManifestState&)>& fits);
  // A facility of the organisation; empty: it has none such.
  using OfFacility = std::function<bool(const state::v1::FacilityState&)>;
  std::string AnyFacility(const std::string& organisation, const OfFacility& fits);
  // A store at the site; sometimes any.
  std::string StoreAt(const BatchState& batch);
  std::string SiteOf(const std::string& organisation);
  // Of the carrier.
  std::string VehicleOf(const std::string& organisation, bool medical);

  // --- Who else there is ---
  Actor health;                        // health authority of Qingzhou
  Actor steward;                       // an operator, whom others let log for them
  Actor plant2;                        // licensed for HW08
  Device porter;                       // a second person of the hospital
  Device inspector;                    // of the bureau
  rules::test::Clinic clinic;          // of few beds
  rules::test::CollectionPoint point;  // where it brings its waste
  std::string plant2_site, elsewhere_site, press, tank, bunker;

  // Statements that were admitted or kept teach the town whom and what there is besides the books.
  void Learn(const v1::Statement& statement);
  // A claim kept as disputed, to be decided.
  struct Dispute {
    std::string chain;
    uint64_t height = 0;
    std::vector<std::string> claims;  // statement hashes
  };
  std::vector<Dispute> disputes;
  // Organisations proposed and not registered yet, with their keys; keys proposed.
  Actor& Propose(Actor actor) { return proposed_[actor.id] = std::move(actor); }
  void Propose(const Device& device) { devices_[device.key_id] = device; }
  std::vector<Device> spare_devices;                             // enrolled beside the actors' own
  std::vector<std::string> pending;                              // registered, with a key missing
  std::vector<std::pair<std::string, std::string>> delegations;  // principal, delegate
  std::vector<std::string> exits;                                // started
  std::vector<std::string> orders;                               // emergencies
  std::vector<std::string> approvals;                            // numbers
  std::vector<std::string> voided;                               // and not replaced
  std::vector<std::string> wards;                                // of the hospital
  std::vector<std::string> rounds;                               // begun
  int next_number = 1;                                           // of documents

 private:
  std::mt19937_64 random_;
  const Books& books_;
  std::deque<Actor> actors_;
  std::map<std::string, Actor> proposed_;
  std::map<std::string, Device> devices_;
};

inline bool IsMedical(const BatchState& batch) { return batch.waste_code().starts_with("841-"); }

// Both parties' places taken by who they are now.
void SetActor(Draft& draft, int place, const Actor& actor, bool administrator = false);

}  // namespace cradle::model

#endif  // CRADLE_TESTS_MODEL_TOWN_H_
