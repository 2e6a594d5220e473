#include "services/audit/core/mirror.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "services/audit/core/files.h"
#include "services/audit/core/journal.h"
#include "services/audit/core/tile_directory.h"
#include "services/rules/admission.h"
#include "storage/evidence/bundle.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/proof.h"
#include "storage/evidence/statement.h"

namespace cradle::audit {
namespace {

using evidence::Checkpoint;
using evidence::Hash;
using evidence::kTileWidth;

constexpr size_t kFullTileBytes = kTileWidth * sizeof(Hash);

std::string Message(const absl::Status& status) { return std::string(status.message()); }

class MirrorRun {
 public:
  MirrorRun(const LogSource& source, const std::string& directory,
            const evidence::NoteVerifier& log_key, const MirrorOptions& options)
      : source_(source), held_(directory), log_key_(log_key), options_(options) {}

  absl::StatusOr<MirrorResult> Run() {
    if (absl::Status status = OpenCheckpoints(); !status.ok()) return status;
    result_.size_before = old_.size;
    result_.size = new_.size;
    if (new_.size > old_.size) {
      // What an interrupted run left is used, unless it turns out to be no part of this log.
      absl::Status copied = Copy(/*use_left=*/true);
      if (absl::IsDataLoss(copied) && left_used_) copied = Copy(/*use_left=*/false);
      if (!copied.ok()) return copied;
    }
    if (absl::Status status = FetchRuleData(); !status.ok()) return status;
    if (absl::Status status = Conclude(); !status.ok()) return status;
    return std::move(result_);
  }

 private:
  std::string Path(std::string_view name) const {
    return fmt::format("{}/{}", held_.directory(), name);
  }

  absl::Status OpenCheckpoints() {
    absl::StatusOr<std::string> old_note = held_.Checkpoint();
    if (old_note.ok()) {
      old_note_ = *old_note;
      absl::StatusOr<Checkpoint> opened = evidence::OpenCheckpoint(old_note_, log_key_);
      if (!opened.ok()) {
        return absl::FailedPreconditionError(fmt::format(
            "the checkpoint in {} is not one that this log's key signed: {}; use another directory",
            held_.directory(), Message(opened.status())));
      }
      old_ = *opened;
    } else if (!absl::IsNotFound(old_note.status())) {
      return old_note.status();
    }

    absl::StatusOr<std::string> new_note = source_.Checkpoint();
    if (!new_note.ok()) return new_note.status();
    new_note_ = *new_note;
    absl::StatusOr<Checkpoint> opened = evidence::OpenCheckpoint(new_note_, log_key_);
    if (!opened.ok()) return opened.status();
    new_ = *opened;
    return CheckContinues();
  }

  // The new checkpoint against the one held.
  absl::Status CheckContinues() {
    if (old_.size == 0) return absl::OkStatus();
    if (new_.size < old_.size) {
      absl::StatusOr<std::vector<Hash>> path =
          new_.size == 0 ? std::vector<Hash>()
                         : evidence::ConsistencyPath(new_.size, old_.size, held_);
      if (!path.ok()) return Damaged(path.status());
      if (new_.size > 0 &&
          !evidence::VerifyConsistency(new_.size, old_.size, new_.root, old_.root, *path).ok()) {
        return Forked("its first entries have another root");
      }
      return absl::FailedPreconditionError(fmt::format(
          "the log offers {} entries, {} holds {} that it signed before: it was put back "
          "to an older state, or this is an older copy",
          new_.size, held_.directory(), old_.size));
    }
    if (new_.size == old_.size) {
      return new_.root == old_.root ? absl::OkStatus()
                                    : Forked("it has another root for the same size");
    }
    absl::StatusOr<std::vector<Hash>> path = source_.ConsistencyPath(old_.size, new_.size);
    if (absl::IsUnimplemented(path.status())) return absl::OkStatus();  // rebuilding will tell
    if (!path.ok()) return path.status();
    if (absl::Status proof =
            evidence::VerifyConsistency(old_.size, new_.size, old_.root, new_.root, *path);
        !proof.ok()) {
      return Forked(Message(proof));
    }
    return absl::OkStatus();
  }

  absl::Status Forked(const std::string& reason) {
    const std::string name =
        fmt::format("conflict-{}-{}", new_.size, evidence::Hex(new_.root).substr(0, 8));
    if (absl::Status kept = WriteFileAtomically(Path(name), new_note_); !kept.ok()) return kept;
    return absl::DataLossError(
        fmt::format("forked: the log's checkpoint of {} entries does not continue the one of {} "
                    "entries held: {}; both are signed by its key; the new one is kept as {}",
                    new_.size, old_.size, reason, Path(name)));
  }

