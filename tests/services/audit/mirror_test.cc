// A copy of a log in a directory: kept up, and never led astray.
#include "services/audit/core/mirror.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <set>
#include <string>

#include "services/audit/core/tile_directory.h"
#include "tests/services/audit/log_fixture.h"

namespace cradle::audit::testing {
namespace {

using ::testing::HasSubstr;

// A log at a size, as its operator serves it.
class Served : public LogSource {
 public:
  Served(const LogFixture& log, uint64_t size) : files_(directory_.path()) {
    log.Write(directory_.path(), size);
  }
  absl::StatusOr<std::string> Checkpoint() const override { return files_.Checkpoint(); }
  absl::StatusOr<EntryBundle> ReadEntryBundle(uint64_t index, uint64_t width) const override {
    ++bundles_read;
    if (fails_from && index >= *fails_from) return absl::UnavailableError("the line went dead");
    return files_.ReadEntryBundle(index, width);
  }
  absl::StatusOr<std::string> ReadRuleBundle(std::string_view sha256) const override {
    return files_.ReadRuleBundle(sha256);
  }
  absl::StatusOr<std::vector<evidence::Hash>> ConsistencyPath(uint64_t old_size,
                                                              uint64_t new_size) const override {
    return files_.ConsistencyPath(old_size, new_size);
  }
  const std::string& directory() const { return directory_.path(); }

  mutable int bundles_read = 0;
  std::optional<uint64_t> fails_from;

 private:
  TemporaryDirectory directory_;
  TileDirectory files_;
};

std::set<std::string> Files(const std::string& directory) {
  std::set<std::string> files;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory)) {
    if (file.is_regular_file()) {
      files.insert(file.path().lexically_relative(directory).generic_string());
    }
  }
  return files;
}

class MirrorTest : public ::testing::Test {
 protected:
  MirrorTest() { log_.GrowTo(600); }

  absl::StatusOr<MirrorResult> MirrorFrom(const LogSource& source,
                                          const MirrorOptions& options = {}) const {
    return Mirror(source, copy_.path(), log_.verifier, options);
  }
  void ExpectVerified(uint64_t size) const {
    const Report report = Verify(log_, copy_.path());
    EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
    EXPECT_EQ(report.entries, size);
  }

  LogFixture log_;
  TemporaryDirectory copy_;
};

TEST_F(MirrorTest, ACopyHasTheSameFilesAsTheOriginalAndAJournal) {
  const Served served(log_, 600);
  const auto result = MirrorFrom(served);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->size_before, 0u);
  EXPECT_EQ(result->size, 600u);
  EXPECT_TRUE(result->missing_rule_data.empty());
  std::set<std::string> expected = Files(served.directory());
  for (const std::string& file : expected) {
    EXPECT_EQ(ReadAll(copy_.path() + "/" + file), ReadAll(served.directory() + "/" + file)) << file;
  }
  expected.insert("journal");
  EXPECT_EQ(Files(copy_.path()), expected);
  ExpectVerified(600);
}

TEST_F(MirrorTest, ItIsKeptUpAtAnySizesAndPartialFilesAreReplaced) {
  uint64_t before = 0;
  for (const uint64_t size : {1, 17, 18, 255, 256, 257, 511, 512, 600}) {
    const Served served(log_, size);
    const auto result = MirrorFrom(served);
    ASSERT_TRUE(result.ok()) << size << ": " << result.status();
    EXPECT_EQ(result->size_before, before);
    ExpectVerified(size);
    std::set<std::string> expected = Files(served.directory());
    expected.insert("journal");
    EXPECT_EQ(Files(copy_.path()), expected) << size;
    before = size;
  }
  EXPECT_THAT(Verify(log_, copy_.path()).scope, HasSubstr("9 journalled checkpoints"));
}

TEST_F(MirrorTest, ARunWithNothingNewChangesNothing) {
  const Served served(log_, 300);
  ASSERT_TRUE(MirrorFrom(served).ok());
  const int read = served.bundles_read;
  const std::string journal = ReadAll(copy_.path() + "/journal");
  const auto result = MirrorFrom(served);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->size, 300u);
  EXPECT_EQ(served.bundles_read, read);
  EXPECT_EQ(ReadAll(copy_.path() + "/journal"), journal);
}

TEST_F(MirrorTest, ABrokenRunLeavesTheOldCopyAndTheNextGoesOnFromThere) {
  const Served early(log_, 100);
  ASSERT_TRUE(MirrorFrom(early).ok());
  Served served(log_, 600);
  served.fails_from = 2;
  EXPECT_EQ(MirrorFrom(served).status().code(), absl::StatusCode::kUnavailable);
  ExpectVerified(100);
  served.fails_from.reset();
  served.bundles_read = 0;
  ASSERT_TRUE(MirrorFrom(served).ok());
  EXPECT_EQ(served.bundles_read, 1);  // what was there already is not asked for again
  ExpectVerified(600);
}

