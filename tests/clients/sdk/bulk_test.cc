// Many statements at once, in any order, through the real ledger.
#include "clients/sdk/bulk.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "tests/clients/sdk/lying_ledger.h"

namespace cradle::sdk {
namespace {

using ledger::testing::Custody;
using ledger::testing::kOrigin;
using ledger::testing::TestLedger;
using ledger::testing::WasteBatch;

class BulkTest : public ::testing::Test {
 protected:
  BulkTest() : log_(evidence::NoteVerifier::Create(kOrigin, ledger_.log_key.public_key()).value()) {
    ledger_.Found();
    between_ = std::make_unique<LyingLedger>(ledger_.ledger.get());
    RetryPolicy retry;
    retry.attempts_max = 3;
    retry.sleep = [](std::chrono::milliseconds) {};
    connection_ = std::make_unique<Connection>(between_->channel(), retry);
    custody_ = std::make_unique<Custody>(ledger_.signers);
    ledger_.Admit(custody_->registrations);
    for (int i = 0; i < 60; ++i) {
      WasteBatch batch;
      statements_.push_back(ledger_.signers.Generate(custody_->producer, batch));
      statements_.push_back(ledger_.signers.Store(custody_->producer, batch));
    }
  }
  ~BulkTest() override {
    ledger_.ledger->Stop();
    between_.reset();
  }

  absl::StatusOr<std::vector<Outcome>> Submit(BulkOptions options) {
    BulkSubmitter bulk(*connection_, log_, options);
    for (const evidence::SignedStatement& statement : statements_) {
      if (absl::Status status = bulk.Add(statement); !status.ok()) return status;
    }
    return bulk.Finish();
  }

  void ExpectAllAdmitted(const absl::StatusOr<std::vector<Outcome>>& outcomes) {
    ASSERT_TRUE(outcomes.ok()) << outcomes.status();
    ASSERT_EQ(outcomes->size(), statements_.size());
    for (size_t i = 0; i < outcomes->size(); ++i) {
      EXPECT_EQ((*outcomes)[i].kind, Outcome::Kind::kAdmitted) << i << ReasonsJson((*outcomes)[i]);
      EXPECT_EQ((*outcomes)[i].statement_hash, evidence::StatementHash(statements_[i].statement));
    }
    EXPECT_EQ(ledger_.ledger->size(), 1 + custody_->registrations.size() + statements_.size());
  }

  TestLedger ledger_{TestLedger::Engine::kMemory};
  const evidence::NoteVerifier log_;
  std::unique_ptr<LyingLedger> between_;
  std::unique_ptr<Connection> connection_;
  std::unique_ptr<Custody> custody_;
  std::vector<evidence::SignedStatement> statements_;
};

TEST_F(BulkTest, AdmitsAllInTheOrderGiven) {
  ExpectAllAdmitted(
      Submit({.statements_per_call = 500, .calls_in_flight = 4, .progress = nullptr}));
  EXPECT_EQ(between_->submits.load(), 1);
}

TEST_F(BulkTest, SmallCallsInAnyOrderFindTheirPredecessorsInTheEnd) {
  std::shuffle(statements_.begin(), statements_.end(), std::mt19937(7));
  size_t done = 0;
  ExpectAllAdmitted(Submit({.statements_per_call = 5,
                            .calls_in_flight = 3,
                            .progress = [&](size_t count) { done = std::max(done, count); }}));
  EXPECT_EQ(done, statements_.size());
}

TEST_F(BulkTest, BackpressureIsTriedAgain) {
  std::atomic<int> failures{2};
  between_->submit = [&](v1::SubmitResponse&) {
    return failures-- > 0 ? grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "busy")
                          : grpc::Status::OK;
  };
  ExpectAllAdmitted(Submit({}));
}

TEST_F(BulkTest, ReceiptThatDoesNotVerifyStopsTheLoad) {
  between_->submit = [&](v1::SubmitResponse& response) {
    response.mutable_results(0)->mutable_admitted()->set_index(7'777);
    return grpc::Status::OK;
  };
  EXPECT_TRUE(absl::IsDataLoss(Submit({}).status()));
}

TEST_F(BulkTest, WhatNeverFindsItsPredecessorIsSaidAndDoesNotHang) {
  statements_.erase(statements_.begin());  // the generation of the first batch
  const auto outcomes =
      Submit({.statements_per_call = 10, .calls_in_flight = 2, .progress = nullptr});
  ASSERT_TRUE(outcomes.ok()) << outcomes.status();
  size_t waiting = 0;
  for (const Outcome& outcome : *outcomes) {
    if (outcome.kind == Outcome::Kind::kWaiting) ++waiting;
  }
  EXPECT_EQ(waiting, 1u);
}

}  // namespace
}  // namespace cradle::sdk
