#include "services/cradled/ledger_records.h"

#include <fmt/format.h>

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "services/ledger/marks.h"
#include "services/ledger/store_layout.h"
#include "services/rules/state.h"
#include "services/rules/state_keys.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/tree.h"

namespace cradle::cradled {
namespace {

using audit::Verdict;

static_assert(ledger::kSizeKey == runtime::kSizeKey, "the ledger's size is folded as a view's is");
static_assert(ledger::kStateVersionKey == runtime::kVersionKey, "so is the version of its state");

// What the ledger writes of one entry beside the admission state, as a view.
class EntryRecords : public runtime::View {
 public:
  std::string_view name() const override { return "ledger"; }
  absl::Status Fold(const runtime::FoldedEntry& folded,
                    runtime::ViewWriter& writer) const override {
    if (!folded.admitted.marks.empty()) {
      writer.Put(ledger::MarksKey(folded.index), ledger::EncodeMarks(folded.admitted.marks));
    }
    return absl::OkStatus();
  }
  absl::Status FoldDisputed(const runtime::FoldedDispute& folded,
                            runtime::ViewWriter& writer) const override {
    if (!folded.disputed.marks.empty()) {
      writer.Put(ledger::MarksKey(folded.index), ledger::EncodeMarks(folded.disputed.marks));
    }
    return absl::OkStatus();
  }
};

class LedgerRecords : public audit::RecordFold {
 public:
  LedgerRecords(const audit::Report& log, const evidence::NoteVerifier& log_key,
                const kv::Reader& stored, uint64_t size, uint64_t state_version)
      : log_(log), log_key_(log_key), stored_(stored), size_(size), state_version_(state_version) {}

  std::string name() const override { return "ledger's records"; }
  const runtime::View& view() const override { return view_; }

  absl::Status FoldBundle(std::span<const std::string_view> entries, runtime::ViewWriter& writer,
                          audit::Findings& findings) override {
    if (tree_.size() == 0 && state_version_ > rules::kStateVersion) {
      findings.Add("version",
                   {Verdict::kUnverifiable, std::nullopt, std::string(ledger::kStateVersionKey),
                    fmt::format("the admission state is of version {}, this program "
                                "knows {} at most: verify with the one that wrote it",
                                state_version_, rules::kStateVersion)});
    }
    absl::StatusOr<std::vector<ledger::StoredCheckpoint>> checkpoints =
        CheckpointsUpTo(tree_.size() + entries.size());
    if (!checkpoints.ok()) return checkpoints.status();
    auto checkpoint = checkpoints->begin();
    for (const std::string_view entry : entries) {
      tree_.Append(evidence::LeafHash(entry));
      if (checkpoint != checkpoints->end() && checkpoint->size == tree_.size()) {
        Compare(*checkpoint++, findings);
      }
    }
    for (const evidence::TileWrite& tile : tree_.TakeChanged()) {
      writer.Put(ledger::TileKey(tile.tile), tile.hashes);
    }
    writer.Put(ledger::kRootKey, evidence::AsBytes(tree_.Root()));
    return absl::OkStatus();
  }

  // Entries and checkpoints: both were read for the fold, and compared by the root. A state that
  // another version left.
  bool IsBeside(std::string_view key) const override {
    if (key == ledger::kStateVersionKey || key.starts_with(rules::keys::kStatePrefix) ||
        key.starts_with(ledger::kFormerChainPrefix)) {
      return state_version_ != rules::kStateVersion;
    }
    const auto number = ledger::LastNumber(key);
    if (!number) return false;
    if (key == ledger::EntryKey(*number)) return *number < size_;
    return key == ledger::CheckpointKey(*number) && *number > 0 && *number <= size_;
  }

 private:
  // Those of more entries than are folded yet, in order.
  absl::StatusOr<std::vector<ledger::StoredCheckpoint>> CheckpointsUpTo(uint64_t size) const {
    std::vector<ledger::StoredCheckpoint> found;
    const kv::Range range{ledger::CheckpointKey(tree_.size() + 1), ledger::CheckpointKey(size + 1)};
    absl::Status status = stored_.Scan(range, kv::Order::kAscending,
                                       [&found](std::string_view key, std::string_view note) {
                                         const auto number = ledger::LastNumber(key);
                                         if (number && key == ledger::CheckpointKey(*number)) {
                                           found.push_back({*number, std::string(note)});
                                         }
                                         return true;
                                       });
    if (!status.ok()) return status;
    return found;
  }

  void Compare(const ledger::StoredCheckpoint& stored, audit::Findings& findings) const {
    const auto add = [&](Verdict verdict, std::string reason) {
      findings.Add("checkpoint",
                   {verdict, std::nullopt, audit::PrintableKey(ledger::CheckpointKey(stored.size)),
                    std::move(reason)});
    };
    const auto checkpoint = evidence::OpenCheckpoint(stored.note, log_key_);
    if (!checkpoint.ok()) {
      return add(
          absl::IsNotFound(checkpoint.status()) ? Verdict::kUnverifiable : Verdict::kTampered,
          std::string(checkpoint.status().message()));
    }
    if (checkpoint->size != stored.size) {
      return add(Verdict::kTampered,
                 fmt::format("the checkpoint of {} entries is stored as that of {}",
                             checkpoint->size, stored.size));
    }
    if (const evidence::Hash root = tree_.Root(); checkpoint->root != root) {
      add(log_.verdict == Verdict::kVerified ? Verdict::kForked : Verdict::kTampered,
          fmt::format("it was signed for the first {} entries with root {}, here they have root {}",
                      stored.size, evidence::Hex(checkpoint->root), evidence::Hex(root)));
    }
  }

  const audit::Report& log_;
  const evidence::NoteVerifier& log_key_;
  const kv::Reader& stored_;
  const uint64_t size_;
  const uint64_t state_version_;
  const EntryRecords view_;
  evidence::Frontier tree_;
};

}  // namespace

audit::Report VerifyLedgerRecords(const audit::LogSource& source, const audit::Report& log,
                                  const evidence::NoteVerifier& log_key, const kv::Reader& stored,
                                  const audit::VerifyViewOptions& options) {
  // What of these cannot be read is a finding of the comparison.
  const uint64_t size = ledger::ReadSize(stored).value_or(0);
  const uint64_t version = size == 0
                               ? rules::kStateVersion
                               : ledger::ReadStateVersion(stored).value_or(rules::kStateVersion);
  LedgerRecords records(log, log_key, stored, size, version);
  audit::Report report = audit::VerifyRecords(source, records, stored, options);
  if (version < rules::kStateVersion) {
    report.scope += fmt::format(
        " The admission state is of version {}, this program's is {}: it was not compared, and "
        "the next start folds it anew from the entries.",
        version, rules::kStateVersion);
  }
  return report;
}

}  // namespace cradle::cradled
