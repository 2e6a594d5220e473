// Logs with entries kept as disputed: what the kind of an entry must be.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/audit/core/verify_chain.h"
#include "services/audit/core/verify_receipt.h"
#include "storage/evidence/receipt.h"
#include "tests/services/audit/log_fixture.h"

namespace cradle::audit::testing {
namespace {

using evidence::EntryKind;
using evidence::SignedStatement;
using ::testing::HasSubstr;

class DisputedLogTest : public ::testing::Test {
 protected:
  // A load taken twice: one pickup admitted, the other disputed; the delivery of each; a decision.
  DisputedLogTest() {
    ledger::testing::Custody& who = *log_.custody;
    ledger::testing::WasteBatch batch;
    log_.Append(log_.signers.Generate(who.producer, batch));
    log_.Append(log_.signers.Store(who.producer, batch));
    const std::vector<SignedStatement> carried =
        log_.signers.Carry(who.producer, who.carrier, who.vehicle, who.receiver, {batch});
    log_.Append(carried[0]);
    taken_ = log_.Append(carried[1]);
    const SignedStatement again = log_.signers.SignAgain(carried[1], Pickup());
    disputed_ = log_.Append(again, EntryKind::kDisputed);
    delivered_ = log_.Append(carried[2]);
    const std::string again_hash(evidence::AsBytes(evidence::StatementHash(again.statement)));
    log_.Append(log_.signers.SignAgain(carried[2], Arrival(),
                                       [&](statement::v1::Statement& message) {
                                         message.mutable_links(0)->set_previous(again_hash);
                                       }),
                EntryKind::kDisputed);
    log_.Append(carried[3]);
    chain_ = evidence::ParseStatement(carried[1].statement)->message.links(0).chain();
    log_.Append(log_.signers.Sign({{&log_.signers.regulator, statement::v1::CAPACITY_REGULATOR}},
                                  [&](statement::v1::Statement& message) {
                                    auto& resolved = *message.mutable_dispute_resolved();
                                    resolved.set_chain(chain_);
                                    resolved.set_height(1);
                                    resolved.set_upheld(again_hash);
                                    resolved.set_decision_reference("鲁环争〔2026〕1号");
                                    resolved.set_reason(statement::v1::DISPUTE_REASON_RECORDS);
                                  }));
  }

  std::vector<ledger::testing::Attester> Pickup() {
    return {{&log_.custody->producer.device, statement::v1::CAPACITY_CONSIGNOR},
            {&log_.custody->carrier.device, statement::v1::CAPACITY_CARRIER}};
  }
  std::vector<ledger::testing::Attester> Arrival() {
    return {{&log_.custody->carrier.device, statement::v1::CAPACITY_CARRIER},
            {&log_.custody->receiver.device, statement::v1::CAPACITY_RECEIVER}};
  }

  // With everything recomputed, and signed with the log's own key.
  Report VerifyNow() {
    TemporaryDirectory directory;
    log_.Write(directory.path());
    return Verify(log_, directory.path());
  }

  void ExpectOneTampered(uint64_t index, const std::string& reason) {
    const Report report = VerifyNow();
    EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
    ASSERT_EQ(report.findings.size(), 1u) << Describe(report);
    EXPECT_EQ(report.findings[0].index, index) << Describe(report);
    EXPECT_THAT(report.findings[0].reason, HasSubstr(reason));
  }

  LogFixture log_;
  std::string chain_;
  uint64_t taken_ = 0;
  uint64_t disputed_ = 0;
  uint64_t delivered_ = 0;
};

TEST_F(DisputedLogTest, ALogWithDisputesIsVerified) {
  const Report report = VerifyNow();
  EXPECT_EQ(report.verdict, Verdict::kVerified) << Describe(report);
  EXPECT_EQ(report.entries, log_.size());
}

TEST_F(DisputedLogTest, AnAdmittedEntryPassedOffAsDisputedIsTampered) {
  log_.Edit(taken_, [](evidence::Entry& entry) { entry.kind = EntryKind::kDisputed; });
  ExpectOneTampered(taken_, "kept as disputed, and the rules admit it");
}

TEST_F(DisputedLogTest, ADisputedEntryPassedOffAsAdmittedIsTampered) {
  log_.Edit(disputed_, [](evidence::Entry& entry) { entry.kind = EntryKind::kAdmitted; });
  ExpectOneTampered(disputed_, "by the rules it is disputed; at height 1 of " + chain_);
}

TEST_F(DisputedLogTest, WhatTheRulesRefuseIsNotMadeTrueByKeepingItAsDisputed) {
  ledger::testing::WasteBatch batch;
  log_.Append(log_.signers.Generate(log_.custody->producer, batch));
  const SignedStatement stored = log_.signers.Store(log_.custody->producer, batch);
  log_.Append(stored);
  const uint64_t index = log_.Force(
      log_.signers.SignAgain(
          stored, {{&log_.custody->producer.device, statement::v1::CAPACITY_ORGANISATION}}),
      EntryKind::kDisputed);
  ExpectOneTampered(index, "the rules do not admit it: LINK-FOLLOWS");
}

TEST_F(DisputedLogTest, TheReceiptOfADisputedEntryHoldsAndSaysWhatItIs) {
  const absl::StatusOr<ReceiptProof> proof =
      VerifyReceipt({"claim.tlog-proof", log_.Receipt(disputed_, log_.size())}, {}, log_.verifier);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->index, disputed_);
  EXPECT_EQ(proof->entry.entry.kind, EntryKind::kDisputed);
}

TEST_F(DisputedLogTest, ADisputedEntryIsNoElementOfAChain) {
  const auto bundle = [&](uint64_t second) {
    ChainBundle made;
    made.chain = chain_;
    made.checkpoint = log_.Checkpoint(log_.size());
    const auto prove = [&](uint64_t index) {
      const auto receipt = evidence::ParseReceipt(log_.Receipt(index, log_.size())).value();
      return ProvenEntry{index, receipt.entry, receipt.path};
    };
    for (uint64_t index = 0; index < taken_ - 1; ++index) made.enrolments.push_back(prove(index));
    made.entries = {prove(taken_ - 1), prove(second)};
    return made;
  };
  const Report held = VerifyChain(bundle(taken_), log_.verifier);
  EXPECT_EQ(held.verdict, Verdict::kVerified) << Describe(held);
  const Report report = VerifyChain(bundle(disputed_), log_.verifier);
  EXPECT_EQ(report.verdict, Verdict::kTampered) << Describe(report);
  EXPECT_TRUE(Names(report, Verdict::kTampered, disputed_)) << Describe(report);
}

}  // namespace
}  // namespace cradle::audit::testing
