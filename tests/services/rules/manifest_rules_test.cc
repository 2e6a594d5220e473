// Manifests from issue to confirmed receipt.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/rules/calendar.h"
#include "services/rules/state_keys.h"
#include "tests/services/rules/manifest_fixture.h"

namespace cradle::rules::test {
namespace {

// --- Issue ---

TEST_F(ManifestRulesTest, AManifestIsNewAndWellFormed) {
  const Draft valid = Issue();
  Expect(valid, RuleId::kIdNew,
         [&](Draft& draft) { Issued(draft).set_manifest(district_.Issued({district_.Stored()})); });
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { Issued(draft).set_contract_sha256("short"); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Issued(draft).set_plan_reference("\x7F"); });
  Expect(valid, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { Issued(draft).set_consignor_site(district_.hospital_site); });
  Expect(valid, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { Issued(draft).set_receiver_site(district_.producer_site); });
}

TEST_F(ManifestRulesTest, ItsLinesAreDistinctBatchesInHandAtTheSiteAsTheyAre) {
  const Draft valid = Issue();
  Expect(valid, RuleId::kManifestLines, [](Draft& draft) {
    Issued(draft).clear_lines();
    Issued(draft).set_total_sent_mass_g(0);
  });
  Expect(valid, RuleId::kManifestLines, [](Draft& draft) {
    *Issued(draft).add_lines() = Issued(draft).lines(0);
    Issued(draft).set_total_sent_mass_g(500'000);
    draft.by_hand = true;  // a chain named twice is malformed before any rule
  });
  Expect(valid, RuleId::kManifestLines, [](Draft& draft) {
    for (int i = 0; i < 500; ++i) *Issued(draft).add_lines() = Issued(draft).lines(0);
    draft.by_hand = true;
  });
  Expect(valid, RuleId::kManifestLineCode,
         [](Draft& draft) { Issued(draft).mutable_lines(0)->set_waste_code("900-217-08"); });
  Expect(valid, RuleId::kCodeForm,
         [](Draft& draft) { Issued(draft).mutable_lines(0)->set_waste_code("900-217"); });
  Expect(valid, RuleId::kBatchKnown,
         [&](Draft& draft) { Issued(draft).mutable_lines(0)->set_batch(district_.NewId()); });
  const std::string others =
      district_.Generated(district_.hospital, district_.hospital_site, "900-214-08");
  Expect(valid, RuleId::kCustodyHolder,
         [&](Draft& draft) { Issued(draft).mutable_lines(0)->set_batch(others); });
  const std::string ended = district_.Stored();
  district_.Must(district_.Treat(district_.producer, ended, district_.producer_kiln, "R9",
                                 v1::ENDING_UTILISED));
  Expect(valid, RuleId::kBatchState,
         [&](Draft& draft) { Issued(draft).mutable_lines(0)->set_batch(ended); });
  const std::string site = district_.NewId();
  district_.Must(district_.RegisterSite(district_.producer, site));
  Expect(valid, RuleId::kBatchSite, [&](Draft& draft) { Issued(draft).set_consignor_site(site); });
}

TEST_F(ManifestRulesTest, MassesAreExactAndAddUp) {
  const Draft valid = Issue();
  Expect(valid, RuleId::kMassExact, [](Draft& draft) {
    Issued(draft).mutable_lines(0)->set_sent_mass_g(250'001);
    Issued(draft).set_total_sent_mass_g(250'001);
  });
  Expect(valid, RuleId::kMassSum,
         [](Draft& draft) { Issued(draft).set_total_sent_mass_g(250'001); });
  Expect(valid, RuleId::kMassPositive,
         [](Draft& draft) { Issued(draft).mutable_lines(0)->set_sent_mass_g(-1); });
}

TEST_F(ManifestRulesTest, NoMassIsOverTenMillionTonnesAndNoSumIsInvented) {
  const auto says_no_sum_below_zero = [&](const Draft& draft) {
    const auto violations = ViolationsOf(*district_.Try(draft));
    EXPECT_TRUE(Has(violations, RuleId::kMassSum));
    for (const Violation& violation : violations) {
      EXPECT_EQ(violation.message_en.find("-1 g"), std::string::npos) << violation.message_en;
      EXPECT_EQ(violation.message_zh.find("-1克"), std::string::npos) << violation.message_zh;
    }
  };
  const std::string a = district_.Stored();
  const std::string b = district_.Stored();
  const std::string manifest = district_.NewId();
  const Draft issue = district_.Issue(district_.producer, manifest, {a, b}, {&district_.carrier});
  for (const int64_t over : {kMassMaxG + 1, INT64_MAX}) {
    Expect(issue, RuleId::kFormField,
           [&](Draft& draft) { Issued(draft).mutable_lines(0)->set_sent_mass_g(over); });
    Expect(issue, RuleId::kFormField,
           [&](Draft& draft) { Issued(draft).set_total_sent_mass_g(over); });
  }
  Draft broken = issue;
  for (v1::ManifestLine& line : *Issued(broken).mutable_lines()) line.set_sent_mass_g(INT64_MAX);
  says_no_sum_below_zero(broken);

  district_.Must(issue);
  district_.Must(Take(manifest));
  district_.Must(district_.Deliver(district_.carrier, manifest));
  const Draft confirm = district_.Confirm(manifest);
  for (const int64_t over : {kMassMaxG + 1, INT64_MAX}) {
    Expect(confirm, RuleId::kFormField, [&](Draft& draft) {
      Confirmed(draft).mutable_lines(0)->set_received_mass_g(over);
      Confirmed(draft).set_total_received_mass_g(250'000);
    });
    Expect(confirm, RuleId::kFormField,
           [&](Draft& draft) { Confirmed(draft).set_total_received_mass_g(over); });
  }
  broken = confirm;
  for (v1::ReceivedLine& line : *Confirmed(broken).mutable_lines()) {
    line.set_received_mass_g(INT64_MAX);
  }
  says_no_sum_below_zero(broken);
}

TEST_F(ManifestRulesTest, OneToEightCarriersAndEveryPartyAnotherOrganisation) {
  const Draft valid = Issue();
  Expect(valid, RuleId::kManifestCarriers, [](Draft& draft) { Issued(draft).clear_carriers(); });
  Expect(valid, RuleId::kManifestCarriers, [](Draft& draft) {
    for (int i = 0; i < 8; ++i) *Issued(draft).add_carriers() = Issued(draft).carriers(0);
  });
  Expect(valid, RuleId::kManifestCarriers,
         [](Draft& draft) { *Issued(draft).add_carriers() = Issued(draft).carriers(0); });
  Expect(valid, RuleId::kManifestParties, [&](Draft& draft) {
    Issued(draft).mutable_carriers(0)->set_organisation(district_.producer.id);
  });
  Expect(valid, RuleId::kManifestParties, [&](Draft& draft) {
    Issued(draft).mutable_carriers(0)->set_organisation(district_.plant.id);
  });
  Expect(valid, RuleId::kManifestParties, [&](Draft& draft) {
    Issued(draft).set_receiver(district_.producer.id);
    Issued(draft).set_receiver_site(district_.producer_site);
  });
  Draft back_again = valid;
  Issued(back_again).add_carriers()->set_organisation(district_.carrier2.id);
  Issued(back_again).add_carriers()->set_organisation(district_.carrier.id);
  district_.Must(back_again);
}

TEST_F(ManifestRulesTest, CarriersAndReceiverAreKnownInTheirRoles) {
  const Draft valid = Issue();
  Expect(valid, RuleId::kOrganisationKnown, [&](Draft& draft) {
    Issued(draft).mutable_carriers(0)->set_organisation(district_.NewId());
  });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { Issued(draft).set_receiver(district_.NewId()); });
  Expect(valid, RuleId::kOrganisationRole, [&](Draft& draft) {
    Issued(draft).mutable_carriers(0)->set_organisation(district_.hospital.id);
  });
  Expect(valid, RuleId::kOrganisationRole, [&](Draft& draft) {
    Issued(draft).set_receiver(district_.hospital.id);
    Issued(draft).set_receiver_site(district_.hospital_site);
  });
}

TEST_F(ManifestRulesTest, AVehicleNamedIsTheCarriers) {
  Draft valid = Issue();
  Issued(valid).mutable_carriers(0)->set_vehicle(district_.truck);
  Expect(valid, RuleId::kVehicleRegistered,
         [&](Draft& draft) { Issued(draft).mutable_carriers(0)->set_vehicle(district_.truck2); });
  Expect(valid, RuleId::kVehicleRegistered,
         [&](Draft& draft) { Issued(draft).mutable_carriers(0)->set_vehicle(district_.NewId()); });
}

TEST_F(ManifestRulesTest, AnOfficialNumberHasItsFormAndBelongsToOneManifest) {
  Draft first = Issue();
  Issued(first).set_official_number(kOfficialNumber);
  Expect(first, RuleId::kOfficialNumberForm,
         [](Draft& draft) { Issued(draft).set_official_number("2024370700001"); });
  Expect(first, RuleId::kOfficialNumberForm,
         [](Draft& draft) { Issued(draft).set_official_number("2024370700000X"); });
  district_.Must(first);
  EXPECT_EQ(district_.Manifest(first.message.manifest_issued().manifest()).official_number(),
            kOfficialNumber);
  Expect(Issue(), RuleId::kOfficialNumberUnique,
         [](Draft& draft) { Issued(draft).set_official_number(kOfficialNumber); });
}

// --- Licences ---

TEST_F(ManifestRulesTest, WithoutALicenceThatCoversTheWasteNoManifestIsIssued) {
  // HW49: licensed for nobody here.
  const std::string other =
      district_.Generated(district_.producer, district_.producer_site, "900-041-49");
  district_.Must(district_.Store(district_.producer, other, district_.producer_store));
  const Draft unlicensed =
      district_.Issue(district_.producer, district_.NewId(), {other}, {&district_.carrier});
  const auto verdict = district_.Try(unlicensed);
  EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kLicenceCarrier));
  EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kLicenceReceiver));
  district_.Must(district_.GrantLicence(district_.carrier, v1::LICENCE_KIND_TRANSPORT, "HW49"));
  // A category is not covered by one code of it, and transport is no operating licence.
  district_.Must(
      district_.GrantLicence(district_.plant, v1::LICENCE_KIND_COLLECTION, "900-042-49"));
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try(unlicensed)), RuleId::kLicenceReceiver));
  district_.Must(district_.GrantLicence(district_.plant, v1::LICENCE_KIND_COLLECTION, "HW49"));
  EXPECT_TRUE(district_.Must(unlicensed).empty());
}

