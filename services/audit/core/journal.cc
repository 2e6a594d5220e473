#include "services/audit/core/journal.h"

#include <fmt/format.h>

#include <charconv>

#include "storage/evidence/hash.h"

namespace cradle::audit {
namespace {

constexpr size_t kHeadBytesMax = 40;

std::string RecordHead(std::string_view note) {
  return fmt::format("note {} {}\n", note.size(),
                     evidence::Hex(evidence::Sha256(note)).substr(0, 8));
}

}  // namespace

std::string JournalRecord(std::string_view note) {
  return RecordHead(note) + std::string(note) + "\n";
}

absl::Status ParseJournal(std::string_view bytes, std::vector<std::string>& notes) {
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const size_t offset = bytes.size() - rest.size();
    const size_t head_end = rest.substr(0, kHeadBytesMax).find('\n');
    if (head_end == std::string_view::npos && rest.size() < kHeadBytesMax) {
      return absl::OutOfRangeError(fmt::format("it ends inside the record at byte {}", offset));
    }
    size_t length = 0;
    const char* const digits = rest.data() + std::string_view("note ").size();
    if (head_end == std::string_view::npos || rest.substr(0, 5) != "note " ||
        std::from_chars(digits, rest.data() + head_end, length).ec != std::errc()) {
      return absl::DataLossError(fmt::format("no record begins at byte {}", offset));
    }
    const size_t left = rest.size() - head_end - 1;
    if (length >= left) {
      return absl::OutOfRangeError(fmt::format("it ends inside the record at byte {}", offset));
    }
    const std::string_view note = rest.substr(head_end + 1, length);
    if (rest.substr(0, head_end + 1) != RecordHead(note) || rest[head_end + 1 + length] != '\n') {
      return absl::DataLossError(fmt::format("the record at byte {} does not hold", offset));
    }
    notes.emplace_back(note);
    rest.remove_prefix(head_end + 1 + length + 1);
  }
  return absl::OkStatus();
}

}  // namespace cradle::audit
