// What a manifest rests on: plan, contract, number, exemption, labels, paper; its carriers changed;
// and transfers by pipeline.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "tests/services/rules/drafts_manifest.h"
#include "tests/services/rules/drafts_permit.h"
#include "tests/services/rules/manifest_fixture.h"

namespace cradle::rules::test {
namespace {

using testing::ElementsAre;

class ManifestPapersTest : public ManifestRulesTest {
 protected:
  std::vector<std::string> CarriersOf(const std::string& manifest) {
    std::vector<std::string> carriers;
    const state::v1::ManifestState state = district_.Manifest(manifest);
    for (const v1::CarrierLeg& leg : state.issued().carriers()) {
      carriers.push_back(leg.organisation());
    }
    return carriers;
  }
  // Generated in drums of those nets, by the producer.
  std::string InDrums(std::initializer_list<int64_t> nets) {
    const std::string batch = district_.NewId();
    Draft draft = district_.Generate(district_.producer, district_.producer_site, batch);
    for (const int64_t net : nets) {
      v1::Container& container = *draft.message.mutable_batch_generated()->add_containers();
      container.set_container(district_.NewId());
      container.set_packaging(v1::PACKAGING_DRUM);
      container.set_net_mass_g(net);
    }
    district_.Must(draft);
    return batch;
  }
  static v1::CarriersChanged& Changed(Draft& draft) {
    return *draft.message.mutable_carriers_changed();
  }
  static v1::PipelineTransferred& Piped(Draft& draft) {
    return *draft.message.mutable_pipeline_transferred();
  }
};

TEST_F(ManifestPapersTest, PlanAndContractAreNamedAtIssue) {
  const Draft valid = Issue();
  Expect(valid, RuleId::kPlanDue, [](Draft& draft) { Issued(draft).clear_plan_reference(); });
  Expect(valid, RuleId::kContractDue, [](Draft& draft) { Issued(draft).clear_contract_sha256(); });
}

TEST_F(ManifestPapersTest, TheOfficialNumberIsDueWhenTheLoadIsTaken) {
  const std::string manifest = district_.Issued({district_.Stored()});
  Draft without = Take(manifest);
  Taken(without).clear_official_number();
  Expect(Take(manifest), RuleId::kOfficialNumberDue, [&](Draft& draft) { draft = without; });
  district_.Must(without);
  EXPECT_TRUE(district_.Manifest(manifest).official_number_due());
  EXPECT_TRUE(
      Has(ViolationsOf(*district_.Try(AttachNumber(district_, manifest))), RuleId::kManifestState))
      << "a handover may be signed and on its way";
  district_.Must(district_.Deliver(district_.carrier, manifest));
  district_.Must(AttachNumber(district_, manifest));
  EXPECT_FALSE(district_.Manifest(manifest).official_number_due());
}

TEST_F(ManifestPapersTest, ConsignorOrReceiverAttachesTheOfficialNumberOnce) {
  const std::string manifest = district_.Issued({district_.Stored()});
  const Draft valid = AttachNumber(district_, manifest);
  const auto event = [](Draft& draft) -> v1::OfficialNumberAttached& {
    return *draft.message.mutable_official_number_attached();
  };
  Expect(valid, RuleId::kManifestKnown,
         [&](Draft& draft) { event(draft).set_manifest(district_.NewId()); });
  Expect(valid, RuleId::kManifestState,
         [&](Draft& draft) { event(draft).set_manifest(district_.Taken()); });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_official_number(); });
  Expect(valid, RuleId::kOfficialNumberForm,
         [&](Draft& draft) { event(draft).set_official_number("2024"); });
  Draft other = Issue();
  Issued(other).set_official_number(kOfficialNumber);
  district_.Must(other);
  Expect(valid, RuleId::kOfficialNumberUnique,
         [&](Draft& draft) { event(draft).set_official_number(kOfficialNumber); });
  Draft by_receiver = AttachNumber(district_, manifest);
  by_receiver.message.clear_parties();
  by_receiver.devices.clear();
  by_receiver.By(district_.plant.handler, v1::CAPACITY_RECEIVER);
  district_.Must(by_receiver);
  EXPECT_EQ(district_.Manifest(manifest).official_number(),
            by_receiver.message.official_number_attached().official_number());
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try(by_receiver)), RuleId::kOfficialNumberUnique));
}