TEST_F(ManifestRulesTest, ALicenceHoldsOnItsLastDayAndNotOnTheNext) {
  const Draft valid = Issue();
  district_.now_ms = ShanghaiMs(2026, 12, 31, 23);
  Draft on_last_day = valid;
  Expect(on_last_day, RuleId::kLicenceCarrier,
         [&](Draft&) { district_.now_ms = ShanghaiMs(2027, 1, 1); });
  district_.now_ms = ShanghaiMs(2026, 12, 31, 23);
  const auto late = [&] {
    district_.now_ms = ShanghaiMs(2027, 1, 1);
    return ViolationsOf(*district_.Try(valid));
  }();
  EXPECT_TRUE(Has(late, RuleId::kLicenceReceiver));
  for (const Violation& violation : late) {
    EXPECT_EQ(violation.effect, Effect::kForbids) << violation.rule;
    if (violation.rule == "LICENCE-RECEIVER") {
      EXPECT_EQ(violation.legal_basis, "生态环境法典 第534条 [F2]") << "the law on the act's date";
    }
  }
}

TEST_F(ManifestRulesTest, TheLicenceIsJudgedAtTheTimeOfActNotOfTheRecord) {
  const Draft valid = Issue();
  const int64_t act = ShanghaiMs(2026, 12, 31, 22);
  district_.now_ms = ShanghaiMs(2027, 1, 2);
  Draft offline = valid;
  district_.Must(offline.Claimed(act));
}

