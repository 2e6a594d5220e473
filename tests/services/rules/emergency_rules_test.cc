// Emergency disposal: what an order allows, and how far.
#include <gtest/gtest.h>

#include "tests/services/rules/district.h"
#include "tests/services/rules/drafts_lineage.h"
#include "tests/services/rules/drafts_manifest.h"
#include "tests/services/rules/drafts_order.h"

namespace cradle::rules::test {
namespace {

constexpr auto kUse = RuleId::kEmergencyUse;

class EmergencyTest : public testing::Test {
 protected:
  EmergencyTest() {
    health_ = NewActor(district_, {v1::ORGANISATION_ROLE_HEALTH_AUTHORITY});
    kiln_ = NewActor(district_, {v1::ORGANISATION_ROLE_PRODUCER});  // a cement kiln, no operator
    kiln_site_ = NewSite(district_, kiln_);
    furnace_ = district_.NewId();
    district_.Must(district_.RegisterFacility(kiln_, kiln_site_, furnace_,
                                              v1::FACILITY_KIND_DISPOSAL, {"C1"}));
  }

  Draft Order() {
    Draft order = OrderEmergency(district_, health_, district_.NewId());
    Ordered(order).add_facilities(furnace_);
    Ordered(order).add_vehicles(district_.truck);
    return order;
  }
  static v1::EmergencyOrdered& Ordered(Draft& draft) {
    return *draft.message.mutable_emergency_ordered();
  }
  Draft ToKiln(const std::string& code = "841-001-01") {
    return Redirected(
        district_.Issue(district_.hospital, district_.NewId(),
                        {district_.Generated(district_.hospital, district_.hospital_site, code)},
                        {&district_.carrier, &district_.carrier2}));
  }
  Draft Redirected(Draft draft) {
    draft.message.mutable_manifest_issued()->set_receiver(kiln_.id);
    draft.message.mutable_manifest_issued()->set_receiver_site(kiln_site_);
    return draft;
  }
  // The receiver of the district's drafts is the plant.
  Draft ByKiln(Draft draft, int place) {
    draft.message.mutable_parties(place)->set_organisation(kiln_.id);
    draft.devices[static_cast<size_t>(place)] = kiln_.handler;
    return draft;
  }
  std::vector<Violation> Judged(const Draft& draft) { return ViolationsOf(*district_.Try(draft)); }
  bool Admits(const Draft& draft) {
    return std::holds_alternative<Admitted>(*district_.Try(draft));
  }

