// The life of a batch outside manifests.
#include <gtest/gtest.h>

#include "services/rules/calendar.h"
#include "tests/services/rules/district.h"

namespace cradle::rules::test {
namespace {

using state::v1::BatchStatus;

class BatchRulesTest : public testing::Test {
 protected:
  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  Draft Generate() {
    return district_.Generate(district_.producer, district_.producer_site, district_.NewId());
  }
  Draft Declare() {
    return district_.DeclareStock(district_.producer, district_.producer_site,
                                  district_.producer_store, district_.NewId());
  }
  // Of the producer, in its own kiln, by R9.
  Draft Treat(const std::string& batch) {
    return district_.Treat(district_.producer, batch, district_.producer_kiln, "R9",
                           v1::ENDING_UTILISED);
  }
  static v1::BatchGenerated& Generated(Draft& draft) {
    return *draft.message.mutable_batch_generated();
  }
  static v1::StockDeclared& Declared(Draft& draft) {
    return *draft.message.mutable_stock_declared();
  }
  static v1::BatchStored& Stored(Draft& draft) { return *draft.message.mutable_batch_stored(); }
  static v1::BatchMoved& Moved(Draft& draft) { return *draft.message.mutable_batch_moved(); }
  static v1::BatchTreated& Treated(Draft& draft) { return *draft.message.mutable_batch_treated(); }

  // The party that asserts becomes the hospital.
  void ByHospital(Draft& draft) {
    draft.message.mutable_parties(0)->set_organisation(district_.hospital.id);
    draft.devices[0] = district_.hospital.handler;
  }
  std::string NewFacility(const Actor& actor, const std::string& site, v1::FacilityKind kind,
                          const std::string& accepted = "2023-01-01") {
    const std::string facility = district_.NewId();
    Draft draft = district_.RegisterFacility(actor, site, facility, kind);
    draft.message.mutable_facility_registered()->set_acceptance_date(accepted);
    district_.Must(draft);
    return facility;
  }
  District district_;
};

// --- Generated and declared ---

TEST_F(BatchRulesTest, WasteGeneratedIsNewHasAMassAndComesFromASiteOfItsGenerator) {
  const Draft valid = Generate();
  Expect(valid, RuleId::kIdNew,
         [&](Draft& draft) { Generated(draft).set_batch(district_.Stored()); });
  Expect(valid, RuleId::kMassPositive,
         [](Draft& draft) { Generated(draft).set_generated_mass_g(0); });
  Expect(valid, RuleId::kMassPositive,
         [](Draft& draft) { Generated(draft).set_generated_mass_g(-5); });
  Expect(valid, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { Generated(draft).set_site(district_.hospital_site); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Generated(draft).clear_mass_basis(); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Generated(draft).clear_form(); });
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { Generated(draft).clear_generated_time_ms(); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Generated(draft).set_batch_code("\n"); });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { Generated(draft).set_generated_time_ms(district_.now_ms + 1); });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { Generated(draft).set_opened_time_ms(district_.now_ms + 1); });
}

TEST_F(BatchRulesTest, CarriersDoNotGenerateWasteAndOnlyOperatorsHoldStockOfOthers) {
  const std::string site = district_.NewId();
  district_.Must(district_.RegisterSite(district_.carrier, site));
  const std::string store = NewFacility(district_.carrier, site, v1::FACILITY_KIND_STORAGE_YARD);
  const auto by_carrier = [&](Draft& draft) {
    draft.message.mutable_parties(0)->set_organisation(district_.carrier.id);
    draft.devices[0] = district_.carrier.handler;
  };
  Expect(Generate(), RuleId::kOrganisationRole, [&](Draft& draft) {
    by_carrier(draft);
    Generated(draft).set_site(site);
  });
  Expect(Declare(), RuleId::kOrganisationRole, [&](Draft& draft) {
    by_carrier(draft);
    Declared(draft).set_site(site);
    Declared(draft).set_facility(store);
  });
  Expect(Declare(), RuleId::kOrganisationRole,
         [](Draft& draft) { Declared(draft).set_origin(v1::STOCK_ORIGIN_RECEIVED); });
  // An operator generates too, and may hold what it took from others.
  district_.Must(district_.Generate(district_.plant, district_.plant_site, district_.NewId()));
  Draft received = district_.DeclareStock(district_.plant, district_.plant_site,
                                          district_.plant_store, district_.NewId());
  Declared(received).set_origin(v1::STOCK_ORIGIN_RECEIVED);
  district_.Must(received);
}

