// Verifies one receipt by itself, with the receipts of the entries that enrol its keys.
#ifndef CRADLE_SERVICES_AUDIT_CORE_VERIFY_RECEIPT_H_
#define CRADLE_SERVICES_AUDIT_CORE_VERIFY_RECEIPT_H_

#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/audit/core/entry_check.h"
#include "services/audit/core/verify_log.h"
#include "storage/evidence/note.h"

namespace cradle::audit {

// What a receipt proves: the log's key signed `checkpoint`, and in that tree entry `index` is
// `entry`.
struct ReceiptProof {
  uint64_t index = 0;
  evidence::Checkpoint checkpoint;
  CheckedEntry entry;
  // One for each attestation. OK: it is signed by a key that the log enrolled for the organisation
  // of its party before this entry (the log's own: by the log's key; the founding: by the key it
  // brings itself). NOT_FOUND: the entry that enrols the key is not given. UNIMPLEMENTED: an
  // algorithm this build does not verify.
  std::vector<absl::Status> attestations;
  // Attestations of the enrolments given that are not proven, for the same two reasons.
  uint64_t enrolments_unproven = 0;

  bool AllProven() const;
};

// `enrolments`: receipts too, in any order, each against its own checkpoint. Not proven, and no
// receipt can: that a key was not revoked before, that the rules were kept, that everyone is shown
// the same log.
// DATA_LOSS, the message begins with the verdict. *tampered*: a receipt, an entry's form or an
//   attestation does not hold; a key attests for an organisation it is not enrolled for, or in or
//   before the entry that enrols it; an entry is of another log; recorded times run against the
//   order of entries. *forked*: two of the receipts contradict each other, both signed.
// UNIMPLEMENTED, *unverifiable*: signed by another key than `log_key`, or an entry of a format or
//   kind that this build does not judge.
absl::StatusOr<ReceiptProof> VerifyReceipt(const Kept& receipt, const std::vector<Kept>& enrolments,
                                           const evidence::NoteVerifier& log_key);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_VERIFY_RECEIPT_H_
