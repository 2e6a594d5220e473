// Waste found, lost, spilled, or from abroad.
#include <gtest/gtest.h>

#include "services/rules/batch_state.h"
#include "services/rules/state_keys.h"
#include "tests/services/rules/district.h"
#include "tests/services/rules/drafts_order.h"

namespace cradle::rules::test {
namespace {

class IncidentTest : public testing::Test {
 protected:
  IncidentTest() { health_ = NewActor(district_, {v1::ORGANISATION_ROLE_HEALTH_AUTHORITY}); }

  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  static v1::WasteFound& Found(Draft& draft) { return *draft.message.mutable_waste_found(); }
  static v1::IncidentReported& Incident(Draft& draft) {
    return *draft.message.mutable_incident_reported();
  }
  static v1::LossClosed& Closed(Draft& draft) { return *draft.message.mutable_loss_closed(); }
  static void SetParty(Draft& draft, int place, const Actor& actor) {
    draft.message.mutable_parties(place)->set_organisation(actor.id);
    draft.devices[static_cast<size_t>(place)] = actor.handler;
  }
  int64_t Held(const Actor& actor) {
    state::v1::OrganisationAccount account;
    account.ParseFromString(
        district_.state().Get(keys::OrganisationAccount(actor.id))->value_or(std::string()));
    return account.held_mass_g();
  }
  Actor Elsewhere() {
    return NewActor(district_, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370702");
  }
  District district_;
  Actor health_;
};

// --- Found ---

TEST_F(IncidentTest, FoundWasteIsEnteredByARegulatorAndWhoKeepsIt) {
  const Draft valid = FindWaste(district_, district_.NewId());
  Expect(valid, RuleId::kIdNew, [&](Draft& draft) { Found(draft).set_batch(district_.Stored()); });
  Expect(valid, RuleId::kRegulatorAuthority,
         [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });
  const Actor elsewhere = Elsewhere();
  Expect(valid, RuleId::kRegulatorDivision, [&](Draft& draft) { SetParty(draft, 0, elsewhere); });
  Expect(valid, RuleId::kPartyTwo,
         [](Draft& draft) { draft.devices[1].person = draft.devices[0].person; });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { Found(draft).set_custodian(district_.NewId()); });
  Expect(valid, RuleId::kOrganisationRole, [&](Draft& draft) {
    SetParty(draft, 1, district_.hospital);
    Found(draft).set_custodian(district_.hospital.id);
    Found(draft).set_site(district_.hospital_site);
  });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { SetParty(draft, 1, district_.hospital); });
  Expect(valid, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { Found(draft).set_site(district_.producer_site); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Found(draft).set_division("3707"); });
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { Found(draft).set_latitude_e7(900'000'001); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Found(draft).set_longitude_e7(INT64_MIN); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Found(draft).add_evidence_sha256("x"); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Found(draft).clear_identification(); });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { Found(draft).set_found_time_ms(district_.now_ms + 1); });
}

TEST_F(IncidentTest, FoundWasteHasACodeAndAMassLikeAnyOther) {
  const Draft valid = FindWaste(district_, district_.NewId());
  Expect(valid, RuleId::kCodeForm, [](Draft& draft) { Found(draft).set_waste_code("HW08"); });
  Expect(valid, RuleId::kCodeCatalogue,
         [](Draft& draft) { Found(draft).set_waste_code("999-999-08"); });
  Expect(valid, RuleId::kWasteToIdentify, [](Draft& draft) {
    Found(draft).set_waste_code("900-000-49");
    Found(draft).set_identification(v1::IDENTIFICATION_TO_IDENTIFY);
  });
  Expect(valid, RuleId::kMassPositive, [](Draft& draft) { Found(draft).set_found_mass_g(0); });
  Expect(valid, RuleId::kMassSum, [](Draft& draft) {
    Found(draft).mutable_mass_basis()->set_method(v1::MASS_METHOD_COUNTED);
    Found(draft).mutable_mass_basis()->set_count(3);
    Found(draft).mutable_mass_basis()->set_unit_mass_g(1);
  });
  district_.now_ms = ShanghaiMs(2026, 3, 1);
  Expect(FindWaste(district_, district_.NewId()), RuleId::kCodeEdition,
         [](Draft& draft) { Found(draft).set_waste_code("999-999-08"); });
}

