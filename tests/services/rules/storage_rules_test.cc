// Facilities after their registration: acceptance, limits, what lies in them, inspections.
#include <gtest/gtest.h>

#include "services/rules/state_keys.h"
#include "tests/services/rules/drafts_permit.h"

namespace cradle::rules::test {
namespace {

constexpr int64_t kTonne = 1'000'000;

class StorageRulesTest : public testing::Test {
 protected:
  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  bool Returns(const Draft& draft, RuleId rule) {
    return Has(ViolationsOf(*district_.Try(draft)), rule);
  }
  Actor Elsewhere() {
    return EnrolNew(district_, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370784");
  }
  state::v1::FacilityState Facility(const std::string& facility) {
    state::v1::FacilityState state;
    EXPECT_TRUE(
        state.ParseFromString(district_.state().Get(keys::Facility(facility))->value_or("")));
    return state;
  }
  std::string Generated(int64_t mass_g) {
    const std::string batch = district_.NewId();
    district_.Must(district_.Generate(district_.producer, district_.producer_site, batch, mass_g));
    return batch;
  }
  Device SecondInspector() {
    Device second = district_.NewDevice(district_.bureau.id);
    district_.Must(district_.Enrol(district_.bureau.administrator, v1::CAPACITY_ORGANISATION,
                                   second, {v1::KEY_ROLE_OPERATOR}));
    return second;
  }
  District district_;
};

// --- Acceptance ---

TEST_F(StorageRulesTest, AFacilityIsAcceptedAfterItsRegistrationByItsOwnerOrARegulator) {
  const std::string store = district_.NewId();
  Draft registered = district_.RegisterFacility(district_.producer, district_.producer_site, store,
                                                v1::FACILITY_KIND_STORAGE_WAREHOUSE);
  registered.message.mutable_facility_registered()->clear_acceptance_date();
  district_.Must(registered);
  const Draft valid = AcceptFacility(district_, district_.producer, store);
  const auto event = [](Draft& draft) -> v1::FacilityAccepted& {
    return *draft.message.mutable_facility_accepted();
  };
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_acceptance_date(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_document_sha256(); });
  Expect(valid, RuleId::kFacilityKnown,
         [&](Draft& draft) { event(draft).set_facility(district_.NewId()); });
  Expect(valid, RuleId::kPartySelf, [&](Draft& draft) {
    SetParty(draft, 0, district_.hospital.id, district_.hospital.administrator);
  });
  Draft by_bureau = valid;
  by_bureau.message.mutable_parties(0)->set_capacity(v1::CAPACITY_REGULATOR);
  SetParty(by_bureau, 0, district_.bureau.id, district_.bureau.administrator);
  const Actor elsewhere = Elsewhere();
  Expect(by_bureau, RuleId::kRegulatorDivision,
         [&](Draft& draft) { SetParty(draft, 0, elsewhere.id, elsewhere.administrator); });
  Expect(by_bureau, RuleId::kRegulatorAuthority, [&](Draft& draft) {
    SetParty(draft, 0, district_.carrier.id, district_.carrier.administrator);
  });
  const Draft stored = district_.Store(district_.producer, Generated(1'000), store);
  EXPECT_TRUE(Returns(stored, RuleId::kFacilityAccepted));
  district_.Must(valid);
  EXPECT_FALSE(Returns(stored, RuleId::kFacilityAccepted));
}

TEST_F(StorageRulesTest, AManifestGoesToAnAcceptedFacilityOfTheReceiverAtItsSite) {
  Draft valid = district_.Issue(district_.producer, district_.NewId(), {district_.Stored()},
                                {&district_.carrier});
  const auto event = [](Draft& draft) -> v1::ManifestIssued& {
    return *draft.message.mutable_manifest_issued();
  };
  event(valid).set_receiver_facility(district_.plant_furnace);
  Expect(valid, RuleId::kFacilityOfOrganisation,
         [&](Draft& draft) { event(draft).set_receiver_facility(district_.producer_store); });
  const std::string site = district_.NewId();
  const std::string there = district_.NewId();
  const std::string unaccepted = district_.NewId();
  district_.Must(district_.RegisterSite(district_.plant, site));
  district_.Must(district_.RegisterFacility(district_.plant, site, there,
                                            v1::FACILITY_KIND_STORAGE_WAREHOUSE));
  Expect(valid, RuleId::kFacilitySite,
         [&](Draft& draft) { event(draft).set_receiver_facility(there); });
  Draft registered = district_.RegisterFacility(district_.plant, district_.plant_site, unaccepted,
                                                v1::FACILITY_KIND_STORAGE_WAREHOUSE);
  registered.message.mutable_facility_registered()->set_acceptance_date("2024-06-04");
  district_.Must(registered);
  Expect(valid, RuleId::kFacilityAccepted,
         [&](Draft& draft) { event(draft).set_receiver_facility(unaccepted); });
}

// --- Limits ---

TEST_F(StorageRulesTest, ALimitIsSetByTheOwnerAndRaisedWithARegulator) {
  const std::string& store = district_.producer_store;
  const auto event = [](Draft& draft) -> v1::FacilityLimitSet& {
    return *draft.message.mutable_facility_limit_set();
  };
  const auto physical = [&](int64_t mass_g, bool with_regulator) {
    return LimitFacility(district_, district_.producer, store, v1::LIMIT_KIND_PHYSICAL, mass_g,
                         with_regulator);
  };
  const Draft valid = physical(50 * kTonne, false);
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).set_limit_mass_g(0); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_source(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_document_number(); });
  Expect(valid, RuleId::kFacilityKnown,
         [&](Draft& draft) { event(draft).set_facility(district_.NewId()); });
  Expect(valid, RuleId::kPartySelf, [&](Draft& draft) {
    SetParty(draft, 0, district_.hospital.id, district_.hospital.administrator);
  });
  Expect(valid, RuleId::kLimitRaise,
         [&](Draft& draft) { event(draft).set_limit_mass_g(50 * kTonne + 1); });
  const Draft raise = physical(60 * kTonne, true);
  Expect(raise, RuleId::kPartyTwo, [&](Draft& draft) {
    SetParty(draft, 1, district_.producer.id, district_.producer.administrator);
  });
  const Actor elsewhere = Elsewhere();
  Expect(raise, RuleId::kRegulatorDivision,
         [&](Draft& draft) { SetParty(draft, 1, elsewhere.id, elsewhere.administrator); });
  Expect(raise, RuleId::kRegulatorAuthority, [&](Draft& draft) {
    SetParty(draft, 1, district_.carrier.id, district_.carrier.administrator);
  });
  district_.Must(raise);
  district_.Must(physical(10 * kTonne, false));
  EXPECT_TRUE(Returns(physical(11 * kTonne, false), RuleId::kLimitRaise));
  district_.Must(LimitFacility(district_, district_.producer, store, v1::LIMIT_KIND_PERMITTED,
                               90 * kTonne));  // the first of its kind raises nothing
  EXPECT_EQ(Facility(store).limits_size(), 2);
}

TEST_F(StorageRulesTest, MoreThanFitsIsPermittedOrThePointMayHoldIsMarkedEachByItsRule) {
  const std::string& point = district_.producer_store2;
  for (const auto kind : {v1::LIMIT_KIND_PHYSICAL, v1::LIMIT_KIND_PERMITTED}) {
    district_.Must(LimitFacility(district_, district_.producer, point, kind, 3 * kTonne));
  }
  const std::string light = Generated(3 * kTonne);
  const std::string heavy = Generated(3 * kTonne + 1);
  const Draft store = district_.Store(district_.producer, light, point);
  const Draft store_heavy = district_.Store(district_.producer, heavy, point);
  const Draft declare =
      district_.DeclareStock(district_.producer, district_.producer_site, point, district_.NewId());
  Draft declare_heavy = declare;
  declare_heavy.message.mutable_stock_declared()->set_stock_mass_g(3 * kTonne + 1);
  const RuleId rules[] = {RuleId::kStorageCapacity, RuleId::kStoragePermitted,
                          RuleId::kStoragePoint};
  for (const RuleId rule : rules) {
    Expect(store, rule, [&](Draft& draft) { draft = store_heavy; });
    Expect(declare, rule, [&](Draft& draft) { draft = declare_heavy; });
  }
  for (const std::string& batch : {light, heavy}) {
    district_.Must(district_.Store(district_.producer, batch, district_.producer_store));
  }
  const Draft move = district_.Move(district_.producer, light, point);
  for (const RuleId rule : rules) {
    Expect(move, rule,
           [&](Draft& draft) { draft = district_.Move(district_.producer, heavy, point); });
  }
  // What waits on a manifest still lies there.
  district_.Must(move);
  const std::string manifest = district_.Issued({light});
  const Draft one_more = district_.Store(district_.producer, Generated(1), point);
  EXPECT_TRUE(Returns(one_more, RuleId::kStoragePoint));
  district_.Must(district_.Take(district_.producer, district_.carrier, manifest, district_.truck));
  EXPECT_FALSE(Returns(one_more, RuleId::kStoragePoint));
}

// --- Inspections ---

TEST_F(StorageRulesTest, AnInspectionIsByTwoOfOneAuthorityAndTheInspected) {
  const Device second = SecondInspector();
  const std::string& store = district_.producer_store;
  const Draft valid = Inspect(district_, second, &district_.producer, store);
  Expect(valid, RuleId::kPartyTwo,
         [&](Draft& draft) { draft.devices[1] = district_.bureau.handler; });
  Expect(valid, RuleId::kInspectionParties, [&](Draft& draft) {
    SetParty(draft, 2, district_.hospital.id, district_.hospital.handler);
  });
  const Actor elsewhere = Elsewhere();
  Expect(valid, RuleId::kInspectionParties,
         [&](Draft& draft) { SetParty(draft, 1, elsewhere.id, elsewhere.handler); });
  Expect(valid, RuleId::kRegulatorDivision,
         [&](Draft& draft) { SetParty(draft, 0, elsewhere.id, elsewhere.handler); });
  Expect(valid, RuleId::kRegulatorAuthority, [&](Draft& draft) {
    SetParty(draft, 0, district_.carrier.id, district_.carrier.handler);
  });
  Expect(valid, RuleId::kPartyCapacities, [](Draft& draft) {
    draft.message.mutable_inspection_recorded()->set_refusal_to_sign(true);
  });
  district_.Must(Inspect(district_, second, nullptr, store));  // it refused to sign
  EXPECT_TRUE(Facility(store).inspected().recorded().refusal_to_sign());
}

TEST_F(StorageRulesTest, AnInspectionIsWellFormedAndTheNewestIsKept) {
  const Device second = SecondInspector();
  const std::string& store = district_.producer_store;
  const Draft valid = Inspect(district_, second, &district_.producer, store);
  const auto event = [](Draft& draft) -> v1::InspectionRecorded& {
    return *draft.message.mutable_inspection_recorded();
  };
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_findings(); });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { event(draft).set_result(v1::INSPECTION_RESULT_COMPLIANT); });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { *event(draft).add_findings() = event(draft).findings(0); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).add_evidence_sha256("x"); });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { event(draft).set_inspected_time_ms(district_.now_ms + 1'000); });
  Expect(valid, RuleId::kFacilityKnown,
         [&](Draft& draft) { event(draft).set_facility(district_.NewId()); });
  district_.Must(valid);
  Draft before = valid;
  event(before).set_inspected_time_ms(district_.now_ms - 1'000);
  event(before).mutable_findings(0)->set_result(v1::INSPECTION_RESULT_COMPLIANT);
  event(before).set_result(v1::INSPECTION_RESULT_COMPLIANT);
  district_.Must(before);
  EXPECT_EQ(Facility(store).inspected().recorded().result(), v1::INSPECTION_RESULT_NOT_COMPLIANT);
}

TEST_F(StorageRulesTest, ATemperatureIsTheHoldersReadingAndTheNewestIsKept) {
  const std::string& store = district_.hospital_store;
  const Draft valid = ReadTemperature(district_, district_.hospital, store, 0);
  const auto event = [](Draft& draft) -> v1::TemperatureRead& {
    return *draft.message.mutable_temperature_read();
  };
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_milli_celsius(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).set_milli_celsius(200'001); });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { event(draft).set_read_time_ms(district_.now_ms + 1'000); });
  Expect(valid, RuleId::kFacilityKnown,
         [&](Draft& draft) { event(draft).set_facility(district_.NewId()); });
  Expect(valid, RuleId::kPartySelf, [&](Draft& draft) {
    SetParty(draft, 0, district_.producer.id, district_.producer.handler);
  });
  district_.Must(ReadTemperature(district_, district_.hospital, store, -18'500));
  Draft before = valid;
  event(before).set_read_time_ms(district_.now_ms - 1'000);
  district_.Must(before);
  EXPECT_EQ(Facility(store).temperature().milli_celsius(), -18'500);
}

}  // namespace
}  // namespace cradle::rules::test
