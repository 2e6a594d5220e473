#include "services/rules/calendar.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace cradle::rules
