// The verdict on a whole log.
#include "services/audit/core/verify_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "services/audit/core/founded_key.h"
#include "services/audit/core/tile_directory.h"
#include "tests/services/audit/log_fixture.h"

namespace cradle::audit::testing {
namespace {

using ::testing::HasSubstr;

class VerifyLogTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return directory_.path() + "/" + name; }
  Report VerifyNow(const VerifyOptions& options = {}) const {
    return Verify(log_, directory_.path(), options);
  }
  std::string RuleBundle() const {
    return "rule-data/" + evidence::Hex(ledger::testing::SampleRuleData()->sha256()) + ".bundle";
  }

  LogFixture log_;
  TemporaryDirectory directory_;
};

TEST_F(VerifyLogTest, ATrueLogIsVerifiedAndTheScopeSaysWhatWasRead) {
  log_.Carry();
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_EQ(report.entries, log_.size());
  EXPECT_GT(report.attestations, log_.size());
  EXPECT_EQ(report.root, log_.Root(log_.size()));
  EXPECT_THAT(report.scope, HasSubstr("signed exactly these entries in this order"));
  EXPECT_THAT(report.scope, HasSubstr("shown another history is not proven"));
}

TEST_F(VerifyLogTest, ALogOfManyBundlesIsVerifiedByAnyNumberOfThreads) {
  log_.GrowTo(700);
  log_.Write(directory_.path());
  for (const int threads : {1, 2, 7}) {
    VerifyOptions options;
    options.threads = threads;
    std::vector<uint64_t> progress;
    options.progress = [&](uint64_t entries, uint64_t) {
      progress.push_back(entries);
      return true;
    };
    const Report report = VerifyNow(options);
    EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
    EXPECT_EQ(progress, (std::vector<uint64_t>{256, 512, log_.size()}));
  }
}

TEST_F(VerifyLogTest, StoppedByTheCallerIsUnavailableNotVerified) {
  log_.GrowTo(300);
  log_.Write(directory_.path());
  VerifyOptions options;
  options.progress = [](uint64_t, uint64_t) { return false; };
  EXPECT_EQ(VerifyNow(options).verdict, Verdict::kUnavailable);
}

TEST_F(VerifyLogTest, KeptReceiptsAndCheckpointsThatAgreeAreCounted) {
  log_.Carry();
  log_.Write(directory_.path(), log_.size(), {3, 9, log_.size()});
  VerifyOptions options;
  options.receipts = {{"pickup.tlog-proof", log_.Receipt(5, 7)}};
  options.checkpoints = {{"monday", log_.Checkpoint(11)}};
  const Report report = VerifyNow(options);
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_THAT(report.scope, HasSubstr("3 journalled checkpoints"));
  EXPECT_THAT(report.scope, HasSubstr("2 kept receipts and checkpoints"));
}

TEST_F(VerifyLogTest, CheckpointsThatDevicesHeldAreComparedWithTheTree) {
  log_.signers.seen = log_.Seen(6);
  log_.Carry();
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_THAT(report.scope, HasSubstr("9 checkpoints seen by devices"));
}

TEST_F(VerifyLogTest, ADeviceThatHeldAnotherHistoryIsAFork) {
  statement::v1::Seen other = log_.Seen(6);
  other.mutable_root()->front() ^= 1;
  log_.signers.seen = other;
  ledger::testing::WasteBatch batch;
  const uint64_t index = log_.Append(log_.signers.Generate(log_.custody->producer, batch));
  log_.signers.seen.reset();
  log_.GrowTo(index + 5);
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kForked) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kForked, index)) << Describe(report);
}

// --- the log's key -------------------------------------------------------------------------------

TEST_F(VerifyLogTest, AnotherLogKeyThanTheCheckpointsIsUnverifiable) {
  log_.Write(directory_.path());
  const LogFixture other;
  const Report report = VerifyLog(TileDirectory(directory_.path()), other.verifier);
  EXPECT_EQ(report.verdict, Verdict::kUnverifiable) << Describe(report);
  EXPECT_TRUE(NamesSubject(report, Verdict::kUnverifiable, "checkpoint"));
}

TEST_F(VerifyLogTest, ALogSignedByTheGivenKeyButFoundedOnAnotherIsTampered) {
  const LogFixture other;
  log_.Write(directory_.path());
  WriteAll(Path("checkpoint"),
           evidence::SignCheckpoint({kOrigin, log_.size(), log_.Root(log_.size())}, other.log_key)
               .value());
  const Report report = VerifyLog(TileDirectory(directory_.path()), other.verifier);
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, 0)) << Describe(report);
}

TEST_F(VerifyLogTest, ACheckpointWhoseSignatureFailsIsTampered) {
  log_.Write(directory_.path());
  std::string note = ReadAll(Path("checkpoint"));
  note[note.size() - 20] = note[note.size() - 20] == 'A' ? 'B' : 'A';
  WriteAll(Path("checkpoint"), note);
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(NamesSubject(report, Verdict::kTampered, "checkpoint"));
}

