// What batches are made of: filling, splitting, merging, repacking, packing up.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "tests/services/rules/bundle_parts.h"
#include "tests/services/rules/lineage_fixture.h"

namespace cradle::rules::test {
namespace {

using state::v1::BatchState;
using testing::ElementsAre;

// --- What all of these events have in common ---

TEST_F(LineageTest, OnlyBatchesInHandAndAsTheyShouldBeAreActedOn) {
  const std::string others = district_.Generated(district_.hospital, district_.hospital_site, kOil);
  const std::string consigned = Stored();
  district_.Issued({consigned});
  const std::string ended = Stored();
  district_.Must(
      district_.Treat(producer_, ended, district_.producer_kiln, "R9", v1::ENDING_UTILISED));
  for (const Case& each : Cases()) {
    if (!each.batch) continue;
    const std::pair<RuleId, std::string> wrong[] = {{RuleId::kBatchKnown, district_.NewId()},
                                                    {RuleId::kCustodyHolder, others},
                                                    {RuleId::kBatchOnManifest, consigned},
                                                    {RuleId::kBatchState, ended}};
    for (const auto& [rule, batch] : wrong) {
      Expect(each.valid, rule, [&](Draft& draft) { *each.batch(draft) = batch; });
    }
  }
}

TEST_F(LineageTest, NothingHappensAfterItIsRecorded) {
  for (const Case& each : Cases()) {
    Expect(each.valid, RuleId::kTimeFact, [&](Draft& draft) {
      google::protobuf::Message* event = EventOf(draft);
      const auto* descriptor = event->GetDescriptor();
      for (int i = 0; i < descriptor->field_count(); ++i) {
        if (!descriptor->field(i)->name().ends_with("_time_ms")) continue;
        event->GetReflection()->SetInt64(event, descriptor->field(i), district_.now_ms + 1);
      }
    });
  }
}

TEST_F(LineageTest, WhatIsMadeIsNewHasAMassAndContainersThatHoldIt) {
  for (const Case& each : Cases()) {
    if (!each.made) continue;
    const std::string taken = Stored();
    Expect(each.valid, RuleId::kIdNew, [&](Draft& draft) { each.made(draft)->set_batch(taken); });
    Expect(each.valid, RuleId::kMassPositive,
           [&](Draft& draft) { each.made(draft)->set_made_mass_g(0); });
    Expect(each.valid, RuleId::kFormField, [&](Draft& draft) { each.made(draft)->clear_form(); });
    const auto hold = [&](Draft& draft, int64_t mass_g) -> v1::Container& {
      v1::Container& container = *each.made(draft)->add_containers();
      container.set_container(district_.NewId());
      container.set_packaging(v1::PACKAGING_DRUM);
      container.set_net_mass_g(mass_g);
      return container;
    };
    Expect(each.valid, RuleId::kMassSum, [&](Draft& draft) { hold(draft, 5); });
    Expect(each.valid, RuleId::kLabelCode,
           [&](Draft& draft) { hold(draft, 0).set_label_code("123"); });
  }
}

TEST_F(LineageTest, ContainersHaveLabelsAndNoMoreThanTheBatch) {
  for (const Case& each : Cases()) {
    if (!each.containers) continue;
    const auto hold = [&](Draft& draft, int64_t mass_g) -> v1::Container& {
      v1::Container& container = *each.containers(draft)->Add();
      container.set_container(district_.NewId());
      container.set_packaging(v1::PACKAGING_DRUM);
      container.set_net_mass_g(mass_g);
      return container;
    };
    Expect(each.valid, RuleId::kMassSum, [&](Draft& draft) { hold(draft, 250'001); });
    Expect(each.valid, RuleId::kLabelCode,
           [&](Draft& draft) { hold(draft, 0).set_label_code("123"); });
  }
}

TEST_F(LineageTest, ABatchThatGetsACodeHasOneOfTheCatalogue) {
  for (const bool loaded : {true, false}) {
    if (!loaded) district_.now_ms = ShanghaiMs(2026, 3, 1);
    for (const Case& each : Cases()) {
      const Event event = each.valid.message.event_case();
      if (event == v1::Statement::kBatchSplit || event == v1::Statement::kBatchesMerged) continue;
      if (!each.made && event != v1::Statement::kBatchOpened) continue;
      const auto code = [&](const std::string& text) {
        return [&each, text](Draft& draft) {
          if (each.made) each.made(draft)->set_waste_code(text);
          if (!each.made) draft.message.mutable_batch_opened()->set_waste_code(text);
        };
      };
      Expect(each.valid, RuleId::kCodeForm, code("900-214"));
      Expect(each.valid, loaded ? RuleId::kCodeCatalogue : RuleId::kCodeEdition,
             code("999-999-08"));
    }
  }
}

TEST_F(LineageTest, BatchesAreNamedOnceAndAreEnough) {
  for (const Case& each : Cases()) {
    if (FindRule(RuleId::kLineageBatches).At(each.valid.message.event_case()) == std::nullopt) {
      continue;
    }
    Expect(each.valid, RuleId::kLineageBatches, [&](Draft& draft) {
      draft.by_hand = true;  // a chain named twice is malformed before any rule
      v1::Statement& s = draft.message;
      if (s.has_batch_split())
        *s.mutable_batch_split()->mutable_parts(1) = s.batch_split().parts(0);
      if (s.has_batches_merged()) s.mutable_batches_merged()->mutable_parents()->RemoveLast();
      if (s.has_batches_pretreated()) s.mutable_batches_pretreated()->clear_made();
      if (s.has_treatment_recorded()) s.mutable_treatment_recorded()->clear_batches();
      if (s.has_containers_packed()) {
        *s.mutable_containers_packed()->mutable_batches(1) = s.containers_packed().batches(0);
      }
      if (s.has_bulk_filled()) {
        while (s.bulk_filled().batches_size() <= evidence::kBatchesMax) {
          s.mutable_bulk_filled()->add_batches(district_.NewId());
        }
      }
    });
  }
}

TEST_F(LineageTest, MassesOfParentsAreExact) {
  for (const Case& each : Cases()) {
    if (FindRule(RuleId::kMassExact).At(each.valid.message.event_case()) == std::nullopt) continue;
    Expect(each.valid, RuleId::kMassExact, [](Draft& draft) {
      v1::Statement& s = draft.message;
      if (s.has_batch_split()) s.mutable_batch_split()->mutable_parts(0)->set_made_mass_g(99'999);
      if (s.has_batches_merged()) {
        s.mutable_batches_merged()->mutable_made()->set_made_mass_g(499'999);
      }
      if (s.has_batches_pretreated()) s.mutable_batches_pretreated()->set_input_mass_g(499'999);
      if (s.has_treatment_recorded()) s.mutable_treatment_recorded()->set_treated_mass_g(499'999);
      if (s.has_bulk_filled()) s.mutable_bulk_filled()->set_filled_mass_g(499'999);
    });
  }
  for (const Case& each : Cases()) {
    if (!each.valid.message.has_bulk_filled()) continue;
    Expect(each.valid, RuleId::kMassPositive,
           [](Draft& draft) { draft.message.mutable_bulk_filled()->set_filled_mass_g(-1); });
  }
}

TEST_F(LineageTest, WhatIsPutTogetherLiesAtOneSite) {
  for (const Case& each : Cases()) {
    if (FindRule(RuleId::kBatchSite).At(each.valid.message.event_case()) == std::nullopt) continue;
    const std::string elsewhere = Elsewhere();
    // The first says which site it is.
    Expect(each.valid, RuleId::kBatchSite, [&](Draft& draft) { *each.batch(draft) = elsewhere; });
  }
}

TEST_F(LineageTest, FacilitiesAreOnesOwnAcceptedAtTheSiteAndForTheirUse) {
  const auto yard = v1::FACILITY_KIND_STORAGE_YARD;
  const auto kiln = v1::FACILITY_KIND_UTILISATION;
  const std::string site = OtherSite();
  for (const Case& each : Cases()) {
    const Event event = each.valid.message.event_case();
    if (FindRule(RuleId::kFacilityOfOrganisation).At(event) == std::nullopt) continue;
    const auto at = [](const std::string& facility) {
      return [facility](Draft& draft) { SetText(draft, "facility", facility); };
    };
    const bool treats = each.valid.message.has_treatment_recorded();
    Expect(each.valid, RuleId::kFacilityOfOrganisation, at(district_.hospital_store));
    if (FindRule(RuleId::kFacilitySite).At(event)) {
      const std::string away = each.valid.message.has_bulk_filled()
                                   ? NewTank(district_, producer_, site)
                                   : NewFacility(site, treats ? kiln : yard);
      Expect(each.valid, RuleId::kFacilitySite, at(away));
      const std::string unaccepted = NewFacility(district_.producer_site, treats ? kiln : yard, "");
      if (each.valid.message.has_bulk_filled()) {
        district_.Must(RegisterBulk(district_, producer_, unaccepted));
      }
      Expect(each.valid, RuleId::kFacilityAccepted, at(unaccepted));
    }
    if (FindRule(RuleId::kFacilityUse).At(event)) {
      Expect(each.valid, RuleId::kFacilityUse,
             at(treats ? district_.producer_store : district_.producer_kiln));
    }
  }
}

// --- Filling ---

TEST_F(LineageTest, WasteIsFilledInByWhoGeneratesItAtASiteOfItsOwn) {
  const Draft valid = Open(district_, producer_, district_.producer_site, district_.NewId());
  const std::string taken = Stored();
  Expect(valid, RuleId::kIdNew,
         [&](Draft& draft) { draft.message.mutable_batch_opened()->set_batch(taken); });
  Expect(valid, RuleId::kSiteOfOrganisation, [&](Draft& draft) {
    draft.message.mutable_batch_opened()->set_site(district_.hospital_site);
  });
  const std::string site = district_.NewId();
  district_.Must(district_.RegisterSite(district_.carrier, site));
  Expect(valid, RuleId::kOrganisationRole, [&](Draft& draft) {
    draft.message.mutable_batch_opened()->set_site(site);
    draft.message.mutable_parties(0)->set_organisation(district_.carrier.id);
    draft.devices[0] = district_.carrier.handler;
  });
}

TEST_F(LineageTest, ABatchIsAsOldAsItsOpeningAndWeighsWhatWasFilledInUntilItIsSealed) {
  const std::string batch = district_.NewId();
  district_.Must(
      Open(district_, producer_, district_.producer_site, batch, district_.producer_store2));
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_FILLING);
  for (int week = 0; week < 3; ++week) {
    district_.now_ms += 7 * kDayMs;
    district_.Must(TopUp(district_, producer_, batch, 60'000));
  }
  EXPECT_EQ(StoredIn(district_.producer_store2), 180'000);
  EXPECT_EQ(Held(producer_), 180'000);
  const Draft seal = Seal(district_, producer_, batch, 180'000);
  Expect(seal, RuleId::kFilledDifference,
         [](Draft& draft) { draft.message.mutable_batch_sealed()->set_sealed_mass_g(179'000); });
  Expect(seal, RuleId::kMassPositive,
         [](Draft& draft) { draft.message.mutable_batch_sealed()->set_sealed_mass_g(0); });
  district_.Must(seal);
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_STORED);
  EXPECT_EQ(Since(batch, producer_), "2024-06-03");
  const Draft top_up = TopUp(district_, producer_, Filling(), 1000);
  Expect(top_up, RuleId::kMassPositive,
         [](Draft& draft) { draft.message.mutable_batch_topped_up()->set_added_mass_g(0); });
  Expect(top_up, RuleId::kMassSum, [](Draft& draft) {
    auto& basis = *draft.message.mutable_batch_topped_up()->mutable_mass_basis();
    basis.set_method(v1::MASS_METHOD_COUNTED);
    basis.set_count(3);
    basis.set_unit_mass_g(300);
  });
}

TEST_F(LineageTest, ABatchSealedInNoStoreIsGeneratedAndMayBeStored) {
  const std::string batch = Filling();
  EXPECT_TRUE(district_.Must(Seal(district_, producer_, batch, 5000)).empty())
      << "no top-ups were logged, so nothing differs";
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_GENERATED);
  district_.Must(district_.Store(producer_, batch, district_.producer_store));
}

TEST_F(LineageTest, AnOpenContainerIsNotConsigned) {
  const std::string batch = Filling();
  district_.Must(TopUp(district_, producer_, batch, 5000));
  const auto verdict =
      district_.Try(district_.Issue(producer_, district_.NewId(), {batch}, {&district_.carrier}));
  EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kBatchState));
}

// --- Split and merge ---

TEST_F(LineageTest, PartsOfASplitHaveItsAgeItsSourcesAndItsPlace) {
  const std::string old = Declared("2023-05-01", v1::EVIDENCE_GRADE_OWNER_WORD);
  Draft split = Split(district_, producer_, old, 100'000);
  Expect(split, RuleId::kLineageCode, [](Draft& draft) {
    draft.message.mutable_batch_split()->mutable_parts(0)->set_waste_code("900-217-08");
  });
  district_.Must(split);
  const BatchState parent = district_.Batch(old);
  EXPECT_EQ(parent.status(), state::v1::BATCH_STATUS_CONSUMED);
  ASSERT_EQ(parent.children_size(), 2);
  for (const std::string& part : parent.children()) {
    const BatchState state = district_.Batch(part);
    EXPECT_EQ(Since(part, producer_), "2023-05-01");
    EXPECT_THAT(state.parents(), ElementsAre(old));
    EXPECT_EQ(state.facility(), district_.producer_store);
    EXPECT_EQ(state.status(), state::v1::BATCH_STATUS_STORED);
    EXPECT_EQ(state.evidence_grade(), v1::EVIDENCE_GRADE_OWNER_WORD);
    EXPECT_TRUE(IsOwnWaste(state, producer_.id));
  }
  EXPECT_EQ(Held(producer_), 250'000);
  EXPECT_EQ(StoredIn(district_.producer_store), 250'000);
}

TEST_F(LineageTest, AMergedBatchIsAsOldAndAsBadlyKnownAsTheWorstOfItsParents) {
  const std::string young = Stored();
  const std::string old = Declared("", v1::EVIDENCE_GRADE_OWNER_WORD);
  const Draft merge = Merge(district_, producer_, {young, old}, district_.producer_store2);
  const std::string child = merge.message.batches_merged().made().batch();
  district_.Must(merge);
  EXPECT_EQ(Since(child, producer_), "") << "nobody knows, and that is oldest";
  EXPECT_EQ(district_.Batch(child).evidence_grade(), v1::EVIDENCE_GRADE_OWNER_WORD);
  EXPECT_EQ(district_.Batch(child).status(), state::v1::BATCH_STATUS_STORED);
  EXPECT_EQ(StoredIn(district_.producer_store), 0);
  EXPECT_EQ(StoredIn(district_.producer_store2), 500'000);
  EXPECT_EQ(Held(producer_), 500'000);
}

TEST_F(LineageTest, OnlyOneCodeIsMergedAndNeverOwnWasteWithThatOfOthers) {
  const std::string other = district_.Generated(producer_, district_.producer_site, "900-210-08");
  const Draft valid = Merge(district_, producer_, {Stored(), Stored()});
  Expect(valid, RuleId::kMergeCode, [&](Draft& draft) {
    *draft.message.mutable_batches_merged()->mutable_parents(1) = other;
  });
  Expect(valid, RuleId::kLineageCode, [](Draft& draft) {
    draft.message.mutable_batches_merged()->mutable_made()->set_waste_code("900-217-08");
  });
  const std::string own = district_.Generated(district_.plant, district_.plant_site);
  Expect(Merge(district_, district_.plant, {Taken(), Taken()}), RuleId::kMergeOrigin,
         [&](Draft& draft) { *draft.message.mutable_batches_merged()->mutable_parents(1) = own; });
}

TEST_F(LineageTest, ABatchOfSeveralGeneratorsIsNobodysOwnAndKeepsThemAll) {
  const std::string first = district_.Received();
  const std::string second = Taken();  // its generator is the plant, which only declared it
  const Draft merge = Merge(district_, district_.plant, {first, second});
  const std::string child = merge.message.batches_merged().made().batch();
  district_.Must(merge);
  const BatchState state = district_.Batch(child);
  EXPECT_EQ(state.generator(), "");
  EXPECT_THAT(state.generators(), testing::UnorderedElementsAre(producer_.id, district_.plant.id));
  EXPECT_FALSE(IsOwnWaste(state, producer_.id));
  EXPECT_FALSE(IsOwnWaste(state, district_.plant.id));
  EXPECT_EQ(Since(child, producer_), "2024-06-03") << "the time it lay with each is kept";
  const Draft again = Merge(district_, district_.plant, {child, district_.Received()});
  district_.Must(again);
  EXPECT_EQ(district_.Batch(again.message.batches_merged().made().batch()).generators_size(), 2);
}

TEST_F(LineageTest, FiveHundredBatchesAreMergedAndNotOneMore) {
  Batches parents;
  for (int i = 0; i < evidence::kBatchesMax; ++i) {
    parents.push_back(district_.Generated(producer_, district_.producer_site));
  }
  Draft too_many = Merge(district_, producer_, parents);
  too_many.by_hand = true;
  const auto verdict = district_.Try(too_many);
  ASSERT_TRUE(Has(ViolationsOf(*verdict), RuleId::kLineageBatches));
  EXPECT_NE(ViolationsOf(*verdict)[0].message_en.find("500"), std::string::npos);
  parents.pop_back();  // what it makes counts too
  const Draft merge = Merge(district_, producer_, parents);
  EXPECT_LE(district_.Complete(merge).first.bytes.size(), evidence::kStatementBytesMax);
  district_.Must(merge);
  const BatchState child = district_.Batch(merge.message.batches_merged().made().batch());
  EXPECT_EQ(child.parents_size(), 499);
  EXPECT_EQ(child.mass_g(), 499 * 250'000);
}

TEST_F(LineageTest, FewerAreMergedWhereTheRuleDataSaysSo) {
  const auto data = Load(Replaced(OwnBundle(), "merge_inputs_max,500,", "merge_inputs_max,2,"));
  district_.library().Add(data);
  Draft adopt = district_.AdoptRules();
  adopt.message.mutable_rules_adopted()->set_rule_data_sha256(
      std::string(evidence::AsBytes(data->sha256())));
  district_.Must(adopt);
  const Draft valid = Merge(district_, producer_, {Stored(), Stored()});
  Expect(valid, RuleId::kLineageBatches, [&](Draft& draft) {
    draft = Merge(district_, producer_, {Stored(), Stored(), Stored()});
  });
}

TEST_F(LineageTest, RepackingNeedsContainersAndChangesNothingElse) {
  const std::string batch = Stored();
  const Draft valid = Repack(district_, producer_, batch);
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { draft.message.mutable_batch_repacked()->clear_containers(); });
  BatchState before = district_.Batch(batch);
  district_.Must(valid);
  before.set_index(district_.Batch(batch).index());
  EXPECT_EQ(district_.Batch(batch).SerializeAsString(), before.SerializeAsString());
}

// --- Transport units ---

TEST_F(LineageTest, ABatchIsInOneUnitAndAUnitIsPackedWhenItIsEmpty) {
  const std::string first = Stored();
  const Draft pack = Pack(district_, producer_, {first, Stored()});
  const std::string unit = pack.message.containers_packed().unit();
  district_.Must(pack);
  EXPECT_EQ(district_.Batch(first).unit(), unit);
  const Draft other = Pack(district_, producer_, {Stored()});
  Expect(other, RuleId::kUnitFree,
         [&](Draft& draft) { draft.message.mutable_containers_packed()->set_unit(unit); });
  Expect(other, RuleId::kUnitFree, [&](Draft& draft) {
    *draft.message.mutable_containers_packed()->mutable_batches(0) = first;
  });
  Expect(other, RuleId::kFormField,
         [](Draft& draft) { draft.message.mutable_containers_packed()->clear_seal_number(); });
  const std::string second = pack.message.containers_packed().batches(1);
  const std::string manifest = district_.Issued({first});
  district_.Must(district_.Take(producer_, district_.carrier, manifest, district_.truck));
  EXPECT_EQ(district_.Batch(first).unit(), unit) << "it travels in it";
  district_.Must(district_.Deliver(district_.carrier, manifest));
  district_.Must(district_.Confirm(manifest));
  EXPECT_EQ(district_.Batch(first).unit(), "") << "received";
  district_.Must(Split(district_, producer_, second, 1));
  EXPECT_EQ(district_.Batch(second).unit(), "") << "split";
  Draft again = other;
  again.message.mutable_containers_packed()->set_unit(unit);
  district_.Must(again);
}

TEST_F(LineageTest, MedicalWasteIsPackedByClassAndNeverWithOtherWaste) {
  const Actor& hospital = district_.hospital;
  const auto waste = [&](const std::string& code) {
    return district_.Generated(hospital, district_.hospital_site, code);
  };
  const Draft valid = Pack(district_, hospital, {waste("841-001-01"), waste("841-001-01")});
  const auto second = [](const std::string& batch) {
    return [batch](Draft& draft) {
      *draft.message.mutable_containers_packed()->mutable_batches(1) = batch;
    };
  };
  Expect(valid, RuleId::kUnitClass, second(waste("841-002-01")));
  Expect(valid, RuleId::kMedicalMixed, second(waste(kOil)));
  EXPECT_TRUE(district_.Must(Pack(district_, hospital, {waste(kOil), waste("900-217-08")})).empty())
      << "other wastes share a pallet";
}

}  // namespace
}  // namespace cradle::rules::test