TEST_F(BatchRulesTest, ACodeIsWellFormedAndInTheCatalogueInForce) {
  for (const char* malformed : {"", "900-214-8", "900214-08", "900-214-51", "900-214-00", "HW08"}) {
    Expect(Generate(), RuleId::kCodeForm,
           [&](Draft& draft) { Generated(draft).set_waste_code(malformed); });
    Expect(Declare(), RuleId::kCodeForm,
           [&](Draft& draft) { Declared(draft).set_waste_code(malformed); });
  }
  Expect(Generate(), RuleId::kCodeCatalogue,
         [](Draft& draft) { Generated(draft).set_waste_code("999-999-08"); });
  Expect(Declare(), RuleId::kCodeCatalogue,
         [](Draft& draft) { Declared(draft).set_waste_code("999-999-08"); });
  Draft identified = Generate();
  Generated(identified).set_waste_code("900-000-08");
  EXPECT_TRUE(district_.Must(identified).empty()) << "identified as hazardous, not listed";
}

TEST_F(BatchRulesTest, WhileTheEditionInForceIsNotLoadedAnUnknownCodeIsMarked) {
  district_.now_ms = ShanghaiMs(2026, 3, 1);
  Expect(Generate(), RuleId::kCodeEdition,
         [](Draft& draft) { Generated(draft).set_waste_code("999-999-08"); });
  Expect(Declare(), RuleId::kCodeEdition,
         [](Draft& draft) { Declared(draft).set_waste_code("999-999-08"); });
}

TEST_F(BatchRulesTest, TheCatalogueIsThatOfTheActsDateNotOfTheRecord) {
  // The last hour of 2024 in Shanghai, recorded in 2025.
  const int64_t act = ShanghaiMs(2024, 12, 31, 23);
  district_.now_ms = ShanghaiMs(2025, 1, 1, 5);
  Expect(Generate().Claimed(act), RuleId::kCodeCatalogue,
         [](Draft& draft) { Generated(draft).set_waste_code("999-999-08"); });
}

// Sums of masses are int64: no statement brings one of which a few overflow.
TEST_F(BatchRulesTest, NoMassIsOverTenMillionTonnes) {
  Draft most = Generate();
  Generated(most).set_generated_mass_g(kMassMaxG);
  Draft declared = Declare();
  Declared(declared).set_stock_mass_g(kMassMaxG);
  for (const int64_t over : {kMassMaxG + 1, INT64_MAX}) {
    Expect(most, RuleId::kFormField,
           [&](Draft& draft) { Generated(draft).set_generated_mass_g(over); });
    Expect(declared, RuleId::kFormField,
           [&](Draft& draft) { Declared(draft).set_stock_mass_g(over); });
    Expect(Generate(), RuleId::kFormField,
           [&](Draft& draft) { Generated(draft).mutable_mass_basis()->set_division_mass_g(over); });
    Expect(Generate(), RuleId::kFormField,
           [&](Draft& draft) { Generated(draft).mutable_mass_basis()->set_unit_mass_g(over); });
    const std::string batch = district_.Generated(district_.producer, district_.producer_site);
    Expect(district_.Store(district_.producer, batch, district_.producer_store), RuleId::kFormField,
           [&](Draft& draft) { Stored(draft).set_stored_mass_g(over); });
    Expect(Treat(batch), RuleId::kFormField,
           [&](Draft& draft) { Treated(draft).set_treated_mass_g(over); });
  }
  Draft broken = Generate();
  Generated(broken).set_generated_mass_g(INT64_MAX);
  const auto violations = ViolationsOf(*district_.Try(broken));
  ASSERT_FALSE(violations.empty());
  EXPECT_EQ(violations[0].field, "batch_generated.generated_mass_g");
  EXPECT_NE(violations[0].message_en.find("10000000000000 g"), std::string::npos);
}

