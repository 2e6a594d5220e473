// Civil days and periods of law: pure arithmetic, the same on every machine. No time zone database:
// zones have fixed offsets, which the data bundle gives.
#ifndef CRADLE_SERVICES_RULES_CALENDAR_H_
#define CRADLE_SERVICES_RULES_CALENDAR_H_

#include <cstdint>
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
// The first millisecond of a day there.
int64_t StartOfDayMs(absl::CivilDay day, int64_t zone_offset_ms);

// The same date `years` later, or the month's last day where that date does not exist
// (29 February + 1 year = 28 February).
absl::CivilDay AddYears(absl::CivilDay day, int years);

// The last day of a period of years that began on `start`: the first day is not counted, so it ends
// on the same date, or the month's last day (Civil Code, art 200-203). Holidays do not extend it.
absl::CivilDay LastDayOfPeriod(absl::CivilDay start, int years);
// "Over" is strict: the last day itself is not over. Stored 29 February 2024: not over on
// 28 February 2025, over on 1 March 2025.
bool PeriodIsOver(absl::CivilDay start, int years, absl::CivilDay on);

// YYYY-MM-DD, a day that exists, from 0001-01-01 to 9999-12-31. INVALID_ARGUMENT otherwise.
absl::StatusOr<absl::CivilDay> ParseDate(std::string_view date);
std::string FormatDate(absl::CivilDay day);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_CALENDAR_H_