TEST_F(ManifestPapersTest, AnExemptionIsListedForEveryWasteAndAlwaysShown) {
  Draft exempt = MedicalIssue("841-001-01");
  Issued(exempt).mutable_exemption()->set_item(2);
  Issued(exempt).mutable_exemption()->set_link(v1::EXEMPT_LINK_TRANSPORT);
  Expect(exempt, RuleId::kExemptionListed,
         [](Draft& draft) { Issued(draft).mutable_exemption()->set_item(24); });
  Expect(exempt, RuleId::kExemptionListed, [](Draft& draft) {
    Issued(draft).mutable_exemption()->set_link(v1::EXEMPT_LINK_UTILISATION);
  });
  Expect(exempt, RuleId::kFormField,
         [](Draft& draft) { Issued(draft).mutable_exemption()->clear_link(); });
  Expect(MedicalIssue("841-001-01"), RuleId::kExemptionUsed, [&](Draft& draft) { draft = exempt; });
  district_.Must(exempt);
  Draft take = district_.Take(district_.hospital, district_.carrier,
                              exempt.message.manifest_issued().manifest(), district_.medical_truck);
  Taken(take).clear_official_number();
  EXPECT_TRUE(district_.Must(take).empty()) << "no number is due";
}

TEST_F(ManifestPapersTest, TheLineSaysWhatTheContainersSay) {
  const std::string batch = InDrums({150'000, 100'000});
  Draft valid =
      district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier});
  Issued(valid).mutable_lines(0)->set_form(v1::PHYSICAL_FORM_LIQUID);
  Expect(valid, RuleId::kLabelManifest,
         [](Draft& draft) { Issued(draft).mutable_lines(0)->set_package_count(3); });
  Expect(valid, RuleId::kLabelManifest,
         [](Draft& draft) { Issued(draft).mutable_lines(0)->set_packaging(v1::PACKAGING_BAG); });
  Expect(valid, RuleId::kLabelManifest,
         [](Draft& draft) { Issued(draft).mutable_lines(0)->set_form(v1::PHYSICAL_FORM_SOLID); });
}

