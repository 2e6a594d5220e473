// What comes of each line of a manifest, and what follows a receipt: return, forward, contest.
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

class ReceiptRulesTest : public ManifestRulesTest {
 protected:
  // Delivered, of two batches of 250 kg, packed in two drums each.
  std::string DeliveredOfTwo() {
    const std::string manifest = district_.Issued({district_.Stored(), district_.Stored()});
    district_.Must(Take(manifest));
    district_.Must(district_.Deliver(district_.carrier, manifest));
    return manifest;
  }
  std::string BatchOf(const std::string& manifest, int line = 0) {
    return district_.Manifest(manifest).issued().lines(line).batch();
  }
  static v1::ReceivedLine& Line(Draft& draft, int line = 0) {
    return *Confirmed(draft).mutable_lines(line);
  }
};

TEST_F(ReceiptRulesTest, UnderTheFirstSetEveryLineIsAcceptedWhole) {
  District first(1);
  const std::string manifest = first.Delivered();
  const Draft valid = first.Confirm(manifest);
  ExpectRule(first, valid, RuleId::kReceiptLines,
             [](Draft& draft) { Line(draft).clear_outcome(); });
  ExpectRule(first, valid, RuleId::kEventInSet, [](Draft& draft) { RefuseLine(Line(draft)); });
  ExpectRule(first, valid, RuleId::kEventInSet,
             [](Draft& draft) { Line(draft).set_package_count(2); });
  EXPECT_TRUE(first.Must(valid).empty());
}

