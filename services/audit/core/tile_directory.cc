#include "services/audit/core/tile_directory.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "services/audit/core/files.h"
#include "services/audit/core/journal.h"
#include "storage/evidence/hash.h"

namespace cradle::audit {
namespace {

constexpr std::string_view kEntriesPrefix = "tile/entries/";
constexpr std::string_view kTilePrefix = "tile/";

std::optional<uint64_t> ParseNumber(std::string_view digits, size_t digits_max) {
  if (digits.empty() || digits.size() > digits_max) return std::nullopt;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

bool ConsumePrefix(std::string_view& text, std::string_view prefix) {
  if (text.substr(0, prefix.size()) != prefix) return false;
  text.remove_prefix(prefix.size());
  return true;
}

// "x001/x234/067" or "x001/x234/067.p/112"; only the one spelling that StoredPath writes, which the
// caller checks by writing it again.
bool ParseIndexAndWidth(std::string_view text, uint64_t& index, uint64_t& width) {
  width = evidence::kTileWidth;
  if (const size_t partial = text.find(".p/"); partial != std::string_view::npos) {
    const std::optional<uint64_t> parsed = ParseNumber(text.substr(partial + 3), 3);
    if (!parsed) return false;
    width = *parsed;
    text = text.substr(0, partial);
  }
  index = 0;
  while (true) {
    const size_t slash = text.find('/');
    std::string_view group = text.substr(0, slash);
    if (slash != std::string_view::npos && !ConsumePrefix(group, "x")) return false;
    const std::optional<uint64_t> digits = ParseNumber(group, 3);
    if (!digits || index > (UINT64_MAX - *digits) / 1000) return false;
    index = index * 1000 + *digits;
    if (slash == std::string_view::npos) return true;
    text.remove_prefix(slash + 1);
  }
}

}  // namespace

std::string StoredPath(bool entries, const evidence::TileId& tile, uint64_t width) {
  return entries ? evidence::EntryBundlePath(tile.index, width) : evidence::TilePath(tile, width);
}

std::string RuleBundlePath(std::string_view sha256) {
  return fmt::format("rule-data/{}.bundle", evidence::Hex(sha256));
}

std::optional<StoredFile> ParseStoredPath(std::string_view path) {
  StoredFile file;
  file.name = std::string(path);
  std::string_view rest = path;
  if (ConsumePrefix(rest, kEntriesPrefix)) {
    file.entries = true;
  } else if (ConsumePrefix(rest, kTilePrefix)) {
    const size_t slash = rest.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const std::optional<uint64_t> level = ParseNumber(rest.substr(0, slash), 2);
    if (!level || *level > 63) return std::nullopt;
    file.tile.level = static_cast<int>(*level);
    rest.remove_prefix(slash + 1);
  } else {
    return std::nullopt;
  }
  if (!ParseIndexAndWidth(rest, file.tile.index, file.width)) return std::nullopt;
  if (file.width == 0 || file.width > evidence::kTileWidth) return std::nullopt;
  if (StoredPath(file.entries, file.tile, file.width) != path) return std::nullopt;
  return file;
}

absl::StatusOr<std::string> TileDirectory::Checkpoint() const {
  return ReadFile(fmt::format("{}/{}", directory_, kCheckpointPath));
}

absl::StatusOr<StoredFile> TileDirectory::Locate(bool entries, const evidence::TileId& tile,
                                                 uint64_t width) const {
  std::error_code error;
  const auto found = [&](uint64_t stored_width) -> std::optional<StoredFile> {
    std::string name = StoredPath(entries, tile, stored_width);
    if (!std::filesystem::is_regular_file(directory_ + "/" + name, error)) return std::nullopt;
    return StoredFile{entries, tile, stored_width, std::move(name)};
  };
  // A partial file may be gone once a wider or the full one is there.
  if (auto exact = found(width)) return *exact;
  if (auto full = found(evidence::kTileWidth)) return *full;
  for (uint64_t wider = width + 1; wider < evidence::kTileWidth; ++wider) {
    if (auto partial = found(wider)) return *partial;
  }
  return absl::NotFoundError(
      fmt::format("{} is missing in {}", StoredPath(entries, tile, width), directory_));
}

absl::StatusOr<EntryBundle> TileDirectory::ReadEntryBundle(uint64_t index, uint64_t width) const {
  absl::StatusOr<StoredFile> file = Locate(true, {0, index}, width);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::string> bytes = ReadStoredFile(*file);
  if (!bytes.ok()) return bytes.status();
  return EntryBundle{file->width, std::move(*bytes), std::move(file->name)};
}

absl::StatusOr<std::string> TileDirectory::ReadTile(const evidence::TileId& tile,
                                                    uint64_t width) const {
  absl::StatusOr<StoredFile> file = Locate(false, tile, width);
  if (!file.ok()) return file.status();
  absl::StatusOr<std::string> bytes = ReadStoredFile(*file);
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() < width * sizeof(evidence::Hash)) {
    return absl::NotFoundError(fmt::format("{} ends after {} bytes, {} hashes are {}", file->name,
                                           bytes->size(), width, width * sizeof(evidence::Hash)));
  }
  return bytes;
}

absl::StatusOr<std::string> TileDirectory::ReadStoredFile(const StoredFile& file) const {
  return ReadFile(directory_ + "/" + file.name);
}

absl::StatusOr<std::string> TileDirectory::ReadRuleBundle(std::string_view sha256) const {
  return ReadFile(directory_ + "/" + RuleBundlePath(sha256));
}

absl::StatusOr<std::vector<StoredFile>> TileDirectory::StoredFiles() const {
  std::vector<StoredFile> files;
  std::error_code error;
  const std::filesystem::path root = directory_;
  if (!std::filesystem::exists(root / "tile", error)) return files;
  std::filesystem::recursive_directory_iterator next(root / "tile", error), end;
  for (; !error && next != end; next.increment(error)) {
    const std::string path = next->path().lexically_relative(root).generic_string();
    // A folder, or a file that a writer left half done, is none of the log's files.
    if (std::optional<StoredFile> file = ParseStoredPath(path);
        file && next->is_regular_file(error)) {
      files.push_back(std::move(*file));
    }
  }
  if (error) {
    return absl::UnavailableError(
        fmt::format("cannot list {}/tile: {}", directory_, error.message()));
  }
  std::sort(files.begin(), files.end(), [](const StoredFile& a, const StoredFile& b) {
    return std::tie(a.entries, a.tile, a.width) < std::tie(b.entries, b.tile, b.width);
  });
  return files;
}

absl::StatusOr<std::vector<std::string>> TileDirectory::JournalCheckpoints() const {
  std::vector<std::string> notes;
  const std::string path = fmt::format("{}/{}", directory_, kJournalPath);
  absl::StatusOr<std::string> bytes = ReadFile(path);
  if (absl::IsNotFound(bytes.status())) return notes;
  if (!bytes.ok()) return bytes.status();
  if (absl::Status parsed = ParseJournal(*bytes, notes); !parsed.ok()) {
    return absl::Status(parsed.code(), fmt::format("{}: {}", path, std::string(parsed.message())));
  }
  return notes;
}

}  // namespace cradle::audit
