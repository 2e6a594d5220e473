// Organisations, sites, vehicles, keys, licences, facilities.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "services/rules/state_keys.h"
#include "tests/services/rules/district.h"

namespace cradle::rules::test {
namespace {

class OrganisationRulesTest : public testing::Test {
 protected:
  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  // Puts `actor` as the only party, as a regulator.
  static std::function<void(Draft&)> ByRegulator(const Actor& actor) {
    return [&actor](Draft& draft) {
      draft.message.mutable_parties(0)->set_organisation(actor.id);
      draft.message.mutable_parties(0)->set_capacity(v1::CAPACITY_REGULATOR);
      draft.devices = {actor.administrator};
    };
  }
  static std::function<void(Draft&)> ByItself(const Actor& actor) {
    return [&actor](Draft& draft) {
      draft.message.mutable_parties(0)->set_organisation(actor.id);
      draft.message.mutable_parties(0)->set_capacity(v1::CAPACITY_ORGANISATION);
      draft.devices = {actor.administrator};
    };
  }
  // An event about the producer: the rules on who may assert it.
  void ExpectActors(const Draft& valid) {
    const Actor elsewhere = district_.ElsewhereBureau();
    Draft by_bureau = valid;
    ByRegulator(district_.bureau)(by_bureau);
    Expect(by_bureau, RuleId::kRegulatorDivision, ByRegulator(elsewhere));
    Expect(by_bureau, RuleId::kRegulatorAuthority, ByRegulator(district_.carrier));
    Expect(valid, RuleId::kPartySelf, ByItself(district_.carrier));
  }
  District district_;
};

// --- Organisations ---

TEST_F(OrganisationRulesTest, AnOrganisationIsNewAndWellFormed) {
  const Draft valid =
      district_.RegisterOrganisation(district_.NewId(), {v1::ORGANISATION_ROLE_PRODUCER});
  const auto event = [](Draft& draft) -> v1::OrganisationRegistered& {
    return *draft.message.mutable_organisation_registered();
  };
  Expect(valid, RuleId::kIdNew,
         [&](Draft& draft) { event(draft).set_organisation(district_.producer.id); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_name(); });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { event(draft).set_name(std::string(401, 'n')); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).set_name("a\x1B[2Jb"); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_roles(); });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { event(draft).add_roles(v1::ORGANISATION_ROLE_PRODUCER); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_identity(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).set_division("3707"); });
}

// Names stand in lists, on labels and in reports: what is invisible, ends a line or turns the text
// about it round would show another name than the one registered.
TEST_F(OrganisationRulesTest, ANameHasNoInvisibleControlsAndIsNotBlank) {
  const Draft valid =
      district_.RegisterOrganisation(district_.NewId(), {v1::ORGANISATION_ROLE_PRODUCER});
  const auto named = [](const std::string& name) {
    return
        [name](Draft& draft) { draft.message.mutable_organisation_registered()->set_name(name); };
  };
  for (const char* control :
       {"\t", "\n", "\x7F", "\u0080", "\u0085", "\u009B", "\u009F", "\u061C", "\u200B", "\u200E",
        "\u200F", "\u2028", "\u2029", "\u202A", "\u202E", "\u2060", "\u2066", "\u2069", "\uFEFF"}) {
    for (const std::string& name : {fmt::format("青州{}化工", control), std::string(control),
                                    fmt::format("{}化工", control)}) {
      Expect(valid, RuleId::kFormField, named(name));
    }
  }
  for (const char* blank : {" ", "   ", "\u00A0", "\u3000\u2003 \u202F", "\u200D\u200C "}) {
    Expect(valid, RuleId::kFormField, named(blank));
  }
  for (const char* invalid : {"\xFF", "\xC2", "\xE5\x8C", "\xC0\xAF", "\xED\xA0\x80"}) {
    Expect(valid, RuleId::kFormField, [&](Draft& draft) {
      draft.by_hand = true;  // refused as malformed before any rule
      named(invalid)(draft);
    });
  }
  for (const char* name :
       {"青州化工有限公司", "青州 化工", "　青州（化工）ＡＢＣ１２３", "ئۈرۈمچى خىمىيە زاۋۇتى",
        "شركة الكيمياء", "می\u200Cخواهم", "क्\u200Dष", "\u00A0Å", "𠮷田", "😀"}) {
    Draft draft = valid;
    named(name)(draft);
    EXPECT_TRUE(std::holds_alternative<Admitted>(*district_.Try(draft))) << name;
  }
}

// A text that need not be given may be blank, and is as clean otherwise.
TEST_F(OrganisationRulesTest, ATextThatMayBeEmptyMayBeBlank) {
  Draft valid = district_.RegisterVehicle(district_.carrier, district_.NewId());
  const auto permit = [](Draft& draft) -> std::string& {
    return *draft.message.mutable_vehicle_registered()->mutable_permit_number();
  };
  permit(valid) = " ";
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { permit(draft) = "鲁\u202E1"; });
}

