// The load on the road: taken, handed over, delivered.
#include <gtest/gtest.h>

#include "services/rules/calendar.h"
#include "tests/services/rules/manifest_fixture.h"

namespace cradle::rules::test {
namespace {

class TransportRulesTest : public ManifestRulesTest {};

TEST_F(TransportRulesTest, ALoadIsTakenByItsConsignorAndFirstCarrier) {
  const std::string manifest = district_.Issued({district_.Stored()}, true);
  const Draft valid = Take(manifest);
  Expect(valid, RuleId::kManifestKnown,
         [&](Draft& draft) { Taken(draft).set_manifest(district_.NewId()); });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 0, district_.hospital); });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 1, district_.carrier2); });
  Expect(valid, RuleId::kFormField, [](Draft& draft) { Taken(draft).clear_taken_time_ms(); });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { Taken(draft).set_taken_time_ms(district_.now_ms + 1); });
  Expect(valid, RuleId::kVehicleRegistered,
         [&](Draft& draft) { Taken(draft).set_vehicle(district_.NewId()); });
  Expect(valid, RuleId::kVehicleRegistered, [](Draft& draft) { Taken(draft).clear_vehicle(); });
  Expect(valid, RuleId::kVehicleRegistered,
         [&](Draft& draft) { Taken(draft).set_vehicle(district_.truck2); });
  district_.Must(valid);
  const auto again = district_.Try(valid);
  EXPECT_EQ(std::get<Refused>(*again).violations[0].rule, "MANIFEST-STATE");
}

TEST_F(TransportRulesTest, AnotherVehicleThanTheOneNamedIsMarked) {
  Draft issue = Issue();
  Issued(issue).mutable_carriers(0)->set_vehicle(district_.truck);
  Issued(issue).add_carriers()->set_organisation(district_.carrier2.id);
  Issued(issue).mutable_carriers(1)->set_vehicle(district_.truck2);
  const std::string manifest = issue.message.manifest_issued().manifest();
  district_.Must(issue);
  Expect(Take(manifest), RuleId::kVehicleAsIssued,
         [&](Draft& draft) { Taken(draft).set_vehicle(district_.medical_truck); });
  district_.Must(Take(manifest));
  const std::string spare = district_.NewId();
  district_.Must(district_.RegisterVehicle(district_.carrier2, spare));
  Expect(HandOver(manifest), RuleId::kVehicleAsIssued,
         [&](Draft& draft) { HandedOver(draft).set_vehicle(spare); });
  Expect(HandOver(manifest), RuleId::kVehicleRegistered,
         [&](Draft& draft) { HandedOver(draft).set_vehicle(district_.NewId()); });
}

TEST_F(TransportRulesTest, AnOfficialNumberMayComeWithTheLoadAndABadOneIsOnlyMarked) {
  Draft other = Issue();
  Issued(other).set_official_number(kOfficialNumber);
  district_.Must(other);
  const std::string manifest = district_.Issued({district_.Stored()});
  Draft valid = Take(manifest);
  Taken(valid).set_official_number("20243707000002");
  Expect(valid, RuleId::kOfficialNumberForm,
         [](Draft& draft) { Taken(draft).set_official_number("2024"); });
  Expect(valid, RuleId::kOfficialNumberUnique,
         [](Draft& draft) { Taken(draft).set_official_number(kOfficialNumber); });
  Draft bad = valid;
  Taken(bad).set_official_number(kOfficialNumber);
  District copy = district_;
  copy.Must(bad);
  EXPECT_EQ(copy.Manifest(manifest).official_number(), "") << "another's number is not kept";
  district_.Must(valid);
  EXPECT_EQ(district_.Manifest(manifest).official_number(), "20243707000002");

  // A manifest that has one keeps it.
  const std::string of_other = other.message.manifest_issued().manifest();
  Draft second = Take(of_other);
  Taken(second).set_official_number("20243707000003");
  EXPECT_TRUE(Has(district_.Must(second), RuleId::kOfficialNumberUnique));
  EXPECT_EQ(district_.Manifest(of_other).official_number(), kOfficialNumber);
}

TEST_F(TransportRulesTest, ALoadPassesFromCarrierToCarrierInOrder) {
  const std::string manifest = TakenOfTwo();
  const Draft valid = HandOver(manifest);
  Expect(valid, RuleId::kManifestKnown,
         [&](Draft& draft) { HandedOver(draft).set_manifest(district_.NewId()); });
  Expect(valid, RuleId::kManifestParty, [&](Draft& draft) {
    SetParty(draft, 0, district_.carrier2);
    SetParty(draft, 1, district_.carrier);
  });
  Expect(valid, RuleId::kTimeFact,
         [&](Draft& draft) { HandedOver(draft).set_handed_over_time_ms(district_.now_ms + 1); });
  // The second carrier has not taken it yet.
  const auto early = district_.Try(district_.Deliver(district_.carrier2, manifest));
  EXPECT_EQ(std::get<Refused>(*early).violations[0].rule, "MANIFEST-STATE");
  district_.Must(valid);
  EXPECT_EQ(district_.Manifest(manifest).carrier(), 1u);
  EXPECT_EQ(district_.Manifest(manifest).vehicles_size(), 2);
  // There is no third.
  const auto more = district_.Try(
      district_.HandOver(district_.carrier2, district_.carrier, manifest, district_.truck));
  EXPECT_EQ(std::get<Refused>(*more).violations[0].rule, "MANIFEST-STATE");
  district_.Must(district_.Deliver(district_.carrier2, manifest));
}

TEST_F(TransportRulesTest, TheLastCarrierDeliversToTheReceiver) {
  const std::string manifest = district_.Taken();
  const Draft valid = district_.Deliver(district_.carrier, manifest);
  Expect(valid, RuleId::kManifestKnown, [&](Draft& draft) {
    draft.message.mutable_load_delivered()->set_manifest(district_.NewId());
  });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 0, district_.carrier2); });
  Expect(valid, RuleId::kManifestParty,
         [&](Draft& draft) { SetParty(draft, 1, district_.hospital); });
  Expect(valid, RuleId::kTimeFact, [&](Draft& draft) {
    draft.message.mutable_load_delivered()->set_delivered_time_ms(district_.now_ms + 1);
  });
  const auto unconfirmed = district_.Try(district_.Confirm(manifest));
  EXPECT_EQ(std::get<Refused>(*unconfirmed).violations[0].rule, "MANIFEST-STATE")
      << "not delivered yet";
  district_.Must(valid);
}

// Between issue and confirmation only the manifest's own chain moves: one link, small enough for a
// printed code.
TEST_F(TransportRulesTest, PickupHandoverAndDeliveryExtendTheManifestAlone) {
  std::vector<std::string> batches;
  for (int i = 0; i < 20; ++i) batches.push_back(district_.Stored());
  const std::string manifest = district_.Issued(batches, true);
  for (const Draft& draft :
       {Take(manifest), HandOver(manifest), district_.Deliver(district_.carrier2, manifest)}) {
    const auto [parsed, attestations] = district_.Complete(draft);
    ASSERT_EQ(parsed.message.links_size(), 1);
    size_t bytes = parsed.bytes.size();
    for (const auto& attestation : attestations) {
      bytes += evidence::Serialize(attestation.message).size() + 64;
    }
    EXPECT_LT(bytes, 1200u);
    district_.Must(draft);
  }
}

}  // namespace
}  // namespace cradle::rules::test
