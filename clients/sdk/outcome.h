// What became of a submitted statement, checked: a receipt is believed only after it verifies.
#ifndef CRADLE_CLIENTS_SDK_OUTCOME_H_
#define CRADLE_CLIENTS_SDK_OUTCOME_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cradle/v1/ledger.pb.h"
#include "storage/evidence/note.h"
#include "storage/evidence/receipt.h"
#include "storage/evidence/statement.h"

namespace cradle::sdk {

struct Outcome {
  enum class Kind {
    kAdmitted,  // in the log, the receipt verified
    kDisputed,  // in the log, the receipt verified; another statement has its place, and a
                // regulator is to decide
    kRefused,   // the log said no
    kSetAside,  // not judged: it rests on one that the log refused, and is kept aside with it
    kWaiting,   // not judged for good: a predecessor, or another party's attestation, is missing
  };
  Kind kind = Kind::kWaiting;
  evidence::Hash statement_hash{};

  bool receipted() const { return kind == Kind::kAdmitted || kind == Kind::kDisputed; }

  // kAdmitted, kDisputed
  uint64_t index = 0;
  bool repeated = false;        // it was in the log already
  std::string receipt;          // the file's bytes
  std::string checkpoint_note;  // the receipt's, as signed
  evidence::Checkpoint checkpoint;
  // kAdmitted, kDisputed: what the rules marked; kRefused, kWaiting: what they found.
  std::vector<v1::Violation> violations;

  // kDisputed, kRefused, kWaiting: where its chains stand
  std::vector<v1::Head> heads;

  // kRefused, kWaiting
  absl::StatusCode code = absl::StatusCode::kOk;
  std::optional<v1::Head> missing_predecessor;
  std::vector<uint32_t> missing_parties;

  // kSetAside
  evidence::Hash rests_on{};  // the refused statement
  std::string rests_on_rule;  // what forbade that one
};

// A result as the ledger answered it, for the statement that was sent.
// DATA_LOSS: the result is of another statement, or its receipt does not hold: the log's signature
// or proof fails, or the entry in it is not this statement.
absl::StatusOr<Outcome> CheckResult(const evidence::SignedStatement& sent,
                                    const v1::SubmitResult& result,
                                    const evidence::NoteVerifier& log);
// The same for a receipt alone, which says too whether the entry is disputed.
absl::StatusOr<Outcome> CheckReceipt(std::string_view statement, uint64_t index,
                                     const std::string& receipt, const evidence::NoteVerifier& log);

v1::SignedStatement ToProto(const evidence::SignedStatement& statement);
evidence::SignedStatement FromProto(const v1::SignedStatement& proto);

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_OUTCOME_H_
