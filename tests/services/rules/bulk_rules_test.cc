// Pre-treatment, final treatment and bulk stores.
#include <gmock/gmock.h>

#include "tests/services/rules/lineage_fixture.h"

namespace cradle::rules::test {
namespace {

using state::v1::BatchState;
using testing::ElementsAre;

class TreatmentTest : public LineageTest {
 protected:
  static v1::TreatmentRecorded& Recorded(Draft& draft) {
    return *draft.message.mutable_treatment_recorded();
  }
  static v1::BatchesPretreated& Pretreated(Draft& draft) {
    return *draft.message.mutable_batches_pretreated();
  }
  Draft InKiln(const Batches& batches) {
    return Record(district_, producer_, batches, district_.producer_kiln, "R9",
                  v1::ENDING_UTILISED);
  }
  // Of one residue, that weighs so much.
  std::string ResidueOf(const std::string& batch, int64_t mass_g) {
    Draft draft = InKiln({batch});
    Recorded(draft).mutable_residues(0)->set_made_mass_g(mass_g);
    district_.Must(draft);
    return Recorded(draft).residues(0).batch();
  }
};

// --- Pre-treatment ---

TEST_F(TreatmentTest, PreTreatmentMakesOtherBatchesAsOldAsTheOldestParent) {
  const std::string press = NewPress(district_, producer_, district_.producer_site);
  const std::string old = Declared("2023-05-01", v1::EVIDENCE_GRADE_DOCUMENTED);
  const Draft draft = Pretreat(district_, producer_, {Stored(), old}, press);
  const std::string child = draft.message.batches_pretreated().made(0).batch();
  EXPECT_TRUE(district_.Must(draft).empty());
  EXPECT_EQ(Since(child, producer_), "2023-05-01");
  EXPECT_EQ(district_.Batch(child).mass_g(), 250'000);
  EXPECT_EQ(district_.Batch(child).waste_code(), "900-210-08");
  EXPECT_EQ(district_.Batch(old).status(), state::v1::BATCH_STATUS_CONSUMED);
  EXPECT_THAT(district_.Batch(old).children(), ElementsAre(child));
  EXPECT_EQ(Held(producer_), 250'000);
  EXPECT_EQ(StoredIn(district_.producer_store), 0);
}

TEST_F(TreatmentTest, PreTreatmentIsMarkedUnlessRegisteredWithinThroughputAndInBalance) {
  const std::string press = NewPress(district_, producer_, district_.producer_site);
  const Draft valid = Pretreat(district_, producer_, {Stored(), Stored()}, press);
  Expect(valid, RuleId::kPretreatProcess, [](Draft& draft) { Pretreated(draft).clear_facility(); });
  Expect(valid, RuleId::kPretreatProcess,
         [](Draft& draft) { Pretreated(draft).set_process_code("drying"); });
  Expect(valid, RuleId::kPretreatProcess,
         [&](Draft& draft) { Pretreated(draft).set_facility(district_.producer_store); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Pretreated(draft).clear_process_code(); });
  Expect(valid, RuleId::kPretreatBalance,
         [](Draft& draft) { Pretreated(draft).set_released_mass_g(1); });
  // 500 kg each time, and a ton in a day.
  district_.Must(valid);
  EXPECT_TRUE(district_.Must(Pretreat(district_, producer_, {Stored(), Stored()}, press)).empty());
  const Draft third = Pretreat(district_, producer_, {Stored()}, press);
  EXPECT_TRUE(Has(district_.Must(third), RuleId::kPretreatThroughput));
  district_.now_ms += kDayMs;
  EXPECT_TRUE(district_.Must(Pretreat(district_, producer_, {Stored()}, press)).empty())
      << "another day";
}

TEST_F(TreatmentTest, WhatWasMixedInPreTreatmentIsAFactThatIsMarked) {
  const Actor& plant = district_.plant;
  const std::string press = NewPress(district_, plant, district_.plant_site);
  const std::string own = district_.Generated(plant, district_.plant_site);
  const Draft valid = Pretreat(district_, plant, {Taken(), Taken()}, press);
  Expect(valid, RuleId::kMergeOrigin,
         [&](Draft& draft) { *Pretreated(draft).mutable_parents(1) = own; });
  const std::string medical = Taken("841-001-01");
  Expect(valid, RuleId::kMedicalMixed,
         [&](Draft& draft) { *Pretreated(draft).mutable_parents(1) = medical; });
}

TEST_F(TreatmentTest, AFacilityForAProcessSaysHowMuchItDoesInADay) {
  Draft valid = district_.RegisterFacility(producer_, district_.producer_site, district_.NewId(),
                                           v1::FACILITY_KIND_STORAGE_WAREHOUSE);
  auto& event = *valid.message.mutable_facility_registered();
  event.add_process_codes("drying");
  event.set_throughput_mass_g_per_day(1000);
  Expect(valid, RuleId::kFormField, [](Draft& draft) {
    draft.message.mutable_facility_registered()->clear_throughput_mass_g_per_day();
  });
  District first(1);
  Draft under_one = valid;
  under_one.message.mutable_facility_registered()->set_organisation(first.producer.id);
  under_one.message.mutable_facility_registered()->set_site(first.producer_site);
  under_one.message.mutable_parties(0)->set_organisation(first.producer.id);
  under_one.devices[0] = first.producer.administrator;
  EXPECT_TRUE(Has(ViolationsOf(*first.Try(under_one)), RuleId::kEventInSet));
}

// --- Final treatment ---

TEST_F(TreatmentTest, OnlyFinalTreatmentBeginsANewOriginAndLinksIt) {
  const std::string old = Declared("2023-05-01", v1::EVIDENCE_GRADE_OWNER_WORD);
  const std::string ash = ResidueOf(old, 175'000);  // 700 in 1000, not above
  const BatchState state = district_.Batch(ash);
  EXPECT_EQ(Since(ash, producer_), "2024-06-03");
  EXPECT_EQ(state.evidence_grade(), v1::EVIDENCE_GRADE_UNSPECIFIED);
  EXPECT_THAT(state.parents(), ElementsAre(old));
  EXPECT_TRUE(IsOwnWaste(state, producer_.id));
  const BatchState parent = district_.Batch(old);
  EXPECT_EQ(parent.status(), state::v1::BATCH_STATUS_TREATED);
  EXPECT_EQ(parent.ending(), v1::ENDING_UTILISED);
  EXPECT_THAT(parent.children(), ElementsAre(ash));
  EXPECT_EQ(Held(producer_), 175'000);
}

TEST_F(TreatmentTest, ResiduesThatWeighNearlyAllOfItInheritHoweverTheyAreDivided) {
  const std::string whole =
      ResidueOf(Declared("2023-05-01", v1::EVIDENCE_GRADE_OWNER_WORD), 175'001);
  EXPECT_EQ(Since(whole, producer_), "2023-05-01");
  EXPECT_EQ(district_.Batch(whole).evidence_grade(), v1::EVIDENCE_GRADE_OWNER_WORD);
  Draft draft = InKiln({Declared("2023-06-01", v1::EVIDENCE_GRADE_DOCUMENTED)});
  Recorded(draft).mutable_residues(0)->set_made_mass_g(100'000);
  *Recorded(draft).add_residues() = Made(district_, 100'000, "772-003-18");
  district_.Must(draft);
  for (const auto& residue : Recorded(draft).residues()) {
    EXPECT_EQ(Since(residue.batch(), producer_), "2023-06-01");
  }
}

TEST_F(TreatmentTest, MethodsEndingsAndProductsFit) {
  const Draft valid = InKiln({Stored(), Stored()});
  Expect(valid, RuleId::kMethodKnown, [](Draft& draft) { Recorded(draft).set_method_code("Z9"); });
  Expect(valid, RuleId::kMethodEnding,
         [](Draft& draft) { Recorded(draft).set_method_code("D10"); });
  Expect(valid, RuleId::kFacilityMethod,
         [](Draft& draft) { Recorded(draft).set_method_code("R1"); });
  Draft product = valid;
  v1::Product& oil = *Recorded(product).add_products();
  oil.set_kind(v1::PRODUCT_KIND_OIL);
  oil.set_product_mass_g(400'000);
  Expect(product, RuleId::kMassPositive,
         [](Draft& draft) { Recorded(draft).mutable_products(0)->set_product_mass_g(0); });
  Expect(product, RuleId::kFormField,
         [](Draft& draft) { Recorded(draft).mutable_products(0)->clear_kind(); });
  Expect(Record(district_, district_.plant, {district_.Received()}, district_.plant_furnace, "D10",
                v1::ENDING_DISPOSED),
         RuleId::kTreatmentProduct, [&](Draft& draft) { *Recorded(draft).add_products() = oil; });
}

TEST_F(TreatmentTest, WasteOfOthersIsTreatedUnderALicenceForItAndItsMethod) {
  const Draft valid = Record(district_, district_.plant, {district_.Received()},
                             district_.plant_furnace, "D10", v1::ENDING_DISPOSED);
  Expect(valid, RuleId::kLicenceMethod,
         [](Draft& draft) { Recorded(draft).set_method_code("D1"); });
  const std::string other = Taken("900-217-08");
  Expect(valid, RuleId::kLicenceReceiver,
         [&](Draft& draft) { *Recorded(draft).mutable_batches(0) = other; });
  const std::string chemical = Taken("841-004-01");
  Expect(Record(district_, district_.plant, {chemical}, district_.plant_furnace, "Y10",
                v1::ENDING_DISPOSED),
         RuleId::kMedicalMethod, [](Draft& draft) { Recorded(draft).set_method_code("Y11"); });
}

TEST_F(TreatmentTest, MedicalWasteIsTreatedOnSiteByOrderByTheInstitutionItself) {
  const Actor& hospital = district_.hospital;
  const std::string bag = district_.Generated(hospital, district_.hospital_site, "841-001-01");
  const std::string oil = district_.Generated(hospital, district_.hospital_site);
  Draft valid = Record(district_, hospital, {bag}, "", "Y10", v1::ENDING_TREATED_ON_SITE);
  Recorded(valid).set_order_number("青政字〔2024〕12号");
  Expect(valid, RuleId::kOnSiteOrder, [](Draft& draft) { Recorded(draft).clear_order_number(); });
  Expect(valid, RuleId::kOnSiteOrder,
         [&](Draft& draft) { *Recorded(draft).mutable_batches(0) = oil; });
  Draft by_producer = InKiln({Stored()});
  Expect(by_producer, RuleId::kOnSiteOrder, [](Draft& draft) {
    Recorded(draft).set_ending(v1::ENDING_TREATED_ON_SITE);
    Recorded(draft).set_method_code("D10");
  });
  Draft plain = district_.Treat(district_.plant, district_.Received(), district_.plant_furnace,
                                "D10", v1::ENDING_DISPOSED);
  Expect(plain, RuleId::kOnSiteOrder, [](Draft& draft) {
    draft.message.mutable_batch_treated()->set_ending(v1::ENDING_TREATED_ON_SITE);
  });
  EXPECT_TRUE(district_.Must(valid).empty());
  EXPECT_EQ(district_.Batch(bag).order_number(), "青政字〔2024〕12号");
  EXPECT_EQ(district_.Batch(bag).ending(), v1::ENDING_TREATED_ON_SITE);
}

// --- Bulk stores ---

class BulkTest : public TreatmentTest {
 protected:
  // With 250 kg of each of those days.
  std::string TankOf(const Batches& days) {
    const std::string tank = NewTank(district_, producer_, district_.producer_site);
    for (const std::string& day : days) {
      district_.Must(
          Fill(district_, producer_, tank, {Declared(day, v1::EVIDENCE_GRADE_DOCUMENTED)}));
    }
    return tank;
  }
  std::string Drawn(const std::string& tank, int64_t mass_g) {
    const Draft draft = Draw(district_, producer_, tank, mass_g);
    district_.Must(draft);
    return draft.message.bulk_drawn().drawn().batch();
  }
  std::string Layer(const std::string& tank, int place) {
    return BulkOf(district_, tank).layers(place).batch();
  }
};

TEST_F(BulkTest, ARegulatorOfThePlaceRegistersABulkStoreOnce) {
  const std::string facility = NewFacility(district_.producer_site, v1::FACILITY_KIND_STORAGE_POOL);
  const Draft valid = RegisterBulk(district_, producer_, facility, v1::BULK_KIND_PIT);
  const auto by = [&](const Actor& actor) {
    return [&actor](Draft& draft) {
      draft.message.mutable_parties(0)->set_organisation(actor.id);
      draft.devices[0] = actor.administrator;
    };
  };
  Actor elsewhere;
  elsewhere.id = district_.NewId();
  elsewhere.administrator = district_.NewDevice(elsewhere.id);
  district_.Must(district_.RegisterOrganisation(
      elsewhere.id, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370782"));
  district_.Must(district_.Enrol(district_.bureau.administrator, v1::CAPACITY_REGULATOR,
                                 elsewhere.administrator, {v1::KEY_ROLE_ADMINISTRATOR}));
  Expect(valid, RuleId::kRegulatorDivision, by(elsewhere));
  Expect(valid, RuleId::kRegulatorAuthority, by(district_.plant));
  const std::string nobody = district_.NewId();
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { draft.message.mutable_bulk_registered()->set_organisation(nobody); });
  Expect(valid, RuleId::kFacilityOfOrganisation, [&](Draft& draft) {
    draft.message.mutable_bulk_registered()->set_facility(district_.hospital_store);
  });
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { draft.message.mutable_bulk_registered()->clear_kind(); });
  const std::string tank = NewTank(district_, producer_, district_.producer_site);
  Expect(valid, RuleId::kBulkOnce,
         [&](Draft& draft) { draft.message.mutable_bulk_registered()->set_facility(tank); });
}

TEST_F(BulkTest, OnlyWhatIsRegisteredIsABulkStore) {
  for (const Case& each : Cases()) {
    const Event event = each.valid.message.event_case();
    if (each.valid.message.has_treatment_recorded() ||
        FindRule(RuleId::kBulkKnown).At(event) == std::nullopt) {
      continue;
    }
    Expect(each.valid, RuleId::kBulkKnown,
           [&](Draft& draft) { SetText(draft, "facility", district_.producer_store); });
  }
  Draft feed = InKiln({Stored()});
  Expect(feed, RuleId::kBulkKnown, [&](Draft& draft) {
    v1::BulkFeed& store = *Recorded(draft).add_feeds();
    store.set_facility(district_.producer_store);
    store.set_own_mass_g(5);
  });
}

TEST_F(BulkTest, WhatIsFilledInLiesThereAndKeepsItsAge) {
  const std::string tank = TankOf({"2023-05-01", "2023-03-01"});
  EXPECT_EQ(StoredIn(tank), 500'000);
  EXPECT_EQ(StoredIn(district_.producer_store), 0);
  EXPECT_EQ(Held(producer_), 500'000);
  const auto account = BulkOf(district_, tank);
  ASSERT_EQ(account.layers_size(), 2);
  EXPECT_EQ(account.layers(0).since_date(), "2023-03-01") << "the oldest is first, not the first";
  const BatchState layer = district_.Batch(account.layers(0).batch());
  EXPECT_EQ(layer.status(), state::v1::BATCH_STATUS_ABSORBED);
  EXPECT_EQ(layer.facility(), tank);
  EXPECT_FALSE(layer.oldest_out_first()) << "nothing was assumed yet";
}

TEST_F(BulkTest, TheOldestLayersLeaveFirstAndTheAnswerSaysThatItIsAssumed) {
  const std::string tank = TankOf({"2023-05-01", "2023-03-01", "2023-04-01"});
  const std::string oldest = Layer(tank, 0);
  const std::string next = Layer(tank, 1);
  const std::string first = Drawn(tank, 100'000);
  EXPECT_EQ(Since(first, producer_), "2023-03-01");
  EXPECT_EQ(district_.Batch(oldest).mass_g(), 150'000);
  const std::string second = Drawn(tank, 200'000);
  EXPECT_EQ(Since(second, producer_), "2023-03-01");
  EXPECT_THAT(district_.Batch(second).parents(), ElementsAre(oldest, next));
  EXPECT_THAT(district_.Batch(oldest).children(), ElementsAre(first, second));
  EXPECT_EQ(district_.Batch(oldest).status(), state::v1::BATCH_STATUS_CONSUMED);
  EXPECT_TRUE(district_.Batch(second).oldest_out_first());
  EXPECT_EQ(Layer(tank, 0), next);
  const std::string third = Drawn(tank, 1);
  EXPECT_EQ(Since(third, producer_), "2023-04-01") << "the oldest with mass left";
  EXPECT_EQ(Held(producer_), 750'000);
  EXPECT_EQ(StoredIn(tank), 449'999);
}

TEST_F(BulkTest, NoMoreIsDrawnThanTheAccountHasAndOwnAndReceivedAreKeptApart) {
  const std::string tank = TankOf({"2023-05-01"});
  const Draft valid = Draw(district_, producer_, tank, 250'000);
  Expect(valid, RuleId::kBulkMass, [](Draft& draft) {
    draft.message.mutable_bulk_drawn()->mutable_drawn()->set_made_mass_g(250'001);
  });
  Expect(valid, RuleId::kBulkMass, [](Draft& draft) {
    draft.message.mutable_bulk_drawn()->set_origin(v1::STOCK_ORIGIN_RECEIVED);
  });
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { draft.message.mutable_bulk_drawn()->clear_origin(); });
  Expect(valid, RuleId::kLineageCode, [](Draft& draft) {
    draft.message.mutable_bulk_drawn()->mutable_drawn()->set_waste_code("900-217-08");
  });
  const std::string both = NewTank(district_, district_.plant, district_.plant_site);
  const std::string own = district_.Generated(district_.plant, district_.plant_site);
  const std::string received = Taken();
  EXPECT_TRUE(district_.Must(Fill(district_, district_.plant, both, {own, received})).empty());
  const Draft draft = Draw(district_, district_.plant, both, 1000);
  district_.Must(draft);
  const BatchState drawn = district_.Batch(draft.message.bulk_drawn().drawn().batch());
  EXPECT_THAT(drawn.parents(), ElementsAre(own)) << "though the received one is older";
  EXPECT_TRUE(IsOwnWaste(drawn, district_.plant.id));
}

TEST_F(BulkTest, UnlikeWastesInOneTankAreMarkedButNotInABunker) {
  const std::string other = district_.Generated(producer_, district_.producer_site, "900-210-08");
  const std::string tank = TankOf({"2023-05-01"});
  const std::string bunker =
      NewTank(district_, producer_, district_.producer_site, v1::BULK_KIND_FURNACE_BUNKER);
  district_.Must(Fill(district_, producer_, bunker, {Stored()}));
  const Draft valid = Fill(district_, producer_, tank, {Stored()});
  const auto instead = [](const std::string& batch) {
    return
        [batch](Draft& draft) { *draft.message.mutable_bulk_filled()->mutable_batches(0) = batch; };
  };
  Expect(valid, RuleId::kMergeCode, instead(other));
  const std::string plant_tank = NewTank(district_, district_.plant, district_.plant_site);
  district_.Must(Fill(district_, district_.plant, plant_tank, {Taken()}));
  Expect(Fill(district_, district_.plant, plant_tank, {Taken()}), RuleId::kMedicalMixed,
         instead(Taken("841-001-01")));
  EXPECT_TRUE(district_.Must(Fill(district_, producer_, bunker, {other})).empty());
}

TEST_F(BulkTest, WhatAReadingDoesNotFindStaysOnTheAccountAtItsAge) {
  const std::string tank = TankOf({"2023-05-01", "2023-03-01"});
  const std::string oldest = Layer(tank, 0);
  Expect(ReadLevel(district_, producer_, tank, 500'000), RuleId::kBulkShortfall,
         [](Draft& draft) { draft.message.mutable_bulk_level_read()->set_level_mass_g(499'999); });
  district_.Must(ReadLevel(district_, producer_, tank, 200'000));
  EXPECT_EQ(StoredIn(tank), 200'000) << "what lies there";
  EXPECT_EQ(Held(producer_), 500'000) << "loss is no exit";
  EXPECT_EQ(district_.Batch(oldest).unaccounted_mass_g(), 250'000);
  EXPECT_EQ(district_.Batch(oldest).status(), state::v1::BATCH_STATUS_ABSORBED);
  EXPECT_EQ(Since(oldest, producer_), "2023-03-01");
  district_.Must(ReadLevel(district_, producer_, tank, 500'000));
  EXPECT_EQ(StoredIn(tank), 500'000) << "found again";
  EXPECT_EQ(district_.Batch(oldest).unaccounted_mass_g(), 0);
  EXPECT_EQ(BulkOf(district_, tank).unaccounted_size(), 0);
  Expect(ReadLevel(district_, producer_, tank, 500'000), RuleId::kBulkSurplus,
         [](Draft& draft) { draft.message.mutable_bulk_level_read()->set_level_mass_g(500'001); });
  district_.Must(ReadLevel(district_, producer_, tank, 500'001));
  EXPECT_EQ(BulkOf(district_, tank).surplus_mass_g(), 1);
  EXPECT_EQ(Held(producer_), 500'000) << "a surplus makes no waste";
  const Draft level = ReadLevel(district_, producer_, tank, 500'000);
  Expect(level, RuleId::kFormField,
         [](Draft& draft) { draft.message.mutable_bulk_level_read()->clear_evidence_sha256(); });
  Expect(level, RuleId::kMassSum, [](Draft& draft) {
    auto& basis = *draft.message.mutable_bulk_level_read()->mutable_mass_basis();
    basis.set_method(v1::MASS_METHOD_COUNTED);
    basis.set_count(1);
  });
}

TEST_F(BulkTest, WhatAnEmptyStoreShouldHoldIsUnaccounted) {
  const std::string tank = TankOf({"2023-05-01"});
  const std::string empty = TankOf({});
  Expect(Empty(district_, producer_, empty), RuleId::kBulkShortfall,
         [&](Draft& draft) { draft.message.mutable_bulk_emptied()->set_facility(tank); });
  Expect(Empty(district_, producer_, empty), RuleId::kFormField,
         [](Draft& draft) { draft.message.mutable_bulk_emptied()->clear_evidence_sha256(); });
  district_.Must(Empty(district_, producer_, tank));
  EXPECT_EQ(StoredIn(tank), 0);
  EXPECT_EQ(Held(producer_), 250'000);
  EXPECT_EQ(BulkOf(district_, tank).layers_size(), 0);
  // A new life begins with what is filled in from now on.
  district_.Must(Fill(district_, producer_, tank, {Stored()}));
  EXPECT_EQ(Since(Drawn(tank, 10), producer_), "2024-06-03");
}

TEST_F(BulkTest, AFurnaceIsFedByShiftFromItsBunkerAndTheAshKnowsEverySource) {
  const std::string bunker =
      NewTank(district_, producer_, district_.producer_site, v1::BULK_KIND_FURNACE_BUNKER);
  const std::string first = Declared("2023-05-01", v1::EVIDENCE_GRADE_DOCUMENTED);
  const std::string second = Stored();
  district_.Must(Fill(district_, producer_, bunker, {first, second}));
  const std::string direct = Stored();
  Draft shift = InKiln({direct});
  v1::BulkFeed& feed = *Recorded(shift).add_feeds();
  feed.set_facility(bunker);
  feed.set_own_mass_g(300'000);
  Recorded(shift).set_treated_mass_g(550'000);
  Expect(shift, RuleId::kBulkMass, [](Draft& draft) {
    Recorded(draft).mutable_feeds(0)->set_own_mass_g(500'001);
    Recorded(draft).set_treated_mass_g(750'001);
  });
  Expect(shift, RuleId::kLineageBatches, [](Draft& draft) {
    *Recorded(draft).add_feeds() = Recorded(draft).feeds(0);
    draft.by_hand = true;
  });
  const std::string away = NewTank(district_, producer_, OtherSite());
  Expect(shift, RuleId::kFacilitySite,
         [&](Draft& draft) { Recorded(draft).mutable_feeds(0)->set_facility(away); });
  EXPECT_TRUE(district_.Must(shift).empty());
  const BatchState ash = district_.Batch(Recorded(shift).residues(0).batch());
  EXPECT_THAT(ash.parents(), ElementsAre(direct, first, second));
  EXPECT_TRUE(ash.oldest_out_first());
  EXPECT_EQ(district_.Batch(second).mass_g(), 200'000);
  EXPECT_EQ(district_.Batch(first).status(), state::v1::BATCH_STATUS_CONSUMED);
  EXPECT_EQ(StoredIn(bunker), 200'000);
  Draft bunker_alone = shift;
  Recorded(bunker_alone).clear_batches();
  Recorded(bunker_alone).mutable_residues(0)->set_batch(district_.NewId());
  Recorded(bunker_alone).mutable_feeds(0)->set_own_mass_g(100'000);
  Recorded(bunker_alone).set_treated_mass_g(100'000);
  Recorded(bunker_alone).mutable_residues(0)->set_made_mass_g(1000);
  district_.Must(bunker_alone);
}

TEST_F(BulkTest, ABulkStoreHasNoMoreLayersThanTheRuleDataAllow) {
  const std::string tank = NewTank(district_, producer_, district_.producer_site);
  const auto limit = district_.data().Limit("bulk_layers_max", absl::CivilDay(2024, 6, 3));
  ASSERT_TRUE(limit.ok());
  Batches some;
  for (int64_t layer = 0; layer + 1 < *limit; ++layer) {
    some.push_back(district_.Generated(producer_, district_.producer_site));
    if (some.size() < 400 && layer + 2 < *limit) continue;
    district_.Must(Fill(district_, producer_, tank, some));
    some.clear();
  }
  const std::string one_more = Stored();
  Expect(Fill(district_, producer_, tank, {Stored()}), RuleId::kBulkLayers, [&](Draft& draft) {
    draft.message.mutable_bulk_filled()->add_batches(one_more);
    draft.message.mutable_bulk_filled()->set_filled_mass_g(500'000);
  });
}

}  // namespace
}  // namespace cradle::rules::test