TEST_F(ManifestRulesTest, APlannedMethodIsKnownAndInTheLicence) {
  Draft valid = Issue();
  Issued(valid).mutable_lines(0)->set_method_code("D10");
  Expect(valid, RuleId::kMethodKnown,
         [](Draft& draft) { Issued(draft).mutable_lines(0)->set_method_code("D99"); });
  Expect(valid, RuleId::kLicenceMethod,
         [](Draft& draft) { Issued(draft).mutable_lines(0)->set_method_code("D1"); });
}

// Codes that come again after another, by other methods.
TEST_F(ManifestRulesTest, WhatACarriersPermitLacksIsSaidOnceForEachCodeInTheirOrder) {
  const char* const lines[][2] = {{"900-214-08", "D10"},
                                  {"900-041-49", "D10"},
                                  {"900-214-08", "D9"},
                                  {"900-041-49", "D9"},
                                  {"900-214-08", "R9"}};
  std::vector<std::string> batches;
  for (const auto& [code, method] : lines) {
    batches.push_back(district_.Generated(district_.producer, district_.producer_site, code));
  }
  const Actor& without = district_.plant;  // an operator has no transport permit
  Draft issue = district_.Issue(district_.producer, district_.NewId(), batches, {&without});
  for (int i = 0; i < Issued(issue).lines_size(); ++i) {
    Issued(issue).mutable_lines(i)->set_method_code(lines[i][1]);
  }
  std::vector<std::string> said;
  for (const Violation& violation : ViolationsOf(*district_.Try(issue))) {
    if (violation.rule == FindRule(RuleId::kLicenceCarrier).id) {
      said.push_back(violation.message_en);
    }
  }
  EXPECT_THAT(said, testing::ElementsAre(testing::HasSubstr("900-214-08"),
                                         testing::HasSubstr("900-041-49")));
}

