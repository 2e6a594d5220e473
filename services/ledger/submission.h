// A statement's way through the ledger: what comes in, what goes out, and what is known between.
#ifndef CRADLE_SERVICES_LEDGER_SUBMISSION_H_
#define CRADLE_SERVICES_LEDGER_SUBMISSION_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "services/rules/admission.h"
#include "services/rules/violation.h"
#include "storage/evidence/statement.h"

namespace cradle::ledger {

struct Admission {
  uint64_t index = 0;
  std::string receipt;                  // against the first checkpoint above index, for ever
  std::vector<rules::Violation> marks;  // when it was admitted first
  bool repeated_submission = false;     // it was in the log already
};

// In the log as an entry of kind disputed.
struct DisputedAdmission {
  Admission kept;
  std::vector<rules::Head> heads;  // of its chains, current
};

struct SubmitResult {
  evidence::Hash statement_hash{};  // of the bytes as received
  std::variant<Admission, rules::Refused, DisputedAdmission> outcome;
};

// One result for each statement in the order given; or why the call could not be processed, and
// then any of its statements may or may not be in the log: submit the same bytes again.
using SubmitCallback = std::function<void(absl::StatusOr<std::vector<SubmitResult>>)>;

// Within this folder: a statement between Submit and its answer.
struct StatementInFlight {
  evidence::ParsedStatement statement;  // the message is set unless its form was refused
  std::vector<evidence::SignedAttestation> signed_attestations;
  std::vector<rules::ProvenAttestation> attestations;  // the same, parsed
  std::vector<size_t> unproven;                        // those whose key the log does not know yet
  // Why an attestation does not hold. It is told only if the statement is for this log and not in
  // it already: a statement in the log is answered whatever the signatures of the retry.
  std::optional<rules::Refused> unattested;

  std::optional<rules::Refused> refused;
  std::optional<uint64_t> index;  // in the log, or in the group being committed
  std::vector<rules::Violation> marks;
  bool repeated = false;
  bool disputed = false;
  std::vector<rules::Head> heads;  // of its chains, where it is disputed
};

struct Submission {
  std::vector<StatementInFlight> statements;
  SubmitCallback done;
  size_t bytes = 0;
  absl::Status failed;  // the call cannot be processed
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_SUBMISSION_H_
