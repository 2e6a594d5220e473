// What a ledger finds at its start, and what it makes of it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "services/ledger/journal.h"
#include "services/ledger/store_layout.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/note.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/services/ledger/file_size_limit.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::ledger::testing {
namespace {

using evidence::SignedStatement;

class RestartTest : public ::testing::Test {
 protected:
  RestartTest() {
    ledger_.Found();
    std::vector<SignedStatement> out;
    producer_ = ledger_.signers.Register(statement::v1::ORGANISATION_ROLE_PRODUCER,
                                         statement::v1::FACILITY_KIND_STORAGE_WAREHOUSE, out);
    ledger_.Admit(out);
  }

  Admission Append() {
    WasteBatch batch;
    last_ = ledger_.signers.Generate(producer_, batch);
    return ledger_.Admit(last_);
  }
  std::string Checkpoint() { return ledger_.ledger->Checkpoint().value(); }
  void ExpectRefusedToSign(const std::string& why) {
    const absl::Status status = ledger_.Open();
    EXPECT_TRUE(absl::IsFailedPrecondition(status)) << status;
    EXPECT_NE(status.message().find(why), std::string::npos) << status;
  }
  // Changes the store behind the ledger's back.
  void Put(const std::string& key, const std::string& value) {
    ledger_.Close();
    auto store = kv::OpenRocksDb(ledger_.directory + "/store").value();
    kv::Batch batch;
    batch.Put(key, value);
    EXPECT_EQ(store->OpenWriter().value()->Commit(batch, kv::Durability::kSynced),
              absl::OkStatus());
  }
  std::string Get(const std::string& key) { return ledger_.store->Get(key).value().value(); }

