// What OpenRocksDb makes of the directory it is given.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <filesystem>
#include <map>

#include "storage/kv/rocksdb_store.h"
#include "tests/storage/kv/child.h"
#include "tests/storage/kv/testing.h"

namespace cradle::kv {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

class RocksDbOpenTest : public testing::Test {
 protected:
  // Makes a store at `path` with the one key "batch".
  void MakeStore(const std::string& path) {
    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(path);
    ASSERT_OK(store.status());
    absl::StatusOr<std::unique_ptr<Writer>> writer = (*store)->OpenWriter();
    ASSERT_OK(writer.status());
    Batch batch;
    batch.Put("batch", "value");
    ASSERT_OK((*writer)->Commit(batch, Durability::kSynced));
  }

  // Expects this code and words in the message.
  static void ExpectRefused(const absl::Status& status, absl::StatusCode code,
                            const testing::Matcher<std::string>& message) {
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), message);
  }

  static std::map<std::string, std::string> Contents(const std::string& path) {
    std::map<std::string, std::string> contents;
    for (const auto& entry : fs::directory_iterator(path)) {
      contents[entry.path().filename().string()] =
          entry.is_regular_file() ? ReadFile(entry.path().string()) : "";
    }
    return contents;
  }

  TemporaryDirectory directory_;
  const std::string path_ = directory_ / "kv";
};

TEST_F(RocksDbOpenTest, MakesAStoreWithItsParentDirectories) {
  const std::string deep = directory_ / "var/lib/cradle/ledger";
  ASSERT_NO_FATAL_FAILURE(MakeStore(deep));
  absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(deep, {.create_if_missing = false});
  ASSERT_OK(store.status());
  EXPECT_EQ(Get(**store, "batch"), "value");
}

TEST_F(RocksDbOpenTest, TakesARelativePathAndOneWithASlashAtItsEnd) {
  ASSERT_NO_FATAL_FAILURE(MakeStore(path_ + "/"));
  EXPECT_OK(OpenRocksDb(fs::relative(path_).string(), {.create_if_missing = false}).status());
}

TEST_F(RocksDbOpenTest, MakesNothingUnlessTold) {
  for (const RocksDbOptions& options :
       {RocksDbOptions{.create_if_missing = false}, RocksDbOptions{.read_only = true}}) {
    ExpectRefused(OpenRocksDb(path_, options).status(), absl::StatusCode::kNotFound,
                  HasSubstr("there is no store in"));
    EXPECT_FALSE(fs::exists(path_));
    ExpectRefused(OpenRocksDb(directory_.path(), options).status(), absl::StatusCode::kNotFound,
                  HasSubstr(directory_.path()));
    EXPECT_TRUE(fs::is_empty(directory_.path()));
  }
}

TEST_F(RocksDbOpenTest, AnEmptyFileSystemIsAnEmptyDirectory) {
  fs::create_directories(directory_ / "kv/lost+found");
  ASSERT_NO_FATAL_FAILURE(MakeStore(path_));
}

TEST_F(RocksDbOpenTest, LeavesForeignDataAlone) {
  fs::create_directory(path_);
  WriteFile(path_ + "/ledger.xlsx", "somebody's work");
  std::map<std::string, std::string> before = Contents(path_);
  for (const RocksDbOptions& options : {RocksDbOptions(), RocksDbOptions{.read_only = true}}) {
    ExpectRefused(OpenRocksDb(path_, options).status(), absl::StatusCode::kFailedPrecondition,
                  AllOf(HasSubstr("not a Cradle store"), HasSubstr("ledger.xlsx")));
  }
  EXPECT_EQ(Contents(path_), before);
}

TEST_F(RocksDbOpenTest, LeavesTheRocksDbOfAnotherProgramAlone) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  ASSERT_TRUE(rocksdb::DB::Open(options, path_, &db).ok());
  delete db;
  std::map<std::string, std::string> before = Contents(path_);
  ExpectRefused(OpenRocksDb(path_).status(), absl::StatusCode::kFailedPrecondition,
                HasSubstr("not a Cradle store"));
  EXPECT_EQ(Contents(path_), before);
}

