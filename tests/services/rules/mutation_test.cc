// Valid statements with fields changed at random, attested by whom they should be: whatever they
// say, the answer is a verdict. A rule that finds something wrong at an event for which the table
// does not have it would be an error, and so would a crash.
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "tests/services/rules/district.h"
#include "tests/services/rules/mutator.h"
#include "tests/services/rules/one_of_each.h"

namespace cradle::rules::test {
namespace {

class RandomChoices : public Choices {
 public:
  RandomChoices(std::mt19937& random, std::vector<std::string> texts)
      : random_(random), texts_(std::move(texts)) {}

  uint32_t Draw() override { return static_cast<uint32_t>(random_()); }
  std::string Text(const google::protobuf::FieldDescriptor& /*field*/) override {
    return texts_[random_() % texts_.size()];
  }

 private:
  std::mt19937& random_;
  std::vector<std::string> texts_;
};

TEST(MutationTest, WhatIsMutatedIsAStatementOfEveryEventAndValid) {
  District district;
  std::set<Event> seen;
  for (const Draft& draft : OneOfEach(district)) {
    const auto verdict = district.Try(draft);
    ASSERT_TRUE(verdict.ok()) << verdict.status();
    const Event event = draft.message.event_case();
    EXPECT_TRUE(std::holds_alternative<Admitted>(*verdict)) << EventName(event);
    seen.insert(event);
  }
  for (const Event event : Events()) {
    // The log of a district is founded already.
    EXPECT_EQ(seen.contains(event), event != v1::Statement::kFounded) << EventName(event);
  }
}

TEST(MutationTest, EveryStatementGetsAVerdict) {
  District district;
  const std::string generated = district.Generated(district.producer, district.producer_site);
  const std::string stored = district.Stored();
  const std::string received = district.Received();
  const std::string issued = district.Issued({district.Stored()}, true);
  const std::string medical = district.MedicalIssued();
  const std::string taken = district.Issued({district.Stored(), district.Stored()}, true);
  district.Must(district.Take(district.producer, district.carrier, taken, district.truck));
  const std::string delivered = district.Delivered();
  const std::vector<Draft> valid = OneOfEach(district);
  std::vector<std::string> texts = HostileTexts();
  texts.insert(texts.end(),
               {generated, stored, received, issued, taken, delivered, district.producer.id,
                district.hospital.id, district.carrier.id, district.plant.id, district.bureau.id,
                district.producer_site, district.plant_site, district.plant_furnace,
                district.producer_store, district.truck, district.medical_truck, district.NewId()});
  std::mt19937 random(20240603);
  RandomChoices choices(random, std::move(texts));
  int admitted = 0;
  int refused = 0;
  for (int round = 0; round < 12'000; ++round) {
    Draft draft = valid[random() % valid.size()];
    draft.by_hand = true;
    const auto* event = draft.message.GetDescriptor()->FindFieldByNumber(
        static_cast<int>(draft.message.event_case()));
    for (auto changes = 1 + random() % 3; changes > 0; --changes) {
      Mutate(*draft.message.GetReflection()->MutableMessage(&draft.message, event), choices);
    }
    const auto [parsed, attestations] = district.Complete(draft);
    const auto verdict = district.TryParsed(parsed, attestations);
    if (!verdict.ok()) {
      ASSERT_EQ(verdict.status().code(), absl::StatusCode::kUnimplemented)
          << verdict.status() << "\n"
          << draft.message.ShortDebugString();
      ASSERT_EQ(draft.message.event_case(), v1::Statement::kRulesAdopted);
      continue;
    }
    std::holds_alternative<Admitted>(*verdict) ? ++admitted : ++refused;
  }
  EXPECT_GT(admitted, 500);
  EXPECT_GT(refused, 3000);
}

}  // namespace
}  // namespace cradle::rules::test
