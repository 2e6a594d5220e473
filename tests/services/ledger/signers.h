// People with devices who compose and sign real statements. They keep the heads of what they have
// signed, as a device does, so that whole histories can be signed before any is submitted.
#ifndef CRADLE_TESTS_SERVICES_LEDGER_SIGNERS_H_
#define CRADLE_TESTS_SERVICES_LEDGER_SIGNERS_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/rules/rule_data.h"
#include "storage/evidence/key.h"
#include "storage/evidence/statement.h"

namespace cradle::ledger::testing {

inline constexpr int64_t kStartMs = 1'717'200'000'000;  // 1 June 2024, UTC

// The bundle of deploy/rule_data, packed and parsed once.
const std::shared_ptr<const rules::RuleData>& SampleRuleData();

struct Device {
  std::string organisation;
  std::string person;
  evidence::PrivateKey key;
  uint64_t seq = 0;
};

struct Enterprise {
  Device device;
  std::string site;
  std::string facility;
};

struct Attester {
  Device* device;
  statement::v1::Capacity capacity;
};

struct WasteBatch {
  std::string id;
  int64_t mass_g = 250'000;
};

class Signers {
 public:
  using Fill = std::function<void(statement::v1::Statement&)>;

  // Different id spaces never draw the same id or nonce.
  explicit Signers(std::string origin, uint32_t id_space = 0);

  // Claimed for what is signed from now on.
  void SetTime(int64_t now_ms) { now_ms_ = now_ms; }

  // Completes what `fill` leaves open (parties, nonce, links), attests and takes it as the new head
  // of its chains. `log_key` also attests, as the last party.
  evidence::SignedStatement Sign(const std::vector<Attester>& attesters, const Fill& fill,
                                 const evidence::PrivateKey* log_key = nullptr);
  // As Sign, but the heads stay: the next statement competes with this one for its links.
  evidence::SignedStatement SignAside(const std::vector<Attester>& attesters, const Fill& fill);
  // The same statement under another nonce, changed by `change`: it competes for the same links.
  evidence::SignedStatement SignAgain(const evidence::SignedStatement& statement,
                                      const std::vector<Attester>& attesters,
                                      const Fill& change = nullptr);
  // The bytes as they would be signed.
  statement::v1::Statement Compose(const std::vector<Attester>& attesters, const Fill& fill,
                                   bool log_attests = false);
  evidence::SignedAttestation AttestAs(const evidence::Hash& statement_hash, uint32_t party,
                                       Device& device);

  // The founding, without the log's own attestation unless `log_key` is given.
  evidence::SignedStatement Found(const evidence::PublicKey& log_public_key,
                                  const evidence::PrivateKey* log_key = nullptr);
  Device NewDevice(const std::string& organisation);
  evidence::SignedStatement Enrol(const Device& device);
  // Organisation, key, site and facility, appended to `out` in this order.
  Enterprise Register(statement::v1::OrganisationRole role, statement::v1::FacilityKind kind,
                      std::vector<evidence::SignedStatement>& out);
  evidence::SignedStatement License(const Enterprise& holder, statement::v1::LicenceKind kind);
  evidence::SignedStatement AddVehicle(Enterprise& carrier, std::string& vehicle);

  evidence::SignedStatement Generate(Enterprise& producer, WasteBatch& batch);
  Fill Generated(const Enterprise& producer, const std::string& batch, int64_t mass_g);
  evidence::SignedStatement Store(Enterprise& holder, const WasteBatch& batch);
  Fill Stored(const Enterprise& holder, const WasteBatch& batch);
  evidence::SignedStatement Treat(Enterprise& holder, const WasteBatch& batch);
  // Of batches in the holder's facility, where the new one lies too.
  evidence::SignedStatement Merge(Enterprise& holder, const std::vector<WasteBatch>& parents,
                                  WasteBatch& made);
  // Issue, pickup, delivery, confirmation.
  std::vector<evidence::SignedStatement> Carry(Enterprise& producer, Enterprise& carrier,
                                               const std::string& vehicle, Enterprise& receiver,
                                               const std::vector<WasteBatch>& batches);

  // What every device attests to have seen; none: nothing.
  std::optional<statement::v1::Seen> seen;
  Device regulator;

 private:
  struct ChainHead {
    uint64_t height = 0;
    std::string statement_hash;
  };
  std::string NewBytes();
  std::string NewId() { return evidence::IdFromBytes(NewBytes()); }
  evidence::SignedStatement Attest(const std::string& bytes, const std::vector<Attester>& attesters,
                                   const evidence::PrivateKey* log_key);

  const std::string origin_;
  const uint32_t id_space_;
  int64_t now_ms_ = kStartMs;
  uint64_t drawn_ = 0;
  std::map<std::string, ChainHead> heads_;
};

// All that travels from generation to disposal: one producer, one carrier, one operator.
struct Custody {
  explicit Custody(Signers& signers);
  std::vector<evidence::SignedStatement> registrations;  // after the founding
  Enterprise producer;
  Enterprise carrier;
  Enterprise receiver;
  std::string vehicle;
};

}  // namespace cradle::ledger::testing

#endif  // CRADLE_TESTS_SERVICES_LEDGER_SIGNERS_H_
