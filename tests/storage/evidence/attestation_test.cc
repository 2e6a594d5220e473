#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include "storage/evidence/statement.h"
#include "tests/storage/evidence/samples.h"
#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

using statement::v1::Attestation;

class AttestationTest : public testing::Test {
 protected:
  const PrivateKey key_ = PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ECDSA_P256).value();
  const PrivateKey other_ = PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ECDSA_P256).value();
  const Attestation sample_ = SampleAttestation(key_);
};

TEST_F(AttestationTest, VerifiesUnderItsKeyAlone) {
  const auto attested = Attest(sample_, key_);
  ASSERT_THAT(attested, IsOk());
  EXPECT_EQ(attested->algorithm, statement::v1::KEY_ALGORITHM_ECDSA_P256);
  EXPECT_EQ(attested->attestation, Serialize(sample_));
  EXPECT_THAT(VerifyAttestation(*attested, key_.public_key()), IsOk());
  EXPECT_THAT(VerifyAttestation(*attested, other_.public_key()), IsRefused(kDataLoss, "verify"));
}

TEST_F(AttestationTest, TheSignedMessageIsTheDomainThenTheBytes) {
  const SignedAttestation attested = Attest(sample_, key_).value();
  const std::string message = "cradle/attestation/v1\n" + attested.attestation;
  EXPECT_THAT(key_.public_key().Verify(message, attested.signature), IsOk());
  EXPECT_FALSE(key_.public_key().Verify(attested.attestation, attested.signature).ok());
}

TEST_F(AttestationTest, EveryByteOfItIsSigned) {
  const SignedAttestation attested = Attest(sample_, key_).value();
  for (size_t i = 0; i < attested.attestation.size(); ++i) {
    SignedAttestation damaged = attested;
    damaged.attestation[i] = static_cast<char>(damaged.attestation[i] ^ 4);
    EXPECT_THAT(VerifyAttestation(damaged, key_.public_key()), IsRefused(kDataLoss, "verify"));
  }
}

TEST_F(AttestationTest, AnotherAlgorithmThanTheKeysIsRefused) {
  SignedAttestation attested = Attest(sample_, key_).value();
  attested.algorithm = statement::v1::KEY_ALGORITHM_ED25519;
  EXPECT_THAT(VerifyAttestation(attested, key_.public_key()), IsRefused(kInvalid, "algorithm 2"));
}

TEST_F(AttestationTest, NobodyAttestsUnderAnotherKeysId) {
  EXPECT_THAT(Attest(sample_, other_), IsRefused(kInvalid, "key_id"));
}

TEST_F(AttestationTest, RoundTripsInCanonicalFormOnly) {
  const std::string bytes = Serialize(sample_);
  const auto parsed = ParseAttestation(bytes);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(Serialize(*parsed), bytes);
  EXPECT_THAT(ParseAttestation(bytes + bytes), IsRefused(kInvalid, "canonical"));
  for (size_t size = 0; size < bytes.size(); ++size) {
    const auto cut = ParseAttestation(bytes.substr(0, size));
    // Cut before `seen`, it is the attestation of a device that has seen nothing.
    EXPECT_FALSE(cut.ok() && cut->has_seen()) << size;
  }
}

TEST_F(AttestationTest, ADeviceThatHasSeenNoCheckpointAndTheLogItselfMayAttest) {
  Attestation attestation = sample_;
  attestation.clear_seen();
  attestation.clear_person();
  EXPECT_THAT(ParseAttestation(Serialize(attestation)), IsOk());
}

TEST_F(AttestationTest, RefusalsNameTheField) {
  const auto expect = [this](void (*damage)(Attestation&), absl::StatusCode code,
                             const char* message) {
    Attestation attestation = sample_;
    damage(attestation);
    EXPECT_THAT(ParseAttestation(Serialize(attestation)), IsRefused(code, message));
    EXPECT_FALSE(Attest(attestation, key_).ok() && code == kInvalid) << message;
  };
  expect([](Attestation& a) { a.clear_statement_hash(); }, kInvalid, "statement_hash: 0");
  expect([](Attestation& a) { a.set_statement_hash(std::string(31, 'h')); }, kInvalid,
         "statement_hash: 31");
  expect([](Attestation& a) { a.set_party(8); }, kInvalid, "party: 8");
  expect([](Attestation& a) { a.set_key_id("short"); }, kInvalid, "key_id: 5");
  expect([](Attestation& a) { a.set_person("Mr Wang"); }, kInvalid, "person: 'Mr Wang'");
  expect([](Attestation& a) { a.clear_seq(); }, kInvalid, "seq");
  expect([](Attestation& a) { a.mutable_seen()->set_root("short"); }, kInvalid, "seen.root: 5");
  expect([](Attestation& a) { a.GetReflection()->MutableUnknownFields(&a)->AddVarint(9, 1); },
         kUnknown, "Attestation.9");
}

}  // namespace
}  // namespace cradle::evidence
