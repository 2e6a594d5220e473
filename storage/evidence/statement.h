// Statements and attestations as bytes: FORMAT.md.
#ifndef CRADLE_STORAGE_EVIDENCE_STATEMENT_H_
#define CRADLE_STORAGE_EVIDENCE_STATEMENT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cradle/statement/v1/attestation.pb.h"
#include "cradle/statement/v1/statement.pb.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/key.h"

namespace cradle::evidence {

inline constexpr uint32_t kStatementFormat = 1;
inline constexpr size_t kStatementBytesMax = 60'000;
inline constexpr int kBatchesMax = 500;  // `batch:` chains one statement may extend
inline constexpr int kPartiesMax = 8;
inline constexpr size_t kNonceBytes = 16;
inline constexpr std::string_view kStatementDomain = "cradle/statement/v1\n";
inline constexpr std::string_view kAttestationDomain = "cradle/attestation/v1\n";

// A statement whose form holds. `bytes` are those received: hashed and kept as they are.
struct ParsedStatement {
  std::string bytes;
  statement::v1::Statement message;
  Hash hash{};
};

Hash StatementHash(std::string_view bytes);

// The deterministic serialisation.
std::string Serialize(const google::protobuf::MessageLite& message);

// Checks size and form only: canonical bytes, known enum values, nonce length, counts of parties,
// links and batches, chain names and ids, UTF-8.
// INVALID_ARGUMENT: says which field and why. UNIMPLEMENTED: a format, event, field or enum value
// that this build does not know (to a verifier: unverifiable, not tampered).
absl::StatusOr<ParsedStatement> ParseStatement(std::string bytes);

// An attestation beside its signature, as sent and as kept in the entry.
struct SignedAttestation {
  KeyAlgorithm algorithm = statement::v1::KEY_ALGORITHM_UNSPECIFIED;
  std::string attestation;  // bytes of statement.v1.Attestation
  std::string signature;    // 64 bytes
  friend bool operator==(const SignedAttestation&, const SignedAttestation&) = default;
};

// What actors exchange and submit.
struct SignedStatement {
  std::vector<SignedAttestation> attestations;  // one for each party, in order
  std::string statement;
  friend bool operator==(const SignedStatement&, const SignedStatement&) = default;
};

// INVALID_ARGUMENT: its form does not hold, or `key_id` is not that of `key`.
absl::StatusOr<SignedAttestation> Attest(const statement::v1::Attestation& attestation,
                                         const PrivateKey& key);
// Canonical form only; as ParseStatement.
absl::StatusOr<statement::v1::Attestation> ParseAttestation(std::string_view bytes);
// That `key` signed it. DATA_LOSS: it did not. INVALID_ARGUMENT: another algorithm than the key's.
absl::Status VerifyAttestation(const SignedAttestation& attestation, const PublicKey& key);

// 26 lower-case Crockford base32 characters, the 16 bytes as a big-endian number, so that the first
// is 0 to 7: the ids of organisations, sites,
// facilities, vehicles, persons, batches, containers and manifests.
std::string IdFromBytes(std::string_view sixteen_bytes);
std::string RandomId();
bool IsId(std::string_view id);

struct ChainName {
  std::string kind;  // "log", "org", "facility", "batch", "manifest", "docket"
  std::string id;    // empty for "log"
};
// INVALID_ARGUMENT: not a chain name.
absl::StatusOr<ChainName> ParseChainName(std::string_view chain);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_STATEMENT_H_
