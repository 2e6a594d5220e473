// Exit of producers, operators and carriers.
#include <gtest/gtest.h>

#include "services/rules/state_keys.h"
#include "tests/services/rules/district.h"
#include "tests/services/rules/drafts_manifest.h"
#include "tests/services/rules/drafts_order.h"

namespace cradle::rules::test {
namespace {

class ExitTest : public testing::Test {
 protected:
  void By(Draft& draft, const Actor& actor, v1::Capacity capacity) {
    draft.message.mutable_parties(0)->set_organisation(actor.id);
    draft.message.mutable_parties(0)->set_capacity(capacity);
    draft.devices[0] = actor.administrator;
  }
  // The draft is admitted without the rule before `actor` starts its exit, and returns it after.
  void ExpectExiting(const Draft& draft, const Actor& actor) {
    const RuleId rule = RuleId::kOrganisationExiting;
    const auto before = district_.Try(draft);
    ASSERT_TRUE(before.ok() && std::holds_alternative<Admitted>(*before))
        << EventName(draft.message.event_case());
    EXPECT_FALSE(Has(ViolationsOf(*before), rule));
    District leaving(district_);
    leaving.Must(StartExit(actor));
    const auto after = leaving.Try(draft);
    ASSERT_TRUE(after.ok()) << after.status();
    EXPECT_TRUE(Has(ViolationsOf(*after), rule)) << EventName(draft.message.event_case());
    EXPECT_EQ(std::holds_alternative<Admitted>(*after),
              FindRule(rule).At(draft.message.event_case()) == Effect::kMarks);
  }
  std::optional<Refused> Refusal(const Draft& draft) {
    const auto verdict = district_.Try(draft);
    if (!verdict.ok() || !std::holds_alternative<Refused>(*verdict)) return std::nullopt;
    return std::get<Refused>(*verdict);
  }
  District district_;
};

TEST_F(ExitTest, IsBegunByTheOrganisationOrItsRegulatorOnce) {
  const Draft valid = StartExit(district_.plant);
  const auto event = [](Draft& draft) -> v1::ExitStarted& {
    return *draft.message.mutable_exit_started();
  };
  ExpectRule(district_, valid, RuleId::kFormField,
             [&](Draft& draft) { event(draft).clear_reason(); });
  ExpectRule(district_, valid, RuleId::kFormField,
             [&](Draft& draft) { event(draft).set_exit_date("soon"); });
  ExpectRule(district_, valid, RuleId::kOrganisationKnown,
             [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  ExpectRule(district_, valid, RuleId::kPartySelf,
             [&](Draft& draft) { By(draft, district_.hospital, v1::CAPACITY_ORGANISATION); });
  ExpectRule(district_, valid, RuleId::kOrganisationRole,
             [&](Draft& draft) { draft = StartExit(district_.bureau); });
  Draft by_bureau = valid;
  By(by_bureau, district_.bureau, v1::CAPACITY_REGULATOR);
  ExpectRule(district_, by_bureau, RuleId::kRegulatorAuthority,
             [&](Draft& draft) { By(draft, district_.hospital, v1::CAPACITY_REGULATOR); });
  const Actor elsewhere = NewActor(district_, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370702");
  ExpectRule(district_, by_bureau, RuleId::kRegulatorDivision,
             [&](Draft& draft) { By(draft, elsewhere, v1::CAPACITY_REGULATOR); });
  ExpectRule(district_, valid, RuleId::kExitState, [&](Draft& draft) {
    district_.Must(StartExit(district_.carrier2));
    draft = StartExit(district_.carrier2);
  });
}

TEST_F(ExitTest, WhoIsLeavingGetsNoNewWork) {
  const Actor& plant = district_.plant;
  ExpectExiting(district_.GrantLicence(plant, v1::LICENCE_KIND_COMPREHENSIVE, "HW08", {"D10"}),
                plant);
  ExpectExiting(district_.RegisterSite(plant, district_.NewId()), plant);
  ExpectExiting(district_.RegisterFacility(plant, district_.plant_site, district_.NewId(),
                                           v1::FACILITY_KIND_STORAGE_WAREHOUSE),
                plant);
  ExpectExiting(district_.RegisterVehicle(district_.carrier, district_.NewId()), district_.carrier);
  ExpectExiting(FindWaste(district_, district_.NewId()), plant);
  const Draft issue = district_.Issue(district_.producer, district_.NewId(), {district_.Stored()},
                                      {&district_.carrier});
  ExpectExiting(issue, plant);
  ExpectExiting(issue, district_.carrier);
  ExpectExiting(
      ChangeCarriers(district_, district_.Issued({district_.Stored()}), {&district_.carrier2}),
      district_.carrier2);
}

TEST_F(ExitTest, WhatComesIntoBeingAllTheSameIsShown) {
  ExpectExiting(district_.Generate(district_.plant, district_.plant_site, district_.NewId()),
                district_.plant);
  ExpectExiting(district_.DeclareStock(district_.producer, district_.producer_site,
                                       district_.producer_store, district_.NewId()),
                district_.producer);
  ExpectExiting(Pipe(district_), district_.plant);
}

TEST_F(ExitTest, WhatIsOnItsWayIsTakenDeliveredAndConfirmedAndShown) {
  const std::string issued = district_.Issued({district_.Stored()}, true);
  ExpectExiting(district_.Take(district_.producer, district_.carrier, issued, district_.truck),
                district_.plant);
  district_.Must(district_.Take(district_.producer, district_.carrier, issued, district_.truck));
  ExpectExiting(district_.HandOver(district_.carrier, district_.carrier2, issued, district_.truck2),
                district_.plant);
  ExpectExiting(district_.Deliver(district_.carrier, district_.Taken()), district_.plant);
  ExpectExiting(district_.Confirm(district_.Delivered()), district_.plant);
}

TEST_F(ExitTest, WhoIsLeavingIssuesItsStockAway) {
  const std::string batch = district_.Stored();
  district_.Must(StartExit(district_.producer));
  district_.Must(
      district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier}));
}

TEST_F(ExitTest, IsCompleteWhenNothingIsLeftAndARegulatorHasLooked) {
  const std::string batch = district_.Stored();
  const Draft valid = CompleteExit(district_, district_.producer);
  EXPECT_EQ(Refusal(valid)->violations[0].rule, "EXIT-STATE") << "it has not begun";
  district_.Must(StartExit(district_.producer));
  const auto with_stock = Refusal(valid);
  ASSERT_TRUE(with_stock.has_value());
  EXPECT_EQ(with_stock->violations[0].rule, "EXIT-STOCK");
  EXPECT_NE(with_stock->violations[0].message_en.find("1 batches of 250000 g"), std::string::npos)
      << with_stock->violations[0].message_en;
  const std::string manifest = district_.Issued({batch});
  district_.Must(district_.Take(district_.producer, district_.carrier, manifest, district_.truck));
  district_.Must(district_.Deliver(district_.carrier, manifest));
  EXPECT_NE(Refusal(valid)->violations[0].message_en.find("1 manifests open"), std::string::npos);
  district_.Must(district_.Confirm(manifest));

  const auto event = [](Draft& draft) -> v1::ExitCompleted& {
    return *draft.message.mutable_exit_completed();
  };
  ExpectRule(district_, valid, RuleId::kFormField,
             [&](Draft& draft) { event(draft).clear_checked_date(); });
  ExpectRule(district_, valid, RuleId::kFormField,
             [&](Draft& draft) { event(draft).clear_document_sha256(); });
  ExpectRule(district_, valid, RuleId::kOrganisationKnown,
             [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  ExpectRule(district_, valid, RuleId::kRegulatorAuthority,
             [&](Draft& draft) { By(draft, district_.hospital, v1::CAPACITY_REGULATOR); });
  const Actor elsewhere = NewActor(district_, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370702");
  ExpectRule(district_, valid, RuleId::kRegulatorDivision,
             [&](Draft& draft) { By(draft, elsewhere, v1::CAPACITY_REGULATOR); });

  const Draft generate =
      district_.Generate(district_.producer, district_.producer_site, district_.NewId());
  ExpectRule(district_, generate, RuleId::kOrganisationExited,
             [&](Draft&) { district_.Must(valid); });
  EXPECT_EQ(Refusal(StartExit(district_.producer))->violations[0].rule, "ORGANISATION-EXITED");
  EXPECT_EQ(Refusal(valid)->violations[0].rule, "EXIT-STATE");
}

TEST_F(ExitTest, LostWasteThatNobodyClosedKeepsItFromBeingComplete) {
  const std::string batch = district_.Stored();
  district_.Must(ReportLoss(district_, district_.producer, batch, 250'000, ""));
  district_.Must(StartExit(district_.producer));
  EXPECT_EQ(Refusal(CompleteExit(district_, district_.producer))->violations[0].rule, "EXIT-STOCK");
  district_.Must(CloseLoss(district_, batch, v1::LOSS_FINDING_WRITTEN_OFF));
  district_.Must(CompleteExit(district_, district_.producer));
}

TEST_F(ExitTest, AManifestIsOpenForEachOfItsPartiesUntilItEnds) {
  const auto open = [&](const Actor& actor) {
    state::v1::OrganisationAccount account;
    account.ParseFromString(
        district_.state().Get(keys::OrganisationAccount(actor.id))->value_or(std::string()));
    return account.open_manifests();
  };
  const std::string manifest = district_.Issued({district_.Stored()}, true);
  const std::string other = district_.Issued({district_.Stored()});
  EXPECT_EQ(open(district_.producer), 2U);
  EXPECT_EQ(open(district_.carrier), 2U);
  EXPECT_EQ(open(district_.carrier2), 1U);
  EXPECT_EQ(open(district_.plant), 2U);
  district_.Must(district_.Cancel(district_.producer, manifest));
  EXPECT_EQ(open(district_.carrier2), 0U);
  EXPECT_EQ(open(district_.plant), 1U);
  district_.Must(district_.Take(district_.producer, district_.carrier, other, district_.truck));
  district_.Must(district_.Deliver(district_.carrier, other));
  EXPECT_EQ(open(district_.plant), 1U);
  district_.Must(district_.Confirm(other));
  EXPECT_EQ(open(district_.plant), 0U);
  EXPECT_EQ(open(district_.carrier), 0U);
}

}  // namespace
}  // namespace cradle::rules::test
