#include "storage/evidence/tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <map>
#include <span>
#include <utility>

namespace cradle::evidence {
namespace {

constexpr int kLevels = 8;
constexpr int kTileHeight = 8;  // a full tile is a perfect subtree of 2^8
constexpr size_t kHashBytes = std::tuple_size_v<Hash>;

// How many hashes level `level` has in a tree of `size` leaves.
uint64_t HashesAt(int level, uint64_t size) { return size >> (kTileHeight * level); }

std::string Concatenate(std::span<const Hash> hashes) {
  std::string bytes;
  bytes.reserve(hashes.size() * kHashBytes);
  for (const Hash& hash : hashes) bytes += AsBytes(hash);
  return bytes;
}

// The root of a perfect subtree over 2^n hashes.
Hash PerfectRoot(std::vector<Hash> hashes) {
  while (hashes.size() > 1) {
    for (size_t i = 0; i < hashes.size() / 2; ++i) {
      hashes[i] = NodeHash(hashes[2 * i], hashes[2 * i + 1]);
    }
    hashes.resize(hashes.size() / 2);
  }
  return hashes[0];
}

// The root over perfect subtrees that shrink to the right.
Hash FoldPeaks(std::span<const Hash> peaks) {
  Hash root = peaks.back();
  for (size_t i = peaks.size() - 1; i > 0; --i) root = NodeHash(peaks[i - 1], root);
  return root;
}

// Reads what the tree of `size` leaves has of a tile, as hashes.
absl::StatusOr<std::vector<Hash>> ReadHashes(const TileId& tile, uint64_t size,
                                             const TileReader& tiles) {
  const uint64_t width = std::min(kTileWidth, HashesAt(tile.level, size) - tile.index * kTileWidth);
  auto bytes = tiles.ReadTile(tile, width);
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() % kHashBytes != 0) {
    return absl::DataLossError(fmt::format("{} is {} bytes, not a multiple of {}",
                                           TilePath(tile, width), bytes->size(), kHashBytes));
  }
  if (bytes->size() < width * kHashBytes) {
    return absl::NotFoundError(
        fmt::format("{} has {} hashes only", TilePath(tile, width), bytes->size() / kHashBytes));
  }
  std::vector<Hash> hashes(width);
  for (uint64_t i = 0; i < width; ++i) {
    std::copy_n(bytes->begin() + static_cast<ptrdiff_t>(i * kHashBytes), kHashBytes,
                hashes[i].begin());
  }
  return hashes;
}

// Hashes of any part of the tree of `size` leaves; reads each tile and hashes each perfect subtree
// that is asked for at most once.
class TreeNodes {
 public:
  TreeNodes(uint64_t size, const TileReader& tiles) : size_(size), tiles_(tiles) {}
  uint64_t size() const { return size_; }

  // The root over leaves [begin, end), which is a subtree of RFC 9162 §2.1.1.
  absl::StatusOr<Hash> Range(uint64_t begin, uint64_t end) {
    std::vector<Hash> peaks;
    while (begin < end) {
      const int height = std::bit_width(end - begin) - 1;
      auto hash = Perfect(height, begin >> height);
      if (!hash.ok()) return hash.status();
      peaks.push_back(*hash);
      begin += uint64_t{1} << height;
    }
    return FoldPeaks(peaks);
  }

 private:
  // The perfect subtree number `index` of those with 2^height leaves.
  absl::StatusOr<Hash> Perfect(int height, uint64_t index) {
    const auto known = perfect_.find({height, index});
    if (known != perfect_.end()) return known->second;
    const int level = height / kTileHeight;
    const int above = height % kTileHeight;
    const uint64_t first = index << above;
    auto tile = Tile({level, first / kTileWidth});
    if (!tile.ok()) return tile.status();
    const auto begin = (*tile)->begin() + static_cast<ptrdiff_t>(first % kTileWidth);
    const Hash root = PerfectRoot({begin, begin + (ptrdiff_t{1} << above)});
    perfect_.emplace(std::pair(height, index), root);
    return root;
  }

  absl::StatusOr<const std::vector<Hash>*> Tile(const TileId& tile) {
    const auto known = read_.find(tile);
    if (known != read_.end()) return &known->second;
    auto hashes = ReadHashes(tile, size_, tiles_);
    if (!hashes.ok()) return hashes.status();
    return &read_.emplace(tile, *std::move(hashes)).first->second;
  }

  const uint64_t size_;
  const TileReader& tiles_;
  std::map<TileId, std::vector<Hash>> read_;
  std::map<std::pair<int, uint64_t>, Hash> perfect_;  // by height and number
};

// "x001/x234/067[.p/W]"
std::string NumberPath(uint64_t number, uint64_t width) {
  std::string path = fmt::format("{:03}", number % 1000);
  for (number /= 1000; number > 0; number /= 1000) {
    path = fmt::format("x{:03}/{}", number % 1000, path);
  }
  if (width < kTileWidth) path += fmt::format(".p/{}", width);
  return path;
}

}  // namespace