TEST_F(RocksDbOpenTest, AFileIsNoDirectory) {
  WriteFile(path_, "");
  ExpectRefused(OpenRocksDb(path_).status(), absl::StatusCode::kFailedPrecondition,
                HasSubstr("is not a directory"));
  ExpectRefused(OpenRocksDb(path_ + "/below").status(), absl::StatusCode::kFailedPrecondition,
                HasSubstr(path_));
}

TEST_F(RocksDbOpenTest, RefusesANewerFormatUntouched) {
  ASSERT_NO_FATAL_FAILURE(MakeStore(path_));
  WriteFile(path_ + "/CRADLE", "cradle key-value store\nengine rocksdb\nformat 2\nmore 5\n");
  std::map<std::string, std::string> before = Contents(path_);
  ExpectRefused(OpenRocksDb(path_).status(), absl::StatusCode::kFailedPrecondition,
                AllOf(HasSubstr("format 2"), HasSubstr("newer than this program")));
  EXPECT_EQ(Contents(path_), before);
}

TEST_F(RocksDbOpenTest, RefusesTheStoreOfAnotherEngine) {
  fs::create_directory(path_);
  WriteFile(path_ + "/CRADLE", "cradle key-value store\nengine other\nformat 1\n");
  ExpectRefused(OpenRocksDb(path_).status(), absl::StatusCode::kFailedPrecondition,
                HasSubstr("another engine than rocksdb"));
}

TEST_F(RocksDbOpenTest, AMarkerThatCannotBeReadIsDataLoss) {
  ASSERT_NO_FATAL_FAILURE(MakeStore(path_));
  for (const char* damaged : {"", "cradle key", "cradle key-value store\nengine rocksdb\n",
                              "cradle key-value store\nengine rocksdb\nformat \n",
                              "cradle key-value store\nengine rocksdb\nformat 1",
                              "cradle key-value store\nengine rocksdb\nformat 0\n",
                              "cradle key-value store\nengine rocksdb\nformat one\n"}) {
    WriteFile(path_ + "/CRADLE", damaged);
    ExpectRefused(OpenRocksDb(path_).status(), absl::StatusCode::kDataLoss, HasSubstr("CRADLE"));
  }
}

TEST_F(RocksDbOpenTest, AStoreInUseByThisProcessIsNotOpenedAgain) {
  absl::StatusOr<std::unique_ptr<Store>> first = OpenRocksDb(path_);
  ASSERT_OK(first.status());
  ExpectRefused(OpenRocksDb(path_).status(), absl::StatusCode::kFailedPrecondition,
                HasSubstr("is in use"));
  first->reset();
  EXPECT_OK(OpenRocksDb(path_).status());
}

TEST_F(RocksDbOpenTest, AStoreInUseByAnotherProcessIsNotOpenedUntilItEnds) {
  Child child({"open", path_});
  ASSERT_EQ(child.ReadLine(), "OK");
  ExpectRefused(OpenRocksDb(path_).status(), absl::StatusCode::kFailedPrecondition,
                AllOf(HasSubstr("is in use"), HasSubstr("another process")));
  child.CloseInput();
  child.Wait();
  EXPECT_OK(OpenRocksDb(path_).status());
}

