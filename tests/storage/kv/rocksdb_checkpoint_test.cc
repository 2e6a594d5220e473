// Copies of a RocksDB store taken while it is in use.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "storage/kv/rocksdb_store.h"
#include "tests/storage/kv/commits.h"
#include "tests/storage/kv/testing.h"

namespace cradle::kv {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class RocksDbCheckpointTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(directory_ / "kv");
    ASSERT_OK(store.status());
    store_ = *std::move(store);
    absl::StatusOr<std::unique_ptr<Writer>> writer = store_->OpenWriter();
    ASSERT_OK(writer.status());
    writer_ = *std::move(writer);
  }

  void CommitTo(uint64_t count) {
    for (; committed_ < count; ++committed_) {
      ASSERT_OK(writer_->Commit(NumberedCommit(committed_), Durability::kBuffered));
    }
  }

  TemporaryDirectory directory_;
  const std::string copy_ = directory_ / "copy";
  std::unique_ptr<Store> store_;
  std::unique_ptr<Writer> writer_;
  uint64_t committed_ = 0;
};

TEST_F(RocksDbCheckpointTest, ACopyHasWhatWasCommittedAndIsAStoreOfItsOwn) {
  ASSERT_NO_FATAL_FAILURE(CommitTo(40));
  ASSERT_OK(CheckpointRocksDb(*store_, copy_));
  ASSERT_NO_FATAL_FAILURE(CommitTo(50));

  absl::StatusOr<std::unique_ptr<Store>> copy = OpenRocksDb(copy_, {.create_if_missing = false});
  ASSERT_OK(copy.status());
  EXPECT_EQ(CountNumberedCommits(**copy), 40u);
  absl::StatusOr<std::unique_ptr<Writer>> writer = (*copy)->OpenWriter();
  ASSERT_OK(writer.status());
  EXPECT_GT((*writer)->epoch(), writer_->epoch()) << "a copy knows who wrote last";
  ASSERT_OK((*writer)->Commit(NumberedCommit(40), Durability::kSynced));
  EXPECT_EQ(CountNumberedCommits(**copy), 41u);
  EXPECT_EQ(CountNumberedCommits(*store_), 50u);
}

TEST_F(RocksDbCheckpointTest, CopiesTakenUnderLoadHaveEveryCommitBeforeThemAndNoHole) {
  std::atomic<uint64_t> acknowledged = 0;
  std::atomic<bool> done = false;
  std::atomic<bool> failed = false;
  std::thread load([&] {
    for (uint64_t number = 0; !done && !failed; ++number) {
      failed = !writer_->Commit(NumberedCommit(number), Durability::kBuffered).ok();
      if (!failed) acknowledged = number + 1;
    }
  });
  struct Copy {
    absl::Status status;
    uint64_t before;
    uint64_t after;
  };
  std::vector<Copy> copies;
  for (int i = 0; i < 8; ++i) {
    uint64_t before = acknowledged;
    absl::Status status = CheckpointRocksDb(*store_, copy_ + std::to_string(i));
    copies.push_back({status, before, acknowledged});
  }
  done = true;
  load.join();
  EXPECT_FALSE(failed);
  for (int i = 0; i < 8; ++i) {
    SCOPED_TRACE(i);
    ASSERT_OK(copies[i].status);
    absl::StatusOr<std::unique_ptr<Store>> copy =
        OpenRocksDb(copy_ + std::to_string(i), {.create_if_missing = false});
    ASSERT_OK(copy.status());
    uint64_t found = CountNumberedCommits(**copy);
    EXPECT_GE(found, copies[i].before);
    EXPECT_LE(found, copies[i].after + 1);
  }
}

TEST_F(RocksDbCheckpointTest, OverwritesNothing) {
  for (const std::string& taken : {copy_, copy_ + ".partial"}) {
    fs::create_directory(taken);
    absl::Status status = CheckpointRocksDb(*store_, copy_);
    EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
    EXPECT_THAT(std::string(status.message()), HasSubstr("'" + taken + "'"));
    EXPECT_TRUE(fs::is_empty(taken));
    fs::remove(taken);
  }
  EXPECT_OK(CheckpointRocksDb(*store_, copy_));
}

TEST_F(RocksDbCheckpointTest, ATargetThatCannotBeMadeLeavesNothingBehind) {
  absl::Status status = CheckpointRocksDb(*store_, directory_ / "absent/copy");
  EXPECT_FALSE(status.ok());
  EXPECT_THAT(std::string(status.message()), HasSubstr("absent/copy"));
  EXPECT_FALSE(fs::exists(directory_ / "absent"));
}

TEST_F(RocksDbCheckpointTest, AReadOnlyStoreIsCopiedByItsDirectory) {
  absl::StatusOr<std::unique_ptr<Store>> store =
      OpenRocksDb(directory_ / "kv", {.read_only = true});
  ASSERT_OK(store.status());
  EXPECT_EQ(CheckpointRocksDb(**store, copy_).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_FALSE(fs::exists(copy_));
}

}  // namespace
}  // namespace cradle::kv
