// The file of checkpoints signed before, and the paths of a tile directory.
#include "services/audit/core/journal.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/audit/core/tile_directory.h"

namespace cradle::audit::testing {
namespace {

TEST(JournalTest, GivesBackWhatWasWritten) {
  const std::vector<std::string> written = {"first\n", "", "second\nwith lines\n"};
  std::string bytes;
  for (const std::string& note : written) bytes += JournalRecord(note);
  std::vector<std::string> notes;
  EXPECT_TRUE(ParseJournal(bytes, notes).ok());
  EXPECT_EQ(notes, written);
}

TEST(JournalTest, CutAnywhereItGivesTheWholeRecordsAndSaysThatItEndsInsideOne) {
  const std::string first = JournalRecord("first\n");
  const std::string bytes = first + JournalRecord("second\n");
  for (size_t length = 1; length < bytes.size(); ++length) {
    if (length == first.size()) continue;
    std::vector<std::string> notes;
    EXPECT_TRUE(absl::IsOutOfRange(ParseJournal(bytes.substr(0, length), notes))) << length;
    EXPECT_EQ(notes.size(), length < first.size() ? 0u : 1u) << length;
  }
}

TEST(JournalTest, AByteChangedAnywhereIsNoticed) {
  const std::string bytes = JournalRecord("first\n") + JournalRecord("second\n");
  for (size_t offset = 0; offset < bytes.size(); ++offset) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string changed = bytes;
      changed[offset] = static_cast<char>(changed[offset] ^ (1 << bit));
      std::vector<std::string> notes;
      EXPECT_FALSE(ParseJournal(changed, notes).ok()) << offset << " bit " << bit;
    }
  }
}

TEST(StoredPathTest, EveryFileHasOnePathAndEveryPathOneFile) {
  for (const bool entries : {false, true}) {
    for (const int level : {0, 1, 7}) {
      if (entries && level > 0) continue;
      for (const uint64_t index : {0u, 7u, 999u, 1000u, 1234067u}) {
        for (const uint64_t width : {1u, 44u, 255u, 256u}) {
          const std::string path = StoredPath(entries, {level, index}, width);
          const auto parsed = ParseStoredPath(path);
          ASSERT_TRUE(parsed.has_value()) << path;
          EXPECT_EQ(parsed->entries, entries);
          EXPECT_EQ(parsed->tile, (evidence::TileId{level, index}));
          EXPECT_EQ(parsed->width, width);
        }
      }
    }
  }
}

TEST(StoredPathTest, OtherPathsAreNoneOfTheLogs) {
  for (const char* path :
       {"tile", "tile/0", "tile/64/000", "tile/00/000", "tile/0/0", "tile/0/0000", "tile/0/x001",
        "tile/0/001/234", "tile/0/x000/001", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/01", "tile/0/000.new", "tile/entries/000.p", "tile/entries/-01",
        "tiles/0/000", "checkpoint"}) {
    EXPECT_FALSE(ParseStoredPath(path).has_value()) << path;
  }
}

}  // namespace
}  // namespace cradle::audit::testing
