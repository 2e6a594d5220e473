#include "services/ledger/journal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "storage/evidence/hash.h"

namespace cradle::ledger {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kNamePrefix = "checkpoints-";
constexpr std::string_view kNameSuffix = ".journal";
constexpr size_t kNumberDigits = 20;
constexpr std::string_view kRecordPrefix = "note ";
constexpr size_t kChecksumDigits = 8;
constexpr size_t kRoomBytes = 64 << 10;

absl::Status ErrnoStatus(int error, std::string_view what, const std::string& path) {
  const std::string message =
      fmt::format("signer's journal: cannot {} {}: {}", what, path,
                  std::error_code(error, std::generic_category()).message());
  switch (error) {
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(message);
    case ENOSPC:
    case EDQUOT:
    case EFBIG:  // a limit on the size of files
      return absl::ResourceExhaustedError(message);
    default:
      return absl::UnavailableError(message);
  }
}

std::string Checksum(std::string_view note) {
  return evidence::Hex(evidence::Sha256(note)).substr(0, kChecksumDigits);
}

std::string FileName(uint64_t number) {
  return fmt::format("{}{:020}{}", kNamePrefix, number, kNameSuffix);
}

template <typename Number>
std::optional<Number> ParseDecimal(std::string_view digits) {
  Number number = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || rest != end) return std::nullopt;
  return number;
}

std::optional<uint64_t> FileNumber(const std::string& name) {
  if (name.size() != kNamePrefix.size() + kNumberDigits + kNameSuffix.size() ||
      !name.starts_with(kNamePrefix) || !name.ends_with(kNameSuffix)) {
    return std::nullopt;
  }
  return ParseDecimal<uint64_t>(std::string_view(name).substr(kNamePrefix.size(), kNumberDigits));
}

