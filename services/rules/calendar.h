// Civil days and periods of law: pure arithmetic, the same on every machine. No time zone database:
// zones have fixed offsets, which the data bundle gives.
#ifndef CRADLE_SERVICES_RULES_CALENDAR_H_
#define CRADLE_SERVICES_RULES_CALENDAR_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"

namespace cradle::rules {

inline constexpr int64_t kHourMs = 3'600'000;
inline constexpr int64_t kDayMs = 24 * kHourMs;
// The log's own zone, Asia/Shanghai: UTC+8 all year since 1991.
inline constexpr int64_t kLogZoneOffsetMs = 8 * kHourMs;

// 9999-12-31T23:59:59.999Z: no time of ours is later.
inline constexpr int64_t kLastTimeMs = 253'402'300'799'999;

// The civil day of a time (Unix, UTC) where clocks are `zone_offset_ms` ahead of UTC.
absl::CivilDay DayOf(int64_t time_ms, int64_t zone_offset_ms);
// The first millisecond of a day there; of a day that begins before the smallest time there is,
// that.
int64_t StartOfDayMs(absl::CivilDay day, int64_t zone_offset_ms);

// The same date `years` later, or the month's last day where that date does not exist
// (29 February + 1 year = 28 February).
absl::CivilDay AddYears(absl::CivilDay day, int years);
// The same day of the month `months` later, or that month's last day.
absl::CivilDay AddMonths(absl::CivilDay day, int months);

// The last day of a period of years that began on `start`: the first day is not counted, so it ends
// on the same date, or the month's last day (Civil Code, art 200-203). Holidays do not extend it.
absl::CivilDay LastDayOfPeriod(absl::CivilDay start, int years);
// "Over" is strict: the last day itself is not over. Stored 29 February 2024: not over on
// 28 February 2025, over on 1 March 2025.
bool PeriodIsOver(absl::CivilDay start, int years, absl::CivilDay on);

// Days off and days worked in their place, by the yearly notices of the State Council. A year
// without a table is Monday to Friday, and whatever is counted over it says so.
struct HolidayTable {
  enum class Kind { kHoliday, kWorkday };
  std::set<int64_t> years;              // that have a table
  std::map<absl::CivilDay, Kind> days;  // of those years, where not all is as on the weekday
};

bool IsWorkingDay(const HolidayTable& table, absl::CivilDay day);

// A period of working days, and the first year in it that has no table, if there is one.
struct WorkingDayPeriod {
  absl::CivilDay last_day;
  std::optional<int64_t> year_without_table;
};
struct WorkingDayCount {
  int64_t working_days = 0;
  std::optional<int64_t> year_without_table;
};

// The last day of a period of `working_days` that began on `start`: the first day is not counted
// (Civil Code, art 201), the last is a working day. Not over on its last day. Of no or fewer days:
// `start` itself. Never later than 9999-12-31.
WorkingDayPeriod AddWorkingDays(const HolidayTable& table, absl::CivilDay start,
                                int64_t working_days);
// The working days after `start` up to `end`, which is counted; 0 where `end` is not after `start`.
// For what passed. Whether a period is over: compare the day with AddWorkingDays, since a count
// does not grow over a weekend.
WorkingDayCount WorkingDaysBetween(const HolidayTable& table, absl::CivilDay start,
                                   absl::CivilDay end);

// YYYY-MM-DD, a day that exists, from 0001-01-01 to 9999-12-31. INVALID_ARGUMENT otherwise.
absl::StatusOr<absl::CivilDay> ParseDate(std::string_view date);
std::string FormatDate(absl::CivilDay day);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_CALENDAR_H_
