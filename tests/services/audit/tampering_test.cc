// A log that somebody has laid hands on.
#include <gmock/gmock.h>
#include <google/protobuf/stubs/logging.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/audit/core/tile_directory.h"
#include "tests/services/audit/log_fixture.h"

namespace cradle::audit::testing {
namespace {

using ::testing::HasSubstr;

// Three hundred entries: two bundles, tiles of two levels.
class TamperingTest : public ::testing::Test {
 protected:
  static constexpr uint64_t kSize = 300;

  TamperingTest() {
    log_.Carry();
    log_.GrowTo(kSize);
    log_.Write(directory_.path(), log_.size());
    receipt_ = {"pickup.tlog-proof", log_.Receipt(20, 40)};
  }

  // The bundles as they are now, under the tiles and checkpoint as they were.
  Report AfterEditingEntries() {
    log_.WriteEntries(directory_.path());
    return Verify(log_, directory_.path());
  }

  // Everything recomputed, and signed with the log's own key.
  Report AfterRewritingHistory(const VerifyOptions& options) {
    TemporaryDirectory rewritten;
    log_.Write(rewritten.path(), log_.size());
    return Verify(log_, rewritten.path(), options);
  }

  VerifyOptions WithReceipt() const {
    VerifyOptions options;
    options.receipts = {receipt_};
    return options;
  }

  static void ExpectTampered(const Report& report, uint64_t index) {
    EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
    ASSERT_FALSE(report.findings.empty());
    EXPECT_EQ(report.findings[0].index, index) << Describe(report);
    EXPECT_LE(report.findings.size(), 24u) << "one cause, many findings:\n" << Describe(report);
  }

  void ExpectForked(const Report& report) const {
    EXPECT_EQ(report.verdict, Verdict::kForked) << Describe(report);
    EXPECT_TRUE(NamesSubject(report, Verdict::kForked, receipt_.name)) << Describe(report);
  }