// The numbers of the journal's files, in order.
absl::StatusOr<std::vector<uint64_t>> ListFiles(const std::string& directory) {
  std::vector<uint64_t> numbers;
  std::error_code error;
  fs::directory_iterator entry(directory, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    if (const auto number = FileNumber(entry->path().filename().string())) {
      numbers.push_back(*number);
    }
  }
  if (error) return ErrnoStatus(error.value(), "list", directory);
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

// The record at the front of `bytes`: its note, and how long it is. Nullopt: no whole record.
struct Record {
  std::string_view note;
  size_t bytes = 0;
};
std::optional<Record> RecordAtFront(std::string_view bytes) {
  if (!bytes.starts_with(kRecordPrefix)) return std::nullopt;
  const size_t line_end = bytes.find('\n');
  if (line_end == std::string_view::npos) return std::nullopt;
  const std::string_view line = bytes.substr(kRecordPrefix.size(), line_end - kRecordPrefix.size());
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto length = ParseDecimal<uint32_t>(line.substr(0, space));
  const std::string_view rest = bytes.substr(line_end + 1);
  if (!length || rest.size() <= *length || rest[*length] != '\n') return std::nullopt;
  const std::string_view note = rest.substr(0, *length);
  if (line.substr(space + 1) != Checksum(note)) return std::nullopt;
  return Record{note, line_end + 1 + *length + 1};
}

struct FileContent {
  std::vector<std::string> notes;
  uint64_t whole_bytes = 0;  // up to the end of the last whole record
};

// `last`: the file may end in an unfinished record.
absl::StatusOr<FileContent> ReadFile(const std::string& path, bool last) {
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return ErrnoStatus(errno, "open", path);
  const std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (file.bad()) return ErrnoStatus(EIO, "read", path);
  FileContent content;
  std::string_view rest = bytes;
  while (const auto record = RecordAtFront(rest)) {
    content.notes.emplace_back(record->note);
    content.whole_bytes += record->bytes;
    rest.remove_prefix(record->bytes);
  }
  if (rest.empty()) return content;
  if (last && rest.find_first_not_of('\0') == std::string_view::npos) return content;  // room
  // An unfinished write has nothing behind it; a damaged record does.
  bool damaged = !last;
  for (size_t at = rest.find(kRecordPrefix, 1); !damaged && at != std::string_view::npos;
       at = rest.find(kRecordPrefix, at + 1)) {
    damaged = RecordAtFront(rest.substr(at)).has_value();
  }
  if (damaged) {
    return absl::DataLossError(fmt::format(
        "signer's journal: {} is damaged at byte {}; it tells what this log has signed and must "
        "not be edited: recover the file before starting",
        path, content.whole_bytes));
  }
  return content;
}

absl::Status SyncDirectory(const std::string& directory) {
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return ErrnoStatus(errno, "open", directory);
  const int error = fsync(fd) == 0 ? 0 : errno;
  close(fd);
  return error == 0 ? absl::OkStatus() : ErrnoStatus(error, "sync", directory);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SignerJournal>> SignerJournal::Open(const std::string& directory,
                                                                   const JournalOptions& options) {
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return ErrnoStatus(error.value(), "create", directory);
  std::unique_ptr<SignerJournal> journal(new SignerJournal(directory, options));
  const std::string lock_path = directory + "/LOCK";
  journal->lock_ = open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (journal->lock_ < 0) return ErrnoStatus(errno, "open", lock_path);
  if (flock(journal->lock_, LOCK_EX | LOCK_NB) != 0) {
    return absl::FailedPreconditionError(fmt::format(
        "signer's journal {} is in use by another process: one log has one signer", directory));
  }
  auto numbers = ListFiles(directory);
  if (!numbers.ok()) return numbers.status();
  if (numbers->empty()) {
    if (absl::Status status = journal->BeginFile(0); !status.ok()) return status;
    return journal;
  }
  // A new file is begun before its first record is written, so the newest note may be one back.
  for (size_t i = numbers->size(); i-- > 0 && journal->newest_.empty();) {
    const std::string path = directory + "/" + FileName((*numbers)[i]);
    const bool last = i + 1 == numbers->size();
    auto content = ReadFile(path, last);
    if (!content.ok()) return content.status();
    if (!content->notes.empty()) journal->newest_ = std::move(content->notes.back());
    if (!last) continue;
    journal->number_ = (*numbers)[i];
    journal->file_bytes_ = journal->room_end_ = content->whole_bytes;
    journal->file_ = open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (journal->file_ < 0) return ErrnoStatus(errno, "open", path);
    if (ftruncate(journal->file_, static_cast<off_t>(content->whole_bytes)) != 0 ||
        fsync(journal->file_) != 0) {
      return ErrnoStatus(errno, "cut the unfinished end of", path);
    }
  }
  return journal;
}

SignerJournal::~SignerJournal() {
  if (file_ >= 0) {
    // What room stays, the next start cuts.
    static_cast<void>(ftruncate(file_, static_cast<off_t>(file_bytes_)) == 0);
    close(file_);
  }
  if (lock_ >= 0) close(lock_);
}

absl::Status SignerJournal::BeginFile(uint64_t number) {
  // Only the last file has room.
  if (file_ >= 0 && (ftruncate(file_, static_cast<off_t>(file_bytes_)) != 0 || fsync(file_) != 0)) {
    return absl::UnknownError(std::string(
        ErrnoStatus(errno, "cut the room of", directory_ + "/" + FileName(number_)).message()));
  }
  const std::string path = directory_ + "/" + FileName(number);
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return ErrnoStatus(errno, "create", path);
  if (absl::Status status = SyncDirectory(directory_); !status.ok()) {
    close(file);
    return status;
  }
  if (file_ >= 0) close(file_);
  file_ = file;
  number_ = number;
  file_bytes_ = room_end_ = 0;
  return absl::OkStatus();
}

absl::Status SignerJournal::Append(std::string_view note) {
  if (file_bytes_ >= options_.file_bytes_max) {
    if (absl::Status status = BeginFile(number_ + 1); !status.ok()) return status;
  }
  std::string record =
      fmt::format("{}{} {}\n{}\n", kRecordPrefix, note.size(), Checksum(note), note);
  const uint64_t end = file_bytes_ + record.size();
  if (end > room_end_) record.resize(record.size() + kRoomBytes, '\0');
  const std::string path = directory_ + "/" + FileName(number_);
  size_t written = 0;
  while (written < record.size()) {
    const ssize_t count = pwrite(file_, record.data() + written, record.size() - written,
                                 static_cast<off_t>(file_bytes_ + written));
    if (count >= 0) {
      written += static_cast<size_t>(count);
      continue;
    }
    if (errno == EINTR) continue;
    const absl::Status status = ErrnoStatus(errno, "append to", path);
    if (ftruncate(file_, static_cast<off_t>(file_bytes_)) != 0) {
      return absl::UnknownError(std::string(status.message()));
    }
    room_end_ = file_bytes_;
    return status;
  }
  // After a failed sync the kernel may have dropped the pages: only reading anew tells.
  if (fdatasync(file_) != 0) {
    return absl::UnknownError(std::string(ErrnoStatus(errno, "sync", path).message()));
  }
  room_end_ = std::max(room_end_, file_bytes_ + record.size());
  file_bytes_ = end;
  newest_ = std::string(note);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> ReadJournal(const std::string& directory) {
  std::error_code error;
  if (!fs::is_directory(directory, error)) {
    return absl::NotFoundError(fmt::format("no signer's journal in {}", directory));
  }
  auto numbers = ListFiles(directory);
  if (!numbers.ok()) return numbers.status();
  std::vector<std::string> notes;
  for (size_t i = 0; i < numbers->size(); ++i) {
    auto content = ReadFile(directory + "/" + FileName((*numbers)[i]), i + 1 == numbers->size());
    if (!content.ok()) return content.status();
    std::move(content->notes.begin(), content->notes.end(), std::back_inserter(notes));
  }
  return notes;
}

}  // namespace cradle::ledger
