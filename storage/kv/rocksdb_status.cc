#include "storage/kv/rocksdb_status.h"

#include <fmt/format.h>

#include <string_view>

namespace cradle::kv {
namespace {

bool Says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

absl::Status ReadError(const rocksdb::Status& status, const std::string& directory) {
  std::string text = status.ToString();
  if (status.IsCorruption()) {
    return absl::DataLossError(
        fmt::format("the store in '{}' is damaged: {}; restore a copy", directory, text));
  }
  return absl::UnavailableError(
      fmt::format("the store in '{}' cannot be read: {}", directory, text));
}

absl::Status OpenError(const rocksdb::Status& status, const std::string& directory) {
  std::string text = status.ToString();
  if (status.IsNoSpace() || Says(text, "Disk quota exceeded")) {
    return absl::ResourceExhaustedError(
        fmt::format("the disk of '{}' is full: {}; free space and try again", directory, text));
  }
  if (status.IsCorruption()) {
    return absl::DataLossError(
        fmt::format("the store in '{}' is damaged: {}; restore a copy", directory, text));
  }
  if (status.IsNotSupported()) {
    return absl::FailedPreconditionError(
        fmt::format("the store in '{}' needs what this program cannot do: {}", directory, text));
  }
  // RocksDB has no code for the following; the tests pin its words.
  if (Says(text, "lock hold by current process") || Says(text, "While lock file")) {
    return absl::FailedPreconditionError(
        fmt::format("the store in '{}' is in use: another process, or this one, has it open ({})",
                    directory, text));
  }
  if (Says(text, "Permission denied") || Says(text, "Read-only file system") ||
      Says(text, "Operation not permitted")) {
    return absl::PermissionDeniedError(
        fmt::format("'{}' is not readable and writable for this user: {}", directory, text));
  }
  // The caller knows that a store was finished here, so a file that is not there was lost.
  if (status.IsPathNotFound() || Says(text, "No such file or directory") ||
      Says(text, "does not exist") || Says(text, "olumn famil")) {
    return absl::DataLossError(
        fmt::format("files of the store in '{}' are missing: {}; restore a copy", directory, text));
  }
  return absl::UnavailableError(
      fmt::format("the store in '{}' cannot be opened: {}", directory, text));
}

}  // namespace cradle::kv
