#include "clients/sdk/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace cradle::sdk {
namespace {

constexpr char kLocalPayload[] = "cradle/local";

// Closes what it holds.
class File {
 public:
  explicit File(int descriptor) : descriptor_(descriptor) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  bool ok() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

absl::Status Failed(std::string_view what, const std::filesystem::path& path) {
  const int error = errno;
  const absl::StatusCode code =
      error == ENOENT                      ? absl::StatusCode::kNotFound
      : error == EACCES || error == EPERM  ? absl::StatusCode::kPermissionDenied
      : error == ENOSPC || error == EDQUOT ? absl::StatusCode::kResourceExhausted
                                           : absl::StatusCode::kUnavailable;
  return Local({code, fmt::format("cannot {} {}: {}", what, path.string(), std::strerror(error))});
}

absl::Status WriteAll(int descriptor, std::string_view bytes, const std::filesystem::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return Failed("write", path);
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status SyncDirectory(const std::filesystem::path& directory) {
  const File file(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file.ok()) return Failed("open", directory);
  return ::fsync(file.get()) == 0 ? absl::OkStatus() : Failed("sync", directory);
}

std::filesystem::path DirectoryOf(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.parent_path();
  return parent.empty() ? std::filesystem::path(".") : parent;
}

}  // namespace

absl::Status Local(absl::Status status) {
  if (!status.ok()) status.SetPayload(kLocalPayload, absl::Cord(""));
  return status;
}

bool IsLocal(const absl::Status& status) { return status.GetPayload(kLocalPayload).has_value(); }

absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path, size_t bytes_max) {
  const File file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.ok()) return Failed("read", path);
  std::string bytes;
  std::string part(64u << 10, '\0');
  while (true) {
    const ssize_t count = ::read(file.get(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return Failed("read", path);
    if (count == 0) return bytes;
    bytes.append(part, 0, static_cast<size_t>(count));
    if (bytes.size() > bytes_max) {
      return Local(absl::ResourceExhaustedError(
          fmt::format("{} is over {} bytes", path.string(), bytes_max)));
    }
  }
}

absl::Status WriteFileAtomically(const std::filesystem::path& path, std::string_view bytes,
                                 int mode) {
  const std::filesystem::path beside = path.string() + ".new";
  {
    const File file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
    if (!file.ok()) return Failed("create", beside);
    if (absl::Status status = WriteAll(file.get(), bytes, beside); !status.ok()) return status;
    if (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0)
      return Failed("set the mode of", beside);
    if (::fsync(file.get()) != 0) return Failed("sync", beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return Failed("put into place", path);
  return SyncDirectory(DirectoryOf(path));
}

absl::Status RemoveFile(const std::filesystem::path& path) {
  if (::unlink(path.c_str()) != 0) {
    return errno == ENOENT ? absl::OkStatus() : Failed("remove", path);
  }
  return SyncDirectory(DirectoryOf(path));
}

absl::Status MakeDirectory(const std::filesystem::path& path) {
  const std::filesystem::path parent = path.parent_path();
  if (!parent.empty() && parent != path) {
    struct stat there{};
    if (::stat(parent.c_str(), &there) != 0) {
      if (absl::Status status = MakeDirectory(parent); !status.ok()) return status;
    }
  }
  if (::mkdir(path.c_str(), 0700) == 0) return SyncDirectory(DirectoryOf(path));
  struct stat there{};
  if (errno == EEXIST && ::stat(path.c_str(), &there) == 0 && S_ISDIR(there.st_mode)) {
    return absl::OkStatus();
  }
  return Failed("make the directory", path);
}

absl::StatusOr<std::vector<std::string>> ListFiles(const std::filesystem::path& directory,
                                                   std::string_view suffix) {
  std::vector<std::string> names;
  std::error_code error;
  std::filesystem::directory_iterator files(directory, error);
  if (error == std::errc::no_such_file_or_directory) return names;
  for (; !error && files != std::filesystem::directory_iterator(); files.increment(error)) {
    std::string name = files->path().filename().string();
    if (name.ends_with(suffix)) names.push_back(std::move(name));
  }
  if (error) {
    return Local(absl::UnavailableError(
        fmt::format("cannot list {}: {}", directory.string(), error.message())));
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace cradle::sdk
