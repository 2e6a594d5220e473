#include "storage/evidence/tree.h"

#include <gtest/gtest.h>

#include <random>

#include "storage/evidence/proof.h"
#include "tests/storage/evidence/naive_tree.h"
#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

Frontier Grow(uint64_t size, TileMap& tiles) {
  Frontier frontier;
  for (uint64_t i = 0; i < size; ++i) frontier.Append(TestLeaf(i));
  tiles.Apply(frontier.TakeChanged());
  return frontier;
}

// The eight leaves and roots that the tests of Certificate Transparency have always used.
TEST(TreeTest, HasTheReferenceRootsOfCertificateTransparency) {
  const std::vector<std::string> leaves = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Frontier frontier;
  EXPECT_EQ(Hex(frontier.Root()), roots[0]);
  for (size_t i = 0; i < leaves.size(); ++i) {
    frontier.Append(LeafHash(*FromHex(leaves[i])));
    EXPECT_EQ(Hex(frontier.Root()), roots[i + 1]) << "size " << i + 1;
  }
}

TEST(TreeTest, RootsOfEverySizeAreThoseOfTheDefinition) {
  const std::vector<Hash> leaves = TestLeaves(600);
  TileMap tiles;
  Frontier frontier;
  for (size_t size = 0; size <= leaves.size(); ++size) {
    const Hash expected = NaiveRoot(Leaves(leaves).first(size));
    EXPECT_EQ(frontier.size(), size);
    EXPECT_EQ(frontier.Root(), expected) << size;
    tiles.Apply(frontier.TakeChanged());
    const auto from_tiles = RootFromTiles(size, tiles);
    ASSERT_THAT(from_tiles, IsOk());
    EXPECT_EQ(*from_tiles, expected) << size;
    if (size < leaves.size()) frontier.Append(leaves[size]);
  }
}

// Whatever the tree has grown to, an older size is still proved from the same tiles.
TEST(TreeTest, PathsAreThoseOfTheDefinition) {
  const std::vector<Hash> leaves = TestLeaves(600);
  TileMap tiles;
  Grow(leaves.size(), tiles);
  std::mt19937_64 random(4);
  for (size_t size = 1; size <= leaves.size(); ++size) {
    const Leaves tree = Leaves(leaves).first(size);
    for (size_t index : {size_t{0}, size / 2, size - 1, random() % size}) {
      const auto path = InclusionPath(index, size, tiles);
      ASSERT_THAT(path, IsOk());
      EXPECT_EQ(*path, NaivePath(index, tree)) << index << " of " << size;
      const auto proof = ConsistencyPath(index + 1, size, tiles);
      ASSERT_THAT(proof, IsOk());
      EXPECT_EQ(*proof, NaiveSubproof(index + 1, tree, true)) << index + 1 << " to " << size;
    }
  }
}

// Counts what is read.
class CountingTiles : public TileReader {
 public:
  explicit CountingTiles(const TileReader& tiles) : tiles_(tiles) {}
  absl::StatusOr<std::string> ReadTile(const TileId& tile, uint64_t width) const override {
    ++reads;
    return tiles_.ReadTile(tile, width);
  }
  mutable int reads = 0;

 private:
  const TileReader& tiles_;
};

