#include "services/ledger/journal.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/services/ledger/file_size_limit.h"

namespace cradle::ledger {
namespace {

namespace fs = std::filesystem;

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() : directory_(fs::temp_directory_path() / "cradle_journal_XXXXXX") {
    EXPECT_NE(mkdtemp(directory_.data()), nullptr);
  }
  ~JournalTest() override { fs::remove_all(directory_); }

  static std::string Note(int i) { return "note of " + std::to_string(i) + "\n\n— sig\n"; }

  void Write(int begin, int end, const JournalOptions& options = {}) {
    auto journal = SignerJournal::Open(directory_, options).value();
    for (int i = begin; i < end; ++i) ASSERT_EQ(journal->Append(Note(i)), absl::OkStatus());
  }
  std::string LastFile() const {
    std::string last;
    for (const auto& entry : fs::directory_iterator(directory_)) {
      if (entry.path().extension() == ".journal") last = std::max(last, entry.path().string());
    }
    return last;
  }
  static std::string Read(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static void Overwrite(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }

  std::string directory_;
};

TEST_F(JournalTest, KeepsWhatWasAppended) {
  Write(0, 3);
  EXPECT_EQ(SignerJournal::Open(directory_).value()->newest(), Note(2));
  Write(3, 4);
  const std::vector<std::string> notes = ReadJournal(directory_).value();
  ASSERT_EQ(notes.size(), 4);
  for (int i = 0; i < 4; ++i) EXPECT_EQ(notes[static_cast<size_t>(i)], Note(i));
}

TEST_F(JournalTest, IsEmptyAtFirst) {
  EXPECT_EQ(SignerJournal::Open(directory_).value()->newest(), "");
  EXPECT_TRUE(ReadJournal(directory_).value().empty());
  EXPECT_TRUE(absl::IsNotFound(ReadJournal(directory_ + "/none").status()));
}

TEST_F(JournalTest, GoesOnInNewFilesAndFindsTheNewest) {
  JournalOptions small;
  small.file_bytes_max = 100;
  Write(0, 20, small);
  EXPECT_GT(std::distance(fs::directory_iterator(directory_), {}), 5);
  EXPECT_EQ(SignerJournal::Open(directory_, small).value()->newest(), Note(19));
  EXPECT_EQ(ReadJournal(directory_).value().size(), 20);
}

TEST_F(JournalTest, AnUnfinishedLastRecordIsCutAtEveryByte) {
  Write(0, 2);
  const std::string path = LastFile();
  const std::string two = Read(path);
  Write(2, 3);
  const std::string three = Read(path);
  for (size_t bytes = two.size(); bytes < three.size(); ++bytes) {
    Overwrite(path, three.substr(0, bytes));
    EXPECT_EQ(ReadJournal(directory_).value().size(), 2) << bytes;
    EXPECT_EQ(SignerJournal::Open(directory_).value()->newest(), Note(1)) << bytes;
    EXPECT_EQ(Read(path), two) << bytes;
  }
  Write(2, 3);
  EXPECT_EQ(Read(path), three);
}

// As a process leaves it that was killed.
TEST_F(JournalTest, RoomThatIsWrittenAheadIsNoRecordAndIsCut) {
  JournalOptions small;
  small.file_bytes_max = 1;
  Write(0, 2, small);
  const std::string earlier = LastFile();
  Write(2, 3, small);
  const std::string last = Read(LastFile());
  for (const std::string& end : {std::string(), std::string("note 2"), std::string("\0x", 2)}) {
    Overwrite(LastFile(), last + end + std::string(1'000, '\0'));
    EXPECT_EQ(ReadJournal(directory_).value().size(), 3);
    EXPECT_EQ(SignerJournal::Open(directory_).value()->newest(), Note(2));
    EXPECT_EQ(Read(LastFile()), last);
  }
  Overwrite(earlier, Read(earlier) + std::string(500, '\0'));
  EXPECT_TRUE(absl::IsDataLoss(ReadJournal(directory_).status())) << "only the last has room";
}

TEST_F(JournalTest, ItsFileDoesNotGrowWithEveryRecord) {
  auto journal = SignerJournal::Open(directory_).value();
  ASSERT_EQ(journal->Append(Note(0)), absl::OkStatus());
  const uintmax_t bytes = fs::file_size(LastFile());
  for (int i = 1; i < 100; ++i) ASSERT_EQ(journal->Append(Note(i)), absl::OkStatus());
  EXPECT_EQ(fs::file_size(LastFile()), bytes);
  EXPECT_EQ(ReadJournal(directory_).value().size(), 100u);
}

TEST_F(JournalTest, AnUnfinishedFirstRecordOfANewFileLeavesTheOneBefore) {
  JournalOptions small;
  small.file_bytes_max = 1;
  Write(0, 3, small);
  const std::string bytes = Read(LastFile());
  Overwrite(LastFile(), bytes.substr(0, bytes.size() / 2));
  EXPECT_EQ(SignerJournal::Open(directory_, small).value()->newest(), Note(1));
  Write(7, 8, small);
  EXPECT_EQ(ReadJournal(directory_).value().back(), Note(7));
}

TEST_F(JournalTest, ADamagedRecordBeforeTheLastIsLoss) {
  Write(0, 3);
  std::string bytes = Read(LastFile());
  bytes[bytes.find("note of 1")] ^= 1;
  Overwrite(LastFile(), bytes);
  const absl::Status status = SignerJournal::Open(directory_).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_TRUE(absl::IsDataLoss(ReadJournal(directory_).status()));
}

TEST_F(JournalTest, AnEarlierFileMustBeWhole) {
  JournalOptions small;
  small.file_bytes_max = 1;
  Write(0, 2, small);
  std::string first = LastFile();
  Write(2, 3, small);
  Overwrite(first, Read(first).substr(0, 20));
  EXPECT_TRUE(absl::IsDataLoss(ReadJournal(directory_).status()));
}

TEST_F(JournalTest, AFullDiskRefusesLeavesNothingBehindAndTheNextNoteFits) {
  Write(0, 1);
  auto journal = SignerJournal::Open(directory_).value();
  const std::string before = Read(LastFile());
  for (const size_t room : {0, 1, 20, 30}) {
    const testing::FileSizeLimit full(before.size() + room);
    EXPECT_TRUE(absl::IsResourceExhausted(journal->Append(Note(1)))) << room;
    EXPECT_EQ(Read(LastFile()), before) << room;
    EXPECT_EQ(journal->newest(), Note(0)) << room;
  }
  EXPECT_EQ(journal->Append(Note(2)), absl::OkStatus());
  EXPECT_EQ(ReadJournal(directory_).value(), (std::vector<std::string>{Note(0), Note(2)}));
}

TEST_F(JournalTest, HasOneSigner) {
  const auto journal = SignerJournal::Open(directory_).value();
  EXPECT_TRUE(absl::IsFailedPrecondition(SignerJournal::Open(directory_).status()));
}

TEST_F(JournalTest, AFileInItsPlaceIsToldByName) {
  Overwrite(directory_ + "/file", "x");
  const absl::Status status = SignerJournal::Open(directory_ + "/file").status();
  EXPECT_FALSE(status.ok());
  EXPECT_NE(status.message().find("/file"), std::string::npos) << status;
}

}  // namespace
}  // namespace cradle::ledger