TEST_F(ReceiptRulesTest, EveryLineHasItsOutcomeInTheOrderOfTheManifest) {
  const Draft valid = district_.Confirm(DeliveredOfTwo());
  for (const auto& breaks : std::initializer_list<std::function<void(Draft&)>>{
           [](Draft& draft) { Confirmed(draft).mutable_lines()->SwapElements(0, 1); },
           [](Draft& draft) { Confirmed(draft).mutable_lines()->RemoveLast(); },
           [](Draft& draft) { Line(draft, 1).clear_outcome(); },
           [](Draft& draft) { Line(draft).set_outcome(v1::LINE_OUTCOME_REFUSED); },
           [](Draft& draft) { Line(draft).set_refusal_reason(v1::REFUSAL_REASON_MASS); },
           [](Draft& draft) { Line(draft).set_accepted_mass_g(250'000); },
           [&](Draft& draft) { Line(draft).set_remainder_batch(district_.NewId()); },
           [](Draft& draft) { AcceptPart(Line(draft), 100'000, ""); },
           [&](Draft& draft) { AcceptPart(Line(draft), 0, district_.NewId()); },
           [&](Draft& draft) { AcceptPart(Line(draft), 250'000, district_.NewId()); }}) {
    Expect(valid, RuleId::kReceiptOutcome, breaks);
  }
  Draft partly = valid;
  AcceptPart(Line(partly), 100'000, district_.NewId());
  Expect(partly, RuleId::kIdNew,
         [&](Draft& draft) { Line(draft).set_remainder_batch(district_.Stored()); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Line(draft).set_note_sha256("short"); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Line(draft).set_line_mass_g(-1); });
}

TEST_F(ReceiptRulesTest, EachKindOfDifferenceIsComputedMarkedAndReported) {
  const std::string manifest = DeliveredOfTwo();
  const Draft valid = district_.Confirm(manifest);
  Expect(valid, RuleId::kDifferencePackaging,
         [](Draft& draft) { Line(draft).set_packaging(v1::PACKAGING_BAG); });
  Expect(valid, RuleId::kDifferencePackaging,
         [](Draft& draft) { Line(draft).set_package_count(1); });
  Expect(valid, RuleId::kDifferenceForm,
         [](Draft& draft) { Line(draft).set_form(v1::PHYSICAL_FORM_SOLID); });
  Expect(valid, RuleId::kDifferenceProperty,
         [](Draft& draft) { Line(draft).set_observed_waste_code("900-217-08"); });
  Expect(valid, RuleId::kCodeForm,
         [](Draft& draft) { Line(draft).set_observed_waste_code("waste oil"); });
  Expect(valid, RuleId::kDifferenceOther, [](Draft& draft) {
    RefuseLine(Line(draft));
    Confirmed(draft).set_total_received_mass_g(250'000);
  });
  Draft same = valid;
  Line(same).set_packaging(v1::PACKAGING_DRUM);
  Line(same).set_package_count(2);
  Line(same).set_form(v1::PHYSICAL_FORM_LIQUID);
  Line(same).set_observed_waste_code("900-214-08");
  EXPECT_TRUE(std::get<Admitted>(*district_.Try(same)).marks.empty());

  Draft differs = valid;
  Line(differs, 1).set_received_mass_g(249'999);
  Line(differs, 1).set_package_count(3);
  Line(differs, 1).set_form(v1::PHYSICAL_FORM_SEMI_SOLID);
  Confirmed(differs).set_total_received_mass_g(499'999);
  district_.Must(differs);
  const state::v1::ManifestState state = district_.Manifest(manifest);
  ASSERT_EQ(state.differences_size(), 1) << "of the line that has any";
  EXPECT_EQ(state.differences(0).line(), 1u);
  EXPECT_EQ(state.differences(0).mass_difference_g(), -1) << "no tolerance exists";
  EXPECT_THAT(state.differences(0).kinds(),
              ElementsAre(state::v1::DIFFERENCE_KIND_QUANTITY, state::v1::DIFFERENCE_KIND_PACKAGING,
                          state::v1::DIFFERENCE_KIND_FORM));
  EXPECT_EQ(state.report_division(), "370781") << "of the receiving place";
}

TEST_F(ReceiptRulesTest, WhatIsReceivedAsSentIsNotReported) {
  const std::string manifest = district_.Delivered();
  EXPECT_TRUE(district_.Must(district_.Confirm(manifest)).empty());
  EXPECT_TRUE(district_.Manifest(manifest).differences().empty());
  EXPECT_EQ(district_.Manifest(manifest).report_division(), "");
}

TEST_F(ReceiptRulesTest, WhatIsRefusedStaysTheConsignorsAndItsClockRunsOn) {
  const std::string manifest = DeliveredOfTwo();
  const std::string refused = BatchOf(manifest);
  Draft confirm = district_.Confirm(manifest);
  RefuseLine(Line(confirm));
  Confirmed(confirm).set_total_received_mass_g(250'000);
  district_.Must(confirm);
  const state::v1::BatchState state = district_.Batch(refused);
  EXPECT_EQ(state.status(), state::v1::BATCH_STATUS_REFUSED);
  EXPECT_EQ(state.custodian(), district_.producer.id);
  EXPECT_EQ(state.site(), district_.plant_site) << "where it lies";
  EXPECT_EQ(state.facility(), "");
  EXPECT_EQ(state.manifest(), "");
  EXPECT_EQ(state.mass_g(), 250'000);
  EXPECT_NE(FindHolding(state, district_.producer.id), nullptr);
  EXPECT_EQ(FindHolding(state, district_.plant.id), nullptr);
  EXPECT_EQ(district_.Batch(BatchOf(manifest, 1)).custodian(), district_.plant.id);
  EXPECT_EQ(district_.Manifest(manifest).status(), state::v1::MANIFEST_STATUS_CONFIRMED);
  EXPECT_EQ(district_.Manifest(manifest).report_division(), "370781");
  // Neither side may store or burn it where it lies.
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try(
                      district_.Store(district_.producer, refused, district_.producer_store))),
                  RuleId::kBatchState));
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try(
                      district_.Store(district_.plant, refused, district_.plant_store))),
                  RuleId::kCustodyHolder));
}

TEST_F(ReceiptRulesTest, OfALinePartlyAcceptedTheRestBecomesABatchOfItsOwn) {
  const std::string manifest = district_.Delivered();
  const std::string batch = BatchOf(manifest);
  const std::string rest = district_.NewId();
  Draft confirm = district_.Confirm(manifest);
  Line(confirm).set_received_mass_g(249'000);
  Confirmed(confirm).set_total_received_mass_g(249'000);
  AcceptPart(Line(confirm), 200'000, rest);
  district_.Must(confirm);
  const state::v1::BatchState accepted = district_.Batch(batch);
  EXPECT_EQ(accepted.mass_g(), 200'000);
  EXPECT_EQ(accepted.custodian(), district_.plant.id);
  EXPECT_THAT(accepted.children(), ElementsAre(rest));
  const state::v1::BatchState refused = district_.Batch(rest);
  EXPECT_EQ(refused.mass_g(), 49'000);
  EXPECT_EQ(refused.status(), state::v1::BATCH_STATUS_REFUSED);
  EXPECT_EQ(refused.custodian(), district_.producer.id);
  EXPECT_EQ(refused.generator(), district_.producer.id);
  EXPECT_EQ(refused.waste_code(), accepted.waste_code());
  EXPECT_THAT(refused.parents(), ElementsAre(batch));
  EXPECT_EQ(FindHolding(refused, district_.producer.id)->since_date(),
            FindHolding(accepted, district_.producer.id)->since_date())
      << "it has lain as long";
  EXPECT_EQ(FindHolding(refused, district_.plant.id), nullptr);
  district_.Must(Return(district_, manifest, {rest}));
  EXPECT_EQ(district_.Manifest(manifest).status(), state::v1::MANIFEST_STATUS_CONFIRMED)
      << "not all of it came back";
}

TEST_F(ReceiptRulesTest, ForWhatIsRefusedNoLicenceIsAskedAndForWhatIsSeenOneIs) {
  const std::string manifest = district_.Delivered();
  Expect(district_.Confirm(manifest), RuleId::kLicenceReceiver,
         [](Draft& draft) { Line(draft).set_observed_waste_code("900-217-08"); });
  Draft refused = RefuseAll(district_, manifest);
  Line(refused).set_observed_waste_code("900-217-08");
  EXPECT_FALSE(Has(district_.Must(refused), RuleId::kLicenceReceiver));
}

// A year's amount is what was accepted, not what was sent.
TEST_F(ReceiptRulesTest, WhatIsRefusedCountsAgainstNoLicence) {
  const Plant other = NewPlant(district_);
  const auto send = [&] {
    const std::string batch = district_.NewId();
    district_.Must(
        district_.Generate(district_.producer, district_.producer_site, batch, 3'000'000'000));
    Draft issue =
        district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier});
    Issued(issue).set_receiver(other.actor.id);
    Issued(issue).set_receiver_site(other.site);
    return issue;
  };
  const Draft first = send();
  const std::string manifest = first.message.manifest_issued().manifest();
  district_.Must(first);
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try(send())), RuleId::kLicenceAmount));
  district_.Must(Take(manifest));
  Draft deliver = district_.Deliver(district_.carrier, manifest);
  SetParty(deliver, 1, other.actor);
  district_.Must(deliver);
  Draft refuse = RefuseAll(district_, manifest);
  SetParty(refuse, 0, other.actor);
  district_.Must(refuse);
  EXPECT_FALSE(Has(ViolationsOf(*district_.Try(send())), RuleId::kLicenceAmount));
}

TEST_F(ReceiptRulesTest, FiveWorkingDaysAfterTheDeliveryItIsLate) {
  // Delivered on Monday 3 June 2024; Monday 10 June is the Dragon Boat festival.
  const std::string manifest = district_.Delivered();
  district_.now_ms = ShanghaiMs(2024, 6, 11, 23);
  Expect(district_.Confirm(manifest), RuleId::kConfirmationLate,
         [&](Draft&) { district_.now_ms = ShanghaiMs(2024, 6, 12); });
}

// --- Return and forward ---

TEST_F(ReceiptRulesTest, RefusedWasteComesBackToItsConsignorWhereItsClockHasRunOn) {
  const std::string manifest = DeliveredOfTwo();
  const std::string a = BatchOf(manifest, 0);
  const std::string b = BatchOf(manifest, 1);
  district_.Must(RefuseAll(district_, manifest));
  const std::string since = FindHolding(district_.Batch(a), district_.producer.id)->since_date();
  district_.now_ms += 3 * kDayMs;
  const Draft valid = Return(district_, manifest, {a});
  const auto event = [](Draft& draft) -> v1::LoadReturned& {
    return *draft.message.mutable_load_returned();
  };
  Expect(valid, RuleId::kManifestKnown,
         [&](Draft& draft) { event(draft).set_manifest(district_.NewId()); });
  Expect(valid, RuleId::kManifestState,
         [&](Draft& draft) { event(draft).set_manifest(district_.Taken()); });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 1, district_.hospital); });
  Expect(valid, RuleId::kReturnBatches, [&](Draft& draft) { event(draft).clear_batches(); });
  Expect(valid, RuleId::kReturnBatches,
         [&](Draft& draft) { event(draft).set_batches(0, district_.Stored()); });
  Expect(valid, RuleId::kReturnBatches,
         [&](Draft& draft) { event(draft).set_batches(0, BatchOf(RefusedManifest(district_))); });
  Expect(valid, RuleId::kVehicleRegistered,
         [&](Draft& draft) { event(draft).set_vehicle(district_.truck2); });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { event(draft).set_returned_time_ms(district_.now_ms + 1); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_returned_time_ms(); });
  Expect(valid, RuleId::kLicenceCarrier,
         [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });

  District suspended = district_;
  ExpectRule(suspended, valid, RuleId::kLicenceStands, [&](Draft&) {
    suspended.Must(ChangeLicence(suspended, suspended.carrier, v1::LICENCE_CHANGE_SUSPENDED));
  });

  district_.Must(valid);
  const state::v1::BatchState back = district_.Batch(a);
  EXPECT_EQ(back.status(), state::v1::BATCH_STATUS_GENERATED);
  EXPECT_EQ(back.site(), district_.producer_site);
  EXPECT_EQ(back.refused_manifest(), "");
  EXPECT_EQ(district_.Manifest(manifest).status(), state::v1::MANIFEST_STATUS_CONFIRMED);
  EXPECT_TRUE(
      Has(ViolationsOf(*district_.Try(Return(district_, manifest, {a}))), RuleId::kReturnBatches))
      << "once";
  district_.Must(district_.Store(district_.producer, a, district_.producer_store));
  EXPECT_EQ(FindHolding(district_.Batch(a), district_.producer.id)->since_date(), since)
      << "as if it had never left";
  district_.Must(Return(district_, manifest, {b}));
  EXPECT_EQ(district_.Manifest(manifest).status(), state::v1::MANIFEST_STATUS_RETURNED);
}

TEST_F(ReceiptRulesTest, RefusedMedicalWasteComesBackOnADedicatedVehicle) {
  const std::string manifest = district_.MedicalIssued();
  district_.Must(
      district_.Take(district_.hospital, district_.carrier, manifest, district_.medical_truck));
  district_.Must(district_.Deliver(district_.carrier, manifest));
  district_.Must(RefuseAll(district_, manifest));
  Draft valid = Return(district_, manifest, {BatchOf(manifest)});
  SetParty(valid, 1, district_.hospital);
  valid.message.mutable_load_returned()->set_vehicle(district_.medical_truck);
  Expect(valid, RuleId::kMedicalVehicle, [&](Draft& draft) {
    draft.message.mutable_load_returned()->set_vehicle(district_.truck);
  });
}

TEST_F(ReceiptRulesTest, WhoCollectedItHasItBackAsReceived) {
  district_.Must(district_.GrantLicence(district_.carrier, v1::LICENCE_KIND_TRANSPORT, "HW08"));
  const Plant other = NewPlant(district_);
  const std::string batch = district_.Received();
  Draft issue = district_.Issue(district_.plant, district_.NewId(), {batch}, {&district_.carrier});
  Issued(issue).set_receiver(other.actor.id);
  Issued(issue).set_receiver_site(other.site);
  const std::string manifest = issue.message.manifest_issued().manifest();
  district_.Must(issue);
  district_.Must(district_.Take(district_.plant, district_.carrier, manifest, district_.truck));
  Draft deliver = district_.Deliver(district_.carrier, manifest);
  SetParty(deliver, 1, other.actor);
  district_.Must(deliver);
  Draft refuse = RefuseAll(district_, manifest);
  SetParty(refuse, 0, other.actor);
  district_.Must(refuse);
  Draft back = Return(district_, manifest, {batch});
  SetParty(back, 1, district_.plant);
  district_.Must(back);
  EXPECT_EQ(district_.Batch(batch).status(), state::v1::BATCH_STATUS_RECEIVED);
  EXPECT_EQ(district_.Batch(batch).site(), district_.plant_site);
  district_.Must(district_.Store(district_.plant, batch, district_.plant_store));
}

TEST_F(ReceiptRulesTest, RefusedWasteGoesOnToAnotherReceiverFromWhereItLies) {
  const Plant other = NewPlant(district_);
  const std::string manifest = RefusedManifest(district_);
  const std::string batch = BatchOf(manifest);
  const Draft valid = Forward(district_, manifest, other);
  Expect(valid, RuleId::kForwardRefused,
         [](Draft& draft) { Issued(draft).clear_forwards_manifest(); });
  Expect(valid, RuleId::kForwardRefused, [&](Draft& draft) {
    Issued(draft).set_receiver(district_.plant.id);
    Issued(draft).set_receiver_site(district_.plant_site);
  });
  Expect(valid, RuleId::kForwardRefused,
         [&](Draft& draft) { Issued(draft).set_forwards_manifest(RefusedManifest(district_)); });
  Expect(valid, RuleId::kForwardRefused,
         [&](Draft& draft) { Issued(draft).mutable_lines(0)->set_batch(district_.Stored()); });
  district_.Must(valid);
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try(Return(district_, manifest, {batch}))),
                  RuleId::kReturnBatches))
      << "it is on its way";
  const std::string second = valid.message.manifest_issued().manifest();
  District cancelled = district_;
  cancelled.Must(cancelled.Cancel(cancelled.producer, second));
  EXPECT_EQ(cancelled.Batch(batch).status(), state::v1::BATCH_STATUS_REFUSED);
  cancelled.Must(Return(cancelled, manifest, {batch}));

  district_.Must(Take(second));
  Draft deliver = district_.Deliver(district_.carrier, second);
  SetParty(deliver, 1, other.actor);
  district_.Must(deliver);
  Draft confirm = district_.Confirm(second);
  SetParty(confirm, 0, other.actor);
  district_.Must(confirm);
  EXPECT_EQ(district_.Batch(batch).custodian(), other.actor.id);
  EXPECT_EQ(district_.Batch(batch).refused_manifest(), "");
}

// --- Contest ---

TEST_F(ReceiptRulesTest, TheConsignorContestsAConfirmedReceiptInTime) {
  const std::string manifest = district_.Delivered();
  EXPECT_TRUE(
      Has(ViolationsOf(*district_.Try(Contest(district_, manifest))), RuleId::kManifestState))
      << "not confirmed yet";
  district_.Must(district_.Confirm(manifest));
  const Draft valid = Contest(district_, manifest);
  const auto event = [](Draft& draft) -> v1::ReceiptContested& {
    return *draft.message.mutable_receipt_contested();
  };
  Expect(valid, RuleId::kManifestKnown,
         [&](Draft& draft) { event(draft).set_manifest(district_.NewId()); });
  Expect(valid, RuleId::kManifestState,
         [&](Draft& draft) { event(draft).set_manifest(district_.Taken()); });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_reason(); });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { event(draft).add_evidence_sha256("a photo"); });
  Expect(valid, RuleId::kContestBatches, [&](Draft& draft) { event(draft).clear_batches(); });
  Expect(valid, RuleId::kContestBatches,
         [&](Draft& draft) { event(draft).add_batches(event(draft).batches(0)); });
  Expect(valid, RuleId::kContestBatches,
         [&](Draft& draft) { event(draft).set_batches(0, district_.Stored()); });
  // Confirmed on 3 June: thirty days.
  district_.now_ms = ShanghaiMs(2024, 7, 3, 23);
  Expect(valid, RuleId::kContestLate, [&](Draft&) { district_.now_ms = ShanghaiMs(2024, 7, 4); });
  district_.now_ms = ShanghaiMs(2024, 7, 3, 23);
  Expect(valid, RuleId::kContestOpen, [&](Draft&) { district_.Must(valid); });
}