// A licence that ends on the road: forbidden at issue, marked from there on, never refused.
TEST_F(ManifestRulesTest, ALicenceThatEndsOnTheRoadIsMarkedAtEveryStep) {
  const auto expect_marked = [&](const std::vector<Violation>& marks,
                                 std::initializer_list<RuleId> rules) {
    for (const RuleId rule : rules) EXPECT_TRUE(Has(marks, rule)) << FindRule(rule).id;
  };
  const std::string manifest = district_.Issued({district_.Stored()}, true);
  const Draft take = Take(manifest);
  EXPECT_TRUE(std::get<Admitted>(*district_.Try(take)).marks.empty()) << "while they hold";
  district_.now_ms = ShanghaiMs(2027, 1, 1);
  expect_marked(district_.Must(take), {RuleId::kLicenceCarrier, RuleId::kLicenceReceiver});
  expect_marked(district_.Must(HandOver(manifest)),
                {RuleId::kLicenceCarrier, RuleId::kLicenceReceiver});
  expect_marked(district_.Must(district_.Deliver(district_.carrier2, manifest)),
                {RuleId::kLicenceCarrier, RuleId::kLicenceReceiver});
  expect_marked(district_.Must(district_.Confirm(manifest)), {RuleId::kLicenceReceiver});
  const std::string batch = district_.Manifest(manifest).issued().lines(0).batch();
  EXPECT_EQ(district_.Batch(batch).custodian(), district_.plant.id) << "admitted all the same";
}

