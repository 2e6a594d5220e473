// What holds of medical waste when it leaves the institution by a round or is brought: the clocks
// of its store, the order of stages, and lines that say what they share once.
#include <gtest/gtest.h>

#include "services/rules/calendar.h"
#include "services/rules/lines.h"
#include "tests/services/rules/collection_fixture.h"
#include "tests/services/rules/drafts_medical.h"

namespace cradle::rules::test {
namespace {

class MedicalRoadTest : public testing::Test {
 protected:
  bool Returns(const Draft& draft, RuleId rule) {
    return Has(ViolationsOf(*district_.Try(draft)), rule);
  }
  // In time, and the same a day and an hour after it should have left.
  template <typename Make>
  void ExpectLate(RuleId rule, const Make& make) {
    const int64_t noon = district_.now_ms;
    ExpectRule(district_, make(), rule, [&](Draft& draft) {
      district_.now_ms += (3 * 24 + 1) * kHourMs;
      draft = make();
    });
    district_.now_ms = noon;
  }
  std::string ClinicBag() { return district_.Generated(clinic_.actor, clinic_.site, kInfectious); }

  District district_;
  Clinic clinic_ = NewClinic(district_);
  CollectionPoint point_ = NewPoint(district_);
};

TEST_F(MedicalRoadTest, WhatLayTooLongIsMarkedWhenARoundTakesIt) {
  const std::string bag = NewBag(district_, "");
  const auto stop = [&] { return Collect(district_, district_.hospital, {bag}); };
  const auto alone = [&] { return CollectAlone(district_, district_.hospital, {bag}); };
  for (const RuleId rule : {RuleId::kMedicalStoredLate, RuleId::kMedicalCollectedLate}) {
    ExpectLate(rule, stop);
    ExpectLate(rule, alone);
  }
}

TEST_F(MedicalRoadTest, WhatLayTooLongIsMarkedWhenItIsBrought) {
  const std::string bag = ClinicBag();
  const auto bring = [&] { return Bring(district_, clinic_, point_, {bag}); };
  ExpectLate(RuleId::kMedicalStoredLate, bring);
  ExpectLate(RuleId::kMedicalCollectedLate, bring);
}

TEST_F(MedicalRoadTest, ARoundIsACollectionAsAPickupIs) {
  const std::string stays = NewBag(district_, "", kChemical);  // 3 June
  district_.now_ms += 48 * kHourMs;
  district_.Must(Collect(district_, district_.hospital, {NewBag(district_, "")}));  // 5 June
  district_.now_ms += 48 * kHourMs;
  const Draft second = Collect(district_, district_.hospital, {NewBag(district_, "")});
  EXPECT_FALSE(Returns(second, RuleId::kMedicalCollectedLate)) << "two days after the first";
  EXPECT_TRUE(Returns(Collect(district_, district_.hospital, {stays}), RuleId::kMedicalStoredLate));
}

TEST_F(MedicalRoadTest, TheHoursOfTheReceiverRunFromTheArrivalOfARoundAndFromTheCounter) {
  const std::string bag = NewBag(district_, "");
  Draft stop = Collect(district_, district_.hospital, {bag});
  district_.Must(stop);
  district_.now_ms += kHourMs;
  const std::string manifest = stop.message.waste_collected().manifest();
  district_.Must(DeliverRound(district_, {manifest}));
  const int64_t arrived_ms = district_.now_ms;
  district_.now_ms += kHourMs;
  district_.Must(district_.Confirm(manifest));
  EXPECT_EQ(district_.Batch(bag).medical().arrived_time_ms(), arrived_ms);

  const std::string brought = ClinicBag();
  district_.Must(Bring(district_, clinic_, point_, {brought}));
  EXPECT_EQ(district_.Batch(brought).medical().arrived_time_ms(), district_.now_ms);
}

TEST_F(MedicalRoadTest, WasteThatWasInNoStoreIsMarkedUnlessItIsSaidWhy) {
  const std::string bag = NewBag(district_, "");
  const auto unsaid = [](Draft& draft) {
    for (auto& line : *draft.message.mutable_waste_collected()->mutable_lines()) {
      line.clear_unstored_reason();
    }
  };
  ExpectRule(district_, Collect(district_, district_.hospital, {bag}), RuleId::kStageSkipped,
             unsaid);
  ExpectRule(district_, CollectAlone(district_, district_.hospital, {bag}), RuleId::kStageSkipped,
             unsaid);
  ExpectRule(district_, Bring(district_, clinic_, point_, {ClinicBag()}), RuleId::kStageSkipped,
             [](Draft& draft) {
               draft.message.mutable_self_delivered()->mutable_lines(0)->clear_unstored_reason();
             });
}

TEST_F(MedicalRoadTest, LinesOfAStopSayWhatTheyShareOnce) {
  Draft stop =
      Collect(district_, district_.hospital, {NewBag(district_, ""), NewBag(district_, "")});
  v1::WasteCollected& event = *stop.message.mutable_waste_collected();
  *event.mutable_all_lines() = event.lines(0);
  event.mutable_all_lines()->clear_batch();
  event.mutable_all_lines()->clear_sent_mass_g();
  for (auto& line : *event.mutable_lines()) line.clear_waste_code();
  ExpectRule(district_, stop, RuleId::kFormField, [](Draft& draft) {
    draft.message.mutable_waste_collected()->mutable_all_lines()->set_sent_mass_g(1);
  });
  district_.Must(stop);
  EXPECT_EQ(district_.Manifest(event.manifest()).issued().lines(1).waste_code(), kInfectious);
}

}  // namespace
}  // namespace cradle::rules::test
