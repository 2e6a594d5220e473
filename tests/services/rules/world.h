// A log in memory to judge statements against: organisations, keys and statements are made in a
// line each, and judged by the real Admit over their real bytes. Nothing is signed.
#ifndef CRADLE_TESTS_SERVICES_RULES_WORLD_H_
#define CRADLE_TESTS_SERVICES_RULES_WORLD_H_

#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/rule_table.h"
#include "services/rules/state.h"
#include "storage/evidence/key.h"
#include "storage/evidence/statement.h"

namespace cradle::rules::test {

namespace v1 = statement::v1;

inline constexpr std::string_view kOrigin = "log.example/test";

// Midnight in Shanghai of a civil day, plus hours.
int64_t ShanghaiMs(int year, int month, int day, int hour = 0);

// A device and who holds it.
struct Device {
  std::string organisation;
  std::string person;
  v1::KeyAlgorithm algorithm = v1::KEY_ALGORITHM_ECDSA_P256;
  std::string spki;
  std::string key_id;
  std::shared_ptr<const evidence::PrivateKey> key;  // for who signs what it attests
};

struct Actor {
  std::string id;
  Device administrator;
  Device handler;  // holds the operator role
};

// A statement not yet completed, and the devices that attest it, one for each party.
struct Draft {
  v1::Statement message;  // claimed_time_ms 0: now
  std::vector<Device> devices;
  std::vector<uint64_t> seen;  // size of the checkpoint each device holds; none: 0
  std::function<void(v1::Statement&)> on_completed;
  std::function<void(std::vector<ProvenAttestation>&)> on_attested;
  bool by_hand = false;  // skip ParseStatement, which would refuse it first

  Draft& By(const Device& device, v1::Capacity capacity);
  Draft& Claimed(int64_t time_ms);
};

// Told of what Must and Submit have admitted, with its attestations: to sign it and enter it
// elsewhere too.
using OnEntered = std::function<void(const Draft& draft, const evidence::ParsedStatement& statement,
                                     const std::vector<ProvenAttestation>& attestations)>;

class World {
 public:
  // An empty log with the project's rule data at hand, at noon of 3 June 2024.
  explicit World(OnEntered on_entered = nullptr);
  // The copy tells nobody.
  World(const World& other);
  World& operator=(const World&) = delete;

  int64_t now_ms = 0;
  uint64_t size() const { return size_; }
  const StateReader& state() const { return state_; }
  const StateOverlay& overlay() const { return state_; }
  const RuleData& data() const { return *data_; }
  RuleDataLibrary& library() { return library_; }
  std::string rule_data_sha256() const;

  // Random-looking and the same in every run.
  std::string NewId();
  Device NewDevice(const std::string& organisation,
                   v1::KeyAlgorithm algorithm = v1::KEY_ALGORITHM_ECDSA_P256);
  // Another device of the same person.
  Device NewDeviceOf(const std::string& organisation, const std::string& person);

  // Judges, and writes nothing.
  absl::StatusOr<Verdict> Try(const Draft& draft);
  // Judges exactly these bytes; the nonce stays.
  absl::StatusOr<Verdict> TryParsed(const evidence::ParsedStatement& parsed,
                                    const std::vector<ProvenAttestation>& attestations);
  // Admits, or fails the test; the marks.
  std::vector<Violation> Must(const Draft& draft);
  // Admits if it can be: a refusal writes nothing.
  bool Submit(const Draft& draft);
  // The bytes and attestations of a draft as they would go out now.
  std::pair<evidence::ParsedStatement, std::vector<ProvenAttestation>> Complete(const Draft& draft);
  void Apply(const Admitted& admitted);
  void Apply(const Disputed& disputed);

  state::v1::BatchState Batch(const std::string& batch) const;
  state::v1::ManifestState Manifest(const std::string& manifest) const;

 private:
  // Judges and, where it is admitted, enters it.
  absl::StatusOr<Verdict> Enter(const Draft& draft);

  OnEntered on_entered_;
  EmptyState empty_;
  StateOverlay state_{&empty_};
  std::shared_ptr<const RuleData> data_;
  RuleDataLibrary library_;
  uint64_t size_ = 0;
  uint64_t drawn_ = 0;
  std::map<std::string, uint64_t> device_seq_;
};

// Judges `valid`, which must be admitted without `rule`, then the same broken by `breaks`, which
// must return `rule` at its effect, first of all where it forbids; and both languages of its
// message.
void ExpectRule(World& world, const Draft& valid, RuleId rule,
                const std::function<void(Draft&)>& breaks,
                std::optional<absl::StatusCode> code = std::nullopt);

// The violations of a verdict: of a refusal, or the marks of an admission.
std::vector<Violation> ViolationsOf(const Verdict& verdict);
bool Has(const std::vector<Violation>& violations, RuleId rule);

// What Admit returned so far in this program: rule and event.
std::set<std::pair<RuleId, Event>>& Returned();

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_WORLD_H_
