#include "services/audit/core/log_source.h"

namespace cradle::audit {

absl::StatusOr<std::string> LogSource::ReadStoredFile(const StoredFile& file) const {
  return absl::UnimplementedError("this source keeps no files: " + file.name);
}

absl::StatusOr<std::vector<evidence::Hash>> LogSource::ConsistencyPath(uint64_t old_size,
                                                                       uint64_t new_size) const {
  if (tiles() == nullptr) return absl::UnimplementedError("this source gives no proofs");
  return evidence::ConsistencyPath(old_size, new_size, *tiles());
}

}  // namespace cradle::audit
