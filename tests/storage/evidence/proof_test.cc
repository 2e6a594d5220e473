#include "storage/evidence/proof.h"

#include <gtest/gtest.h>

#include <random>

#include "tests/storage/evidence/naive_tree.h"
#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

// What a forger may do to a path without touching the rest.
std::vector<std::vector<Hash>> Damaged(const std::vector<Hash>& path, std::mt19937_64& random) {
  std::vector<std::vector<Hash>> all;
  for (size_t i = 0; i < path.size(); ++i) {
    all.push_back(path);
    all.back()[i][random() % 32] ^= static_cast<uint8_t>(1 << random() % 8);
    all.push_back(path);
    all.back().erase(all.back().begin() + static_cast<ptrdiff_t>(i));
    all.push_back(path);
    all.back().insert(all.back().begin() + static_cast<ptrdiff_t>(i), path[i]);
  }
  for (size_t i = 1; i < path.size(); ++i) {
    all.push_back(path);
    std::swap(all.back()[i - 1], all.back()[i]);
  }
  all.push_back(path);
  all.back().push_back(TestLeaf(random()));
  all.push_back(path);
  all.back().insert(all.back().begin(), TestLeaf(random()));
  return all;
}

TEST(InclusionTest, EveryLeafOfEverySmallTreeIsProved) {
  const std::vector<Hash> leaves = TestLeaves(70);
  for (size_t size = 1; size <= leaves.size(); ++size) {
    const Leaves tree = Leaves(leaves).first(size);
    const Hash root = NaiveRoot(tree);
    for (size_t index = 0; index < size; ++index) {
      EXPECT_THAT(VerifyInclusion(index, size, leaves[index], NaivePath(index, tree), root), IsOk())
          << index << " of " << size;
    }
  }
}

TEST(InclusionTest, ADamagedPathIsRefused) {
  std::mt19937_64 random(2);
  const std::vector<Hash> leaves = TestLeaves(40);
  for (size_t size = 1; size <= leaves.size(); ++size) {
    const Leaves tree = Leaves(leaves).first(size);
    const Hash root = NaiveRoot(tree);
    for (size_t index = 0; index < size; ++index) {
      for (const auto& path : Damaged(NaivePath(index, tree), random)) {
        EXPECT_FALSE(VerifyInclusion(index, size, leaves[index], path, root).ok())
            << index << " of " << size;
      }
    }
  }
}

TEST(InclusionTest, AnotherLeafIndexOrRootIsRefused) {
  const std::vector<Hash> leaves = TestLeaves(21);
  const Hash root = NaiveRoot(leaves);
  for (size_t index = 0; index < leaves.size(); ++index) {
    const std::vector<Hash> path = NaivePath(index, leaves);
    EXPECT_THAT(VerifyInclusion(index, 21, TestLeaf(99), path, root), IsRefused(kDataLoss, "root"));
    EXPECT_THAT(VerifyInclusion(index, 21, leaves[index], path, TestLeaf(99)),
                IsRefused(kDataLoss, "root"));
    for (size_t other = 0; other < leaves.size(); ++other) {
      if (other == index) continue;
      EXPECT_FALSE(VerifyInclusion(other, 21, leaves[index], path, root).ok());
    }
  }
}

TEST(InclusionTest, RefusalsSayWhatIsWrong) {
  const std::vector<Hash> leaves = TestLeaves(5);
  const Hash root = NaiveRoot(leaves);
  std::vector<Hash> path = NaivePath(2, leaves);
  EXPECT_THAT(VerifyInclusion(5, 5, leaves[2], path, root), IsRefused(kInvalid, "index 5"));
  EXPECT_THAT(VerifyInclusion(0, 0, leaves[2], {}, EmptyRoot()), IsRefused(kInvalid, "index 0"));
  path.push_back(root);
  EXPECT_THAT(VerifyInclusion(2, 5, leaves[2], path, root), IsRefused(kInvalid, "left over"));
  path.resize(path.size() - 2);
  EXPECT_THAT(VerifyInclusion(2, 5, leaves[2], path, root), IsRefused(kInvalid, "missing"));
  EXPECT_THAT(VerifyInclusion(0, 1, leaves[0], {&root, 1}, leaves[0]),
              IsRefused(kInvalid, "left over"));
}