TEST_F(ManifestPapersTest, UnderTheFirstSetNothingOfThisIsDueOrKnown) {
  District first(1);
  Draft bare = first.Issue(first.producer, first.NewId(), {first.Stored()}, {&first.carrier});
  Issued(bare).clear_plan_reference();
  Issued(bare).clear_contract_sha256();
  ExpectRule(first, bare, RuleId::kEventInSet,
             [](Draft& draft) { OnPaper(Issued(draft), "2024-06-03"); });
  ExpectRule(first, bare, RuleId::kEventInSet, [](Draft& draft) {
    Issued(draft).mutable_lines(0)->set_form(v1::PHYSICAL_FORM_LIQUID);
  });
  EXPECT_TRUE(first.Must(bare).empty());
  const std::string manifest = bare.message.manifest_issued().manifest();
  Draft take = first.Take(first.producer, first.carrier, manifest, first.truck);
  Taken(take).clear_official_number();
  ExpectRule(first, take, RuleId::kEventInSet,
             [&](Draft& draft) { *Taken(draft).mutable_weigh_ticket() = Ticket(first, 250'000); });
  EXPECT_TRUE(first.Must(take).empty());
  EXPECT_FALSE(first.Manifest(manifest).official_number_due());
  first.Must(first.Deliver(first.carrier, manifest));
  first.now_ms += 30 * kDayMs;
  EXPECT_TRUE(first.Must(first.Confirm(manifest)).empty()) << "late is not told yet";
  for (const Draft& draft : {Contest(first, manifest), Pipe(first), Return(first, manifest, {}),
                             ChangeCarriers(first, manifest, {})}) {
    EXPECT_EQ(ViolationsOf(*first.Try(draft))[0].rule, "EVENT-IN-SET");
  }
}

// --- Carriers changed ---

TEST_F(ManifestPapersTest, TheConsignorChangesTheCarriersWhoHaveNotSigned) {
  const std::string manifest = district_.Issued({district_.Stored()}, true);
  const Draft valid = ChangeCarriers(district_, manifest, {&district_.carrier2});
  Expect(valid, RuleId::kManifestKnown,
         [&](Draft& draft) { Changed(draft).set_manifest(district_.NewId()); });
  Expect(valid, RuleId::kManifestState,
         [&](Draft& draft) { Changed(draft).set_manifest(district_.Delivered()); });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });
  Expect(valid, RuleId::kManifestCarriers, [](Draft& draft) { Changed(draft).clear_carriers(); });
  Expect(valid, RuleId::kManifestCarriers,
         [](Draft& draft) { *Changed(draft).add_carriers() = Changed(draft).carriers(0); });
  Expect(valid, RuleId::kManifestParties, [&](Draft& draft) {
    Changed(draft).mutable_carriers(0)->set_organisation(district_.plant.id);
  });
  Expect(valid, RuleId::kOrganisationKnown, [&](Draft& draft) {
    Changed(draft).mutable_carriers(0)->set_organisation(district_.NewId());
  });
  Expect(valid, RuleId::kOrganisationRole, [&](Draft& draft) {
    Changed(draft).mutable_carriers(0)->set_organisation(district_.hospital.id);
  });
  Expect(valid, RuleId::kVehicleRegistered,
         [&](Draft& draft) { Changed(draft).mutable_carriers(0)->set_vehicle(district_.truck); });
  Actor unlicensed;
  unlicensed.id = district_.NewId();
  district_.Must(district_.RegisterOrganisation(unlicensed.id, {v1::ORGANISATION_ROLE_CARRIER}));
  Expect(valid, RuleId::kLicenceCarrier, [&](Draft& draft) {
    Changed(draft).mutable_carriers(0)->set_organisation(unlicensed.id);
  });
  District suspended = district_;
  ExpectRule(suspended, valid, RuleId::kLicenceStands, [&](Draft&) {
    suspended.Must(ChangeLicence(suspended, suspended.carrier2, v1::LICENCE_CHANGE_SUSPENDED));
  });
  district_.Must(valid);
  EXPECT_THAT(CarriersOf(manifest), ElementsAre(district_.carrier2.id));
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try(Take(manifest))), RuleId::kManifestParty))
      << "the first was dropped";
  district_.Must(
      district_.Take(district_.producer, district_.carrier2, manifest, district_.truck2));
  district_.Must(district_.Deliver(district_.carrier2, manifest));
}

TEST_F(ManifestPapersTest, WhoHoldsTheLoadStaysAndOthersComeOrGoAfterThem) {
  const std::string manifest = TakenOfTwo();
  Expect(ChangeCarriers(district_, manifest, {&district_.carrier2}), RuleId::kManifestCarriers,
         [&](Draft& draft) {
           Changed(draft).mutable_carriers(0)->set_organisation(district_.carrier.id);
         });
  District fewer = district_;
  fewer.Must(ChangeCarriers(fewer, manifest, {}));
  fewer.Must(fewer.Deliver(fewer.carrier, manifest));

  district_.Must(HandOver(manifest));
  district_.Must(ChangeCarriers(district_, manifest, {&district_.carrier}));
  EXPECT_THAT(CarriersOf(manifest),
              ElementsAre(district_.carrier.id, district_.carrier2.id, district_.carrier.id));
  Draft eight = ChangeCarriers(district_, manifest, {});
  for (int i = 0; i < 6; ++i) {
    Changed(eight).add_carriers()->set_organisation(
        (i % 2 == 0 ? district_.carrier : district_.carrier2).id);
  }
  Expect(eight, RuleId::kManifestCarriers, [&](Draft& draft) {
    Changed(draft).add_carriers()->set_organisation(district_.carrier.id);
  });
  district_.Must(
      district_.HandOver(district_.carrier2, district_.carrier, manifest, district_.truck));
  district_.Must(district_.Deliver(district_.carrier, manifest));
}

