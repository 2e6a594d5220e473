// Checkpoints signed before against the tree that is signed now.
#ifndef CRADLE_SERVICES_AUDIT_CORE_KEPT_H_
#define CRADLE_SERVICES_AUDIT_CORE_KEPT_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "services/audit/core/report.h"
#include "services/audit/core/tree_in_memory.h"
#include "services/audit/core/verify_log.h"
#include "storage/evidence/note.h"

namespace cradle::audit {

class KeptComparison {
 public:
  // `tree`: what the entries lead to, or were signed as, up to its size. `tree_signed`: a
  // checkpoint of the log signs it, so that what does not agree with it was signed of another
  // history.
  KeptComparison(const evidence::NoteVerifier& log_key, const TreeInMemory& tree, bool tree_signed,
                 Findings& findings)
      : log_key_(log_key), tree_(tree), tree_signed_(tree_signed), findings_(findings) {}

  void CompareReceipt(const Kept& receipt);
  void CompareCheckpoint(const Kept& checkpoint);
  // Verifies the signatures on `threads` threads.
  void CompareJournal(std::span<const std::string> notes, int threads);

  uint64_t agreeing() const { return agreeing_; }

 private:
  // `kind` and `subject` as of a finding.
  bool CompareRoot(std::string_view kind, const std::string& subject,
                   const evidence::Checkpoint& checkpoint);
  void AddNotProven(std::string_view kind, const std::string& subject, const absl::Status& status);
  Verdict Disagreement() const { return tree_signed_ ? Verdict::kForked : Verdict::kTampered; }

  const evidence::NoteVerifier& log_key_;
  const TreeInMemory& tree_;
  const bool tree_signed_;
  Findings& findings_;
  uint64_t agreeing_ = 0;
};

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_KEPT_H_
