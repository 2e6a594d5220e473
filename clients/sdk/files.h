// Files that survive a crash: each is replaced as a whole, synced, or left as it was.
#ifndef CRADLE_CLIENTS_SDK_FILES_H_
#define CRADLE_CLIENTS_SDK_FILES_H_

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cradle::sdk {

// Marks an error as this machine's own (its home, a file), so that a program can tell it from one
// that came from a server or from a verification.
absl::Status Local(absl::Status status);
bool IsLocal(const absl::Status& status);

// All of them answer local errors that name the path.

// NOT_FOUND: no such file. RESOURCE_EXHAUSTED: over `bytes_max`.
inline constexpr size_t kFileBytesMax = 256u << 20;
absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path,
                                     size_t bytes_max = kFileBytesMax);
// Written beside, synced, renamed into place, the directory synced: when it returns OK the new
// bytes are there after a power cut; if it fails or the machine dies, the old ones are.
absl::Status WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes,
                                 int mode = 0600);
// Removes the file and syncs its directory. OK also when there is none.
absl::Status RemoveFile(const std::filesystem::path& path);
// Makes the directory (and those above) with mode 0700 if it is not there.
absl::Status MakeDirectory(const std::filesystem::path& path);
// Names of the files in a directory that end in `suffix`, sorted; none if there is no directory.
absl::StatusOr<std::vector<std::string>> ListFiles(const std::filesystem::path& directory,
                                                   std::string_view suffix);

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_FILES_H_
