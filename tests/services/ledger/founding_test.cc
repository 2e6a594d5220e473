// An empty log accepts one thing: the founding it was set up for.
#include "services/ledger/founding.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "storage/evidence/entry.h"
#include "storage/evidence/hash.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::ledger::testing {
namespace {

using evidence::SignedStatement;

TEST(FoundingTest, NothingElseIsAcceptedBefore) {
  TestLedger ledger;
  const Custody custody(ledger.signers);
  EXPECT_EQ(RuleOf(ledger.Submit(custody.registrations[0])), "LOG-FOUNDED");
  EXPECT_TRUE(absl::IsNotFound(ledger.ledger->Checkpoint().status()));
  EXPECT_EQ(ledger.ledger->size(), 0);
}

TEST(FoundingTest, TheLogAddsItsOwnAttestation) {
  TestLedger ledger;
  const SignedStatement founding = ledger.signers.Found(ledger.log_key.public_key());
  ASSERT_EQ(founding.attestations.size(), 1);
  const Admission admission = ledger.Admit(founding);
  EXPECT_EQ(admission.index, 0);
  ledger.ExpectReceipt(admission, founding);
  const std::string bytes = ledger.reader().Entries(0, 1, 1 << 20).value().at(0);
  const evidence::Entry entry = evidence::DecodeEntry(bytes).value();
  ASSERT_EQ(entry.signed_statement.attestations.size(), 2);
  const auto& of_log = entry.signed_statement.attestations[1];
  EXPECT_EQ(evidence::VerifyAttestation(of_log, ledger.log_key.public_key()), absl::OkStatus());
  const auto message = evidence::ParseAttestation(of_log.attestation).value();
  EXPECT_EQ(message.person(), "");
  EXPECT_EQ(message.seq(), 1);
  // The same bytes again, with or without the log's attestation.
  EXPECT_EQ(ledger.Admit(founding).receipt, admission.receipt);
  EXPECT_EQ(ledger.Admit(entry.signed_statement).receipt, admission.receipt);
}

TEST(FoundingTest, TheLogsAttestationMayComeWithIt) {
  TestLedger ledger;
  EXPECT_EQ(ledger.Admit(ledger.signers.Found(ledger.log_key.public_key(), &ledger.log_key)).index,
            0);
}

TEST(FoundingTest, OnlyByThePinnedRegulator) {
  TestLedger ledger;
  Signers others(kOrigin);
  const SubmitResult result = ledger.Submit(others.Found(ledger.log_key.public_key()));
  EXPECT_EQ(RefusedOf(result).code, absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(RuleOf(result), "FOUNDING-PIN");
  EXPECT_EQ(RefusedOf(result).violations[0].field, "founded.regulator_key.key");
}

TEST(FoundingTest, OnlyWithTheKeyOfThisLog) {
  TestLedger ledger;
  const auto other = evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value();
  const SubmitResult result = ledger.Submit(ledger.signers.Found(other.public_key(), &other));
  EXPECT_EQ(RuleOf(result), "FOUNDING-PIN");
  EXPECT_EQ(RefusedOf(result).violations[0].field, "founded.log_key");
}

TEST(FoundingTest, OnlyUnderThisOrigin) {
  TestLedger ledger;
  Signers elsewhere("elsewhere.example");
  elsewhere.regulator = ledger.signers.regulator;
  EXPECT_EQ(RuleOf(ledger.Submit(elsewhere.Found(ledger.log_key.public_key()))), "LOG-ORIGIN");
}

TEST(FoundingTest, OnlyIfTheRegulatorSignedIt) {
  TestLedger ledger;
  SignedStatement founding = ledger.signers.Found(ledger.log_key.public_key());
  founding.attestations[0].signature[3] ^= 1;
  EXPECT_EQ(RuleOf(ledger.Submit(founding)), "ATTESTATION-SIGNATURE");
  founding.attestations.clear();
  EXPECT_EQ(RuleOf(ledger.Submit(founding)), "ATTESTATION-EACH");
  EXPECT_EQ(ledger.ledger->size(), 0);
}

TEST(FoundingTest, OnlyOnce) {
  TestLedger ledger;
  ledger.Found();
  Signers again(kOrigin);
  again.regulator = ledger.signers.regulator;
  again.SetTime(kStartMs + 1);
  RefusedOf(ledger.Submit(again.Found(ledger.log_key.public_key())));
  EXPECT_EQ(ledger.ledger->size(), 1);
}

TEST(FoundingTest, TheFoundingAndWhatFollowsMayComeInOneSubmission) {
  TestLedger ledger;
  std::vector<SignedStatement> statements = {ledger.signers.Found(ledger.log_key.public_key())};
  Custody custody(ledger.signers);
  statements.insert(statements.begin(), custody.registrations.begin(), custody.registrations.end());
  ledger.Admit(statements);
}

TEST(FoundingTest, PreparedFoundingIsCompleteButForTheAttestations) {
  TestLedger ledger;
  SignedStatement founding = ledger.signers.Found(ledger.log_key.public_key());
  auto message = evidence::ParseStatement(founding.statement).value().message;
  message.clear_links();
  message.clear_nonce();
  message.clear_log_origin();
  const auto prepared = ledger.ledger->Prepare(message);
  ASSERT_EQ(prepared.status(), absl::OkStatus());
  EXPECT_FALSE(prepared->rendering_en.empty());
  EXPECT_NE(prepared->rendering_en, prepared->rendering_zh);
  EXPECT_EQ(prepared->statement.message.log_origin(), kOrigin);
  const SignedStatement attested{
      {ledger.signers.AttestAs(prepared->statement.hash, 0, ledger.signers.regulator)},
      prepared->statement.bytes};
  EXPECT_EQ(ledger.Admit(attested).index, 0);
}

TEST(FoundingTest, ABundleWithoutALimitOfItsRuleSetIsRefusedByTheNameOfTheLimit) {
  const auto own = SampleRuleData();
  std::string bundle = own->bundle();
  // As long as before, so that the length of its file stays.
  const std::string_view limit = "\ncarriers_max,";
  bundle.replace(bundle.find(limit), limit.size(), "\ncarriers_mix,");
  const auto data = rules::RuleData::FromBundle(bundle).value();
  rules::RuleDataLibrary library;
  library.Add(own);
  library.Add(data);
  const LogIdentity identity{
      "log.example/test",
      evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ED25519).value(),
      evidence::PrivateKey::Generate(statement::v1::KEY_ALGORITHM_ECDSA_P256).value().public_key()};
  const auto check = [&](uint32_t rule_set, const rules::RuleData& named) {
    statement::v1::Statement message;
    message.mutable_rules_adopted()->set_rule_set(rule_set);
    message.mutable_rules_adopted()->set_rule_data_sha256(
        std::string(evidence::AsBytes(named.sha256())));
    return CheckLogStatement(identity, library, message, true);
  };
  const auto refused = check(2, *data);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->code, absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(refused->violations[0].rule, "RULES-AT-HAND");
  EXPECT_EQ(refused->violations[0].field, "rules_adopted.rule_data_sha256");
  EXPECT_NE(refused->violations[0].message_en.find("carriers_max"), std::string::npos);
  EXPECT_NE(refused->violations[0].message_zh.find("carriers_max"), std::string::npos);
  EXPECT_FALSE(check(1, *data).has_value());
  EXPECT_FALSE(check(2, *own).has_value());
}

}  // namespace
}  // namespace cradle::ledger::testing
