// What the tests of manifests share.
#ifndef CRADLE_TESTS_SERVICES_RULES_MANIFEST_FIXTURE_H_
#define CRADLE_TESTS_SERVICES_RULES_MANIFEST_FIXTURE_H_

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "tests/services/rules/district.h"

namespace cradle::rules::test {

inline constexpr const char* kOfficialNumber = "20243707000001";

class ManifestRulesTest : public testing::Test {
 protected:
  void Expect(const Draft& valid, RuleId rule, const std::function<void(Draft&)>& breaks) {
    ExpectRule(district_, valid, rule, breaks);
  }
  Draft Issue() {
    return district_.Issue(district_.producer, district_.NewId(), {district_.Stored()},
                           {&district_.carrier});
  }
  Draft MedicalIssue(const std::string& code = "841-001-01") {
    return district_.Issue(district_.hospital, district_.NewId(),
                           {district_.Generated(district_.hospital, district_.hospital_site, code)},
                           {&district_.carrier});
  }
  Draft Take(const std::string& manifest) {
    return district_.Take(district_.producer, district_.carrier, manifest, district_.truck);
  }
  // A manifest the first of two carriers holds.
  std::string TakenOfTwo() {
    const std::string manifest = district_.Issued({district_.Stored()}, true);
    district_.Must(Take(manifest));
    return manifest;
  }
  Draft HandOver(const std::string& manifest) {
    return district_.HandOver(district_.carrier, district_.carrier2, manifest, district_.truck2);
  }
  static v1::ManifestIssued& Issued(Draft& draft) {
    return *draft.message.mutable_manifest_issued();
  }
  static v1::LoadTaken& Taken(Draft& draft) { return *draft.message.mutable_load_taken(); }
  static v1::LoadHandedOver& HandedOver(Draft& draft) {
    return *draft.message.mutable_load_handed_over();
  }
  static v1::ReceiptConfirmed& Confirmed(Draft& draft) {
    return *draft.message.mutable_receipt_confirmed();
  }
  void SetParty(Draft& draft, int place, const Actor& actor) {
    draft.message.mutable_parties(place)->set_organisation(actor.id);
    draft.devices[static_cast<size_t>(place)] = actor.handler;
  }
  District district_;
};

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_MANIFEST_FIXTURE_H_
