// What the RocksDB engine finds after its process was killed or its files were damaged.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <random>

#include "storage/kv/rocksdb_store.h"
#include "tests/storage/kv/child.h"
#include "tests/storage/kv/commits.h"
#include "tests/storage/kv/testing.h"

namespace cradle::kv {
namespace {

namespace fs = std::filesystem;

TEST(RocksDbKillTest, EveryAcknowledgedCommitSurvivesKillingTheProcessAndThereIsNoHole) {
  constexpr int kKills = 20;
  constexpr uint32_t kSeed = 3;
  std::mt19937 random(kSeed);
  TemporaryDirectory directory;
  const std::string path = directory / "kv";
  uint64_t committed = 0;
  for (int kill = 0; kill < kKills; ++kill) {
    SCOPED_TRACE(kill);
    uint64_t acknowledged = committed;
    Child child({"commit", path, std::to_string(committed)});
    uint64_t kill_at = committed + random() % 250;
    while (std::optional<std::string> line = child.ReadLine()) {
      ASSERT_EQ(*line, std::to_string(acknowledged)) << "the child reports an error";
      ++acknowledged;
      // It runs on while the signal is on its way: what it still acknowledges counts.
      if (acknowledged == kill_at + 1) child.Kill();
    }
    ASSERT_GT(acknowledged, kill_at);

    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(path);
    ASSERT_OK(store.status());
    committed = CountNumberedCommits(**store);
    ASSERT_GE(committed, acknowledged);
    ASSERT_LE(committed, acknowledged + 1);
  }
}

TEST(RocksDbKillTest, TheEpochGrowsOverAKill) {
  TemporaryDirectory directory;
  const std::string path = directory / "kv";
  Child child({"commit", path, "0"});
  ASSERT_EQ(child.ReadLine(), "0");
  child.Kill();
  absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(path);
  ASSERT_OK(store.status());
  absl::StatusOr<std::unique_ptr<Writer>> writer = (*store)->OpenWriter();
  ASSERT_OK(writer.status());
  EXPECT_EQ((*writer)->epoch(), 2u);
}

// A store whose commits are all in one log, as a killed process leaves it, and copies of it to
// damage.
class RocksDbDamageTest : public testing::Test {
 protected:
  static constexpr uint64_t kCommits = 300;

  void SetUp() override {
    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(original_);
    ASSERT_OK(store.status());
    absl::StatusOr<std::unique_ptr<Writer>> writer = (*store)->OpenWriter();
    ASSERT_OK(writer.status());
    for (uint64_t number = 0; number < kCommits; ++number) {
      log_bytes_.push_back(LogBytes());
      ASSERT_OK((*writer)->Commit(NumberedCommit(number), Durability::kSynced));
    }
    log_bytes_.push_back(LogBytes());
  }

  uint64_t LogBytes() const { return fs::file_size(FilesEndingIn(original_, ".log").back()); }

  // A fresh copy of the store, with its log so long, or whole.
  std::string Copy(std::optional<uint64_t> log_bytes = std::nullopt) {
    const std::string copy = directory_ / "copy";
    fs::remove_all(copy);
    fs::copy(original_, copy, fs::copy_options::recursive);
    if (log_bytes) fs::resize_file(FilesEndingIn(copy, ".log").back(), *log_bytes);
    return copy;
  }

  // A copy with all commits in sorted tables: opening flushes what is in the log.
  std::string FlushedCopy() {
    const std::string copy = Copy();
    EXPECT_OK(OpenRocksDb(copy).status());
    EXPECT_FALSE(FilesEndingIn(copy, ".sst").empty());
    return copy;
  }

  static void Flip(const std::string& path, uint64_t offset) {
    std::string bytes = ReadFile(path);
    ASSERT_LT(offset, bytes.size());
    bytes[offset] = static_cast<char>(bytes[offset] ^ 0x10);
    WriteFile(path, bytes);
  }