  LogFixture log_;
  TemporaryDirectory directory_;
  Kept receipt_;
};

TEST_F(TamperingTest, UntouchedItIsVerified) {
  const Report report = Verify(log_, directory_.path(), WithReceipt());
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
}

TEST_F(TamperingTest, AByteChangedInAStoredEntryIsTamperedAndTheEntryNamed) {
  log_.entries[270][40] ^= 1;
  ExpectTampered(AfterEditingEntries(), 270);
}

TEST_F(TamperingTest, AnEntryRemovedIsTamperedAndTheEntryNamed) {
  log_.entries.erase(log_.entries.begin() + 17);
  log_.WriteEntries(directory_.path());
  // The last bundle of the shorter log has a narrower name: the operator gives it the old one.
  const std::string entries = directory_.path() + "/tile/entries/";
  std::filesystem::rename(entries + "001.p/" + std::to_string(log_.size() - 256),
                          entries + "001.p/" + std::to_string(log_.size() + 1 - 256));
  ExpectTampered(Verify(log_, directory_.path()), 17);
}

TEST_F(TamperingTest, TheLastEntryRemovedIsTamperedAndTheEntryNamed) {
  const std::string bundle =
      directory_.path() + "/tile/entries/001.p/" + std::to_string(log_.size() - 256);
  std::string bytes = ReadAll(bundle);
  bytes.resize(bytes.size() - 2 - log_.entries.back().size());
  WriteAll(bundle, bytes);
  ExpectTampered(Verify(log_, directory_.path()), log_.size() - 1);
}

TEST_F(TamperingTest, TwoEntriesSwappedAreTamperedAndBothNamed) {
  std::swap(log_.entries[30], log_.entries[261]);
  const Report report = AfterEditingEntries();
  ExpectTampered(report, 30);
  EXPECT_TRUE(Names(report, Verdict::kTampered, 261)) << Describe(report);
}

TEST_F(TamperingTest, AnEntrySignedAnewIsTamperedAndTheEntryNamed) {
  log_.Edit(25, [this](evidence::Entry& entry) {
    evidence::SignedAttestation& attestation = entry.signed_statement.attestations[0];
    attestation = evidence::Attest(evidence::ParseAttestation(attestation.attestation).value(),
                                   log_.custody->producer.device.key)
                      .value();
  });
  ExpectTampered(AfterEditingEntries(), 25);
}

TEST_F(TamperingTest, AByteChangedAndAllRecomputedUnderTheRealKeyIsForkedByAnOldReceipt) {
  log_.Edit(20, [](evidence::Entry& entry) { entry.salt[3] ^= 1; });
  EXPECT_EQ(AfterRewritingHistory({}).verdict, Verdict::kVerified);  // true to itself
  ExpectForked(AfterRewritingHistory(WithReceipt()));
}

TEST_F(TamperingTest, AStatementsByteChangedAndAllRecomputedIsForkedAndTampered) {
  log_.Edit(
      20, [](evidence::Entry& entry) { entry.signed_statement.attestations[0].signature[9] ^= 1; });
  const Report report = AfterRewritingHistory(WithReceipt());
  ExpectForked(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, 20)) << Describe(report);
}

TEST_F(TamperingTest, AnEntryRemovedAndAllRecomputedIsForkedByAnOldReceipt) {
  log_.entries.erase(log_.entries.begin() + 12);
  ExpectForked(AfterRewritingHistory(WithReceipt()));
}

TEST_F(TamperingTest, TwoEntriesSwappedAndAllRecomputedIsForkedByAnOldReceipt) {
  std::swap(log_.entries[19], log_.entries[35]);
  ExpectForked(AfterRewritingHistory(WithReceipt()));
}

TEST_F(TamperingTest, AnEntrySignedAnewAndAllRecomputedIsForkedByAnOldReceipt) {
  log_.Edit(25, [this](evidence::Entry& entry) {
    evidence::SignedAttestation& attestation = entry.signed_statement.attestations[0];
    attestation = evidence::Attest(evidence::ParseAttestation(attestation.attestation).value(),
                                   log_.custody->producer.device.key)
                      .value();
  });
  ExpectForked(AfterRewritingHistory(WithReceipt()));
}

TEST_F(TamperingTest, AHistoryRewrittenAfterTheReceiptIsNotSeenByItButByAKeptCheckpoint) {
  VerifyOptions options = WithReceipt();
  options.checkpoints = {{"friday", log_.Checkpoint(290)}};
  log_.Edit(280, [](evidence::Entry& entry) { entry.salt[3] ^= 1; });
  EXPECT_EQ(AfterRewritingHistory(WithReceipt()).verdict, Verdict::kVerified);
  const Report report = AfterRewritingHistory(options);
  EXPECT_EQ(report.verdict, Verdict::kForked) << Describe(report);
  EXPECT_TRUE(NamesSubject(report, Verdict::kForked, "friday"));
}

TEST_F(TamperingTest, AJournalThatSignedAnotherTreeIsAFork) {
  TemporaryDirectory rewritten;
  LogFixture& log = log_;
  log.Write(rewritten.path(), 200, {50, 100, 200});
  const std::string journal = ReadAll(rewritten.path() + "/journal");
  log.Edit(70, [](evidence::Entry& entry) { entry.salt[0] ^= 1; });
  log.Write(rewritten.path(), 200);
  WriteAll(rewritten.path() + "/journal", journal);
  const Report report = Verify(log, rewritten.path());
  EXPECT_EQ(report.verdict, Verdict::kForked) << Describe(report);
  EXPECT_FALSE(NamesSubject(report, Verdict::kForked, "journal, checkpoint 0"));
  EXPECT_TRUE(NamesSubject(report, Verdict::kForked, "journal, checkpoint 1"));
  EXPECT_TRUE(NamesSubject(report, Verdict::kForked, "journal, checkpoint 2"));
}

TEST_F(TamperingTest, EntriesChangedUnderAnIntactCheckpointAreNoForkByAnIntactReceipt) {
  log_.entries[20][40] ^= 1;
  log_.WriteEntries(directory_.path());
  VerifyOptions options = WithReceipt();
  const Report report = Verify(log_, directory_.path(), options);
  ExpectTampered(report, 20);
}

TEST_F(TamperingTest, TilesRecomputedButNotSignedAreTampered) {
  const std::string checkpoint = ReadAll(directory_.path() + "/checkpoint");
  log_.entries[270][40] ^= 1;
  TemporaryDirectory recomputed;
  log_.Write(recomputed.path(), log_.size());
  WriteAll(recomputed.path() + "/checkpoint", checkpoint);
  const Report report = Verify(log_, recomputed.path());
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(NamesSubject(report, Verdict::kTampered, "checkpoint")) << Describe(report);
}

TEST_F(TamperingTest, AByteChangedInATileIsTamperedAndTheTileNamed) {
  for (const std::string tile : {"tile/0/000", "tile/1/000.p/1"}) {
    FlipByte(directory_.path() + "/" + tile, 7);
    const Report report = Verify(log_, directory_.path());
    EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
    EXPECT_TRUE(NamesSubject(report, Verdict::kTampered, tile)) << Describe(report);
    EXPECT_FALSE(report.findings[0].index.has_value()) << Describe(report);
    FlipByte(directory_.path() + "/" + tile, 7);
  }
}

TEST_F(TamperingTest, AReceiptThatWasItselfChangedAccusesNobody) {
  VerifyOptions options = WithReceipt();
  const size_t index_line = options.receipts[0].bytes.find("index 20");
  ASSERT_NE(index_line, std::string::npos);
  options.receipts[0].bytes.replace(index_line, 8, "index 21");
  const Report report = Verify(log_, directory_.path(), options);
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(NamesSubject(report, Verdict::kTampered, receipt_.name)) << Describe(report);
}

// Every single byte of a small log, all its files, changed one at a time.
TEST(EveryByteTest, ChangedIsNeverVerified) {
  google::protobuf::SetLogHandler(nullptr);  // one line for each byte of text otherwise
  LogFixture log(LogFixture::Registered::kNobody);
  TemporaryDirectory directory;
  std::vector<evidence::SignedStatement> registrations;
  ledger::testing::Enterprise producer =
      log.signers.Register(statement::v1::ORGANISATION_ROLE_PRODUCER,
                           statement::v1::FACILITY_KIND_STORAGE_WAREHOUSE, registrations);
  log.AppendAll(registrations);
  log.signers.seen = log.Seen(3);
  ledger::testing::WasteBatch batch;
  log.Append(log.signers.Generate(producer, batch));
  const uint64_t size = log.size();
  log.Write(directory.path(), size, {size - 1, size});
  ASSERT_EQ(Verify(log, directory.path()).verdict, Verdict::kVerified);

  std::mt19937 random(20240601);
  std::map<Verdict, int> verdicts;
  for (const auto& file : std::filesystem::recursive_directory_iterator(directory.path())) {
    if (!file.is_regular_file()) continue;
    const std::string path = file.path().string();
    const std::string bytes = ReadAll(path);
    // The rule data is large and hashed as a whole: every 997th byte of it.
    const size_t step = path.ends_with(".bundle") ? 997 : 1;
    for (size_t offset = 0; offset < bytes.size(); offset += step) {
      std::string changed = bytes;
      changed[offset] = static_cast<char>(changed[offset] ^ (1 << (random() % 8)));
      WriteAll(path, changed);
      VerifyOptions options;
      options.threads = 1;
      const Report report = Verify(log, directory.path(), options);
      ++verdicts[report.verdict];
      ASSERT_NE(report.verdict, Verdict::kVerified) << path << " at byte " << offset;
      if (path.find("/entries/") != std::string::npos) {
        ASSERT_EQ(report.verdict, Verdict::kTampered) << offset << "\n" << Describe(report);
        ASSERT_TRUE(report.findings[0].index.has_value()) << offset << "\n" << Describe(report);
      }
    }
    WriteAll(path, bytes);
  }
  EXPECT_EQ(Verify(log, directory.path()).verdict, Verdict::kVerified);
  for (const auto& [verdict, count] : verdicts) {
    RecordProperty(std::string(VerdictName(verdict)), count);
  }
}

}  // namespace
}  // namespace cradle::audit::testing