absl::StatusOr<Frontier> Frontier::Load(uint64_t size, const TileReader& tiles) {
  Frontier frontier;
  frontier.size_ = size;
  for (int level = 0; level < kLevels && HashesAt(level, size) > 0; ++level) {
    const uint64_t count = HashesAt(level, size);
    frontier.changed_.push_back(false);
    std::vector<Hash>& partial = frontier.partial_.emplace_back();
    if (count % kTileWidth == 0) continue;
    auto hashes = ReadHashes({level, count / kTileWidth}, size, tiles);
    if (!hashes.ok()) return hashes.status();
    partial = *std::move(hashes);
  }
  for (size_t level = frontier.partial_.size(); level-- > 0;) {
    std::span<const Hash> rest = frontier.partial_[level];
    while (!rest.empty()) {
      const size_t width = std::bit_floor(rest.size());
      frontier.peaks_.push_back(PerfectRoot({rest.begin(), rest.begin() + width}));
      rest = rest.subspan(width);
    }
  }
  return frontier;
}

Hash Frontier::Root() const { return peaks_.empty() ? EmptyRoot() : FoldPeaks(peaks_); }

void Frontier::Append(const Hash& leaf) {
  Hash hash = leaf;
  int height = 0;
  for (uint64_t before = size_;; before >>= 1, ++height) {
    if (height % kTileHeight == 0) {
      const size_t level = static_cast<size_t>(height / kTileHeight);
      if (level == partial_.size()) {
        partial_.emplace_back();
        changed_.push_back(false);
      }
      partial_[level].push_back(hash);
      changed_[level] = true;
      if (partial_[level].size() == kTileWidth) {
        full_.push_back({{static_cast<int>(level), size_ >> (height + kTileHeight)},
                         Concatenate(partial_[level])});
        partial_[level].clear();
        changed_[level] = false;
      }
    }
    if ((before & 1) == 0) break;
    hash = NodeHash(peaks_.back(), hash);
    peaks_.pop_back();
  }
  peaks_.push_back(hash);
  ++size_;
}

std::vector<TileWrite> Frontier::TakeChanged() {
  std::vector<TileWrite> writes = std::exchange(full_, {});
  for (size_t level = 0; level < partial_.size(); ++level) {
    if (!changed_[level]) continue;
    changed_[level] = false;
    const int tile_level = static_cast<int>(level);
    writes.push_back(
        {{tile_level, HashesAt(tile_level, size_) / kTileWidth}, Concatenate(partial_[level])});
  }
  return writes;
}

absl::StatusOr<Hash> RootFromTiles(uint64_t size, const TileReader& tiles) {
  if (size == 0) return EmptyRoot();
  return TreeNodes(size, tiles).Range(0, size);
}

// RFC 9162 §2.1.3.1, from the root downwards.
class InclusionPaths::Nodes : public TreeNodes {
  using TreeNodes::TreeNodes;
};

InclusionPaths::InclusionPaths(uint64_t size, const TileReader& tiles)
    : nodes_(std::make_unique<Nodes>(size, tiles)) {}
InclusionPaths::~InclusionPaths() = default;

absl::StatusOr<std::vector<Hash>> InclusionPaths::Of(uint64_t index) {
  const uint64_t size = nodes_->size();
  if (index >= size) {
    return absl::InvalidArgumentError(
        fmt::format("index {} is not in a tree of {} leaves", index, size));
  }
  std::vector<Hash> path;
  uint64_t begin = 0;
  uint64_t end = size;
  while (end - begin > 1) {
    const uint64_t middle = begin + std::bit_floor(end - begin - 1);
    const bool left = index < middle;
    auto sibling = left ? nodes_->Range(middle, end) : nodes_->Range(begin, middle);
    if (!sibling.ok()) return sibling.status();
    path.push_back(*sibling);
    (left ? end : begin) = middle;
  }
  std::reverse(path.begin(), path.end());
  return path;
}

absl::StatusOr<std::vector<Hash>> InclusionPath(uint64_t index, uint64_t size,
                                                const TileReader& tiles) {
  return InclusionPaths(size, tiles).Of(index);
}

absl::StatusOr<std::vector<Hash>> ConsistencyPath(uint64_t old_size, uint64_t new_size,
                                                  const TileReader& tiles) {
  if (old_size == 0 || old_size > new_size) {
    return absl::InvalidArgumentError(
        fmt::format("no consistency proof from size {} to size {}", old_size, new_size));
  }
  // RFC 9162 §2.1.4.1, from the root downwards.
  TreeNodes nodes(new_size, tiles);
  std::vector<Hash> path;
  uint64_t begin = 0;
  uint64_t end = new_size;
  while (end != old_size) {
    const uint64_t middle = begin + std::bit_floor(end - begin - 1);
    const bool left = old_size <= middle;
    auto sibling = left ? nodes.Range(middle, end) : nodes.Range(begin, middle);
    if (!sibling.ok()) return sibling.status();
    path.push_back(*sibling);
    (left ? end : begin) = middle;
  }
  // The verifier has the old root itself; a smaller subtree at the seam it has not.
  if (begin > 0) {
    auto seam = nodes.Range(begin, end);
    if (!seam.ok()) return seam.status();
    path.push_back(*seam);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

std::string TilePath(const TileId& tile, uint64_t width) {
  return fmt::format("tile/{}/{}", tile.level, NumberPath(tile.index, width));
}

std::string EntryBundlePath(uint64_t index, uint64_t width) {
  return fmt::format("tile/entries/{}", NumberPath(index, width));
}

}  // namespace cradle::evidence
