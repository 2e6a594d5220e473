// Ways around the rules that were found, and are closed.
#include <gtest/gtest.h>

#include "services/rules/calendar.h"
#include "tests/services/rules/collection_fixture.h"
#include "tests/services/rules/drafts_lineage.h"
#include "tests/services/rules/drafts_manifest.h"

namespace cradle::rules::test {
namespace {

class EscapesTest : public CollectionTest {
 protected:
  std::string Own() { return district_.Stored(); }
  Draft IssueOf(const std::string& batch) {
    return district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier});
  }
};

// --- Collections with nobody there ---

TEST_F(EscapesTest, WhoIsNoCarrierCollectsNothingAlone) {
  Expect(CollectAlone(district_, district_.hospital, {Bag()}), RuleId::kOrganisationRole,
         [&](Draft& draft) { SetParty(draft, 0, district_.producer); });
}

TEST_F(EscapesTest, ADriversOwnWeightCountsNoMoreThanWasLogged) {
  Draft alone = CollectAlone(district_, district_.hospital, {Bag()});
  v1::WasteCollected& event = *alone.message.mutable_waste_collected();
  event.mutable_lines(0)->set_sent_mass_g(9'000'000'000'000);
  event.set_total_sent_mass_g(9'000'000'000'000);
  district_.Must(alone);
  EXPECT_EQ(district_.Manifest(event.manifest()).uses(0).mass_g(), 250'000);
}

TEST_F(EscapesTest, WhatWasNeverCollectedIsTheConsignorsAgain) {
  const std::string bag = Bag();
  const Draft alone = CollectAlone(district_, district_.hospital, {bag});
  district_.Must(alone);
  const std::string manifest = alone.message.waste_collected().manifest();
  const Draft cancel = district_.Cancel(district_.hospital, manifest);
  EXPECT_TRUE(Returns(cancel, RuleId::kManifestState)) << "the driver may well have it";
  Draft contest = ContestCollection(district_, manifest);
  contest.message.mutable_collection_contested()->set_reason(
      v1::COLLECTION_CONTEST_REASON_NOBODY_COLLECTED);
  district_.Must(contest);
  EXPECT_TRUE(Returns(cancel, RuleId::kManifestState)) << "nobody has decided yet";
  Draft resolve = ResolveCollection(district_, manifest);
  resolve.message.mutable_contest_resolved()->set_resolution(v1::CONTEST_RESOLUTION_UPHELD);
  district_.Must(resolve);
  EXPECT_TRUE(district_.Manifest(manifest).unconfirmed());
  district_.Must(cancel);
  EXPECT_EQ(district_.Batch(bag).status(), state::v1::BATCH_STATUS_GENERATED);
  EXPECT_EQ(district_.Manifest(manifest).status(), state::v1::MANIFEST_STATUS_CANCELLED);
  EXPECT_TRUE(district_.Must(Collect(district_, district_.hospital, {bag})).empty());
}

// --- Lineage ---

TEST_F(EscapesTest, PartsOfForeignWasteAreForeign) {
  Draft foreign =
      district_.Generate(district_.producer, district_.producer_site, district_.NewId());
  foreign.message.mutable_batch_generated()->set_foreign_origin(true);
  district_.Must(foreign);
  const Draft split =
      Split(district_, district_.producer, foreign.message.batch_generated().batch(), 100'000);
  district_.Must(split);
  const std::string part = split.message.batch_split().parts(0).batch();
  EXPECT_TRUE(Returns(IssueOf(part), RuleId::kImportBan));
  const Draft merge = Merge(district_, district_.producer, {part, Own()});
  district_.Must(merge);
  EXPECT_TRUE(Returns(IssueOf(merge.message.batches_merged().made().batch()), RuleId::kImportBan));
}

TEST_F(EscapesTest, WhatIsMixedWithFoundWasteIsNobodysOwn) {
  const Draft found = FindWaste(district_, district_.NewId());
  district_.Must(found);
  const Draft merge = Merge(district_, district_.plant,
                            {found.message.waste_found().batch(), district_.Received()});
  district_.Must(merge);
  const state::v1::BatchState made = district_.Batch(merge.message.batches_merged().made().batch());
  EXPECT_EQ(made.generator(), "");
  EXPECT_EQ(made.generators_size(), 1);
  EXPECT_TRUE(made.unknown_generator());
  EXPECT_FALSE(IsOwnWaste(made, district_.producer.id));
  EXPECT_EQ(made.identification(), found.message.waste_found().identification());
}

// --- Paper ---

TEST_F(EscapesTest, PaperIsCompletedBeforeItIsEnteredAndTellsOfItsOwnDays) {
  Draft issue = IssueOf(Own());
  OnPaper(*issue.message.mutable_manifest_issued(),
          FormatDate(DayOf(district_.now_ms, kLogZoneOffsetMs)));
  Expect(issue, RuleId::kFormField, [](Draft& draft) {
    draft.message.mutable_manifest_issued()->mutable_paper()->set_completed_date("9999-12-31");
  });
  issue.message.set_claimed_time_ms(district_.now_ms - 60LL * 86'400'000);
  EXPECT_TRUE(Returns(issue, RuleId::kTimeOfAct)) << "no transfer took sixty days";
}

TEST_F(EscapesTest, PaperRevivesNoKey) {
  Draft issue = IssueOf(Own());
  OnPaper(*issue.message.mutable_manifest_issued(),
          FormatDate(DayOf(district_.now_ms, kLogZoneOffsetMs)));
  issue.devices[0] = district_.NewDevice(district_.producer.id);
  Draft enrol = district_.Enrol(district_.producer.administrator, v1::CAPACITY_ORGANISATION,
                                issue.devices[0], {v1::KEY_ROLE_OPERATOR});
  enrol.message.mutable_device_key_enrolled()->set_valid_to_time_ms(district_.now_ms + kHourMs);
  district_.Must(enrol);
  issue.message.set_claimed_time_ms(district_.now_ms);
  EXPECT_FALSE(Returns(issue, RuleId::kKeyValid));
  district_.now_ms += 5 * 24 * kHourMs;
  EXPECT_TRUE(Returns(issue, RuleId::kKeyValid));
}

// --- Codes, incidents, who is on both sides ---

TEST_F(EscapesTest, NoCodeIsLongerThanCodesAre) {
  const Draft valid = CollectAlone(district_, district_.hospital, {Bag()});
  Expect(valid, RuleId::kFormField, [](Draft& draft) {
    draft.message.mutable_waste_collected()->mutable_lines(0)->set_method_code(
        std::string(9'000, 'Y'));
  });
  const std::string manifest = district_.Delivered();
  Expect(district_.Confirm(manifest), RuleId::kFormField, [](Draft& draft) {
    draft.message.mutable_receipt_confirmed()->mutable_lines(0)->set_observed_waste_code(
        std::string(9'000, '9'));
  });
}

TEST_F(EscapesTest, WhatIsLostOfRefusedWasteIsReported) {
  const std::string manifest = RefusedManifest(district_);
  const std::string batch = district_.Manifest(manifest).issued().lines(0).batch();
  district_.Must(ReportLoss(district_, district_.producer, batch, 1'000, district_.NewId()));
}

TEST_F(EscapesTest, NobodyReportsForOneSideAndIsOfTheOther) {
  const Device clerk = InBoth(district_.carrier, district_.producer);
  Draft incident = ReportIncident(district_, district_.carrier, "");
  v1::IncidentReported& event = *incident.message.mutable_incident_reported();
  event.set_manifest(district_.Taken());
  Expect(incident, RuleId::kPartyEnrolledTwice, [&](Draft& draft) { draft.devices[0] = clerk; });

  const std::string refused = RefusedManifest(district_);
  const Draft back =
      Return(district_, refused, {district_.Manifest(refused).issued().lines(0).batch()});
  Expect(back, RuleId::kPartyEnrolledTwice, [&](Draft& draft) { draft.devices[0] = clerk; });
}

}  // namespace
}  // namespace cradle::rules::test
