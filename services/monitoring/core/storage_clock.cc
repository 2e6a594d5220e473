#include "services/monitoring/core/storage_clock.h"

#include <algorithm>

#include "services/rules/calendar.h"

namespace cradle::monitoring {
namespace {

using state::v1::ClockFact;

// Folds print the dates they keep, so a date that does not parse is the same as one never said.
std::optional<absl::CivilDay> Day(const std::string& date) {
  absl::StatusOr<absl::CivilDay> day = rules::ParseDate(date);
  if (!day.ok()) return std::nullopt;
  return *day;
}

std::optional<absl::CivilDay> DayOf(const ClockFact& fact) { return Day(fact.date()); }

// Whether it is so already on that date. A correction is about what was known, not about a day.
bool HoldsOn(const ClockFact& fact, absl::CivilDay date) {
  if (fact.kind() == state::v1::CLOCK_FACT_KIND_CORRECTED) return true;
  const std::optional<absl::CivilDay> day =
      fact.from_date().empty() ? DayOf(fact) : Day(fact.from_date());
  return !day || *day <= date;
}

// What some facts of a clock say together.
struct Told {
  bool begun = false;
  bool running = false;
  bool start_unknown = false;
  std::optional<absl::CivilDay> start;
  int64_t mass_g = 0;
  std::vector<uint64_t> entries;

  void Take(const ClockFact& fact) {
    switch (fact.kind()) {
      case state::v1::CLOCK_FACT_KIND_START:
        running = running || !begun;
        Begin(fact);
        break;
      case state::v1::CLOCK_FACT_KIND_ARRIVAL:
        running = true;
        Begin(fact);
        break;
      case state::v1::CLOCK_FACT_KIND_RESUME:
        running = begun;
        break;
      case state::v1::CLOCK_FACT_KIND_CORRECTED:
        start = DayOf(fact);
        start_unknown = !start;
        break;
      default:
        running = false;
        break;
    }
    mass_g = fact.mass_g();
    if (entries.empty() || entries.back() != fact.index()) entries.push_back(fact.index());
  }

  // The earliest beginning counts, so that going and coming back makes nothing younger.
  void Begin(const ClockFact& fact) {
    begun = true;
    const std::optional<absl::CivilDay> day = DayOf(fact);
    if (!day) start_unknown = true;
    if (day && (!start || *day < *start)) start = day;
  }
};

}  // namespace

Reading ReadClock(const state::v1::StorageClock& clock, uint64_t known, absl::CivilDay date,
                  const Limits& limits) {
  Told told;
  for (const ClockFact& fact : clock.facts()) {
    if (fact.index() >= known) break;
    if (!HoldsOn(fact, date)) continue;
    told.Take(fact);
  }
  Reading reading;
  if (!told.running) return reading;
  reading.mass_g = told.mass_g;
  reading.entries = std::move(told.entries);
  if (told.start_unknown || !told.start) {
    reading.standing = Standing::kOver;
    return reading;
  }
  reading.start = told.start;
  reading.last_day = rules::LastDayOfPeriod(*told.start, limits.years);
  reading.age_days = date - *told.start;
  if (date > *reading.last_day) {
    reading.standing = Standing::kOver;
  } else if (*reading.last_day - date <= limits.warn_days) {
    reading.standing = Standing::kWarned;
  } else {
    reading.standing = Standing::kWithin;
  }
  return reading;
}

absl::CivilDay LatestStart(const std::vector<Limits>& limits, absl::CivilDay date) {
  std::optional<int64_t> within_days;
  for (const Limits& limit : limits) {
    const int64_t days = (date - rules::AddYears(date, -limit.years)) - limit.warn_days - 2;
    within_days = std::min(within_days.value_or(days), days);
  }
  return date - std::max<int64_t>(within_days.value_or(0), 0);
}

std::optional<absl::CivilDay> EarliestStart(const state::v1::StorageClock& clock) {
  Told told;
  for (const ClockFact& fact : clock.facts()) {
    // An answer as of before the correction still finds the clock by what was known then.
    if (fact.kind() != state::v1::CLOCK_FACT_KIND_CORRECTED) told.Take(fact);
  }
  return told.start_unknown ? std::nullopt : told.start;
}

bool Running(const state::v1::StorageClock& clock) {
  Told told;
  for (const ClockFact& fact : clock.facts()) told.Take(fact);
  return told.running;
}

}  // namespace cradle::monitoring
