#include "storage/evidence/proof.h"

#include <fmt/format.h>

namespace cradle::evidence {
namespace {

absl::Status NodesMissing() {
  return absl::InvalidArgumentError("the proof is too short: nodes are missing");
}

absl::Status NodesLeftOver() {
  return absl::InvalidArgumentError("the proof is too long: nodes are left over");
}

}  // namespace

absl::Status VerifyInclusion(uint64_t index, uint64_t size, const Hash& leaf,
                             std::span<const Hash> path, const Hash& root) {
  if (index >= size) {
    return absl::InvalidArgumentError(
        fmt::format("index {} is not in a tree of {} leaves", index, size));
  }
  // Names as in RFC 9162 §2.1.3.2: fn and sn are the positions of node and of the last node.
  uint64_t fn = index;
  uint64_t sn = size - 1;
  Hash hash = leaf;
  for (const Hash& node : path) {
    if (sn == 0) return NodesLeftOver();
    if ((fn & 1) == 1 || fn == sn) {
      hash = NodeHash(node, hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      hash = NodeHash(hash, node);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return NodesMissing();
  if (hash != root) {
    return absl::DataLossError(
        fmt::format("the inclusion proof of index {} leads to root {}, not to {}", index, Hex(hash),
                    Hex(root)));
  }
  return absl::OkStatus();
}

absl::Status VerifyConsistency(uint64_t old_size, uint64_t new_size, const Hash& old_root,
                               const Hash& new_root, std::span<const Hash> path) {
  if (old_size == 0) {
    return absl::InvalidArgumentError("the empty tree has no consistency proof and needs none");
  }
  if (old_size > new_size) {
    return absl::InvalidArgumentError(
        fmt::format("a tree of {} leaves cannot continue one of {}", new_size, old_size));
  }
  if (old_size == new_size) {
    if (!path.empty()) {
      return absl::InvalidArgumentError("the sizes are equal, yet the proof has nodes");
    }
    if (old_root != new_root) {
      return absl::DataLossError(
          fmt::format("two roots for size {}: {} and {}", new_size, Hex(old_root), Hex(new_root)));
    }
    return absl::OkStatus();
  }
  if (path.empty()) return NodesMissing();
  uint64_t fn = old_size - 1;
  uint64_t sn = new_size - 1;
  while ((fn & 1) == 1) {
    fn >>= 1;
    sn >>= 1;
  }
  // Where the old size is a power of two, its root is the first node and is not sent.
  const bool old_is_first = fn == 0;
  Hash old_hash = old_is_first ? old_root : path[0];
  Hash new_hash = old_hash;
  for (const Hash& node : path.subspan(old_is_first ? 0 : 1)) {
    if (sn == 0) return NodesLeftOver();
    if ((fn & 1) == 1 || fn == sn) {
      old_hash = NodeHash(node, old_hash);
      new_hash = NodeHash(node, new_hash);
      while ((fn & 1) == 0 && fn != 0) {
        fn >>= 1;
        sn >>= 1;
      }
    } else {
      new_hash = NodeHash(new_hash, node);
    }
    fn >>= 1;
    sn >>= 1;
  }
  if (sn != 0) return NodesMissing();
  if (old_hash != old_root || new_hash != new_root) {
    return absl::DataLossError(fmt::format(
        "the tree of {} leaves does not continue that of {}: the proof leads to roots "
        "{} and {}, not to {} and {}",
        new_size, old_size, Hex(old_hash), Hex(new_hash), Hex(old_root), Hex(new_root)));
  }
  return absl::OkStatus();
}

}  // namespace cradle::evidence
