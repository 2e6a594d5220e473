// Statements judged one after the other, to be committed together.
#ifndef CRADLE_SERVICES_LEDGER_GROUP_H_
#define CRADLE_SERVICES_LEDGER_GROUP_H_

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/ledger/attestation_prover.h"
#include "services/ledger/log_identity.h"
#include "services/ledger/submission.h"
#include "services/rules/rule_data.h"
#include "services/rules/state.h"
#include "services/runtime/clock.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/tree.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

// What judging needs; all must outlive the group.
struct JudgingParts {
  const LogIdentity* identity = nullptr;
  const rules::RuleDataLibrary* library = nullptr;
  const runtime::Clock* clock = nullptr;
  AttestationProver* prover = nullptr;
};

class Group {
 public:
  // `before` is the state after `first_index` entries.
  Group(const JudgingParts& parts, const rules::StateReader* before, uint64_t first_index,
        int64_t last_recorded_time_ms);

  // Decides every statement of the submission that is not refused yet; those admitted, and those
  // kept as disputed, join the group. On an error, which is the store's, submission.failed is set.
  void Judge(Submission& submission);

  bool empty() const { return entries_.empty(); }
  uint64_t first_index() const { return first_index_; }
  uint64_t end_index() const { return first_index_ + entries_.size(); }
  int64_t last_recorded_time_ms() const { return last_recorded_time_ms_; }
  // The state after its entries. It does not change from when nothing more is judged to TakeRows.
  const rules::StateOverlay& state() const { return state_; }
  // What its entries changed, for good: the group is not written any more.
  rules::StateRows TakeRows() { return state_.TakeChanged(); }
  // The state before its entries is read from there now.
  void Rebase(const rules::StateReader* before) { state_.Rebase(before); }

  // Appends the entries to `frontier` and all that the group changes to `batch`.
  void Write(evidence::Frontier& frontier, kv::Batch& batch) const;
  // The entries' bytes, from first_index on. The group is at its end then.
  std::vector<std::string> TakeEntries();

 private:
  struct GroupEntry {
    std::string bytes;
    std::string marks;  // encoded; empty without marks
  };

  absl::Status JudgeOne(StatementInFlight& statement);
  // What joins the group: the verdict's changes and marks, as an entry of that kind.
  absl::Status Take(StatementInFlight& statement, evidence::EntryKind kind, rules::Changes changes,
                    std::vector<rules::Violation> marks, int64_t recorded_time_ms);
  absl::Status DrawSalt(evidence::Salt& salt);

  const JudgingParts parts_;
  const uint64_t first_index_;
  int64_t last_recorded_time_ms_;
  rules::StateOverlay state_;
  std::vector<GroupEntry> entries_;
  std::array<evidence::Salt, 16> salts_;  // the first salts_left_ are unused
  size_t salts_left_ = 0;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_GROUP_H_
