// A small district whose statements are attested, admitted and written as entries, for folding: a
// regulator, two producers, a carrier with a truck, an operator with a licence. (The district in
// tests/services/rules judges statements and writes no entries.)
#ifndef CRADLE_TESTS_SERVICES_RUNTIME_DISTRICT_H_
#define CRADLE_TESTS_SERVICES_RUNTIME_DISTRICT_H_

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/rule_data.h"
#include "services/rules/state.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/key.h"
#include "storage/evidence/statement.h"

namespace cradle::test {

// Midnight UTC of a civil day, in Unix milliseconds.
int64_t UtcMs(int year, int month, int day, int hour = 0, int minute = 0);

// An organisation with one device key.
struct Actor {
  std::string organisation;
  std::string name;
  std::string person;
  std::string site;
  std::string facility;
  evidence::PrivateKey key;
  uint64_t seq = 0;
};

struct Asserter {
  Actor& actor;
  statement::v1::Capacity capacity;
};

struct Batch {
  std::string id;
  std::string waste_code = "900-214-08";
  int64_t mass_g = 250'000;
};

class District {
  uint64_t drawn_ = 0;  // before the actors, whose ids it counts

 public:
  // Founds the log and registers everyone, on 1 January 2024.
  District();

  // What the log writes from now on is recorded at that time; later by a second for each entry.
  void SetTime(int64_t now_ms) { now_ms_ = now_ms; }
  int64_t now_ms() const { return now_ms_; }

  const std::vector<std::string>& entries() const { return entries_; }
  uint64_t size() const { return entries_.size(); }
  const std::shared_ptr<const rules::RuleData>& data() const { return data_; }
  const rules::RuleDataLibrary& library() const { return library_; }
  const rules::StateReader& state() const { return state_; }

  std::string NewId();
  // Lets `fill` set the event, attests by the parties in order and admits. Claims that it happened
  // at the recorded time. A refusal fails the test.
  rules::Admitted Assert(std::vector<Asserter> parties,
                         const std::function<void(statement::v1::Statement&)>& fill);

  // The same, for a statement linked by `relink` to where the rules keep it as disputed.
  rules::Disputed AssertDisputed(std::vector<Asserter> parties,
                                 const std::function<void(statement::v1::Statement&)>& fill,
                                 const std::function<void(statement::v1::Link&)>& relink);

  Actor Register(std::string name, std::string division, statement::v1::OrganisationRole role);
  std::string AddSite(Actor& actor, const std::string& name, const std::string& time_zone = "");
  std::string AddFacility(Actor& actor, const std::string& site, const std::string& name,
                          statement::v1::FacilityKind kind);
  void GrantLicence(Actor& holder, statement::v1::LicenceKind kind);

  Batch Generate(Actor& actor, int64_t generated_time_ms, int64_t mass_g = 250'000,
                 const std::string& waste_code = "900-214-08", int64_t opened_time_ms = 0);
  Batch Declare(Actor& actor, const std::string& start_date, int64_t mass_g = 250'000,
                const std::string& waste_code = "900-214-08",
                statement::v1::StockOrigin origin = statement::v1::STOCK_ORIGIN_OWN);
  void Store(Actor& actor, const Batch& batch, int64_t stored_time_ms);
  void Treat(const Batch& batch);  // the operator, in its furnace

  // From the producer to the operator.
  std::string Issue(const std::vector<Batch>& batches, const std::string& official_number = "");
  // From one to another, who outlive the district's use of the manifest.
  std::string IssueBetween(Actor& consignor, Actor& receiver, const std::vector<Batch>& batches,
                           const std::string& official_number = "");
  // By the parties of the manifest.
  rules::Admitted Take(const std::string& manifest);
  // A second pickup of a load that was taken.
  rules::Disputed TakeAgain(const std::string& manifest);
  rules::Admitted Deliver(const std::string& manifest);
  // Each batch weighs `more_g` more than was sent.
  rules::Admitted Confirm(const std::string& manifest, const std::vector<Batch>& batches,
                          int64_t more_g = 0);
  // Confirmed with the first batch refused; of the second, if there is one, 1 g is not accepted
  // and becomes the batch that is returned.
  std::string Refuse(const std::string& manifest, const std::vector<Batch>& batches);
  // Issued, taken, delivered and confirmed.
  void Send(Actor& consignor, Actor& receiver, const Batch& batch);

  Actor regulator;
  Actor producer;  // 青州甲化工, in 370781
  Actor workshop;  // 莱西乙机修, in 370285
  Actor carrier;
  Actor operating;      // receives, stores and disposes
  std::string furnace;  // the operator's
  std::string vehicle;  // the carrier's

 private:
  std::string NewBytes();  // 16, never the same
  // Attests, judges and writes the entry where the verdict is one of `kind`; any other fails the
  // test.
  std::optional<rules::Verdict> Enter(std::vector<Asserter>& parties,
                                      const std::function<void(statement::v1::Statement&)>& fill,
                                      const std::function<void(statement::v1::Link&)>& relink,
                                      evidence::EntryKind kind);
  void Found();

  std::shared_ptr<const rules::RuleData> data_;
  rules::RuleDataLibrary library_;
  rules::EmptyState empty_;
  rules::StateOverlay state_{&empty_};
  std::vector<std::string> entries_;
  struct Ends {
    Actor* consignor = nullptr;
    Actor* receiver = nullptr;
  };
  std::map<std::string, Ends> ends_;  // of each manifest
  std::set<std::string> numbered_;    // manifests with an official number
  int64_t now_ms_ = UtcMs(2024, 1, 1);
};

}  // namespace cradle::test

#endif  // CRADLE_TESTS_SERVICES_RUNTIME_DISTRICT_H_
