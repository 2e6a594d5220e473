// The whole Merkle tree (RFC 9162 §2.1) in memory, so that its root at any size is at hand: 64
// bytes for each leaf.
#ifndef CRADLE_SERVICES_AUDIT_CORE_TREE_IN_MEMORY_H_
#define CRADLE_SERVICES_AUDIT_CORE_TREE_IN_MEMORY_H_

#include <cstdint>
#include <span>
#include <vector>

#include "storage/evidence/hash.h"
#include "storage/evidence/tree.h"

namespace cradle::audit {

// Appending is not thread-safe; reading between appends is.
class TreeInMemory {
 public:
  uint64_t size() const { return levels_.empty() ? 0 : levels_[0].size(); }
  void Append(const evidence::Hash& leaf);
  const evidence::Hash& Leaf(uint64_t index) const { return levels_[0][index]; }

  // The root of the first `size` leaves, size ≤ size().
  evidence::Hash RootAt(uint64_t size) const;

  // What tile `tile` holds in this tree, as wide as it is; at most 256 hashes.
  std::span<const evidence::Hash> Tile(const evidence::TileId& tile) const;

 private:
  std::vector<std::vector<evidence::Hash>> levels_;  // [k]: roots of full subtrees of 2^k leaves
};

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_TREE_IN_MEMORY_H_
