// What the ledger keeps as disputed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "storage/evidence/entry.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/receipt.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::ledger::testing {
namespace {

using evidence::SignedStatement;

class DisputedTest : public ::testing::Test {
 protected:
  DisputedTest() : custody_(Founded(ledger_).signers) {
    ledger_.Admit(custody_.registrations);
    ledger_.Admit(ledger_.signers.Generate(custody_.producer, batch_));
    ledger_.Admit(ledger_.signers.Store(custody_.producer, batch_));
    carried_ = ledger_.signers.Carry(custody_.producer, custody_.carrier, custody_.vehicle,
                                     custody_.receiver, {batch_});
    ledger_.Admit(carried_[0]);
    again_ = ledger_.signers.SignAgain(
        carried_[1], {{&custody_.producer.device, statement::v1::CAPACITY_CONSIGNOR},
                      {&custody_.carrier.device, statement::v1::CAPACITY_CARRIER}});
    arrived_ =
        ledger_.signers.SignAgain(carried_[2],
                                  {{&custody_.carrier.device, statement::v1::CAPACITY_CARRIER},
                                   {&custody_.receiver.device, statement::v1::CAPACITY_RECEIVER}},
                                  [this](statement::v1::Statement& message) {
                                    message.mutable_links(0)->set_previous(HashOf(again_));
                                  });
    chain_ = evidence::ParseStatement(again_.statement)->message.links(0).chain();
  }

  static TestLedger& Founded(TestLedger& ledger) {
    ledger.Found();
    return ledger;
  }
  static std::string HashOf(const SignedStatement& statement) {
    return std::string(evidence::AsBytes(evidence::StatementHash(statement.statement)));
  }

  DisputedAdmission DisputedOf(const SubmitResult& result) {
    const auto* disputed = std::get_if<DisputedAdmission>(&result.outcome);
    EXPECT_NE(disputed, nullptr) << "not disputed";
    return disputed == nullptr ? DisputedAdmission() : *disputed;
  }
  static evidence::EntryKind KindIn(const Admission& kept) {
    const auto receipt = evidence::ParseReceipt(kept.receipt).value();
    return evidence::DecodeEntry(receipt.entry)->kind;
  }

  TestLedger ledger_;
  Custody custody_;
  WasteBatch batch_;
  std::vector<SignedStatement> carried_;
  SignedStatement again_;    // another pickup of the same load
  SignedStatement arrived_;  // the delivery that follows it
  std::string chain_;
};

TEST_F(DisputedTest, ItGetsAnEntryOfItsKindAReceiptAndTheHeads) {
  const Admission taken = ledger_.Admit(carried_[1]);
  const DisputedAdmission disputed = DisputedOf(ledger_.Submit(again_));
  EXPECT_EQ(disputed.kept.index, taken.index + 1);
  ledger_.ExpectReceipt(disputed.kept, again_);
  EXPECT_EQ(KindIn(disputed.kept), evidence::EntryKind::kDisputed);
  EXPECT_EQ(KindIn(taken), evidence::EntryKind::kAdmitted);
  ASSERT_FALSE(disputed.kept.marks.empty());
  EXPECT_EQ(disputed.kept.marks[0].rule, "LINK-DISPUTED");
  ASSERT_EQ(disputed.heads.size(), 1u);
  EXPECT_EQ(disputed.heads[0].statement_hash, HashOf(carried_[1]));

  const auto chain = ledger_.reader().Chain(chain_, 0, 10, 1 << 20);
  ASSERT_TRUE(chain.ok()) << chain.status();
  EXPECT_EQ(chain->elements.size(), 2u) << "it stands on no chain";
  EXPECT_EQ(chain->head.statement_hash, HashOf(carried_[1]));
  ledger_.Admit(carried_[2]);
}

TEST_F(DisputedTest, ARetryIsTheSameReceiptAlsoAfterARestartAndSaysThatItIsDisputed) {
  ledger_.Admit(carried_[1]);
  const DisputedAdmission first = DisputedOf(ledger_.Submit(again_));
  EXPECT_FALSE(first.kept.repeated_submission);
  ledger_.Close();
  ASSERT_EQ(ledger_.Open(), absl::OkStatus());
  ledger_.Admit(carried_[2]);
  SignedStatement unsigned_retry = again_;
  unsigned_retry.attestations.clear();
  for (const SignedStatement& retry : {again_, unsigned_retry}) {
    const DisputedAdmission second = DisputedOf(ledger_.Submit(retry));
    EXPECT_TRUE(second.kept.repeated_submission);
    EXPECT_EQ(second.kept.index, first.kept.index);
    EXPECT_EQ(second.kept.receipt, first.kept.receipt);
    EXPECT_EQ(second.kept.marks, first.kept.marks);
    ASSERT_EQ(second.heads.size(), 1u);
    EXPECT_EQ(second.heads[0].statement_hash, HashOf(carried_[2])) << "the heads of now";
  }
}

TEST_F(DisputedTest, AmongManyInAnyOrderEachGetsWhatIsItsOwn) {
  const std::vector<SignedStatement> statements = {arrived_, carried_[3], carried_[2], carried_[1],
                                                   again_};
  const std::vector<SubmitResult> results = ledger_.Submit(statements);
  const DisputedAdmission arrived = DisputedOf(results[0]);
  const DisputedAdmission again = DisputedOf(results[4]);
  EXPECT_LT(again.kept.index, arrived.kept.index);
  for (const size_t place : {1u, 2u, 3u}) {
    ASSERT_TRUE(std::holds_alternative<Admission>(results[place].outcome)) << place;
    ledger_.ExpectReceipt(std::get<Admission>(results[place].outcome), statements[place]);
  }
  ledger_.ExpectReceipt(arrived.kept, arrived_);
}

TEST_F(DisputedTest, WhatFollowsAClaimStillOnThePhoneIsToldWhatIsMissing) {
  ledger_.Admit(carried_[1]);
  const rules::Refused refused = RefusedOf(ledger_.Submit(arrived_));
  ASSERT_TRUE(refused.missing_predecessor.has_value());
  EXPECT_EQ(refused.missing_predecessor->chain, chain_);
  EXPECT_EQ(refused.missing_predecessor->height, 1u);
  DisputedOf(ledger_.Submit(again_));
  DisputedOf(ledger_.Submit(arrived_));
}

TEST_F(DisputedTest, TheSameClaimTwiceInOneSubmissionIsOneEntry) {
  ledger_.Admit(carried_[1]);
  const std::vector<SubmitResult> results = ledger_.Submit({again_, again_});
  const DisputedAdmission first = DisputedOf(results[0]);
  const DisputedAdmission second = DisputedOf(results[1]);
  EXPECT_EQ(first.kept.index, second.kept.index);
  EXPECT_EQ(first.kept.receipt, second.kept.receipt);
  EXPECT_TRUE(second.kept.repeated_submission);
}

}  // namespace
}  // namespace cradle::ledger::testing