TEST_F(IncidentTest, FoundWasteIsNobodysOwnAndOfUnknownAge) {
  const std::string batch = district_.NewId();
  district_.Must(FindWaste(district_, batch));
  const state::v1::BatchState state = district_.Batch(batch);
  EXPECT_EQ(state.custodian(), district_.plant.id);
  EXPECT_FALSE(IsOwnWaste(state, district_.plant.id));
  ASSERT_NE(FindHolding(state, district_.plant.id), nullptr);
  EXPECT_EQ(FindHolding(state, district_.plant.id)->since_date(), "");
  EXPECT_EQ(Held(district_.plant), 400'000);
  district_.Must(district_.Store(district_.plant, batch, district_.plant_store));
  EXPECT_EQ(FindHolding(district_.Batch(batch), district_.plant.id)->since_date(), "");
}

TEST_F(IncidentTest, TheAuthorityKeepsItItself) {
  const std::string site = district_.NewId();
  district_.Must(district_.RegisterSite(district_.bureau, site));
  const std::string batch = district_.NewId();
  Draft draft = FindWaste(district_, batch);
  Found(draft).set_custodian(district_.bureau.id);
  Found(draft).set_site(site);
  draft.message.mutable_parties()->RemoveLast();
  draft.devices.pop_back();
  district_.Must(draft);
  EXPECT_EQ(district_.Batch(batch).custodian(), district_.bureau.id);
}

// --- From abroad ---

TEST_F(IncidentTest, WasteFromAbroadIsNeverConsignedAndIsShownUntilReported) {
  const auto foreign = RuleId::kForeignReported;
  Expect(FindWaste(district_, district_.NewId()), foreign,
         [](Draft& draft) { Found(draft).set_foreign_origin(true); });
  Expect(district_.DeclareStock(district_.producer, district_.producer_site,
                                district_.producer_store, district_.NewId()),
         foreign,
         [](Draft& draft) { draft.message.mutable_stock_declared()->set_foreign_origin(true); });
  const std::string batch = district_.NewId();
  Draft generate = district_.Generate(district_.producer, district_.producer_site, batch);
  Expect(generate, foreign,
         [](Draft& draft) { draft.message.mutable_batch_generated()->set_foreign_origin(true); });
  generate.message.mutable_batch_generated()->set_foreign_origin(true);
  district_.Must(generate);
  const Draft issue = district_.Issue(district_.producer, district_.NewId(), {district_.Stored()},
                                      {&district_.carrier});
  Expect(issue, RuleId::kImportBan, [&](Draft& draft) {
    draft = district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier});
  });
  const Draft treat = district_.Treat(district_.producer, district_.Stored(),
                                      district_.producer_kiln, "R9", v1::ENDING_UTILISED);
  const Draft foreign_treat = district_.Treat(district_.producer, batch, district_.producer_kiln,
                                              "R9", v1::ENDING_UTILISED);
  Expect(treat, foreign, [&](Draft& draft) { draft = foreign_treat; });
  Draft report = ReportIncident(district_, district_.producer, batch);
  Incident(report).set_kind(v1::INCIDENT_KIND_FOREIGN_WASTE);
  district_.Must(report);
  EXPECT_FALSE(Has(district_.Must(foreign_treat), foreign)) << "it was reported";
}

TEST_F(IncidentTest, WasteKnownToBeFromAbroadOnlyLaterIsHeldBackFromThen) {
  const std::string batch = district_.Stored();
  Draft report = ReportIncident(district_, district_.producer, batch);
  Incident(report).set_kind(v1::INCIDENT_KIND_FOREIGN_WASTE);
  Expect(report, RuleId::kIncidentSubject, [](Draft& draft) { Incident(draft).clear_batch(); });
  district_.Must(report);
  const auto verdict = district_.Try(
      district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier}));
  EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kImportBan));
}

