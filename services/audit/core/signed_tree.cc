#include "services/audit/core/signed_tree.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <set>
#include <utility>

#include "services/audit/core/entry_check.h"
#include "services/audit/core/tile_directory.h"
#include "storage/evidence/proof.h"

namespace cradle::audit {
namespace {

using evidence::Hash;
using evidence::kTileWidth;

constexpr uint64_t kMissingTilesMax = 16;  // then it is told that more may be missing

std::string Message(const absl::Status& status) { return std::string(status.message()); }

Hash HashAt(std::string_view hashes, uint64_t place) {
  Hash hash;
  std::memcpy(hash.data(), hashes.data() + place * hash.size(), hash.size());
  return hash;
}

// Null where a tile is missing.
std::unique_ptr<TreeInMemory> TreeFromTiles(const evidence::TileReader& tiles, uint64_t size) {
  auto tree = std::make_unique<TreeInMemory>();
  for (uint64_t begin = 0; begin < size; begin += kTileWidth) {
    const uint64_t width = std::min(kTileWidth, size - begin);
    absl::StatusOr<std::string> hashes = tiles.ReadTile({0, begin / kTileWidth}, width);
    if (!hashes.ok() || hashes->size() < width * sizeof(Hash)) return nullptr;
    for (uint64_t i = 0; i < width; ++i) tree->Append(HashAt(*hashes, i));
  }
  return tree;
}

// Without tiles: the longest beginning of the log that the source can prove to be a beginning of
// the tree signed. The entry after it is the first that is not the one signed.
std::optional<uint64_t> FirstUnprovenEntry(const LogSource& source,
                                           const evidence::Checkpoint& checkpoint,
                                           const TreeInMemory& rebuilt) {
  uint64_t proven = 0;
  uint64_t unproven = checkpoint.size;
  while (unproven - proven > 1) {
    const uint64_t middle = proven + (unproven - proven) / 2;
    absl::StatusOr<std::vector<Hash>> path = source.ConsistencyPath(middle, checkpoint.size);
    if (!path.ok()) return std::nullopt;
    if (evidence::VerifyConsistency(middle, checkpoint.size, rebuilt.RootAt(middle),
                                    checkpoint.root, *path)
            .ok()) {
      proven = middle;
    } else {
      unproven = middle;
    }
  }
  return proven;
}

void AddDifferences(const TreeInMemory& rebuilt, const TreeInMemory& stored,
                    const std::string& reason, Findings& findings) {
  for (uint64_t i = 0; i < rebuilt.size(); ++i) {
    if (rebuilt.Leaf(i) == stored.Leaf(i)) continue;
    findings.AddEntry("leaf", Verdict::kTampered, i, reason);
  }
}

struct Shape {
  evidence::TileId tile;
  uint64_t width = 0;
};

// Every tile that a tree of `size` leaves has.
template <typename Visit>
void ForEachTile(uint64_t size, Visit visit) {
  for (int level = 0; level < 8; ++level) {
    const uint64_t hashes = size >> (8 * level);
    if (hashes == 0) return;
    for (uint64_t begin = 0; begin < hashes; begin += kTileWidth) {
      if (!visit(Shape{{level, begin / kTileWidth}, std::min(kTileWidth, hashes - begin)})) return;
    }
  }
}

class Comparison {
 public:
  Comparison(const LogSource& source, const TreeInMemory& tree, Findings& findings)
      : source_(source), tree_(tree), findings_(findings) {}

