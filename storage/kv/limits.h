// The limits every engine enforces alike.
#ifndef CRADLE_STORAGE_KV_LIMITS_H_
#define CRADLE_STORAGE_KV_LIMITS_H_

#include "absl/status/status.h"
#include "storage/kv/store.h"

namespace cradle::kv {

// INVALID_ARGUMENT, naming the write, if a key or a value of the batch is over its limit.
absl::Status CheckLimits(const Batch& batch);

}  // namespace cradle::kv

#endif  // CRADLE_STORAGE_KV_LIMITS_H_
