// What a round delivers, what the consignor answers where nobody was there, and the way over a
// collection point.
#include "tests/services/rules/collection_fixture.h"
#include "tests/services/rules/drafts_manifest.h"

namespace cradle::rules::test {
namespace {

class RoundTest : public CollectionTest {
 protected:
  static v1::RoundDelivered& Event(Draft& draft) {
    return *draft.message.mutable_round_delivered();
  }
  // Three stops of one round.
  std::vector<std::string> Round() {
    const std::string round = district_.NewId();
    std::vector<std::string> manifests;
    for (const bool alone : {false, true, false}) {
      manifests.push_back(Collected(district_, alone, round));
    }
    return manifests;
  }
};

// --- Delivery ---

TEST_F(RoundTest, AllOfARoundIsDeliveredAtOnceAndConfirmedOneByOne) {
  const std::vector<std::string> manifests = Round();
  EXPECT_TRUE(district_.Must(DeliverRound(district_, manifests)).empty());
  for (const std::string& manifest : manifests) {
    EXPECT_EQ(district_.Manifest(manifest).status(), state::v1::MANIFEST_STATUS_DELIVERED);
    EXPECT_EQ(district_.Manifest(manifest).arrival_date(), "2024-06-03");
    district_.Must(district_.Confirm(manifest));
    const auto bag = district_.Batch(district_.Manifest(manifest).issued().lines(0).batch());
    EXPECT_EQ(bag.custodian(), district_.plant.id);
  }
  EXPECT_TRUE(district_.Manifest(manifests[1]).unconfirmed()) << "nobody has countersigned it";
}

TEST_F(RoundTest, WhatIsDeliveredIsOfTheRoundOnTheRoadAndForThatReceiver) {
  const std::vector<std::string> manifests = Round();
  const Draft valid = DeliverRound(district_, manifests);
  Expect(valid, RuleId::kRoundManifests, [&](Draft& d) {
    Event(d).add_manifests(manifests[0]);
    d.by_hand = true;
  });
  Expect(valid, RuleId::kRoundManifests, [&](Draft& d) { Event(d).set_manifests(0, earlier_); });
  Expect(valid, RuleId::kManifestKnown, [&](Draft& d) {
    Event(d).set_manifests(0, district_.NewId());
    d.by_hand = true;
  });
  Expect(valid, RuleId::kTimeFact,
         [](Draft& d) { Event(d).set_delivered_time_ms(Event(d).delivered_time_ms() + 1); });
  Expect(valid, RuleId::kManifestParty, [&](Draft& d) { SetParty(d, 0, district_.carrier2); });
  const CollectionPoint point = NewPoint(district_);
  Expect(valid, RuleId::kManifestParty, [&](Draft& d) { SetParty(d, 1, point.actor); });
  Expect(valid, RuleId::kPartyTwo, [](Draft& d) { d.devices[1].person = d.devices[0].person; });
  const Device driver = InBoth(district_.carrier, district_.hospital);
  Expect(valid, RuleId::kPartyEnrolledTwice, [&](Draft& d) { d.devices[0] = driver; });
  ExpectAfter(valid, RuleId::kManifestState, [&](District& district) { district.Must(valid); });
}

TEST_F(RoundTest, FiveHundredManifestsAreDeliveredAtOnceAndNotOneMore) {
  const std::string round = district_.NewId();
  std::vector<std::string> manifests;
  for (int i = 0; i < 500; ++i) manifests.push_back(Collected(district_, false, round));
  district_.Must(DeliverRound(district_, manifests));
  manifests.push_back(Collected(district_, false, round));
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try([&] {
                    Draft draft = DeliverRound(district_, manifests);
                    draft.by_hand = true;
                    return draft;
                  }())),
                  RuleId::kRoundManifests));
}

