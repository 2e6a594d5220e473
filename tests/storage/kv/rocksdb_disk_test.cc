// The RocksDB engine on a disk that is full, fails, or loses power.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <random>

#include "storage/kv/rocksdb_options.h"
#include "tests/storage/kv/child.h"
#include "tests/storage/kv/commits.h"
#include "tests/storage/kv/simulated_disk.h"
#include "tests/storage/kv/testing.h"

namespace cradle::kv {
namespace {

using testing::HasSubstr;

constexpr Durability kBothDurabilities[] = {Durability::kBuffered, Durability::kSynced};

class RocksDbDiskTest : public testing::Test {
 protected:
  // What RocksDB says of the failures made here is no news.
  static void SetUpTestSuite() { spdlog::set_level(spdlog::level::off); }

  void Open() {
    absl::StatusOr<std::unique_ptr<Store>> opened =
        OpenRocksDbIn(env_.get(), directory_ / "kv", {});
    ASSERT_OK(opened.status());
    store_ = *std::move(opened);
  }
  void OpenWriter() {
    absl::StatusOr<std::unique_ptr<Writer>> opened = store_->OpenWriter();
    ASSERT_OK(opened.status());
    writer_ = *std::move(opened);
  }
  void Close() {
    writer_.reset();
    store_.reset();
  }
  absl::Status CommitNext(Durability durability) {
    absl::Status status = writer_->Commit(NumberedCommit(acknowledged_), durability);
    if (status.ok()) ++acknowledged_;
    return status;
  }