TEST_F(VerifyLogTest, TheKeyThatALogFoundsItselfOnCanBeRead) {
  log_.Write(directory_.path());
  const auto key = FoundedLogKey(TileDirectory(directory_.path()));
  ASSERT_TRUE(key.ok()) << key.status();
  EXPECT_EQ(key->ToText(), log_.verifier.ToText());
}

// --- what is missing -----------------------------------------------------------------------------

TEST_F(VerifyLogTest, NoCheckpointIsUnavailable) {
  EXPECT_EQ(VerifyNow().verdict, Verdict::kUnavailable);
}

TEST_F(VerifyLogTest, AMissingRuleBundleIsUnverifiableAndNamed) {
  log_.Carry();
  log_.Write(directory_.path());
  std::filesystem::remove(Path(RuleBundle()));
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kUnverifiable) << Describe(report);
  EXPECT_TRUE(NamesSubject(report, Verdict::kUnverifiable, RuleBundle())) << Describe(report);
  EXPECT_EQ(report.findings.size(), 1u) << Describe(report);
}

TEST_F(VerifyLogTest, ARuleBundleOfOtherBytesIsTampered) {
  log_.Write(directory_.path());
  FlipByte(Path(RuleBundle()), 100);
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(NamesSubject(report, Verdict::kTampered, RuleBundle()));
}

TEST_F(VerifyLogTest, AMissingEntryBundleIsUnavailableAndNamed) {
  log_.GrowTo(600);
  log_.Write(directory_.path());
  std::filesystem::remove(Path("tile/entries/001"));
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kUnavailable) << Describe(report);
  EXPECT_TRUE(NamesSubject(report, Verdict::kUnavailable, "tile/entries/001"));
  EXPECT_EQ(report.findings.size(), 1u) << Describe(report);
  EXPECT_THAT(report.scope, HasSubstr("Later entries were not judged"));
}

TEST_F(VerifyLogTest, AMissingTileIsUnavailableAndNamed) {
  log_.GrowTo(600);
  log_.Write(directory_.path());
  for (const char* tile : {"tile/0/001", "tile/1/000.p/2"}) {
    const std::string bytes = ReadAll(Path(tile));
    std::filesystem::remove(Path(tile));
    const Report report = VerifyNow();
    EXPECT_EQ(report.verdict, Verdict::kUnavailable) << Describe(report);
    EXPECT_TRUE(NamesSubject(report, Verdict::kUnavailable, tile)) << Describe(report);
    WriteAll(Path(tile), bytes);
  }
  EXPECT_EQ(VerifyNow().verdict, Verdict::kVerified);
}

TEST_F(VerifyLogTest, ACheckpointOfALogThatIsNotThereEndsInUnavailableSoon) {
  log_.Write(directory_.path());
  WriteAll(Path("checkpoint"),
           evidence::SignCheckpoint({kOrigin, uint64_t{1} << 62, {}}, log_.log_key).value());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kUnavailable) << Describe(report);
}

TEST_F(VerifyLogTest, AReceiptAheadOfTheLogIsUnavailable) {
  log_.Carry();
  log_.Write(directory_.path(), log_.size() - 4);
  VerifyOptions options;
  options.receipts = {{"r", log_.Receipt(3, log_.size())}};
  const Report report = VerifyNow(options);
  EXPECT_EQ(report.verdict, Verdict::kUnavailable) << Describe(report);
  EXPECT_TRUE(NamesSubject(report, Verdict::kUnavailable, "r"));
}

TEST_F(VerifyLogTest, APartialTileMayBeGoneWhereAWiderOneIs) {
  log_.Carry();
  const uint64_t early = log_.size() - 3;
  log_.Write(directory_.path());
  WriteAll(Path("checkpoint"), log_.Checkpoint(early));
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_EQ(report.entries, early);
  EXPECT_THAT(report.scope, HasSubstr("beyond the checkpoint"));
}

TEST_F(VerifyLogTest, StalePartialFilesAreComparedToo) {
  log_.Carry();
  log_.Write(directory_.path(), 10);
  log_.Write(directory_.path());
  EXPECT_EQ(VerifyNow().verdict, Verdict::kVerified) << Describe(VerifyNow());
  FlipByte(Path("tile/0/000.p/10"), 40);
  EXPECT_TRUE(NamesSubject(VerifyNow(), Verdict::kTampered, "tile/0/000.p/10"));
  FlipByte(Path("tile/0/000.p/10"), 40);
  FlipByte(Path("tile/entries/000.p/10"), 40);
  EXPECT_TRUE(NamesSubject(VerifyNow(), Verdict::kTampered, "tile/entries/000.p/10"));
}

