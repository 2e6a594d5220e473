// The verdict on one chain by itself.
#include "services/audit/core/verify_chain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>

#include "storage/evidence/receipt.h"
#include "tests/services/audit/log_fixture.h"

namespace cradle::audit::testing {
namespace {

using ::testing::HasSubstr;

// A batch from generation to consignment: 3 statements on its chain.
class VerifyChainTest : public ::testing::Test {
 protected:
  VerifyChainTest() {
    log_.Append(log_.signers.Generate(log_.custody->producer, batch_));
    log_.Append(log_.signers.Store(log_.custody->producer, batch_));
    log_.AppendAll(log_.signers.Carry(log_.custody->producer, log_.custody->carrier,
                                      log_.custody->vehicle, log_.custody->receiver, {batch_}));
    log_.Append(log_.signers.Treat(log_.custody->receiver, batch_));
    bundle_ = Bundle();
  }

  ProvenEntry Proven(uint64_t index) const {
    const evidence::Receipt receipt =
        evidence::ParseReceipt(log_.Receipt(index, log_.size())).value();
    return {index, receipt.entry, receipt.path};
  }

  ChainBundle Bundle() const {
    ChainBundle bundle;
    bundle.chain = "batch:" + batch_.id;
    bundle.checkpoint = log_.Checkpoint(log_.size());
    for (uint64_t i = 0; i < log_.size(); ++i) {
      const evidence::Entry entry = evidence::DecodeEntry(log_.entries[i]).value();
      const auto statement = evidence::ParseStatement(entry.signed_statement.statement).value();
      const auto& links = statement.message.links();
      if (std::any_of(links.begin(), links.end(),
                      [&](const auto& link) { return link.chain() == bundle.chain; })) {
        bundle.entries.push_back(Proven(i));
      }
      if (!EnrolledKeys(log_.entries[i]).empty()) bundle.enrolments.push_back(Proven(i));
    }
    return bundle;
  }

  Report VerifyNow() const { return VerifyChain(bundle_, log_.verifier); }

  // The entry changed, and the log with it, as its operator could.
  void EditEntry(size_t place, const std::function<void(evidence::Entry&)>& change) {
    const uint64_t index = bundle_.entries[place].index;
    log_.Edit(index, change);
    bundle_ = Bundle();
  }

  LogFixture log_;
  ledger::testing::WasteBatch batch_;
  ChainBundle bundle_;
};

TEST_F(VerifyChainTest, ATrueChainIsVerifiedAndTheScopeSaysWhatThatDoesNotProve) {
  ASSERT_GE(bundle_.entries.size(), 3u);
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_THAT(report.scope, HasSubstr("does not show that nothing came later, that no key was "
                                      "revoked"));
  EXPECT_THAT(report.scope, HasSubstr("from the beginning of the chain"));
}

TEST_F(VerifyChainTest, APartOfTheChainIsVerifiedAsAPart) {
  bundle_.entries.erase(bundle_.entries.begin());
  bundle_.first_height = 1;
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_THAT(report.scope, ::testing::Not(HasSubstr("from the beginning of the chain")));
}

TEST_F(VerifyChainTest, AMissingKeyIsUnverifiable) {
  bundle_.enrolments.clear();
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kUnverifiable) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kUnverifiable, bundle_.entries[0].index));
}

TEST_F(VerifyChainTest, AnEntryLeftOutInTheMiddleIsTampered) {
  bundle_.entries.erase(bundle_.entries.begin() + 1);
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, bundle_.entries[1].index));
}

TEST_F(VerifyChainTest, TwoEntriesInTheWrongOrderAreTampered) {
  std::swap(bundle_.entries[0], bundle_.entries[1]);
  EXPECT_EQ(VerifyNow().verdict, Verdict::kTampered);
}

TEST_F(VerifyChainTest, AnEntryWithoutItsProofIsTampered) {
  bundle_.entries[1].path[0][0] ^= 1;
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, bundle_.entries[1].index));
}

TEST_F(VerifyChainTest, AnEntryWhoseBytesChangedIsTampered) {
  bundle_.entries[1].entry[12] ^= 1;
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, bundle_.entries[1].index));
}

TEST_F(VerifyChainTest, ASignatureThatFailsIsTamperedThoughTheLogSignedTheEntry) {
  EditEntry(
      1, [](evidence::Entry& entry) { entry.signed_statement.attestations[0].signature[5] ^= 1; });
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, bundle_.entries[1].index));
}

TEST_F(VerifyChainTest, AnAttestationByAnotherOrganisationsKeyIsTampered) {
  EditEntry(1, [this](evidence::Entry& entry) {
    evidence::SignedAttestation& attestation = entry.signed_statement.attestations[0];
    ledger::testing::Device& other = log_.custody->carrier.device;
    statement::v1::Attestation message =
        evidence::ParseAttestation(attestation.attestation).value();
    message.set_key_id(std::string(evidence::AsBytes(other.key.public_key().id())));
    attestation = evidence::Attest(message, other.key).value();
  });
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  ASSERT_FALSE(report.findings.empty());
  EXPECT_THAT(report.findings[0].reason, HasSubstr("not enrolled for"));
}

TEST_F(VerifyChainTest, AnotherLogsKeyIsUnverifiable) {
  const LogFixture other(LogFixture::Registered::kNobody);
  EXPECT_EQ(VerifyChain(bundle_, other.verifier).verdict, Verdict::kUnverifiable);
}

TEST_F(VerifyChainTest, AnEmptyBundleIsUnavailable) {
  bundle_.entries.clear();
  EXPECT_EQ(VerifyNow().verdict, Verdict::kUnavailable);
}

TEST_F(VerifyChainTest, RandomBytesForAnEntryAreTampered) {
  bundle_.entries[2].entry = std::string(300, '\x7f');
  EXPECT_EQ(VerifyNow().verdict, Verdict::kTampered);
}

}  // namespace
}  // namespace cradle::audit::testing
