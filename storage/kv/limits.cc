#include "storage/kv/limits.h"

#include <fmt/format.h>

namespace cradle::kv {

absl::Status CheckLimits(const Batch& batch) {
  for (size_t i = 0; i < batch.writes().size(); ++i) {
    const Batch::Write& write = batch.writes()[i];
    if (write.key.size() > kKeyBytesMax) {
      return absl::InvalidArgumentError(
          fmt::format("write {} of {}: a key of {} bytes, at most {} are allowed", i,
                      batch.writes().size(), write.key.size(), kKeyBytesMax));
    }
    if (write.value && write.value->size() > kValueBytesMax) {
      return absl::InvalidArgumentError(
          fmt::format("write {} of {}: a value of {} bytes, at most {} are allowed", i,
                      batch.writes().size(), write.value->size(), kValueBytesMax));
    }
  }
  return absl::OkStatus();
}

}  // namespace cradle::kv
