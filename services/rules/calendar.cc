#include "services/rules/calendar.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>

#include "absl/status/status.h"
#include "services/rules/visible_text.h"

namespace cradle::rules {
namespace {

constexpr absl::CivilDay kUnixEpoch(1970, 1, 1);
constexpr absl::CivilDay kLastDay(9999, 12, 31);

bool IsWeekend(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

// Working days in (start, end], which is not empty. By whole weeks, not day by day: a stock may be
// declared with a start centuries ago.
int64_t CountWorkingDays(const HolidayTable& table, absl::CivilDay start, absl::CivilDay end) {
  const int64_t days = end - start;
  int64_t count = days / 7 * 5;
  for (absl::CivilDay day = end - days % 7 + 1; day <= end; ++day) count += !IsWeekend(day);
  for (auto row = table.days.upper_bound(start); row != table.days.end() && row->first <= end;
       ++row) {
    const bool works = row->second == HolidayTable::Kind::kWorkday;
    count += static_cast<int64_t>(works) - static_cast<int64_t>(!IsWeekend(row->first));
  }
  return count;
}

// The first year of the days in (start, end] that has no table.
std::optional<int64_t> YearWithoutTable(const HolidayTable& table, absl::CivilDay start,
                                        absl::CivilDay end) {
  if (end <= start) return std::nullopt;
  for (int64_t year = (start + 1).year(); year <= end.year(); ++year) {
    if (!table.years.contains(year)) return year;
  }
  return std::nullopt;
}

}  // namespace

absl::CivilDay DayOf(int64_t time_ms, int64_t zone_offset_ms) {
  // Divides before it adds, so that the largest times do not overflow.
  int64_t days = time_ms / kDayMs;
  int64_t rest_ms = time_ms % kDayMs + zone_offset_ms;
  days += rest_ms / kDayMs;
  rest_ms %= kDayMs;
  if (rest_ms < 0) --days;
  return kUnixEpoch + days;
}

int64_t StartOfDayMs(absl::CivilDay day, int64_t zone_offset_ms) {
  const int64_t days = day - kUnixEpoch;
  int64_t start_ms = 0;
  if (__builtin_mul_overflow(days, kDayMs, &start_ms) ||
      __builtin_sub_overflow(start_ms, zone_offset_ms, &start_ms)) {
    return days < 0 ? INT64_MIN : INT64_MAX;
  }
  return start_ms;
}

absl::CivilDay AddYears(absl::CivilDay day, int years) {
  const absl::CivilDay same(day.year() + years, day.month(), day.day());
  if (same.month() == day.month()) return same;
  return absl::CivilDay(day.year() + years, day.month() + 1, 1) - 1;
}

absl::CivilDay AddMonths(absl::CivilDay day, int months) {
  const absl::CivilMonth month = absl::CivilMonth(day) + months;
  const absl::CivilDay same(month.year(), month.month(), day.day());
  if (absl::CivilMonth(same) == month) return same;
  return absl::CivilDay(month + 1) - 1;
}

absl::CivilDay LastDayOfPeriod(absl::CivilDay start, int years) { return AddYears(start, years); }

bool PeriodIsOver(absl::CivilDay start, int years, absl::CivilDay on) {
  return on > LastDayOfPeriod(start, years);
}

bool IsWorkingDay(const HolidayTable& table, absl::CivilDay day) {
  const auto row = table.days.find(day);
  if (row == table.days.end()) return !IsWeekend(day);
  return row->second == HolidayTable::Kind::kWorkday;
}

WorkingDayPeriod AddWorkingDays(const HolidayTable& table, absl::CivilDay start,
                                int64_t working_days) {
  absl::CivilDay day = start;
  // As many days as still miss are at least needed: it never goes too far, and the last step ends
  // on a working day.
  for (int64_t missing = working_days; missing > 0;) {
    day += std::min<int64_t>(missing, std::max<int64_t>(kLastDay - day, 0));
    missing = day >= kLastDay ? 0 : working_days - CountWorkingDays(table, start, day);
  }
  return {day, YearWithoutTable(table, start, day)};
}

WorkingDayCount WorkingDaysBetween(const HolidayTable& table, absl::CivilDay start,
                                   absl::CivilDay end) {
  if (end <= start) return {};
  return {CountWorkingDays(table, start, end), YearWithoutTable(table, start, end)};
}

absl::StatusOr<absl::CivilDay> ParseDate(std::string_view date) {
  const auto wrong = [&] {
    return absl::InvalidArgumentError(
        fmt::format("\"{}\" is not a date of the form YYYY-MM-DD", Excerpt(date)));
  };
  if (date.size() != 10 || date[4] != '-' || date[7] != '-') return wrong();
  int parts[3] = {0, 0, 0};
  for (size_t i = 0, part = 0; i < date.size(); ++i) {
    if (i == 4 || i == 7) {
      ++part;
      continue;
    }
    if (date[i] < '0' || date[i] > '9') return wrong();
    parts[part] = parts[part] * 10 + (date[i] - '0');
  }
  if (parts[0] == 0) return wrong();
  const absl::CivilDay day(parts[0], parts[1], parts[2]);
  if (day.year() != parts[0] || day.month() != parts[1] || day.day() != parts[2]) {
    return absl::InvalidArgumentError(fmt::format("{} is not a day that exists", date));
  }
  return day;
}

std::string FormatDate(absl::CivilDay day) {
  return fmt::format(FMT_COMPILE("{:04}-{:02}-{:02}"), static_cast<int64_t>(day.year()),
                     day.month(), day.day());
}

}  // namespace cradle::rules
