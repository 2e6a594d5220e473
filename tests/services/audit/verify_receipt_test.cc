// The verdict on one receipt by itself, with and without those of its keys' enrolments.
#include "services/audit/core/verify_receipt.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/audit/core/verify_chain.h"
#include "storage/evidence/statement.h"
#include "tests/services/audit/log_fixture.h"

namespace cradle::audit::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class VerifyReceiptTest : public ::testing::Test {
 protected:
  VerifyReceiptTest() {
    generated_ = log_.Append(log_.signers.Generate(log_.custody->producer, batch_));
    enrolment_ = EnrolmentOf(log_.custody->producer.device);
  }

  uint64_t EnrolmentOf(const ledger::testing::Device& device) const {
    const std::string id(evidence::AsBytes(device.key.public_key().id()));
    for (uint64_t i = 0; i < log_.size(); ++i) {
      for (const std::string& enrolled : EnrolledKeys(log_.entries[i])) {
        if (enrolled == id) return i;
      }
    }
    ADD_FAILURE() << "the log has no enrolment of that key";
    return 0;
  }

  Kept ReceiptOf(uint64_t index) const {
    return {"entry-" + std::to_string(index), log_.Receipt(index, log_.size())};
  }

  absl::StatusOr<ReceiptProof> VerifyNow(uint64_t index,
                                         const std::vector<uint64_t>& enrolments) const {
    std::vector<Kept> kept;
    for (const uint64_t enrolment : enrolments) kept.push_back(ReceiptOf(enrolment));
    return VerifyReceipt(ReceiptOf(index), kept, log_.verifier);
  }

  // The first attestation made anew with another key, as the log's operator could let it pass.
  void AttestAnew(uint64_t index, ledger::testing::Device& device) {
    log_.Edit(index, [&device](evidence::Entry& entry) {
      evidence::SignedAttestation& attestation = entry.signed_statement.attestations[0];
      statement::v1::Attestation message =
          evidence::ParseAttestation(attestation.attestation).value();
      message.set_key_id(std::string(evidence::AsBytes(device.key.public_key().id())));
      attestation = evidence::Attest(message, device.key).value();
    });
  }

  void ExpectTampered(const absl::Status& status, const std::string& reason) const {
    EXPECT_TRUE(absl::IsDataLoss(status)) << status;
    EXPECT_THAT(std::string(status.message()), StartsWith("tampered: "));
    EXPECT_THAT(std::string(status.message()), HasSubstr(reason));
  }

  LogFixture log_;
  ledger::testing::WasteBatch batch_;
  uint64_t generated_ = 0;
  uint64_t enrolment_ = 0;
};

TEST_F(VerifyReceiptTest, AloneItProvesTheEntryAndNotWhoAttested) {
  const ReceiptProof proof = VerifyNow(generated_, {}).value();
  EXPECT_EQ(proof.index, generated_);
  EXPECT_EQ(proof.checkpoint.size, log_.size());
  ASSERT_EQ(proof.attestations.size(), 1u);
  EXPECT_TRUE(absl::IsNotFound(proof.attestations[0])) << proof.attestations[0];
  EXPECT_FALSE(proof.AllProven());
}

TEST_F(VerifyReceiptTest, WithTheEnrolmentItProvesTheAttestationAndSaysWhatTheEnrolmentLacks) {
  const ReceiptProof proof = VerifyNow(generated_, {enrolment_}).value();
  EXPECT_TRUE(proof.AllProven());
  EXPECT_EQ(proof.enrolments_unproven, 1u);  // the regulator's, whose key the founding brings
  const ReceiptProof whole = VerifyNow(generated_, {enrolment_, 0}).value();
  EXPECT_TRUE(whole.AllProven());
  EXPECT_EQ(whole.enrolments_unproven, 0u);
}

TEST_F(VerifyReceiptTest, TheFoundingBringsItsOwnKey) {
  EXPECT_TRUE(VerifyNow(0, {}).value().AllProven());
}

TEST_F(VerifyReceiptTest, AnEnrolmentDoesNotBringTheKeyThatAttestsIt) {
  EXPECT_FALSE(VerifyNow(enrolment_, {}).value().AllProven());
  AttestAnew(enrolment_, log_.custody->producer.device);
  ExpectTampered(VerifyNow(enrolment_, {}).status(), "in it or after it");
  ExpectTampered(VerifyNow(generated_, {enrolment_}).status(), "in it or after it");
}

