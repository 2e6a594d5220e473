// Whether a ledger's store holds what its entries fold to.
#include "services/cradled/ledger_records.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cradle/state/v1/dispute_state.pb.h"
#include "cradle/state/v1/state.pb.h"
#include "services/audit/core/verify_log.h"
#include "services/cradled/store_source.h"
#include "services/ledger/store_layout.h"
#include "services/rules/state.h"
#include "services/rules/state_keys.h"
#include "storage/kv/rocksdb_store.h"
#include "tests/services/audit/log_fixture.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::cradled {
namespace {

using audit::PrintableKey;
using audit::Report;
using audit::Verdict;
using audit::testing::Describe;
using audit::testing::NamesSubject;

// More entries than a bundle has.
constexpr int kBatches = 260;

class LedgerRecordsTest : public ::testing::Test {
 protected:
  LedgerRecordsTest()
      : verifier_(
            evidence::NoteVerifier::Create(ledger::testing::kOrigin, ledger_.log_key.public_key())
                .value()) {
    const auto& data = ledger::testing::SampleRuleData();
    audit::testing::WriteAll(
        fmt::format("{}/rule-data/{}.bundle", ledger_.directory, evidence::Hex(data->sha256())),
        data->bundle());
    ledger_.Found();
    custody_ = std::make_unique<ledger::testing::Custody>(ledger_.signers);
    ledger_.Admit(custody_->registrations);
    for (int i = 0; i < kBatches; ++i) statements_.push_back(NextBatch());
    const auto admitted = ledger_.Admit(statements_);
    last_batch_index_ = admitted.back().index;
    ledger_.clock.Set(ledger::testing::kStartMs + 100LL * 24 * 3'600'000);  // too late: a mark
    const auto marked =
        ledger_.Admit(ledger_.signers.Carry(custody_->producer, custody_->carrier,
                                            custody_->vehicle, custody_->receiver, {last_batch_}));
    for (const ledger::Admission& admission : marked) {
      if (!admission.marks.empty()) marked_index_ = admission.index;
    }
  }

  evidence::SignedStatement NextBatch() {
    last_batch_ = {};
    return ledger_.signers.Generate(custody_->producer, last_batch_);
  }

  std::unique_ptr<kv::Store> OpenStore(bool read_only) const {
    auto store =
        kv::OpenRocksDb(StoreDirectory(), {.create_if_missing = false, .read_only = read_only});
    EXPECT_TRUE(store.ok()) << store.status();
    return *std::move(store);
  }
  std::string StoreDirectory() const { return ledger_.directory + "/store"; }

  void Edit(std::string_view key, const std::optional<std::string>& value) {
    ledger_.Close();
    kv::Batch batch;
    if (value) {
      batch.Put(key, *value);
    } else {
      batch.Delete(key);
    }
    ASSERT_TRUE(
        OpenStore(false)->OpenWriter().value()->Commit(batch, kv::Durability::kSynced).ok());
  }

  std::string Get(const std::string& key) {
    ledger_.Close();
    return OpenStore(true)->Get(key).value().value_or("");
  }

  Report VerifyStore(const kv::Store& store) {
    const StoreSource source(DataDirectory{ledger_.directory}, store);
    log_ = audit::VerifyLog(source, verifier_);
    return VerifyLedgerRecords(source, log_, verifier_, store);
  }

  Report VerifyNow() {
    ledger_.Close();
    return VerifyStore(*OpenStore(true));
  }

  void ExpectNamed(Verdict verdict, std::string_view key) {
    const Report report = VerifyNow();
    EXPECT_EQ(report.verdict, verdict) << Describe(report);
    EXPECT_TRUE(NamesSubject(report, verdict, PrintableKey(key))) << Describe(report);
    EXPECT_EQ(report.findings.size(), 1u) << Describe(report);
  }

