// The tree of RFC 9162 §2.1 written as the text defines it, recursively over all leaves: slow, and
// sharing nothing with the code under test but the two hash functions.
#ifndef CRADLE_TESTS_STORAGE_EVIDENCE_NAIVE_TREE_H_
#define CRADLE_TESTS_STORAGE_EVIDENCE_NAIVE_TREE_H_

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "storage/evidence/hash.h"
#include "storage/evidence/tree.h"

namespace cradle::evidence {

using Leaves = std::span<const Hash>;

inline Hash TestLeaf(uint64_t index) { return LeafHash("leaf " + std::to_string(index)); }

inline std::vector<Hash> TestLeaves(uint64_t count) {
  std::vector<Hash> leaves;
  for (uint64_t i = 0; i < count; ++i) leaves.push_back(TestLeaf(i));
  return leaves;
}

inline size_t NaiveSplit(size_t n) {
  size_t k = 1;
  while (2 * k < n) k *= 2;
  return k;
}

inline Hash NaiveRoot(Leaves leaves) {
  if (leaves.empty()) return Sha256("");
  if (leaves.size() == 1) return leaves[0];
  const size_t k = NaiveSplit(leaves.size());
  return NodeHash(NaiveRoot(leaves.first(k)), NaiveRoot(leaves.subspan(k)));
}

// PATH(m, D[n]) of §2.1.3.1.
inline std::vector<Hash> NaivePath(size_t m, Leaves leaves) {
  if (leaves.size() == 1) return {};
  const size_t k = NaiveSplit(leaves.size());
  std::vector<Hash> path =
      m < k ? NaivePath(m, leaves.first(k)) : NaivePath(m - k, leaves.subspan(k));
  path.push_back(m < k ? NaiveRoot(leaves.subspan(k)) : NaiveRoot(leaves.first(k)));
  return path;
}

// SUBPROOF(m, D[n], b) of §2.1.4.1.
inline std::vector<Hash> NaiveSubproof(size_t m, Leaves leaves, bool whole) {
  if (m == leaves.size()) return whole ? std::vector<Hash>{} : std::vector<Hash>{NaiveRoot(leaves)};
  const size_t k = NaiveSplit(leaves.size());
  std::vector<Hash> proof = m <= k ? NaiveSubproof(m, leaves.first(k), whole)
                                   : NaiveSubproof(m - k, leaves.subspan(k), false);
  proof.push_back(m <= k ? NaiveRoot(leaves.subspan(k)) : NaiveRoot(leaves.first(k)));
  return proof;
}

// Tiles as a ledger would keep them: the last write of each.
class TileMap : public TileReader {
 public:
  void Apply(const std::vector<TileWrite>& writes) {
    for (const TileWrite& write : writes) tiles_[write.tile] = write.hashes;
  }
  absl::StatusOr<std::string> ReadTile(const TileId& tile, uint64_t width) const override {
    ++reads_;
    const auto found = tiles_.find(tile);
    if (found == tiles_.end() || found->second.size() < 32 * width) {
      return absl::NotFoundError(TilePath(tile, width));
    }
    return found->second;
  }
  std::map<TileId, std::string>& tiles() { return tiles_; }
  int reads() const { return reads_; }

 private:
  std::map<TileId, std::string> tiles_;
  mutable int reads_ = 0;
};

}  // namespace cradle::evidence

#endif  // CRADLE_TESTS_STORAGE_EVIDENCE_NAIVE_TREE_H_
