// Wards, the way from ward to store, disinfection, and medical waste that lies too long.
#include <gtest/gtest.h>

#include "services/rules/calendar.h"
#include "services/rules/state_keys.h"
#include "tests/services/rules/drafts_lineage.h"
#include "tests/services/rules/drafts_medical.h"
#include "tests/services/rules/drafts_permit.h"

namespace cradle::rules::test {
namespace {

using S = v1::Statement;

class MedicalRulesTest : public testing::Test {
 protected:
  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  bool Returns(const Draft& draft, RuleId rule) {
    return Has(ViolationsOf(*district_.Try(draft)), rule);
  }
  void PassHours(int64_t hours) { district_.now_ms += hours * kHourMs; }
  Draft Take(const std::string& manifest) {
    return district_.Take(district_.hospital, district_.carrier, manifest, district_.medical_truck);
  }
  std::string Issued(const std::vector<std::string>& batches) {
    std::string manifest = district_.NewId();
    district_.Must(district_.Issue(district_.hospital, manifest, batches, {&district_.carrier}));
    return manifest;
  }
  // A bag that the plant has just received.
  std::string Received(const std::string& code = kInfectious) {
    std::string bag = NewBag(district_, ward_, code);
    const std::string manifest = Issued({bag});
    district_.Must(Take(manifest));
    district_.Must(district_.Deliver(district_.carrier, manifest));
    district_.Must(district_.Confirm(manifest));
    return bag;
  }
  Draft Burn(const std::string& bag) {
    return district_.Treat(district_.plant, bag, district_.plant_furnace, "Y10",
                           v1::ENDING_DISPOSED);
  }
  Draft ReadPlant(int64_t milli_celsius) {
    return ReadTemperature(district_, district_.plant, district_.plant_store, milli_celsius);
  }
  Draft BurnOnSite(const std::string& bag) {
    Draft draft =
        Record(district_, district_.hospital, {bag}, "", "Y10", v1::ENDING_TREATED_ON_SITE);
    draft.message.mutable_treatment_recorded()->set_order_number("青政字〔2024〕12号");
    return draft;
  }
  District district_;
  std::string ward_ = NewWard(district_);
  Device porter_ = NewPorter(district_);
};

// --- Wards ---

TEST_F(MedicalRulesTest, AWardIsRegisteredByItsInstitutionAtOneOfItsSites) {
  const Draft valid = RegisterWard(district_.hospital, district_.hospital_site, district_.NewId());
  const auto event = [](Draft& draft) -> v1::WardRegistered& {
    return *draft.message.mutable_ward_registered();
  };
  for (const char* const code : {"", "3", "03.4", "0304", "03-04", "03.044", "ab"}) {
    Expect(valid, RuleId::kFormField,
           [&](Draft& draft) { event(draft).set_department_code(code); });
  }
  Expect(valid, RuleId::kIdNew, [&](Draft& draft) { event(draft).set_ward(ward_); });
  Expect(valid, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { event(draft).set_site(district_.plant_site); });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  Expect(valid, RuleId::kPartySelf, [&](Draft& draft) {
    SetParty(draft, 0, district_.plant.id, district_.plant.administrator);
  });
  Expect(valid, RuleId::kOrganisationRole, [&](Draft& draft) {
    draft = RegisterWard(district_.producer, district_.producer_site, district_.NewId());
  });
  Draft whole = valid;
  event(whole).set_department_code("03");
  district_.Must(whole);
}

TEST_F(MedicalRulesTest, ABatchNamesAWardOfItsInstitutionAndSite) {
  const Actor other = EnrolNew(district_, {v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION});
  const std::string other_site = district_.NewId();
  const std::string other_ward = district_.NewId();
  const std::string second_site = district_.NewId();
  const std::string second_ward = district_.NewId();
  district_.Must(district_.RegisterSite(other, other_site));
  district_.Must(RegisterWard(other, other_site, other_ward));
  district_.Must(district_.RegisterSite(district_.hospital, second_site));
  district_.Must(RegisterWard(district_.hospital, second_site, second_ward));
  Draft generate = district_.Generate(district_.hospital, district_.hospital_site,
                                      district_.NewId(), 3'000, kInfectious);
  generate.message.mutable_batch_generated()->set_ward(ward_);
  Draft open = Open(district_, district_.hospital, district_.hospital_site, district_.NewId());
  open.message.mutable_batch_opened()->set_ward(ward_);
  for (const std::string& ward : {other_ward, second_ward, district_.NewId(), std::string("x")}) {
    Expect(generate, RuleId::kWardKnown,
           [&](Draft& draft) { draft.message.mutable_batch_generated()->set_ward(ward); });
    Expect(open, RuleId::kWardKnown,
           [&](Draft& draft) { draft.message.mutable_batch_opened()->set_ward(ward); });
  }
  district_.Must(generate);
  district_.Must(open);
  EXPECT_EQ(district_.Batch(generate.message.batch_generated().batch()).ward(), ward_);
  EXPECT_EQ(district_.Batch(open.message.batch_opened().batch()).ward(), ward_);
}

TEST_F(MedicalRulesTest, WhatIsMadeOfOneWardsBagsIsOfThatWardAndOfTwoOfNone) {
  const std::string other = NewWard(district_);
  const auto merged = [&](const std::string& a, const std::string& b) {
    const Draft merge = Merge(district_, district_.hospital, {a, b});
    district_.Must(merge);
    return merge.message.batches_merged().made().batch();
  };
  const std::string one = merged(NewBag(district_, ward_), NewBag(district_, ward_));
  EXPECT_EQ(district_.Batch(one).ward(), ward_);
  EXPECT_EQ(district_.Batch(merged(NewBag(district_, ward_), NewBag(district_, other))).ward(), "");
  EXPECT_EQ(district_.Batch(merged(NewBag(district_, ward_), NewBag(district_, ""))).ward(), "");
  const Draft split = Split(district_, district_.hospital, one, 100'000);
  district_.Must(split);
  for (const v1::MadeBatch& part : split.message.batch_split().parts()) {
    EXPECT_EQ(district_.Batch(part.batch()).ward(), ward_);
  }
}

// --- From ward to store ---

TEST_F(MedicalRulesTest, BagsGoToTheStoreFromOnePersonOfTheInstitutionToAnother) {
  const std::string first = NewBag(district_, ward_);
  const std::string second = NewBag(district_, "");
  const Draft valid = HandOverBags(district_, porter_, ward_, {first, second});
  Expect(valid, RuleId::kWardTwoPersons,
         [&](Draft& draft) { draft.devices[1] = district_.hospital.handler; });
  const Device tablet =
      district_.NewDeviceOf(district_.hospital.id, district_.hospital.handler.person);
  district_.Must(district_.Enrol(district_.hospital.administrator, v1::CAPACITY_ORGANISATION,
                                 tablet, {v1::KEY_ROLE_OPERATOR}));
  Expect(valid, RuleId::kWardTwoPersons, [&](Draft& draft) { draft.devices[1] = tablet; });
  Expect(valid, RuleId::kWardTwoPersons,
         [&](Draft& draft) { SetParty(draft, 1, district_.plant.id, district_.plant.handler); });
  Expect(valid, RuleId::kWardTwoPersons, [&](Draft& draft) {
    draft.message.mutable_parties(1)->set_delegate(district_.plant.id);
    draft.devices[1] = district_.plant.handler;
  });
  EXPECT_TRUE(district_.Must(valid).empty());
  for (const std::string& bag : {first, second}) {
    const state::v1::BatchState state = district_.Batch(bag);
    EXPECT_EQ(state.status(), state::v1::BATCH_STATUS_STORED);
    EXPECT_EQ(state.facility(), district_.hospital_store);
    EXPECT_EQ(state.ward(), ward_);
  }
}

TEST_F(MedicalRulesTest, AWardHandsOverItsOwnMedicalWasteToAStoreForIt) {
  const std::string bag = NewBag(district_, ward_);
  const Draft valid = HandOverBags(district_, porter_, ward_, {bag});
  const auto event = [](Draft& draft) -> v1::BagsHandedOver& {
    return *draft.message.mutable_bags_handed_over();
  };
  const auto hands = [&](const std::string& batch) {
    return [&, batch](Draft& draft) { event(draft).set_batches(0, batch); };
  };
  Expect(valid, RuleId::kBagsOfWard, hands(NewBag(district_, NewWard(district_))));
  Expect(valid, RuleId::kBagsOfWard, hands(NewBag(district_, ward_, "900-047-49")));
  Expect(valid, RuleId::kWardKnown,
         [&](Draft& draft) { event(draft).set_ward(district_.NewId()); });
  Expect(valid, RuleId::kBatchKnown, hands(district_.NewId()));
  Expect(valid, RuleId::kCustodyHolder, hands(district_.Stored()));
  const std::string stored = NewBag(district_, ward_);
  district_.Must(district_.Store(district_.hospital, stored, district_.hospital_store));
  Expect(valid, RuleId::kBatchState, hands(stored));
  const std::string consigned = NewBag(district_, ward_);
  Issued({consigned});
  Expect(valid, RuleId::kBatchOnManifest, hands(consigned));
  Expect(valid, RuleId::kLineageBatches, [&](Draft& draft) {
    event(draft).add_batches(bag);
    draft.by_hand = true;
  });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { event(draft).set_handed_over_time_ms(district_.now_ms + 1'000); });
}

TEST_F(MedicalRulesTest, TheStoreIsAcceptedForMedicalWasteAtTheWardsSiteAndHasRoom) {
  const Draft valid = HandOverBags(district_, porter_, ward_, {NewBag(district_, ward_)});
  const auto event = [](Draft& draft) -> v1::BagsHandedOver& {
    return *draft.message.mutable_bags_handed_over();
  };
  const auto into = [&](const std::string& facility) {
    return [&, facility](Draft& draft) { event(draft).set_facility(facility); };
  };
  const std::string site = district_.NewId();
  const std::string elsewhere = district_.NewId();
  const std::string warehouse = district_.NewId();
  const std::string unaccepted = district_.NewId();
  district_.Must(district_.RegisterSite(district_.hospital, site));
  district_.Must(district_.RegisterFacility(district_.hospital, site, elsewhere,
                                            v1::FACILITY_KIND_MEDICAL_STORE));
  district_.Must(district_.RegisterFacility(district_.hospital, district_.hospital_site, warehouse,
                                            v1::FACILITY_KIND_STORAGE_WAREHOUSE));
  Draft registered = district_.RegisterFacility(district_.hospital, district_.hospital_site,
                                                unaccepted, v1::FACILITY_KIND_MEDICAL_STORE);
  registered.message.mutable_facility_registered()->clear_acceptance_date();
  district_.Must(registered);
  Expect(valid, RuleId::kFacilityOfOrganisation, into(district_.plant_store));
  Expect(valid, RuleId::kFacilitySite, into(elsewhere));
  Expect(valid, RuleId::kFacilityUse, into(warehouse));
  Expect(valid, RuleId::kFacilityAccepted, into(unaccepted));
  const std::string there = district_.NewId();
  district_.Must(district_.Generate(district_.hospital, site, there, 3'000, kInfectious));
  Expect(valid, RuleId::kBatchSite, [&](Draft& draft) { event(draft).add_batches(there); });
  for (const auto kind : {v1::LIMIT_KIND_PHYSICAL, v1::LIMIT_KIND_PERMITTED}) {
    district_.Must(
        LimitFacility(district_, district_.hospital, district_.hospital_store, kind, 250'000));
  }
  const std::string more = NewBag(district_, ward_);
  const auto too_much = [&](Draft& draft) { event(draft).add_batches(more); };
  Expect(valid, RuleId::kStorageCapacity, too_much);
  Expect(valid, RuleId::kStoragePermitted, too_much);
}

// --- Disinfection, remote facilities ---

TEST_F(MedicalRulesTest, TheCustodianDisinfectsInAFacilityOfItsOwn) {
  const std::string bag = NewBag(district_, ward_);
  const Draft valid = Disinfect(district_, district_.hospital, district_.hospital_store, {bag});
  const auto event = [](Draft& draft) -> v1::BatchDisinfected& {
    return *draft.message.mutable_batch_disinfected();
  };
  const auto of = [&](const std::string& batch) {
    return [&, batch](Draft& draft) { event(draft).set_batches(0, batch); };
  };
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_agent(); });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { event(draft).set_disinfected_time_ms(district_.now_ms + 1'000); });
  Expect(valid, RuleId::kBatchKnown, of(district_.NewId()));
  Expect(valid, RuleId::kCustodyHolder, of(district_.Stored()));
  const std::string ended = NewBag(district_, ward_);
  district_.Must(BurnOnSite(ended));
  Expect(valid, RuleId::kBatchState, of(ended));
  const std::string consigned = NewBag(district_, ward_);
  Issued({consigned});
  Expect(valid, RuleId::kBatchOnManifest, of(consigned));
  Expect(valid, RuleId::kLineageBatches, [&](Draft& draft) {
    event(draft).add_batches(bag);
    draft.by_hand = true;
  });
  Expect(valid, RuleId::kFacilityOfOrganisation,
         [&](Draft& draft) { event(draft).set_facility(district_.plant_store); });
  const std::string site = district_.NewId();
  const std::string elsewhere = district_.NewId();
  const std::string there = district_.NewId();
  district_.Must(district_.RegisterSite(district_.hospital, site));
  district_.Must(district_.RegisterFacility(district_.hospital, site, elsewhere,
                                            v1::FACILITY_KIND_MEDICAL_STORE));
  const std::string unaccepted = district_.NewId();
  Draft registered = district_.RegisterFacility(district_.hospital, district_.hospital_site,
                                                unaccepted, v1::FACILITY_KIND_MEDICAL_STORE);
  registered.message.mutable_facility_registered()->clear_acceptance_date();
  district_.Must(registered);
  district_.Must(district_.Generate(district_.hospital, site, there, 3'000, kInfectious));
  Expect(valid, RuleId::kFacilitySite, [&](Draft& draft) { event(draft).set_facility(elsewhere); });
  Expect(valid, RuleId::kFacilityAccepted,
         [&](Draft& draft) { event(draft).set_facility(unaccepted); });
  Expect(valid, RuleId::kBatchSite, [&](Draft& draft) { event(draft).add_batches(there); });
  district_.Must(valid);
  EXPECT_EQ(district_.Batch(bag).medical().agent(), v1::DISINFECTANT_CHLORINE);
}

TEST_F(MedicalRulesTest, OnlyMedicalWasteIsDisinfectedToLieLonger) {
  const Draft valid = Disinfect(district_, district_.plant, district_.plant_store, {Received()});
  Expect(valid, RuleId::kMedicalOnly, [&](Draft& draft) {
    draft = Disinfect(district_, district_.plant, district_.plant_store, {district_.Received()});
  });
}

TEST_F(MedicalRulesTest, ThatAFacilityIsRemoteARegulatorSays) {
  Expect(AcceptAsRemote(district_, district_.plant_store), RuleId::kRemoteRegulator,
         [&](Draft& draft) {
           draft.message.mutable_parties(0)->set_capacity(v1::CAPACITY_ORGANISATION);
           SetParty(draft, 0, district_.plant.id, district_.plant.administrator);
         });
}

// --- Too long with the institution ---

TEST_F(MedicalRulesTest, WasteThatLayMoreThanTwoDaysIsMarkedWhenItIsTaken) {
  const std::string manifest = Issued({NewBag(district_, ward_)});  // 3 June, noon
  PassHours(60 - 1);                                                // 5 June, 23:00
  const Draft in_time = Take(manifest);
  EXPECT_FALSE(Returns(in_time, RuleId::kMedicalStoredLate));
  Expect(in_time, RuleId::kMedicalStoredLate, [&](Draft& draft) {
    PassHours(1);
    draft = Take(manifest);
  });
  const auto marks = ViolationsOf(*district_.Try(Take(manifest)));
  const auto late = std::find_if(marks.begin(), marks.end(), [](const Violation& mark) {
    return mark.rule == "MEDICAL-STORED-LATE";
  });
  ASSERT_NE(late, marks.end());
  EXPECT_NE(late->message_en.find("2024-06-05 23:59"), std::string::npos) << late->message_en;
}

TEST_F(MedicalRulesTest, WasteThatLayTooLongIsMarkedWhenTheInstitutionEndsItItself) {
  const std::string furnace = district_.NewId();
  district_.Must(district_.RegisterFacility(district_.hospital, district_.hospital_site, furnace,
                                            v1::FACILITY_KIND_DISPOSAL, {"Y10"}));
  const std::string bag = NewBag(district_, ward_);
  const auto burn = [&] {
    return district_.Treat(district_.hospital, bag, furnace, "Y10", v1::ENDING_DISPOSED);
  };
  const int64_t noon = district_.now_ms;
  Expect(burn(), RuleId::kMedicalStoredLate, [&](Draft& draft) {
    PassHours(60);
    draft = burn();
  });
  district_.now_ms = noon;
  Expect(BurnOnSite(bag), RuleId::kMedicalStoredLate, [&](Draft& draft) {
    PassHours(60);
    draft = BurnOnSite(bag);
  });
}

TEST_F(MedicalRulesTest, AnInstitutionIsCollectedFromEveryTwoDaysWhileWasteLiesThere) {
  const std::string chemical = NewBag(district_, ward_, kChemical);  // 3 June, and stays
  PassHours(24 * 2);                                                 // 5 June
  const std::string first = Issued({NewBag(district_, ward_)});
  Expect(Take(first), RuleId::kMedicalCollectedLate, [&](Draft& draft) {
    PassHours(24);
    draft = Take(first);
  });
  EXPECT_FALSE(Returns(Take(first), RuleId::kMedicalStoredLate));  // what is taken is fresh
  district_.Must(Take(first));                                     // 6 June
  PassHours(24 * 2);
  const std::string second = Issued({NewBag(district_, ward_)});
  EXPECT_FALSE(Returns(Take(second), RuleId::kMedicalCollectedLate));
  PassHours(24);
  EXPECT_TRUE(Returns(Take(second), RuleId::kMedicalCollectedLate));
  district_.Must(Take(second));  // 9 June
  district_.Must(Take(Issued({chemical})));
  // Nothing lay there in between: no collection was missed.
  PassHours(24 * 30);
  EXPECT_FALSE(Returns(Take(Issued({NewBag(district_, ward_)})), RuleId::kMedicalCollectedLate));
}

TEST_F(MedicalRulesTest, WhatWasCancelledStillWaits) {
  const std::string bag = NewBag(district_, ward_);
  district_.Must(district_.Cancel(district_.hospital, Issued({bag})));
  PassHours(24 * 3);
  EXPECT_TRUE(Returns(Take(Issued({bag})), RuleId::kMedicalCollectedLate));
  EXPECT_TRUE(Returns(Take(Issued({NewBag(district_, ward_)})), RuleId::kMedicalCollectedLate));
}

// --- Too long with the disposer ---

TEST_F(MedicalRulesTest, ReceivedWasteThatLiesMoreThanADayIsMarkedWhenItIsTreated) {
  const std::string bag = Received();
  PassHours(24);
  const int64_t last = district_.now_ms;
  const auto record = [&] {
    return Record(district_, district_.plant, {bag}, district_.plant_furnace, "Y10",
                  v1::ENDING_DISPOSED);
  };
  Expect(Burn(bag), RuleId::kMedicalDisposerLate, [&](Draft& draft) {
    district_.now_ms += 1;
    draft = Burn(bag);
  });
  district_.now_ms = last;
  Expect(record(), RuleId::kMedicalDisposerLate, [&](Draft& draft) {
    district_.now_ms += 1;
    draft = record();
  });
}

TEST_F(MedicalRulesTest, ChemicalWasteHasNoHoursAtTheDisposer) {
  const std::string bag = Received(kChemical);
  PassHours(24 * 20);
  EXPECT_FALSE(Returns(Burn(bag), RuleId::kMedicalDisposerLate));
}

TEST_F(MedicalRulesTest, AStoreReadColdGivesThreeDays) {
  const std::string cold = Received();
  const std::string warm = Received();
  district_.Must(district_.Store(district_.plant, cold, district_.plant_store));
  for (int day = 0; day < 3; ++day) {
    district_.Must(ReadPlant(4'000));
    PassHours(24);
  }
  EXPECT_TRUE(Returns(Burn(warm), RuleId::kMedicalDisposerLate));
  EXPECT_FALSE(Returns(Burn(cold), RuleId::kMedicalDisposerLate));
  PassHours(1);
  EXPECT_TRUE(Returns(Burn(cold), RuleId::kMedicalDisposerLate));
}

TEST_F(MedicalRulesTest, WhatIsBroughtIntoTheColdTooLateStaysTooLate) {
  const std::string bag = Received();
  for (int i = 0; i < 2; ++i) {
    district_.Must(ReadPlant(4'000));
    PassHours(13);
  }
  district_.Must(district_.Store(district_.plant, bag, district_.plant_store));
  EXPECT_TRUE(Returns(Burn(bag), RuleId::kMedicalDisposerLate));
}

TEST_F(MedicalRulesTest, RemoteAndDisinfectedInTimeGivesAWeek) {
  const std::string& store = district_.plant_store;
  const std::string in_time = Received();
  const std::string too_late = Received();
  const std::string never = Received();
  for (const std::string& bag : {in_time, too_late, never}) {
    district_.Must(district_.Store(district_.plant, bag, store));
  }
  const std::string before_remote = Received();
  district_.Must(district_.Store(district_.plant, before_remote, store));
  district_.Must(Disinfect(district_, district_.plant, store, {before_remote}));
  district_.Must(AcceptAsRemote(district_, store));
  PassHours(20);
  district_.Must(Disinfect(district_, district_.plant, store, {in_time}));
  PassHours(20);
  district_.Must(Disinfect(district_, district_.plant, store, {too_late}));
  EXPECT_FALSE(Returns(Burn(in_time), RuleId::kMedicalDisposerLate));
  for (const std::string& bag : {too_late, never, before_remote}) {
    EXPECT_TRUE(Returns(Burn(bag), RuleId::kMedicalDisposerLate));
  }
  PassHours(168 - 40);
  EXPECT_FALSE(Returns(Burn(in_time), RuleId::kMedicalDisposerLate));
  PassHours(1);
  EXPECT_TRUE(Returns(Burn(in_time), RuleId::kMedicalDisposerLate));
}

TEST_F(MedicalRulesTest, WhatIsMergedAtTheDisposerArrivedWithTheFirst) {
  const std::string first = Received();
  PassHours(20);
  const std::string second = Received();
  const Draft merge = Merge(district_, district_.plant, {first, second});
  district_.Must(merge);
  PassHours(5);
  EXPECT_TRUE(
      Returns(Burn(merge.message.batches_merged().made().batch()), RuleId::kMedicalDisposerLate));
}

// --- Temperatures of a store ---

TEST_F(MedicalRulesTest, AMedicalStoreIsCoolWhileItIsHotOutside) {
  Draft valid = ReadTemperature(district_, district_.hospital, district_.hospital_store, 19'999);
  const auto event = [](Draft& draft) -> v1::TemperatureRead& {
    return *draft.message.mutable_temperature_read();
  };
  event(valid).set_outside_milli_celsius(25'001);
  Expect(valid, RuleId::kStoreTemperature,
         [&](Draft& draft) { event(draft).set_milli_celsius(20'000); });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { event(draft).set_outside_milli_celsius(200'001); });
  Draft mild = valid;
  event(mild).set_milli_celsius(24'000);
  event(mild).set_outside_milli_celsius(25'000);
  EXPECT_FALSE(Returns(mild, RuleId::kStoreTemperature));
  event(mild).clear_outside_milli_celsius();
  EXPECT_FALSE(Returns(mild, RuleId::kStoreTemperature));
  Draft plant = ReadTemperature(district_, district_.plant, district_.plant_store, 30'000);
  event(plant).set_outside_milli_celsius(35'000);
  EXPECT_FALSE(Returns(plant, RuleId::kStoreTemperature));  // no store of an institution
}

}  // namespace
}  // namespace cradle::rules::test
