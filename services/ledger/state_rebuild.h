// The admission state of a store that another release wrote. The entries are the log; the state is
// only what they fold to, and may be kept in another way with any release (rules::kStateVersion).
#ifndef CRADLE_SERVICES_LEDGER_STATE_REBUILD_H_
#define CRADLE_SERVICES_LEDGER_STATE_REBUILD_H_

#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "services/rules/rule_data.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

struct RebuildOptions {
  size_t commit_keys_max = 20'000;  // about so many keys are changed by one commit
};

// Folds the state of a store of `size` entries anew where it is of an older version, and does
// nothing (one read) where it is of this build's. Every entry is judged again by the rules that the
// log names at its place; entries, tree, marks and checkpoints are only read. A stop at any
// moment leaves a store that the next start rebuilds from the beginning, and that no build takes
// for a whole one: the version and the state of the log come with the last commit.
// The tree must have been checked before. FAILED_PRECONDITION: the state is of a newer version, or
// an entry is marked otherwise than it was when it came in. DATA_LOSS: an entry is not the leaf
// that the tree has, or not admissible. UNIMPLEMENTED: its rule set or data bundle is not at hand.
// Each names the entry. Else the store's errors.
absl::Status RebuildOlderState(const rules::RuleDataLibrary& library, const kv::Store& store,
                               kv::Writer& writer, uint64_t size,
                               const RebuildOptions& options = {});

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_STATE_REBUILD_H_
