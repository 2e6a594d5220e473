#include "services/audit/core/tree_in_memory.h"

#include <algorithm>
#include <bit>

namespace cradle::audit {

void TreeInMemory::Append(const evidence::Hash& leaf) {
  if (levels_.empty()) levels_.emplace_back();
  levels_[0].push_back(leaf);
  for (size_t level = 0; levels_[level].size() % 2 == 0; ++level) {
    if (level + 1 == levels_.size()) levels_.emplace_back();
    const std::vector<evidence::Hash>& below = levels_[level];
    levels_[level + 1].push_back(
        evidence::NodeHash(below[below.size() - 2], below[below.size() - 1]));
  }
}

evidence::Hash TreeInMemory::RootAt(uint64_t size) const {
  if (size == 0) return evidence::EmptyRoot();
  // The peaks of `size`, narrowest first: one for each bit set.
  uint64_t rest = size;
  int level = std::countr_zero(rest);
  evidence::Hash root = levels_[level][(rest >> level) - 1];
  for (rest &= rest - 1; rest != 0; rest &= rest - 1) {
    level = std::countr_zero(rest);
    root = evidence::NodeHash(levels_[level][(rest >> level) - 1], root);
  }
  return root;
}

std::span<const evidence::Hash> TreeInMemory::Tile(const evidence::TileId& tile) const {
  const size_t level = static_cast<size_t>(tile.level) * 8;
  if (tile.level < 0 || level >= levels_.size()) return {};
  const std::vector<evidence::Hash>& hashes = levels_[level];
  if (tile.index >= (hashes.size() + evidence::kTileWidth - 1) / evidence::kTileWidth) return {};
  const size_t begin = tile.index * evidence::kTileWidth;
  const size_t width = std::min<size_t>(evidence::kTileWidth, hashes.size() - begin);
  return std::span(hashes).subspan(begin, width);
}

}  // namespace cradle::audit
