// The tree over tiles (C2SP tlog-tiles): appending keeps the frontier in memory, proving reads
// O(log n) tiles.
#ifndef CRADLE_STORAGE_EVIDENCE_TREE_H_
#define CRADLE_STORAGE_EVIDENCE_TREE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/evidence/hash.h"

namespace cradle::evidence {

inline constexpr uint64_t kTileWidth = 256;  // hashes in a full tile

// Tile `index` of `level` holds the hashes of the subtrees of 256^level leaves each.
struct TileId {
  int level = 0;  // 0 to 7: 256^8 leaves are more than 2^63
  uint64_t index = 0;
  friend auto operator<=>(const TileId&, const TileId&) = default;
};

// Where tiles are read from. A tile may hold more hashes than asked for (it grew since).
class TileReader {
 public:
  virtual ~TileReader() = default;
  // At least `width` hashes of 32 bytes each, concatenated. NOT_FOUND: the tile, or part of it, is
  // missing; the message names it.
  virtual absl::StatusOr<std::string> ReadTile(const TileId& tile, uint64_t width) const = 0;
};

struct TileWrite {
  TileId tile;
  std::string hashes;  // the whole tile as it is now, 32 to 8,192 bytes
};

// The right edge of a growing tree: at most one partial tile per level in memory. Not thread-safe.
class Frontier {
 public:
  Frontier() = default;
  // The frontier of the tree of `size` leaves; reads at most one tile per level.
  static absl::StatusOr<Frontier> Load(uint64_t size, const TileReader& tiles);

  uint64_t size() const { return size_; }
  Hash Root() const;
  void Append(const Hash& leaf);
  // The tiles changed since the last call, each as a whole.
  std::vector<TileWrite> TakeChanged();

 private:
  uint64_t size_ = 0;
  std::vector<Hash>
      peaks_;  // roots of the perfect subtrees, widest first: one for each bit of size_
  std::vector<std::vector<Hash>> partial_;  // [level] hashes of the rightmost, not full tile
  std::vector<TileWrite> full_;             // tiles filled since TakeChanged
  std::vector<bool> changed_;               // [level]
};

// The root of the first `size` leaves, computed from the tiles alone.
absl::StatusOr<Hash> RootFromTiles(uint64_t size, const TileReader& tiles);

// The audit path of leaf `index` in the tree of `size` leaves, leaf upwards.
// INVALID_ARGUMENT: index ≥ size.
absl::StatusOr<std::vector<Hash>> InclusionPath(uint64_t index, uint64_t size,
                                                const TileReader& tiles);

// Audit paths of many leaves of one tree: each tile is read once and each subtree hashed once, so
// that neighbours share what they have in common. Not thread-safe; `tiles` must outlive it.
class InclusionPaths {
 public:
  InclusionPaths(uint64_t size, const TileReader& tiles);
  ~InclusionPaths();
  // As InclusionPath.
  absl::StatusOr<std::vector<Hash>> Of(uint64_t index);

 private:
  class Nodes;
  std::unique_ptr<Nodes> nodes_;
};

// The proof that the tree of `new_size` continues that of `old_size`, 0 < old_size ≤ new_size.
absl::StatusOr<std::vector<Hash>> ConsistencyPath(uint64_t old_size, uint64_t new_size,
                                                  const TileReader& tiles);

// "tile/0/x001/x234/067" or, for a partial tile of `width` < 256, "….p/112".
std::string TilePath(const TileId& tile, uint64_t width);
// "tile/entries/x001/x234/067[.p/W]"
std::string EntryBundlePath(uint64_t index, uint64_t width);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_TREE_H_