  TemporaryDirectory directory_;
  const std::string original_ = directory_ / "kv";
  std::vector<uint64_t> log_bytes_;  // [n]: when n commits were in it
};

TEST_F(RocksDbDamageTest, AChangedByteInTheLogIsRefusedAndNothingIsThrownAway) {
  constexpr uint32_t kSeed = 5;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 20; ++round) {
    const std::string copy = Copy();
    const std::string log = FilesEndingIn(copy, ".log").back();
    // Anywhere but in the last block of 32 KiB, where a changed length looks like a write cut
    // short.
    uint64_t offset = random() % (fs::file_size(log) - 32 * 1024);
    SCOPED_TRACE(offset);
    Flip(log, offset);
    absl::Status status = OpenRocksDb(copy).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_EQ(OpenRocksDb(copy, {.read_only = true}).status().code(), absl::StatusCode::kDataLoss);

    Flip(log, offset);
    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(copy);
    ASSERT_OK(store.status());
    EXPECT_EQ(CountNumberedCommits(**store), kCommits);
  }
}

TEST_F(RocksDbDamageTest, AWriteCutShortAtTheEndOfTheLogIsDroppedAndNoOther) {
  uint64_t before_last = log_bytes_[kCommits - 1];
  uint64_t whole = log_bytes_[kCommits];
  uint64_t step = (whole - before_last) / 12;
  for (uint64_t bytes = before_last; bytes < whole; bytes += step) {
    SCOPED_TRACE(whole - bytes);
    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(Copy(bytes));
    ASSERT_OK(store.status());
    EXPECT_EQ(CountNumberedCommits(**store), kCommits - 1);
  }
  absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(Copy(whole - 1));
  ASSERT_OK(store.status());
  EXPECT_EQ(CountNumberedCommits(**store), kCommits - 1);
}

// The engine cannot know that more was acknowledged: what signs over the store must keep count
// elsewhere. There is never a hole.
TEST_F(RocksDbDamageTest, ALogCutAnywhereGivesTheCommitsBeforeTheCut) {
  constexpr uint32_t kSeed = 11;
  std::mt19937 random(kSeed);
  for (int round = 0; round < 20; ++round) {
    uint64_t bytes = log_bytes_[0] + random() % (log_bytes_[kCommits] - log_bytes_[0]);
    SCOPED_TRACE(bytes);
    uint64_t whole_commits = 0;
    while (log_bytes_[whole_commits + 1] <= bytes) ++whole_commits;
    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(Copy(bytes));
    ASSERT_OK(store.status());
    EXPECT_EQ(CountNumberedCommits(**store), whole_commits);
  }
}

TEST(RocksDbLogsTest, ALogBeforeTheLastThatIsGoneOrCutShortIsDataLoss) {
  TemporaryDirectory directory;
  const std::string path = directory / "kv";
  {
    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(path);
    ASSERT_OK(store.status());
    absl::StatusOr<std::unique_ptr<Writer>> writer = (*store)->OpenWriter();
    ASSERT_OK(writer.status());
    // The log is replaced when the buffer of writes is full; the first is kept for the epoch in it.
    for (int i = 0; i < 40 && FilesEndingIn(path, ".log").size() < 2; ++i) {
      Batch batch;
      batch.Put(std::to_string(i), std::string(kValueBytesMax, 'v'));
      ASSERT_OK((*writer)->Commit(batch, Durability::kSynced));
    }
  }
  std::vector<std::string> logs = FilesEndingIn(path, ".log");
  ASSERT_GE(logs.size(), 2u);
  const std::string whole = ReadFile(logs.front());

  fs::remove(logs.front());
  absl::Status status = OpenRocksDb(path).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;

  WriteFile(logs.front(), whole.substr(0, whole.size() / 2));
  status = OpenRocksDb(path).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;

  WriteFile(logs.front(), whole);
  EXPECT_OK(OpenRocksDb(path).status());
}

TEST_F(RocksDbDamageTest, AChangedByteInATableIsDataLossToEveryReadThatMeetsIt) {
  const std::string copy = FlushedCopy();
  std::string largest;
  for (const std::string& path : FilesEndingIn(copy, ".sst")) {
    if (largest.empty() || fs::file_size(path) > fs::file_size(largest)) largest = path;
  }
  Flip(largest, fs::file_size(largest) / 2);
  absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(copy);
  ASSERT_OK(store.status()) << "tables are checked when they are read";

  std::vector<std::string> read;
  auto note = [&](std::string_view key, std::string_view) {
    read.emplace_back(key);
    return true;
  };
  EXPECT_EQ((*store)->Scan({"", ""}, Order::kAscending, note).code(), absl::StatusCode::kDataLoss);
  ASSERT_FALSE(read.empty());
  EXPECT_LT(read.size(), 2 * kCommits);
  EXPECT_EQ((*store)->Scan({"", ""}, Order::kDescending, note).code(), absl::StatusCode::kDataLoss);

  size_t lost = 0;
  for (uint64_t number = 0; number < kCommits; ++number) {
    const Batch batch = NumberedCommit(number);
    for (const Batch::Write& write : batch.writes()) {
      absl::StatusOr<std::optional<std::string>> value = (*store)->Get(write.key);
      if (value.ok()) continue;
      EXPECT_EQ(value.status().code(), absl::StatusCode::kDataLoss);
      const std::vector<std::string> keys = {"latest", std::string(write.key)};
      EXPECT_EQ((*store)->MultiGet(keys).status().code(), absl::StatusCode::kDataLoss);
      ++lost;
    }
  }
  EXPECT_GT(lost, 0u);
}

TEST_F(RocksDbDamageTest, MissingFilesAreDataLossAndNeverAnEmptyStore) {
  for (const char* kind : {"CURRENT", "MANIFEST-", ".sst"}) {
    SCOPED_TRACE(kind);
    const std::string copy = FlushedCopy();
    int removed = 0;
    for (const auto& entry : fs::directory_iterator(copy)) {
      if (entry.path().string().find(kind) == std::string::npos) continue;
      fs::remove(entry.path());
      ++removed;
    }
    ASSERT_GT(removed, 0);
    absl::Status status = OpenRocksDb(copy).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    status = OpenRocksDb(copy, {.read_only = true}).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  }
}

}  // namespace
}  // namespace cradle::kv