  void Compare(const StoredFile& file) {
    absl::StatusOr<std::string> bytes = source_.ReadStoredFile(file);
    if (!bytes.ok()) {
      findings_.Add("file",
                    {Verdict::kUnavailable, std::nullopt, file.name, Message(bytes.status())});
      return;
    }
    std::vector<Hash> hashes;
    if (file.entries) {
      absl::StatusOr<std::vector<Hash>> leaves = BundleLeaves(*bytes, file.width);
      if (!leaves.ok()) return Tampered(file, Message(leaves.status()));
      hashes = std::move(*leaves);
    } else {
      if (bytes->size() != file.width * sizeof(Hash)) {
        return Tampered(file, fmt::format("it has {} bytes, {} hashes are {}", bytes->size(),
                                          file.width, file.width * sizeof(Hash)));
      }
      for (uint64_t i = 0; i < file.width; ++i) hashes.push_back(HashAt(*bytes, i));
    }
    const std::span<const Hash> known = tree_.Tile(file.tile);
    const size_t covered = std::min(known.size(), hashes.size());
    for (size_t i = 0; i < covered; ++i) {
      if (hashes[i] == known[i]) continue;
      return Tampered(file, file.entries
                                ? fmt::format("entry {} in it is not the one that was signed",
                                              file.tile.index * kTileWidth + i)
                                : fmt::format("hash {} in it is not the one that the entries lead "
                                              "to",
                                              i));
    }
    if (covered < hashes.size()) ++compared.beyond;
    if (covered > 0) ++(file.entries ? compared.bundles : compared.tiles);
  }

  StoredFilesCompared compared;

 private:
  void Tampered(const StoredFile& file, std::string reason) {
    findings_.Add("file", {Verdict::kTampered, std::nullopt, file.name, std::move(reason)});
  }

  const LogSource& source_;
  const TreeInMemory& tree_;
  Findings& findings_;
};

}  // namespace

SignedTree FindSignedTree(const LogSource& source, const evidence::Checkpoint& checkpoint,
                          const TreeInMemory& rebuilt, Findings& findings) {
  SignedTree signed_tree;
  const Hash root = rebuilt.RootAt(rebuilt.size());
  if (root == checkpoint.root) {
    signed_tree.tree = &rebuilt;
    return signed_tree;
  }
  const std::string roots =
      fmt::format("it covers {} entries with root {}, the entries there lead to {}",
                  checkpoint.size, evidence::Hex(checkpoint.root), evidence::Hex(root));
  if (source.tiles() == nullptr) {
    if (const auto first = FirstUnprovenEntry(source, checkpoint, rebuilt)) {
      findings.AddEntry("leaf", Verdict::kTampered, *first,
                        "from here on the entries are not those that the checkpoint covers");
    }
    findings.Add("root", {Verdict::kTampered, std::nullopt, "checkpoint", roots});
    return signed_tree;
  }
  std::unique_ptr<TreeInMemory> stored = TreeFromTiles(*source.tiles(), checkpoint.size);
  if (stored == nullptr) {
    findings.Add("root", {Verdict::kTampered, std::nullopt, "checkpoint", roots});
    return signed_tree;
  }
  if (stored->RootAt(checkpoint.size) == checkpoint.root) {
    AddDifferences(rebuilt, *stored, "it is not the entry that the checkpoint covers", findings);
    signed_tree.tree = stored.get();
    signed_tree.from_tiles = std::move(stored);
    return signed_tree;
  }
  AddDifferences(rebuilt, *stored, "its hash is not the one in the stored tile", findings);
  findings.Add("root", {Verdict::kTampered, std::nullopt, "checkpoint", roots});
  return signed_tree;
}

StoredFilesCompared CompareStoredFiles(const LogSource& source, const TreeInMemory& signed_tree,
                                       const std::function<bool(const std::string&)>& is_read,
                                       Findings& findings) {
  absl::StatusOr<std::vector<StoredFile>> files = source.StoredFiles();
  if (!files.ok()) {
    findings.Add("file", {Verdict::kUnavailable, std::nullopt, "tiles", Message(files.status())});
    return {};
  }
  Comparison comparison(source, signed_tree, findings);
  std::set<std::pair<evidence::TileId, uint64_t>> stored;
  for (const StoredFile& file : *files) {
    if (!file.entries) stored.emplace(file.tile, file.width);
    if (!file.entries || !is_read(file.name)) comparison.Compare(file);
  }
  uint64_t missing = 0;
  if (source.tiles() != nullptr) {
    ForEachTile(signed_tree.size(), [&](const Shape& shape) {
      const auto as_wide = stored.lower_bound({shape.tile, shape.width});
      if (as_wide != stored.end() && as_wide->first == shape.tile) return true;
      findings.Add("missing tile", {Verdict::kUnavailable, std::nullopt,
                                    evidence::TilePath(shape.tile, shape.width), "it is missing"});
      return ++missing < kMissingTilesMax;
    });
  }
  return comparison.compared;
}

}  // namespace cradle::audit