TEST_F(RocksDbOpenTest, MakingAStoreIsTakenUpAgainAfterItWasInterrupted) {
  for (bool engine_files_were_made : {false, true}) {
    SCOPED_TRACE(engine_files_were_made);
    fs::remove_all(path_);
    fs::create_directory(path_);
    if (engine_files_were_made) {
      ASSERT_OK(OpenRocksDb(path_).status());
    }
    fs::remove(path_ + "/CRADLE");
    WriteFile(path_ + "/UNFINISHED", "");
    ExpectRefused(OpenRocksDb(path_, {.create_if_missing = false}).status(),
                  absl::StatusCode::kNotFound, HasSubstr("there is no store"));
    ASSERT_NO_FATAL_FAILURE(MakeStore(path_));
    EXPECT_FALSE(fs::exists(path_ + "/UNFINISHED"));
    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(path_);
    ASSERT_OK(store.status());
    EXPECT_EQ(Get(**store, "batch"), "value");
  }
}

// The superuser may do anything, so these are done by a child without rights.
class RocksDbPermissionTest : public RocksDbOpenTest {
 protected:
  static std::string OpenAsNobody(const std::string& path, const char* more = "") {
    Child child({"open", path, "nobody", more});
    std::string code = child.ReadLine().value_or("the child ended");
    return code + ": " + child.ReadLine().value_or("");
  }
};

TEST_F(RocksDbPermissionTest, ADirectoryThatMayNotBeMadeSaysSo) {
  fs::permissions(directory_.path(), fs::perms::owner_read | fs::perms::owner_exec |
                                         fs::perms::others_read | fs::perms::others_exec);
  EXPECT_THAT(OpenAsNobody(path_), AllOf(HasSubstr("PERMISSION_DENIED"), HasSubstr(path_)));
  fs::permissions(directory_.path(), fs::perms::owner_all);
}

TEST_F(RocksDbPermissionTest, AStoreThatMayNotBeWrittenSaysSoAndCanBeReadReadOnly) {
  ASSERT_NO_FATAL_FAILURE(MakeStore(path_));
  auto unwritable = fs::perms::owner_read | fs::perms::others_read;
  for (const auto& entry : fs::directory_iterator(path_)) {
    fs::permissions(entry.path(), unwritable);
  }
  fs::permissions(path_, unwritable | fs::perms::owner_exec | fs::perms::others_exec);
  std::map<std::string, std::string> before = Contents(path_);
  EXPECT_THAT(OpenAsNobody(path_), AllOf(HasSubstr("PERMISSION_DENIED"), HasSubstr(path_)));
  EXPECT_THAT(OpenAsNobody(path_, "read-only"), HasSubstr("OK"));
  EXPECT_EQ(Contents(path_), before);
  fs::permissions(path_, fs::perms::owner_all);
}

TEST_F(RocksDbPermissionTest, AStoreThatMayNotBeReadSaysSo) {
  ASSERT_NO_FATAL_FAILURE(MakeStore(path_));
  fs::permissions(path_, fs::perms::none);
  EXPECT_THAT(OpenAsNobody(path_), AllOf(HasSubstr("PERMISSION_DENIED"), HasSubstr(path_)));
  EXPECT_THAT(OpenAsNobody(path_, "read-only"), HasSubstr("PERMISSION_DENIED"));
  fs::permissions(path_, fs::perms::owner_all);
}

TEST_F(RocksDbOpenTest, ReadOnlyReadsAndWritesNothing) {
  ASSERT_NO_FATAL_FAILURE(MakeStore(path_));
  std::map<std::string, std::string> before = Contents(path_);
  {
    absl::StatusOr<std::unique_ptr<Store>> store = OpenRocksDb(path_, {.read_only = true});
    ASSERT_OK(store.status());
    absl::StatusOr<std::unique_ptr<Store>> another = OpenRocksDb(path_, {.read_only = true});
    ASSERT_OK(another.status());
    EXPECT_EQ(Get(**store, "batch"), "value");
    EXPECT_EQ(Get(*(*another)->Snapshot(), "batch"), "value");
    ExpectRefused((*store)->OpenWriter().status(), absl::StatusCode::kFailedPrecondition,
                  HasSubstr("read-only"));
  }
  EXPECT_EQ(Contents(path_), before);
}

}  // namespace
}  // namespace cradle::kv
