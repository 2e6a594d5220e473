#include "services/cradled/store_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "services/ledger/journal.h"
#include "storage/evidence/bundle.h"
#include "storage/evidence/hash.h"

namespace cradle::cradled {

absl::StatusOr<std::string> StoreSource::Checkpoint() const {
  // The journal is the authority. A backup comes without it, and one that is damaged must not keep
  // the rest from being verified: JournalCheckpoints tells of the damage.
  absl::StatusOr<std::vector<std::string>> journal = JournalCheckpoints();
  if (journal.ok() && !journal->empty()) return journal->back();
  absl::StatusOr<std::optional<ledger::StoredCheckpoint>> stored = ledger::NewestCheckpoint(store_);
  if (!stored.ok()) return stored.status();
  if (stored->has_value()) return std::move((*stored)->note);
  if (!journal.ok()) return journal.status();
  return absl::NotFoundError("no signed checkpoint: the log is not founded");
}

absl::StatusOr<audit::EntryBundle> StoreSource::ReadEntryBundle(uint64_t index,
                                                                uint64_t width) const {
  std::vector<std::string> keys;
  for (uint64_t i = 0; i < width; ++i) {
    keys.push_back(ledger::EntryKey(index * evidence::kTileWidth + i));
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> entries = store_.MultiGet(keys);
  if (!entries.ok()) return entries.status();
  audit::EntryBundle bundle;
  bundle.width = width;
  bundle.name = evidence::EntryBundlePath(index, width);
  for (const std::optional<std::string>& entry : *entries) {
    if (absl::Status status = evidence::AppendToBundle(bundle.bytes, entry.value_or(""));
        !status.ok()) {
      return status;
    }
  }
  return bundle;
}

absl::StatusOr<std::string> StoreSource::ReadRuleBundle(std::string_view sha256) const {
  return ReadFile(data_.rule_data() / (evidence::Hex(sha256) + ".bundle"));
}

absl::StatusOr<std::vector<audit::StoredFile>> StoreSource::StoredFiles() const {
  std::vector<audit::StoredFile> files;
  const std::string first = ledger::TileKey({0, 0});
  const size_t level_at = first.size() - 9;  // the level's byte stands before the index
  absl::Status status = store_.Scan(kv::Prefix(first.substr(0, level_at)), kv::Order::kAscending,
                                    [&](std::string_view key, std::string_view value) {
                                      audit::StoredFile file;
                                      file.tile.level = static_cast<unsigned char>(key[level_at]);
                                      file.tile.index = ledger::LastNumber(key).value_or(0);
                                      file.width = value.size() / sizeof(evidence::Hash);
                                      file.name = evidence::TilePath(file.tile, file.width);
                                      files.push_back(std::move(file));
                                      return true;
                                    });
  if (!status.ok()) return status;
  return files;
}

absl::StatusOr<std::string> StoreSource::ReadStoredFile(const audit::StoredFile& file) const {
  absl::StatusOr<std::optional<std::string>> bytes = store_.Get(ledger::TileKey(file.tile));
  if (!bytes.ok()) return bytes.status();
  if (bytes->has_value()) return **std::move(bytes);
  return absl::NotFoundError(file.name + " is missing");
}

absl::StatusOr<std::vector<std::string>> StoreSource::JournalCheckpoints() const {
  absl::StatusOr<std::vector<std::string>> notes = ledger::ReadJournal(data_.journal().string());
  if (absl::IsNotFound(notes.status())) return std::vector<std::string>();
  return notes;
}

}  // namespace cradle::cradled