  TestLedger ledger_;
  Enterprise producer_;
  SignedStatement last_;
};

TEST_F(RestartTest, GoesOnWhereItWas) {
  const Admission before = Append();
  const std::string checkpoint = Checkpoint();
  ledger_.Close();
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  EXPECT_EQ(Checkpoint(), checkpoint);
  EXPECT_EQ(Append().index, before.index + 1);
}

TEST_F(RestartTest, AnOlderCopyOfTheStoreRefusesToSign) {
  Append();
  ledger_.Close();
  ledger_.CopyStore("older");
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  Append();
  ledger_.Close();
  ledger_.RestoreStore("older");
  ExpectRefusedToSign("older copy");
}

TEST_F(RestartTest, AnOlderCopyOfTheJournalRefusesToSign) {
  ledger_.Close();
  ledger_.CopyJournal("older");
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  Append();
  ledger_.Close();
  ledger_.RestoreJournal("older");
  ExpectRefusedToSign("journal");
}

TEST_F(RestartTest, ALostJournalRefusesToSign) {
  Append();
  ledger_.Close();
  std::filesystem::remove_all(ledger_.journal_directory());
  ExpectRefusedToSign("journal");
}

TEST_F(RestartTest, AStoreOfAnotherHistoryRefusesToSign) {
  // The same founding and the same number of entries, but the last ones differ.
  ledger_.Close();
  ledger_.CopyStore("fork");
  ledger_.CopyJournal("fork_journal");
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  Append();
  ledger_.Close();
  std::filesystem::rename(ledger_.journal_directory(), ledger_.directory + "/kept");
  ledger_.RestoreStore("fork");
  ledger_.RestoreJournal("fork_journal");
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  Append();
  ledger_.Close();
  ledger_.RestoreJournal("kept");
  ExpectRefusedToSign("another history");
}

TEST_F(RestartTest, ATreeAheadOfTheJournalIsSigned) {
  Append();
  const uint64_t size = ledger_.ledger->size();
  ledger_.faults.stop_after_commit = true;  // committed, never signed, never answered
  WasteBatch batch;
  const SignedStatement lost = ledger_.signers.Generate(producer_, batch);
  EXPECT_FALSE(ledger_.TrySubmit({lost}).ok());
  EXPECT_FALSE(ledger_.ledger->health().ok());
  ledger_.Close();
  ledger_.faults.stop_after_commit = false;
  ledger_.faults.stopped = false;
  const size_t signed_before = ReadJournal(ledger_.journal_directory()).value().size();
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  EXPECT_EQ(ledger_.ledger->size(), size + 1);
  EXPECT_EQ(ReadJournal(ledger_.journal_directory()).value().size(), signed_before + 1);
  const Admission admission = ledger_.Admit(lost);
  EXPECT_TRUE(admission.repeated_submission);
  ledger_.ExpectReceipt(admission, lost);
  Append();
}

TEST_F(RestartTest, AFoundingThatWasNeverSignedIsSigned) {
  TestLedger ledger;
  ledger.faults.stop_after_commit = true;
  const SignedStatement founding = ledger.signers.Found(ledger.log_key.public_key());
  EXPECT_FALSE(ledger.TrySubmit({founding}).ok());
  ledger.Close();
  ledger.faults.stop_after_commit = false;
  ledger.faults.stopped = false;
  ASSERT_EQ(ledger.Open(), absl::OkStatus());
  ledger.ExpectReceipt(ledger.Admit(founding), founding);
}

TEST_F(RestartTest, TheNewestCheckpointComesBackFromTheJournal) {
  const Admission admission = Append();
  const uint64_t size = ledger_.ledger->size();
  ledger_.Close();
  {
    auto store = kv::OpenRocksDb(ledger_.directory + "/store").value();
    kv::Batch batch;
    batch.Delete(CheckpointKey(size));
    ASSERT_EQ(store->OpenWriter().value()->Commit(batch, kv::Durability::kSynced),
              absl::OkStatus());
  }
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  EXPECT_EQ(ledger_.Admit(last_).receipt, admission.receipt);
  ledger_.Close();
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  EXPECT_EQ(Get(CheckpointKey(size)), Checkpoint());
}

TEST_F(RestartTest, AStoreClosedInPeaceHasItsNewestCheckpoint) {
  Append();
  const std::string checkpoint = Checkpoint();
  const uint64_t size = ledger_.ledger->size();
  ledger_.ledger->Stop();
  EXPECT_EQ(Get(CheckpointKey(size)), checkpoint);
}

TEST_F(RestartTest, AChangedTileIsFound) {
  Append();
  std::string tile = Get(TileKey({0, 0}));
  tile[5] ^= 1;
  Put(TileKey({0, 0}), tile);
  EXPECT_FALSE(ledger_.Open().ok());
}

TEST_F(RestartTest, AChangedLastEntryIsFound) {
  const uint64_t index = Append().index;
  std::string entry = Get(EntryKey(index));
  entry.back() ^= 1;
  Put(EntryKey(index), entry);
  const absl::Status status = ledger_.Open();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_NE(status.message().find("entry " + std::to_string(index)), std::string::npos) << status;
}

TEST_F(RestartTest, AnotherLogKeyRefusesToSign) {
  ledger_.Close();
  auto store = kv::OpenRocksDb(ledger_.directory + "/store").value();
  LedgerOptions options;
  options.identity = {kOrigin,
                      evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value(),
                      ledger_.signers.regulator.key.public_key()};
  options.store = store.get();
  options.journal_directory = ledger_.journal_directory();
  options.library.Add(SampleRuleData());
  options.clock = &ledger_.clock;
  EXPECT_TRUE(absl::IsFailedPrecondition(Ledger::Open(options).status()));
  // Nor with a journal of its own.
  options.journal_directory = ledger_.directory + "/new_journal";
  EXPECT_TRUE(absl::IsFailedPrecondition(Ledger::Open(options).status()));
}

TEST_F(RestartTest, TwoSignersOfOneJournalAreOneTooMany) {
  EXPECT_TRUE(
      absl::IsFailedPrecondition(SignerJournal::Open(ledger_.journal_directory()).status()));
}

class FaultTest : public RestartTest {};

TEST_F(FaultTest, AFullDiskRefusesAndTheLedgerGoesOnWhenThereIsRoom) {
  const Admission before = Append();
  WasteBatch batch;
  const SignedStatement statement = ledger_.signers.Generate(producer_, batch);
  ledger_.faults.disk_full = true;
  EXPECT_TRUE(absl::IsResourceExhausted(ledger_.TrySubmit({statement}).status()));
  EXPECT_TRUE(absl::IsResourceExhausted(ledger_.TrySubmit({statement}).status()));
  EXPECT_EQ(ledger_.ledger->size(), before.index + 1);
  EXPECT_EQ(ledger_.ledger->health(), absl::OkStatus());
  ledger_.faults.disk_full = false;
  const Admission admission = ledger_.Admit(statement);
  EXPECT_EQ(admission.index, before.index + 1);
  EXPECT_FALSE(admission.repeated_submission);
  ledger_.ExpectReceipt(admission, statement);
  ledger_.Close();
  EXPECT_EQ(ledger_.Open(), absl::OkStatus());
}

// Written and not signed is not admitted yet: nobody gets a receipt until the journal has the
// checkpoint, and the retry gets the one entry.
TEST(FullJournalTest, NothingIsSignedUntilThereIsRoomAndTheRetryIsTheSameEntry) {
  TestLedger ledger(TestLedger::Engine::kMemory);  // so that only the journal is on the disk
  ledger.Found();
  std::vector<SignedStatement> registration;
  ledger.signers.Register(statement::v1::ORGANISATION_ROLE_PRODUCER,
                          statement::v1::FACILITY_KIND_STORAGE_WAREHOUSE, registration);
  const uint64_t size = ledger.ledger->size();
  const std::string checkpoint = ledger.ledger->Checkpoint().value();
  {
    const FileSizeLimit full(1);
    EXPECT_TRUE(absl::IsResourceExhausted(ledger.TrySubmit(registration).status()));
    EXPECT_TRUE(absl::IsResourceExhausted(ledger.TrySubmit(registration).status()));
    EXPECT_EQ(ledger.ledger->Checkpoint().value(), checkpoint);
    EXPECT_EQ(ledger.ledger->health(), absl::OkStatus());
  }
  const std::vector<Admission> admissions = ledger.Admit(registration);
  for (size_t i = 0; i < admissions.size(); ++i) {
    EXPECT_EQ(admissions[i].index, size + i);
    EXPECT_TRUE(admissions[i].repeated_submission);
    ledger.ExpectReceipt(admissions[i], registration[i]);
  }
  EXPECT_EQ(ledger.ledger->size(), size + registration.size());
}

// What is judged over a group that the store then refuses gets no verdict: its ground is gone.
TEST_F(FaultTest, WhatWasJudgedOverARefusedGroupIsTurnedAwayWithIt) {
  WasteBatch batch;
  const std::vector<SignedStatement> generated = {ledger_.signers.Generate(producer_, batch)};
  const std::vector<SignedStatement> stored = {ledger_.signers.Store(producer_, batch)};
  const uint64_t size = ledger_.ledger->size();

  ledger_.faults.hold_commit = true;
  auto first = std::async(std::launch::async, [&] { return ledger_.TrySubmit(generated); });
  ledger_.faults.held.acquire();
  const int judgements = ledger_.faults.judgements;
  auto second = std::async(std::launch::async, [&] { return ledger_.TrySubmit(stored); });
  ledger_.faults.judgements.wait(judgements);  // the second is being judged while the first commits
  ledger_.faults.disk_full = true;
  ledger_.faults.release.release();
  EXPECT_TRUE(absl::IsResourceExhausted(first.get().status()));
  EXPECT_TRUE(absl::IsResourceExhausted(second.get().status()));
  EXPECT_EQ(ledger_.ledger->size(), size);

  ledger_.faults.disk_full = false;
  EXPECT_EQ(ledger_.Admit(generated).at(0).index, size);
  EXPECT_EQ(ledger_.Admit(stored).at(0).index, size + 1);
}

TEST_F(FaultTest, ACommitThatCannotSayHowItEndedStopsTheService) {
  WasteBatch batch;
  const SignedStatement statement = ledger_.signers.Generate(producer_, batch);
  ledger_.faults.commit_unknown = true;
  EXPECT_TRUE(absl::IsUnavailable(ledger_.TrySubmit({statement}).status()));
  ledger_.faults.commit_unknown = false;
  EXPECT_TRUE(absl::IsUnavailable(ledger_.TrySubmit({statement}).status()));
  EXPECT_FALSE(ledger_.ledger->Checkpoint().ok());
  ledger_.Close();
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  ledger_.ExpectReceipt(ledger_.Admit(statement), statement);
}

TEST_F(FaultTest, AStoreThatLosesWhatWasWrittenIsNotSigned) {
  Append();
  const size_t signed_before = ReadJournal(ledger_.journal_directory()).value().size();
  WasteBatch batch;
  ledger_.faults.forget_tiles = true;
  const auto results = ledger_.TrySubmit({ledger_.signers.Generate(producer_, batch)});
  EXPECT_FALSE(results.ok());
  EXPECT_FALSE(ledger_.ledger->health().ok());
  EXPECT_EQ(ReadJournal(ledger_.journal_directory()).value().size(), signed_before);
}

TEST_F(FaultTest, ALaterWriterFencesTheLedger) {
  const auto later = ledger_.store->OpenWriter();
  ASSERT_EQ(later.status(), absl::OkStatus());
  WasteBatch batch;
  EXPECT_TRUE(absl::IsUnavailable(
      ledger_.TrySubmit({ledger_.signers.Generate(producer_, batch)}).status()));
  EXPECT_FALSE(ledger_.ledger->health().ok());
}

}  // namespace
}  // namespace cradle::ledger::testing
