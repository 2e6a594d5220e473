#include "services/audit/core/files.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace cradle::audit {
namespace {

absl::Status ErrnoStatus(std::string_view what, const std::string& path) {
  const int error = errno;
  const std::string message = fmt::format("{} {}: {}", what, path, std::strerror(error));
  switch (error) {
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(message);
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EDQUOT:
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

// Closes with the scope.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

absl::Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus("cannot write", path);
    }
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

absl::Status SyncFolder(const std::string& folder) {
  Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0) return ErrnoStatus("cannot open", folder);
  if (::fsync(opened.get()) != 0) return ErrnoStatus("cannot sync", folder);
  return absl::OkStatus();
}

std::string FolderOf(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

// Makes the folder and those above it; each new one is synced into the one above.
absl::Status MakeFolder(const std::string& folder) {
  std::error_code error;
  if (std::filesystem::is_directory(folder, error)) return absl::OkStatus();
  if (absl::Status made = MakeFolder(FolderOf(folder)); !made.ok()) return made;
  if (::mkdir(folder.c_str(), 0777) != 0 && errno != EEXIST) {
    return ErrnoStatus("cannot make", folder);
  }
  return SyncFolder(FolderOf(folder));
}

}  // namespace

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0) return ErrnoStatus("cannot read", path);
  struct stat status{};
  if (::fstat(opened.get(), &status) != 0) return ErrnoStatus("cannot read", path);
  if (S_ISDIR(status.st_mode)) {
    errno = EISDIR;
    return ErrnoStatus("cannot read", path);
  }
  std::string bytes(static_cast<size_t>(status.st_size), '\0');
  size_t filled = 0;
  for (;;) {
    if (filled == bytes.size()) bytes.resize(filled + 4096);  // it may have grown since
    const ssize_t got = ::read(opened.get(), bytes.data() + filled, bytes.size() - filled);
    if (got < 0) {
      if (errno == EINTR) continue;
      return ErrnoStatus("cannot read", path);
    }
    if (got == 0) break;
    filled += static_cast<size_t>(got);
  }
  bytes.resize(filled);
  return bytes;
}

absl::Status WriteFileAtomically(const std::string& path, std::string_view bytes, Sync sync) {
  const std::string folder = FolderOf(path);
  if (absl::Status made = MakeFolder(folder); !made.ok()) return made;
  const std::string beside = path + ".new";
  {
    Descriptor opened(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (opened.get() < 0) return ErrnoStatus("cannot write", beside);
    if (absl::Status written = WriteAll(opened.get(), bytes, beside); !written.ok()) return written;
    if (sync == Sync::kNow && ::fsync(opened.get()) != 0) return ErrnoStatus("cannot sync", beside);
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) return ErrnoStatus("cannot rename to", path);
  return sync == Sync::kNow ? SyncFolder(folder) : absl::OkStatus();
}

absl::Status SyncFileSystem(const std::string& path) {
  Descriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0) return ErrnoStatus("cannot open", path);
  if (::syncfs(opened.get()) != 0) return ErrnoStatus("cannot sync", path);
  return absl::OkStatus();
}

absl::Status RemoveFile(const std::string& path) {
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return ErrnoStatus("cannot remove", path);
  return absl::OkStatus();
}

}  // namespace cradle::audit
