// What the tests of collections and self-deliveries share: both issue a manifest on the way, so the
// rules of issuing hold at both.
#ifndef CRADLE_TESTS_SERVICES_RULES_COLLECTION_FIXTURE_H_
#define CRADLE_TESTS_SERVICES_RULES_COLLECTION_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/services/rules/bundle_parts.h"
#include "tests/services/rules/drafts_collection.h"
#include "tests/services/rules/drafts_order.h"
#include "tests/services/rules/drafts_permit.h"

namespace cradle::rules::test {

class CollectionTest : public testing::Test {
 protected:
  using Breaks = std::function<void(Draft&)>;

  void Expect(const Draft& valid, RuleId rule, const Breaks& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  // It breaks the rule once the world has changed; in a world of its own.
  void ExpectAfter(const Draft& valid, RuleId rule, const std::function<void(District&)>& change) {
    District changed = district_;
    ExpectRule(changed, valid, rule, [&](Draft&) { change(changed); });
  }
  bool Returns(const Draft& draft, RuleId rule) {
    return Has(ViolationsOf(*district_.Try(draft)), rule);
  }
  // Where another rule speaks first: `valid` without it, and `broken` with it.
  void ExpectAmong(const Draft& valid, RuleId rule, const Breaks& breaks) {
    EXPECT_FALSE(Returns(valid, rule)) << FindRule(rule).id;
    Draft broken = valid;
    breaks(broken);
    EXPECT_TRUE(Returns(broken, rule)) << FindRule(rule).id;
  }

  std::string Bag(const Actor& actor, const std::string& site, const std::string& code = kBag) {
    return district_.Generated(actor, site, code);
  }
  std::string Bag() { return Bag(district_.hospital, district_.hospital_site); }
  void SetParty(Draft& draft, int place, const Actor& actor) {
    draft.message.mutable_parties(place)->set_organisation(actor.id);
    draft.devices[static_cast<size_t>(place)] = actor.handler;
  }
  // A person of one who was enrolled for the other too.
  Device InBoth(const Actor& actor, const Actor& other) {
    return EnrolInBoth(district_, actor, other);
  }
  static void Adopt(District& district, const std::string& bundle) {
    const auto data = Load(bundle);
    district.library().Add(data);
    Draft adopt = district.AdoptRules();
    adopt.message.mutable_rules_adopted()->set_rule_data_sha256(
        std::string(evidence::AsBytes(data->sha256())));
    district.Must(adopt);
  }
  static void Weigh(v1::WasteCollected& event, int64_t mass_g) {
    event.mutable_lines(0)->set_sent_mass_g(mass_g);
    event.set_total_sent_mass_g(mass_g);
  }
  static void Weigh(v1::SelfDelivered& event, int64_t mass_g) {
    event.mutable_lines(0)->set_sent_mass_g(mass_g);
    event.mutable_lines(0)->set_received_mass_g(mass_g);
    event.set_total_sent_mass_g(mass_g);
    event.set_total_received_mass_g(mass_g);
  }

  // The rules of the lines. `of` gives the event of a draft, whose first line is a medical bag.
  template <typename Of>
  void ExpectRulesOfLines(const Draft& valid, const std::string& other_site, Of of) {
    const auto line = [&of](auto set) {
      return [&of, set](Draft& d) { set(*of(d).mutable_lines(0)); };
    };
    Expect(valid, RuleId::kManifestLines, [&](Draft& d) {
      *of(d).add_lines() = of(d).lines(0);
      of(d).set_total_sent_mass_g(2 * of(d).total_sent_mass_g());
      d.by_hand = true;
    });
    Expect(valid, RuleId::kCodeForm, line([](auto& l) { l.set_waste_code("HW01"); }));
    Expect(valid, RuleId::kManifestLineCode, line([](auto& l) { l.set_waste_code("841-002-01"); }));
    Expect(valid, RuleId::kBatchKnown, line([&](auto& l) { l.set_batch(district_.NewId()); }));
    Expect(valid, RuleId::kMethodKnown, line([](auto& l) { l.set_method_code("X1"); }));
    Expect(valid, RuleId::kLabelManifest, line([](auto& l) { l.set_form(v1::PHYSICAL_FORM_GAS); }));
    ExpectAmong(valid, RuleId::kMassPositive, [&](Draft& d) { Weigh(of(d), -1); });
    Expect(valid, RuleId::kMassSum, [&](Draft& d) { of(d).set_total_sent_mass_g(1); });
    Expect(valid, RuleId::kBatchSite, [&](Draft& d) { of(d).set_consignor_site(other_site); });
    Expect(valid, RuleId::kSiteOfOrganisation,
           [&](Draft& d) { of(d).set_consignor_site(district_.plant_site); });
    ExpectAmong(valid, RuleId::kMedicalRecycler, line([](auto& l) { l.set_method_code("R3"); }));
  }

  // What a manifest rests on.
  template <typename Of>
  void ExpectRulesOfPapers(const Draft& valid, Of of) {
    Expect(valid, RuleId::kIdNew, [&](Draft& d) {
      d.by_hand = true;
      of(d).set_manifest(earlier_);
    });
    Expect(valid, RuleId::kPlanDue, [&](Draft& d) { of(d).clear_plan_reference(); });
    Expect(valid, RuleId::kContractDue, [&](Draft& d) { of(d).clear_contract_sha256(); });
    Expect(valid, RuleId::kOfficialNumberDue, [&](Draft& d) { of(d).clear_official_number(); });
    Expect(valid, RuleId::kOfficialNumberForm, [&](Draft& d) { of(d).set_official_number("1"); });
    Expect(valid, RuleId::kOfficialNumberUnique, [&](Draft& d) {
      of(d).set_official_number(district_.Manifest(earlier_).official_number());
    });
    Expect(valid, RuleId::kServiceFee, [&](Draft& d) { of(d).set_fee_fen(-1); });
    const Breaks exempt = [&](Draft& d) {
      of(d).mutable_exemption()->set_item(2);
      of(d).mutable_exemption()->set_link(v1::EXEMPT_LINK_TRANSPORT);
    };
    Expect(valid, RuleId::kExemptionUsed, exempt);
    Expect(valid, RuleId::kExemptionListed, [&](Draft& d) {
      exempt(d);
      of(d).mutable_exemption()->set_item(99);
    });
  }

  District district_;
  std::string earlier_ = Collected(district_, false);  // a manifest with an official number
};

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_COLLECTION_FIXTURE_H_