// --- Incidents ---

TEST_F(IncidentTest, AnIncidentIsReportedByWhoHoldsTheBatch) {
  const std::string batch = district_.Stored();
  const Draft valid = ReportIncident(district_, district_.producer, batch);
  Expect(valid, RuleId::kIdNew, [&](Draft& draft) {
    const Draft other = ReportIncident(district_, district_.producer, "");
    Incident(draft).set_incident(other.message.incident_reported().incident());
    district_.Must(other);
  });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Incident(draft).clear_kind(); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Incident(draft).clear_happened_time_ms(); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Incident(draft).add_evidence_sha256("x"); });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { Incident(draft).set_happened_time_ms(district_.now_ms + 1); });
  Expect(valid, RuleId::kBatchKnown,
         [&](Draft& draft) { Incident(draft).set_batch(district_.NewId()); });
  Expect(valid, RuleId::kCustodyHolder,
         [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });
  Expect(valid, RuleId::kBatchOnManifest, [&](Draft& draft) {
    const std::string issued = district_.Stored();
    district_.Issued({issued});
    Incident(draft).set_batch(issued);
  });
  Expect(valid, RuleId::kBatchState, [&](Draft& draft) {
    const std::string treated = district_.Stored();
    district_.Must(district_.Treat(district_.producer, treated, district_.producer_kiln, "R9",
                                   v1::ENDING_UTILISED));
    Incident(draft).set_batch(treated);
  });
  Expect(valid, RuleId::kIncidentSubject, [](Draft& draft) {
    Incident(draft).clear_batch();
    Incident(draft).clear_site();
  });
  Expect(valid, RuleId::kIncidentPlace,
         [&](Draft& draft) { Incident(draft).set_site(district_.NewId()); });
  Expect(valid, RuleId::kIncidentPlace,
         [&](Draft& draft) { Incident(draft).set_vehicle(district_.NewId()); });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { Incident(draft).add_notified(district_.NewId()); });
  Expect(valid, RuleId::kIncidentNotified, [](Draft& draft) { Incident(draft).clear_notified(); });
  Expect(valid, RuleId::kIncidentNotified,
         [&](Draft& draft) { Incident(draft).set_notified(0, district_.plant.id); });
  district_.Must(valid);
  EXPECT_EQ(district_.Batch(batch).incident(), valid.message.incident_reported().incident());
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_STORED);
}

