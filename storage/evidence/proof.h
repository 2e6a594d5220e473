// Verification of Merkle proofs: nothing here knows storage.
#ifndef CRADLE_STORAGE_EVIDENCE_PROOF_H_
#define CRADLE_STORAGE_EVIDENCE_PROOF_H_

#include <cstdint>
#include <span>

#include "absl/status/status.h"
#include "storage/evidence/hash.h"

namespace cradle::evidence {

// RFC 9162 §2.1.3.2. INVALID_ARGUMENT: index ≥ size, nodes missing or left over.
// DATA_LOSS: the path leads to another root.
absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Hash& leaf,
                             std::span<const Hash> path, const Hash& root);

// RFC 9162 §2.1.4.2, for 0 < old_size ≤ new_size. INVALID_ARGUMENT: old_size is 0 (the caller
// handles it: every tree continues the empty one) or > new_size, nodes missing or left over, a
// proof where sizes are equal. DATA_LOSS: the roots do not agree.
absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, const Hash& old_root,
                               const Hash& new_root, std::span<const Hash> path);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_PROOF_H_
