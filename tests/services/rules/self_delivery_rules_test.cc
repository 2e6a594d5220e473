// What a small institution brings to a collection point itself.
#include "tests/services/rules/collection_fixture.h"
#include "tests/services/rules/drafts_lineage.h"
#include "tests/services/rules/drafts_manifest.h"

namespace cradle::rules::test {
namespace {

class SelfDeliveryTest : public CollectionTest {
 protected:
  static v1::SelfDelivered& Event(Draft& draft) { return *draft.message.mutable_self_delivered(); }
  Draft Bring() { return test::Bring(district_, clinic_, point_, {ClinicBag()}); }
  std::string ClinicBag(const std::string& code = kBag) {
    return Bag(clinic_.actor, clinic_.site, code);
  }
  std::string Heavy(int64_t mass_g) {
    const std::string id = district_.NewId();
    district_.Must(district_.Generate(clinic_.actor, clinic_.site, id, mass_g, kBag));
    return id;
  }
  Draft Brings(const std::string& batch) {
    return test::Bring(district_, clinic_, point_, {batch});
  }
  Clinic clinic_ = NewClinic(district_);
  CollectionPoint point_ = NewPoint(district_);
};

TEST_F(SelfDeliveryTest, WhatIsBroughtIsReceivedAndLiesInTheCollectionPoint) {
  const std::string bag = ClinicBag();
  const Draft bring = Brings(bag);
  EXPECT_TRUE(district_.Must(bring).empty());
  const auto manifest = district_.Manifest(bring.message.self_delivered().manifest());
  EXPECT_EQ(manifest.status(), state::v1::MANIFEST_STATUS_CONFIRMED);
  EXPECT_TRUE(manifest.self_delivered());
  EXPECT_EQ(manifest.consignor(), clinic_.actor.id);
  EXPECT_EQ(manifest.received(0).received_mass_g(), 250'000);
  const auto batch = district_.Batch(bag);
  EXPECT_EQ(batch.custodian(), point_.actor.id);
  EXPECT_EQ(batch.generator(), clinic_.actor.id);
  EXPECT_EQ(batch.status(), state::v1::BATCH_STATUS_STORED);
  EXPECT_EQ(batch.facility(), point_.facility);
  EXPECT_EQ(batch.manifest(), "");
  EXPECT_EQ(batch.manifests_size(), 1);
  EXPECT_EQ(FindHolding(batch, clinic_.actor.id)->since_date(), "2024-06-03");
  EXPECT_EQ(FindHolding(batch, point_.actor.id)->since_date(), "2024-06-03");
}

TEST_F(SelfDeliveryTest, ItIsForSmallInstitutionsMedicalWasteAndCollectionPoints) {
  const Draft valid = Bring();
  for (const uint32_t beds : {0U, 20U}) {
    const Clinic other = NewClinic(district_, beds);
    const Draft theirs = test::Bring(district_, other, point_, {Bag(other.actor, other.site)});
    Expect(valid, RuleId::kSelfDeliverySmall, [&](Draft& d) { d = theirs; });
  }
  const Clinic most = NewClinic(district_, 19);
  EXPECT_FALSE(Returns(test::Bring(district_, most, point_, {Bag(most.actor, most.site)}),
                       RuleId::kSelfDeliverySmall));
  Expect(valid, RuleId::kMedicalOnly, [&](Draft& d) { d = Brings(ClinicBag("900-214-08")); });
  const std::string store = district_.NewId();
  district_.Must(district_.RegisterFacility(point_.actor, point_.site, store,
                                            v1::FACILITY_KIND_STORAGE_WAREHOUSE));
  for (const std::string& facility : {store, std::string(), district_.plant_store}) {
    Expect(valid, RuleId::kSelfDeliveryPoint,
           [&](Draft& d) { Event(d).set_receiver_facility(facility); });
  }
}

TEST_F(SelfDeliveryTest, EveryRuleOfAnIssueHolds) {
  const auto of = [](Draft& d) -> v1::SelfDelivered& { return Event(d); };
  ExpectRulesOfLines(Bring(), NewSite(district_, clinic_.actor), of);
  ExpectRulesOfPapers(Bring(), of);
  const Draft valid = Bring();
  Expect(valid, RuleId::kMassExact, [](Draft& d) { Weigh(Event(d), 240'000); });
  Expect(valid, RuleId::kCustodyHolder, [&](Draft& d) {
    d = test::Bring(district_, clinic_, point_, {Bag()});
    Event(d).set_consignor_site(clinic_.site);
  });
  Expect(valid, RuleId::kTimeFact,
         [](Draft& d) { Event(d).set_delivered_time_ms(Event(d).delivered_time_ms() + 1); });
  const std::string elsewhere = NewSite(district_, point_.actor);
  Expect(valid, RuleId::kFacilitySite, [&](Draft& d) { Event(d).set_receiver_site(elsewhere); });
  ExpectAmong(valid, RuleId::kMedicalMixed, [&](Draft& d) {
    d = test::Bring(district_, clinic_, point_, {ClinicBag(), ClinicBag("900-214-08")});
  });
  ExpectAmong(valid, RuleId::kForwardRefused, [&](Draft& d) {
    const std::string refused = RefusedManifest(district_);
    d = test::Bring(district_, {district_.producer, district_.producer_site}, point_,
                    {district_.Manifest(refused).issued().lines(0).batch()});
  });
  const std::string bag = ClinicBag();
  Draft burnt = Record(district_, clinic_.actor, {bag}, "", "Y10", v1::ENDING_TREATED_ON_SITE);
  burnt.message.mutable_treatment_recorded()->set_order_number("青政字〔2024〕12号");
  ExpectAfter(Brings(bag), RuleId::kBatchState, [&](District& district) { district.Must(burnt); });
  ExpectAfter(Brings(bag), RuleId::kBatchOnManifest,
              [&](District& district) { district.Must(Collect(district, clinic_.actor, {bag})); });
  const std::string foreign = district_.NewId();
  Draft generate = district_.Generate(clinic_.actor, clinic_.site, foreign, 1, kBag);
  generate.message.mutable_batch_generated()->set_foreign_origin(true);
  district_.Must(generate);
  Expect(valid, RuleId::kImportBan, [&](Draft& d) { d = Brings(foreign); });
  const std::string unaccepted = district_.NewId();
  Draft registered = district_.RegisterFacility(point_.actor, point_.site, unaccepted,
                                                v1::FACILITY_KIND_COLLECTION_POINT);
  registered.message.mutable_facility_registered()->clear_acceptance_date();
  district_.Must(registered);
  Expect(valid, RuleId::kFacilityAccepted,
         [&](Draft& d) { Event(d).set_receiver_facility(unaccepted); });
}

TEST_F(SelfDeliveryTest, TheReceiverMayTakeMedicalWaste) {
  const Draft valid = Bring();
  // As the point's, without its licence.
  const Actor other = NewActor(district_, {v1::ORGANISATION_ROLE_OPERATOR});
  CollectionPoint bare{other, NewSite(district_, other), district_.NewId()};
  district_.Must(district_.RegisterFacility(other, bare.site, bare.facility,
                                            v1::FACILITY_KIND_COLLECTION_POINT));
  const Draft to_bare = test::Bring(district_, clinic_, bare, {ClinicBag()});
  Expect(valid, RuleId::kLicenceReceiver, [&](Draft& d) { d = to_bare; });
  ExpectAmong(valid, RuleId::kMedicalRecycler, [&](Draft& d) { d = to_bare; });
  district_.Must(district_.GrantLicence(other, v1::LICENCE_KIND_COMPREHENSIVE, "HW01", {"Y11"}));
  ASSERT_FALSE(Returns(to_bare, RuleId::kMedicalRecycler));
  Expect(to_bare, RuleId::kLicenceMethod,
         [](Draft& d) { Event(d).mutable_lines(0)->set_method_code("Y10"); });
  const Draft chemical = test::Bring(district_, clinic_, bare, {ClinicBag("841-004-01")});
  Expect(chemical, RuleId::kMedicalMethod,
         [](Draft& d) { Event(d).mutable_lines(0)->set_method_code("Y11"); });
  ExpectAfter(valid, RuleId::kLicenceStands, [&](District& district) {
    district.Must(
        ChangeLicence(district, point_.actor, v1::LICENCE_CHANGE_SUSPENDED, "2024-06-01"));
  });
  ExpectAfter(valid, RuleId::kOrganisationExiting,
              [&](District& district) { district.Must(StartExit(point_.actor)); });
  RaiseToProvince(district_);
  const std::string far = district_.NewId();
  Draft site = district_.RegisterSite(point_.actor, far);
  site.message.mutable_site_registered()->set_division("410100");
  district_.Must(site);
  ExpectAmong(valid, RuleId::kApprovalNeeded, [&](Draft& d) { Event(d).set_receiver_site(far); });
}

TEST_F(SelfDeliveryTest, WhoIsNoOperatorReceivesOnlyByAnEmergencyOrder) {
  const Actor kiln = NewActor(district_, {v1::ORGANISATION_ROLE_PRODUCER});
  CollectionPoint point{kiln, NewSite(district_, kiln), district_.NewId()};
  district_.Must(district_.RegisterFacility(kiln, point.site, point.facility,
                                            v1::FACILITY_KIND_COLLECTION_POINT));
  const Draft to_kiln = test::Bring(district_, clinic_, point, {ClinicBag()});
  Expect(Bring(), RuleId::kOrganisationRole, [&](Draft& d) { d = to_kiln; });
  const Actor health = NewActor(district_, {v1::ORGANISATION_ROLE_HEALTH_AUTHORITY});
  Draft order = OrderEmergency(district_, health, district_.NewId());
  order.message.mutable_emergency_ordered()->add_receivers(kiln.id);
  district_.Must(order);
  EXPECT_FALSE(Returns(Bring(), RuleId::kEmergencyUse));
  EXPECT_TRUE(Has(district_.Must(to_kiln), RuleId::kEmergencyUse));
}

TEST_F(SelfDeliveryTest, WhatIsReceivedBecomesTheMassAndADifferenceIsShown) {
  const Draft valid = Bring();
  const auto receives = [](int64_t mass_g) {
    return [mass_g](Draft& d) {
      Event(d).mutable_lines(0)->set_received_mass_g(mass_g);
      Event(d).set_total_received_mass_g(mass_g);
    };
  };
  Expect(valid, RuleId::kReceiptDifference, receives(249'000));
  Expect(valid, RuleId::kWeightAlert, receives(200'000));
  Expect(valid, RuleId::kMassSum, [](Draft& d) { Event(d).set_total_received_mass_g(1); });
  Expect(valid, RuleId::kFormField,
         [](Draft& d) { Event(d).mutable_lines(0)->clear_mass_basis(); });
  Draft less = valid;
  receives(249'000)(less);
  district_.Must(less);
  EXPECT_EQ(district_.Batch(less.message.self_delivered().lines(0).batch()).mass_g(), 249'000);
  const auto manifest = district_.Manifest(less.message.self_delivered().manifest());
  EXPECT_EQ(manifest.differences(0).mass_difference_g(), -1'000);
  EXPECT_EQ(manifest.report_division(), "370781");
  EXPECT_EQ(manifest.uses(0).mass_g(), 249'000);
}

TEST_F(SelfDeliveryTest, AmountsAndStoresAreCounted) {
  const int64_t annual = 5'000'000'000;
  const Draft valid = Bring();
  Expect(valid, RuleId::kLicenceAmountNear,
         [&](Draft& d) { d = Brings(Heavy(annual - 1'000'000)); });
  Expect(valid, RuleId::kLicenceAmount, [&](Draft& d) { d = Brings(Heavy(annual + 1)); });
  ExpectAmong(valid, RuleId::kLicenceExcess, [&](Draft& d) { d = Brings(Heavy(2 * annual)); });
  const std::string over = Heavy(annual + 1);
  District lenient = district_;
  Adopt(lenient,
        Replaced(OwnBundle(), "licence_over_forbids_issue,1,", "licence_over_forbids_issue,0,"));
  ExpectRule(lenient, valid, RuleId::kLicenceAmountOver,
             [&](Draft& d) { d = test::Bring(lenient, clinic_, point_, {over}); });
  for (const auto kind : {v1::LIMIT_KIND_PHYSICAL, v1::LIMIT_KIND_PERMITTED}) {
    district_.Must(LimitFacility(district_, point_.actor, point_.facility, kind, 300'000));
  }
  for (const RuleId rule : {RuleId::kStorageCapacity, RuleId::kStoragePermitted}) {
    Expect(valid, rule, [&](Draft& d) { d = Brings(Heavy(300'001)); });
  }
  // A pilot lets none take medical waste for utilisation; its cap is judged all the same.
  const Actor user = NewActor(district_, {v1::ORGANISATION_ROLE_OPERATOR});
  CollectionPoint piloted{user, NewSite(district_, user), district_.NewId()};
  district_.Must(district_.RegisterFacility(user, piloted.site, piloted.facility,
                                            v1::FACILITY_KIND_COLLECTION_POINT));
  Draft pilot = ApprovePilot(district_, user, kBag, 100'000);
  pilot.message.mutable_pilot_approved()->set_producer(clinic_.actor.id);
  district_.Must(pilot);
  const Draft by_pilot = test::Bring(district_, clinic_, piloted, {ClinicBag()});
  EXPECT_FALSE(Returns(by_pilot, RuleId::kLicenceReceiver));
  ExpectAmong(valid, RuleId::kPilotCap, [&](Draft& d) { d = by_pilot; });
  Expect(valid, RuleId::kMedicalRecycler, [&](Draft& d) { d = by_pilot; });
}

TEST_F(SelfDeliveryTest, WhatACollectorHasTakenIsToBeHandedOnInTime) {
  const std::string bag = ClinicBag();
  district_.Must(Brings(bag));
  const CollectionPoint other = NewPoint(district_);
  const Draft on = test::Bring(district_, {point_.actor, point_.site}, other, {bag});
  EXPECT_FALSE(Returns(on, RuleId::kCollectionHandOn));
  district_.now_ms = ShanghaiMs(2024, 12, 1);
  EXPECT_TRUE(Returns(on, RuleId::kCollectionHandOn));
}

TEST_F(SelfDeliveryTest, TwoPartiesAreTwo) {
  const Draft valid = Bring().Claimed(district_.now_ms);
  Expect(valid, RuleId::kPartyTwo, [](Draft& d) { d.devices[1].person = d.devices[0].person; });
  const Device clerk = district_.NewDevice(clinic_.actor.id);
  district_.Must(district_.Enrol(clinic_.actor.administrator, v1::CAPACITY_ORGANISATION, clerk,
                                 {v1::KEY_ROLE_OPERATOR}));
  district_.Must(district_.Enrol(district_.bureau.administrator, v1::CAPACITY_REGULATOR,
                                 district_.NewDeviceOf(point_.actor.id, clerk.person),
                                 {v1::KEY_ROLE_OPERATOR}));
  Expect(valid, RuleId::kPartyEnrolledTwice, [&](Draft& d) { d.devices[0] = clerk; });
  district_.now_ms += 3'600'000;
  ExpectAfter(valid, RuleId::kKeyRevokedLate, [&](District& district) {
    district.Must(district.Revoke(clinic_.actor.administrator, clinic_.actor.handler));
  });
}

}  // namespace
}  // namespace cradle::rules::test
