// Receipts: `.tlog-proof` files (C2SP tlog-proof) that prove an entry against a signed checkpoint.
#ifndef CRADLE_STORAGE_EVIDENCE_RECEIPT_H_
#define CRADLE_STORAGE_EVIDENCE_RECEIPT_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/note.h"

namespace cradle::evidence {

struct Receipt {
  std::string entry;  // the entry's bytes, carried in `extra`
  uint64_t index = 0;
  std::vector<Hash> path;
  std::string checkpoint;  // the signed note
  friend bool operator==(const Receipt&, const Receipt&) = default;
};

std::string EncodeReceipt(const Receipt& receipt);
// INVALID_ARGUMENT: not a receipt; says which line.
absl::StatusOr<Receipt> ParseReceipt(std::string_view text);

// That the log signed a checkpoint over this entry at this index. Says nothing of the attestations
// in it. INVALID_ARGUMENT: form. DATA_LOSS: signature or proof does not hold. NOT_FOUND: the
// checkpoint is not signed by `log`.
absl::StatusOr<Checkpoint> VerifyReceipt(const Receipt& receipt, const NoteVerifier& log);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_RECEIPT_H_
