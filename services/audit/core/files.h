// Whole files, read and written so that a crash leaves the old one or the new one.
#ifndef CRADLE_SERVICES_AUDIT_CORE_FILES_H_
#define CRADLE_SERVICES_AUDIT_CORE_FILES_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cradle::audit {

// NOT_FOUND: no such file. PERMISSION_DENIED, UNAVAILABLE: it cannot be read. Names the path.
absl::StatusOr<std::string> ReadFile(const std::string& path);

enum class Sync { kNow, kLater };

// Makes the folders above it, writes beside it, syncs, renames and syncs the folder. With kLater
// nothing is synced: call SyncFileSystem before relying on it.
// RESOURCE_EXHAUSTED: the disk is full. PERMISSION_DENIED, UNAVAILABLE: it cannot be written.
absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes,
                                 Sync sync = Sync::kNow);

// All that was written to the file system of `path` is on the disk.
absl::Status SyncFileSystem(const std::string& path);

// OK also if it is not there.
absl::Status RemoveFile(const std::string& path);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_FILES_H_
