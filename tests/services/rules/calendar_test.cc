#include "services/rules/calendar.h"

#include <gtest/gtest.h>

#include <random>

namespace cradle::rules {
namespace {

using absl::CivilDay;

TEST(CalendarTest, ADayBeginsAtMidnightOfItsZone) {
  const int64_t midnight_utc = 1'717'372'800'000;  // 2024-06-03T00:00:00Z
  EXPECT_EQ(DayOf(midnight_utc, 0), CivilDay(2024, 6, 3));
  EXPECT_EQ(DayOf(midnight_utc - 1, 0), CivilDay(2024, 6, 2));
  EXPECT_EQ(DayOf(midnight_utc + 16 * kHourMs - 1, kLogZoneOffsetMs), CivilDay(2024, 6, 3));
  EXPECT_EQ(DayOf(midnight_utc + 16 * kHourMs, kLogZoneOffsetMs), CivilDay(2024, 6, 4));
  EXPECT_EQ(StartOfDayMs(CivilDay(2024, 6, 3), 0), midnight_utc);
  EXPECT_EQ(StartOfDayMs(CivilDay(2024, 6, 4), kLogZoneOffsetMs), midnight_utc + 16 * kHourMs);
}

TEST(CalendarTest, DaysBefore1970AndTheLargestTimesAreDays) {
  EXPECT_EQ(DayOf(-1, 0), CivilDay(1969, 12, 31));
  EXPECT_EQ(DayOf(-kDayMs, 0), CivilDay(1969, 12, 31));
  EXPECT_EQ(DayOf(-kDayMs - 1, 0), CivilDay(1969, 12, 30));
  EXPECT_EQ(DayOf(-8 * kHourMs, kLogZoneOffsetMs), CivilDay(1970, 1, 1));
  EXPECT_GT(DayOf(INT64_MAX, kLogZoneOffsetMs), CivilDay(9999, 1, 1));
  EXPECT_LT(DayOf(INT64_MIN, -kLogZoneOffsetMs), CivilDay(1, 1, 1));
}

TEST(CalendarTest, TheDayOfTheSmallestTimeBeginsNoEarlier) {
  for (const int64_t zone_offset_ms : {int64_t{0}, kLogZoneOffsetMs, -kLogZoneOffsetMs}) {
    EXPECT_EQ(StartOfDayMs(DayOf(INT64_MIN, zone_offset_ms), zone_offset_ms), INT64_MIN);
    const int64_t last = StartOfDayMs(DayOf(INT64_MAX, zone_offset_ms), zone_offset_ms);
    EXPECT_LT(INT64_MAX - last, kDayMs);
  }
}

TEST(CalendarTest, APeriodOfAYearEndsOnTheSameDateAndIsOverOnTheNext) {
  EXPECT_EQ(LastDayOfPeriod(CivilDay(2023, 6, 3), 1), CivilDay(2024, 6, 3));
  EXPECT_FALSE(PeriodIsOver(CivilDay(2023, 6, 3), 1, CivilDay(2024, 6, 3)));
  EXPECT_TRUE(PeriodIsOver(CivilDay(2023, 6, 3), 1, CivilDay(2024, 6, 4)));
}

TEST(CalendarTest, APeriodFrom29FebruaryEndsOnTheLastOfFebruary) {
  EXPECT_EQ(LastDayOfPeriod(CivilDay(2024, 2, 29), 1), CivilDay(2025, 2, 28));
  EXPECT_FALSE(PeriodIsOver(CivilDay(2024, 2, 29), 1, CivilDay(2025, 2, 28)));
  EXPECT_TRUE(PeriodIsOver(CivilDay(2024, 2, 29), 1, CivilDay(2025, 3, 1)));
  EXPECT_EQ(LastDayOfPeriod(CivilDay(2024, 2, 29), 4), CivilDay(2028, 2, 29));
  EXPECT_EQ(LastDayOfPeriod(CivilDay(2023, 2, 28), 1), CivilDay(2024, 2, 28));
  EXPECT_EQ(AddYears(CivilDay(2023, 12, 31), 2), CivilDay(2025, 12, 31));
}

TEST(CalendarTest, AMonthLaterIsTheSameDayOrTheLastOfTheMonth) {
  EXPECT_EQ(AddMonths(CivilDay(2024, 6, 1), 12), CivilDay(2025, 6, 1));
  EXPECT_EQ(AddMonths(CivilDay(2024, 2, 29), 12), CivilDay(2025, 2, 28));
  EXPECT_EQ(AddMonths(CivilDay(2023, 12, 31), 2), CivilDay(2024, 2, 29));
  EXPECT_EQ(AddMonths(CivilDay(2024, 8, 31), 1), CivilDay(2024, 9, 30));
  EXPECT_EQ(AddMonths(CivilDay(2024, 12, 15), 1), CivilDay(2025, 1, 15));
}

TEST(CalendarTest, ADateIsYearMonthDayAndExists) {
  EXPECT_EQ(*ParseDate("2024-02-29"), CivilDay(2024, 2, 29));
  EXPECT_EQ(FormatDate(CivilDay(987, 1, 2)), "0987-01-02");
  for (const char* wrong : {"", "2024-2-29", "2023-02-29", "2024-13-01", "2024-00-10", "2024-01-32",
                            "2024/01/02", "24-01-02", "0000-01-01", "2024-01-02 ", "２０２４-01"}) {
    EXPECT_EQ(ParseDate(wrong).status().code(), absl::StatusCode::kInvalidArgument) << wrong;
  }
}

TEST(CalendarTest, EveryDayOfFourCenturiesIsReadAsItIsWritten) {
  for (CivilDay day(1900, 1, 1); day < CivilDay(2300, 1, 1); ++day) {
    ASSERT_EQ(*ParseDate(FormatDate(day)), day);
    ASSERT_EQ(DayOf(StartOfDayMs(day, kLogZoneOffsetMs), kLogZoneOffsetMs), day);
  }
}

// Labour Day of 2024 and a year without a table around it.
HolidayTable LabourDay2024() {
  HolidayTable table;
  table.years = {2024};
  for (int day = 1; day <= 5; ++day) {
    table.days[CivilDay(2024, 5, day)] = HolidayTable::Kind::kHoliday;
  }
  table.days[CivilDay(2024, 4, 28)] = HolidayTable::Kind::kWorkday;
  table.days[CivilDay(2024, 5, 11)] = HolidayTable::Kind::kWorkday;
  return table;
}

TEST(WorkingDaysTest, AHolidayIsNoneAndTheSundayWorkedInItsPlaceIsOne) {
  const HolidayTable table = LabourDay2024();
  EXPECT_TRUE(IsWorkingDay(table, CivilDay(2024, 4, 28))) << "a Sunday";
  EXPECT_FALSE(IsWorkingDay(table, CivilDay(2024, 5, 1))) << "a Wednesday";
  EXPECT_FALSE(IsWorkingDay(table, CivilDay(2024, 4, 27))) << "a Saturday like any other";
  EXPECT_TRUE(IsWorkingDay(table, CivilDay(2024, 5, 6)));
  // Received on Friday 26 April: Sunday, Monday, Tuesday, then Monday and Tuesday after the feast.
  EXPECT_EQ(AddWorkingDays(table, CivilDay(2024, 4, 26), 5).last_day, CivilDay(2024, 5, 7));
  EXPECT_EQ(WorkingDaysBetween(table, CivilDay(2024, 4, 26), CivilDay(2024, 5, 7)).working_days, 5);
}

TEST(WorkingDaysTest, TheFirstDayIsNotCountedWorkedOrNot) {
  const HolidayTable none;
  EXPECT_EQ(AddWorkingDays(none, CivilDay(2024, 6, 3), 1).last_day, CivilDay(2024, 6, 4));
  EXPECT_EQ(AddWorkingDays(none, CivilDay(2024, 6, 3), 5).last_day, CivilDay(2024, 6, 10));
  EXPECT_EQ(AddWorkingDays(none, CivilDay(2024, 6, 8), 1).last_day, CivilDay(2024, 6, 10));
  EXPECT_EQ(WorkingDaysBetween(none, CivilDay(2024, 6, 8), CivilDay(2024, 6, 9)).working_days, 0);
}

TEST(WorkingDaysTest, ACountOverAYearWithoutATableSaysWhichYear) {
  const HolidayTable table = LabourDay2024();
  EXPECT_EQ(AddWorkingDays(table, CivilDay(2024, 12, 24), 5).year_without_table, std::nullopt)
      << "its last day is 31 December";
  EXPECT_EQ(AddWorkingDays(table, CivilDay(2024, 12, 24), 6).year_without_table, 2025);
  EXPECT_EQ(AddWorkingDays(table, CivilDay(2023, 12, 31), 3).year_without_table, std::nullopt)
      << "the first day is not counted";
  const auto count = WorkingDaysBetween(table, CivilDay(2022, 12, 31), CivilDay(2025, 1, 2));
  EXPECT_EQ(count.year_without_table, 2023) << "the first of them";
  EXPECT_EQ(WorkingDaysBetween({}, CivilDay(2024, 5, 1), CivilDay(2024, 5, 1)).year_without_table,
            std::nullopt)
      << "nothing was counted";
}

TEST(WorkingDaysTest, APeriodOfNoDaysEndsWhereItBeginsAndNoPeriodLeavesTheCalendar) {
  const CivilDay start(2024, 5, 1);
  for (const int64_t days : {int64_t{0}, int64_t{-1}, INT64_MIN}) {
    EXPECT_EQ(AddWorkingDays({}, start, days).last_day, start);
    EXPECT_EQ(AddWorkingDays({}, start, days).year_without_table, std::nullopt);
  }
  EXPECT_EQ(AddWorkingDays({}, start, INT64_MAX).last_day, CivilDay(9999, 12, 31));
  EXPECT_EQ(AddWorkingDays({}, CivilDay(9999, 12, 31), 1).last_day, CivilDay(9999, 12, 31));
  EXPECT_EQ(WorkingDaysBetween({}, start, start - 400).working_days, 0);
  EXPECT_EQ(WorkingDaysBetween({}, CivilDay(1, 1, 1), CivilDay(9999, 12, 31)).working_days,
            2'608'614)
      << "not day by day";
}

// Random tables of two years out of four, and random periods over them.
class RandomWorkingDaysTest : public testing::TestWithParam<unsigned> {
 protected:
  RandomWorkingDaysTest() : random_(GetParam()) {
    table_.years = {2023, 2025};
    for (int row = 0; row < 120; ++row) {
      const int year = Draw(2) == 0 ? 2023 : 2025;
      const CivilDay day = CivilDay(year, 1, 1) + Draw(365);
      table_.days[day] = Draw(3) == 0 ? HolidayTable::Kind::kWorkday : HolidayTable::Kind::kHoliday;
    }
  }
  int Draw(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  std::mt19937 random_;
  HolidayTable table_;
};

TEST_P(RandomWorkingDaysTest, AgreesWithCountingOnFingersIsMonotoneAndItsOwnInverse) {
  for (int round = 0; round < 200; ++round) {
    const CivilDay start = CivilDay(2022, 1, 1) + Draw(4 * 365);
    CivilDay last = start;
    CivilDay naive = start;
    for (int64_t days = 0, end = Draw(130); days <= end; ++days) {
      if (days > 0) {
        for (++naive; !IsWorkingDay(table_, naive);) ++naive;
      }
      const CivilDay added = AddWorkingDays(table_, start, days).last_day;
      ASSERT_EQ(added, naive) << start << " + " << days;
      ASSERT_EQ(WorkingDaysBetween(table_, start, added).working_days, days) << start;
      ASSERT_TRUE(days == 0 || added > last) << "a longer period ends later";
      last = added;
    }
    // Counted up to any day, the period of that count ends there or on the last working day before.
    const CivilDay end = start + Draw(300);
    const int64_t count = WorkingDaysBetween(table_, start, end).working_days;
    int64_t fingers = 0;
    for (CivilDay day = start + 1; day <= end; ++day) fingers += IsWorkingDay(table_, day);
    ASSERT_EQ(count, fingers) << start << " to " << end;
    ASSERT_LE(AddWorkingDays(table_, start, count).last_day, end);
    ASSERT_GT(AddWorkingDays(table_, start, count + 1).last_day, end);
    ASSERT_LE(count, WorkingDaysBetween(table_, start, end + 1).working_days);
  }
}

TEST_P(RandomWorkingDaysTest, SaysSoExactlyWhereItCountedADayOfAYearWithoutATable) {
  for (int round = 0; round < 500; ++round) {
    const CivilDay start = CivilDay(2022, 1, 1) + Draw(4 * 365);
    const auto period = AddWorkingDays(table_, start, Draw(300));
    std::optional<int64_t> without;
    for (CivilDay day = start + 1; day <= period.last_day && !without; ++day) {
      if (!table_.years.contains(day.year())) without = day.year();
    }
    ASSERT_EQ(period.year_without_table, without) << start << " to " << period.last_day;
    ASSERT_EQ(WorkingDaysBetween(table_, start, period.last_day).year_without_table, without);
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, RandomWorkingDaysTest, testing::Range(1u, 6u));

}  // namespace
}  // namespace cradle::rules
