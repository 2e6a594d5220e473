// Weigh tickets, and how what a vehicle weighed is shared over the lines of its manifest.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <numeric>
#include <random>

#include "services/rules/calendar.h"
#include "services/rules/share_mass.h"
#include "tests/services/rules/drafts_manifest.h"
#include "tests/services/rules/manifest_fixture.h"

namespace cradle::rules::test {
namespace {

using testing::ElementsAre;

TEST(ShareMassTest, WhatTheDivisionLeavesGoesToTheLargestRemainders) {
  EXPECT_THAT(ShareMass(10, {1, 1, 1}), ElementsAre(4, 3, 3)) << "of equal ones to the earlier";
  EXPECT_THAT(ShareMass(100, {1, 2, 4}), ElementsAre(14, 29, 57));
  EXPECT_THAT(ShareMass(0, {5, 5}), ElementsAre(0, 0));
  EXPECT_THAT(ShareMass(7, {0, 0}), ElementsAre(7, 0)) << "nothing to go by";
  EXPECT_THAT(ShareMass(7, {0, 3}), ElementsAre(0, 7));
  EXPECT_THAT(ShareMass(kMassMaxG, {kMassMaxG, kMassMaxG}),
              ElementsAre(kMassMaxG / 2, kMassMaxG / 2));
}

TEST(ShareMassTest, SharesAddUpAndAreWithinAGramOfTheProportion) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    std::vector<int64_t> weights(1 + random() % 20);
    for (int64_t& weight : weights) weight = static_cast<int64_t>(random() % 1'000'000);
    const auto mass_g = static_cast<int64_t>(random() % 50'000'000);
    const std::vector<int64_t> shares = ShareMass(mass_g, weights);
    ASSERT_EQ(std::accumulate(shares.begin(), shares.end(), int64_t{0}), mass_g);
    const int64_t total = std::accumulate(weights.begin(), weights.end(), int64_t{0});
    if (total == 0) continue;
    for (size_t i = 0; i < weights.size(); ++i) {
      const int64_t floor_g = mass_g * weights[i] / total;
      ASSERT_GE(shares[i], floor_g);
      ASSERT_LE(shares[i], floor_g + 1);
    }
  }
}

class WeighingTest : public ManifestRulesTest {
 protected:
  // Two batches of 250 kg, delivered on the truck.
  std::string DeliveredOfTwo() {
    const std::string manifest = district_.Issued({district_.Stored(), district_.Stored()});
    district_.Must(Take(manifest));
    district_.Must(district_.Deliver(district_.carrier, manifest));
    return manifest;
  }
  // As if the vehicle had weighed `net_g`, shared as the lines say.
  Draft Weighed(const std::string& manifest, int64_t net_g, v1::WeighShare share, int64_t a_g,
                int64_t b_g) {
    Draft draft = district_.Confirm(manifest);
    v1::ReceiptConfirmed& event = Confirmed(draft);
    *event.mutable_weigh_ticket() = Ticket(district_, net_g);
    event.set_weigh_share(share);
    event.mutable_lines(0)->set_received_mass_g(a_g);
    event.mutable_lines(1)->set_received_mass_g(b_g);
    event.set_total_received_mass_g(net_g);
    return draft;
  }
  // `ticket` of a valid draft, with each thing that may be wrong with it.
  void ExpectTicketRules(const Draft& valid,
                         const std::function<v1::WeighTicket&(Draft&)>& ticket) {
    Expect(valid, RuleId::kWeighTicket,
           [&](Draft& draft) { ticket(draft).set_gross_mass_g(12'000'000); });
    Expect(valid, RuleId::kWeighScale,
           [&](Draft& draft) { ticket(draft).set_verification_expiry_date("2024-06-02"); });
    Expect(valid, RuleId::kWeighVehicle,
           [&](Draft& draft) { ticket(draft).set_vehicle(district_.truck2); });
    Expect(valid, RuleId::kWeighTyped,
           [&](Draft& draft) { ticket(draft).set_entry(v1::WEIGH_ENTRY_TYPED); });
    Expect(valid, RuleId::kTimeFact,
           [&](Draft& draft) { ticket(draft).set_weighed_time_ms(district_.now_ms + 1); });
    for (const auto& breaks : std::initializer_list<std::function<void(v1::WeighTicket&)>>{
             [](v1::WeighTicket& broken) { broken.clear_ticket_number(); },
             [](v1::WeighTicket& broken) { broken.clear_scale_id(); },
             [](v1::WeighTicket& broken) { broken.clear_entry(); },
             [](v1::WeighTicket& broken) { broken.clear_weighed_time_ms(); },
             [](v1::WeighTicket& broken) { broken.set_verification_expiry_date("2024"); },
             [](v1::WeighTicket& broken) { broken.set_photo_sha256("photo"); },
             [](v1::WeighTicket& broken) { broken.set_tare_mass_g(-1); },
             [](v1::WeighTicket& broken) { broken.set_gross_mass_g(INT64_MAX); }}) {
      Expect(valid, RuleId::kFormField, [&](Draft& draft) { breaks(ticket(draft)); });
    }
  }
};

TEST_F(WeighingTest, ATicketAtReceiptAddsUpAndIsOfTheVehicleOnAVerifiedScale) {
  const Draft valid = ConfirmWeighed(district_, DeliveredOfTwo());
  ExpectTicketRules(valid, [](Draft& draft) -> v1::WeighTicket& {
    return *Confirmed(draft).mutable_weigh_ticket();
  });
  EXPECT_TRUE(district_.Must(valid).empty());
}

