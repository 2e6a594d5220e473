// A store that another release wrote: its admission state is folded anew at the start, all else
// stays as it is.
#include "services/ledger/state_rebuild.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/ledger/marks.h"
#include "services/ledger/store_layout.h"
#include "services/rules/state.h"
#include "services/rules/state_keys.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::ledger::testing {
namespace {

using ::testing::HasSubstr;
using Rows = std::map<std::string, std::string>;

// More entries than a tile has, so that more than one is read.
constexpr int kBatches = 260;
constexpr RebuildOptions kSmallCommits{.commit_keys_max = 400};

class StateRebuildTest : public ::testing::Test {
 protected:
  StateRebuildTest() {
    library_.Add(SampleRuleData());
    ledger_.Found();
    Custody custody(ledger_.signers);
    ledger_.Admit(custody.registrations);
    WasteBatch carried;
    std::vector<evidence::SignedStatement> statements{
        ledger_.signers.Generate(custody.producer, carried)};
    for (int i = 0; i < kBatches; ++i) {
      WasteBatch batch;
      statements.push_back(ledger_.signers.Generate(custody.producer, batch));
    }
    ledger_.Admit(std::move(statements));
    ledger_.clock.Set(kStartMs + 100LL * 24 * 3'600'000);  // too late: a mark
    for (const Admission& admission : ledger_.Admit(ledger_.signers.Carry(
             custody.producer, custody.carrier, custody.vehicle, custody.receiver, {carried}))) {
      if (!admission.marks.empty()) marked_index_ = admission.index;
    }
    producer_ = custody.producer;
    size_ = ledger_.ledger->size();
    ledger_.Close();
    Reopen();
    whole_ = All();
  }
  ~StateRebuildTest() override { store_.reset(); }

  void Reopen() {
    store_.reset();
    store_ = kv::OpenRocksDb(ledger_.directory + "/store").value();
    faulty_ = std::make_unique<FaultyStore>(store_.get(), &faults_);
    writer_ = faulty_->OpenWriter().value();
  }

  Rows All() const {
    Rows rows;
    EXPECT_EQ(store_->Scan({"", ""}, kv::Order::kAscending,
                           [&rows](std::string_view key, std::string_view value) {
                             rows.emplace(key, value);
                             return true;
                           }),
              absl::OkStatus());
    return rows;
  }
  // What is not the admission state.
  static Rows WithoutState(Rows rows) {
    std::erase_if(rows, [](const auto& row) {
      return row.first == kStateVersionKey || row.first.starts_with(rules::keys::kStatePrefix) ||
             row.first.starts_with(kFormerChainPrefix);
    });
    return rows;
  }

  void Write(const kv::Batch& batch) {
    EXPECT_EQ(store_->OpenWriter().value()->Commit(batch, kv::Durability::kSynced),
              absl::OkStatus());
    Reopen();
  }
  void Put(std::string_view key, std::string_view value) {
    kv::Batch batch;
    batch.Put(key, value);
    Write(batch);
  }
  void Delete(std::string_view key) {
    kv::Batch batch;
    batch.Delete(key);
    Write(batch);
  }

  // As the release before would have left it: no number, other bytes, keys that are no more.
  void MakeOlder() {
    kv::Batch batch;
    batch.Delete(kStateVersionKey);
    for (const auto& [key, value] : whole_) {
      if (key.starts_with(rules::keys::kStatePrefix)) batch.Put(key, value + "older");
    }
    for (int i = 0; i < 300; ++i) batch.Put("s/gone/" + BigEndian(i), "x");
    for (int i = 0; i < 300; ++i) {
      batch.Put(std::string(kFormerChainPrefix) + BigEndian(i), BigEndian(i));
    }
    Write(batch);
  }

  absl::Status Rebuild(const RebuildOptions& options = {}) {
    return RebuildOlderState(library_, *faulty_, *writer_, size_, options);
  }
  void ExpectFails(absl::StatusCode code, const std::string& why) {
    const absl::Status status = Rebuild();
    EXPECT_EQ(status.code(), code) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
    EXPECT_NE(store_->Get(kStateVersionKey).value(), BigEndian(rules::kStateVersion));
  }