TEST_F(OrganisationRulesTest, AUsccHasItsCheckCharacterAndIsUnique) {
  const Draft valid =
      district_.RegisterOrganisation(district_.NewId(), {v1::ORGANISATION_ROLE_PRODUCER});
  Expect(valid, RuleId::kOrganisationIdentity, [](Draft& draft) {
    std::string uscc = draft.message.organisation_registered().uscc();
    uscc[17] = uscc[17] == '0' ? '1' : '0';
    draft.message.mutable_organisation_registered()->set_uscc(uscc);
  });
  Expect(valid, RuleId::kOrganisationIdentityUnique, [](Draft& draft) {
    draft.message.mutable_organisation_registered()->set_uscc(District::Uscc(1));
  });
}

TEST_F(OrganisationRulesTest, AClinicWithoutUsccHasAMedicalRegistrationOrALocalId) {
  Draft clinic = district_.RegisterOrganisation(district_.NewId(),
                                                {v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION});
  clinic.message.mutable_organisation_registered()->set_medical_registration("PDY12345");
  district_.Must(clinic);
  Draft other = district_.RegisterOrganisation(district_.NewId(),
                                               {v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION});
  Expect(other, RuleId::kOrganisationIdentityUnique, [](Draft& draft) {
    draft.message.mutable_organisation_registered()->set_medical_registration("PDY12345");
  });
  v1::ScopedIdentity& scoped = *other.message.mutable_organisation_registered()->mutable_scoped();
  scoped.set_division("370781");
  scoped.set_local_id("村卫生室 17");
  scoped.set_parent(district_.hospital.id);
  const auto change = [](Draft& draft) -> v1::ScopedIdentity& {
    return *draft.message.mutable_organisation_registered()->mutable_scoped();
  };
  Expect(other, RuleId::kOrganisationKnown,
         [&](Draft& draft) { change(draft).set_parent(district_.NewId()); });
  Expect(other, RuleId::kFormField, [&](Draft& draft) { change(draft).clear_local_id(); });
  district_.Must(other);
  Draft same = other;
  same.message.mutable_organisation_registered()->set_organisation(district_.NewId());
  const auto verdict = district_.Try(same);
  EXPECT_TRUE(Has(ViolationsOf(*verdict), RuleId::kOrganisationIdentityUnique));
}

TEST_F(OrganisationRulesTest, ARegulatorRegistersInItsDivisionAndBelow) {
  const Draft valid =
      district_.RegisterOrganisation(district_.NewId(), {v1::ORGANISATION_ROLE_PRODUCER});
  Expect(valid, RuleId::kRegulatorDivision, [](Draft& draft) {
    draft.message.mutable_organisation_registered()->set_division("370602");
  });
  Expect(valid, RuleId::kRegulatorAuthority, ByRegulator(district_.producer));
}

