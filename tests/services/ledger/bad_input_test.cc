// What the ledger refuses: each a specific refusal, nothing written, and it stays up.
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/ledger/store_layout.h"
#include "storage/evidence/hash.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::ledger::testing {
namespace {

using evidence::SignedStatement;
using statement::v1::Statement;

class BadInputTest : public ::testing::Test {
 protected:
  BadInputTest() : custody_(Founded(ledger_).signers) {
    ledger_.Admit(custody_.registrations);
    checkpoint_ = ledger_.ledger->Checkpoint().value();
  }

  // Whatever was refused, the log is as it was and takes the next good statement.
  ~BadInputTest() override {
    EXPECT_EQ(ledger_.ledger->Checkpoint().value(), checkpoint_);
    WasteBatch batch;
    ledger_.Admit(ledger_.signers.Generate(custody_.producer, batch));
  }

  static TestLedger& Founded(TestLedger& ledger) {
    ledger.Found();
    return ledger;
  }

  std::vector<Attester> ByProducer() {
    return {{&custody_.producer.device, statement::v1::CAPACITY_ORGANISATION}};
  }
  Signers::Fill Generated() {
    return ledger_.signers.Generated(custody_.producer, evidence::RandomId(), 1'000);
  }
  SignedStatement Good() { return ledger_.signers.SignAside(ByProducer(), Generated()); }
  // Attested properly, over whatever bytes `spoil` makes of a good statement.
  SignedStatement Spoilt(const std::function<void(Statement&)>& spoil) {
    Statement message = ledger_.signers.Compose(ByProducer(), Generated());
    spoil(message);
    return Attested(evidence::Serialize(message));
  }
  SignedStatement Attested(std::string bytes) {
    const evidence::Hash hash = evidence::StatementHash(bytes);
    return {{ledger_.signers.AttestAs(hash, 0, custody_.producer.device)}, std::move(bytes)};
  }

  rules::Refused Refused(const SignedStatement& statement) {
    const rules::Refused refused = RefusedOf(ledger_.Submit(statement));
    EXPECT_FALSE(refused.violations.empty());
    for (const auto& violation : refused.violations) {
      EXPECT_FALSE(violation.message_en.empty());
      EXPECT_FALSE(violation.message_zh.empty());
    }
    return refused;
  }
  void ExpectRefused(const SignedStatement& statement, absl::StatusCode code,
                     const std::string& rule, const std::string& field) {
    const rules::Refused refused = Refused(statement);
    EXPECT_EQ(refused.code, code);
    ASSERT_FALSE(refused.violations.empty());
    EXPECT_EQ(refused.violations[0].rule, rule) << refused.violations[0].message_en;
    EXPECT_EQ(refused.violations[0].field, field) << refused.violations[0].message_en;
  }

  TestLedger ledger_;
  Custody custody_;
  std::string checkpoint_;
};

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
constexpr auto kUnauthenticated = absl::StatusCode::kUnauthenticated;

TEST_F(BadInputTest, EmptyMessage) { ExpectRefused({}, kInvalid, "FORM", ""); }

TEST_F(BadInputTest, TruncatedStatement) {
  std::string bytes = Good().statement;
  bytes.resize(bytes.size() / 2);
  EXPECT_EQ(Refused(Attested(bytes)).code, kInvalid);
}

TEST_F(BadInputTest, StatementOverTheLimit) {
  ExpectRefused(Attested(std::string(60'001, 'x')), kInvalid, "FORM", "");
}

TEST_F(BadInputTest, StatementAtTheLimitIsReadAndFoundMalformed) {
  EXPECT_EQ(Refused(Attested(std::string(60'000, '\xff'))).code, kInvalid);
}

TEST_F(BadInputTest, RandomBytesEverywhere) {
  std::mt19937 random(20240601);
  const auto draw = [&random](size_t bytes_max) {
    std::string bytes(random() % bytes_max, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    return bytes;
  };
  std::vector<SignedStatement> statements;
  for (int i = 0; i < 200; ++i) {
    SignedStatement statement = i % 2 == 0 ? SignedStatement{{}, draw(2'000)} : Good();
    for (size_t n = random() % 10; n > 0; --n) {
      statement.attestations.push_back(
          {static_cast<evidence::KeyAlgorithm>(random() % 5), draw(300), draw(100)});
    }
    if (i % 2 == 1) statement.attestations.erase(statement.attestations.begin());
    statements.push_back(std::move(statement));
  }
  for (const SubmitResult& result : ledger_.Submit(statements)) RefusedOf(result);
}

TEST_F(BadInputTest, NotCanonicalBytes) {
  std::string bytes = Good().statement;
  bytes += std::string("\x08\x01", 2);  // format a second time, at the end
  ExpectRefused(Attested(bytes), kInvalid, "FORM", "");
}

TEST_F(BadInputTest, UnknownFieldIsUnknownNotMalformed) {
  std::string bytes = Good().statement;
  bytes += std::string("\xb8\x3e\x01", 3);  // field 999
  EXPECT_EQ(Refused(Attested(bytes)).code, absl::StatusCode::kUnimplemented);
}

TEST_F(BadInputTest, UnknownEnumValue) {
  const rules::Refused refused = Refused(Spoilt([](Statement& message) {
    message.mutable_batch_generated()->set_form(static_cast<statement::v1::PhysicalForm>(77));
  }));
  EXPECT_EQ(refused.code, absl::StatusCode::kUnimplemented);
  EXPECT_EQ(refused.violations[0].field, "batch_generated.form");
}

TEST_F(BadInputTest, ForeignLogOrigin) {
  ExpectRefused(Spoilt([](Statement& message) { message.set_log_origin("elsewhere.example"); }),
                kInvalid, "LOG-ORIGIN", "log_origin");
}

TEST_F(BadInputTest, ForeignLogOriginIsToldBeforeAnUnknownKey) {
  SignedStatement foreign =
      Spoilt([](Statement& message) { message.set_log_origin("elsewhere.example"); });
  Device stranger = ledger_.signers.NewDevice(custody_.producer.device.organisation);
  foreign.attestations = {
      ledger_.signers.AttestAs(evidence::StatementHash(foreign.statement), 0, stranger)};
  ExpectRefused(foreign, kInvalid, "LOG-ORIGIN", "log_origin");
}

TEST_F(BadInputTest, WrongNonceLength) {
  ExpectRefused(Spoilt([](Statement& message) { message.set_nonce("short"); }), kInvalid, "FORM",
                "nonce");
}

TEST_F(BadInputTest, NoAttestation) {
  SignedStatement statement = Good();
  statement.attestations.clear();
  ExpectRefused(statement, kUnauthenticated, "ATTESTATION-EACH", "attestations");
}

TEST_F(BadInputTest, MoreAttestationsThanAnyStatementHasParties) {
  SignedStatement statement = Good();
  statement.attestations.resize(300, statement.attestations[0]);
  ExpectRefused(statement, kUnauthenticated, "ATTESTATION-EACH", "attestations");
}

TEST_F(BadInputTest, WrongSignatureNamesTheAttestation) {
  SignedStatement statement = Good();
  statement.attestations[0].signature[63] ^= 1;
  ExpectRefused(statement, kUnauthenticated, "ATTESTATION-SIGNATURE", "attestations[0].signature");
}

TEST_F(BadInputTest, SignatureOfAnotherLength) {
  SignedStatement statement = Good();
  statement.attestations[0].signature.pop_back();
  ExpectRefused(statement, kUnauthenticated, "ATTESTATION-SIGNATURE", "attestations[0].signature");
}

TEST_F(BadInputTest, SignatureUnderAnotherAlgorithm) {
  SignedStatement statement = Good();
  statement.attestations[0].algorithm = statement::v1::KEY_ALGORITHM_ED25519;
  ExpectRefused(statement, kUnauthenticated, "ATTESTATION-SIGNATURE", "attestations[0].signature");
}

TEST_F(BadInputTest, UnknownKey) {
  SignedStatement statement = Good();
  Device stranger = ledger_.signers.NewDevice(custody_.producer.device.organisation);
  statement.attestations = {
      ledger_.signers.AttestAs(evidence::StatementHash(statement.statement), 0, stranger)};
  ExpectRefused(statement, kUnauthenticated, "KEY-KNOWN", "attestations[0].key_id");
}

TEST_F(BadInputTest, AttestationOfAnotherStatement) {
  SignedStatement statement = Good();
  statement.attestations = Good().attestations;
  ExpectRefused(statement, kUnauthenticated, "ATTESTATION-BINDS", "attestations[0]");
}

TEST_F(BadInputTest, AttestationThatIsNotOne) {
  SignedStatement statement = Good();
  statement.attestations[0].attestation = "\xff\xff";
  EXPECT_EQ(Refused(statement).code, kInvalid);
}

TEST_F(BadInputTest, SeenCheckpointWithAnotherRootIsAFork) {
  statement::v1::Seen seen;
  seen.set_size(ledger_.ledger->size());
  seen.set_root(std::string(32, 'f'));
  ledger_.signers.seen = seen;
  const SignedStatement statement = Good();
  ledger_.signers.seen.reset();
  ExpectRefused(statement, absl::StatusCode::kFailedPrecondition, "ATTESTATION-SEEN",
                "attestations[0].seen");
}

TEST_F(BadInputTest, SeenSizeThatWasNeverSigned) {
  // The registrations were one group: no checkpoint lies within them.
  statement::v1::Seen seen;
  seen.set_size(ledger_.ledger->size() - 1);
  seen.set_root(std::string(32, 'f'));
  ledger_.signers.seen = seen;
  const SignedStatement within = Good();
  seen.set_size(ledger_.ledger->size() + 1'000);
  ledger_.signers.seen = seen;
  const SignedStatement beyond = Good();
  ledger_.signers.seen.reset();
  for (const SignedStatement& statement : {within, beyond}) {
    ExpectRefused(statement, absl::StatusCode::kFailedPrecondition, "ATTESTATION-SEEN",
                  "attestations[0].seen");
  }
}

TEST_F(BadInputTest, RuleSetOrDataNotAtHand) {
  const auto adopt = [&](uint32_t rule_set, const std::string& sha256) {
    return ledger_.signers.SignAside(
        {{&ledger_.signers.regulator, statement::v1::CAPACITY_REGULATOR}}, [&](Statement& message) {
          message.mutable_rules_adopted()->set_rule_set(rule_set);
          message.mutable_rules_adopted()->set_rule_data_sha256(sha256);
        });
  };
  const std::string at_hand(evidence::AsBytes(SampleRuleData()->sha256()));
  constexpr auto kFailed = absl::StatusCode::kFailedPrecondition;
  ExpectRefused(adopt(999, at_hand), kFailed, "RULES-AT-HAND", "rules_adopted.rule_set");
  ExpectRefused(adopt(rules::kLastRuleSet, std::string(32, 'x')), kFailed, "RULES-AT-HAND",
                "rules_adopted.rule_data_sha256");
}

TEST_F(BadInputTest, ReadsBeyondTheLog) {
  const uint64_t size = ledger_.ledger->size();
  const LogReader& reader = ledger_.reader();
  EXPECT_TRUE(absl::IsNotFound(reader.Receipt(size, false).status()));
  EXPECT_TRUE(absl::IsNotFound(reader.IndexOf(std::string(32, 'x')).status()));
  EXPECT_TRUE(absl::IsOutOfRange(reader.Inclusion(0, size + 1).status()));
  EXPECT_TRUE(absl::IsOutOfRange(reader.Inclusion(size, size).status()));
  EXPECT_TRUE(absl::IsOutOfRange(reader.Consistency(1, size + 1).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(reader.Consistency(0, size).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(reader.Consistency(2, 1).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(reader.Chain("batch:nothing", 0, 1, 1).status()));
  EXPECT_TRUE(absl::IsNotFound(reader.Chain("batch:" + evidence::RandomId(), 0, 1, 1).status()));
  EXPECT_TRUE(absl::IsNotFound(ledger_.ledger->RuleData("x").status()));
}

TEST_F(BadInputTest, PrepareNamesTheFieldThatIsWrong) {
  Statement message;
  EXPECT_TRUE(absl::IsInvalidArgument(ledger_.ledger->Prepare(message).status()));
  message = ledger_.signers.Compose(ByProducer(), Generated());
  message.clear_links();
  message.mutable_parties(0)->set_organisation("nobody");
  const absl::Status status = ledger_.ledger->Prepare(message).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_NE(status.message().find("parties[0].organisation"), std::string::npos) << status;
}

class FullLedgerTest : public ::testing::Test {};

TEST_F(FullLedgerTest, WhatDoesNotFitIsTurnedAwayNotQueued) {
  TestLedger ledger;
  ledger.Found();
  Custody custody(ledger.signers);
  ledger.Close();
  ledger.limits.statements_in_flight_max = 4;
  ledger.limits.bytes_in_flight_max = 10'000;
  ASSERT_EQ(ledger.Open(), absl::OkStatus());
  // More at once than it ever holds: to be divided.
  EXPECT_TRUE(absl::IsInvalidArgument(ledger.TrySubmit(custody.registrations).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ledger.TrySubmit({{{}, std::string(20'000, 'x')}}).status()));
  // The answer is held up, so what follows finds the ledger full.
  std::promise<void> held, let_go;
  ledger.ledger->Submit({custody.registrations[0], custody.registrations[1]},
                        [&](auto) { held.set_value(), let_go.get_future().wait(); });
  held.get_future().wait();
  std::vector<SignedStatement> more = {custody.registrations[2], custody.registrations[3],
                                       custody.registrations[4]};
  EXPECT_TRUE(absl::IsResourceExhausted(ledger.TrySubmit(more).status()));
  let_go.set_value();
  absl::StatusOr<std::vector<SubmitResult>> results;
  do {
    results = ledger.TrySubmit(more);
  } while (absl::IsResourceExhausted(results.status()));
  EXPECT_EQ(results.status(), absl::OkStatus());
}

}  // namespace
}  // namespace cradle::ledger::testing