// The licence with the planned method ends on the road, another for the same waste does not.
TEST_F(ManifestRulesTest, AMethodTheLicenceNoLongerHasIsMarkedAtEveryStep) {
  for (const Actor* carrier : {&district_.carrier, &district_.carrier2}) {
    district_.Must(district_.GrantLicence(*carrier, v1::LICENCE_KIND_TRANSPORT, "HW49"));
  }
  district_.Must(district_.GrantLicence(district_.plant, v1::LICENCE_KIND_COMPREHENSIVE, "HW49",
                                        {"D10"}, "2024-01-01", "2024-06-30"));
  district_.Must(
      district_.GrantLicence(district_.plant, v1::LICENCE_KIND_COMPREHENSIVE, "HW49", {"D9"}));
  Draft issue = district_.Issue(
      district_.producer, district_.NewId(),
      {district_.Generated(district_.producer, district_.producer_site, "900-041-49")},
      {&district_.carrier, &district_.carrier2});
  Issued(issue).mutable_lines(0)->set_method_code("D10");
  const std::string manifest = issue.message.manifest_issued().manifest();
  district_.Must(issue);
  EXPECT_TRUE(std::get<Admitted>(*district_.Try(Take(manifest))).marks.empty());
  district_.now_ms = ShanghaiMs(2024, 7, 1);
  for (const Draft& draft :
       {Take(manifest), HandOver(manifest), district_.Deliver(district_.carrier2, manifest)}) {
    const auto marks = district_.Must(draft);
    EXPECT_TRUE(Has(marks, RuleId::kLicenceMethod));
    EXPECT_FALSE(Has(marks, RuleId::kLicenceReceiver));
  }
}

// --- Medical waste ---

TEST_F(ManifestRulesTest, MedicalWasteIsNeverMixedWithOther) {
  const std::string a =
      district_.Generated(district_.hospital, district_.hospital_site, "841-001-01");
  const std::string b =
      district_.Generated(district_.hospital, district_.hospital_site, "841-002-01");
  const std::string oil =
      district_.Generated(district_.hospital, district_.hospital_site, "900-214-08");
  const std::string manifest = district_.NewId();
  const Draft both = district_.Issue(district_.hospital, manifest, {a, b}, {&district_.carrier});
  const Draft mixed = district_.Issue(district_.hospital, manifest, {a, oil}, {&district_.carrier});
  Expect(both, RuleId::kMedicalMixed, [&](Draft& draft) { draft = mixed; });
}

TEST_F(ManifestRulesTest, MedicalWasteTravelsOnADedicatedVehicle) {
  Draft issue = MedicalIssue();
  Issued(issue).mutable_carriers(0)->set_vehicle(district_.medical_truck);
  Expect(issue, RuleId::kMedicalVehicle,
         [&](Draft& draft) { Issued(draft).mutable_carriers(0)->set_vehicle(district_.truck); });
  Issued(issue).mutable_carriers(0)->clear_vehicle();
  Issued(issue).add_carriers()->set_organisation(district_.carrier2.id);
  const std::string manifest = issue.message.manifest_issued().manifest();
  district_.Must(issue);
  const Draft take =
      district_.Take(district_.hospital, district_.carrier, manifest, district_.medical_truck);
  Expect(take, RuleId::kMedicalVehicle,
         [&](Draft& draft) { Taken(draft).set_vehicle(district_.truck); });
  district_.Must(take);
  const std::string medical2 = district_.NewId();
  district_.Must(district_.RegisterVehicle(district_.carrier2, medical2, true));
  Expect(district_.HandOver(district_.carrier, district_.carrier2, manifest, medical2),
         RuleId::kMedicalVehicle,
         [&](Draft& draft) { HandedOver(draft).set_vehicle(district_.truck2); });
}

TEST_F(ManifestRulesTest, ChemicalAndPharmaceuticalWasteIsNotPlannedForDisinfection) {
  for (const char* code : {"841-004-01", "841-005-01"}) {
    Draft valid = MedicalIssue(code);
    Issued(valid).mutable_lines(0)->set_method_code("Y10");
    for (const char* method : {"Y11", "Y12", "Y13"}) {
      Expect(valid, RuleId::kMedicalMethod,
             [&](Draft& draft) { Issued(draft).mutable_lines(0)->set_method_code(method); });
    }
  }
  Draft infectious = MedicalIssue("841-001-01");
  Issued(infectious).mutable_lines(0)->set_method_code("Y11");
  district_.Must(infectious);
}