TEST_F(OrganisationRulesTest, TheFounderBringsInItsProvinceWithAFirstKey) {
  const Actor elsewhere = district_.ElsewhereBureau();
  Actor province;
  province.id = district_.NewId();
  province.administrator = district_.NewDevice(province.id);
  const Draft valid = district_.RegisterOrganisation(
      province.id, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370000");
  Expect(valid, RuleId::kRegulatorDivision, [](Draft& draft) {
    draft.message.mutable_organisation_registered()->add_roles(v1::ORGANISATION_ROLE_OPERATOR);
  });
  Expect(valid, RuleId::kRegulatorDivision, ByRegulator(elsewhere));
  district_.Must(valid);
  const Draft key = district_.Enrol(district_.bureau.administrator, v1::CAPACITY_REGULATOR,
                                    province.administrator, {v1::KEY_ROLE_ADMINISTRATOR});
  Expect(key, RuleId::kRegulatorDivision, ByRegulator(elsewhere));
  district_.Must(key);
  const Draft second = district_.Enrol(province.administrator, v1::CAPACITY_ORGANISATION,
                                       district_.NewDevice(province.id), {v1::KEY_ROLE_OPERATOR});
  Expect(second, RuleId::kRegulatorDivision, ByRegulator(district_.bureau));
  district_.Must(second);
}

TEST(OrganisationRulesOfSetOneTest, NobodyBringsInAnAuthorityAbove) {
  District district(1);
  EXPECT_TRUE(Has(ViolationsOf(*district.Try(district.RegisterOrganisation(
                      district.NewId(), {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370000"))),
                  RuleId::kRegulatorDivision));
}

// --- Sites and vehicles ---

TEST_F(OrganisationRulesTest, ASiteIsNewWellFormedAndInAKnownZone) {
  const Draft valid = district_.RegisterSite(district_.producer, district_.NewId());
  const auto event = [](Draft& draft) -> v1::SiteRegistered& {
    return *draft.message.mutable_site_registered();
  };
  Expect(valid, RuleId::kIdNew,
         [&](Draft& draft) { event(draft).set_site(district_.producer_site); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).set_site("yard"); });
  Expect(valid, RuleId::kSiteZone,
         [&](Draft& draft) { event(draft).set_time_zone("Asia/Shangai"); });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  ExpectActors(valid);
  Draft urumqi = valid;
  event(urumqi).set_time_zone("Asia/Urumqi");
  district_.Must(urumqi);
}

TEST_F(OrganisationRulesTest, AVehicleIsNewAndACarriers) {
  const Draft valid = district_.RegisterVehicle(district_.carrier, district_.NewId());
  const auto event = [](Draft& draft) -> v1::VehicleRegistered& {
    return *draft.message.mutable_vehicle_registered();
  };
  Expect(valid, RuleId::kIdNew, [&](Draft& draft) { event(draft).set_vehicle(district_.truck); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_plate(); });
  for (const int64_t wrong_g : {int64_t{-1}, kMassMaxG + 1}) {
    Expect(valid, RuleId::kFormField,
           [&](Draft& draft) { event(draft).set_payload_mass_g(wrong_g); });
  }
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  Expect(valid, RuleId::kPartySelf, ByItself(district_.carrier2));
  Expect(valid, RuleId::kOrganisationRole, [&](Draft& draft) {
    event(draft).set_organisation(district_.producer.id);
    ByItself(district_.producer)(draft);
  });
}

// --- Keys ---

TEST_F(OrganisationRulesTest, AKeyIsValidNewAndOfAKnownOrganisation) {
  const Device device = district_.NewDevice(district_.producer.id);
  const Draft valid = district_.Enrol(district_.producer.administrator, v1::CAPACITY_ORGANISATION,
                                      device, {v1::KEY_ROLE_OPERATOR});
  const auto event = [](Draft& draft) -> v1::DeviceKeyEnrolled& {
    return *draft.message.mutable_device_key_enrolled();
  };
  Expect(valid, RuleId::kKeyForm, [&](Draft& draft) { event(draft).set_key("no key"); });
  Expect(valid, RuleId::kKeyForm, [&](Draft& draft) {
    std::string off_the_curve = device.spki;
    off_the_curve.back() = static_cast<char>(off_the_curve.back() ^ 1);
    event(draft).set_key(off_the_curve);
  });
  Expect(valid, RuleId::kKeyForm,
         [&](Draft& draft) { event(draft).set_algorithm(v1::KEY_ALGORITHM_SM2); });
  Expect(valid, RuleId::kKeyNew,
         [&](Draft& draft) { event(draft).set_key(district_.hospital.handler.spki); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).set_person("clerk"); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_roles(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) {
    event(draft).set_valid_from_time_ms(2000);
    event(draft).set_valid_to_time_ms(1000);
  });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  ExpectActors(valid);
}

TEST_F(OrganisationRulesTest, AKeyRevokedIsTheOrganisationsAndNotRevokedYet) {
  const Draft valid =
      district_.Revoke(district_.producer.administrator, district_.producer.handler);
  const auto event = [](Draft& draft) -> v1::DeviceKeyRevoked& {
    return *draft.message.mutable_device_key_revoked();
  };
  Expect(valid, RuleId::kKeyToRevoke,
         [&](Draft& draft) { event(draft).set_key_id(std::string(32, 'k')); });
  Expect(valid, RuleId::kKeyToRevoke,
         [&](Draft& draft) { event(draft).set_key_id(district_.carrier.handler.key_id); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_reason(); });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  ExpectActors(valid);
  district_.Must(valid);
  const auto again = district_.Try(valid);
  EXPECT_TRUE(Has(ViolationsOf(*again), RuleId::kKeyToRevoke));
}

// --- Licences ---

TEST_F(OrganisationRulesTest, ALicenceHasHolderScopeAndPeriod) {
  const Draft valid =
      district_.GrantLicence(district_.plant, v1::LICENCE_KIND_COMPREHENSIVE, "HW08", {"D10"});
  const auto event = [](Draft& draft) -> v1::LicenceGranted& {
    return *draft.message.mutable_licence_granted();
  };
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_licence_number(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_kind(); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_scopes(); });
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { event(draft).set_valid_to_date("2026-02-30"); });
  for (const int64_t wrong_g : {int64_t{-1}, kMassMaxG + 1}) {
    Expect(valid, RuleId::kFormField,
           [&](Draft& draft) { event(draft).mutable_scopes(0)->set_annual_mass_g(wrong_g); });
  }
  Expect(valid, RuleId::kLicencePeriod,
         [&](Draft& draft) { event(draft).set_valid_to_date("2023-12-31"); });
  for (const char* waste : {"HW51", "HW8", "900-214-8", "hw08", ""}) {
    Expect(valid, RuleId::kCodeForm,
           [&](Draft& draft) { event(draft).mutable_scopes(0)->set_waste(waste); });
  }
  Expect(valid, RuleId::kMethodKnown,
         [&](Draft& draft) { event(draft).mutable_scopes(0)->set_method_codes(0, "D99"); });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  Expect(valid, RuleId::kOrganisationRole,
         [&](Draft& draft) { event(draft).set_organisation(district_.producer.id); });
  Expect(valid, RuleId::kOrganisationRole,
         [&](Draft& draft) { event(draft).set_kind(v1::LICENCE_KIND_TRANSPORT); });
  const Actor elsewhere = district_.ElsewhereBureau();
  Expect(valid, RuleId::kRegulatorDivision, ByRegulator(elsewhere));
  Expect(valid, RuleId::kRegulatorAuthority, ByRegulator(district_.plant));
}

TEST_F(OrganisationRulesTest, TheLicencesOfOneHolderStayWithinOneValueOfTheStore) {
  Draft large =
      district_.GrantLicence(district_.plant, v1::LICENCE_KIND_COMPREHENSIVE, "HW08", {"D10"});
  for (int i = 0; i < 1500; ++i) {
    *large.message.mutable_licence_granted()->add_scopes() =
        large.message.licence_granted().scopes(0);
  }
  bool refused = false;
  for (int i = 0; i < 60 && !refused; ++i) refused = !district_.Submit(large);
  EXPECT_TRUE(refused);
  const auto value = district_.state().Get(keys::Licences(district_.plant.id));
  EXPECT_LE((*value)->size(), 1u << 20);
}

// --- Facilities ---

TEST_F(OrganisationRulesTest, AFacilityIsNewAtASiteOfItsOrganisation) {
  const Draft valid =
      district_.RegisterFacility(district_.producer, district_.producer_site, district_.NewId(),
                                 v1::FACILITY_KIND_DISPOSAL, {"D10"});
  const auto event = [](Draft& draft) -> v1::FacilityRegistered& {
    return *draft.message.mutable_facility_registered();
  };
  Expect(valid, RuleId::kIdNew,
         [&](Draft& draft) { event(draft).set_facility(district_.producer_store); });
  Expect(valid, RuleId::kFormField, [&](Draft& draft) { event(draft).clear_kind(); });
  for (const int64_t wrong_g : {int64_t{-1}, kMassMaxG + 1}) {
    Expect(valid, RuleId::kFormField,
           [&](Draft& draft) { event(draft).set_capacity_mass_g(wrong_g); });
  }
  Expect(valid, RuleId::kFormField,
         [&](Draft& draft) { event(draft).set_acceptance_date("2024/01/01"); });
  Expect(valid, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { event(draft).set_site(district_.NewId()); });
  Expect(valid, RuleId::kSiteOfOrganisation,
         [&](Draft& draft) { event(draft).set_site(district_.hospital_site); });
  Expect(valid, RuleId::kOrganisationKnown,
         [&](Draft& draft) { event(draft).set_organisation(district_.NewId()); });
  Expect(valid, RuleId::kMethodKnown,
         [&](Draft& draft) { event(draft).set_method_codes(0, "D99"); });
  Expect(valid, RuleId::kMethodEnding,
         [&](Draft& draft) { event(draft).set_method_codes(0, "R9"); });
  Expect(valid, RuleId::kMethodEnding,
         [&](Draft& draft) { event(draft).set_kind(v1::FACILITY_KIND_STORAGE_YARD); });
  ExpectActors(valid);
}

TEST_F(OrganisationRulesTest, AnInspectorOfStockIsAnAuthorityOfTheSitesDivision) {
  const Actor elsewhere = district_.ElsewhereBureau();
  Draft inspected = district_.DeclareStock(district_.producer, district_.producer_site,
                                           district_.producer_store, district_.NewId());
  inspected.message.mutable_stock_declared()->set_evidence_grade(v1::EVIDENCE_GRADE_INSPECTED);
  inspected.By(district_.bureau.handler, v1::CAPACITY_REGULATOR);
  const auto by = [](const Actor& actor) {
    return [&actor](Draft& draft) {
      draft.message.mutable_parties(1)->set_organisation(actor.id);
      draft.devices[1] = actor.handler;
    };
  };
  Expect(inspected, RuleId::kRegulatorDivision, by(elsewhere));
  Expect(inspected, RuleId::kRegulatorAuthority, by(district_.hospital));
}

}  // namespace
}  // namespace cradle::rules::test