TEST_F(RoundTest, WhatDoesNotHoldOnTheRoadIsMarkedOnceForAll) {
  const std::vector<std::string> manifests = Round();
  const Draft valid = DeliverRound(district_, manifests).Claimed(district_.now_ms);
  for (const Actor* holder : {&district_.carrier, &district_.plant}) {
    ExpectAfter(valid, RuleId::kLicenceStands, [&](District& district) {
      Draft suspend = ChangeLicence(district, *holder, v1::LICENCE_CHANGE_SUSPENDED, "2024-06-01");
      district.Must(suspend);
    });
  }
  ExpectAfter(valid, RuleId::kOrganisationExiting,
              [](District& district) { district.Must(StartExit(district.plant)); });
  district_.now_ms += 1;
  ExpectAfter(valid, RuleId::kKeyRevokedLate, [](District& district) {
    district.Must(district.Revoke(district.carrier.administrator, district.carrier.handler));
  });
  District later = district_;
  later.now_ms = ShanghaiMs(2027, 1, 1, 12);
  const auto marks = later.Must(DeliverRound(later, manifests));
  EXPECT_TRUE(Has(marks, RuleId::kLicenceCarrier));
  EXPECT_TRUE(Has(marks, RuleId::kLicenceReceiver));
  EXPECT_EQ(std::count_if(marks.begin(), marks.end(),
                          [](const Violation& mark) { return mark.rule == "LICENCE-CARRIER"; }),
            1)
      << "once for the three";
}

TEST_F(RoundTest, AMethodThatTheLicenceHasNoMoreIsMarked) {
  Draft stop = Collect(district_, district_.hospital, {Bag()});
  stop.message.mutable_waste_collected()->mutable_lines(0)->set_method_code("Y10");
  district_.Must(stop);
  const Draft valid = DeliverRound(district_, {stop.message.waste_collected().manifest()});
  EXPECT_FALSE(Returns(valid, RuleId::kLicenceMethod));
  // The licence of the next years names another method.
  district_.Must(district_.GrantLicence(district_.plant, v1::LICENCE_KIND_COMPREHENSIVE, "HW01",
                                        {"Y11"}, "2027-01-01", "2028-12-31"));
  district_.now_ms = ShanghaiMs(2027, 1, 1, 12);
  EXPECT_TRUE(Returns(valid, RuleId::kLicenceMethod));
}

