// A data directory that nobody serves: what is read when a part of it is damaged, and what is said
// of the rest.
#include "services/cradled/verify.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "services/audit/core/verify_log.h"
#include "services/cradled/store_source.h"
#include "tests/services/audit/log_fixture.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::cradled {
namespace {

using audit::Report;
using audit::Verdict;
using audit::testing::Describe;
using audit::testing::NamesSubject;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class VerifyDataTest : public ::testing::Test {
 protected:
  VerifyDataTest() {
    ledger_.Found();
    ledger_.Admit(ledger::testing::Custody(ledger_.signers).registrations);
    ledger::testing::Device device =
        ledger_.signers.NewDevice(ledger_.signers.regulator.organisation);
    ledger_.Admit(ledger_.signers.Enrol(device));
    size_ = ledger_.ledger->size();
    ledger_.Close();
    audit::testing::WriteAll(
        (data_.rule_data() /
         (evidence::Hex(ledger::testing::SampleRuleData()->sha256()) + ".bundle"))
            .string(),
        ledger::testing::SampleRuleData()->bundle());
  }

  Report VerifyNow() const {
    const StoreSource source(data_, *ledger_.store);
    return audit::VerifyLog(source, evidence::NoteVerifier::Create(ledger::testing::kOrigin,
                                                                   ledger_.log_key.public_key())
                                        .value());
  }

  // A byte of the first note in the signer's journal.
  void DamageJournal() const {
    for (const auto& file : std::filesystem::directory_iterator(data_.journal())) {
      if (file.path().extension() != ".journal") continue;
      audit::testing::FlipByte(file.path().string(), 60);
    }
  }

  ledger::testing::TestLedger ledger_{ledger::testing::TestLedger::Engine::kMemory};
  const DataDirectory data_{ledger_.directory};
  uint64_t size_ = 0;
};

TEST_F(VerifyDataTest, UntouchedItIsVerified) {
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_EQ(report.signed_size, size_);
}

TEST_F(VerifyDataTest, ADamagedJournalIsTamperedAndTheRestIsVerifiedBesides) {
  DamageJournal();
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(NamesSubject(report, Verdict::kTampered, "journal")) << Describe(report);
  EXPECT_THAT(report.findings.at(0).reason, HasSubstr(".journal is damaged at byte"));
  EXPECT_EQ(report.findings.size(), 1u) << Describe(report);
  EXPECT_EQ(report.entries, size_);
  EXPECT_EQ(report.signed_size, size_);
}

TEST_F(VerifyDataTest, ADamagedJournalIsTamperedAlsoWhereTheStoreHasNoCheckpoint) {
  DamageJournal();
  const auto empty = ledger::testing::TestLedger(ledger::testing::TestLedger::Engine::kMemory);
  const StoreSource source(data_, *empty.store);
  const Report report = audit::VerifyLog(
      source, evidence::NoteVerifier::Create(ledger::testing::kOrigin, ledger_.log_key.public_key())
                  .value());
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_THAT(report.findings.at(0).reason, HasSubstr(".journal is damaged at byte"));
}

Report Of(std::optional<uint64_t> signed_size, uint64_t entries) {
  Report report;
  report.signed_size = signed_size;
  report.entries = entries;
  return report;
}

TEST(BeyondCheckpointTest, OnlyEntriesBeyondTheSignedCheckpointAreUnderNone) {
  EXPECT_THAT(BeyondCheckpoint(10, Of(10, 10), true), IsEmpty());
  EXPECT_THAT(BeyondCheckpoint(12, Of(10, 10), true),
              testing::AllOf(HasSubstr("2 more entries"), HasSubstr("nobody holds a receipt")));
}

TEST(BeyondCheckpointTest, EntriesThatCouldNotBeReadAreNotSaidToBeUnderNoCheckpoint) {
  EXPECT_THAT(BeyondCheckpoint(10, Of(10, 3), true), IsEmpty());
  EXPECT_THAT(BeyondCheckpoint(12, Of(10, 3), true), HasSubstr("2 more entries"));
}

TEST(BeyondCheckpointTest, WithoutASignedCheckpointNothingIsSaid) {
  EXPECT_THAT(BeyondCheckpoint(10, Of(std::nullopt, 0), true), IsEmpty());
}

TEST(BeyondCheckpointTest, WithoutTheJournalNobodyIsSaidToHoldNoReceipt) {
  EXPECT_THAT(BeyondCheckpoint(12, Of(10, 10), false),
              testing::AllOf(HasSubstr("2 more entries"), Not(HasSubstr("nobody holds"))));
}

}  // namespace
}  // namespace cradle::cradled
