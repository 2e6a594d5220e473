// A delegate logs for its principal, and is never two parties by it.
#include <gtest/gtest.h>

#include "tests/services/rules/district.h"
#include "tests/services/rules/drafts_order.h"

namespace cradle::rules::test {
namespace {

using S = v1::Statement;

class DelegationTest : public testing::Test {
 protected:
  DelegationTest() { steward_ = NewActor(district_, {v1::ORGANISATION_ROLE_OPERATOR}); }

  Draft Generate() {
    return district_.Generate(district_.producer, district_.producer_site, district_.NewId());
  }
  std::string Issued() { return district_.Issued({district_.Stored()}); }
  // Refused, first of all by `rule`.
  void ExpectRefused(const Draft& draft, RuleId rule) {
    const auto verdict = district_.Try(draft);
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    const auto* refused = std::get_if<Refused>(&*verdict);
    ASSERT_NE(refused, nullptr) << "not refused";
    EXPECT_EQ(refused->violations[0].rule, FindRule(rule).id) << refused->violations[0].message_en;
  }

  District district_;
  Actor steward_;  // an environmental steward; no party of the manifests here
};

TEST_F(DelegationTest, IsGrantedByTheProducerItself) {
  const Draft valid = GrantDelegation(district_.producer, steward_);
  const auto event = [](Draft& draft) -> v1::DelegationGranted& {
    return *draft.message.mutable_delegation_granted();
  };
  ExpectRule(district_, valid, RuleId::kOrganisationKnown,
             [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  ExpectRule(district_, valid, RuleId::kOrganisationKnown,
             [&](Draft& draft) { event(draft).set_delegate(district_.NewId()); });
  ExpectRule(district_, valid, RuleId::kPartySelf, [&](Draft& draft) {
    draft.message.mutable_parties(0)->set_organisation(district_.hospital.id);
    draft.devices[0] = district_.hospital.administrator;
  });
  ExpectRule(district_, valid, RuleId::kOrganisationRole,
             [&](Draft& draft) { draft = GrantDelegation(district_.plant, steward_); });
  ExpectRule(district_, valid, RuleId::kDelegateFit,
             [&](Draft& draft) { event(draft).set_delegate(district_.producer.id); });
  ExpectRule(district_, valid, RuleId::kDelegateFit,
             [&](Draft& draft) { event(draft).set_delegate(district_.bureau.id); });
  ExpectRule(district_, valid, RuleId::kFormField,
             [&](Draft& draft) { event(draft).set_valid_from_date("2024-02-30"); });
  ExpectRule(district_, valid, RuleId::kFormField,
             [&](Draft& draft) { event(draft).set_valid_to_date("2023-12-31"); });
}

TEST_F(DelegationTest, NoMoreDelegatesAreNamedThanTheRuleDataSays) {
  for (int i = 0; i < 16; ++i) {
    district_.Must(
        GrantDelegation(district_.producer, NewActor(district_, {v1::ORGANISATION_ROLE_OPERATOR})));
  }
  ExpectRefused(GrantDelegation(district_.producer, steward_), RuleId::kFormField);
}

TEST_F(DelegationTest, IsEndedOnceByTheProducerOrARegulator) {
  district_.Must(GrantDelegation(district_.producer, steward_));
  const Draft valid = EndDelegation(district_.producer, steward_);
  const auto event = [](Draft& draft) -> v1::DelegationEnded& {
    return *draft.message.mutable_delegation_ended();
  };
  ExpectRule(district_, valid, RuleId::kOrganisationKnown,
             [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  ExpectRule(district_, valid, RuleId::kPartySelf, [&](Draft& draft) {
    draft.message.mutable_parties(0)->set_organisation(steward_.id);
    draft.devices[0] = steward_.administrator;
  });
  ExpectRule(district_, valid, RuleId::kDelegationKnown,
             [&](Draft& draft) { event(draft).set_delegate(district_.plant.id); });
  const auto regulator = [](Draft& draft, const Actor& actor) {
    draft.message.mutable_parties(0)->set_organisation(actor.id);
    draft.message.mutable_parties(0)->set_capacity(v1::CAPACITY_REGULATOR);
    draft.devices[0] = actor.administrator;
  };
  Draft by_bureau = valid;
  regulator(by_bureau, district_.bureau);
  ExpectRule(district_, by_bureau, RuleId::kRegulatorAuthority,
             [&](Draft& draft) { regulator(draft, district_.hospital); });
  const Actor elsewhere = NewActor(district_, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370702");
  ExpectRule(district_, by_bureau, RuleId::kRegulatorDivision,
             [&](Draft& draft) { regulator(draft, elsewhere); });
  district_.Must(by_bureau);
  ExpectRefused(valid, RuleId::kDelegationKnown);
  ExpectRefused(InTheNameOf(Generate(), steward_), RuleId::kDelegationInForce);
  district_.Must(GrantDelegation(district_.producer, steward_));
  district_.Must(InTheNameOf(Generate(), steward_));
}

TEST_F(DelegationTest, ADelegateLogsWhatIsInItsPrincipalsHands) {
  const Draft valid = InTheNameOf(Generate(), steward_);
  ExpectRefused(valid, RuleId::kDelegationInForce);
  district_.Must(GrantDelegation(district_.producer, steward_));
  const std::string batch = valid.message.batch_generated().batch();
  district_.Must(valid);
  EXPECT_EQ(district_.Batch(batch).generator(), district_.producer.id) << "the principal's waste";
  EXPECT_EQ(district_.Batch(batch).custodian(), district_.producer.id);
  district_.Must(
      InTheNameOf(district_.Store(district_.producer, batch, district_.producer_store), steward_));
  ExpectRule(district_, InTheNameOf(Generate(), steward_), RuleId::kKeyOfParty,
             [&](Draft& draft) { draft.devices[0] = district_.producer.handler; });
  ExpectRule(district_, InTheNameOf(Generate(), steward_), RuleId::kDelegationInForce,
             [&](Draft& draft) {
               draft = InTheNameOf(district_.Generate(district_.hospital, district_.hospital_site,
                                                      district_.NewId(), 1'000, "841-001-01"),
                                   steward_);
             });
}

TEST_F(DelegationTest, HoldsFromItsFirstToItsLastDay) {
  Draft grant = GrantDelegation(district_.producer, steward_);
  grant.message.mutable_delegation_granted()->set_valid_from_date("2024-06-03");
  grant.message.mutable_delegation_granted()->set_valid_to_date("2024-06-03");
  district_.Must(grant);
  district_.Must(InTheNameOf(Generate(), steward_));
  district_.now_ms = ShanghaiMs(2024, 6, 4);
  ExpectRefused(InTheNameOf(Generate(), steward_), RuleId::kDelegationInForce);
}

TEST_F(DelegationTest, ADelegateNeitherRegistersNorReceivesNorDelegatesOn) {
  district_.Must(GrantDelegation(district_.producer, steward_));
  const Draft site = district_.RegisterSite(district_.producer, district_.NewId());
  ExpectRule(district_, site, RuleId::kDelegationScope, [&](Draft& draft) {
    draft.message.mutable_parties(0)->set_delegate(steward_.id);
    draft.devices[0] = steward_.administrator;
  });
  ExpectRefused(InTheNameOf(GrantDelegation(district_.producer, district_.plant), steward_),
                RuleId::kKeyRole);
  const std::string delivered = district_.Delivered();
  ExpectRefused(InTheNameOf(district_.Confirm(delivered), steward_), RuleId::kDelegationScope);
}

TEST_F(DelegationTest, ACollectorIssuesForItsCustomerAndDoesNotSignTheHandover) {
  district_.Must(GrantDelegation(district_.producer, district_.plant));
  const std::string manifest = district_.NewId();
  district_.Must(InTheNameOf(
      district_.Issue(district_.producer, manifest, {district_.Stored()}, {&district_.carrier}),
      district_.plant));
  const Draft take =
      district_.Take(district_.producer, district_.carrier, manifest, district_.truck);
  ExpectRule(district_, take, RuleId::kDelegateCounterpart,
             [&](Draft& draft) { draft = InTheNameOf(draft, district_.plant); });
  ExpectRefused(InTheNameOf(district_.Cancel(district_.producer, manifest), district_.plant),
                RuleId::kDelegateCounterpart);
}

TEST_F(DelegationTest, AStrangerToTheManifestSignsTheHandoverForItsPrincipal) {
  district_.Must(GrantDelegation(district_.producer, steward_));
  const std::string manifest = Issued();
  district_.Must(InTheNameOf(
      district_.Take(district_.producer, district_.carrier, manifest, district_.truck), steward_));
}

TEST_F(DelegationTest, ACarrierIsNotItsOwnCounterpartByADelegation) {
  district_.Must(GrantDelegation(district_.producer, district_.carrier));
  const Draft take =
      district_.Take(district_.producer, district_.carrier, Issued(), district_.truck);
  Draft both = InTheNameOf(take, district_.carrier);
  both.devices[0] = district_.NewDevice(district_.carrier.id);  // another person, another key
  district_.Must(district_.Enrol(district_.carrier.administrator, v1::CAPACITY_ORGANISATION,
                                 both.devices[0], {v1::KEY_ROLE_OPERATOR}));
  ExpectRule(district_, take, RuleId::kPartyTwo, [&](Draft& draft) { draft = both; });
}

TEST_F(DelegationTest, WhoEverWasTheDelegateOfAnotherPartySignsForNeither) {
  const Actor school =
      NewActor(district_, {v1::ORGANISATION_ROLE_PRODUCER, v1::ORGANISATION_ROLE_CARRIER});
  district_.Must(GrantDelegation(school, steward_));
  district_.Must(EndDelegation(school, steward_));
  district_.Must(GrantDelegation(district_.producer, steward_));
  const std::string truck = district_.NewId();
  district_.Must(district_.RegisterVehicle(school, truck));
  district_.Must(district_.GrantLicence(school, v1::LICENCE_KIND_TRANSPORT, "HW08"));
  const std::string manifest = district_.NewId();
  district_.Must(district_.Issue(district_.producer, manifest, {district_.Stored()}, {&school}));
  ExpectRefused(InTheNameOf(district_.Take(district_.producer, school, manifest, truck), steward_),
                RuleId::kDelegateCounterpart);
}

TEST_F(DelegationTest, ThePersonOfADelegateIsNoOtherParty) {
  district_.Must(GrantDelegation(district_.producer, steward_));
  const std::string manifest = Issued();
  Device device = district_.NewDeviceOf(steward_.id, district_.carrier.handler.person);
  district_.Must(district_.Enrol(district_.bureau.administrator, v1::CAPACITY_REGULATOR, device,
                                 {v1::KEY_ROLE_OPERATOR}));
  Draft take = InTheNameOf(
      district_.Take(district_.producer, district_.carrier, manifest, district_.truck), steward_);
  take.devices[0] = device;
  take.devices[1] = district_.NewDevice(district_.carrier.id);
  district_.Must(district_.Enrol(district_.carrier.administrator, v1::CAPACITY_ORGANISATION,
                                 take.devices[1], {v1::KEY_ROLE_OPERATOR}));
  ExpectRefused(take, RuleId::kPartyEnrolledTwice);
}

TEST_F(DelegationTest, AServiceFeeIsPartOfTheManifest) {
  Draft valid = district_.Issue(district_.producer, district_.NewId(), {district_.Stored()},
                                {&district_.carrier});
  valid.message.mutable_manifest_issued()->set_fee_fen(12'000);
  ExpectRule(district_, valid, RuleId::kServiceFee,
             [](Draft& draft) { draft.message.mutable_manifest_issued()->set_fee_fen(-1); });
  ExpectRule(district_, valid, RuleId::kServiceFee, [](Draft& draft) {
    draft.message.mutable_manifest_issued()->set_fee_fen(1'000'000'001);
  });
}

TEST_F(DelegationTest, UnderTheFirstRuleSetThereIsNone) {
  District first(1);
  const auto refused_by_set = [&](const Draft& draft) {
    const auto verdict = first.Try(draft);
    return verdict.ok() && std::holds_alternative<Refused>(*verdict) &&
           Has(ViolationsOf(*verdict), RuleId::kEventInSet);
  };
  EXPECT_TRUE(refused_by_set(GrantDelegation(first.producer, first.plant)));
  EXPECT_TRUE(refused_by_set(InTheNameOf(
      first.Generate(first.producer, first.producer_site, first.NewId()), first.plant)));
  Draft issue = first.Issue(first.producer, first.NewId(), {first.Stored()}, {&first.carrier});
  issue.message.mutable_manifest_issued()->set_fee_fen(1);
  EXPECT_TRUE(refused_by_set(issue));
}

}  // namespace
}  // namespace cradle::rules::test
