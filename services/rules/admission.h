// May this statement follow this state, and what changes? One pure function used by the ledger to
// admit, by the views to fold and by the audit to judge again.
#ifndef CRADLE_SERVICES_RULES_ADMISSION_H_
#define CRADLE_SERVICES_RULES_ADMISSION_H_

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cradle/state/v1/state.pb.h"
#include "cradle/statement/v1/attestation.pb.h"
#include "services/rules/rule_data.h"
#include "services/rules/state.h"
#include "services/rules/violation.h"
#include "storage/evidence/statement.h"

namespace cradle::rules {

inline constexpr uint32_t kFirstRuleSet = 1;
inline constexpr uint32_t kLastRuleSet = 2;  // the newest this build knows

// An attestation, parsed. The caller has proven the signature against the key named in it.
struct ProvenAttestation {
  statement::v1::KeyAlgorithm algorithm = statement::v1::KEY_ALGORITHM_UNSPECIFIED;
  statement::v1::Attestation message;
};

// A chain's head, told to whom it concerns.
struct Head {
  std::string chain;
  bool begun = false;  // false: the chain has no statement yet
  uint64_t height = 0;
  std::string statement_hash;
};

struct Admitted {
  Changes changes;               // chain heads, nonce, idempotency and state
  std::vector<Violation> marks;  // all kMarks
  int64_t act_time_ms = 0;       // time of act
};

// A height of a chain that more than one statement claims.
struct ContestedPlace {
  std::string chain;
  uint64_t height = 0;
  std::optional<uint64_t> standing_index;  // entry of the one admitted there; none: nobody yet
};

// Kept, with a receipt, and changes no custody: its links do not follow, but parties of two
// organisations attest it and every link names a statement in the log. Since rule set 2.
struct Disputed {
  Changes changes;               // nonce, idempotency, devices and the record of the dispute
  std::vector<Violation> marks;  // LINK-DISPUTED for each place, and what was marked before
  std::vector<ContestedPlace> places;
  std::vector<Head> heads;  // of its chains, which stay
  int64_t act_time_ms = 0;  // time of act, by the statements that its links name
};

// The same statement is in the log already.
struct Duplicate {
  uint64_t index = 0;
  bool disputed = false;    // it was kept as Disputed
  std::vector<Head> heads;  // of its chains; only where it is disputed
};

struct Refused {
  // INVALID_ARGUMENT form; PERMISSION_DENIED key or party; UNAUTHENTICATED attestation; ABORTED
  // link conflict; FAILED_PRECONDITION rule or missing predecessor; ALREADY_EXISTS nonce or id
  // used.
  absl::StatusCode code = absl::StatusCode::kFailedPrecondition;
  std::vector<Violation> violations;  // at least one kForbids, the decisive one first
  std::vector<Head> heads;            // of its chains, where a link does not follow
  // Set when what fails is only that a predecessor has not arrived: "batch:…", height. Since rule
  // set 2 also where two parties follow a statement that is not the head and may be disputed.
  std::optional<Head> missing_predecessor;
};

using Verdict = std::variant<Admitted, Duplicate, Refused, Disputed>;

// Checks in this order, and answers at the first that fails: origin; idempotency; place (founded
// once and first, recorded no earlier than the entry before); rule set; nonce; attestations (one
// for each party, in order, by keys that may); links; rules. `recorded_time_ms` and `index` are
// those the entry would get. `log_origin` is this log's. Errors: the store's; UNIMPLEMENTED when
// the log names a rule set or a data bundle that is not at hand, or a bundle that lacks a limit its
// rule set asks for (to an auditor: unverifiable).
absl::StatusOr<Verdict> Admit(const StateReader& state, const RuleDataLibrary& library,
                              std::string_view log_origin,
                              const evidence::ParsedStatement& statement,
                              const std::vector<ProvenAttestation>& attestations,
                              int64_t recorded_time_ms, uint64_t index);

// The chains the statement's event extends, in the order its links must have.
// INVALID_ARGUMENT: no event, or an id in it is not one.
absl::StatusOr<std::vector<std::string>> ChainsExtended(const statement::v1::Statement& statement);

// Fills format, origin, nonce (drawn by the caller) and the links that follow `state`, for whoever
// prepares a statement. Parties, claimed time and event are the caller's.
absl::Status Complete(const StateReader& state, std::string_view log_origin, std::string_view nonce,
                      statement::v1::Statement& statement);

// The public key that a key id stands for as far as `state` knows: enrolled (also if revoked), or
// the log's. For Founded, the keys it brings. NOT_FOUND: unknown key.
struct KnownKey {
  statement::v1::KeyAlgorithm algorithm = statement::v1::KEY_ALGORITHM_UNSPECIFIED;
  std::string spki_der;
};
absl::StatusOr<KnownKey> FindKey(const StateReader& state, std::string_view key_id,
                                 const statement::v1::Statement& statement);

// What a person about to attest should read: one line for each fact, in English or Chinese. Control
// characters in what the statement says are shown as "<U+000A>".
std::string Render(const statement::v1::Statement& statement, bool chinese);

// The SHA-256 of the data bundle that the statement brings into force; empty: it is none that does.
std::string RuleDataNamedBy(const statement::v1::Statement& statement);

// Reading the state: the message under a key, or nullopt.
absl::StatusOr<std::optional<state::v1::LogState>> ReadLog(const StateReader& state);
absl::StatusOr<std::optional<state::v1::BatchState>> ReadBatch(const StateReader& state,
                                                               std::string_view batch);
absl::StatusOr<std::optional<state::v1::ManifestState>> ReadManifest(const StateReader& state,
                                                                     std::string_view manifest);

// The batch's status with the manifest it is on taken in: CONSIGNED, IN_TRANSIT and so on.
state::v1::BatchStatus BatchStatusOf(const state::v1::BatchState& batch,
                                     const state::v1::ManifestState* manifest);

// Whether it has not ended: it counts for its custodian, wherever it is.
bool IsHeld(const state::v1::BatchState& batch);

// Since when the batch, or what became it, has lain with the organisation; null: it never did.
const state::v1::Holding* FindHolding(const state::v1::BatchState& batch,
                                      std::string_view organisation);
// The earliest start ever asserted with any of its custodians; empty: unknown.
std::string EarliestStartDate(const state::v1::BatchState& batch);

// Whether it is waste that the organisation generated, or declared as stock of its own; all else it
// holds was received from others.
bool IsOwnWaste(const state::v1::BatchState& batch, std::string_view organisation);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_ADMISSION_H_
