// Receipts of the entries of one group, against the checkpoint that was signed over it.
#ifndef CRADLE_SERVICES_LEDGER_GROUP_RECEIPTS_H_
#define CRADLE_SERVICES_LEDGER_GROUP_RECEIPTS_H_

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger/store_layout.h"
#include "services/ledger/tip.h"
#include "storage/evidence/receipt.h"
#include "storage/evidence/tree.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

// The same bytes as LogReader::Receipt gives, made together: neighbours share most of their paths.
// Not thread-safe.
class GroupReceipts {
 public:
  // `entries` begin at `first_index` and end with the tree that `tip` signs. `store` must outlive
  // the receipts.
  GroupReceipts(uint64_t first_index, std::vector<std::string> entries, SignedTree tip,
                const kv::Reader* store)
      : first_index_(first_index),
        entries_(std::move(entries)),
        tip_(std::move(tip)),
        tiles_(store),
        paths_(tip_.size, tiles_) {}

  bool Has(uint64_t index) const {
    return index >= first_index_ && index - first_index_ < entries_.size();
  }
  // Of an entry it has.
  absl::StatusOr<std::string> Of(uint64_t index) {
    auto path = paths_.Of(index);
    if (!path.ok()) return path.status();
    return evidence::EncodeReceipt(
        {entries_[index - first_index_], index, *std::move(path), tip_.note});
  }

 private:
  const uint64_t first_index_;
  const std::vector<std::string> entries_;
  const SignedTree tip_;
  const StoreTiles tiles_;
  evidence::InclusionPaths paths_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_GROUP_RECEIPTS_H_
