// From an event to the bytes to attest, and from the bytes to an attestation. Pure but for the
// counter.
#ifndef CRADLE_CLIENTS_SDK_COMPOSE_H_
#define CRADLE_CLIENTS_SDK_COMPOSE_H_

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/sdk/heads.h"
#include "storage/evidence/key.h"
#include "storage/evidence/note.h"
#include "storage/evidence/statement.h"

namespace cradle::sdk {

// 16 bytes from the system's generator.
std::string RandomNonce();

// Completes what the caller asks (parties, event; claimed time and nonce where set) with format,
// origin, nonce, claimed time and the links that follow `heads`. No network.
// NOT_FOUND: a chain whose head is not known. INVALID_ARGUMENT: form.
absl::StatusOr<evidence::ParsedStatement> Compose(statement::v1::Statement asked,
                                                  std::string_view log_origin, int64_t now_ms,
                                                  const Heads& heads);

// Adds a party; an empty organisation where the log is the party.
void AddParty(statement::v1::Statement& statement, const std::string& organisation,
              statement::v1::Capacity capacity);

// What a server prepared says what was asked: same event, same parties, the nonce and claimed time
// where they were set, this log's origin, links of exactly the chains that the event extends.
// DATA_LOSS: it does not; nothing is to be signed. Says what differs.
absl::Status CheckPrepared(const statement::v1::Statement& asked, std::string_view log_origin,
                           const evidence::ParsedStatement& prepared);

// Gives the numbers that a device signs with: each once, ever.
class SequenceCounter {
 public:
  virtual ~SequenceCounter() = default;
  virtual absl::StatusOr<uint64_t> Next() = 0;
};

// In memory, for keys that live no longer than the process.
class MemoryCounter : public SequenceCounter {
 public:
  explicit MemoryCounter(uint64_t last = 0) : last_(last) {}
  absl::StatusOr<uint64_t> Next() override { return ++last_; }

 private:
  uint64_t last_;
};

// Attests a statement for one party. `seen` is the last checkpoint the device verified.
// INVALID_ARGUMENT: no such party.
absl::StatusOr<evidence::SignedAttestation> AttestAs(
    const evidence::ParsedStatement& statement, uint32_t party, const evidence::PrivateKey& key,
    std::string_view person, const std::optional<evidence::Checkpoint>& seen,
    SequenceCounter& counter);

// The party that an organisation is in a statement. Where several persons of one authority or one
// organisation attest (rules::EventRow), the first that is not `attested`.
// NOT_FOUND: it is none. FAILED_PRECONDITION: it is two.
absl::StatusOr<uint32_t> PartyOf(const statement::v1::Statement& statement,
                                 std::string_view organisation,
                                 const std::set<uint32_t>& attested = {});

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_COMPOSE_H_