TEST_F(VerifyReceiptTest, AnEnrolmentAfterTheEntryIsTooLate) {
  const evidence::Entry entry = evidence::DecodeEntry(log_.entries[enrolment_]).value();
  const uint64_t late = log_.Force(entry.signed_statement);
  ExpectTampered(VerifyNow(generated_, {late}).status(), "in it or after it");
}

TEST_F(VerifyReceiptTest, AKeyOfAnotherOrganisationIsTampered) {
  AttestAnew(generated_, log_.custody->carrier.device);
  const uint64_t of_carrier = EnrolmentOf(log_.custody->carrier.device);
  ExpectTampered(VerifyNow(generated_, {of_carrier}).status(), "the key is not enrolled for");
}

TEST_F(VerifyReceiptTest, ASignatureThatFailsIsTamperedThoughTheLogSignedTheEntry) {
  log_.Edit(generated_, [](evidence::Entry& entry) {
    entry.signed_statement.attestations[0].signature[5] ^= 1;
  });
  EXPECT_FALSE(VerifyNow(generated_, {}).value().AllProven());
  ExpectTampered(VerifyNow(generated_, {enrolment_}).status(), "the attestation of party 0");
}

TEST_F(VerifyReceiptTest, AnEntryWithoutAttestationsIsTampered) {
  log_.Edit(generated_,
            [](evidence::Entry& entry) { entry.signed_statement.attestations.clear(); });
  ExpectTampered(VerifyNow(generated_, {}).status(), "0 attestations where 1 parties must attest");
}

TEST_F(VerifyReceiptTest, RecordedTimesAgainstTheOrderOfEntriesAreTampered) {
  log_.Edit(enrolment_, [this](evidence::Entry& entry) { entry.recorded_time_ms = log_.now_ms; });
  ExpectTampered(VerifyNow(generated_, {enrolment_}).status(), "recorded before an entry ahead");
}

TEST_F(VerifyReceiptTest, AChangedReceiptIsTamperedAlsoAsAnEnrolment) {
  Kept changed = ReceiptOf(enrolment_);
  const std::string line = "index " + std::to_string(enrolment_);
  ASSERT_NE(changed.bytes.find(line), std::string::npos);
  changed.bytes.replace(changed.bytes.find(line), line.size(), "index 0");
  ExpectTampered(VerifyReceipt(ReceiptOf(generated_), {changed}, log_.verifier).status(),
                 changed.name);
}

TEST_F(VerifyReceiptTest, TwoEntriesOfOneIndexAreAFork) {
  const Kept before = ReceiptOf(enrolment_);
  log_.Edit(enrolment_, [](evidence::Entry& entry) { entry.salt[0] ^= 1; });
  log_.Append(log_.signers.Store(log_.custody->producer, batch_));
  const absl::Status status =
      VerifyReceipt(before, {ReceiptOf(enrolment_)}, log_.verifier).status();
  EXPECT_TRUE(absl::IsDataLoss(status)) << status;
  EXPECT_THAT(std::string(status.message()), StartsWith("forked: "));
}

TEST_F(VerifyReceiptTest, TwoTreesOfOneSizeAreAFork) {
  const Kept before = ReceiptOf(generated_);
  log_.Edit(1, [](evidence::Entry& entry) { entry.salt[0] ^= 1; });
  const absl::Status status =
      VerifyReceipt(before, {ReceiptOf(enrolment_)}, log_.verifier).status();
  EXPECT_THAT(std::string(status.message()), StartsWith("forked: "));
}

TEST_F(VerifyReceiptTest, AnotherLogsKeyIsUnverifiable) {
  const LogFixture other(LogFixture::Registered::kNobody);
  const absl::Status status = VerifyReceipt(ReceiptOf(generated_), {}, other.verifier).status();
  EXPECT_TRUE(absl::IsUnimplemented(status)) << status;
  EXPECT_THAT(std::string(status.message()), StartsWith("unverifiable: "));
}

TEST_F(VerifyReceiptTest, AFoundingWithAnotherLogKeyIsTampered) {
  ledger::testing::Signers others(kOrigin);
  const auto key = evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  log_.Edit(0, [&](evidence::Entry& entry) {
    entry.signed_statement = others.Found(key.public_key(), &key);
  });
  ExpectTampered(VerifyNow(0, {}).status(), "another key than the one that signed it");
}

}  // namespace
}  // namespace cradle::audit::testing
