// The limits every engine enforces alike.
#ifndef CRADLE_STORAGE_KV_LIMITS_H_
#define CRADLE_STORAGE_KV_LIMITS_H_

#include <span>

#include "absl/status/status.h"
#include "storage/kv/store.h"

namespace cradle::kv {

// INVALID_ARGUMENT, naming the write, if a key or a value of a batch's writes is over its limit.
absl::Status CheckLimits(std::span<const Batch::Write> writes);

}  // namespace cradle::kv

#endif  // CRADLE_STORAGE_KV_LIMITS_H_
