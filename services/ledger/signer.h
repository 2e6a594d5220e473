// Signs the tree as it stands in the store, never as it stands in memory.
#ifndef CRADLE_SERVICES_LEDGER_SIGNER_H_
#define CRADLE_SERVICES_LEDGER_SIGNER_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "services/ledger/journal.h"
#include "services/ledger/log_identity.h"
#include "services/ledger/tip.h"
#include "storage/evidence/hash.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

// One thread at a time.
class Signer {
 public:
  // All must outlive the signer.
  Signer(const LogIdentity* identity, const kv::Store* store, SignerJournal* journal)
      : identity_(identity), store_(store), journal_(journal) {}

  // Computes the root of `size` entries from the stored tiles, compares it with `root`, signs the
  // checkpoint and puts it into the journal. Only then may anybody see it.
  // DATA_LOSS: the roots differ, the store does not hold what was written. RESOURCE_EXHAUSTED: the
  // journal's disk is full, nothing was signed for anyone to see, try again.
  absl::StatusOr<SignedTree> Sign(uint64_t size, const evidence::Hash& root);

 private:
  const LogIdentity* identity_;
  const kv::Store* store_;
  SignerJournal* journal_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_SIGNER_H_
