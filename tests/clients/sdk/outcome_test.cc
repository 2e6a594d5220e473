// What a device believes of a ledger's answers about disputed statements.
#include "clients/sdk/outcome.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "clients/sdk/home.h"
#include "storage/evidence/hash.h"
#include "tests/clients/sdk/temporary_directory.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::sdk {
namespace {

using evidence::SignedStatement;

class DisputedOutcomeTest : public ::testing::Test {
 protected:
  DisputedOutcomeTest() : custody_(Founded(ledger_).signers) {
    ledger_.Admit(custody_.registrations);
    ledger::testing::WasteBatch batch;
    ledger_.Admit(ledger_.signers.Generate(custody_.producer, batch));
    const std::vector<SignedStatement> carried = ledger_.signers.Carry(
        custody_.producer, custody_.carrier, custody_.vehicle, custody_.receiver, {batch});
    ledger_.Admit(carried[0]);
    again_ = ledger_.signers.SignAgain(
        carried[1], {{&custody_.producer.device, statement::v1::CAPACITY_CONSIGNOR},
                     {&custody_.carrier.device, statement::v1::CAPACITY_CARRIER}});
    taken_ = carried[1];
    admission_ = ledger_.Admit(taken_);
    const ledger::SubmitResult result = ledger_.Submit(again_);
    const auto* disputed = std::get_if<ledger::DisputedAdmission>(&result.outcome);
    EXPECT_NE(disputed, nullptr);
    if (disputed != nullptr) disputed_ = *disputed;
  }

  static ledger::testing::TestLedger& Founded(ledger::testing::TestLedger& ledger) {
    ledger.Found();
    return ledger;
  }

  v1::SubmitResult Answer(const SignedStatement& statement) const {
    v1::SubmitResult result;
    result.set_statement_hash(
        std::string(evidence::AsBytes(evidence::StatementHash(statement.statement))));
    return result;
  }
  template <typename Kept>
  static void Fill(const ledger::Admission& from, Kept& kept) {
    kept.set_index(from.index);
    kept.set_receipt(from.receipt);
  }

  ledger::testing::TestLedger ledger_{ledger::testing::TestLedger::Engine::kMemory};
  const evidence::NoteVerifier log_ =
      evidence::NoteVerifier::Create(ledger::testing::kOrigin, ledger_.log_key.public_key())
          .value();
  ledger::testing::Custody custody_;
  SignedStatement taken_;
  SignedStatement again_;
  ledger::Admission admission_;
  ledger::DisputedAdmission disputed_;
};

TEST_F(DisputedOutcomeTest, ADisputedStatementIsToldWithItsReceiptAndTheHeads) {
  v1::SubmitResult result = Answer(again_);
  Fill(disputed_.kept, *result.mutable_disputed());
  result.mutable_disputed()->add_marks()->set_rule("LINK-DISPUTED");
  result.mutable_disputed()->add_heads()->set_chain("manifest:…");
  const absl::StatusOr<Outcome> outcome = CheckResult(again_, result, log_);
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->kind, Outcome::Kind::kDisputed);
  EXPECT_TRUE(outcome->receipted());
  EXPECT_EQ(outcome->index, disputed_.kept.index);
  EXPECT_EQ(outcome->receipt, disputed_.kept.receipt);
  EXPECT_EQ(outcome->heads.size(), 1u);
  EXPECT_EQ(outcome->violations.at(0).rule(), "LINK-DISPUTED");
  EXPECT_EQ(
      CheckReceipt(again_.statement, disputed_.kept.index, disputed_.kept.receipt, log_)->kind,
      Outcome::Kind::kDisputed);
}

TEST_F(DisputedOutcomeTest, AnAnswerOfAnotherKindThanItsReceiptIsNotBelieved) {
  v1::SubmitResult called_admitted = Answer(again_);
  Fill(disputed_.kept, *called_admitted.mutable_admitted());
  EXPECT_TRUE(absl::IsDataLoss(CheckResult(again_, called_admitted, log_).status()));
  v1::SubmitResult called_disputed = Answer(taken_);
  Fill(admission_, *called_disputed.mutable_disputed());
  EXPECT_TRUE(absl::IsDataLoss(CheckResult(taken_, called_disputed, log_).status()));
}

TEST_F(DisputedOutcomeTest, ItLeavesTheOutboxWithItsReceiptAndWhatComesNextFollowsIt) {
  TemporaryDirectory directory;
  Home home = Home::Open(directory.path() / "home").value();
  const evidence::ParsedStatement parsed = evidence::ParseStatement(again_.statement).value();
  const HomeLock lock = home.Lock().value();
  ASSERT_EQ(home.Enqueue(lock, again_), absl::OkStatus());
  ASSERT_EQ(home.heads().Advance(parsed, /*admitted=*/false), absl::OkStatus());
  ASSERT_EQ(home.Receipted(lock, parsed, disputed_.kept.receipt, /*admitted=*/false),
            absl::OkStatus());
  EXPECT_TRUE(home.ReadOutbox()->empty());
  EXPECT_EQ(home.FindReceipt(evidence::AsBytes(parsed.hash)).value(), disputed_.kept.receipt);
  const auto head = home.heads().Find(parsed.message.links(0).chain()).value();
  ASSERT_TRUE(head.has_value());
  EXPECT_EQ(head->statement_hash, evidence::AsBytes(parsed.hash));
  EXPECT_FALSE(head->admitted) << "for others the chain stands elsewhere";
}

}  // namespace
}  // namespace cradle::sdk