TEST_F(RoundTest, AmountsUsedUpOnTheRoadAreMarked) {
  const std::string stop = Collected(district_, false);
  const Draft valid = DeliverRound(district_, {stop});
  for (const RuleId rule : {RuleId::kLicenceAmount, RuleId::kLicenceExcess}) {
    ExpectAfter(valid, rule, [&](District& district) {
      const std::string bag = district.NewId();
      district.Must(
          district.Generate(district.hospital, district.hospital_site, bag, 8'000'000'000, kBag));
      district.Must(CollectAlone(district, district.hospital, {bag}));
    });
  }
  const Actor user = NewActor(district_, {v1::ORGANISATION_ROLE_PRODUCER});
  const std::string site = NewSite(district_, user);
  district_.Must(ApprovePilot(district_, user, "900-214-08", 500'000));
  const auto to_user = [&](const std::string& batch) {
    Draft draft = Collect(district_, district_.producer, {batch});
    v1::WasteCollected& event = *draft.message.mutable_waste_collected();
    event.set_receiver(user.id);
    event.set_receiver_site(site);
    event.set_vehicle(district_.truck);
    district_.Must(draft);
    return event.manifest();
  };
  const auto arrives = [&](const std::string& manifest) {
    Draft draft = DeliverRound(district_, {manifest});
    SetParty(draft, 1, user);
    return draft;
  };
  const std::string first = to_user(district_.Stored());
  const std::string second = to_user(district_.Stored());
  district_.Must(arrives(first));
  Draft more = district_.Confirm(first);
  SetParty(more, 0, user);
  more.message.mutable_receipt_confirmed()->mutable_lines(0)->set_received_mass_g(250'001);
  more.message.mutable_receipt_confirmed()->set_total_received_mass_g(250'001);
  ExpectAfter(arrives(second), RuleId::kPilotCap, [&](District& district) { district.Must(more); });
}

// --- The consignor's answer ---

TEST_F(RoundTest, WhatWasCollectedAloneIsCountersignedOnceInAnyLaterState) {
  const std::string manifest = Collected(district_, true);
  const Draft valid = Countersign(district_, manifest);
  Expect(valid, RuleId::kManifestKnown, [&](Draft& d) {
    d.message.mutable_collection_countersigned()->set_manifest(district_.NewId());
    d.by_hand = true;
  });
  Expect(valid, RuleId::kManifestParty, [&](Draft& d) { SetParty(d, 0, district_.producer); });
  const Device clerk = InBoth(district_.hospital, district_.plant);
  Expect(valid, RuleId::kPartyEnrolledTwice, [&](Draft& d) { d.devices[0] = clerk; });
  Expect(valid, RuleId::kCollectionAnswered,
         [&](Draft& d) { d.message.mutable_collection_countersigned()->set_manifest(earlier_); });
  district_.Must(DeliverRound(district_, {manifest}));
  district_.Must(district_.Confirm(manifest));
  EXPECT_TRUE(district_.Must(valid).empty());
  EXPECT_FALSE(district_.Manifest(manifest).unconfirmed());
  EXPECT_EQ(district_.Manifest(manifest).status(), state::v1::MANIFEST_STATUS_CONFIRMED);
  EXPECT_TRUE(Returns(valid, RuleId::kCollectionAnswered)) << "once";
  EXPECT_TRUE(Returns(ContestCollection(district_, manifest), RuleId::kCollectionAnswered));
}

TEST_F(RoundTest, ALoadThatIsOfNoRoundIsNotDeliveredByOne) {
  const Draft valid = DeliverRound(district_, {Collected(district_, false)});
  Expect(valid, RuleId::kFormField,
         [](Draft& d) { d.message.mutable_round_delivered()->clear_round(); });
  Expect(valid, RuleId::kRoundManifests, [&](Draft& d) {
    *d.message.mutable_round_delivered()->mutable_manifests(0) = district_.Taken();
  });
}

TEST_F(RoundTest, NoAnswerTakesThePlaceOfWhatTheDriverHasSignedOnTheRoad) {
  for (const bool contested : {false, true}) {
    District district = district_;
    const std::string manifest = Collected(district, true);
    const auto [signed_offline, attestations] =
        district.Complete(DeliverRound(district, {manifest}));
    district.Must(contested ? ContestCollection(district, manifest)
                            : Countersign(district, manifest));
    const auto verdict = district.TryParsed(signed_offline, attestations);
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    EXPECT_TRUE(std::holds_alternative<Admitted>(*verdict)) << "and no dispute";
  }
}

TEST_F(RoundTest, AfterADayTheAnswerIsLate) {
  const std::string manifest = Collected(district_, true);
  district_.now_ms += 24 * 3'600'000;
  for (const Draft& valid :
       {Countersign(district_, manifest), ContestCollection(district_, manifest)}) {
    ExpectAfter(valid, RuleId::kCountersignLate, [](District& district) { district.now_ms += 1; });
  }
}

TEST_F(RoundTest, WhatIsContestedStaysOpenUntilBothOrARegulatorResolveIt) {
  const std::string manifest = Collected(district_, true);
  const Draft contest = ContestCollection(district_, manifest);
  const auto event = [](Draft& d) -> v1::CollectionContested& {
    return *d.message.mutable_collection_contested();
  };
  Expect(contest, RuleId::kFormField, [&](Draft& d) { event(d).clear_reason(); });
  Expect(contest, RuleId::kFormField, [&](Draft& d) { event(d).clear_stated_mass_g(); });
  Expect(contest, RuleId::kFormField, [&](Draft& d) { event(d).add_evidence_sha256("x"); });
  Expect(contest, RuleId::kManifestParty, [&](Draft& d) { SetParty(d, 0, district_.producer); });
  Expect(contest, RuleId::kManifestKnown, [&](Draft& d) {
    event(d).set_manifest(district_.NewId());
    d.by_hand = true;
  });
  Expect(contest, RuleId::kCollectionAnswered, [&](Draft& d) { event(d).set_manifest(earlier_); });
  const Device clerk = InBoth(district_.hospital, district_.plant);
  Expect(contest, RuleId::kPartyEnrolledTwice, [&](Draft& d) { d.devices[0] = clerk; });
  EXPECT_TRUE(Returns(ResolveCollection(district_, manifest), RuleId::kContestOpen));
  district_.Must(contest);
  EXPECT_TRUE(district_.Manifest(manifest).unconfirmed());
  EXPECT_TRUE(Returns(Countersign(district_, manifest), RuleId::kCollectionAnswered));

  const Draft resolve = ResolveCollection(district_, manifest);
  Expect(resolve, RuleId::kManifestParty, [&](Draft& d) { SetParty(d, 0, district_.producer); });
  Expect(resolve, RuleId::kManifestParty, [&](Draft& d) { SetParty(d, 1, district_.carrier2); });
  Expect(resolve, RuleId::kPartyCapacities,
         [&](Draft& d) { d.message.mutable_contest_resolved()->set_of_collection(false); });
  Draft by_bureau = resolve;
  by_bureau.message.clear_parties();
  by_bureau.devices.clear();
  by_bureau.By(district_.bureau.handler, v1::CAPACITY_REGULATOR);
  const Actor elsewhere = district_.ElsewhereBureau();
  Expect(by_bureau, RuleId::kRegulatorDivision, [&](Draft& d) { SetParty(d, 0, elsewhere); });
  district_.Must(by_bureau);
  EXPECT_FALSE(district_.Manifest(manifest).unconfirmed());
  EXPECT_EQ(district_.Manifest(manifest).collection().contest().resolution(),
            v1::CONTEST_RESOLUTION_SETTLED);
  EXPECT_TRUE(Returns(resolve, RuleId::kContestOpen)) << "once";
}

// --- Over a collection point ---

TEST_F(RoundTest, SourceAndAgeRunThroughACollectionPointToTheFurnace) {
  const CollectionPoint point = NewPoint(district_);
  const std::string bag = Bag();
  Draft stop = Collect(district_, district_.hospital, {bag});
  v1::WasteCollected& event = *stop.message.mutable_waste_collected();
  event.set_receiver(point.actor.id);
  event.set_receiver_site(point.site);
  event.set_receiver_facility(point.facility);
  district_.Must(stop);
  district_.now_ms += 86'400'000;
  Draft arrival = DeliverRound(district_, {event.manifest()});
  SetParty(arrival, 1, point.actor);
  district_.Must(arrival);
  Draft receipt = district_.Confirm(event.manifest());
  SetParty(receipt, 0, point.actor);
  district_.Must(receipt);
  district_.Must(district_.Store(point.actor, bag, point.facility));
  const std::string onward = district_.NewId();
  district_.Must(district_.Issue(point.actor, onward, {bag}, {&district_.carrier}));
  district_.Must(district_.Take(point.actor, district_.carrier, onward, district_.medical_truck));
  district_.now_ms += 86'400'000;
  district_.Must(district_.Deliver(district_.carrier, onward));
  district_.Must(district_.Confirm(onward));
  district_.Must(
      district_.Treat(district_.plant, bag, district_.plant_furnace, "Y10", v1::ENDING_DISPOSED));
  const auto burnt = district_.Batch(bag);
  EXPECT_EQ(burnt.generator(), district_.hospital.id);
  EXPECT_EQ(burnt.manifests_size(), 2);
  EXPECT_EQ(FindHolding(burnt, district_.hospital.id)->since_date(), "2024-06-03");
  EXPECT_EQ(FindHolding(burnt, point.actor.id)->since_date(), "2024-06-04");
  EXPECT_EQ(FindHolding(burnt, district_.plant.id)->since_date(), "2024-06-05");
}

}  // namespace
}  // namespace cradle::rules::test