  TemporaryDirectory directory_;
  std::shared_ptr<SimulatedDisk> disk_ = std::make_shared<SimulatedDisk>();
  std::unique_ptr<rocksdb::Env> env_ = SimulatedDisk::MakeEnv(disk_);
  std::unique_ptr<Store> store_;
  std::unique_ptr<Writer> writer_;
  uint64_t acknowledged_ = 0;
};

TEST_F(RocksDbDiskTest, RefusesCommitsWhileTheDiskIsNearlyFullAndGoesOnWhenItIsNot) {
  ASSERT_NO_FATAL_FAILURE(Open());
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
  ASSERT_OK(CommitNext(Durability::kSynced));
  disk_->ReportFree(kFreeBytesMin);
  for (Durability durability : kBothDurabilities) {
    absl::Status status = CommitNext(durability);
    EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
    EXPECT_THAT(std::string(status.message()), HasSubstr("64 MiB free"));
  }
  EXPECT_EQ(store_->OpenWriter().status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(CountNumberedCommits(*store_), 1u);
  disk_->ReportFree(std::nullopt);
  EXPECT_OK(CommitNext(Durability::kSynced)) << "the writer was not fenced by one never opened";
  EXPECT_EQ(CountNumberedCommits(*store_), 2u);
}

TEST_F(RocksDbDiskTest, ADiskThatFillsUpWithinACommitLosesNothingAcknowledged) {
  for (uint64_t bytes_left : {0, 1, 20'000, 150'000}) {
    SCOPED_TRACE(bytes_left);
    ASSERT_NO_FATAL_FAILURE(Open());
    ASSERT_NO_FATAL_FAILURE(OpenWriter());
    ASSERT_OK(CommitNext(Durability::kSynced));
    ASSERT_OK(CommitNext(Durability::kBuffered));
    disk_->LimitAppends(bytes_left);
    absl::Status status;
    while (status.ok()) status = CommitNext(Durability::kSynced);
    // Part of the commit is in the log: whether recovery finds all of it, RocksDB does not say.
    EXPECT_EQ(status.code(), absl::StatusCode::kUnknown);
    EXPECT_THAT(std::string(status.message()), HasSubstr("reopen the store"));
    EXPECT_EQ(CountNumberedCommits(*store_), acknowledged_);

    disk_->LimitAppends(std::nullopt);
    for (Durability durability : kBothDurabilities) {
      EXPECT_EQ(CommitNext(durability).code(), absl::StatusCode::kUnknown);
    }
    EXPECT_EQ(store_->OpenWriter().status().code(), absl::StatusCode::kUnknown);
    Close();
    ASSERT_NO_FATAL_FAILURE(Open());
    uint64_t found = CountNumberedCommits(*store_);
    EXPECT_GE(found, acknowledged_);
    EXPECT_LE(found, acknowledged_ + 1);
    acknowledged_ = found;
    Close();
  }
}

TEST_F(RocksDbDiskTest, ACommitWhoseSyncFailsIsUnknownUntilReopened) {
  ASSERT_NO_FATAL_FAILURE(Open());
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
  ASSERT_OK(CommitNext(Durability::kSynced));
  disk_->FailSyncs(true);
  EXPECT_EQ(CommitNext(Durability::kSynced).code(), absl::StatusCode::kUnknown);
  disk_->FailSyncs(false);
  EXPECT_EQ(CommitNext(Durability::kSynced).code(), absl::StatusCode::kUnknown);
  EXPECT_EQ(CommitNext(Durability::kBuffered).code(), absl::StatusCode::kUnknown);
  Close();
  ASSERT_NO_FATAL_FAILURE(Open());
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
  uint64_t found = CountNumberedCommits(*store_);
  EXPECT_GE(found, 1u);
  EXPECT_LE(found, 2u);
  acknowledged_ = found;
  EXPECT_OK(CommitNext(Durability::kSynced));
  EXPECT_EQ(CountNumberedCommits(*store_), found + 1);
}

TEST_F(RocksDbDiskTest, ADiskTooFullToFlushRefusesCommitsAndLosesNothing) {
  ASSERT_NO_FATAL_FAILURE(Open());
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
  disk_->LimitAppends(0, ".sst");
  absl::Status status;
  while (status.ok() && acknowledged_ < 10'000) status = CommitNext(Durability::kBuffered);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(CountNumberedCommits(*store_), acknowledged_);
  disk_->LimitAppends(std::nullopt);
  Close();
  ASSERT_NO_FATAL_FAILURE(Open());
  EXPECT_EQ(CountNumberedCommits(*store_), acknowledged_) << "a refused commit was written";
}

TEST_F(RocksDbDiskTest, OpeningOnAFullDiskSaysSo) {
  disk_->LimitAppends(0);
  EXPECT_EQ(OpenRocksDbIn(env_.get(), directory_ / "new", {}).status().code(),
            absl::StatusCode::kResourceExhausted);
  disk_->LimitAppends(std::nullopt);
  EXPECT_OK(OpenRocksDbIn(env_.get(), directory_ / "new", {}).status());

  ASSERT_NO_FATAL_FAILURE(Open());
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
  ASSERT_OK(CommitNext(Durability::kSynced));
  Close();
  disk_->LimitAppends(0);
  EXPECT_EQ(OpenRocksDbIn(env_.get(), directory_ / "kv", {}).status().code(),
            absl::StatusCode::kResourceExhausted);
  disk_->LimitAppends(std::nullopt);
  ASSERT_NO_FATAL_FAILURE(Open());
  EXPECT_EQ(CountNumberedCommits(*store_), 1u);
}

TEST_F(RocksDbDiskTest, AStoreIsOpenedReadOnlyWhenThereIsNoRoomToOpenItForWriting) {
  ASSERT_NO_FATAL_FAILURE(Open());
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
  ASSERT_OK(CommitNext(Durability::kSynced));
  Close();
  disk_->ReportFree(kFreeBytesMinToOpen);
  absl::Status status = OpenRocksDbIn(env_.get(), directory_ / "kv", {}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_THAT(std::string(status.message()), HasSubstr("8 MiB are free"));
  absl::StatusOr<std::unique_ptr<Store>> store =
      OpenRocksDbIn(env_.get(), directory_ / "kv", {.read_only = true});
  ASSERT_OK(store.status());
  EXPECT_EQ(CountNumberedCommits(**store), 1u);
}

TEST_F(RocksDbDiskTest, SyncedCommitsAndAllBeforeThemSurviveAPowerCut) {
  constexpr uint32_t kSeed = 7;
  std::mt19937 random(kSeed);
  for (int cut = 0; cut < 12; ++cut) {
    SCOPED_TRACE(cut);
    ASSERT_NO_FATAL_FAILURE(Open());
    ASSERT_NO_FATAL_FAILURE(OpenWriter());
    uint64_t synced = acknowledged_;
    // Enough for the log to be replaced, in some cuts.
    for (uint32_t commits = random() % 300; commits > 0; --commits) {
      bool sync = random() % 4 == 0;
      ASSERT_OK(CommitNext(sync ? Durability::kSynced : Durability::kBuffered));
      if (sync) synced = acknowledged_;
    }
    disk_->CutPower();
    Close();
    disk_->RestorePower();
    ASSERT_NO_FATAL_FAILURE(Open());
    uint64_t found = CountNumberedCommits(*store_);
    EXPECT_GE(found, synced);
    EXPECT_LE(found, acknowledged_);
    acknowledged_ = found;
    Close();
  }
}

// Every single change to the disk is the last one in turn, from making the store to closing it the
// second time.
class RocksDbEveryChangeTest : public RocksDbDiskTest,
                               public testing::WithParamInterface<SimulatedDisk::Unsynced> {};

TEST_P(RocksDbEveryChangeTest, MayBeTheLastAndTheStoreOpensWithWhatWasAcknowledged) {
  const std::string path = directory_ / "kv";
  bool cut = true;
  int changes = 0;
  for (; cut; ++changes) {
    SCOPED_TRACE(changes);
    std::filesystem::remove_all(path);
    uint64_t tried = 0;
    uint64_t durable = 0;
    uint64_t epoch = 0;
    disk_->CutPowerAfter(static_cast<uint64_t>(changes));
    for (int session = 0; session < 2; ++session) {
      absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDbIn(env_.get(), path, {});
      if (!store.ok()) break;
      absl::StatusOr<std::unique_ptr<Writer>> writer = (*store)->OpenWriter();
      if (!writer.ok()) break;
      EXPECT_GT((*writer)->epoch(), epoch);
      epoch = (*writer)->epoch();
      for (int i = 0; i < 6; ++i) {
        Durability durability = i % 2 == 1 ? Durability::kSynced : Durability::kBuffered;
        if (!(*writer)->Commit(NumberedCommit(tried++), durability).ok()) break;
        if (durability == Durability::kSynced || GetParam() == SimulatedDisk::Unsynced::kKept) {
          durable = tried;
        }
      }
    }
    cut = disk_->power_is_cut();
    disk_->RestorePower(GetParam());
    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDbIn(env_.get(), path, {});
    ASSERT_OK(store.status());
    uint64_t found = CountNumberedCommits(**store);
    EXPECT_GE(found, durable);
    EXPECT_LE(found, tried);
    absl::StatusOr<std::unique_ptr<Writer>> writer = (*store)->OpenWriter();
    ASSERT_OK(writer.status());
    EXPECT_GT((*writer)->epoch(), epoch);
  }
  EXPECT_GT(changes, 50) << "the cuts must have met something";
}

INSTANTIATE_TEST_SUITE_P(Unsynced, RocksDbEveryChangeTest,
                         testing::Values(SimulatedDisk::Unsynced::kLost,
                                         SimulatedDisk::Unsynced::kKept),
                         [](const auto& unsynced) {
                           return unsynced.param == SimulatedDisk::Unsynced::kLost ? "PowerCut"
                                                                                   : "Kill";
                         });

TEST_F(RocksDbDiskTest, TheEpochSurvivesAPowerCut) {
  ASSERT_NO_FATAL_FAILURE(Open());
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
  uint64_t epoch = writer_->epoch();
  disk_->CutPower();
  Close();
  disk_->RestorePower();
  ASSERT_NO_FATAL_FAILURE(Open());
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
  EXPECT_GT(writer_->epoch(), epoch);
}

// The tests above simulate the full disk and always run; this one fills a real one.
TEST_F(RocksDbDiskTest, ARealSmallDiskFillsUpAndIsReadAgain) {
  Child child({"fill", directory_.path()});
  std::string first = child.ReadLine().value_or("");
  if (first != "mounted") GTEST_SKIP() << first;
  EXPECT_EQ(child.ReadLine(), "RESOURCE_EXHAUSTED");
  EXPECT_THAT(child.ReadLine().value_or(""), HasSubstr("nothing was written"));
  std::string acknowledged = child.ReadLine().value_or("");
  EXPECT_NE(acknowledged, "0");
  EXPECT_EQ(child.ReadLine(), "RESOURCE_EXHAUSTED") << "when opened with not a byte free";
  child.ReadLine();
  EXPECT_EQ(child.ReadLine(), "OK") << "when opened after space was freed";
  child.ReadLine();
  EXPECT_EQ(child.ReadLine(), acknowledged);
}

}  // namespace
}  // namespace cradle::kv