TEST_F(WeighingTest, ATicketAtPickupTooAndTheStatementStaysOneCode) {
  const std::string manifest = district_.Issued({district_.Stored()});
  Draft valid = Take(manifest);
  *Taken(valid).mutable_weigh_ticket() = Ticket(district_, 250'000);
  ExpectTicketRules(
      valid, [](Draft& draft) -> v1::WeighTicket& { return *Taken(draft).mutable_weigh_ticket(); });
  Expect(valid, RuleId::kWeightAlert,
         [&](Draft& draft) { *Taken(draft).mutable_weigh_ticket() = Ticket(district_, 262'501); });
  const auto [parsed, attestations] = district_.Complete(valid);
  size_t bytes = parsed.bytes.size();
  for (const auto& attestation : attestations) {
    bytes += evidence::Serialize(attestation.message).size() + 64;
  }
  EXPECT_LT(bytes, 1200u);
}

TEST_F(WeighingTest, TheNetIsSharedByWhatWasSentExactly) {
  const std::string manifest = DeliveredOfTwo();
  const auto by_sent = v1::WEIGH_SHARE_BY_SENT_MASS;
  const Draft valid = Weighed(manifest, 499'999, by_sent, 250'000, 249'999);
  Expect(valid, RuleId::kWeighShare,
         [&](Draft& draft) { draft = Weighed(manifest, 499'999, by_sent, 249'999, 250'000); });
  Expect(valid, RuleId::kWeighShare, [](Draft& draft) { Confirmed(draft).clear_weigh_ticket(); });
  Expect(valid, RuleId::kWeighShare, [](Draft& draft) { Confirmed(draft).clear_weigh_share(); });
  Expect(valid, RuleId::kWeighShare, [](Draft& draft) { Confirmed(draft).set_share_line(1); });
  district_.Must(valid);
  EXPECT_EQ(district_.Manifest(manifest).vehicle_difference_g(), -1);
  EXPECT_EQ(district_.Manifest(manifest).weighed_vehicle(), district_.truck);
}

TEST_F(WeighingTest, OrByWhatEachLineWeighedOrAllOfItToOneLine) {
  const std::string manifest = DeliveredOfTwo();
  Draft by_line = Weighed(manifest, 500'000, v1::WEIGH_SHARE_BY_LINE_WEIGHT, 300'000, 200'000);
  Confirmed(by_line).mutable_lines(0)->set_line_mass_g(3);
  Confirmed(by_line).mutable_lines(1)->set_line_mass_g(2);
  Expect(by_line, RuleId::kWeighShare,
         [](Draft& draft) { Confirmed(draft).mutable_lines(1)->set_line_mass_g(3); });
  Draft to_line = Weighed(manifest, 498'000, v1::WEIGH_SHARE_ALL_TO_LINE, 250'000, 248'000);
  Confirmed(to_line).set_share_line(2);
  Expect(to_line, RuleId::kWeighShare, [](Draft& draft) { Confirmed(draft).set_share_line(1); });
  Expect(to_line, RuleId::kWeighShare, [](Draft& draft) { Confirmed(draft).set_share_line(3); });
  Expect(to_line, RuleId::kWeighShare, [&](Draft& draft) {
    draft = Weighed(manifest, 100'000, v1::WEIGH_SHARE_ALL_TO_LINE, 250'000, 0);
    Confirmed(draft).set_total_received_mass_g(250'000);
  });
  district_.Must(to_line);
}

TEST_F(WeighingTest, AboveTheThresholdAnAlertIsRaisedAndAtItNone) {
  const std::string manifest = DeliveredOfTwo();
  const auto received = [&](int64_t a_g) {
    Draft draft = district_.Confirm(manifest);
    Confirmed(draft).mutable_lines(0)->set_received_mass_g(a_g);
    Confirmed(draft).set_total_received_mass_g(a_g + 250'000);
    return draft;
  };
  Expect(received(225'000), RuleId::kWeightAlert, [&](Draft& draft) { draft = received(224'999); });
  Expect(received(275'000), RuleId::kWeightAlert, [&](Draft& draft) { draft = received(275'001); });
  // What was turned away unweighed is no loss.
  Draft refused = district_.Confirm(manifest);
  RefuseLine(*Confirmed(refused).mutable_lines(0));
  Confirmed(refused).set_total_received_mass_g(250'000);
  EXPECT_FALSE(Has(ViolationsOf(*district_.Try(refused)), RuleId::kWeightAlert));
}

// No licence is read for each line, and no rule looks at all other lines.
TEST_F(WeighingTest, AManifestOfHundredsOfLinesIsConfirmedWithATicket) {
  std::vector<std::string> batches;
  for (int i = 0; i < 450; ++i) {
    batches.push_back(district_.Generated(district_.producer, district_.producer_site));
  }
  const std::string manifest = district_.Issued(batches);
  district_.Must(Take(manifest));
  district_.Must(district_.Deliver(district_.carrier, manifest));
  const Draft confirm = ConfirmWeighed(district_, manifest);
  EXPECT_TRUE(district_.Must(confirm).empty());
  EXPECT_EQ(district_.Batch(batches.back()).custodian(), district_.plant.id);
}

}  // namespace
}  // namespace cradle::rules::test
