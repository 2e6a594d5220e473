#include "storage/kv/home.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string_view>
#include <system_error>

namespace cradle::kv {
namespace {

namespace fs = std::filesystem;

constexpr char kMarkerName[] = "CRADLE";
constexpr char kMarkerTemporaryName[] = "CRADLE.new";
constexpr char kUnfinishedName[] = "UNFINISHED";
constexpr std::string_view kMarkerTitle = "cradle key-value store\n";
constexpr std::string_view kMarkerEngine = "engine rocksdb\n";
constexpr std::string_view kMarkerFormat = "format ";
constexpr size_t kMarkerBytesMax = 4096;

absl::Status FileError(int error, const std::string& doing, const std::string& path) {
  std::string message =
      fmt::format("cannot {} '{}': {}", doing, path, std::generic_category().message(error));
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(message);
    case EEXIST:
    case ENOTEMPTY:
      return absl::AlreadyExistsError(message);
    default:
      return absl::UnavailableError(message);
  }
}

absl::Status NotADirectory(const std::string& path) {
  return absl::FailedPreconditionError(
      fmt::format("'{}' is not a directory: name another place for the store", path));
}

// Without this a new name in the directory may be gone after a power cut.
absl::Status SyncDirectory(const std::string& directory) {
  int file = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return FileError(errno, "open", directory);
  int error = ::fsync(file) == 0 ? 0 : errno;
  ::close(file);
  if (error != 0) return FileError(error, "sync", directory);
  return absl::OkStatus();
}

absl::Status WriteSynced(const std::string& path, std::string_view text) {
  int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (file < 0) return FileError(errno, "create", path);
  int error = 0;
  while (!text.empty() && error == 0) {
    ssize_t written = ::write(file, text.data(), text.size());
    if (written >= 0) {
      text.remove_prefix(static_cast<size_t>(written));
    } else if (errno != EINTR) {
      error = errno;
    }
  }
  if (error == 0 && ::fsync(file) != 0) error = errno;
  if (::close(file) != 0 && error == 0) error = errno;
  if (error != 0) return FileError(error, "write", path);
  return absl::OkStatus();
}

absl::Status MakeDirectory(const fs::path& directory) {
  std::error_code error;
  fs::file_status status = fs::status(directory, error);
  if (status.type() == fs::file_type::directory) return absl::OkStatus();
  if (status.type() != fs::file_type::not_found && !error) return NotADirectory(directory.string());
  fs::path parent = fs::absolute(directory).parent_path();
  if (parent != directory) {
    absl::Status made = MakeDirectory(parent);
    if (!made.ok()) return made;
  }
  fs::create_directory(directory, error);
  if (error) return FileError(error.value(), "make directory", directory.string());
  return SyncDirectory(parent.string());
}

bool TakeFront(std::string_view* text, std::string_view expected) {
  if (!text->starts_with(expected)) return false;
  text->remove_prefix(expected.size());
  return true;
}

absl::Status CheckMarker(const std::string& path, std::string_view text) {
  if (!TakeFront(&text, kMarkerTitle)) {
    return absl::DataLossError(fmt::format(
        "'{}' does not say 'cradle key-value store': it is damaged, or not ours", path));
  }
  if (!TakeFront(&text, kMarkerEngine)) {
    return absl::FailedPreconditionError(fmt::format(
        "'{}' names another engine than rocksdb: open it with the program that made it", path));
  }
  int format = 0;
  if (TakeFront(&text, kMarkerFormat)) {
    const char* end = text.data() + text.size();
    auto [stopped, error] = std::from_chars(text.data(), end, format);
    if (error != std::errc() || stopped == end || *stopped != '\n') format = 0;
  }
  if (format < 1) {
    return absl::DataLossError(fmt::format("'{}' gives no format number: it is damaged", path));
  }
  if (format > kFormat) {
    return absl::FailedPreconditionError(
        fmt::format("'{}' says format {}, newer than this program, which knows formats up to {}: "
                    "use the program version that wrote it, or a later one",
                    path, format, kFormat));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Home> InspectHome(const std::string& directory) {
  std::error_code error;
  fs::file_status status = fs::status(directory, error);
  if (status.type() == fs::file_type::not_found) return Home::kNothing;
  if (error) return FileError(error.value(), "look at", directory);
  if (status.type() != fs::file_type::directory) {
    return NotADirectory(directory);
  }
  bool marked = false;
  bool unfinished = false;
  std::string foreign;
  fs::directory_iterator entries(directory, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    std::string name = entries->path().filename().string();
    if (name == kMarkerName) {
      marked = true;
    } else if (name == kUnfinishedName) {
      unfinished = true;
    } else if (name != "lost+found") {  // a file system of its own is a fine place for a store
      foreign = name;
    }
  }
  if (error) return FileError(error.value(), "list", directory);
  if (marked) {
    std::string path = fmt::format("{}/{}", directory, kMarkerName);
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file) return FileError(errno, "open", path);
    std::string text(kMarkerBytesMax, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (file.bad()) return absl::UnavailableError(fmt::format("cannot read '{}'", path));
    text.resize(static_cast<size_t>(file.gcount()));
    absl::Status checked = CheckMarker(path, text);
    if (!checked.ok()) return checked;
    return Home::kStore;
  }
  if (unfinished || foreign.empty()) return Home::kNothing;
  return absl::FailedPreconditionError(
      fmt::format("'{}' holds something that is not a Cradle store ('{}' and no file {}): name an "
                  "empty or new directory",
                  directory, foreign, kMarkerName));
}

absl::Status BeginHome(const std::string& directory) {
  absl::Status made = MakeDirectory(directory);
  if (!made.ok()) return made;
  absl::Status marked = WriteSynced(fmt::format("{}/{}", directory, kUnfinishedName), "");
  if (!marked.ok()) return marked;
  return SyncDirectory(directory);
}

absl::Status FinishHome(const std::string& directory) {
  std::string marker = fmt::format("{}/{}", directory, kMarkerName);
  std::string temporary = fmt::format("{}/{}", directory, kMarkerTemporaryName);
  std::string text = fmt::format("{}{}{}{}\n", kMarkerTitle, kMarkerEngine, kMarkerFormat, kFormat);
  absl::Status written = WriteSynced(temporary, text);
  if (!written.ok()) return written;
  if (::rename(temporary.c_str(), marker.c_str()) != 0) return FileError(errno, "write", marker);
  std::string unfinished = fmt::format("{}/{}", directory, kUnfinishedName);
  if (::unlink(unfinished.c_str()) != 0 && errno != ENOENT) {
    return FileError(errno, "remove", unfinished);
  }
  return SyncDirectory(directory);
}

absl::Status MoveDirectory(const std::string& from, const std::string& to) {
  std::error_code error;
  fs::rename(from, to, error);
  if (error) return FileError(error.value(), "move the finished copy to", to);
  return SyncDirectory(fs::absolute(to).parent_path().string());
}

}  // namespace cradle::kv