TEST(TreeTest, PathsMadeTogetherAreTheSameAndReadEachTileOnce) {
  TileMap tiles;
  Grow(700, tiles);
  const CountingTiles counted(tiles);
  InclusionPaths paths(700, counted);
  for (uint64_t index = 0; index < 700; ++index) {
    EXPECT_EQ(*paths.Of(index), *InclusionPath(index, 700, tiles)) << index;
  }
  EXPECT_EQ(counted.reads, 4);  // three tiles of leaves, one above them
  EXPECT_EQ(paths.Of(700).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(TreeTest, EveryProofOfTreesUpTo600Holds) {
  TileMap tiles;
  Frontier frontier;
  std::vector<Hash> roots = {frontier.Root()};
  for (uint64_t i = 0; i < 600; ++i) {
    frontier.Append(TestLeaf(i));
    roots.push_back(frontier.Root());
  }
  tiles.Apply(frontier.TakeChanged());
  for (uint64_t size = 1; size <= 600; size += size < 300 ? 1 : 23) {
    for (uint64_t index = 0; index < size; ++index) {
      ASSERT_THAT(VerifyInclusion(index, size, TestLeaf(index), *InclusionPath(index, size, tiles),
                                  roots[size]),
                  IsOk());
      ASSERT_THAT(VerifyConsistency(index + 1, size, roots[index + 1], roots[size],
                                    *ConsistencyPath(index + 1, size, tiles)),
                  IsOk());
    }
  }
}

TEST(TreeTest, LargeTreesHoldAcrossTileBoundaries) {
  constexpr uint64_t kSize = 65'536 + 256 + 3;
  const std::vector<uint64_t> sizes = {255,    256,    257,    511,    512,    513,
                                       65'279, 65'280, 65'535, 65'536, 65'537, kSize};
  TileMap tiles;
  Frontier frontier;
  std::map<uint64_t, Hash> roots;
  for (uint64_t i = 0; i < kSize; ++i) {
    frontier.Append(TestLeaf(i));
    roots[i + 1] = frontier.Root();
    if (i % 1000 == 0) tiles.Apply(frontier.TakeChanged());
  }
  tiles.Apply(frontier.TakeChanged());
  const std::vector<Hash> leaves = TestLeaves(kSize);
  std::mt19937_64 random(5);
  for (uint64_t size : sizes) {
    ASSERT_EQ(roots[size], NaiveRoot(Leaves(leaves).first(size)));
    EXPECT_EQ(*RootFromTiles(size, tiles), roots[size]);
    std::vector<uint64_t> indexes = {0, size / 2, size - 1};
    for (uint64_t boundary : sizes) {
      if (boundary <= size) indexes.push_back(boundary - 1);
    }
    for (int i = 0; i < 20; ++i) indexes.push_back(random() % size);
    for (uint64_t index : indexes) {
      EXPECT_THAT(VerifyInclusion(index, size, leaves[index], *InclusionPath(index, size, tiles),
                                  roots[size]),
                  IsOk());
      EXPECT_THAT(VerifyConsistency(index + 1, size, roots[index + 1], roots[size],
                                    *ConsistencyPath(index + 1, size, tiles)),
                  IsOk());
    }
  }
}

TEST(TreeTest, AProofReadsFewTiles) {
  TileMap tiles;
  Grow(66'000, tiles);
  const int before = tiles.reads();
  ASSERT_THAT(InclusionPath(12'345, 66'000, tiles), IsOk());
  EXPECT_LE(tiles.reads() - before, 6);
}

TEST(FrontierTest, LoadsWhereItWasLeftAndGrowsOn) {
  std::mt19937_64 random(6);
  std::vector<uint64_t> sizes = {0, 1, 255, 256, 257, 65'535, 65'536, 65'537};
  for (int i = 0; i < 10; ++i) sizes.push_back(random() % 3000);
  for (uint64_t size : sizes) {
    TileMap tiles;
    Frontier original = Grow(size, tiles);
    const int reads = tiles.reads();
    auto loaded = Frontier::Load(size, tiles);
    ASSERT_THAT(loaded, IsOk());
    EXPECT_LE(tiles.reads() - reads, 3);
    EXPECT_EQ(loaded->size(), size);
    EXPECT_EQ(loaded->Root(), original.Root());
    EXPECT_TRUE(loaded->TakeChanged().empty());
    for (uint64_t i = size; i < size + 600; ++i) {
      original.Append(TestLeaf(i));
      loaded->Append(TestLeaf(i));
    }
    EXPECT_EQ(loaded->Root(), original.Root()) << size;
    tiles.Apply(loaded->TakeChanged());
    EXPECT_EQ(*RootFromTiles(size + 600, tiles), original.Root()) << size;
  }
}

TEST(FrontierTest, LoadsAnOlderSizeFromTilesThatGrewSince) {
  TileMap tiles;
  Grow(700, tiles);
  TileMap unused;
  EXPECT_EQ(Frontier::Load(300, tiles)->Root(), Grow(300, unused).Root());
}

TEST(FrontierTest, TakesEachChangedTileOnceAndWhole) {
  Frontier frontier;
  for (uint64_t i = 0; i < 255; ++i) frontier.Append(TestLeaf(i));
  std::vector<TileWrite> writes = frontier.TakeChanged();
  ASSERT_EQ(writes.size(), 1U);
  EXPECT_EQ(writes[0].tile, (TileId{0, 0}));
  EXPECT_EQ(writes[0].hashes.size(), 255U * 32);
  EXPECT_TRUE(frontier.TakeChanged().empty());

  for (uint64_t i = 255; i < 513; ++i) frontier.Append(TestLeaf(i));
  std::map<TileId, size_t> sizes;
  for (const TileWrite& write : frontier.TakeChanged()) {
    EXPECT_TRUE(sizes.emplace(write.tile, write.hashes.size()).second) << "a tile twice";
  }
  EXPECT_EQ(sizes,
            (std::map<TileId, size_t>{{{0, 0}, 8192}, {{0, 1}, 8192}, {{0, 2}, 32}, {{1, 0}, 64}}));
}

TEST(FrontierTest, ATileHoldsTheHashesOfItsSubtrees) {
  TileMap tiles;
  Grow(512, tiles);
  const std::vector<Hash> leaves = TestLeaves(512);
  const std::string& upper = tiles.tiles()[TileId{1, 0}];
  EXPECT_EQ(upper.substr(0, 32), AsBytes(NaiveRoot(Leaves(leaves).first(256))));
  EXPECT_EQ(upper.substr(32, 32), AsBytes(NaiveRoot(Leaves(leaves).subspan(256))));
}

TEST(TileTest, AMissingTileIsNamed) {
  TileMap tiles;
  Grow(600, tiles);
  tiles.tiles().erase(TileId{0, 1});
  EXPECT_THAT(InclusionPath(300, 600, tiles), IsRefused(kNotFound, "tile/0/001"));
  TileMap short_tiles;
  Grow(599, short_tiles);
  EXPECT_THAT(RootFromTiles(600, short_tiles), IsRefused(kNotFound, "tile/0/002.p/88"));
  EXPECT_THAT(Frontier::Load(600, short_tiles), IsRefused(kNotFound, "tile/0/002.p/88"));
}

// A reader that cuts hashes in half, or answers with fewer than asked for.
class BadReader : public TileReader {
 public:
  explicit BadReader(size_t bytes) : bytes_(bytes) {}
  absl::StatusOr<std::string> ReadTile(const TileId&, uint64_t) const override {
    return std::string(bytes_, 'x');
  }

 private:
  size_t bytes_;
};

TEST(TileTest, ATileOfAnotherSizeIsRefused) {
  EXPECT_THAT(RootFromTiles(3, BadReader(64)), IsRefused(kNotFound, "2 hashes"));
  EXPECT_THAT(RootFromTiles(3, BadReader(95)), IsRefused(kDataLoss, "95 bytes"));
}

TEST(TileTest, SizesThatHaveNoProofAreRefused) {
  const TileMap none;
  EXPECT_THAT(InclusionPath(3, 3, none), IsRefused(kInvalid, "index 3"));
  EXPECT_THAT(ConsistencyPath(0, 3, none), IsRefused(kInvalid, "size 0"));
  EXPECT_THAT(ConsistencyPath(4, 3, none), IsRefused(kInvalid, "size 4"));
  EXPECT_EQ(*RootFromTiles(0, none), EmptyRoot());
}

TEST(TilePathTest, IsThatOfTlogTiles) {
  EXPECT_EQ(TilePath({0, 0}, 256), "tile/0/000");
  EXPECT_EQ(TilePath({3, 1'234'067}, 256), "tile/3/x001/x234/067");
  EXPECT_EQ(TilePath({0, 1000}, 112), "tile/0/x001/000.p/112");
  EXPECT_EQ(EntryBundlePath(999, 1), "tile/entries/999.p/1");
  EXPECT_EQ(EntryBundlePath(1'234'067, 256), "tile/entries/x001/x234/067");
}

}  // namespace
}  // namespace cradle::evidence