TEST_F(ReceiptRulesTest, WhatBecameOfTheWasteIsContestedAfterThat) {
  const std::string manifest = district_.Delivered();
  const std::string batch = BatchOf(manifest);
  district_.Must(district_.Confirm(manifest));
  district_.now_ms += 100 * kDayMs;
  Draft contest = Contest(district_, manifest);
  contest.message.mutable_receipt_contested()->set_reason(v1::CONTEST_REASON_TREATMENT);
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try(contest)), RuleId::kContestLate));
  district_.Must(
      district_.Treat(district_.plant, batch, district_.plant_furnace, "D10", v1::ENDING_DISPOSED));
  district_.Must(contest);
}

TEST_F(ReceiptRulesTest, ContestsAndTheirDocumentsHaveANumber) {
  const std::string manifest = district_.Delivered();
  district_.Must(district_.Confirm(manifest));
  const auto limit = [&](std::string_view name) {
    return static_cast<int>(*district_.data().Limit(name, absl::CivilDay(2024, 6, 3)));
  };
  Draft contest = Contest(district_, manifest);
  auto& evidence = *contest.message.mutable_receipt_contested()->mutable_evidence_sha256();
  while (evidence.size() < limit("documents_max")) *evidence.Add() = std::string(32, 'e');
  Expect(contest, RuleId::kFormField, [](Draft& draft) {
    draft.message.mutable_receipt_contested()->add_evidence_sha256(std::string(32, 'e'));
  });
  for (int i = 1; i < limit("contests_max"); ++i) {
    district_.Must(Contest(district_, manifest));
    district_.Must(Resolve(district_, manifest));
  }
  Expect(Contest(district_, manifest), RuleId::kContestOpen, [&](Draft&) {
    district_.Must(Contest(district_, manifest));
    district_.Must(Resolve(district_, manifest));
  });
}

