#include "services/ledger/signer.h"

#include <fmt/format.h>

#include <utility>

#include "services/ledger/store_layout.h"
#include "storage/evidence/note.h"
#include "storage/evidence/tree.h"

namespace cradle::ledger {

absl::StatusOr<SignedTree> Signer::Sign(uint64_t size, const evidence::Hash& root) {
  auto stored_root = evidence::RootFromTiles(size, StoreTiles(store_));
  if (!stored_root.ok()) return stored_root.status();
  if (*stored_root != root) {
    return absl::DataLossError(fmt::format(
        "the stored tree of {} entries has root {}, but {} was written: nothing was signed. Check "
        "the disk before starting again",
        size, evidence::Hex(*stored_root), evidence::Hex(root)));
  }
  auto note = evidence::SignCheckpoint({identity_->origin, size, root}, identity_->log_key);
  if (!note.ok()) return note.status();
  if (absl::Status status = journal_->Append(*note); !status.ok()) return status;
  return SignedTree{size, root, *std::move(note)};
}

}  // namespace cradle::ledger
