// Rounds: what holds at a stop, with the consignor there or not. Deliveries and answers are in
// round_rules_test.cc.
#include "storage/evidence/statement.h"
#include "tests/services/rules/collection_fixture.h"
#include "tests/services/rules/drafts_lineage.h"
#include "tests/services/rules/drafts_manifest.h"

namespace cradle::rules::test {
namespace {

class CollectionRulesTest : public CollectionTest {
 protected:
  static v1::WasteCollected& Event(Draft& draft) {
    return *draft.message.mutable_waste_collected();
  }
  Draft Stop() { return Collect(district_, district_.hospital, {Bag()}); }
  Draft Alone() { return CollectAlone(district_, district_.hospital, {Bag()}); }
  // With the consignor there it is refused, without it marked.
  void ExpectBoth(RuleId rule, const Breaks& breaks) {
    ASSERT_EQ(FindRule(rule).At(v1::Statement::kWasteCollected), Effect::kForbids);
    ASSERT_EQ(FindRule(rule).At(v1::Statement::kWasteCollected, true), Effect::kMarks)
        << FindRule(rule).id;
    Expect(Stop(), rule, breaks);
    Expect(Alone(), rule, breaks);
  }
  void ExpectBothAfter(RuleId rule, const std::function<void(District&)>& change) {
    ExpectAfter(Stop(), rule, change);
    ExpectAfter(Alone(), rule, change);
  }
};

TEST_F(CollectionRulesTest, AStopIssuesAManifestAndTakesItsLoad) {
  const std::string bag = Bag();
  district_.Must(district_.Store(district_.hospital, bag, district_.hospital_store));
  const Draft stop = Collect(district_, district_.hospital, {bag});
  EXPECT_TRUE(district_.Must(stop).empty());
  const std::string id = stop.message.waste_collected().manifest();
  const auto manifest = district_.Manifest(id);
  EXPECT_EQ(manifest.status(), state::v1::MANIFEST_STATUS_IN_TRANSIT);
  EXPECT_EQ(manifest.consignor(), district_.hospital.id);
  EXPECT_EQ(manifest.issued().carriers(0).organisation(), district_.carrier.id);
  EXPECT_FALSE(manifest.unconfirmed());
  EXPECT_EQ(manifest.taken_time_ms(), district_.now_ms);
  EXPECT_EQ(manifest.official_number(), stop.message.waste_collected().official_number());
  const auto batch = district_.Batch(bag);
  EXPECT_EQ(batch.custodian(), district_.hospital.id) << "until the receipt is confirmed";
  EXPECT_EQ(BatchStatusOf(batch, &manifest), state::v1::BATCH_STATUS_IN_TRANSIT);
  EXPECT_TRUE(Returns(Countersign(district_, id), RuleId::kCollectionAnswered))
      << "the consignor was there";
}

TEST_F(CollectionRulesTest, WhatIsCollectedWithNobodyThereIsUnconfirmed) {
  const Draft alone = Alone();
  EXPECT_TRUE(district_.Must(alone).empty());
  const auto manifest = district_.Manifest(alone.message.waste_collected().manifest());
  EXPECT_EQ(manifest.status(), state::v1::MANIFEST_STATUS_IN_TRANSIT);
  EXPECT_EQ(manifest.consignor(), district_.hospital.id);
  EXPECT_TRUE(manifest.unconfirmed());
  EXPECT_TRUE(manifest.collection().one_sided());
}

TEST_F(CollectionRulesTest, WithNobodyThereThereIsAPhotoAWeightAndAPlace) {
  const Draft alone = Alone();
  Expect(alone, RuleId::kFormField, [](Draft& d) { Event(d).clear_photo_sha256(); });
  Expect(alone, RuleId::kFormField, [](Draft& d) { Event(d).clear_mass_basis(); });
  Expect(alone, RuleId::kFormField, [](Draft& d) {
    Event(d).clear_latitude_e7();
    Event(d).clear_longitude_e7();
  });
  Expect(alone, RuleId::kFormField, [](Draft& d) { Event(d).set_latitude_e7(900'000'001); });
  Expect(alone, RuleId::kFormField, [](Draft& d) { Event(d).set_longitude_e7(-1'800'000'001); });
  Expect(Stop(), RuleId::kFormField, [](Draft& d) { Event(d).set_photo_sha256("p"); });
  Expect(alone, RuleId::kMedicalOnly,
         [&](Draft& d) { d = CollectAlone(district_, district_.producer, {district_.Stored()}); });
  EXPECT_FALSE(
      Returns(Collect(district_, district_.producer, {district_.Stored()}), RuleId::kMedicalOnly))
      << "any waste may be collected on a round";
}

TEST_F(CollectionRulesTest, TheDriversWeightIsMarkedWhereItDiffersAndTheBatchKeepsItsOwn) {
  const Draft alone = Alone();
  Expect(alone, RuleId::kCollectedMass, [](Draft& d) { Weigh(Event(d), 240'000); });
  Expect(alone, RuleId::kMassPositive, [](Draft& d) {
    Weigh(Event(d), 0);
    d.by_hand = true;
  });
  Expect(Stop(), RuleId::kMassExact, [](Draft& d) { Weigh(Event(d), 240'000); });
  Draft less = alone;
  Weigh(Event(less), 240'000);
  district_.Must(less);
  EXPECT_EQ(district_.Batch(less.message.waste_collected().lines(0).batch()).mass_g(), 250'000);
}

TEST_F(CollectionRulesTest, EveryRuleOfAnIssueHoldsAtAStop) {
  const auto of = [](Draft& d) -> v1::WasteCollected& { return Event(d); };
  ExpectRulesOfLines(Stop(), NewSite(district_, district_.hospital), of);
  ExpectRulesOfPapers(Stop(), of);
  const Draft stop = Stop();
  ExpectAmong(stop, RuleId::kCustodyHolder,
              [&](Draft& d) { Event(d).mutable_lines(0)->set_batch(district_.Stored()); });
  Expect(stop, RuleId::kOrganisationKnown,
         [&](Draft& d) { Event(d).set_receiver(district_.NewId()); });
  Expect(stop, RuleId::kManifestParty,
         [&](Draft& d) { Event(d).set_consignor(district_.producer.id); });
  Expect(stop, RuleId::kManifestParties,
         [&](Draft& d) { Event(d).set_receiver(district_.carrier.id); });
  Expect(stop, RuleId::kFormField, [](Draft& d) { Event(d).set_round("7"); });
  Expect(stop, RuleId::kTimeFact,
         [](Draft& d) { Event(d).set_collected_time_ms(Event(d).collected_time_ms() + 1); });
  Expect(stop, RuleId::kFacilityOfOrganisation,
         [&](Draft& d) { Event(d).set_receiver_facility(district_.NewId()); });
  const std::string elsewhere = NewSite(district_, district_.plant);
  Expect(stop, RuleId::kFacilitySite, [&](Draft& d) {
    Event(d).set_receiver_site(elsewhere);
    Event(d).set_receiver_facility(district_.plant_furnace);
  });
  Expect(stop, RuleId::kMedicalMixed, [&](Draft& d) {
    const std::string oil = Bag(district_.hospital, district_.hospital_site, "900-214-08");
    d = Collect(district_, district_.hospital, {Bag(), oil});
  });
  ExpectAmong(stop, RuleId::kForwardRefused, [&](Draft& d) {
    const std::string refused = RefusedManifest(district_);
    d = Collect(district_, district_.producer,
                {district_.Manifest(refused).issued().lines(0).batch()});
    Event(d).set_consignor_site(district_.producer_site);
  });
  const std::string bag = Bag();
  Draft burnt = Record(district_, district_.hospital, {bag}, "", "Y10", v1::ENDING_TREATED_ON_SITE);
  burnt.message.mutable_treatment_recorded()->set_order_number("青政字〔2024〕12号");
  const Draft of_bag = Collect(district_, district_.hospital, {bag});
  ExpectAfter(of_bag, RuleId::kBatchState, [&](District& district) { district.Must(burnt); });
  ExpectAfter(of_bag, RuleId::kBatchOnManifest, [&](District& district) {
    district.Must(Collect(district, district.hospital, {bag}));
  });
  const std::string foreign = district_.NewId();
  Draft generate =
      district_.Generate(district_.hospital, district_.hospital_site, foreign, 1, kBag);
  generate.message.mutable_batch_generated()->set_foreign_origin(true);
  district_.Must(generate);
  Expect(stop, RuleId::kImportBan,
         [&](Draft& d) { d = Collect(district_, district_.hospital, {foreign}); });
}

TEST_F(CollectionRulesTest, LicencesVehiclesAndCodesRefuseAStopButOnlyMarkWhatIsGone) {
  ExpectBoth(RuleId::kVehicleRegistered,
             [&](Draft& d) { Event(d).set_vehicle(district_.NewId()); });
  ExpectBoth(RuleId::kMedicalVehicle, [&](Draft& d) { Event(d).set_vehicle(district_.truck); });
  ExpectBoth(RuleId::kLicenceMethod,
             [](Draft& d) { Event(d).mutable_lines(0)->set_method_code("Y12"); });
  ExpectBoth(RuleId::kMethodKnown,
             [](Draft& d) { Event(d).mutable_lines(0)->set_method_code("X1"); });
  ExpectBoth(RuleId::kOfficialNumberForm, [](Draft& d) { Event(d).set_official_number("1"); });
  ExpectBoth(RuleId::kOfficialNumberUnique, [&](Draft& d) {
    Event(d).set_official_number(district_.Manifest(earlier_).official_number());
  });
  const std::string store = district_.NewId();
  Draft registered = district_.RegisterFacility(district_.plant, district_.plant_site, store,
                                                v1::FACILITY_KIND_STORAGE_WAREHOUSE);
  registered.message.mutable_facility_registered()->clear_acceptance_date();
  district_.Must(registered);
  ExpectBoth(RuleId::kFacilityAccepted, [&](Draft& d) { Event(d).set_receiver_facility(store); });
  ExpectBoth(RuleId::kExemptionListed, [](Draft& d) {
    Event(d).mutable_exemption()->set_item(99);
    Event(d).mutable_exemption()->set_link(v1::EXEMPT_LINK_TRANSPORT);
  });
  RaiseToProvince(district_);
  const std::string province = PlantElsewhere(district_);
  ExpectBoth(RuleId::kApprovalNeeded, [&](Draft& d) { Event(d).set_receiver_site(province); });
  for (const bool alone : {false, true}) {
    const std::string bag =
        Bag(district_.hospital, district_.hospital_site, "841-004-01");  // chemical
    const Draft chemical = alone ? CollectAlone(district_, district_.hospital, {bag})
                                 : Collect(district_, district_.hospital, {bag});
    Expect(chemical, RuleId::kMedicalMethod,
           [](Draft& d) { Event(d).mutable_lines(0)->set_method_code("Y11"); });
  }
  const Actor recycler = NewActor(district_, {v1::ORGANISATION_ROLE_OPERATOR});
  const std::string site = NewSite(district_, recycler);
  const auto to = [&](const std::string& receiver, const std::string& at) {
    return [&, receiver, at](Draft& d) {
      Event(d).set_receiver(receiver);
      Event(d).set_receiver_site(at);
    };
  };
  Expect(Stop(), RuleId::kLicenceReceiver, to(recycler.id, site));
  Expect(Alone(), RuleId::kMedicalRecycler, to(recycler.id, site));
  ExpectAmong(Alone(), RuleId::kLicenceReceiver, to(recycler.id, site));
  Expect(Stop(), RuleId::kOrganisationRole, to(district_.producer.id, district_.producer_site));
}

TEST_F(CollectionRulesTest, WhatStandsNoMoreRefusesAStopButOnlyMarksWhatIsGone) {
  ExpectBothAfter(RuleId::kLicenceStands, [](District& district) {
    district.Must(
        ChangeLicence(district, district.carrier, v1::LICENCE_CHANGE_SUSPENDED, "2024-06-01"));
  });
  ExpectBothAfter(RuleId::kOrganisationExiting,
                  [](District& district) { district.Must(StartExit(district.plant)); });
  ExpectBothAfter(RuleId::kOrganisationExiting,
                  [](District& district) { district.Must(StartExit(district.carrier)); });
  const Draft later = Stop();
  const Draft later_alone = Alone();
  District expired = district_;
  expired.now_ms = ShanghaiMs(2027, 1, 1, 12);
  EXPECT_TRUE(Has(ViolationsOf(*expired.Try(later)), RuleId::kLicenceCarrier));
  EXPECT_FALSE(std::holds_alternative<Admitted>(*expired.Try(later)));
  EXPECT_TRUE(Has(ViolationsOf(*expired.Try(later_alone)), RuleId::kLicenceCarrier));
}

TEST_F(CollectionRulesTest, AmountsOfLicencesAndPilotsAreCounted) {
  const int64_t kg = 1'000;
  const auto bag = [&](int64_t mass_g) {
    const std::string id = district_.NewId();
    district_.Must(
        district_.Generate(district_.hospital, district_.hospital_site, id, mass_g, kBag));
    return Collect(district_, district_.hospital, {id});
  };
  const int64_t annual = 5'000'000 * kg;
  Expect(bag(kg), RuleId::kLicenceAmountNear, [&](Draft& d) { d = bag(annual - 1'000 * kg); });
  Expect(bag(kg), RuleId::kLicenceAmount, [&](Draft& d) { d = bag(annual); });
  ExpectAmong(bag(kg), RuleId::kLicenceExcess, [&](Draft& d) { d = bag(2 * annual); });
  const std::string heavy = district_.NewId();
  district_.Must(
      district_.Generate(district_.hospital, district_.hospital_site, heavy, annual, kBag));
  Expect(Alone(), RuleId::kLicenceAmount,
         [&](Draft& d) { d = CollectAlone(district_, district_.hospital, {heavy}); });
  District lenient = district_;
  Adopt(lenient,
        Replaced(OwnBundle(), "licence_over_forbids_issue,1,", "licence_over_forbids_issue,0,"));
  ExpectRule(lenient,
             Collect(lenient, lenient.hospital,
                     {lenient.Generated(lenient.hospital, lenient.hospital_site, kBag)}),
             RuleId::kLicenceAmountOver,
             [&](Draft& d) { d = Collect(lenient, lenient.hospital, {heavy}); });

  const Actor user = NewActor(district_, {v1::ORGANISATION_ROLE_PRODUCER});
  const std::string site = NewSite(district_, user);
  district_.Must(ApprovePilot(district_, user, "900-214-08", 250'000));
  const auto to_user = [&](Draft draft) {
    Event(draft).set_receiver(user.id);
    Event(draft).set_receiver_site(site);
    Event(draft).set_vehicle(district_.truck);
    return draft;
  };
  const Draft within = to_user(Collect(district_, district_.producer, {district_.Stored()}));
  Expect(within, RuleId::kPilotCap, [&](Draft& d) {
    d = to_user(Collect(district_, district_.producer, {district_.Stored(), district_.Stored()}));
  });
}

TEST_F(CollectionRulesTest, WhatACollectorHasTakenIsToBeHandedOnInTime) {
  const CollectionPoint point = NewPoint(district_);
  const Clinic clinic = NewClinic(district_);
  const std::string bag = Bag(clinic.actor, clinic.site);
  district_.Must(Bring(district_, clinic, point, {bag}));
  ASSERT_FALSE(district_.Batch(bag).hand_on_by_date().empty());
  const Draft on = Collect(district_, point.actor, {bag});
  EXPECT_FALSE(Returns(on, RuleId::kCollectionHandOn));
  district_.now_ms = ShanghaiMs(2024, 12, 1);
  EXPECT_TRUE(Returns(on, RuleId::kCollectionHandOn));
}

TEST_F(CollectionRulesTest, AnEmergencyOrderLetsAListedReceiverAndVehicle) {
  const Actor health = NewActor(district_, {v1::ORGANISATION_ROLE_HEALTH_AUTHORITY});
  const Actor kiln = NewActor(district_, {v1::ORGANISATION_ROLE_PRODUCER});
  const std::string site = NewSite(district_, kiln);
  const auto to_kiln = [&](Draft draft) {
    Event(draft).set_receiver(kiln.id);
    Event(draft).set_receiver_site(site);
    Event(draft).set_vehicle(district_.truck);
    return draft;
  };
  const Draft stop = to_kiln(Stop());
  EXPECT_TRUE(Returns(stop, RuleId::kMedicalRecycler));
  Draft order = OrderEmergency(district_, health, district_.NewId());
  order.message.mutable_emergency_ordered()->add_receivers(kiln.id);
  order.message.mutable_emergency_ordered()->add_vehicles(district_.truck);
  district_.Must(order);
  EXPECT_FALSE(Returns(Stop(), RuleId::kEmergencyUse));
  EXPECT_TRUE(Has(district_.Must(stop), RuleId::kEmergencyUse));
  const Draft delivery = [&] {
    Draft draft = DeliverRound(district_, {stop.message.waste_collected().manifest()});
    SetParty(draft, 1, kiln);
    return draft;
  }();
  EXPECT_TRUE(Has(district_.Must(delivery), RuleId::kEmergencyUse));
}

TEST_F(CollectionRulesTest, MedicalWasteIsNeverSentToARecyclerWhateverElseLetsIt) {
  const Draft issue =
      district_.Issue(district_.hospital, district_.NewId(), {Bag()}, {&district_.carrier});
  ExpectAmong(issue, RuleId::kMedicalRecycler, [](Draft& d) {
    d.message.mutable_manifest_issued()->mutable_lines(0)->set_method_code("R3");
  });
  const Actor plastics = NewActor(district_, {v1::ORGANISATION_ROLE_PRODUCER});
  const std::string site = NewSite(district_, plastics);
  Draft pilot = ApprovePilot(district_, plastics, kBag, 1'000'000);
  pilot.message.mutable_pilot_approved()->set_producer(district_.hospital.id);
  district_.Must(pilot);
  Expect(issue, RuleId::kMedicalRecycler, [&](Draft& d) {
    d.message.mutable_manifest_issued()->set_receiver(plastics.id);
    d.message.mutable_manifest_issued()->set_receiver_site(site);
  });
}

TEST_F(CollectionRulesTest, ARoundHasOneCarrierAndOneVehicleAndManyReceivers) {
  const std::string round = district_.NewId();
  const std::string other_truck = district_.NewId();
  district_.Must(district_.RegisterVehicle(district_.carrier, other_truck, true));
  district_.Must(Collect(district_, district_.hospital, {Bag()}, round));
  const Draft second = Collect(district_, district_.hospital, {Bag()}, round);
  Expect(second, RuleId::kRoundCarrier, [&](Draft& d) { Event(d).set_vehicle(other_truck); });
  const std::string theirs = district_.NewId();
  district_.Must(district_.RegisterVehicle(district_.carrier2, theirs, true));
  Expect(second, RuleId::kRoundCarrier, [&](Draft& d) {
    SetParty(d, 1, district_.carrier2);
    Event(d).set_vehicle(theirs);
  });
  const CollectionPoint point = NewPoint(district_);
  Draft elsewhere = Collect(district_, district_.hospital, {Bag()}, round);
  Event(elsewhere).set_receiver(point.actor.id);
  Event(elsewhere).set_receiver_site(point.site);
  district_.Must(elsewhere);
}

TEST_F(CollectionRulesTest, TwoPartiesAreTwoAndNobodyIsEnrolledForBoth) {
  Expect(Stop(), RuleId::kPartyTwo, [](Draft& d) { d.devices[1].person = d.devices[0].person; });
  const Device driver = district_.NewDevice(district_.carrier.id);
  district_.Must(district_.Enrol(district_.carrier.administrator, v1::CAPACITY_ORGANISATION, driver,
                                 {v1::KEY_ROLE_OPERATOR}));
  district_.Must(district_.Enrol(district_.bureau.administrator, v1::CAPACITY_REGULATOR,
                                 district_.NewDeviceOf(district_.hospital.id, driver.person),
                                 {v1::KEY_ROLE_OPERATOR}));
  Expect(Alone(), RuleId::kPartyEnrolledTwice, [&](Draft& d) { d.devices[0] = driver; });
  Expect(Stop(), RuleId::kPartyEnrolledTwice, [&](Draft& d) { d.devices[1] = driver; });
}

TEST_F(CollectionRulesTest, AStopBeforeTheRevocationOfAKeyIsSparedWhereTwoSign) {
  const Draft stop = Stop().Claimed(district_.now_ms);
  const Draft alone = Alone().Claimed(district_.now_ms);
  district_.now_ms += 3'600'000;
  ExpectAfter(stop, RuleId::kKeyRevokedLate, [](District& district) {
    district.Must(district.Revoke(district.carrier.administrator, district.carrier.handler));
  });
  district_.Must(district_.Revoke(district_.carrier.administrator, district_.carrier.handler));
  EXPECT_TRUE(Returns(alone, RuleId::kKeyRevoked));
}

TEST_F(CollectionRulesTest, InADivisionWithAPeriodManifestsOfADayOrMonthShareANumber) {
  const std::string number = district_.Manifest(earlier_).official_number();
  const auto again = [&](District& district) {
    Draft stop = Collect(district, district.hospital,
                         {district.Generated(district.hospital, district.hospital_site, kBag)});
    Event(stop).set_official_number(number);
    return ViolationsOf(*district.Try(stop));
  };
  const auto issued_now = [](District& district) {
    const std::string bag = district.Generated(district.hospital, district.hospital_site, kBag);
    const Draft issue =
        district.Issue(district.hospital, district.NewId(), {bag}, {&district.carrier});
    district.Must(issue);
    return issue.message.manifest_issued().manifest();
  };
  const auto attached = [&](District& district, const std::string& manifest) {
    Draft draft = AttachNumber(district, manifest);
    draft.message.mutable_official_number_attached()->set_official_number(number);
    SetParty(draft, 0, district.hospital);
    return ViolationsOf(*district.Try(draft));
  };
  EXPECT_TRUE(Has(again(district_), RuleId::kOfficialNumberUnique)) << "each trip has its own";
  for (const char* period : {"day", "month"}) {
    District district = district_;
    Adopt(district, WithRow(OwnBundle(), "manifest_periods.csv",
                            std::string("370781,medical,") + period + ",2024-01-01,,a test,R"));
    EXPECT_FALSE(Has(again(district), RuleId::kOfficialNumberUnique)) << period;
    const std::string issued = issued_now(district);
    district.now_ms += 86'400'000;
    EXPECT_EQ(Has(again(district), RuleId::kOfficialNumberUnique), period == std::string("day"));
    district.now_ms = ShanghaiMs(2024, 7, 1, 12);
    const std::string issued_later = issued_now(district);
    EXPECT_TRUE(Has(again(district), RuleId::kOfficialNumberUnique)) << period;
    // The day of a manifest is that of its issue, whenever its number comes.
    EXPECT_FALSE(Has(attached(district, issued), RuleId::kOfficialNumberUnique)) << period;
    EXPECT_TRUE(Has(attached(district, issued_later), RuleId::kOfficialNumberUnique)) << period;
    const Clinic other = NewClinic(district);
    Draft theirs =
        Collect(district, other.actor, {district.Generated(other.actor, other.site, kBag)});
    Event(theirs).set_official_number(number);
    EXPECT_TRUE(Has(ViolationsOf(*district.Try(theirs)), RuleId::kOfficialNumberUnique));
  }
}

}  // namespace
}  // namespace cradle::rules::test