  District district_;
  Actor health_;
  Actor kiln_;
  std::string kiln_site_;
  std::string furnace_;
};

TEST_F(EmergencyTest, AnOrderIsEnteredByBothAuthoritiesOfTheDivision) {
  const Draft valid = Order();
  const auto party = [](Draft& draft, int place, const Actor& actor) {
    draft.message.mutable_parties(place)->set_organisation(actor.id);
    draft.devices[static_cast<size_t>(place)] = actor.administrator;
  };
  const Actor second = NewActor(district_, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY});
  const Actor elsewhere = NewActor(district_, {v1::ORGANISATION_ROLE_HEALTH_AUTHORITY}, "370702");
  ExpectRule(district_, valid, RuleId::kEmergencyBothAuthorities,
             [&](Draft& draft) { party(draft, 1, second); });
  ExpectRule(district_, valid, RuleId::kRegulatorDivision,
             [&](Draft& draft) { party(draft, 1, elsewhere); });
  ExpectRule(district_, valid, RuleId::kRegulatorAuthority,
             [&](Draft& draft) { party(draft, 0, district_.hospital); });
  ExpectRule(district_, valid, RuleId::kPartyTwo,
             [](Draft& draft) { draft.devices[1].person = draft.devices[0].person; });
  ExpectRule(district_, valid, RuleId::kFormField,
             [](Draft& draft) { Ordered(draft).clear_order_number(); });
  ExpectRule(district_, valid, RuleId::kFormField,
             [](Draft& draft) { Ordered(draft).clear_waste(); });
  ExpectRule(district_, valid, RuleId::kFormField,
             [](Draft& draft) { Ordered(draft).set_division("3707"); });
  ExpectRule(district_, valid, RuleId::kFormField,
             [](Draft& draft) { Ordered(draft).set_valid_to_date("2024-05-31"); });
  ExpectRule(district_, valid, RuleId::kOrganisationKnown,
             [&](Draft& draft) { Ordered(draft).add_receivers(district_.NewId()); });
  ExpectRule(district_, valid, RuleId::kEmergencyListed,
             [&](Draft& draft) { Ordered(draft).add_facilities(district_.NewId()); });
  ExpectRule(district_, valid, RuleId::kEmergencyListed,
             [&](Draft& draft) { Ordered(draft).add_vehicles(district_.NewId()); });
  ExpectRule(district_, valid, RuleId::kEmergencyListed, [](Draft& draft) {
    Ordered(draft).clear_facilities();
    Ordered(draft).clear_vehicles();
  });
  district_.Must(valid);
  const Draft end = EndEmergency(district_, health_, valid.message.emergency_ordered().order());
  ExpectRule(district_, end, RuleId::kEmergencyKnown, [&](Draft& draft) {
    draft.message.mutable_emergency_ended()->set_order(district_.NewId());
  });
  ExpectRule(district_, end, RuleId::kEmergencyBothAuthorities,
             [&](Draft& draft) { party(draft, 1, second); });
  ExpectRule(district_, end, RuleId::kRegulatorDivision,
             [&](Draft& draft) { party(draft, 1, elsewhere); });
  ExpectRule(district_, end, RuleId::kRegulatorAuthority,
             [&](Draft& draft) { party(draft, 0, district_.hospital); });
  ExpectRule(district_, end, RuleId::kPartyTwo,
             [](Draft& draft) { draft.devices[1].person = draft.devices[0].person; });
  Draft again = Order();
  ExpectRule(district_, again, RuleId::kIdNew, [&](Draft& draft) {
    Ordered(draft).set_order(valid.message.emergency_ordered().order());
  });
  district_.Must(end);
  EXPECT_TRUE(Has(Judged(end), RuleId::kEmergencyKnown)) << "once";
}

TEST_F(EmergencyTest, WhoIsListedTakesMedicalWasteAndEachUseIsShown) {
  const Draft issue = ToKiln();
  EXPECT_FALSE(Admits(issue)) << "no order, no licence";
  district_.Must(Order());
  const std::string manifest = issue.message.manifest_issued().manifest();
  const auto shown_in = [](District& district, const Draft& draft) {
    const std::vector<Violation> marks = district.Must(draft);
    EXPECT_TRUE(Has(marks, kUse)) << EventName(draft.message.event_case());
    EXPECT_FALSE(Has(marks, RuleId::kLicenceReceiver));
    EXPECT_FALSE(Has(marks, RuleId::kMedicalVehicle));
    for (const Violation& mark : marks) {
      if (mark.rule != FindRule(kUse).id) continue;
      EXPECT_NE(mark.message_en.find("青政应急〔2024〕3号"), std::string::npos) << mark.message_en;
    }
  };
  const auto shown = [&](const Draft& draft) { shown_in(district_, draft); };
  shown(issue);
  Draft changed = ChangeCarriers(district_, manifest, {&district_.carrier});
  changed.message.mutable_parties(0)->set_organisation(district_.hospital.id);
  changed.devices[0] = district_.hospital.handler;
  changed.message.mutable_carriers_changed()->mutable_carriers(0)->set_vehicle(district_.truck);
  {
    District other(district_);
    shown_in(other, changed);
  }
  shown(district_.Take(district_.hospital, district_.carrier, manifest, district_.truck));
  shown(district_.HandOver(district_.carrier, district_.carrier2, manifest, district_.truck));
  shown(ByKiln(district_.Deliver(district_.carrier2, manifest), 1));
  const std::string batch = issue.message.manifest_issued().lines(0).batch();
  {
    District refusing(district_);
    refusing.Must(ByKiln(RefuseAll(refusing, manifest), 0));
    Draft back = Return(refusing, manifest, {batch});
    back.message.mutable_parties(1)->set_organisation(district_.hospital.id);
    back.devices[1] = district_.hospital.handler;
    shown_in(refusing, back);
  }
  shown(ByKiln(district_.Confirm(manifest), 0));
  {
    District recording(district_);
    shown_in(recording, Record(recording, kiln_, {batch}, furnace_, "C1", v1::ENDING_DISPOSED));
  }
  shown(district_.Treat(kiln_, batch, furnace_, "C1", v1::ENDING_DISPOSED));
}

TEST_F(EmergencyTest, OrdinaryWorkInAnEmergencyIsNotShown) {
  district_.Must(Order());
  EXPECT_FALSE(Has(Judged(district_.Take(district_.hospital, district_.carrier,
                                         district_.MedicalIssued(), district_.medical_truck)),
                   kUse));
}

TEST_F(EmergencyTest, OutsideItsDaysItsDivisionItsWasteAndItsListNothingIsAllowed) {
  const Draft issue = ToKiln();
  Draft order = Order();
  {
    District other(district_);
    Draft later = order;
    Ordered(later).set_valid_from_date("2024-06-04");
    other.Must(later);
    EXPECT_FALSE(std::holds_alternative<Admitted>(*other.Try(issue))) << "not yet";
  }
  {
    District other(district_);
    Draft elsewhere = order;
    Ordered(elsewhere).set_division("370702");
    const Actor both_divisions =
        NewActor(other, {v1::ORGANISATION_ROLE_HEALTH_AUTHORITY}, "370700");
    elsewhere.message.mutable_parties(1)->set_organisation(both_divisions.id);
    elsewhere.devices[1] = both_divisions.administrator;
    other.Must(elsewhere);
    EXPECT_FALSE(std::holds_alternative<Admitted>(*other.Try(issue))) << "another county";
    Draft wider = elsewhere;
    Ordered(wider).set_order(other.NewId());
    Ordered(wider).set_division("370700");
    other.Must(wider);
    EXPECT_TRUE(std::holds_alternative<Admitted>(*other.Try(issue))) << "the city over it";
  }
  {
    District other(district_);
    Draft another_list = order;
    Ordered(another_list).clear_facilities();
    other.Must(another_list);
    EXPECT_FALSE(std::holds_alternative<Admitted>(*other.Try(issue))) << "not listed";
  }
  district_.Must(order);
  EXPECT_TRUE(Admits(issue));
  const Draft oil = Redirected(district_.Issue(district_.producer, district_.NewId(),
                                               {district_.Stored()}, {&district_.carrier}));
  EXPECT_FALSE(Admits(oil)) << "medical waste alone";
  Draft unlisted_vehicle = issue;
  unlisted_vehicle.message.mutable_manifest_issued()->mutable_carriers(1)->set_vehicle(
      district_.truck2);
  EXPECT_TRUE(Has(Judged(unlisted_vehicle), RuleId::kMedicalVehicle));
  district_.now_ms = ShanghaiMs(2024, 6, 30, 23);
  EXPECT_TRUE(Admits(ToKiln()));
  district_.now_ms = ShanghaiMs(2024, 7, 1);
  EXPECT_FALSE(Admits(ToKiln())) << "its last day is over";
}

TEST_F(EmergencyTest, AfterItsEndTheOrdinaryRulesHoldAlsoForWhatIsUnderWay) {
  const Draft order = Order();
  district_.Must(order);
  const Draft issue = ToKiln();
  district_.Must(issue);
  district_.Must(EndEmergency(district_, health_, order.message.emergency_ordered().order()));
  EXPECT_FALSE(Admits(ToKiln()));
  const auto marks =
      district_.Must(district_.Take(district_.hospital, district_.carrier,
                                    issue.message.manifest_issued().manifest(), district_.truck));
  EXPECT_TRUE(Has(marks, RuleId::kLicenceReceiver)) << "the truck stands in the yard";
  EXPECT_TRUE(Has(marks, RuleId::kMedicalVehicle));
  EXPECT_FALSE(Has(marks, kUse));
}

TEST_F(EmergencyTest, ItDoesNotMakeSteamFitForChemicals) {
  district_.Must(Order());
  Draft issue = ToKiln("841-004-01");
  issue.message.mutable_manifest_issued()->mutable_lines(0)->set_method_code("Y11");
  EXPECT_TRUE(Has(Judged(issue), RuleId::kMedicalMethod));
}

TEST_F(EmergencyTest, AnOrganisationListedWholeTakesItInAnyFacility) {
  Draft order = Order();
  Ordered(order).clear_facilities();
  Ordered(order).add_receivers(kiln_.id);
  district_.Must(order);
  EXPECT_TRUE(Has(district_.Must(ToKiln()), kUse));
}

}  // namespace
}  // namespace cradle::rules::test
