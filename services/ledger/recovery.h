// The start of a ledger: is the tree the one whose checkpoints were signed? Nothing is served and
// nothing is signed before this says so. Reads O(log n), whatever the length of the log; all
// entries once after an upgrade that keeps the admission state otherwise (state_rebuild.h).
#ifndef CRADLE_SERVICES_LEDGER_RECOVERY_H_
#define CRADLE_SERVICES_LEDGER_RECOVERY_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "services/ledger/journal.h"
#include "services/ledger/log_identity.h"
#include "services/ledger/tip.h"
#include "services/rules/rule_data.h"
#include "storage/evidence/tree.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

struct RecoveredLog {
  evidence::Frontier frontier;
  SignedTree tip;  // of the whole tree; size 0: not founded yet
  int64_t last_recorded_time_ms = 0;
};

// A tree ahead of the journal is what a stop between commit and signature leaves: it is signed
// here. FAILED_PRECONDITION: the tree is behind the newest checkpoint in the journal or
// inconsistent with it, the journal lacks a checkpoint that the store has, or store or journal
// belong to another log; the message says what to do. DATA_LOSS: the store's own records do not
// agree. Those of RebuildOlderState, which judges with `library`.
absl::StatusOr<RecoveredLog> Recover(const LogIdentity& identity,
                                     const rules::RuleDataLibrary& library, const kv::Store& store,
                                     kv::Writer& writer, SignerJournal& journal);

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_RECOVERY_H_
