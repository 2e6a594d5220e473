#include "services/audit/core/verify_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>
#include <unordered_set>
#include <utility>

#include "services/audit/core/bundle_reader.h"
#include "services/audit/core/kept.h"
#include "services/audit/core/log_judge.h"
#include "services/audit/core/signed_tree.h"

namespace cradle::audit {
namespace {

using evidence::kTileWidth;

// A log that says it is long and has nothing is not read to its end.
constexpr int kMissingBundlesMax = 16;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

class LogVerification {
 public:
  LogVerification(const LogSource& source, const evidence::NoteVerifier& log_key,
                  const VerifyOptions& options)
      : source_(source), log_key_(log_key), options_(options) {
    threads_ = options.threads > 0
                   ? options.threads
                   : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  }

  Report Run() {
    if (OpenCheckpoint()) {
      ScratchStateInMemory in_memory;
      ScratchState& state = options_.state == nullptr ? in_memory : *options_.state;
      LogJudge judge(source_, log_key_, checkpoint_proven_, state, findings_);
      if (ReadEntries(judge)) Settle(judge);
      WriteScope(judge);
    } else {
      report_.scope = "Nothing was read: no checkpoint could be read to hold the log against.";
    }
    Conclude(findings_, report_);
    return std::move(report_);
  }

 private:
  void Add(Verdict verdict, std::string subject, std::string reason) {
    findings_.Add(subject, {verdict, std::nullopt, subject, std::move(reason)});
  }

  // False: there is nothing to go on with. A checkpoint whose signature is not proven still says
  // which tree to look for.
  bool OpenCheckpoint() {
    absl::StatusOr<std::string> note = source_.Checkpoint();
    if (!note.ok()) {
      Add(absl::IsDataLoss(note.status()) ? Verdict::kTampered : Verdict::kUnavailable,
          "checkpoint", Message(note.status()));
      return false;
    }
    absl::StatusOr<evidence::Checkpoint> opened = evidence::OpenCheckpoint(*note, log_key_);
    if (opened.ok()) {
      checkpoint_ = *opened;
      checkpoint_proven_ = true;
      report_.signed_size = checkpoint_.size;
      return true;
    }
    Add(absl::IsNotFound(opened.status()) ? Verdict::kUnverifiable : Verdict::kTampered,
        "checkpoint", Message(opened.status()));
    absl::StatusOr<evidence::Note> parsed = evidence::ParseNote(*note);
    if (!parsed.ok()) return false;
    absl::StatusOr<evidence::Checkpoint> text = evidence::ParseCheckpointText(parsed->text);
    if (!text.ok()) return false;
    checkpoint_ = *text;
    return true;
  }

  // False: stopped by the caller.
  bool ReadEntries(LogJudge& judge) {
    if (checkpoint_.size == 0) return true;
    KeyRing keys;
    BundleReader reader(source_, checkpoint_.size, threads_, keys);
    int missing = 0;
    while (judge.next_index() < checkpoint_.size) {
      const CheckedBundle bundle = reader.Next();
      bytes_ += bundle.bytes;
      if (bundle.read.ok()) {
        bundles_read_.insert(bundle.name);
        TakeBundle(bundle, judge);
      } else {
        Add(Verdict::kUnavailable, bundle.name, Message(bundle.read));
        SkipRest(bundle, fmt::format("{} is missing", bundle.name), judge);
        if (++missing == kMissingBundlesMax) {
          Add(Verdict::kUnavailable, "entries", "more bundles may be missing: reading stopped");
          return true;
        }
      }
      if (options_.progress && !options_.progress(judge.next_index(), checkpoint_.size)) {
        Add(Verdict::kUnavailable, "verification",
            fmt::format("it was stopped after entry {}", judge.next_index() - 1));
        return false;
      }
    }
    return true;
  }

  void TakeBundle(const CheckedBundle& bundle, LogJudge& judge) {
    for (const CheckedEntry& entry : bundle.entries) judge.Take(entry);
    report_.entries += bundle.entries.size();
    if (bundle.entries.size() < bundle.width) {
      findings_.AddEntry("bundle", Verdict::kTampered, judge.next_index(),
                         fmt::format("{}: {}", bundle.name, Message(bundle.form)));
      SkipRest(bundle, "", judge);
    } else if (!bundle.form.ok()) {
      Add(Verdict::kTampered, bundle.name, Message(bundle.form));
    }
  }