TEST_F(MirrorTest, AStoppedRunIsCancelledAndCanGoOn) {
  const Served served(log_, 600);
  MirrorOptions options;
  options.progress = [](uint64_t entries, uint64_t size) {
    EXPECT_EQ(size, 600u);
    return entries < 512;
  };
  EXPECT_TRUE(absl::IsCancelled(MirrorFrom(served, options).status()));
  ASSERT_TRUE(MirrorFrom(served).ok());
  ExpectVerified(600);
}

TEST_F(MirrorTest, WhatAnInterruptedRunLeftDamagedIsFetchedAgain) {
  Served served(log_, 600);
  served.fails_from = 2;
  EXPECT_FALSE(MirrorFrom(served).ok());
  FlipByte(copy_.path() + "/tile/entries/000", 1'000);
  served.fails_from.reset();
  const auto result = MirrorFrom(served);
  ASSERT_TRUE(result.ok()) << result.status();
  ExpectVerified(600);
}

TEST_F(MirrorTest, ARewrittenHistoryIsRefusedAndWhatIsHeldStays) {
  const Served early(log_, 300);
  ASSERT_TRUE(MirrorFrom(early).ok());
  const std::set<std::string> before = Files(copy_.path());
  log_.Edit(20, [](evidence::Entry& entry) { entry.salt[0] ^= 1; });
  for (const uint64_t size : {200, 300, 600}) {
    const Served rewritten(log_, size);
    const auto result = MirrorFrom(rewritten);
    EXPECT_TRUE(absl::IsDataLoss(result.status())) << result.status();
    EXPECT_THAT(std::string(result.status().message()), HasSubstr("forked"));
    std::set<std::string> added = Files(copy_.path());
    for (const std::string& file : before) EXPECT_EQ(added.erase(file), 1u) << file;
    for (const std::string& file : added) EXPECT_THAT(file, HasSubstr("conflict-"));
    EXPECT_FALSE(added.empty());
  }
  log_.Edit(20, [](evidence::Entry& entry) { entry.salt[0] ^= 1; });
  ExpectVerified(300);
}

TEST_F(MirrorTest, EntriesThatAreNotTheCheckpointsAreRefused) {
  const Served early(log_, 300);
  ASSERT_TRUE(MirrorFrom(early).ok());
  const Served served(log_, 600);
  FlipByte(served.directory() + "/tile/entries/001", 20'000);
  const auto result = MirrorFrom(served);
  EXPECT_TRUE(absl::IsDataLoss(result.status())) << result.status();
  ExpectVerified(300);
  FlipByte(served.directory() + "/tile/entries/001", 20'000);
  ASSERT_TRUE(MirrorFrom(served).ok());
  ExpectVerified(600);
}

TEST_F(MirrorTest, ALogPutBackToAnOlderStateIsRefused) {
  const Served served(log_, 300);
  ASSERT_TRUE(MirrorFrom(served).ok());
  const Served older(log_, 200);
  EXPECT_EQ(MirrorFrom(older).status().code(), absl::StatusCode::kFailedPrecondition);
  ExpectVerified(300);
}

TEST_F(MirrorTest, AnotherLogOrKeyIsRefused) {
  const Served served(log_, 300);
  ASSERT_TRUE(MirrorFrom(served).ok());
  const LogFixture other;
  const Served elsewhere(other, other.size());
  EXPECT_FALSE(MirrorFrom(elsewhere).ok());
  EXPECT_EQ(Mirror(elsewhere, copy_.path(), other.verifier).status().code(),
            absl::StatusCode::kFailedPrecondition);
  ExpectVerified(300);
}

TEST_F(MirrorTest, ADamagedCopyIsNotBuiltUpon) {
  const Served early(log_, 300);
  ASSERT_TRUE(MirrorFrom(early).ok());
  FlipByte(copy_.path() + "/tile/0/001.p/44", 5);
  const Served served(log_, 600);
  EXPECT_EQ(MirrorFrom(served).status().code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(MirrorTest, ARuleBundleThatTheSourceLacksIsTold) {
  const Served served(log_, 300);
  std::filesystem::remove_all(served.directory() + "/rule-data");
  const auto result = MirrorFrom(served);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->missing_rule_data.size(), 1u);
  EXPECT_EQ(Verify(log_, copy_.path()).verdict, Verdict::kUnverifiable);
}

TEST_F(MirrorTest, ACrashBetweenCheckpointAndJournalIsMadeGoodByTheNextRun) {
  const Served early(log_, 100);
  ASSERT_TRUE(MirrorFrom(early).ok());
  const std::string journal = ReadAll(copy_.path() + "/journal");
  const Served served(log_, 300);
  ASSERT_TRUE(MirrorFrom(served).ok());
  WriteAll(copy_.path() + "/journal", journal);
  ExpectVerified(300);
  ASSERT_TRUE(MirrorFrom(served).ok());
  EXPECT_THAT(Verify(log_, copy_.path()).scope, HasSubstr("2 journalled checkpoints"));
}

}  // namespace
}  // namespace cradle::audit::testing