TEST_F(IncidentTest, ALossOfMedicalWasteIsReportedToBothAuthorities) {
  const std::string batch =
      district_.Generated(district_.hospital, district_.hospital_site, "841-001-01");
  Draft valid = ReportLoss(district_, district_.hospital, batch, 1'000, district_.NewId());
  Incident(valid).add_notified(health_.id);
  const auto both = RuleId::kIncidentBothAuthorities;
  Expect(valid, both, [&](Draft& draft) { Incident(draft).mutable_notified()->RemoveLast(); });
  Expect(valid, both, [&](Draft& draft) {
    Incident(draft).clear_notified();
    Incident(draft).add_notified(health_.id);
  });
  Expect(valid, both, [&](Draft& draft) {
    Incident(draft).set_kind(v1::INCIDENT_KIND_SPILL);
    Incident(draft).clear_notified();
  });
}

TEST_F(IncidentTest, APartThatIsLostBecomesABatchOfItsOwnAndStaysOnTheAccount) {
  const std::string batch = district_.Stored();
  const std::string lost = district_.NewId();
  const int64_t held_before = Held(district_.producer);
  const Draft valid = ReportLoss(district_, district_.producer, batch, 50'000, lost);
  Expect(valid, RuleId::kLossMass, [](Draft& draft) { Incident(draft).set_lost_mass_g(250'001); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Incident(draft).set_lost_mass_g(-1); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Incident(draft).clear_lost_batch(); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Incident(draft).set_lost_mass_g(250'000); });
  Expect(valid, RuleId::kIdNew,
         [&](Draft& draft) { Incident(draft).set_lost_batch(district_.Stored()); });
  Expect(valid, RuleId::kMassSum, [](Draft& draft) {
    Incident(draft).mutable_mass_basis()->set_method(v1::MASS_METHOD_COUNTED);
  });
  Expect(valid, RuleId::kIncidentSubject, [](Draft& draft) { Incident(draft).clear_batch(); });
  Expect(valid, RuleId::kIncidentSubject, [](Draft& draft) {
    Incident(draft).set_lost_mass_g(0);
    Incident(draft).clear_lost_batch();
  });
  const int64_t held = Held(district_.producer);
  ASSERT_GE(held, held_before);
  district_.Must(valid);
  EXPECT_EQ(Held(district_.producer), held) << "LOST is no exit";
  EXPECT_EQ(district_.Batch(batch).mass_g(), 200'000);
  EXPECT_EQ(district_.Batch(batch).lost_mass_g(), 50'000);
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_STORED);
  EXPECT_EQ(district_.Batch(batch).children(0), lost);
  const state::v1::BatchState part = district_.Batch(lost);
  EXPECT_EQ(part.mass_g(), 50'000);
  EXPECT_EQ(part.status(), state::v1::BATCH_STATUS_LOST);
  EXPECT_EQ(part.custodian(), district_.producer.id);
  EXPECT_EQ(part.facility(), "");
  EXPECT_EQ(part.parents(0), batch);
  EXPECT_EQ(FindHolding(part, district_.producer.id)->since_date(),
            FindHolding(district_.Batch(batch), district_.producer.id)->since_date());
  const auto verdict =
      district_.Try(district_.Store(district_.producer, lost, district_.producer_store));
  EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kBatchState)) << "it is not there";
  district_.Must(district_.Treat(district_.producer, batch, district_.producer_kiln, "R9",
                                 v1::ENDING_UTILISED));
  EXPECT_EQ(Held(district_.producer), held - 200'000) << "what is left is treated, the loss stays";
}

TEST_F(IncidentTest, AWholeBatchThatIsLostIsStoredMovedTreatedAndIssuedNoMore) {
  const std::string batch = district_.Stored();
  district_.Must(ReportLoss(district_, district_.producer, batch, 250'000, ""));
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_LOST);
  for (const Draft& draft :
       {district_.Move(district_.producer, batch, district_.producer_store2),
        district_.Treat(district_.producer, batch, district_.producer_kiln, "R9",
                        v1::ENDING_UTILISED),
        district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier})}) {
    EXPECT_TRUE(Has(ViolationsOf(*district_.Try(draft)), RuleId::kBatchState));
  }
}

TEST_F(IncidentTest, OnTheRoadWhoHasTheLoadReportsIt) {
  const std::string manifest = district_.Taken();
  const std::string batch = district_.Manifest(manifest).issued().lines(0).batch();
  const std::string lost = district_.NewId();
  Draft valid = ReportLoss(district_, district_.carrier, batch, 100'000, lost);
  Incident(valid).set_manifest(manifest);
  Incident(valid).set_vehicle(district_.truck);
  Expect(valid, RuleId::kManifestKnown,
         [&](Draft& draft) { Incident(draft).set_manifest(district_.NewId()); });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 0, district_.producer); });
  Expect(valid, RuleId::kManifestState, [&](Draft& draft) {
    const std::string ended = district_.Issued({district_.Stored()});
    const std::string its = district_.Manifest(ended).issued().lines(0).batch();
    district_.Must(district_.Cancel(district_.producer, ended));
    draft = ReportLoss(district_, district_.producer, its, 1, district_.NewId());
    Incident(draft).set_manifest(ended);
  });
  Expect(valid, RuleId::kIncidentSubject,
         [&](Draft& draft) { Incident(draft).set_batch(district_.Stored()); });
  const int64_t held = Held(district_.producer);
  district_.Must(valid);
  EXPECT_EQ(Held(district_.producer), held) << "the consignor's until receipt is confirmed";
  EXPECT_EQ(district_.Batch(batch).mass_g(), 150'000);
  EXPECT_EQ(district_.Batch(batch).manifest(), manifest);
  EXPECT_EQ(district_.Batch(lost).custodian(), district_.producer.id);
  EXPECT_EQ(district_.Batch(lost).manifest(), "");
  district_.Must(district_.Deliver(district_.carrier, manifest));
  EXPECT_TRUE(
      Has(ViolationsOf(*district_.Try(district_.Confirm(manifest))), RuleId::kReceiptDifference))
      << "what was sent, and the lost part beside it";
  Draft confirm = district_.Confirm(manifest);
  confirm.message.mutable_receipt_confirmed()->mutable_lines(0)->set_received_mass_g(150'000);
  confirm.message.mutable_receipt_confirmed()->set_total_received_mass_g(150'000);
  EXPECT_TRUE(Has(district_.Must(confirm), RuleId::kReceiptDifference));
  EXPECT_EQ(Held(district_.producer), held - 150'000) << "the lost part is its still";
}

TEST_F(IncidentTest, ALossBeforePickupLeavesWhatTheStoreHas) {
  const std::string batch = district_.Stored();
  const std::string manifest = district_.Issued({batch});
  Draft loss = ReportLoss(district_, district_.producer, batch, 100'000, district_.NewId());
  Incident(loss).set_manifest(manifest);
  district_.Must(loss);
  state::v1::FacilityAccount store;
  store.ParseFromString(
      *district_.state().Get(keys::FacilityAccount(district_.producer_store)).value());
  EXPECT_EQ(store.consigned_mass_g(), 150'000);
  district_.Must(district_.Cancel(district_.producer, manifest));
  store.ParseFromString(
      *district_.state().Get(keys::FacilityAccount(district_.producer_store)).value());
  EXPECT_EQ(store.consigned_mass_g(), 0);
  EXPECT_EQ(store.stored_mass_g(), 150'000);
}

// --- Closed ---

TEST_F(IncidentTest, OnlyARegulatorOfThePlaceClosesALoss) {
  const std::string batch = district_.Stored();
  district_.Must(ReportLoss(district_, district_.producer, batch, 250'000, ""));
  const Draft valid = CloseLoss(district_, batch, v1::LOSS_FINDING_DESTROYED);
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Closed(draft).clear_finding(); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Closed(draft).set_decision_number(" "); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Closed(draft).set_evidence_sha256("x"); });
  Expect(valid, RuleId::kBatchKnown,
         [&](Draft& draft) { Closed(draft).set_batch(district_.NewId()); });
  Expect(valid, RuleId::kBatchState,
         [&](Draft& draft) { Closed(draft).set_batch(district_.Stored()); });
  Expect(valid, RuleId::kRegulatorAuthority,
         [&](Draft& draft) { SetParty(draft, 0, district_.producer); });
  const Actor elsewhere = Elsewhere();
  Expect(valid, RuleId::kRegulatorDivision, [&](Draft& draft) { SetParty(draft, 0, elsewhere); });
  const int64_t held = Held(district_.producer);
  district_.Must(valid);
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_CLOSED);
  EXPECT_EQ(district_.Batch(batch).mass_g(), 250'000);
  EXPECT_EQ(Held(district_.producer), held - 250'000);
}

TEST_F(IncidentTest, WhatIsFoundAgainIsItsCustodiansAndAsOldAsItWas) {
  const std::string batch = district_.Stored();
  const std::string since =
      FindHolding(district_.Batch(batch), district_.producer.id)->since_date();
  district_.Must(ReportLoss(district_, district_.producer, batch, 250'000, ""));
  district_.now_ms = ShanghaiMs(2024, 9, 1);
  district_.Must(CloseLoss(district_, batch, v1::LOSS_FINDING_FOUND_AGAIN));
  district_.Must(district_.Store(district_.producer, batch, district_.producer_store));
  EXPECT_EQ(FindHolding(district_.Batch(batch), district_.producer.id)->since_date(), since);
}

}  // namespace
}  // namespace cradle::rules::test