  ledger::testing::TestLedger ledger_;
  const evidence::NoteVerifier verifier_;
  std::unique_ptr<ledger::testing::Custody> custody_;
  ledger::testing::WasteBatch last_batch_;
  std::vector<evidence::SignedStatement> statements_;
  uint64_t last_batch_index_ = 0;
  std::optional<uint64_t> marked_index_;
  Report log_;
};

TEST_F(LedgerRecordsTest, AnUntouchedStoreIsVerified) {
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_EQ(log_.verdict, Verdict::kVerified) << Describe(log_);
  EXPECT_EQ(report.entries, log_.entries);
  ASSERT_GT(report.entries, uint64_t{kBatches});
}

TEST_F(LedgerRecordsTest, EntriesUnderNoSignedCheckpointAreFoldedToo) {
  ledger_.faults.stop_after_commit = true;
  EXPECT_FALSE(ledger_.TrySubmit({NextBatch()}).ok());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_EQ(report.entries, log_.entries + 1);
  // What they lead to is compared as the rest is.
  const std::string key = rules::keys::Batch(last_batch_.id);
  ASSERT_FALSE(Get(key).empty());
  Edit(key, std::nullopt);
  ExpectNamed(Verdict::kDiverged, key);
}

TEST_F(LedgerRecordsTest, ADisputedEntryFoldsToItsMarksAndTheRecordOfTheDispute) {
  ledger::testing::WasteBatch batch;
  ledger_.Admit(ledger_.signers.Generate(custody_->producer, batch));
  const auto carried = ledger_.signers.Carry(custody_->producer, custody_->carrier,
                                             custody_->vehicle, custody_->receiver, {batch});
  ledger_.Admit({carried[0], carried[1]});
  const ledger::SubmitResult result = ledger_.Submit(ledger_.signers.SignAgain(
      carried[1], {{&custody_->producer.device, statement::v1::CAPACITY_CONSIGNOR},
                   {&custody_->carrier.device, statement::v1::CAPACITY_CARRIER}}));
  const auto* disputed = std::get_if<ledger::DisputedAdmission>(&result.outcome);
  ASSERT_NE(disputed, nullptr);
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_EQ(log_.verdict, Verdict::kVerified) << Describe(log_);
  const std::string marks = Get(ledger::MarksKey(disputed->kept.index));
  ASSERT_FALSE(marks.empty());
  Edit(ledger::MarksKey(disputed->kept.index), std::nullopt);
  ExpectNamed(Verdict::kDiverged, ledger::MarksKey(disputed->kept.index));
  Edit(ledger::MarksKey(disputed->kept.index), marks);
  const std::string key = rules::keys::Dispute(disputed->heads.at(0).chain, 1);
  ASSERT_FALSE(Get(key).empty());
  Edit(key, std::nullopt);
  ExpectNamed(Verdict::kDiverged, key);
}

TEST_F(LedgerRecordsTest, AnEditedCustodianIsNamed) {
  const std::string key = rules::keys::Batch(last_batch_.id);
  state::v1::BatchState state;
  ASSERT_TRUE(state.ParseFromString(Get(key)));
  state.set_custodian(custody_->producer.device.organisation);
  Edit(key, state.SerializeAsString());
  ExpectNamed(Verdict::kDiverged, key);
  EXPECT_EQ(log_.verdict, Verdict::kVerified) << "the log alone does not show it";
}

TEST_F(LedgerRecordsTest, AnOlderAdmissionStateIsSaidAndNotCompared) {
  Edit(ledger::kStateVersionKey, std::nullopt);
  Edit(rules::keys::Batch(last_batch_.id), "as another release kept it");
  Edit("s/gone", "what is no more");
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_NE(report.scope.find("is of version 1"), std::string::npos) << report.scope;
  // The rest is compared as ever: that no verdict has changed is known before the upgrade.
  Edit(ledger::MarksKey(*marked_index_), std::nullopt);
  ExpectNamed(Verdict::kDiverged, ledger::MarksKey(*marked_index_));
}

TEST_F(LedgerRecordsTest, ANewerAdmissionStateIsUnverifiable) {
  Edit(ledger::kStateVersionKey, ledger::BigEndian(rules::kStateVersion + 1));
  ExpectNamed(Verdict::kUnverifiable, ledger::kStateVersionKey);
}

TEST_F(LedgerRecordsTest, AVersionThatIsNoneIsDiverged) {
  Edit(ledger::kStateVersionKey, "2");
  ExpectNamed(Verdict::kDiverged, ledger::kStateVersionKey);
}

TEST_F(LedgerRecordsTest, ARemovedKeyIsNamed) {
  const std::string key = rules::keys::Log();
  Edit(key, std::nullopt);
  ExpectNamed(Verdict::kDiverged, key);
}

TEST_F(LedgerRecordsTest, AnAddedKeyIsNamed) {
  for (const std::string& key :
       {rules::keys::Batch("planted"), std::string("x/unknown"), std::string("e/planted"),
        std::string("a"), ledger::EntryKey(100'000), ledger::CheckpointKey(0),
        ledger::CheckpointKey(100'000), ledger::TileKey({3, 7}), ledger::MarksKey(0),
        ledger::EntryKey(1) + ledger::BigEndian(1)}) {
    Edit(key, "planted");
    ExpectNamed(Verdict::kDiverged, key);
    Edit(key, std::nullopt);
  }
}

TEST_F(LedgerRecordsTest, AnEditedChainIndexIsNamed) {
  const std::string key = rules::keys::Element("batch:" + last_batch_.id, 0);
  state::v1::ChainElement element;
  ASSERT_TRUE(element.ParseFromString(Get(key)));
  ASSERT_EQ(element.index(), last_batch_index_);
  element.set_index(last_batch_index_ - 1);
  Edit(key, element.SerializeAsString());
  ExpectNamed(Verdict::kDiverged, key);
}

TEST_F(LedgerRecordsTest, EditedMarksAreNamed) {
  ASSERT_TRUE(marked_index_.has_value());
  Edit(ledger::MarksKey(*marked_index_), "");
  ExpectNamed(Verdict::kDiverged, ledger::MarksKey(*marked_index_));
}

TEST_F(LedgerRecordsTest, AnEditedRootOrTileIsNamed) {
  const std::string root = Get(std::string(ledger::kRootKey));
  Edit(ledger::kRootKey, std::string(32, 'r'));
  ExpectNamed(Verdict::kDiverged, ledger::kRootKey);
  Edit(ledger::kRootKey, root);
  const std::string key = ledger::TileKey({0, 1});
  Edit(key, Get(key) + std::string(32, 't'));
  ExpectNamed(Verdict::kDiverged, key);
}

TEST_F(LedgerRecordsTest, AWrongSizeIsNotVerified) {
  const uint64_t size = ledger::LastNumber(Get(std::string(ledger::kSizeKey))).value();
  Edit(ledger::kSizeKey, ledger::BigEndian(size + 1));
  EXPECT_TRUE(audit::testing::Names(VerifyNow(), Verdict::kTampered, size));
  Edit(ledger::kSizeKey, ledger::BigEndian(size - 1));
  const Report less = VerifyNow();
  EXPECT_TRUE(NamesSubject(less, Verdict::kDiverged, PrintableKey(ledger::EntryKey(size - 1))))
      << Describe(less);
  Edit(ledger::kSizeKey, "?");
  ExpectNamed(Verdict::kDiverged, ledger::kSizeKey);
}

TEST_F(LedgerRecordsTest, AnEditedCheckpointIsTamperedAndOneOfAnotherHistoryForked) {
  ledger_.Close();
  const auto stored = ledger::FirstCheckpointFrom(*OpenStore(true), 2).value().value();
  const std::string key = ledger::CheckpointKey(stored.size);
  std::string note = stored.note;
  note[note.size() - 10] ^= 1;
  Edit(key, note);
  ExpectNamed(Verdict::kTampered, key);
  const auto sign = [this](uint64_t size) {
    return evidence::SignCheckpoint({ledger::testing::kOrigin, size, {}}, ledger_.log_key).value();
  };
  Edit(key, sign(stored.size + 1));
  ExpectNamed(Verdict::kTampered, key);
  Edit(key, sign(stored.size));
  ExpectNamed(Verdict::kForked, key);
}

// Part of ten of the store's one table that is flipped. What was read once stays in the engine's
// cache, which all stores of a process share: each has a store of its own.
class FlippedByteTest : public LedgerRecordsTest, public ::testing::WithParamInterface<int> {};

TEST_P(FlippedByteTest, TheFileIsNamed) {
  ledger_.Close();
  OpenStore(false);  // moves what was written into a table
  std::filesystem::path table;
  for (const auto& file : std::filesystem::directory_iterator(StoreDirectory())) {
    const bool larger = table.empty() || file.file_size() > std::filesystem::file_size(table);
    if (file.path().extension() == ".sst" && larger) table = file.path();
  }
  ASSERT_FALSE(table.empty());
  audit::testing::FlipByte(table.string(), std::filesystem::file_size(table) * GetParam() / 10);
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kUnavailable) << Describe(report);
  const std::string name = table.filename().string();
  EXPECT_TRUE(std::any_of(report.findings.begin(), report.findings.end(),
                          [&](const audit::Finding& finding) {
                            return finding.reason.find(name) != std::string::npos;
                          }))
      << name << ": " << Describe(report);
}

INSTANTIATE_TEST_SUITE_P(Everywhere, FlippedByteTest, ::testing::Range(0, 10));

}  // namespace
}  // namespace cradle::cradled