TEST_F(ManifestPapersTest, ANewCarriersVehicleForMedicalWasteIsDedicated) {
  const std::string manifest = district_.MedicalIssued();
  Draft valid = ChangeCarriers(district_, manifest, {&district_.carrier});
  Changed(valid).mutable_carriers(0)->set_vehicle(district_.medical_truck);
  SetParty(valid, 0, district_.hospital);
  Expect(valid, RuleId::kMedicalVehicle,
         [&](Draft& draft) { Changed(draft).mutable_carriers(0)->set_vehicle(district_.truck); });
}

// The one who signed first has the link; the other is told where the manifest stands.
TEST_F(ManifestPapersTest, OfAChangeAndAPickupInFlightTheFirstAdmittedStands) {
  const std::string manifest = district_.Issued({district_.Stored()}, true);
  const auto [parsed, attestations] = district_.Complete(Take(manifest));
  district_.Must(ChangeCarriers(district_, manifest, {&district_.carrier2}));
  const auto verdict = district_.TryParsed(parsed, attestations);
  EXPECT_TRUE(std::holds_alternative<Disputed>(*verdict)) << "two organisations claim it";
}

// --- Paper ---

class PaperTest : public ManifestPapersTest {
 protected:
  static constexpr const char* kCompleted = "2024-06-05";

  // A batch of 3 June; the manifest of 4 June was on paper.
  Draft IssueOnPaper() {
    Draft draft = Issue();
    OnPaper(Issued(draft), kCompleted);
    return draft.Claimed(ShanghaiMs(2024, 6, 4, 8));
  }
};

TEST_F(PaperTest, WhatHappenedOnPaperKeepsItsTimesForTenWorkingDays) {
  const Draft issue = IssueOnPaper();
  const std::string manifest = issue.message.manifest_issued().manifest();
  // The device has seen the log since, as any does that enters something now.
  district_.now_ms = ShanghaiMs(2024, 6, 12, 9);
  district_.Stored();
  Draft entered = issue;
  entered.seen = {district_.size()};
  EXPECT_TRUE(district_.Must(entered).empty());
  Draft take = Take(manifest).Claimed(ShanghaiMs(2024, 6, 4, 10));
  Taken(take).clear_official_number();
  Taken(take).set_taken_time_ms(ShanghaiMs(2024, 6, 4, 10));
  take.seen = {district_.size(), district_.size()};
  EXPECT_TRUE(district_.Must(take).empty()) << "and no official number is due";
  EXPECT_EQ(district_.Manifest(manifest).taken_time_ms(), ShanghaiMs(2024, 6, 4, 10));
  // Wednesday 5 June and ten working days, with the festival on the 10th: Thursday 20 June.
  district_.now_ms = ShanghaiMs(2024, 6, 20, 23);
  EXPECT_TRUE(
      district_
          .Must(district_.Deliver(district_.carrier, manifest).Claimed(ShanghaiMs(2024, 6, 5, 15)))
          .empty());
  EXPECT_TRUE(
      district_.Must(district_.Confirm(manifest).Claimed(ShanghaiMs(2024, 6, 5, 16))).empty());
  EXPECT_EQ(district_.Manifest(manifest).confirmed_time_ms(), ShanghaiMs(2024, 6, 5, 16));
}

TEST_F(PaperTest, LaterItIsMarkedAtEachStepAndTheRecordedTimeCounts) {
  const int64_t in_time = ShanghaiMs(2024, 6, 20, 23);
  const int64_t late = ShanghaiMs(2024, 6, 21, 1);
  Draft issue = IssueOnPaper();
  Issued(issue).add_carriers()->set_organisation(district_.carrier2.id);
  const std::string manifest = issue.message.manifest_issued().manifest();
  const auto expect_late = [&](const Draft& draft) {
    district_.now_ms = in_time;
    Expect(draft, RuleId::kPaperLate, [&](Draft&) { district_.now_ms = late; });
    const auto marks = ViolationsOf(*district_.Try(draft));
    EXPECT_TRUE(Has(marks, RuleId::kTimeOfAct)) << "outside the offline window too";
    district_.now_ms = in_time;
    district_.Must(draft);
  };
  expect_late(issue);
  expect_late(Take(manifest).Claimed(ShanghaiMs(2024, 6, 4, 10)));
  expect_late(HandOver(manifest).Claimed(ShanghaiMs(2024, 6, 4, 12)));
  expect_late(district_.Deliver(district_.carrier2, manifest).Claimed(ShanghaiMs(2024, 6, 5, 15)));
  // The delivery is in the log, with its own time: the paper's date counts no more.
  EXPECT_EQ(district_.Manifest(manifest).arrival_date(), kCompleted);
  expect_late(district_.Confirm(manifest).Claimed(ShanghaiMs(2024, 6, 5, 16)));
}