TEST_F(ManifestRulesTest, MedicalWasteNeedsALicenceWithAMethodForIt) {
  // A plant that may take HW01 but has only ordinary incineration for it.
  District other;
  Actor incinerator = other.plant;
  Draft licence = other.GrantLicence(incinerator, v1::LICENCE_KIND_COMPREHENSIVE, "HW03", {"D10"});
  other.Must(licence);
  const std::string batch = other.Generated(other.hospital, other.hospital_site, "841-001-01");
  Draft valid = other.Issue(other.hospital, other.NewId(), {batch}, {&other.carrier});
  ExpectRule(other, valid, RuleId::kLicenceMethod, [&](Draft& draft) {
    // The same holder, its medical scope without a medical method: another organisation.
    const std::string id = other.NewId();
    Actor actor;
    actor.id = id;
    actor.administrator = other.NewDevice(id);
    other.Must(other.RegisterOrganisation(id, {v1::ORGANISATION_ROLE_OPERATOR}));
    other.Must(other.Enrol(other.bureau.administrator, v1::CAPACITY_REGULATOR, actor.administrator,
                           {v1::KEY_ROLE_ADMINISTRATOR}));
    const std::string site = other.NewId();
    other.Must(other.RegisterSite(actor, site));
    other.Must(other.GrantLicence(actor, v1::LICENCE_KIND_COMPREHENSIVE, "HW01", {"D10"}));
    Issued(draft).set_receiver(id);
    Issued(draft).set_receiver_site(site);
  });
}

// --- Confirmation ---

