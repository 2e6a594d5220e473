// EIA, discharge permit and plan of the producer; pilots and facilities that a group shares.
#include <gtest/gtest.h>

#include <random>

#include "services/rules/state_keys.h"
#include "tests/services/rules/drafts_correction.h"
#include "tests/services/rules/drafts_permit.h"

namespace cradle::rules::test {
namespace {

class PermitRulesTest : public testing::Test {
 protected:
  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  bool Returns(const Draft& draft, RuleId rule) {
    return Has(ViolationsOf(*district_.Try(draft)), rule);
  }
  std::function<void(Draft&)> By(const Actor& actor) {
    return [&actor](Draft& draft) { SetParty(draft, 0, actor.id, actor.administrator); };
  }
  void ExpectRegulator(const Draft& valid) {
    const Actor elsewhere =
        EnrolNew(district_, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370784");
    Expect(valid, RuleId::kRegulatorDivision, By(elsewhere));
    Expect(valid, RuleId::kRegulatorAuthority, By(district_.carrier));
  }
  Draft Generate(int64_t mass_g, const std::string& code = "900-214-08") {
    return district_.Generate(district_.producer, district_.producer_site, district_.NewId(),
                              mass_g, code);
  }
  int Marks(const Draft& draft, RuleId rule) {
    int count = 0;
    for (const Violation& violation : ViolationsOf(*district_.Try(draft))) {
      count += violation.rule == FindRule(rule).id ? 1 : 0;
    }
    return count;
  }
  static v1::PermitRegistered& Permit(Draft& draft) {
    return *draft.message.mutable_permit_registered();
  }
  District district_;
};

// --- Permits ---

TEST_F(PermitRulesTest, APermitIsWellFormedAndOfASiteOfTheOrganisation) {
  const Draft eia = RegisterPermit(district_, v1::PERMIT_KIND_EIA);
  Expect(eia, RuleId::kFormField, [](Draft& draft) { Permit(draft).clear_document_number(); });
  Expect(eia, RuleId::kFormField, [](Draft& draft) { Permit(draft).set_document_sha256("x"); });
  Expect(eia, RuleId::kFormField, [](Draft& draft) { Permit(draft).clear_wastes(); });
  Expect(eia, RuleId::kFormField,
         [](Draft& draft) { *Permit(draft).add_wastes() = Permit(draft).wastes(0); });
  Expect(eia, RuleId::kFormField,
         [](Draft& draft) { Permit(draft).mutable_wastes(0)->set_annual_mass_g(-1); });
  Expect(eia, RuleId::kFormField, [](Draft& draft) { Permit(draft).set_year(2024); });
  Expect(eia, RuleId::kFormField, [](Draft& draft) { Permit(draft).clear_valid_from_date(); });
  Expect(eia, RuleId::kFormField,
         [](Draft& draft) { Permit(draft).set_valid_to_date("2021-12-31"); });
  Expect(eia, RuleId::kCodeForm,
         [](Draft& draft) { Permit(draft).mutable_wastes(0)->set_waste_code("HW08"); });
  Expect(eia, RuleId::kOrganisationKnown,
         [&](Draft& draft) { Permit(draft).set_organisation(district_.NewId()); });
  Expect(eia, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { Permit(draft).set_site(district_.hospital_site); });
  const Draft plan = RegisterPermit(district_, v1::PERMIT_KIND_PLAN);
  Expect(plan, RuleId::kFormField, [](Draft& draft) { Permit(draft).set_year(0); });
  Expect(plan, RuleId::kFormField,
         [](Draft& draft) { Permit(draft).set_valid_from_date("2024-01-01"); });
}

TEST_F(PermitRulesTest, APlanIsTheOrganisationsOwnAndAllElseAnAuthoritysToo) {
  Expect(RegisterPermit(district_, v1::PERMIT_KIND_PLAN), RuleId::kPartySelf,
         By(district_.hospital));
  Expect(RegisterPermit(district_, v1::PERMIT_KIND_PLAN), RuleId::kPartyCapacities,
         [&](Draft& draft) {
           Permit(draft).set_kind(v1::PERMIT_KIND_EIA);
           Permit(draft).set_year(0);
           Permit(draft).set_valid_from_date("2024-01-01");
         });
  ExpectRegulator(RegisterPermit(district_, v1::PERMIT_KIND_DISCHARGE_PERMIT));
  Draft both = RegisterPermit(district_, v1::PERMIT_KIND_EIA);
  both.message.clear_parties();
  both.devices.clear();
  both.By(district_.producer.administrator, v1::CAPACITY_ORGANISATION)
      .By(district_.bureau.administrator, v1::CAPACITY_REGULATOR);
  Expect(both, RuleId::kPartyTwo, [&](Draft& draft) {
    SetParty(draft, 1, district_.producer.id, district_.producer.administrator);
  });
  district_.Must(both);
}

TEST_F(PermitRulesTest, WasteMissingFromADocumentIsMarkedOnceForEach) {
  const Draft generate = Generate(1'000);
  const Draft stock = district_.DeclareStock(district_.producer, district_.producer_site,
                                             district_.producer_store, district_.NewId());
  EXPECT_EQ(Marks(generate, RuleId::kPermitCode), 0) << "a site with no document at all";
  district_.Must(RegisterPermit(district_, v1::PERMIT_KIND_EIA));
  district_.Must(RegisterPermit(district_, v1::PERMIT_KIND_DISCHARGE_PERMIT));
  EXPECT_EQ(Marks(generate, RuleId::kPermitCode), 0);
  Expect(generate, RuleId::kPermitCode,
         [&](Draft& draft) { draft = Generate(1'000, "900-217-08"); });
  EXPECT_EQ(Marks(Generate(1'000, "900-217-08"), RuleId::kPermitCode), 2);
  Expect(stock, RuleId::kPermitCode, [](Draft& draft) {
    draft.message.mutable_stock_declared()->set_waste_code("900-217-08");
  });
  district_.Must(RegisterPermit(district_, v1::PERMIT_KIND_PLAN, "900-217-08"));
  EXPECT_EQ(Marks(generate, RuleId::kPermitCode), 1) << "not in the plan";
  // A plan for the year takes the place of the one before.
  district_.Must(RegisterPermit(district_, v1::PERMIT_KIND_PLAN));
  EXPECT_EQ(Marks(generate, RuleId::kPermitCode), 0);
  district_.now_ms = ShanghaiMs(2027, 1, 1, 12);
  EXPECT_EQ(Marks(Generate(1'000, "900-217-08"), RuleId::kPermitCode), 0) << "none is in force";
}

TEST_F(PermitRulesTest, OverTheAmountOfTheYearIsMarkedByTheSumOfWhatWasGenerated) {
  district_.Must(RegisterPermit(district_, v1::PERMIT_KIND_EIA));
  std::mt19937 random(7);
  int64_t sum = 0;
  while (sum < 900'000) {
    const auto mass_g = static_cast<int64_t>(1 + random() % 50'000);
    district_.Must(Generate(mass_g));
    district_.Must(Generate(mass_g, "900-217-08"));  // counted apart
    sum += mass_g;
  }
  Expect(Generate(1'000'000 - sum), RuleId::kPermitAmount,
         [&](Draft& draft) { draft = Generate(1'000'001 - sum); });
  Draft at_once = RegisterPermit(district_, v1::PERMIT_KIND_EIA);
  Permit(at_once).mutable_wastes(0)->set_annual_mass_g(0);
  district_.Must(at_once);
  EXPECT_EQ(Marks(Generate(1'000'001), RuleId::kPermitAmount), 0) << "it names no amount";
  district_.Must(RegisterPermit(district_, v1::PERMIT_KIND_EIA));
  district_.now_ms = ShanghaiMs(2025, 1, 1, 12);
  EXPECT_EQ(Marks(Generate(1'000'000), RuleId::kPermitAmount), 0) << "another year";
}

TEST_F(PermitRulesTest, ACorrectedBatchCountsAsItIsAndAVoidOneNotAtAll) {
  district_.Must(RegisterPermit(district_, v1::PERMIT_KIND_EIA));
  const Draft generate = Generate(600'000);
  district_.Must(generate);
  const std::string batch = generate.message.batch_generated().batch();
  Draft amend = Amend(district_, district_.producer, batch, false);
  v1::BatchAmended& event = *amend.message.mutable_batch_amended();
  event.set_amended_mass_g(700'000);
  event.mutable_mass_basis()->set_method(v1::MASS_METHOD_ESTIMATED);
  district_.Must(amend);
  EXPECT_EQ(Marks(Generate(300'000), RuleId::kPermitAmount), 0);
  EXPECT_EQ(Marks(Generate(300'001), RuleId::kPermitAmount), 1);
  district_.Must(Void(district_.producer, batch, district_.bureau));
  EXPECT_EQ(Marks(Generate(1'000'000), RuleId::kPermitAmount), 0);
}

// --- Pilots: HW49, for which the plant has no licence ---

class PilotRulesTest : public PermitRulesTest {
 protected:
  PilotRulesTest() {
    district_.Must(district_.GrantLicence(district_.carrier, v1::LICENCE_KIND_TRANSPORT, "HW49"));
  }
  static constexpr const char* kCode = "900-041-49";
  Draft Issue(int64_t mass_g = 250'000) {
    const std::string batch = district_.NewId();
    district_.Must(
        district_.Generate(district_.producer, district_.producer_site, batch, mass_g, kCode));
    return district_.Issue(district_.producer, district_.NewId(), {batch}, {&district_.carrier});
  }
  std::string Issued(int64_t mass_g = 250'000) {
    const Draft draft = Issue(mass_g);
    district_.Must(draft);
    return draft.message.manifest_issued().manifest();
  }
  Draft Take(const std::string& manifest) {
    return district_.Take(district_.producer, district_.carrier, manifest, district_.truck);
  }
  Draft To(Draft draft, const std::string& facility) {
    v1::ManifestIssued& event = *draft.message.mutable_manifest_issued();
    event.set_receiver(district_.hospital.id);
    event.set_receiver_site(district_.hospital_site);
    event.set_receiver_facility(facility);
    return draft;
  }
};

TEST_F(PilotRulesTest, APilotIsWellFormedAndByAnAuthorityOfBoth) {
  const Draft valid = ApprovePilot(district_, district_.plant, kCode, 500'000);
  const auto event = [](Draft& draft) -> v1::PilotApproved& {
    return *draft.message.mutable_pilot_approved();
  };
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_pilot_number(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).set_cap_mass_g(0); });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { event(draft).set_valid_to_date("2023-12-31"); });
  Expect(valid, RuleId::kCodeForm, [&](Draft& draft) { event(draft).set_waste_code("HW49"); });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { event(draft).set_producer(district_.NewId()); });
  ExpectRegulator(valid);
}

TEST_F(PilotRulesTest, ItsUserTakesThatWasteOfThatProducerWithoutALicenceWithinItsCap) {
  EXPECT_TRUE(Returns(Issue(), RuleId::kLicenceReceiver));
  district_.Must(ApprovePilot(district_, district_.plant, kCode, 500'000));
  const std::string a = Issued();
  Expect(Issue(), RuleId::kPilotCap, [&](Draft& draft) { draft = Issue(250'001); });
  const std::string b = Issued();
  district_.Must(Take(a));
  district_.Must(district_.Deliver(district_.carrier, a));
  Draft more = district_.Confirm(a);
  const Draft as_sent = more;
  v1::ReceiptConfirmed& event = *more.message.mutable_receipt_confirmed();
  event.mutable_lines(0)->set_received_mass_g(250'001);
  event.set_total_received_mass_g(250'001);
  Expect(as_sent, RuleId::kPilotCap, [&](Draft& draft) { draft = more; });
  EXPECT_FALSE(Returns(Take(b), RuleId::kPilotCap));
  district_.Must(more);
  EXPECT_TRUE(Returns(Take(b), RuleId::kPilotCap));
  district_.Must(Take(b));
  EXPECT_TRUE(Returns(district_.Deliver(district_.carrier, b), RuleId::kPilotCap));
  // It is used without a licence too, while the pilot lasts.
  const Draft treat =
      district_.Treat(district_.plant, district_.Manifest(a).issued().lines(0).batch(),
                      district_.plant_furnace, "D10", v1::ENDING_DISPOSED);
  EXPECT_FALSE(Returns(treat, RuleId::kLicenceReceiver));
  district_.now_ms = ShanghaiMs(2025, 1, 1, 12);
  EXPECT_TRUE(Returns(treat, RuleId::kLicenceReceiver));
}

TEST_F(PilotRulesTest, ItsCounterIsTheSumOfWhatStandsAndWhatWasReceived) {
  district_.Must(ApprovePilot(district_, district_.plant, kCode, 1'000'000'000));
  std::mt19937 random(3);
  std::map<std::string, int64_t> counts;
  for (int step = 0; step < 60; ++step) {
    if (counts.empty() || random() % 3 == 0) counts[Issued()] = 250'000;
    const auto one = std::next(counts.begin(), static_cast<long>(random() % counts.size()));
    if (random() % 5 == 0) {
      if (district_.Submit(district_.Cancel(district_.producer, one->first))) one->second = 0;
    } else if (district_.Manifest(one->first).status() == state::v1::MANIFEST_STATUS_ISSUED) {
      district_.Submit(Take(one->first));
    } else if (!district_.Submit(district_.Deliver(district_.carrier, one->first))) {
      district_.Submit(district_.Confirm(one->first));
    }
    int64_t sum = 0;
    for (const auto& [manifest, counted_g] : counts) sum += counted_g;
    state::v1::MassCounter counter;
    counter.ParseFromString(
        district_.state().Get(keys::PilotAmount(district_.plant.id, 0))->value_or(""));
    ASSERT_EQ(counter.mass_g(), sum) << "after step " << step;
  }
}

// --- Shared facilities ---

TEST_F(PilotRulesTest, ASharingIsWellFormedAndByAnAuthority) {
  const Draft valid = ShareFacility(district_, district_.hospital_store, {district_.producer.id});
  const auto event = [](Draft& draft) -> v1::FacilityShared& {
    return *draft.message.mutable_facility_shared();
  };
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_approval_number(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_members(); });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { event(draft).add_members(district_.producer.id); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).set_valid_to_date("2023"); });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { event(draft).add_members(district_.NewId()); });
  Expect(valid, RuleId::kFacilityKnown,
         [&](Draft& draft) { event(draft).set_facility(district_.NewId()); });
  ExpectRegulator(valid);
}

TEST_F(PilotRulesTest, AMembersWasteMayGoToAFacilityOfItsGroup) {
  const Draft to_store = To(Issue(), district_.hospital_store);
  EXPECT_TRUE(Returns(to_store, RuleId::kOrganisationRole));
  district_.Must(ShareFacility(district_, district_.hospital_store, {district_.producer.id}));
  EXPECT_TRUE(Returns(To(Issue(), ""), RuleId::kLicenceReceiver)) << "named, or not to it";
  district_.Must(to_store);
  district_.now_ms = ShanghaiMs(2025, 1, 1, 12);
  EXPECT_TRUE(Returns(To(Issue(), district_.hospital_store), RuleId::kLicenceReceiver));
}

}  // namespace
}  // namespace cradle::rules::test