TEST_F(BatchRulesTest, AContainersAndCountsAddUpToTheMass) {
  Draft valid = Generate();
  const auto add = [&](Draft& draft, int64_t mass_g) -> v1::Container& {
    v1::Container& container = *Generated(draft).add_containers();
    container.set_container(district_.NewId());
    container.set_packaging(v1::PACKAGING_DRUM);
    container.set_net_mass_g(mass_g);
    return container;
  };
  add(valid, 100'000);
  add(valid, 150'000);
  Expect(valid, RuleId::kMassSum, [&](Draft& draft) { add(draft, 1); });
  Expect(valid, RuleId::kMassSum, [&](Draft& draft) { add(draft, INT64_MAX); });
  Expect(valid, RuleId::kMassSum, [&](Draft& draft) { add(draft, -1); });
  Expect(valid, RuleId::kMassSum,
         [&](Draft& draft) { Generated(draft).mutable_containers(0)->set_net_mass_g(99'999); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) {
    Generated(draft).mutable_containers(0)->set_container(
        Generated(draft).containers(1).container());
  });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { Generated(draft).mutable_containers(0)->clear_packaging(); });
  Draft partly_weighed = Generate();
  add(partly_weighed, 250'000);
  add(partly_weighed, 0);
  Expect(partly_weighed, RuleId::kMassSum,
         [&](Draft& draft) { Generated(draft).mutable_containers(0)->set_net_mass_g(250'001); });

  Draft counted = Generate();
  v1::MassBasis& basis = *Generated(counted).mutable_mass_basis();
  basis.set_method(v1::MASS_METHOD_COUNTED);
  basis.set_count(10);
  basis.set_unit_mass_g(25'000);
  Expect(counted, RuleId::kMassSum,
         [&](Draft& draft) { Generated(draft).mutable_mass_basis()->set_count(11); });
  Expect(counted, RuleId::kMassSum,
         [&](Draft& draft) { Generated(draft).mutable_mass_basis()->set_count(INT64_MAX); });
  Draft stock = Declare();
  Expect(stock, RuleId::kMassSum, [&](Draft& draft) {
    Declared(draft).mutable_mass_basis()->set_method(v1::MASS_METHOD_COUNTED);
  });
  Expect(stock, RuleId::kFormField,
         [&](Draft& draft) { Declared(draft).mutable_mass_basis()->set_division_mass_g(-1); });
}

TEST_F(BatchRulesTest, AMisprintedLabelIsMarked) {
  const std::string code = District::Uscc(7) + "90021408" + "20240603" + "001";
  const auto labelled = [&](v1::Container& container, const std::string& label) {
    container.set_container(district_.NewId());
    container.set_packaging(v1::PACKAGING_DRUM);
    container.set_label_code(label);
  };
  Draft generated = Generate();
  labelled(*Generated(generated).add_containers(), code);
  Draft declared = Declare();
  labelled(*Declared(declared).add_containers(), code);
  for (const std::string& wrong :
       {code.substr(1), District::Uscc(7) + "84100101" + "20240603" + "001"}) {
    Expect(generated, RuleId::kLabelCode,
           [&](Draft& draft) { Generated(draft).mutable_containers(0)->set_label_code(wrong); });
    Expect(declared, RuleId::kLabelCode,
           [&](Draft& draft) { Declared(draft).mutable_containers(0)->set_label_code(wrong); });
  }
}

TEST_F(BatchRulesTest, DeclaredStockHasOriginEvidenceAndAStartThatIsNotInTheFuture) {
  const Draft valid = Declare();
  Expect(valid, RuleId::kIdNew,
         [&](Draft& draft) { Declared(draft).set_batch(district_.Stored()); });
  Expect(valid, RuleId::kMassPositive, [](Draft& draft) { Declared(draft).set_stock_mass_g(0); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Declared(draft).clear_origin(); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Declared(draft).clear_evidence_grade(); });
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { Declared(draft).set_storage_start_date("2023-02-29"); });
  Expect(valid, RuleId::kStockEvidence,
         [](Draft& draft) { Declared(draft).clear_evidence_sha256(); });
  Expect(valid, RuleId::kStockEvidence,
         [](Draft& draft) { Declared(draft).set_evidence_sha256(0, "short"); });
  Expect(valid, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { Declared(draft).set_site(district_.hospital_site); });
  Draft today = valid;
  Declared(today).set_storage_start_date("2024-06-03");
  Expect(today, RuleId::kStockStart,
         [](Draft& draft) { Declared(draft).set_storage_start_date("2024-06-04"); });
  Draft unknown = valid;
  Declared(unknown).clear_storage_start_date();
  Declared(unknown).set_evidence_grade(v1::EVIDENCE_GRADE_OWNER_WORD);
  Declared(unknown).clear_evidence_sha256();
  EXPECT_TRUE(district_.Must(unknown).empty()) << "an unknown start may be declared";
}

TEST_F(BatchRulesTest, TheDayOfAStartIsThatOfTheSitesZone) {
  const std::string site = district_.NewId();
  Draft urumqi = district_.RegisterSite(district_.producer, site);
  urumqi.message.mutable_site_registered()->set_time_zone("Asia/Urumqi");
  district_.Must(urumqi);
  const std::string store = NewFacility(district_.producer, site, v1::FACILITY_KIND_STORAGE_YARD);
  district_.now_ms = ShanghaiMs(2024, 6, 5, 1);  // 23:00 of the fourth in Urumqi
  Draft valid = district_.DeclareStock(district_.producer, site, store, district_.NewId());
  Declared(valid).set_storage_start_date("2024-06-04");
  Expect(valid, RuleId::kStockStart,
         [](Draft& draft) { Declared(draft).set_storage_start_date("2024-06-05"); });
}

// --- Custody ---

TEST_F(BatchRulesTest, OnlyTheCustodianActsOnABatchThatIsKnown) {
  const std::string generated = district_.Generated(district_.producer, district_.producer_site);
  const std::string stored = district_.Stored();
  const std::string none = district_.NewId();
  const auto hospital = [&](Draft& draft) { ByHospital(draft); };
  const Draft store = district_.Store(district_.producer, generated, district_.producer_store);
  Expect(store, RuleId::kCustodyHolder, hospital);
  Expect(store, RuleId::kBatchKnown, [&](Draft& draft) { Stored(draft).set_batch(none); });
  const Draft move = district_.Move(district_.producer, stored, district_.producer_store2);
  Expect(move, RuleId::kCustodyHolder, hospital);
  Expect(move, RuleId::kBatchKnown, [&](Draft& draft) { Moved(draft).set_batch(none); });
  const Draft treat = Treat(stored);
  Expect(treat, RuleId::kCustodyHolder, hospital);
  Expect(treat, RuleId::kBatchKnown, [&](Draft& draft) { Treated(draft).set_batch(none); });
}

TEST_F(BatchRulesTest, WithinOneCustodyTheMassIsExact) {
  const std::string batch = district_.Generated(district_.producer, district_.producer_site);
  const Draft store = district_.Store(district_.producer, batch, district_.producer_store);
  Expect(store, RuleId::kMassExact, [](Draft& draft) { Stored(draft).set_stored_mass_g(249'999); });
  Expect(store, RuleId::kMassPositive, [](Draft& draft) { Stored(draft).set_stored_mass_g(-1); });
  Expect(Treat(batch), RuleId::kMassExact,
         [](Draft& draft) { Treated(draft).set_treated_mass_g(250'001); });
  Expect(Treat(batch), RuleId::kMassPositive,
         [](Draft& draft) { Treated(draft).set_treated_mass_g(-1); });
}

TEST_F(BatchRulesTest, FactsAreDatedNotAfterTheyAreRecorded) {
  const std::string generated = district_.Generated(district_.producer, district_.producer_site);
  const std::string stored = district_.Stored();
  const int64_t future = district_.now_ms + 1;
  const Draft store = district_.Store(district_.producer, generated, district_.producer_store);
  Expect(store, RuleId::kTimeFact, [&](Draft& draft) { Stored(draft).set_stored_time_ms(future); });
  Expect(store, RuleId::kFormField, [](Draft& draft) { Stored(draft).clear_stored_time_ms(); });
  const Draft move = district_.Move(district_.producer, stored, district_.producer_store2);
  Expect(move, RuleId::kTimeFact, [&](Draft& draft) { Moved(draft).set_moved_time_ms(future); });
  Expect(Treat(stored), RuleId::kTimeFact,
         [&](Draft& draft) { Treated(draft).set_treated_time_ms(future); });
}

TEST_F(BatchRulesTest, AFacilityIsTheCustodiansAtTheBatchsSiteAndOfTheRightKind) {
  const std::string other_site = district_.NewId();
  district_.Must(district_.RegisterSite(district_.producer, other_site));
  const std::string elsewhere =
      NewFacility(district_.producer, other_site, v1::FACILITY_KIND_STORAGE_YARD);
  const std::string kiln_elsewhere =
      NewFacility(district_.producer, other_site, v1::FACILITY_KIND_UTILISATION);
  const std::string not_accepted =
      NewFacility(district_.producer, district_.producer_site, v1::FACILITY_KIND_STORAGE_YARD, "");
  const std::string accepted_tomorrow = NewFacility(district_.producer, district_.producer_site,
                                                    v1::FACILITY_KIND_UTILISATION, "2024-06-04");
  const std::string generated = district_.Generated(district_.producer, district_.producer_site);
  const std::string stored = district_.Stored();

  const Draft store = district_.Store(district_.producer, generated, district_.producer_store);
  const auto store_in = [](const std::string& facility) {
    return [=](Draft& draft) { Stored(draft).set_facility(facility); };
  };
  Expect(store, RuleId::kFacilityOfOrganisation, store_in(district_.NewId()));
  Expect(store, RuleId::kFacilityOfOrganisation, store_in(district_.plant_store));
  Expect(store, RuleId::kFacilitySite, store_in(elsewhere));
  Expect(store, RuleId::kFacilityUse, store_in(district_.producer_kiln));
  Expect(store, RuleId::kFacilityAccepted, store_in(not_accepted));

  const Draft move = district_.Move(district_.producer, stored, district_.producer_store2);
  const auto move_to = [](const std::string& facility) {
    return [=](Draft& draft) { Moved(draft).set_facility(facility); };
  };
  Expect(move, RuleId::kFacilityOfOrganisation, move_to(district_.plant_store));
  Expect(move, RuleId::kFacilitySite, move_to(elsewhere));
  Expect(move, RuleId::kFacilityUse, move_to(district_.producer_kiln));
  Expect(move, RuleId::kFacilityAccepted, move_to(not_accepted));

  const auto treat_in = [](const std::string& facility) {
    return [=](Draft& draft) { Treated(draft).set_facility(facility); };
  };
  Expect(Treat(stored), RuleId::kFacilityOfOrganisation, treat_in(district_.plant_furnace));
  Expect(Treat(stored), RuleId::kFacilitySite, treat_in(kiln_elsewhere));
  Expect(Treat(stored), RuleId::kFacilityUse, treat_in(district_.producer_store));
  Expect(Treat(stored), RuleId::kFacilityAccepted, treat_in(accepted_tomorrow));
  Expect(Treat(stored), RuleId::kFacilityMethod, treat_in(accepted_tomorrow));

  const auto declare_in = [](const std::string& facility) {
    return [=](Draft& draft) { Declared(draft).set_facility(facility); };
  };
  Expect(Declare(), RuleId::kFacilityOfOrganisation, declare_in(district_.plant_store));
  Expect(Declare(), RuleId::kFacilitySite, declare_in(elsewhere));
  Expect(Declare(), RuleId::kFacilityUse, declare_in(district_.producer_kiln));
  Expect(Declare(), RuleId::kFacilityAccepted, declare_in(not_accepted));
}

TEST_F(BatchRulesTest, ATreatmentsMethodFitsItsEndingAndAnUnknownOneIsMarked) {
  const std::string batch = district_.Stored();
  Expect(Treat(batch), RuleId::kMethodKnown,
         [](Draft& draft) { Treated(draft).set_method_code("R99"); });
  Expect(Treat(batch), RuleId::kMethodEnding,
         [](Draft& draft) { Treated(draft).set_ending(v1::ENDING_DISPOSED); });
  Expect(Treat(batch), RuleId::kFormField, [](Draft& draft) { Treated(draft).clear_ending(); });
  Expect(Treat(batch), RuleId::kFormField,
         [](Draft& draft) { Treated(draft).clear_method_code(); });
}

TEST_F(BatchRulesTest, WasteOfOthersIsTreatedUnderALicenceForItAndItsMethod) {
  const std::string batch = district_.Received();
  const Draft valid =
      district_.Treat(district_.plant, batch, district_.plant_furnace, "D10", v1::ENDING_DISPOSED);
  Expect(valid, RuleId::kLicenceMethod, [](Draft& draft) { Treated(draft).set_method_code("D1"); });
  EXPECT_TRUE(district_.Must(valid).empty());

  // On the day after the licence's last.
  const std::string late = district_.Received();
  district_.now_ms = ShanghaiMs(2026, 12, 31, 23);
  Expect(
      district_.Treat(district_.plant, late, district_.plant_furnace, "D10", v1::ENDING_DISPOSED),
      RuleId::kLicenceReceiver, [&](Draft&) { district_.now_ms = ShanghaiMs(2027, 1, 1); });
}

TEST_F(BatchRulesTest, OwnWasteNeedsNoLicence) {
  EXPECT_TRUE(district_.Must(Treat(district_.Stored())).empty());
}

TEST_F(BatchRulesTest, ChemicalMedicalWasteTreatedBySteamIsMarked) {
  const std::string batch =
      district_.Generated(district_.plant, district_.plant_site, "841-004-01");
  Expect(
      district_.Treat(district_.plant, batch, district_.plant_furnace, "Y10", v1::ENDING_DISPOSED),
      RuleId::kMedicalMethod, [](Draft& draft) { Treated(draft).set_method_code("Y11"); });
}

// --- State machine ---

TEST_F(BatchRulesTest, ABatchFollowsItsStatesAndNoOthers) {
  const auto states = [&] {
    std::vector<std::pair<BatchStatus, std::string>> all;
    all.emplace_back(state::v1::BATCH_STATUS_GENERATED,
                     district_.Generated(district_.producer, district_.producer_site));
    all.emplace_back(state::v1::BATCH_STATUS_STORED, district_.Stored());
    const std::string consigned = district_.Stored();
    district_.Issued({consigned});
    all.emplace_back(state::v1::BATCH_STATUS_CONSIGNED, consigned);
    all.emplace_back(state::v1::BATCH_STATUS_RECEIVED, district_.Received());
    const std::string treated = district_.Stored();
    district_.Must(Treat(treated));
    all.emplace_back(state::v1::BATCH_STATUS_TREATED, treated);
    return all;
  }();
  using Statuses = std::set<BatchStatus>;
  const Statuses begin_store = {state::v1::BATCH_STATUS_GENERATED,
                                state::v1::BATCH_STATUS_RECEIVED};
  const Statuses begin_move = {state::v1::BATCH_STATUS_STORED};
  const Statuses begin_treat = {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                                state::v1::BATCH_STATUS_RECEIVED};
  for (const auto& [status, batch] : states) {
    ASSERT_EQ(district_.Batch(batch).status(), status);
    const bool at_plant = district_.Batch(batch).custodian() == district_.plant.id;
    const Actor& actor = at_plant ? district_.plant : district_.producer;
    const auto admitted = [&](const Draft& draft) {
      const auto verdict = district_.Try(draft);
      const auto violations = ViolationsOf(*verdict);
      const bool ok = std::holds_alternative<Admitted>(*verdict);
      if (!ok) {
        EXPECT_TRUE(Has(violations, RuleId::kBatchState) ||
                    Has(violations, RuleId::kBatchOnManifest))
            << violations[0].rule;
      }
      return ok;
    };
    const std::string name = state::v1::BatchStatus_Name(status);
    EXPECT_EQ(admitted(district_.Store(
                  actor, batch, at_plant ? district_.plant_store : district_.producer_store)),
              begin_store.contains(status))
        << "stored from " << name;
    EXPECT_EQ(admitted(district_.Move(
                  actor, batch, at_plant ? district_.plant_store : district_.producer_store2)),
              begin_move.contains(status))
        << "moved from " << name;
    EXPECT_EQ(admitted(at_plant ? district_.Treat(actor, batch, district_.plant_furnace, "D10",
                                                  v1::ENDING_DISPOSED)
                                : Treat(batch)),
              begin_treat.contains(status))
        << "treated from " << name;
    if (!at_plant) {
      EXPECT_EQ(admitted(district_.Issue(actor, district_.NewId(), {batch}, {&district_.carrier})),
                begin_treat.contains(status))
          << "consigned from " << name;
    }
  }
}

TEST_F(BatchRulesTest, ABatchOnAManifestAcceptsNothingElse) {
  const std::string batch = district_.Stored();
  const Draft move = district_.Move(district_.producer, batch, district_.producer_store2);
  const Draft treat = Treat(batch);
  const std::string generated = district_.Generated(district_.producer, district_.producer_site);
  const Draft store = district_.Store(district_.producer, generated, district_.producer_store);
  const Draft issue =
      district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier});
  District free_of_it = district_;
  for (const Draft* draft : {&move, &treat, &store, &issue}) {
    EXPECT_TRUE(std::holds_alternative<Admitted>(*free_of_it.Try(*draft)));
  }
  district_.Issued({batch, generated});
  for (const Draft* draft : {&move, &treat, &store, &issue}) {
    const auto verdict = district_.Try(*draft);
    EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kBatchOnManifest));
    EXPECT_TRUE(std::holds_alternative<Refused>(*verdict));
  }
}

TEST_F(BatchRulesTest, AMoveGoesSomewhereElse) {
  const std::string batch = district_.Stored();
  Expect(district_.Move(district_.producer, batch, district_.producer_store2), RuleId::kBatchState,
         [&](Draft& draft) { Moved(draft).set_facility(district_.producer_store); });
}

TEST_F(BatchRulesTest, WhatHappensToABatchIsFolded) {
  const std::string batch = district_.Generated(district_.producer, district_.producer_site);
  EXPECT_EQ(district_.Batch(batch).generator(), district_.producer.id);
  EXPECT_EQ(district_.Batch(batch).custodian(), district_.producer.id);
  EXPECT_EQ(district_.Batch(batch).facility(), "");
  district_.Must(district_.Store(district_.producer, batch, district_.producer_store));
  EXPECT_EQ(district_.Batch(batch).facility(), district_.producer_store);
  district_.Must(district_.Move(district_.producer, batch, district_.producer_store2));
  EXPECT_EQ(district_.Batch(batch).facility(), district_.producer_store2);
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_STORED);
  district_.Must(Treat(batch));
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_TREATED);
  EXPECT_EQ(district_.Batch(batch).ending(), v1::ENDING_UTILISED);
  EXPECT_EQ(district_.Batch(batch).method_code(), "R9");
  EXPECT_EQ(district_.Batch(batch).mass_g(), 250'000);
  const std::string stock = district_.NewId();
  district_.Must(district_.DeclareStock(district_.producer, district_.producer_site,
                                        district_.producer_store, stock));
  EXPECT_EQ(district_.Batch(stock).status(), state::v1::BATCH_STATUS_STORED);
  EXPECT_EQ(district_.Batch(stock).evidence_grade(), v1::EVIDENCE_GRADE_DOCUMENTED);
}

}  // namespace
}  // namespace cradle::rules::test
