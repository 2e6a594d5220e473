// The one-year rule as a pure function of what is known and a date.
//
// A storage clock is the time that one batch lies with one enterprise. T1 runs for waste the
// enterprise generated, from the earliest beginning ever asserted until another legal person has
// confirmed receipt or it was treated. T5 runs for waste collected from others, from its arrival.
// A batch that comes back resumes the clock it had there, with the beginning that clock had.
#ifndef CRADLE_SERVICES_MONITORING_CORE_STORAGE_CLOCK_H_
#define CRADLE_SERVICES_MONITORING_CORE_STORAGE_CLOCK_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/time/civil_time.h"
#include "cradle/state/v1/monitoring_state.pb.h"

namespace cradle::monitoring {

enum class Trigger : uint32_t { kOwnWaste = 1, kCollectedWaste = 5 };

struct Limits {
  int years = 1;      // allowed, counted as civil-law periods
  int warn_days = 0;  // warned when the last day is at most so many days ahead
};

enum class Standing {
  kNotRunning,  // not begun, or ended
  kWithin,      // within the time allowed
  kWarned,      // within, and the last day is near
  kOver,        // past the last day; or the beginning is unknown
};

struct Reading {
  Standing standing = Standing::kNotRunning;
  std::optional<absl::CivilDay> start;     // nullopt: unknown
  std::optional<absl::CivilDay> last_day;  // the last day allowed
  int64_t age_days = -1;                   // -1: unknown
  int64_t mass_g = 0;
  std::vector<uint64_t> entries;  // that prove it, ascending
};

// Reads the clock at the end of `date`, by the facts of the first `known` entries.
Reading ReadClock(const state::v1::StorageClock& clock, uint64_t known, absl::CivilDay date,
                  const Limits& limits);

// No clock that is warned or over on `date`, by any of `limits`, starts later than this; it may be
// a few days after the latest that does. Without limits: `date`.
absl::CivilDay LatestStart(const std::vector<Limits>& limits, absl::CivilDay date);

// The earliest start the clock ever knew, corrected or not, or nullopt if one of them is unknown.
std::optional<absl::CivilDay> EarliestStart(const state::v1::StorageClock& clock);

// Whether the clock runs by all it knows, whatever the date.
bool Running(const state::v1::StorageClock& clock);

}  // namespace cradle::monitoring

#endif  // CRADLE_SERVICES_MONITORING_CORE_STORAGE_CLOCK_H_