TEST_F(ReceiptRulesTest, BothPartiesOrARegulatorResolveAContest) {
  const std::string manifest = district_.Delivered();
  district_.Must(district_.Confirm(manifest));
  const Draft both = Resolve(district_, manifest);
  EXPECT_TRUE(Has(ViolationsOf(*district_.Try(both)), RuleId::kContestOpen)) << "nothing is open";
  district_.Must(Contest(district_, manifest));
  const auto event = [](Draft& draft) -> v1::ContestResolved& {
    return *draft.message.mutable_contest_resolved();
  };
  Expect(both, RuleId::kContestOpen, [&](Draft& draft) {
    const std::string other = district_.Delivered();
    district_.Must(district_.Confirm(other));
    event(draft).set_manifest(other);
  });
  Expect(both, RuleId::kManifestKnown,
         [&](Draft& draft) { event(draft).set_manifest(district_.NewId()); });
  Expect(both, RuleId::kManifestState,
         [&](Draft& draft) { event(draft).set_manifest(district_.Taken()); });
  Expect(both, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 1, district_.hospital); });
  Expect(both, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_resolution(); });
  Expect(both, RuleId::kFormField,
         [&](Draft& draft) { event(draft).add_evidence_sha256("minutes"); });
  Expect(both, RuleId::kPartyTwo, [&](Draft& draft) {
    draft.message.mutable_parties(1)->set_organisation(district_.producer.id);
    draft.devices[1] = draft.devices[0];
  });

  Draft regulator = both;
  regulator.message.clear_parties();
  regulator.devices.clear();
  regulator.By(district_.bureau.handler, v1::CAPACITY_REGULATOR);
  Expect(regulator, RuleId::kRegulatorAuthority,
         [&](Draft& draft) { SetParty(draft, 0, district_.plant); });
  Expect(regulator, RuleId::kRegulatorDivision, [&](Draft& draft) {
    Actor elsewhere;
    elsewhere.id = district_.NewId();
    elsewhere.administrator = district_.NewDevice(elsewhere.id);
    elsewhere.handler = district_.NewDevice(elsewhere.id);
    district_.Must(district_.RegisterOrganisation(
        elsewhere.id, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370705"));
    district_.Must(district_.Enrol(district_.bureau.administrator, v1::CAPACITY_REGULATOR,
                                   elsewhere.administrator, {v1::KEY_ROLE_ADMINISTRATOR}));
    district_.Must(district_.Enrol(elsewhere.administrator, v1::CAPACITY_ORGANISATION,
                                   elsewhere.handler, {v1::KEY_ROLE_OPERATOR}));
    SetParty(draft, 0, elsewhere);
  });
  District ruled = district_;
  ruled.Must(regulator);
  EXPECT_NE(ruled.Manifest(manifest).contests(0).resolved_index(), 0u);
  district_.Must(both);
  EXPECT_EQ(district_.Manifest(manifest).contests(0).resolution(), v1::CONTEST_RESOLUTION_SETTLED);
  district_.Must(Contest(district_, manifest));  // the next one may be opened
}

}  // namespace
}  // namespace cradle::rules::test
