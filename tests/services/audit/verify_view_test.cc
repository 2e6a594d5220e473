// Whether a view is what the log folds to.
#include "services/audit/verify_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "services/audit/core/tile_directory.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/services/audit/log_fixture.h"

namespace cradle::audit::testing {
namespace {

using ::testing::HasSubstr;

// How often each event occurred.
class CountingView : public runtime::View {
 public:
  std::string_view name() const override { return "counting"; }
  absl::Status Fold(const runtime::FoldedEntry& folded,
                    runtime::ViewWriter& writer) const override {
    const std::string key =
        "v/event/" + std::to_string(static_cast<int>(folded.statement.message.event_case()));
    absl::StatusOr<std::optional<std::string>> counted = writer.Get(key);
    if (!counted.ok()) return counted.status();
    writer.Put(key, std::to_string(1 + std::stoi(counted->value_or("0"))));
    return absl::OkStatus();
  }
};

// The same view in a later release, whose indexes are others.
class LaterCountingView : public CountingView {
 public:
  uint32_t index_version() const override { return 1; }
};

class VerifyViewTest : public ::testing::Test {
 protected:
  VerifyViewTest() {
    log_.GrowTo(300);
    log_.Write(log_directory_.path());
    store_ = kv::OpenRocksDb(view_directory_.path() + "/view").value();
    writer_ = store_->OpenWriter().value();
    runtime::ViewWriter pending(store_.get());
    for (uint64_t i = 0; i < log_.size(); ++i) {
      const absl::Status folded =
          runtime::FoldEntry(view_, log_.library, i, log_.entries[i], pending);
      EXPECT_TRUE(folded.ok()) << folded;
    }
    EXPECT_TRUE(writer_->Commit(pending.ToBatch(), kv::Durability::kBuffered).ok());
  }

  void Edit(std::string_view key, const std::optional<std::string>& value) {
    kv::Batch batch;
    if (value) {
      batch.Put(key, *value);
    } else {
      batch.Delete(key);
    }
    ASSERT_TRUE(writer_->Commit(batch, kv::Durability::kBuffered).ok());
  }

  Report VerifyNow() const {
    VerifyViewOptions options;
    options.scratch_directory = scratch_.path();
    Report report = VerifyView(TileDirectory(log_directory_.path()), view_, *store_, options);
    EXPECT_TRUE(std::filesystem::is_empty(scratch_.path()));
    return report;
  }

  void ExpectDiverged(std::string_view key) const {
    const Report report = VerifyNow();
    EXPECT_EQ(report.verdict, Verdict::kDiverged) << Describe(report);
    EXPECT_TRUE(NamesSubject(report, Verdict::kDiverged, key)) << Describe(report);
    EXPECT_EQ(report.findings.size(), 1u) << Describe(report);
  }

  const CountingView view_;
  LogFixture log_;
  TemporaryDirectory log_directory_;
  TemporaryDirectory view_directory_;
  TemporaryDirectory scratch_;
  std::unique_ptr<kv::Store> store_;
  std::unique_ptr<kv::Writer> writer_;
};

constexpr char kGenerated[] = "v/event/97";

TEST_F(VerifyViewTest, ATrueViewIsVerified) {
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_EQ(report.entries, log_.size());
}

TEST_F(VerifyViewTest, AnEditedValueIsDivergedAndTheKeyNamed) {
  ASSERT_TRUE(store_->Get(kGenerated).value().has_value());
  Edit(kGenerated, "1000000");
  ExpectDiverged(kGenerated);
}

TEST_F(VerifyViewTest, AnEditedAdmissionStateIsDivergedToo) {
  std::string key;
  ASSERT_TRUE(store_
                  ->Scan(kv::Prefix("s/"), kv::Order::kDescending,
                         [&](std::string_view found, std::string_view) {
                           key = found;
                           return false;
                         })
                  .ok());
  Edit(key, "edited");
  ExpectDiverged(PrintableKey(key));
}

TEST_F(VerifyViewTest, AMissingKeyIsDiverged) {
  Edit(kGenerated, std::nullopt);
  ExpectDiverged(kGenerated);
}

TEST_F(VerifyViewTest, ASuperfluousKeyIsDiverged) {
  Edit(std::string("v/zz\x01\xff", 6), "planted");
  ExpectDiverged("v/zz\\x01\\xff");
}

TEST_F(VerifyViewTest, AViewThatSaysItHasFoldedMoreThanThereIsIsUnavailable) {
  Edit(runtime::kSizeKey, std::string("\0\0\0\0\0\1\0\0", 8));
  EXPECT_EQ(VerifyNow().verdict, Verdict::kUnavailable);
  Edit(runtime::kSizeKey, "?");
  ExpectDiverged("m/size");
}

TEST_F(VerifyViewTest, AViewThatIsBehindIsComparedWithWhatItHasFolded) {
  TemporaryDirectory fresh;
  std::unique_ptr<kv::Store> behind = kv::OpenRocksDb(fresh.path() + "/view").value();
  runtime::ViewWriter pending(behind.get());
  for (uint64_t i = 0; i < 20; ++i) {
    ASSERT_TRUE(runtime::FoldEntry(view_, log_.library, i, log_.entries[i], pending).ok());
  }
  ASSERT_TRUE(
      behind->OpenWriter().value()->Commit(pending.ToBatch(), kv::Durability::kBuffered).ok());
  const Report report = VerifyView(TileDirectory(log_directory_.path()), view_, *behind);
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_EQ(report.entries, 20u);
}

TEST_F(VerifyViewTest, AMissingRuleBundleIsUnverifiable) {
  std::filesystem::remove_all(log_directory_.path() + "/rule-data");
  EXPECT_EQ(VerifyNow().verdict, Verdict::kUnverifiable);
}

TEST_F(VerifyViewTest, AnEntryThatDoesNotFoldIsTamperedAndNamed) {
  std::swap(log_.entries[40], log_.entries[41]);
  log_.WriteEntries(log_directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, 40) || Names(report, Verdict::kTampered, 41))
      << Describe(report);
}

TEST_F(VerifyViewTest, AStoreSaysByWhichVersionItWasFolded) {
  EXPECT_TRUE(runtime::IsOfThisVersion(view_, *store_).value());
  EXPECT_FALSE(runtime::IsOfThisVersion(LaterCountingView(), *store_).value());
  Edit(runtime::kVersionKey, std::nullopt);  // as the first release left it
  EXPECT_FALSE(runtime::IsOfThisVersion(view_, *store_).value());
  const auto empty = kv::OpenRocksDb(view_directory_.path() + "/empty").value();
  EXPECT_TRUE(runtime::IsOfThisVersion(view_, *empty).value());
}

}  // namespace
}  // namespace cradle::audit::testing