// --- formats and rules ---------------------------------------------------------------------------

TEST_F(VerifyLogTest, AnEventOfALaterProgramIsUnverifiable) {
  ledger::testing::WasteBatch batch;
  evidence::SignedStatement statement = log_.signers.Generate(log_.custody->producer, batch);
  statement::v1::Statement message;
  ASSERT_TRUE(message.ParseFromString(statement.statement));
  message.clear_event();
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(999, "new");
  statement.statement = message.SerializeAsString();
  const uint64_t index = log_.Force(statement);
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kUnverifiable) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kUnverifiable, index)) << Describe(report);
}

TEST_F(VerifyLogTest, AnEntryOfALaterFormatIsUnverifiable) {
  log_.entries.push_back(log_.entries.back());
  log_.entries.back()[2] = 9;  // the entry's version
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kUnverifiable) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kUnverifiable, log_.size() - 1)) << Describe(report);
}

TEST_F(VerifyLogTest, ARuleSetThatThisProgramDoesNotHaveIsUnverifiable) {
  const uint64_t index = log_.Force(log_.signers.Sign(
      {{&log_.signers.regulator, statement::v1::CAPACITY_REGULATOR}},
      [&](statement::v1::Statement& statement) {
        statement.mutable_rules_adopted()->set_rule_set(rules::kLastRuleSet + 7);
        statement.mutable_rules_adopted()->set_rule_data_sha256(
            std::string(evidence::AsBytes(ledger::testing::SampleRuleData()->sha256())));
      }));
  log_.GrowTo(index + 3);
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kUnverifiable) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kUnverifiable, index)) << Describe(report);
  EXPECT_EQ(report.findings.size(), 1u) << Describe(report);
}

TEST_F(VerifyLogTest, AnEntryThatTheRulesForbidIsTamperedThoughTheLogSignedIt) {
  ledger::testing::WasteBatch batch;
  log_.Append(log_.signers.Generate(log_.custody->producer, batch));
  // Stored by somebody else than its custodian.
  const uint64_t index = log_.Force(log_.signers.Store(log_.custody->receiver, batch));
  log_.GrowTo(index + 4);
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, index)) << Describe(report);
  ASSERT_FALSE(report.findings.empty());
  EXPECT_THAT(report.findings[0].reason, HasSubstr("the rules do not admit it: CUSTODY"));
  EXPECT_EQ(report.findings.size(), 1u) << Describe(report);
}

TEST_F(VerifyLogTest, ABrokenLinkIsTampered) {
  ledger::testing::WasteBatch batch;
  log_.signers.Generate(log_.custody->producer, batch);  // never submitted
  const uint64_t index = log_.Force(log_.signers.Store(log_.custody->producer, batch));
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  ASSERT_TRUE(Names(report, Verdict::kTampered, index)) << Describe(report);
  EXPECT_THAT(report.findings[0].reason, HasSubstr("batch:" + batch.id));
}

TEST_F(VerifyLogTest, AStatementAdmittedTwiceIsTampered) {
  log_.entries.push_back(log_.entries.back());
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, log_.size() - 1)) << Describe(report);
}

TEST_F(VerifyLogTest, AnAttestationByAKeyThatNobodyEnrolledIsTampered) {
  ledger::testing::Device stranger =
      log_.signers.NewDevice(log_.custody->producer.device.organisation);
  const uint64_t index = log_.Force(
      log_.signers.Sign({{&stranger, statement::v1::CAPACITY_ORGANISATION}},
                        log_.signers.Generated(log_.custody->producer, evidence::RandomId(), 5)));
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, index)) << Describe(report);
}

TEST_F(VerifyLogTest, AKeyThatAttestsBeforeItsEnrolmentIsTampered) {
  ledger::testing::Device device =
      log_.signers.NewDevice(log_.custody->producer.device.organisation);
  const uint64_t index = log_.Force(
      log_.signers.Sign({{&device, statement::v1::CAPACITY_ORGANISATION}},
                        log_.signers.Generated(log_.custody->producer, evidence::RandomId(), 5)));
  log_.Append(log_.signers.Enrol(device));
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_TRUE(Names(report, Verdict::kTampered, index)) << Describe(report);
}

TEST_F(VerifyLogTest, ARecordedTimeThatGoesBackIsTampered) {
  log_.GrowTo(40);
  log_.Edit(30, [](evidence::Entry& entry) { entry.recorded_time_ms -= 3'600'000; });
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, 30)) << Describe(report);
}

TEST_F(VerifyLogTest, ALogThatDoesNotBeginWithItsFoundingIsTampered) {
  log_.entries.erase(log_.entries.begin());
  log_.Write(directory_.path());
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, 0)) << Describe(report);
}

}  // namespace
}  // namespace cradle::audit::testing
