// The largest statements there may be: admitted or refused whole, one more is refused by its
// number.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "services/rules/admission.h"
#include "storage/evidence/hash.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::ledger::testing {
namespace {

using evidence::SignedStatement;
using statement::v1::Statement;

class LimitsTest : public ::testing::Test {
 protected:
  LimitsTest() : custody_(Founded(ledger_).signers) { ledger_.Admit(custody_.registrations); }

  static TestLedger& Founded(TestLedger& ledger) {
    ledger.Found();
    return ledger;
  }

  std::vector<WasteBatch> Stored(int count) {
    std::vector<WasteBatch> batches(static_cast<size_t>(count));
    for (WasteBatch& batch : batches) {
      ledger_.Admit({ledger_.signers.Generate(custody_.producer, batch),
                     ledger_.signers.Store(custody_.producer, batch)});
    }
    return batches;
  }
  std::vector<SignedStatement> Carried(const std::vector<WasteBatch>& batches) {
    return ledger_.signers.Carry(custody_.producer, custody_.carrier, custody_.vehicle,
                                 custody_.receiver, batches);
  }
  // As signed by its only party over whatever `change` makes of it.
  SignedStatement Changed(const SignedStatement& statement, Attester by,
                          const Signers::Fill& change) {
    return ledger_.signers.SignAgain(statement, {by}, change);
  }
  Attester Producer(statement::v1::Capacity capacity) {
    return {&custody_.producer.device, capacity};
  }
  // Refused, and the log is as it was.
  std::string Refusal(const SignedStatement& statement) {
    const std::string before = ledger_.ledger->Checkpoint().value();
    const rules::Refused refused = RefusedOf(ledger_.Submit(statement));
    EXPECT_EQ(ledger_.ledger->Checkpoint().value(), before);
    if (refused.violations.empty()) return "";
    return refused.violations[0].rule + ": " + refused.violations[0].message_en;
  }

  TestLedger ledger_;
  Custody custody_;
};

TEST_F(LimitsTest, AManifestOfFiveHundredBatchesIsAdmittedWholeOrNotAtAll) {
  const std::vector<WasteBatch> batches = Stored(evidence::kBatchesMax);
  const std::vector<SignedStatement> journey = Carried(batches);
  const Attester consignor = Producer(statement::v1::CAPACITY_CONSIGNOR);
  EXPECT_THAT(Refusal(Changed(journey[0], consignor,
                              [](Statement& statement) {
                                auto& issued = *statement.mutable_manifest_issued();
                                auto& last = *issued.mutable_lines()->rbegin();
                                last.set_sent_mass_g(last.sent_mass_g() + 1);
                                issued.set_total_sent_mass_g(issued.total_sent_mass_g() + 1);
                              })),
              ::testing::StartsWith("MASS-EXACT"));
  for (const SignedStatement& statement : journey) ledger_.Admit(statement);
}

TEST_F(LimitsTest, OneBatchMoreIsRefusedByTheNumberThatIsAllowed) {
  const std::vector<WasteBatch> batches = Stored(evidence::kBatchesMax + 1);
  EXPECT_THAT(Refusal(Carried(batches)[0]), ::testing::HasSubstr("501 batches, at most 500"));
}

TEST_F(LimitsTest, AMergeNamesFiveHundredBatchesWithTheOneItMakes) {
  std::vector<WasteBatch> batches = Stored(evidence::kBatchesMax);
  WasteBatch made;
  const SignedStatement over = ledger_.signers.Merge(custody_.producer, batches, made);
  EXPECT_THAT(Refusal(over), ::testing::HasSubstr("501 batches, at most 500"));
}

TEST_F(LimitsTest, AMergeOfAsManyAsThereMayBeIsAdmittedWholeOrNotAtAll) {
  const std::vector<WasteBatch> batches = Stored(evidence::kBatchesMax - 1);
  WasteBatch made;
  const SignedStatement merge = ledger_.signers.Merge(custody_.producer, batches, made);
  EXPECT_THAT(Refusal(Changed(merge, Producer(statement::v1::CAPACITY_ORGANISATION),
                              [](Statement& statement) {
                                auto& made_batch =
                                    *statement.mutable_batches_merged()->mutable_made();
                                made_batch.set_made_mass_g(made_batch.made_mass_g() + 1);
                              })),
              ::testing::StartsWith("MASS-EXACT"));
  ledger_.Admit(merge);
}

}  // namespace
}  // namespace cradle::ledger::testing
