// The contract of Submit.
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "services/ledger/store_layout.h"
#include "storage/evidence/hash.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::ledger::testing {
namespace {

using evidence::SignedStatement;

class SubmitTest : public ::testing::Test {
 protected:
  SubmitTest() : custody_(Founded(ledger_).signers) { ledger_.Admit(custody_.registrations); }

  static TestLedger& Founded(TestLedger& ledger) {
    ledger.Found();
    return ledger;
  }

  SignedStatement Generate() { return ledger_.signers.Generate(custody_.producer, batch_); }

  // A generated batch that its device has not taken as the new head of anything.
  SignedStatement GenerateAside() {
    return ledger_.signers.SignAside(
        {{&custody_.producer.device, statement::v1::CAPACITY_ORGANISATION}},
        ledger_.signers.Generated(custody_.producer, evidence::RandomId(), 1'000));
  }

  TestLedger ledger_;
  Custody custody_;
  WasteBatch batch_;
};

TEST_F(SubmitTest, AdmittedStatementGetsTheNextIndexAndAReceiptThatVerifies) {
  const uint64_t size = ledger_.ledger->size();
  const SignedStatement statement = Generate();
  const Admission admission = ledger_.Admit(statement);
  EXPECT_EQ(admission.index, size);
  EXPECT_FALSE(admission.repeated_submission);
  EXPECT_EQ(ledger_.ledger->size(), size + 1);
  ledger_.ExpectReceipt(admission, statement);
}

TEST_F(SubmitTest, ABatchTravelsFromGenerationToDisposal) {
  std::vector<SignedStatement> statements = {Generate()};
  statements.push_back(ledger_.signers.Store(custody_.producer, batch_));
  for (auto& statement : ledger_.signers.Carry(custody_.producer, custody_.carrier,
                                               custody_.vehicle, custody_.receiver, {batch_})) {
    statements.push_back(std::move(statement));
  }
  statements.push_back(ledger_.signers.Treat(custody_.receiver, batch_));
  const std::vector<Admission> admissions = ledger_.Admit(statements);
  for (size_t i = 0; i < statements.size(); ++i) {
    ledger_.ExpectReceipt(admissions[i], statements[i]);
  }
  const auto chain = ledger_.reader().Chain("batch:" + batch_.id, 0, 100, 1 << 20);
  ASSERT_EQ(chain.status(), absl::OkStatus());
  EXPECT_EQ(chain->elements.size(), 5);  // generated, stored, issued, confirmed, treated
  EXPECT_EQ(chain->head.height, 4);
  EXPECT_EQ(chain->elements.back().index, admissions.back().index);
}

TEST_F(SubmitTest, RetryReturnsTheSameBytes) {
  const SignedStatement statement = Generate();
  const Admission first = ledger_.Admit(statement);
  ledger_.Admit(GenerateAside());
  const Admission retried = ledger_.Admit(statement);
  EXPECT_TRUE(retried.repeated_submission);
  EXPECT_EQ(retried.index, first.index);
  EXPECT_EQ(retried.receipt, first.receipt);
}

TEST_F(SubmitTest, RetryAfterRestartReturnsTheSameBytesAndMarks) {
  ledger_.clock.Set(kStartMs + 100LL * 24 * 3'600'000);  // far outside the offline window: a mark
  const SignedStatement statement = Generate();
  const Admission first = ledger_.Admit(statement);
  ASSERT_FALSE(first.marks.empty());
  ledger_.Close();
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  ledger_.Admit(GenerateAside());
  const Admission retried = ledger_.Admit(statement);
  EXPECT_TRUE(retried.repeated_submission);
  EXPECT_EQ(retried.receipt, first.receipt);
  EXPECT_EQ(retried.marks, first.marks);
}

TEST_F(SubmitTest, RetryIsAnsweredWhateverItsSignatures) {
  SignedStatement statement = Generate();
  const Admission first = ledger_.Admit(statement);
  statement.attestations[0].signature[7] ^= 1;
  EXPECT_EQ(ledger_.Admit(statement).receipt, first.receipt);
  statement.attestations.clear();
  EXPECT_EQ(ledger_.Admit(statement).receipt, first.receipt);
}

TEST_F(SubmitTest, TheSameStatementTwiceInOneSubmissionIsOneEntry) {
  const SignedStatement statement = Generate();
  const std::vector<Admission> admissions = ledger_.Admit({statement, statement});
  EXPECT_EQ(admissions[0].index, admissions[1].index);
  EXPECT_EQ(admissions[0].receipt, admissions[1].receipt);
  EXPECT_FALSE(admissions[0].repeated_submission);
  EXPECT_TRUE(admissions[1].repeated_submission);
}

TEST_F(SubmitTest, StatementsComeInAnyOrder) {
  std::vector<SignedStatement> statements;
  Custody other(ledger_.signers);
  statements = other.registrations;
  WasteBatch batch;
  statements.push_back(ledger_.signers.Generate(other.producer, batch));
  statements.push_back(ledger_.signers.Store(other.producer, batch));
  for (auto& statement : ledger_.signers.Carry(other.producer, other.carrier, other.vehicle,
                                               other.receiver, {batch})) {
    statements.push_back(std::move(statement));
  }
  std::reverse(statements.begin(), statements.end());
  const std::vector<Admission> admissions = ledger_.Admit(statements);
  for (size_t i = 0; i < statements.size(); ++i) {
    ledger_.ExpectReceipt(admissions[i], statements[i]);
  }
}

TEST_F(SubmitTest, MissingPredecessorIsNamed) {
  const SignedStatement generated = Generate();
  const SignedStatement stored = ledger_.signers.Store(custody_.producer, batch_);
  const rules::Refused refused = RefusedOf(ledger_.Submit(stored));
  EXPECT_EQ(refused.code, absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(refused.missing_predecessor.has_value());
  EXPECT_EQ(refused.missing_predecessor->chain, "batch:" + batch_.id);
  EXPECT_EQ(refused.missing_predecessor->height, 0);
  // It is not remembered: the same bytes are admitted when the predecessor is there.
  ledger_.Admit({stored, generated});
}

TEST_F(SubmitTest, OfTwoForOneLinkOneWinsAndTheOtherIsToldTheHead) {
  ledger_.Admit(Generate());
  WasteBatch wrong = batch_;
  const auto store = ledger_.signers.Stored(custody_.producer, batch_);
  const std::vector<Attester> by = {
      {&custody_.producer.device, statement::v1::CAPACITY_ORGANISATION}};
  const std::vector<SignedStatement> racing = {ledger_.signers.SignAside(by, store),
                                               ledger_.signers.SignAside(by, store)};
  std::vector<SubmitResult> results(2);
  {
    std::vector<std::thread> submitters;
    for (size_t i = 0; i < racing.size(); ++i) {
      submitters.emplace_back([&, i] { results[i] = ledger_.Submit(racing[i]); });
    }
    for (std::thread& submitter : submitters) submitter.join();
  }
  const size_t winner = std::holds_alternative<Admission>(results[0].outcome) ? 0 : 1;
  const size_t loser = 1 - winner;
  ledger_.ExpectReceipt(std::get<Admission>(results[winner].outcome), racing[winner]);
  const rules::Refused refused = RefusedOf(results[loser]);
  EXPECT_EQ(refused.code, absl::StatusCode::kAborted);
  ASSERT_EQ(refused.heads.size(), 1);
  EXPECT_EQ(refused.heads[0].chain, "batch:" + batch_.id);
  EXPECT_EQ(refused.heads[0].height, 1);
  EXPECT_EQ(refused.heads[0].statement_hash, evidence::AsBytes(results[winner].statement_hash));
}

TEST_F(SubmitTest, ResultsOfOneSubmissionAreEachTheirOwn) {
  SignedStatement good = Generate();
  SignedStatement bad = GenerateAside();
  bad.attestations[0].signature[0] ^= 1;
  const std::vector<SubmitResult> results = ledger_.Submit({bad, good, {{}, "\x01\x02"}});
  EXPECT_EQ(RuleOf(results[0]), "ATTESTATION-SIGNATURE");
  EXPECT_TRUE(std::holds_alternative<Admission>(results[1].outcome));
  EXPECT_EQ(RuleOf(results[2]), "FORM");
  EXPECT_EQ(results[2].statement_hash, evidence::StatementHash("\x01\x02"));
}

TEST_F(SubmitTest, TooFewOrTooManyStatementsAreARefusedCall) {
  EXPECT_EQ(ledger_.TrySubmit({}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ledger_.TrySubmit(std::vector<SignedStatement>(1'001)).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST_F(SubmitTest, AKeyEnrolledInTheSameSubmissionMayAttestInIt) {
  Enterprise colleague = custody_.producer;
  colleague.device = ledger_.signers.NewDevice(custody_.producer.device.organisation);
  const SignedStatement enrolment = ledger_.signers.Enrol(colleague.device);
  WasteBatch batch;
  const SignedStatement generated = ledger_.signers.Generate(colleague, batch);
  const std::vector<Admission> admissions = ledger_.Admit({generated, enrolment});
  EXPECT_GT(admissions[0].index, admissions[1].index);
}

TEST_F(SubmitTest, RecordedTimeNeverGoesBack) {
  ledger_.clock.Set(kStartMs + 5'000);
  const uint64_t index = ledger_.Admit(GenerateAside()).index;
  ledger_.clock.Set(kStartMs - 5'000);
  ledger_.Admit(GenerateAside());
  ledger_.Close();
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  ledger_.Admit(GenerateAside());
  const auto entries = ledger_.reader().Entries(index, 10, 1 << 20).value();
  ASSERT_EQ(entries.size(), 3);
  for (const std::string& entry : entries) {
    EXPECT_EQ(LastNumber(entry.substr(0, 12)), static_cast<uint64_t>(kStartMs + 5'000));
  }
}

TEST_F(SubmitTest, AfterStopNothingIsTaken) {
  ledger_.ledger->Stop();
  EXPECT_EQ(ledger_.TrySubmit({Generate()}).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(SubmitTest, StopAnswersWhatWasTaken) {
  std::vector<std::future<absl::StatusOr<std::vector<SubmitResult>>>> answers;
  for (int i = 0; i < 50; ++i) {
    auto answer = std::make_shared<std::promise<absl::StatusOr<std::vector<SubmitResult>>>>();
    answers.push_back(answer->get_future());
    ledger_.ledger->Submit({GenerateAside()},
                           [answer](auto results) { answer->set_value(std::move(results)); });
  }
  ledger_.ledger->Stop();
  for (auto& answer : answers) {
    const auto results = answer.get();
    ASSERT_EQ(results.status(), absl::OkStatus());
    EXPECT_TRUE(std::holds_alternative<Admission>(results->at(0).outcome));
  }
}

}  // namespace
}  // namespace cradle::ledger::testing
