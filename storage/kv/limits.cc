#include "storage/kv/limits.h"

#include <fmt/format.h>

namespace cradle::kv {

absl::Status CheckLimits(std::span<const Batch::Write> writes) {
  for (size_t i = 0; i < writes.size(); ++i) {
    const Batch::Write& write = writes[i];
    if (write.key.size() > kKeyBytesMax) {
      return absl::InvalidArgumentError(
          fmt::format("write {} of {}: a key of {} bytes, at most {} are allowed", i, writes.size(),
                      write.key.size(), kKeyBytesMax));
    }
    if (write.value && write.value->size() > kValueBytesMax) {
      return absl::InvalidArgumentError(
          fmt::format("write {} of {}: a value of {} bytes, at most {} are allowed", i,
                      writes.size(), write.value->size(), kValueBytesMax));
    }
  }
  return absl::OkStatus();
}

}  // namespace cradle::kv