  absl::Status Damaged(const absl::Status& status) const {
    return absl::FailedPreconditionError(
        fmt::format("{} is damaged: {}; verify it, or mirror into another directory",
                    held_.directory(), Message(status)));
  }

  // Everything from the size held to the new one, up to but not including the checkpoint.
  absl::Status Copy(bool use_left) {
    absl::StatusOr<evidence::Frontier> frontier = evidence::Frontier::Load(old_.size, held_);
    if (!frontier.ok()) return Damaged(frontier.status());
    if (old_.size > 0 && frontier->Root() != old_.root) {
      return Damaged(absl::DataLossError("its tiles do not lead to its checkpoint"));
    }
    left_used_ = false;
    partial_tiles_.clear();
    rule_data_.clear();
    for (uint64_t bundle = old_.size / kTileWidth; bundle * kTileWidth < new_.size; ++bundle) {
      if (absl::Status copied = CopyBundle(bundle, use_left, *frontier); !copied.ok()) {
        return copied;
      }
      if (options_.progress && !options_.progress(frontier->size(), new_.size)) {
        return absl::CancelledError(
            fmt::format("stopped after {} of {} entries; run it again to "
                        "go on",
                        frontier->size(), new_.size));
      }
    }
    if (frontier->Root() != new_.root) {
      return absl::DataLossError(
          fmt::format("the entries lead to root {}, the checkpoint of {} entries says {}",
                      evidence::Hex(frontier->Root()), new_.size, evidence::Hex(new_.root)));
    }
    for (const auto& [tile, hashes] : partial_tiles_) {
      const std::string name = evidence::TilePath(tile, hashes.size() / sizeof(Hash));
      if (absl::Status status = WriteFileAtomically(Path(name), hashes, Sync::kLater);
          !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

  absl::Status CopyBundle(uint64_t index, bool use_left, evidence::Frontier& frontier) {
    const uint64_t begin = index * kTileWidth;
    const uint64_t width = std::min(kTileWidth, new_.size - begin);
    const uint64_t held_width = old_.size > begin ? old_.size - begin : 0;
    absl::StatusOr<std::string> bytes = ReadBundle(index, width, use_left);
    if (!bytes.ok()) return bytes.status();
    absl::StatusOr<std::vector<std::string_view>> entries = evidence::ParseBundle(*bytes);
    if (!entries.ok() || entries->size() < width) {
      return absl::DataLossError(fmt::format("{}: the source sent no {} entries",
                                             evidence::EntryBundlePath(index, width), width));
    }
    entries->resize(width);
    std::string exact;
    for (uint64_t i = 0; i < width; ++i) {
      if (absl::Status status = evidence::AppendToBundle(exact, (*entries)[i]); !status.ok()) {
        return status;
      }
      NoteRuleData((*entries)[i]);
      if (i >= held_width) frontier.Append(evidence::LeafHash((*entries)[i]));
    }
    if (absl::Status status = CheckHeldPart(index, held_width, exact); !status.ok()) return status;
    if (absl::Status status =
            WriteFileAtomically(Path(evidence::EntryBundlePath(index, width)), exact, Sync::kLater);
        !status.ok()) {
      return status;
    }
    for (evidence::TileWrite& write : frontier.TakeChanged()) {
      if (write.hashes.size() < kFullTileBytes) {
        partial_tiles_[write.tile] = std::move(write.hashes);
        continue;
      }
      partial_tiles_.erase(write.tile);
      const std::string name = evidence::TilePath(write.tile, kTileWidth);
      if (absl::Status status = WriteFileAtomically(Path(name), write.hashes, Sync::kLater);
          !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

  // From what an interrupted run left, if that may be used, else from the source.
  absl::StatusOr<std::string> ReadBundle(uint64_t index, uint64_t width, bool use_left) {
    if (use_left && width == kTileWidth) {
      absl::StatusOr<std::string> left =
          ReadFile(Path(evidence::EntryBundlePath(index, kTileWidth)));
      if (left.ok()) {
        absl::StatusOr<std::vector<std::string_view>> entries = evidence::ParseBundle(*left);
        if (entries.ok() && entries->size() == kTileWidth) {
          left_used_ = true;
          return left;
        }
      }
    }
    absl::StatusOr<EntryBundle> bundle = source_.ReadEntryBundle(index, width);
    if (!bundle.ok()) return bundle.status();
    return std::move(bundle->bytes);
  }

  // The bundle at the edge held some entries before: they stay what they were.
  absl::Status CheckHeldPart(uint64_t index, uint64_t held_width, std::string_view bytes) {
    if (held_width == 0) return absl::OkStatus();
    absl::StatusOr<std::string> held = ReadFile(Path(evidence::EntryBundlePath(index, held_width)));
    if (!held.ok()) return Damaged(held.status());
    if (bytes.substr(0, held->size()) != *held) {
      return absl::DataLossError(fmt::format("{}: the entries sent are not those held before",
                                             evidence::EntryBundlePath(index, held_width)));
    }
    return absl::OkStatus();
  }

  // Which data bundle the entry brings into force, if it is one that does.
  void NoteRuleData(std::string_view entry_bytes) {
    absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(entry_bytes);
    if (!entry.ok()) return;  // what it is, the verification says
    absl::StatusOr<evidence::ParsedStatement> statement =
        evidence::ParseStatement(std::move(entry->signed_statement.statement));
    if (!statement.ok()) return;
    const std::string sha256 = rules::RuleDataNamedBy(statement->message);
    if (!sha256.empty()) rule_data_.insert(sha256);
  }

  absl::Status FetchRuleData() {
    for (const std::string& sha256 : rule_data_) {
      absl::StatusOr<std::string> held = held_.ReadRuleBundle(sha256);
      if (held.ok() && evidence::AsBytes(evidence::Sha256(*held)) == sha256) continue;
      absl::StatusOr<std::string> bundle = source_.ReadRuleBundle(sha256);
      if (absl::IsNotFound(bundle.status())) {
        result_.missing_rule_data.push_back(sha256);
        continue;
      }
      if (!bundle.ok()) return bundle.status();
      if (evidence::AsBytes(evidence::Sha256(*bundle)) != sha256) {
        return absl::DataLossError(fmt::format(
            "the source sent other bytes than the data bundle {}", evidence::Hex(sha256)));
      }
      if (absl::Status status = WriteFileAtomically(Path(RuleBundlePath(sha256)), *bundle);
          !status.ok()) {
        return status;
      }
    }
    return absl::OkStatus();
  }

  // The journal has the checkpoint held before that one is replaced, and never one that the
  // directory does not hold.
  absl::Status Conclude() {
    if (absl::Status status = EnsureInJournal(old_note_); !status.ok()) return status;
    if (new_.size > old_.size || old_note_.empty()) {
      if (absl::Status status = SyncFileSystem(held_.directory()); !status.ok()) return status;
      if (absl::Status status = WriteFileAtomically(Path(kCheckpointPath), new_note_);
          !status.ok()) {
        return status;
      }
      if (absl::Status status = EnsureInJournal(new_note_); !status.ok()) return status;
    }
    return RemoveOutgrown();
  }

  absl::Status EnsureInJournal(const std::string& note) {
    if (note.empty()) return absl::OkStatus();
    absl::StatusOr<std::vector<std::string>> notes = held_.JournalCheckpoints();
    if (!notes.ok()) return Damaged(notes.status());
    if (!notes->empty() && notes->back() == note) return absl::OkStatus();
    std::string bytes;
    for (const std::string& kept : *notes) bytes += JournalRecord(kept);
    return WriteFileAtomically(Path(kJournalPath), bytes + JournalRecord(note));
  }

  // Partial files that a wider one replaces.
  absl::Status RemoveOutgrown() {
    absl::StatusOr<std::vector<StoredFile>> files = held_.StoredFiles();
    if (!files.ok()) return files.status();
    for (size_t i = 0; i + 1 < files->size(); ++i) {
      const StoredFile& file = (*files)[i];
      const StoredFile& next = (*files)[i + 1];  // sorted by width last
      if (file.entries != next.entries || file.tile != next.tile) continue;
      if (absl::Status status = RemoveFile(Path(file.name)); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  const LogSource& source_;
  const TileDirectory held_;
  const evidence::NoteVerifier& log_key_;
  const MirrorOptions& options_;
  MirrorResult result_;
  std::string old_note_;
  std::string new_note_;
  Checkpoint old_;  // of size 0 where none is held
  Checkpoint new_;
  bool left_used_ = false;
  std::map<evidence::TileId, std::string> partial_tiles_;
  std::set<std::string> rule_data_;
};

}  // namespace

absl::StatusOr<MirrorResult> Mirror(const LogSource& source, const std::string& directory,
                                    const evidence::NoteVerifier& log_key,
                                    const MirrorOptions& options) {
  return MirrorRun(source, directory, log_key, options).Run();
}

}  // namespace cradle::audit