TEST_F(PaperTest, AManifestThatIsNotOnPaperHasTheOfflineWindow) {
  const Draft issue = Issue().Claimed(ShanghaiMs(2024, 6, 4, 8));
  district_.now_ms = ShanghaiMs(2024, 6, 12, 9);
  EXPECT_TRUE(Has(district_.Must(issue), RuleId::kTimeOfAct));
}

TEST_F(PaperTest, APaperNamesItsNumberItsReasonItsScanAndTheDay) {
  district_.now_ms = ShanghaiMs(2024, 6, 6);
  const Draft valid = IssueOnPaper();
  const auto paper = [](Draft& draft) -> v1::Paper& { return *Issued(draft).mutable_paper(); };
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { paper(draft).clear_number(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { paper(draft).clear_reason(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { paper(draft).set_scan_sha256("scan"); });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { paper(draft).set_completed_date("5 June"); });
}

// --- Pipeline ---

TEST_F(ManifestPapersTest, ADayOfPipelineIsAManifestConfirmedAndABatchReceived) {
  Draft draft = Pipe(district_);
  Piped(draft).set_received_mass_g(39'990'000);
  EXPECT_TRUE(Has(district_.Must(draft), RuleId::kReceiptDifference));
  const auto& event = draft.message.pipeline_transferred();
  const state::v1::ManifestState manifest = district_.Manifest(event.manifest());
  EXPECT_EQ(manifest.status(), state::v1::MANIFEST_STATUS_CONFIRMED);
  EXPECT_TRUE(manifest.pipeline());
  ASSERT_EQ(manifest.differences_size(), 1);
  EXPECT_EQ(manifest.differences(0).mass_difference_g(), -10'000);
  EXPECT_EQ(manifest.report_division(), "370781");
  const state::v1::BatchState batch = district_.Batch(event.batch());
  EXPECT_EQ(batch.custodian(), district_.plant.id);
  EXPECT_EQ(batch.generator(), district_.producer.id);
  EXPECT_EQ(batch.status(), state::v1::BATCH_STATUS_RECEIVED);
  EXPECT_EQ(batch.mass_g(), 39'990'000);
  EXPECT_EQ(FindHolding(batch, district_.plant.id)->since_date(), "2024-06-03");
  district_.Must(district_.Treat(district_.plant, event.batch(), district_.plant_furnace, "D10",
                                 v1::ENDING_DISPOSED));
  district_.Must(AttachNumber(district_, event.manifest()));
  district_.Must(Contest(district_, event.manifest()));
  // It has no carriers, and nothing on the road follows.
  for (const Draft& next : {Take(event.manifest()), HandOver(event.manifest()),
                            district_.Deliver(district_.carrier, event.manifest())}) {
    EXPECT_TRUE(Has(ViolationsOf(*district_.Try(next)), RuleId::kManifestState));
  }
}

TEST_F(ManifestPapersTest, PipelineTransfersAreJudgedAsFacts) {
  const Draft valid = Pipe(district_);
  Expect(valid, RuleId::kIdNew,
         [&](Draft& draft) { Piped(draft).set_manifest(district_.Issued({district_.Stored()})); });
  Expect(valid, RuleId::kIdNew, [&](Draft& draft) { Piped(draft).set_batch(district_.Stored()); });
  Expect(valid, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { Piped(draft).set_receiver_site(district_.hospital_site); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Piped(draft).clear_form(); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Piped(draft).set_transfer_date("today"); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Piped(draft).clear_sent_basis(); });
  Expect(valid, RuleId::kTimeFact,
         [](Draft& draft) { Piped(draft).set_transfer_date("2024-06-04"); });
  Expect(valid, RuleId::kCodeForm, [](Draft& draft) { Piped(draft).set_waste_code("oil"); });
  Expect(valid, RuleId::kCodeCatalogue,
         [](Draft& draft) { Piped(draft).set_waste_code("999-999-08"); });
  Expect(valid, RuleId::kMassPositive, [](Draft& draft) { Piped(draft).set_sent_mass_g(0); });
  Expect(valid, RuleId::kMassSum, [](Draft& draft) {
    v1::MassBasis& basis = *Piped(draft).mutable_sent_basis();
    basis.set_method(v1::MASS_METHOD_COUNTED);
    basis.set_count(3);
    basis.set_unit_mass_g(7);
  });
  Expect(valid, RuleId::kMethodKnown, [](Draft& draft) { Piped(draft).set_method_code("D99"); });
  Expect(valid, RuleId::kLicenceMethod, [](Draft& draft) { Piped(draft).set_method_code("D1"); });
  Expect(valid, RuleId::kLicenceReceiver,
         [](Draft& draft) { Piped(draft).set_waste_code("900-041-49"); });
  Expect(valid, RuleId::kReceiptDifference,
         [](Draft& draft) { Piped(draft).set_received_mass_g(39'999'999); });
  Expect(valid, RuleId::kWeightAlert,
         [](Draft& draft) { Piped(draft).set_received_mass_g(37'999'999); });
  Expect(valid, RuleId::kPartyTwo, [](Draft& draft) {
    draft.message.mutable_parties(1)->set_organisation(draft.message.parties(0).organisation());
    draft.devices[1] = draft.devices[0];
  });
  Draft chemical = valid;
  Piped(chemical).set_waste_code("841-004-01");
  Piped(chemical).set_method_code("Y10");
  Expect(chemical, RuleId::kMedicalMethod,
         [](Draft& draft) { Piped(draft).set_method_code("Y11"); });
  district_.now_ms = ShanghaiMs(2025, 3, 1);
  Expect(valid, RuleId::kCodeEdition,
         [](Draft& draft) { Piped(draft).set_waste_code("999-999-08"); });
}

TEST_F(ManifestPapersTest, AMassThatIsNoneIsComparedWithNothing) {
  for (const int64_t sent_g : {int64_t{-5}, INT64_MIN, INT64_MAX}) {
    Draft piped = Pipe(district_);
    Piped(piped).set_sent_mass_g(sent_g);
    const auto violations = ViolationsOf(*district_.Try(piped));
    EXPECT_TRUE(Has(violations, sent_g < 0 ? RuleId::kMassPositive : RuleId::kFormField)) << sent_g;
    EXPECT_FALSE(Has(violations, RuleId::kWeightAlert)) << sent_g;
  }
}

// Licensed for 5,000 t a year.
TEST_F(ManifestPapersTest, WhatThePipeBroughtCountsForLicencesAndPilots) {
  const auto weighs = [](int64_t mass_g) {
    return [mass_g](Draft& draft) {
      Piped(draft).set_sent_mass_g(mass_g);
      Piped(draft).set_received_mass_g(mass_g);
    };
  };
  Expect(Pipe(district_), RuleId::kLicenceAmount, weighs(5'000'000'001));
  Expect(Pipe(district_), RuleId::kLicenceExcess, weighs(6'000'000'000));
  Draft first = Pipe(district_);
  weighs(4'999'999'999)(first);
  district_.Must(first);
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try(Pipe(district_))), RuleId::kLicenceAmount));

  district_.Must(ApprovePilot(district_, district_.plant, "900-041-49", 500'000));
  Draft pilot = Pipe(district_);
  Piped(pilot).set_waste_code("900-041-49");
  weighs(500'000)(pilot);
  Expect(pilot, RuleId::kPilotCap, weighs(500'001));
  Expect(Pipe(district_), RuleId::kLicenceStands, [&](Draft&) {
    district_.Must(ChangeLicence(district_, district_.plant, v1::LICENCE_CHANGE_SUSPENDED));
  });
}

}  // namespace
}  // namespace cradle::rules::test