TEST(InclusionTest, TheLargestSizesDoNotOverflow) {
  std::vector<Hash> path(64, TestLeaf(0));
  Hash root = TestLeaf(7);
  for (const Hash& node : path) root = NodeHash(node, root);
  EXPECT_THAT(VerifyInclusion(UINT64_MAX - 1, UINT64_MAX, TestLeaf(7), path, root),
              IsRefused(kInvalid, ""));
  path.assign(1, TestLeaf(1));
  EXPECT_THAT(VerifyInclusion(uint64_t{1} << 63, (uint64_t{1} << 63) + 1, TestLeaf(7), path,
                              NodeHash(TestLeaf(1), TestLeaf(7))),
              IsOk());
}

TEST(ConsistencyTest, EverySmallTreeContinuesEachBeforeIt) {
  const std::vector<Hash> leaves = TestLeaves(70);
  for (size_t size = 1; size <= leaves.size(); ++size) {
    const Leaves tree = Leaves(leaves).first(size);
    const Hash root = NaiveRoot(tree);
    for (size_t old = 1; old <= size; ++old) {
      EXPECT_THAT(VerifyConsistency(old, size, NaiveRoot(tree.first(old)), root,
                                    NaiveSubproof(old, tree, true)),
                  IsOk())
          << old << " to " << size;
    }
  }
}

TEST(ConsistencyTest, ADamagedProofIsRefused) {
  std::mt19937_64 random(3);
  const std::vector<Hash> leaves = TestLeaves(40);
  for (size_t size = 1; size <= leaves.size(); ++size) {
    const Leaves tree = Leaves(leaves).first(size);
    const Hash root = NaiveRoot(tree);
    for (size_t old = 1; old <= size; ++old) {
      const Hash old_root = NaiveRoot(tree.first(old));
      for (const auto& proof : Damaged(NaiveSubproof(old, tree, true), random)) {
        EXPECT_FALSE(VerifyConsistency(old, size, old_root, root, proof).ok())
            << old << " to " << size;
      }
    }
  }
}

TEST(ConsistencyTest, AnotherRootOrSizeIsRefused) {
  const std::vector<Hash> leaves = TestLeaves(21);
  const Hash root = NaiveRoot(leaves);
  for (size_t old = 1; old < leaves.size(); ++old) {
    const Hash old_root = NaiveRoot(Leaves(leaves).first(old));
    const std::vector<Hash> proof = NaiveSubproof(old, leaves, true);
    EXPECT_THAT(VerifyConsistency(old, 21, TestLeaf(99), root, proof), IsRefused(kDataLoss, ""));
    EXPECT_THAT(VerifyConsistency(old, 21, old_root, TestLeaf(99), proof),
                IsRefused(kDataLoss, ""));
    for (size_t other = 1; other < leaves.size(); ++other) {
      if (other == old) continue;
      EXPECT_FALSE(VerifyConsistency(other, 21, old_root, root, proof).ok()) << other << old;
    }
  }
}

TEST(ConsistencyTest, RefusalsSayWhatIsWrong) {
  const std::vector<Hash> leaves = TestLeaves(5);
  const Hash root = NaiveRoot(leaves);
  const Hash old_root = NaiveRoot(Leaves(leaves).first(3));
  std::vector<Hash> proof = NaiveSubproof(3, leaves, true);
  EXPECT_THAT(VerifyConsistency(0, 5, EmptyRoot(), root, {}), IsRefused(kInvalid, "empty tree"));
  EXPECT_THAT(VerifyConsistency(6, 5, root, root, proof), IsRefused(kInvalid, "continue"));
  EXPECT_THAT(VerifyConsistency(5, 5, root, root, proof), IsRefused(kInvalid, "equal"));
  EXPECT_THAT(VerifyConsistency(5, 5, old_root, root, {}), IsRefused(kDataLoss, "two roots"));
  EXPECT_THAT(VerifyConsistency(3, 5, old_root, root, {}), IsRefused(kInvalid, "missing"));
  proof.push_back(root);
  EXPECT_THAT(VerifyConsistency(3, 5, old_root, root, proof), IsRefused(kInvalid, "left over"));
  proof.resize(proof.size() - 2);
  EXPECT_THAT(VerifyConsistency(3, 5, old_root, root, proof), IsRefused(kInvalid, "missing"));
}

}  // namespace
}  // namespace cradle::evidence
