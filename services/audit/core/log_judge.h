// Judges the entries of a log in their order: may each stand where it stands?
#ifndef CRADLE_SERVICES_AUDIT_CORE_LOG_JUDGE_H_
#define CRADLE_SERVICES_AUDIT_CORE_LOG_JUDGE_H_

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "services/audit/core/entry_check.h"
#include "services/audit/core/log_source.h"
#include "services/audit/core/report.h"
#include "services/audit/core/scratch_state.h"
#include "services/audit/core/tree_in_memory.h"
#include "services/rules/rule_data.h"
#include "storage/evidence/note.h"

namespace cradle::audit {

// Rebuilds the tree, folds the admission state and collects what does not hold. After an entry that
// is missing or in an unknown format the state is not known any more: later entries are still
// hashed and their signatures verified, but not judged. Not thread-safe.
class LogJudge {
 public:
  // All must outlive it. `key_proven`: the checkpoint is signed by `log_key`; if not, what the
  // founding entry says of another key is no proof against it.
  LogJudge(const LogSource& source, const evidence::NoteVerifier& log_key, bool key_proven,
           ScratchState& state, Findings& findings)
      : source_(source),
        log_key_(log_key),
        key_proven_(key_proven),
        state_(state),
        findings_(findings) {}

  // The next entry.
  void Take(const CheckedEntry& checked);
  // The next entry cannot be read; with the leaf hash that a stored tile has for it, the tree can
  // still be rebuilt. `stop` says why later entries cannot be judged; empty: they can.
  void Skip(const std::optional<evidence::Hash>& leaf, const std::string& stop);
  // After the last entry. `signed_tree` is the tree that the checkpoint signs, null where its
  // leaves are not known; it decides what the checkpoints seen by devices say.
  void Finish(const TreeInMemory* signed_tree);

  uint64_t next_index() const { return next_index_; }
  // Of all entries, unless tree_complete() is false: then of those before the first unknown leaf.
  const TreeInMemory& tree() const { return tree_; }
  bool tree_complete() const { return tree_complete_; }

  uint64_t proven_attestations() const { return proven_attestations_; }
  uint64_t unproven_attestations() const { return unproven_attestations_; }
  uint64_t judged_entries() const { return judged_entries_; }
  uint64_t seen_checkpoints() const { return seen_checkpoints_; }  // that agree
  const std::string& stopped() const { return stopped_; }  // why judging stopped; empty: it did not

 private:
  // A checkpoint that a device says it held, and the rebuilt tree does not confirm.
  struct SeenClaim {
    uint64_t index = 0;
    size_t attestation = 0;
    uint64_t size = 0;
    std::string root;
  };
  struct Refusal {
    uint64_t index = 0;
    std::string reason;
  };

  void CheckForm(const CheckedEntry& checked);
  void CheckSignatures(const CheckedEntry& checked);
  void CheckRecordedTime(const CheckedEntry& checked);
  void CheckFounding(const CheckedEntry& checked);
  void CheckSeen(const CheckedEntry& checked);
  void JudgeByRules(const CheckedEntry& checked);
  void LoadRuleData(const statement::v1::Statement& statement);
  void AddRefusal(std::string reason);
  void StopJudging(std::string reason);
  evidence::Hash RootAt(uint64_t size);
  void SettleSeen(const TreeInMemory& signed_tree);
  void ReportRefusals();

  const LogSource& source_;
  const evidence::NoteVerifier& log_key_;
  const bool key_proven_;
  ScratchState& state_;
  Findings& findings_;

  uint64_t next_index_ = 0;
  TreeInMemory tree_;
  bool tree_complete_ = true;
  std::string origin_;
  int64_t last_recorded_time_ms_ = 0;
  rules::RuleDataLibrary library_;
  std::set<std::string, std::less<>> missing_rule_data_;  // reported already, by SHA-256
  std::string stopped_;
  uint64_t proven_attestations_ = 0;
  uint64_t unproven_attestations_ = 0;
  uint64_t judged_entries_ = 0;
  uint64_t seen_checkpoints_ = 0;
  std::vector<SeenClaim> seen_claims_;
  std::optional<Refusal> first_refusal_;
  uint64_t refusals_ = 0;
  uint64_t last_refusal_ = 0;

  struct CachedRoot {
    uint64_t size = 0;  // 0: unused
    evidence::Hash root{};
  };
  std::array<CachedRoot, 64>
      roots_{};  // by size modulo 64: devices of one hour hold few checkpoints
};

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_LOG_JUDGE_H_