  // With the hashes of the stored tile in place of the entries, the tree can be rebuilt all the
  // same.
  void SkipRest(const CheckedBundle& bundle, const std::string& stop, LogJudge& judge) {
    std::optional<std::string> hashes;
    if (source_.tiles() != nullptr) {
      absl::StatusOr<std::string> tile =
          source_.tiles()->ReadTile({0, bundle.first_index / kTileWidth}, bundle.width);
      if (tile.ok() && tile->size() >= bundle.width * sizeof(evidence::Hash)) hashes = *tile;
    }
    for (uint64_t i = bundle.entries.size(); i < bundle.width; ++i) {
      std::optional<evidence::Hash> leaf;
      if (hashes) {
        absl::StatusOr<evidence::Hash> hash =
            evidence::HashFromBytes(std::string_view(*hashes).substr(i * 32, 32));
        if (hash.ok()) leaf = *hash;
      }
      judge.Skip(leaf, stop);
    }
  }

  void Settle(LogJudge& judge) {
    const TreeInMemory& rebuilt = judge.tree();
    SignedTree signed_tree;
    if (rebuilt.size() == checkpoint_.size) {
      report_.root = rebuilt.RootAt(rebuilt.size());
      signed_tree = FindSignedTree(source_, checkpoint_, rebuilt, findings_);
    }
    root_proven_ = signed_tree.tree != nullptr && checkpoint_proven_;
    if (signed_tree.tree != nullptr) {
      compared_ = CompareStoredFiles(
          source_, *signed_tree.tree,
          [this](const std::string& name) { return bundles_read_.count(name) != 0; }, findings_);
    }
    CompareKept(signed_tree.tree != nullptr ? *signed_tree.tree : rebuilt);
    judge.Finish(signed_tree.tree);
  }

  void CompareKept(const TreeInMemory& tree) {
    KeptComparison journal(log_key_, tree, root_proven_, findings_);
    absl::StatusOr<std::vector<std::string>> notes = source_.JournalCheckpoints();
    if (notes.ok()) {
      journal.CompareJournal(*notes, threads_);
    } else {
      Add(absl::IsDataLoss(notes.status()) ? Verdict::kTampered : Verdict::kUnavailable, "journal",
          Message(notes.status()));
    }
    journalled_ = journal.agreeing();
    KeptComparison kept(log_key_, tree, root_proven_, findings_);
    for (const Kept& receipt : options_.receipts) kept.CompareReceipt(receipt);
    for (const Kept& checkpoint : options_.checkpoints) kept.CompareCheckpoint(checkpoint);
    kept_ = kept.agreeing();
  }

  void WriteScope(const LogJudge& judge) {
    report_.attestations = judge.proven_attestations();
    std::string& scope = report_.scope;
    scope = fmt::format(
        "Read {} of {} entries ({} bytes), proved {} of {} attestations, judged {} entries by the "
        "log's own rule sets, rebuilt the tree",
        report_.entries, checkpoint_.size, bytes_, judge.proven_attestations(),
        judge.proven_attestations() + judge.unproven_attestations(), judge.judged_entries());
    scope += fmt::format(
        ", compared {} stored tiles, {} journalled checkpoints, {} checkpoints seen "
        "by devices and {} kept receipts and checkpoints.",
        compared_.tiles, journalled_, judge.seen_checkpoints(), kept_);
    if (!judge.stopped().empty()) {
      scope += fmt::format(" Later entries were not judged, for {}.", judge.stopped());
    }
    if (compared_.beyond > 0) {
      scope +=
          fmt::format(" {} stored files go beyond the checkpoint: what is there is not covered.",
                      compared_.beyond);
    }
    if (report_.entries == checkpoint_.size && root_proven_ && !findings_.Has(Verdict::kTampered) &&
        !findings_.Has(Verdict::kForked)) {
      scope +=
          " The log's key signed exactly these entries in this order; nothing is missing among "
          "them and nothing came after them when it signed.";
      if (kept_ + journalled_ + judge.seen_checkpoints() == 0) {
        scope +=
            " Nothing that others kept was compared: that nobody was shown another history "
            "is not proven.";
      } else {
        scope +=
            " It agrees with every checkpoint compared; whether somebody was given another, only "
            "who holds it can show.";
      }
    }
  }

  const LogSource& source_;
  const evidence::NoteVerifier& log_key_;
  const VerifyOptions& options_;
  int threads_ = 1;

  Report report_;
  Findings findings_;
  evidence::Checkpoint checkpoint_;
  bool checkpoint_proven_ = false;
  bool root_proven_ = false;
  uint64_t bytes_ = 0;
  std::unordered_set<std::string> bundles_read_;
  StoredFilesCompared compared_;
  uint64_t journalled_ = 0;
  uint64_t kept_ = 0;
};

}  // namespace

Report VerifyLog(const LogSource& source, const evidence::NoteVerifier& log_key,
                 const VerifyOptions& options) {
  return LogVerification(source, log_key, options).Run();
}

}  // namespace cradle::audit
