// Writes judged groups and signs the tree over them: the only writer of the store.
//
// The order of a group: one atomic synced write of entries, tiles, chain heads, nonces, admission
// state and size; the root computed anew from what was written; the checkpoint signed and put into
// the journal. The note itself follows into the store with the next group, or buffered when nothing
// waits: until then the tip has it, and after a crash the journal.
#ifndef CRADLE_SERVICES_LEDGER_COMMITTER_H_
#define CRADLE_SERVICES_LEDGER_COMMITTER_H_

#include <cstdint>

#include "absl/status/status.h"
#include "services/ledger/group.h"
#include "services/ledger/recovery.h"
#include "services/ledger/signer.h"
#include "services/ledger/tip.h"
#include "storage/evidence/tree.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

struct CommitResult {
  enum class End {
    kSigned,      // under a signed checkpoint, which the tip has
    kNotSigned,   // written; the journal's disk was full, and the next commit signs it too
    kNotWritten,  // refused by the store, which is as it was
    kBroken,      // nobody knows what the store holds: nothing may be written any more
  };
  End end = End::kSigned;
  absl::Status status;  // why it is not signed
};

// Not thread-safe.
class Committer {
 public:
  struct Parts {
    const kv::Store* store = nullptr;
    kv::Writer* writer = nullptr;
    Signer* signer = nullptr;
    Tip* tip = nullptr;
  };

  // All parts must outlive the committer. `log` is where it goes on; its tip is published.
  Committer(const Parts& parts, RecoveredLog log);

  // Signs first what an earlier commit left unsigned; if that fails the group is not written.
  CommitResult Commit(const Group& group);
  // Puts the tip's checkpoint into the store, unless it is there.
  CommitResult StoreNote();

 private:
  CommitResult SignTree();
  CommitResult RollBack(const absl::Status& why);

  const Parts parts_;
  evidence::Frontier frontier_;
  kv::Batch note_;  // the tip's checkpoint, while the store lacks it
  uint64_t signed_size_ = 0;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_COMMITTER_H_
