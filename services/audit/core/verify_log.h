// Verifies a whole log from its bytes.
#ifndef CRADLE_SERVICES_AUDIT_CORE_VERIFY_LOG_H_
#define CRADLE_SERVICES_AUDIT_CORE_VERIFY_LOG_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "services/audit/core/log_source.h"
#include "services/audit/core/report.h"
#include "services/audit/core/scratch_state.h"
#include "storage/evidence/note.h"

namespace cradle::audit {

// A receipt (`.tlog-proof`) or a checkpoint (signed note) that somebody kept.
struct Kept {
  std::string name;  // as the report names it: a file's name
  std::string bytes;
};

struct VerifyOptions {
  std::vector<Kept> receipts;
  std::vector<Kept> checkpoints;
  int threads = 0;  // 0: one for each core
  // Called in order after each bundle of 256 entries, on the caller's thread; false stops.
  std::function<bool(uint64_t entries, uint64_t size)> progress;
  // Where the admission state is folded, empty when given. Null: in memory, at 1 to 1.5 KB for
  // each entry; the tree takes 64 bytes more in any case.
  ScratchState* state = nullptr;
};

// Reads every byte that the checkpoint covers: each entry's form; each attestation's signature
// against the key that the log itself enrolled; the founding and its log key; links and rules,
// judged again in order over a state folded from nothing; recorded times; the tree, rebuilt leaf by
// leaf, against the checkpoint, every stored tile, every journalled checkpoint, every checkpoint
// that a device says it held, and what was kept. Never fails: what it cannot read is a finding.
// `log_key` must have come to the caller by another way than the log.
Report VerifyLog(const LogSource& source, const evidence::NoteVerifier& log_key,
                 const VerifyOptions& options = {});

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_VERIFY_LOG_H_
