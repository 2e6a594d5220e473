// The order of stages, and what is due of waste at each of them.
#include <gtest/gtest.h>

#include <map>

#include "services/rules/information_heads.h"
#include "tests/services/rules/district.h"
#include "tests/services/rules/drafts_lineage.h"
#include "tests/services/rules/drafts_manifest.h"

namespace cradle::rules::test {
namespace {

class StagesTest : public testing::Test {
 protected:
  // "kqsdud": in the order of kInformationHeads + given, ! missing, . not yet due, - never due.
  std::string Heads(const std::string& batch) {
    static const std::map<InformationStatus, char> kSigns = {
        {InformationStatus::kGiven, '+'},
        {InformationStatus::kMissing, '!'},
        {InformationStatus::kNotYetDue, '.'},
        {InformationStatus::kNotApplicable, '-'}};
    std::string signs;
    for (const InformationHead head : kInformationHeads)
      signs += kSigns.at(StatusOfHead(district_.Batch(batch), head));
    return signs;
  }
  std::string Own() { return district_.Generated(district_.producer, district_.producer_site); }
  Draft IssueOf(const std::string& batch) {
    return district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier});
  }
  District district_;
};

TEST_F(StagesTest, OwnWasteThatWasInNoStoreIsMarkedUnlessItIsSaidWhy) {
  const std::string batch = Own();
  const RuleId rule = RuleId::kStageSkipped;
  Draft why = IssueOf(batch);
  why.message.mutable_manifest_issued()->mutable_lines(0)->set_unstored_reason(
      v1::UNSTORED_REASON_DIRECT_LOADING);
  ExpectRule(district_, why, rule, [&](Draft& draft) { draft = IssueOf(batch); });
  ExpectRule(district_, IssueOf(district_.Stored()), rule,
             [&](Draft& draft) { draft = IssueOf(batch); });

  Draft treat = district_.Treat(district_.producer, batch, district_.producer_kiln, "C1",
                                v1::ENDING_DISPOSED);
  treat.message.mutable_batch_treated()->set_unstored_reason(v1::UNSTORED_REASON_DIRECT_FEED);
  ExpectRule(district_, treat, rule,
             [](Draft& draft) { draft.message.mutable_batch_treated()->clear_unstored_reason(); });
  Draft record = Record(district_, district_.producer, {batch}, district_.producer_kiln, "C1",
                        v1::ENDING_DISPOSED);
  record.message.mutable_treatment_recorded()->set_unstored_reason(v1::UNSTORED_REASON_DIRECT_FEED);
  ExpectRule(district_, record, rule, [](Draft& draft) {
    draft.message.mutable_treatment_recorded()->clear_unstored_reason();
  });
}

TEST_F(StagesTest, WhatIsMadeOfStoredWasteWasStored) {
  const Draft split = Split(district_, district_.producer, district_.Stored(), 100'000);
  district_.Must(split);
  const Draft issue = IssueOf(split.message.batch_split().parts(0).batch());
  EXPECT_FALSE(Has(ViolationsOf(*district_.Try(issue)), RuleId::kStageSkipped));
}

TEST_F(StagesTest, AHeadIsDueFromItsStageAndNoSooner) {
  const std::string batch = Own();
  EXPECT_EQ(Heads(batch), "++....");
  district_.Must(district_.Store(district_.producer, batch, district_.producer_store));
  EXPECT_EQ(Heads(batch), "+++...");
  const std::string manifest = district_.Issued({batch});
  EXPECT_EQ(Heads(batch), "++++..");
  district_.Must(district_.Take(district_.producer, district_.carrier, manifest, district_.truck));
  district_.Must(district_.Deliver(district_.carrier, manifest));
  district_.Must(district_.Confirm(manifest));
  EXPECT_EQ(Heads(batch), "++++..");
  district_.Must(
      district_.Treat(district_.plant, batch, district_.plant_furnace, "D10", v1::ENDING_DISPOSED));
  EXPECT_EQ(Heads(batch), "++++-+");
}

TEST_F(StagesTest, WhatWentOutWithoutAStoreMissesItForGood) {
  const std::string missing = Own();
  const std::string said = Own();
  district_.Must(IssueOf(missing));
  Draft why = IssueOf(said);
  why.message.mutable_manifest_issued()->mutable_lines(0)->set_unstored_reason(
      v1::UNSTORED_REASON_DIRECT_LOADING);
  district_.Must(why);
  EXPECT_EQ(Heads(missing), "++!+..");
  EXPECT_EQ(Heads(said), "++-+..");
}

TEST_F(StagesTest, ThePartsOfABatchAndItsOwnEndingAreDueOfNobodyElse) {
  const std::string parent = district_.Stored();
  district_.Must(Split(district_, district_.producer, parent, 100'000));
  EXPECT_EQ(Heads(parent), "+++---");
  const std::string own = district_.Stored();
  district_.Must(
      district_.Treat(district_.producer, own, district_.producer_kiln, "C1", v1::ENDING_DISPOSED));
  EXPECT_EQ(Heads(own), "+++--+");
}

}  // namespace
}  // namespace cradle::rules::test