TEST_F(ManifestRulesTest, TheReceiverConfirmsEveryLineInOrder) {
  const std::string a = district_.Stored();
  const std::string b = district_.Stored();
  const std::string manifest = district_.Issued({a, b});
  district_.Must(Take(manifest));
  district_.Must(district_.Deliver(district_.carrier, manifest));
  const Draft valid = district_.Confirm(manifest);
  Expect(valid, RuleId::kManifestKnown,
         [&](Draft& draft) { Confirmed(draft).set_manifest(district_.NewId()); });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });
  Expect(valid, RuleId::kReceiptOutcome,
         [](Draft& draft) { Confirmed(draft).mutable_lines()->SwapElements(0, 1); });
  Expect(valid, RuleId::kReceiptOutcome,
         [](Draft& draft) { Confirmed(draft).mutable_lines()->RemoveLast(); });
  Expect(valid, RuleId::kReceiptOutcome,
         [](Draft& draft) { Confirmed(draft).mutable_lines(1)->clear_outcome(); });
  Expect(valid, RuleId::kMassSum,
         [](Draft& draft) { Confirmed(draft).set_total_received_mass_g(1); });
  Expect(valid, RuleId::kMassPositive, [](Draft& draft) {
    Confirmed(draft).mutable_lines(0)->set_received_mass_g(-1);
    Confirmed(draft).set_total_received_mass_g(249'999);
  });
  Expect(valid, RuleId::kFormField,
         [](Draft& draft) { Confirmed(draft).mutable_lines(0)->clear_mass_basis(); });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { Confirmed(draft).set_confirmed_time_ms(district_.now_ms + 1); });
  Expect(valid, RuleId::kReceiptDifference, [](Draft& draft) {
    Confirmed(draft).mutable_lines(0)->set_received_mass_g(240'000);
    Confirmed(draft).set_total_received_mass_g(490'000);
  });
  Expect(valid, RuleId::kMethodKnown,
         [](Draft& draft) { Confirmed(draft).mutable_lines(0)->set_method_code("D99"); });
  Expect(valid, RuleId::kLicenceMethod,
         [](Draft& draft) { Confirmed(draft).mutable_lines(0)->set_method_code("D1"); });
}

TEST_F(ManifestRulesTest, TheReceiversWeightBecomesTheBatchs) {
  const std::string manifest = district_.Delivered();
  const std::string batch = district_.Manifest(manifest).issued().lines(0).batch();
  EXPECT_EQ(district_.Batch(batch).custodian(), district_.producer.id);
  const auto delivered = district_.Manifest(manifest);
  EXPECT_EQ(BatchStatusOf(district_.Batch(batch), &delivered), state::v1::BATCH_STATUS_IN_TRANSIT);
  Draft confirm = district_.Confirm(manifest);
  Confirmed(confirm).mutable_lines(0)->set_received_mass_g(0);
  Confirmed(confirm).set_total_received_mass_g(0);
  district_.Must(confirm);
  const state::v1::BatchState state = district_.Batch(batch);
  EXPECT_EQ(state.mass_g(), 0);
  EXPECT_EQ(state.status(), state::v1::BATCH_STATUS_RECEIVED);
  EXPECT_EQ(state.custodian(), district_.plant.id);
  EXPECT_EQ(state.site(), district_.plant_site);
  EXPECT_EQ(state.facility(), "");
  EXPECT_EQ(state.manifest(), "");
  ASSERT_EQ(state.manifests_size(), 1);
  EXPECT_EQ(state.generator(), district_.producer.id);
  EXPECT_EQ(BatchStatusOf(state, nullptr), state::v1::BATCH_STATUS_RECEIVED);
  EXPECT_EQ(district_.Manifest(manifest).confirmed_time_ms(), district_.now_ms);
  district_.Must(district_.Store(district_.plant, batch, district_.plant_store));
}

TEST_F(ManifestRulesTest, ChemicalWasteConfirmedForSteamIsMarked) {
  Draft issue = MedicalIssue("841-004-01");
  const std::string manifest = issue.message.manifest_issued().manifest();
  district_.Must(issue);
  district_.Must(
      district_.Take(district_.hospital, district_.carrier, manifest, district_.medical_truck));
  district_.Must(district_.Deliver(district_.carrier, manifest));
  Draft valid = district_.Confirm(manifest);
  Confirmed(valid).mutable_lines(0)->set_method_code("Y10");
  Expect(valid, RuleId::kMedicalMethod,
         [](Draft& draft) { Confirmed(draft).mutable_lines(0)->set_method_code("Y11"); });
}

// --- Cancellation ---

TEST_F(ManifestRulesTest, ItsConsignorCancelsAManifestThatNobodyHasTakenYet) {
  const std::string stored = district_.Stored();
  const std::string generated = district_.Generated(district_.producer, district_.producer_site);
  const std::string manifest = district_.Issued({stored, generated});
  const Draft valid = district_.Cancel(district_.producer, manifest);
  const auto event = [](Draft& draft) -> v1::ManifestCancelled& {
    return *draft.message.mutable_manifest_cancelled();
  };
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { event(draft).set_reason(v1::CANCEL_REASON_UNSPECIFIED); });
  Expect(valid, RuleId::kManifestKnown,
         [&](Draft& draft) { event(draft).set_manifest(district_.NewId()); });
  Expect(valid, RuleId::kManifestState,
         [&](Draft& draft) { draft = district_.Cancel(district_.producer, district_.Taken()); });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });
  Expect(valid, RuleId::kManifestBatches,
         [&](Draft& draft) { event(draft).mutable_batches()->RemoveLast(); });
  Expect(valid, RuleId::kManifestBatches,
         [&](Draft& draft) { event(draft).mutable_batches()->SwapElements(0, 1); });
  district_.Must(valid);
  EXPECT_EQ(district_.Manifest(manifest).status(), state::v1::MANIFEST_STATUS_CANCELLED);
  EXPECT_EQ(district_.Batch(stored).status(), state::v1::BATCH_STATUS_STORED);
  EXPECT_EQ(district_.Batch(stored).facility(), district_.producer_store);
  EXPECT_EQ(district_.Batch(generated).status(), state::v1::BATCH_STATUS_GENERATED);
  district_.Must(district_.Issue(district_.producer, district_.NewId(), {stored, generated},
                                 {&district_.carrier}));
}

}  // namespace
}  // namespace cradle::rules::test