  TestLedger ledger_;
  Enterprise producer_;
  rules::RuleDataLibrary library_;
  Faults faults_;
  std::unique_ptr<kv::Store> store_;
  std::unique_ptr<kv::Store> faulty_;
  std::unique_ptr<kv::Writer> writer_;
  uint64_t size_ = 0;
  uint64_t marked_index_ = 0;
  Rows whole_;
};

TEST_F(StateRebuildTest, ANewLogHasTheNumberOfThisBuild) {
  EXPECT_EQ(whole_.at(std::string(kStateVersionKey)), BigEndian(rules::kStateVersion));
  EXPECT_EQ(ReadStateVersion(*store_).value(), rules::kStateVersion);
}

TEST_F(StateRebuildTest, WhatHasTheNumberIsNotTouched) {
  faults_.disk_full = true;  // no commit would pass
  EXPECT_EQ(Rebuild(), absl::OkStatus());
  EXPECT_EQ(All(), whole_);
}

TEST_F(StateRebuildTest, AnOlderStateIsFoldedAnewAndNothingElseIsWritten) {
  for (const RebuildOptions& options : {RebuildOptions{}, kSmallCommits}) {
    MakeOlder();
    ASSERT_NE(All(), whole_);
    EXPECT_EQ(ReadStateVersion(*store_).value(), 1u);
    ASSERT_EQ(Rebuild(options), absl::OkStatus());
    EXPECT_EQ(All(), whole_);
  }
}

TEST_F(StateRebuildTest, AStopAfterAnyCommitIsTakenUpByTheNextStart) {
  // Of so many commits the last is refused: all before it are on the disk.
  int stops = 0;
  for (int commits = 1;; ++commits) {
    MakeOlder();
    faults_.commits_left = commits - 1;
    const absl::Status status = Rebuild(kSmallCommits);
    faults_.commits_left = -1;
    if (status.ok()) break;
    ++stops;
    EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
    const Rows left = All();
    EXPECT_EQ(WithoutState(left), WithoutState(whole_));
    if (commits > 1) {  // no build takes what is there for a whole state
      EXPECT_FALSE(left.contains(rules::keys::Log()));
      EXPECT_FALSE(left.contains(std::string(kStateVersionKey)));
    }
    Reopen();
    ASSERT_EQ(Rebuild(kSmallCommits), absl::OkStatus());
    ASSERT_EQ(All(), whole_) << "after " << commits - 1 << " commits";
  }
  EXPECT_GT(stops, 5);
}

TEST_F(StateRebuildTest, ALedgerStartsFromIt) {
  MakeOlder();
  writer_.reset();
  faulty_.reset();
  store_.reset();
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  WasteBatch batch;
  EXPECT_EQ(ledger_.Admit(ledger_.signers.Generate(producer_, batch)).index, size_);
  EXPECT_EQ(ReadStateVersion(*ledger_.store).value(), rules::kStateVersion);
}

TEST_F(StateRebuildTest, ANewerStateIsRefused) {
  Put(kStateVersionKey, BigEndian(rules::kStateVersion + 1));
  const Rows before = All();
  const absl::Status status = Rebuild();
  EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("Serve it with that one"));
  EXPECT_EQ(All(), before);
}

TEST_F(StateRebuildTest, ANumberThatIsNoneIsDamage) {
  Put(kStateVersionKey, "2");
  EXPECT_TRUE(absl::IsDataLoss(Rebuild()));
}

TEST_F(StateRebuildTest, AMarkThatWasNotThereStopsIt) {
  MakeOlder();
  Delete(MarksKey(marked_index_));
  ExpectFails(absl::StatusCode::kFailedPrecondition,
              "entry " + std::to_string(marked_index_) + " was admitted with no marks");
}

TEST_F(StateRebuildTest, AMarkThatIsNoMoreStopsIt) {
  MakeOlder();
  const uint64_t unmarked = 1;
  ASSERT_FALSE(whole_.contains(MarksKey(unmarked)));
  Put(MarksKey(unmarked), whole_.at(MarksKey(marked_index_)));
  ExpectFails(absl::StatusCode::kFailedPrecondition, "this program finds no marks");
}

TEST_F(StateRebuildTest, AMarkInOtherWordsStopsIt) {
  MakeOlder();
  auto marks = DecodeMarks(whole_.at(MarksKey(marked_index_))).value();
  marks[0].message_en += " ";
  Put(MarksKey(marked_index_), EncodeMarks(marks));
  ExpectFails(absl::StatusCode::kFailedPrecondition, "an older verdict would change");
}

TEST_F(StateRebuildTest, AnEntryThatIsNotItsLeafIsNamed) {
  MakeOlder();
  const uint64_t early = 5;  // the ledger's start looks at the last tile alone
  std::string entry = whole_.at(EntryKey(early));
  entry[12] ^= 1;  // of its recorded time or salt: still an entry
  Put(EntryKey(early), entry);
  ExpectFails(absl::StatusCode::kDataLoss, "entry 5 ");
}

TEST_F(StateRebuildTest, ABundleThatIsNotAtHandIsNamed) {
  MakeOlder();
  library_ = rules::RuleDataLibrary();
  ExpectFails(absl::StatusCode::kUnimplemented, "entry 0: ");
}

}  // namespace
}  // namespace cradle::ledger::testing
