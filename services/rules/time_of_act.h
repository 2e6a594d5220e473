// Which time counts: one function, used by every rule.
//
// Claimed times are the actor's, recorded times the log's. Act times are computed from the
// statement's claimed_time_ms; the times inside events (generated_time_ms …) stay as claimed, and
// views judge them: against one's interest as claimed, in one's interest as recorded.
#ifndef CRADLE_SERVICES_RULES_TIME_OF_ACT_H_
#define CRADLE_SERVICES_RULES_TIME_OF_ACT_H_

#include <cstdint>
#include <optional>

namespace cradle::rules {

// Why a claimed time does not count.
enum class ClaimFault {
  kNone,
  kBeforePredecessor,  // before the time of act of a statement it extends
  kBeforeSeen,         // before the recorded time of the checkpoint its device had seen
  kAfterRecorded,      // in the future
  kOutsideWindow,      // recorded longer after it than a device may be offline
};

struct ClaimContext {
  int64_t claimed_time_ms = 0;
  int64_t recorded_time_ms = 0;
  // Latest time of act among the heads it extends.
  std::optional<int64_t> predecessor_time_ms;
  // Recorded time of the last entry under the checkpoint that the first party's device had seen:
  // that device made the claim. Who attests after it may have seen a later one in good faith.
  std::optional<int64_t> seen_time_ms;
  int64_t offline_window_ms = 0;
};

struct ActTime {
  int64_t time_ms = 0;
  ClaimFault fault = ClaimFault::kNone;
};

// The claimed time where nothing speaks against it, else the recorded time and the first fault in
// the order above. Bounds are inclusive: equal to a bound is no fault.
ActTime TimeOfAct(const ClaimContext& context);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_TIME_OF_ACT_H_
