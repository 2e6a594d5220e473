#include "services/rules/medical_clock.h"

#include <gtest/gtest.h>

#include <random>

#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "tests/services/rules/world.h"

namespace cradle::rules::test {
namespace {

using state::v1::ColdRun;
using state::v1::MedicalStay;

constexpr MedicalLimits kLimits{.storage_days = 2,
                                .warm_hours = 24,
                                .cold_hours = 72,
                                .remote_hours = 168,
                                .reading_hours = 24,
                                .cold_milli_celsius = 5'000};
constexpr int64_t kArrivedMs = 1'000'000 * kHourMs;

MedicalStay Arrived() {
  MedicalStay stay;
  stay.set_arrived_time_ms(kArrivedMs);
  return stay;
}

// Hours from the arrival.
int64_t At(int64_t hours) { return kArrivedMs + hours * kHourMs; }

ColdRun Read(const ColdRun& run, int64_t milli_celsius, int64_t hours) {
  return AfterReading(run, milli_celsius, At(hours), At(hours), kLimits);
}

// Cold at each of these hours.
ColdRun ColdAt(std::initializer_list<int64_t> hours) {
  ColdRun run;
  for (const int64_t hour : hours) run = Read(run, 4'999, hour);
  return run;
}

int64_t DueHours(const ColdRun& run, const MedicalStay& stay = Arrived(), bool remote = false) {
  return (ReceiverDueMs(stay, run, remote, kLimits) - kArrivedMs) / kHourMs;
}

TEST(MedicalClockTest, AnInstitutionHasTwoDaysAfterTheFirst) {
  const absl::CivilDay monday(2024, 6, 3);
  const int64_t due = InstitutionDueMs(monday, kLogZoneOffsetMs, kLimits);
  EXPECT_EQ(DayOf(due, kLogZoneOffsetMs), absl::CivilDay(2024, 6, 5));
  EXPECT_EQ(DayOf(due + 1, kLogZoneOffsetMs), absl::CivilDay(2024, 6, 6));
}

TEST(MedicalClockTest, WithoutReadingsItIsWarm) {
  EXPECT_EQ(DueHours(ColdRun()), 24);
  EXPECT_EQ(DueHours(Read(ColdRun(), 5'000, 1)), 24);  // five degrees are not below five
}

TEST(MedicalClockTest, AColdStoreGivesThreeDaysAsLongAsItIsReadCold) {
  EXPECT_EQ(DueHours(ColdAt({-100, -90, -70, -50, -30, -10, 10, 30, 50})), 72);
  EXPECT_EQ(DueHours(ColdAt({10, 30})), 54);      // the last reading holds a day
  EXPECT_EQ(DueHours(ColdAt({24, 48, 60})), 72);  // cold just in time
  EXPECT_EQ(DueHours(ColdAt({25, 48, 60})), 24);  // too late
  EXPECT_EQ(DueHours(ColdAt({0, 25, 48})), 24);   // a gap: cold since 25 only
  EXPECT_EQ(DueHours(ColdAt({-48, -24, -1})), 24);
}

TEST(MedicalClockTest, AWarmReadingEndsTheRun) {
  const ColdRun run = ColdAt({1, 20, 40});
  EXPECT_EQ(DueHours(Read(run, 9'000, 50)), 50);
  EXPECT_EQ(DueHours(Read(run, 9'000, 66)), 64);  // the reading of hour 40 had ended before
  EXPECT_EQ(DueHours(Read(Read(run, 9'000, 50), 4'000, 51)), 24);
  EXPECT_EQ(DueHours(Read(Read(ColdAt({1}), 9'000, 5), 4'000, 12)), 36);
}

TEST(MedicalClockTest, AReadingCountsFromWhenItIsAsserted) {
  ColdRun late = AfterReading(ColdRun(), 4'000, At(2), At(30), kLimits);
  EXPECT_EQ(DueHours(late), 24);
  late = AfterReading(ColdAt({1}), 4'000, At(20), At(26), kLimits);
  EXPECT_EQ(DueHours(late), 24);  // begins anew, after the warm limit
  // One from the future holds no longer than from when it is asserted.
  EXPECT_EQ(DueHours(AfterReading(ColdRun(), 4'000, At(20), At(10), kLimits)), 34);
}

TEST(MedicalClockTest, RemoteAndDisinfectedGivesAWeekWhileItLiesThere) {
  MedicalStay stay = Arrived();
  stay.set_remote_disinfected(true);
  EXPECT_EQ(DueHours(ColdRun(), stay, true), 168);
  EXPECT_EQ(DueHours(ColdRun(), stay, false), 24);
  stay.set_passed_time_ms(At(40));
  EXPECT_EQ(DueHours(ColdRun(), stay, true), 40);
}

TEST(MedicalClockTest, NoReadingLengthensAStayWhoseLimitHasPassed) {
  for (uint32_t seed = 0; seed < 2'000; ++seed) {
    std::mt19937 random(seed);
    ColdRun run;
    int64_t act_ms = At(-60);
    int64_t read_ms = act_ms;
    for (int step = 0; step < 40; ++step) {
      act_ms += static_cast<int64_t>(random() % 30) * kHourMs / 2;
      // Readings come in order of their time; what is older is not taken (rules_storage.cc).
      read_ms = std::max(read_ms, act_ms + static_cast<int64_t>(random() % 41 - 30) * kHourMs / 2);
      const int64_t before = ReceiverDueMs(Arrived(), run, false, kLimits);
      run = AfterReading(run, random() % 4 == 0 ? 6'000 : 3'000, read_ms, act_ms, kLimits);
      const int64_t after = ReceiverDueMs(Arrived(), run, false, kLimits);
      ASSERT_GE(after, At(24)) << seed;
      ASSERT_LE(after, At(72)) << seed;
      ASSERT_TRUE(before >= act_ms || after <= before) << seed << " step " << step;
    }
  }
}

class MedicalDueTest : public testing::Test {
 protected:
  MedicalDueTest() {
    batch_.set_waste_code("841-001-01");
    batch_.set_custodian("hospital");
    batch_.set_generator("hospital");
    batch_.set_status(state::v1::BATCH_STATUS_STORED);
    batch_.add_holdings()->set_organisation("hospital");
    batch_.mutable_holdings(0)->set_since_date("2024-06-03");
  }
  std::optional<int64_t> Due(const state::v1::FacilityState* facility = nullptr) const {
    return MedicalDueMs(batch_, facility, kLogZoneOffsetMs, kLimits);
  }
  void Receive() {
    batch_.set_custodian("plant");
    batch_.mutable_medical()->set_arrived_time_ms(kArrivedMs);
    HoldSince(batch_, "plant", FormatDate(DayOf(kArrivedMs, kLogZoneOffsetMs)));
  }
  state::v1::BatchState batch_;
};

TEST_F(MedicalDueTest, OwnWasteIsDueByDaysAndReceivedByHours) {
  EXPECT_EQ(Due(), ShanghaiMs(2024, 6, 6) - 1);
  Receive();
  EXPECT_EQ(Due(), At(24));
  state::v1::FacilityState store;
  *store.mutable_cold() = ColdAt({-1, 20, 40});
  EXPECT_EQ(Due(&store), At(64));
}

TEST_F(MedicalDueTest, WhatComesBackToItsReceiverHasBeenThereSinceItFirstCame) {
  const absl::CivilDay arrival = DayOf(kArrivedMs, kLogZoneOffsetMs);
  Receive();
  HoldSince(batch_, "plant", FormatDate(arrival - 1));
  EXPECT_EQ(Due(), StartOfDayMs(arrival, kLogZoneOffsetMs));
}

TEST_F(MedicalDueTest, ChemicalWasteIsDueWithItsInstitutionAlone) {
  for (const char* const code : {"841-004-01", "841-005-01"}) {
    batch_.set_waste_code(code);
    EXPECT_TRUE(Due().has_value());
    Receive();
    EXPECT_FALSE(Due().has_value());
    batch_.set_custodian("hospital");
  }
}

TEST_F(MedicalDueTest, OtherWasteAndWhatHasEndedIsNeverDue) {
  batch_.set_status(state::v1::BATCH_STATUS_TREATED);
  EXPECT_FALSE(Due().has_value());
  batch_.set_status(state::v1::BATCH_STATUS_STORED);
  batch_.set_waste_code("900-214-08");
  EXPECT_FALSE(Due().has_value());
}

TEST_F(MedicalDueTest, WhatLiesThereNobodyKnowsSinceWhenWasDueBeforeAnyTime) {
  batch_.mutable_holdings(0)->clear_since_date();
  EXPECT_EQ(Due(), 0);
  batch_.set_custodian("plant");
  EXPECT_EQ(Due(), 0);
  batch_.add_holdings()->set_organisation("plant");
  batch_.mutable_holdings(1)->set_since_date("2024-06-03");
  EXPECT_EQ(Due(), ShanghaiMs(2024, 6, 4));
}

TEST(MedicalLimitsTest, TheRuleDataHaveThemFromTheRegulationOn) {
  const World world;
  const auto limits = MedicalLimitsOn(world.data(), absl::CivilDay(2024, 6, 3));
  ASSERT_TRUE(limits.has_value());
  EXPECT_EQ(limits->storage_days, 2);
  EXPECT_EQ(limits->reading_hours, 24);
  EXPECT_EQ(limits->cold_milli_celsius, 5'000);
  EXPECT_FALSE(MedicalLimitsOn(world.data(), absl::CivilDay(2003, 6, 15)).has_value());
}

}  // namespace
}  // namespace cradle::rules::test
