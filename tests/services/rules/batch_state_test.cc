// How long a batch has lain, and what lies where.
#include "services/rules/batch_state.h"

#include <gtest/gtest.h>

#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/rules/state_keys.h"
#include "tests/services/rules/district.h"

namespace cradle::rules::test {
namespace {

std::string Since(const District& district, const std::string& batch, const Actor& actor) {
  const state::v1::BatchState state = district.Batch(batch);
  const state::v1::Holding* holding = FindHolding(state, actor.id);
  return holding == nullptr ? "never" : holding->since_date();
}

state::v1::FacilityAccount AccountOf(const District& district, const std::string& facility) {
  state::v1::FacilityAccount account;
  account.ParseFromString(
      district.state().Get(keys::FacilityAccount(facility))->value_or(std::string()));
  return account;
}

TEST(HoldingTest, TheEarliestStartStandsAndAnUnknownOneIsEarliestOfAll) {
  state::v1::BatchState batch;
  HoldSince(batch, "a", "2024-06-03");
  HoldSince(batch, "a", "2024-06-04");
  EXPECT_EQ(FindHolding(batch, "a")->since_date(), "2024-06-03");
  HoldSince(batch, "a", "2024-05-31");
  EXPECT_EQ(FindHolding(batch, "a")->since_date(), "2024-05-31");
  HoldSince(batch, "a", "");
  EXPECT_EQ(FindHolding(batch, "a")->since_date(), "");
  HoldSince(batch, "a", "2020-01-01");
  EXPECT_EQ(FindHolding(batch, "a")->since_date(), "") << "what nobody knows stays unknown";
  EXPECT_EQ(FindHolding(batch, "b"), nullptr);
}

TEST(HoldingTest, AChildHasLainAsLongAsTheEldestOfItsParents) {
  state::v1::BatchState old;
  HoldSince(old, "a", "2023-01-01");
  HoldSince(old, "b", "2024-02-01");
  state::v1::BatchState young;
  HoldSince(young, "a", "2024-03-01");
  HoldSince(young, "c", "2024-03-02");
  state::v1::BatchState child;
  InheritHoldings(child, young);
  InheritHoldings(child, old);
  EXPECT_EQ(FindHolding(child, "a")->since_date(), "2023-01-01");
  EXPECT_EQ(FindHolding(child, "b")->since_date(), "2024-02-01");
  EXPECT_EQ(FindHolding(child, "c")->since_date(), "2024-03-02");
}

TEST(HoldingTest, AStartIsTheEarliestOfWhatIsAssertedAndTheAct) {
  District district;
  const std::string batch = district.NewId();
  Draft generate = district.Generate(district.producer, district.producer_site, batch);
  generate.message.mutable_batch_generated()->set_opened_time_ms(ShanghaiMs(2024, 5, 1));
  district.Must(generate);
  EXPECT_EQ(Since(district, batch, district.producer), "2024-05-01");
  Draft store = district.Store(district.producer, batch, district.producer_store);
  store.message.mutable_batch_stored()->set_stored_time_ms(ShanghaiMs(2024, 4, 30, 23));
  district.Must(store);
  EXPECT_EQ(Since(district, batch, district.producer), "2024-04-30");
}

TEST(HoldingTest, TheReceiverHoldsFromArrivalAndTheConsignorsTimeIsKept) {
  District district;
  const std::string manifest = district.Taken();
  const std::string batch = district.Manifest(manifest).issued().lines(0).batch();
  district.now_ms += kDayMs;
  Draft deliver = district.Deliver(district.carrier, manifest);
  deliver.message.mutable_load_delivered()->set_delivered_time_ms(district.now_ms);
  district.Must(deliver);
  district.now_ms += 3 * kDayMs;
  district.Must(district.Confirm(manifest));
  EXPECT_EQ(Since(district, batch, district.plant), "2024-06-04");
  EXPECT_EQ(Since(district, batch, district.producer), "2024-06-03");
}

TEST(AccountTest, WhatIsConsignedLiesInTheStoreUntilItIsTaken) {
  District district;
  const std::string store = district.producer_store;
  const std::string manifest = district.Issued({district.Stored(), district.Stored()});
  EXPECT_EQ(AccountOf(district, store).stored_mass_g(), 0);
  EXPECT_EQ(AccountOf(district, store).consigned_mass_g(), 500'000);
  EXPECT_EQ(AccountOf(district, store).consigned_batches(), 2u);
  district.Must(district.Take(district.producer, district.carrier, manifest, district.truck));
  EXPECT_EQ(AccountOf(district, store).consigned_mass_g(), 0);
  EXPECT_EQ(AccountOf(district, store).consigned_batches(), 0u);
  const std::string other = district.Issued({district.Stored()});
  district.Must(district.Cancel(district.producer, other));
  EXPECT_EQ(AccountOf(district, store).stored_mass_g(), 250'000);
  EXPECT_EQ(AccountOf(district, store).consigned_mass_g(), 0);
}

}  // namespace
}  // namespace cradle::rules::test
