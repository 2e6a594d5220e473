// From the tree rebuilt to the tree that was signed: where do the two part?
#ifndef CRADLE_SERVICES_AUDIT_CORE_SIGNED_TREE_H_
#define CRADLE_SERVICES_AUDIT_CORE_SIGNED_TREE_H_

#include <functional>
#include <memory>
#include <string>

#include "services/audit/core/log_source.h"
#include "services/audit/core/report.h"
#include "services/audit/core/tree_in_memory.h"
#include "storage/evidence/note.h"

namespace cradle::audit {

// The tree whose root the checkpoint names, where its leaves can be had: `rebuilt` itself, or what
// the stored tiles of level 0 lead to. Null: neither leads there.
struct SignedTree {
  const TreeInMemory* tree = nullptr;
  std::unique_ptr<TreeInMemory> from_tiles;  // owns `tree` where it is not the rebuilt one
};

// `rebuilt` has checkpoint.size leaves. Adds a finding for each entry that is not the one signed.
SignedTree FindSignedTree(const LogSource& source, const evidence::Checkpoint& checkpoint,
                          const TreeInMemory& rebuilt, Findings& findings);

struct StoredFilesCompared {
  uint64_t tiles = 0;    // hash tiles that agree
  uint64_t bundles = 0;  // entry bundles that agree, beside those read as the log
  uint64_t beyond = 0;   // files, or ends of files, beyond the checkpoint: not covered by it
};

// Every stored tile and bundle against the signed tree, and whether every tile it needs is there.
// `is_read` tells the bundles that were read already, by name.
StoredFilesCompared CompareStoredFiles(const LogSource& source, const TreeInMemory& signed_tree,
                                       const std::function<bool(const std::string&)>& is_read,
                                       Findings& findings);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_SIGNED_TREE_H_
