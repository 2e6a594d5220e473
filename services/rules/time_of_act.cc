#include "services/rules/time_of_act.h"

namespace cradle::rules {
namespace {

ClaimFault FaultOf(const ClaimContext& context) {
  const int64_t claimed = context.claimed_time_ms;
  if (context.predecessor_time_ms && claimed < *context.predecessor_time_ms) {
    return ClaimFault::kBeforePredecessor;
  }
  if (context.seen_time_ms && claimed < *context.seen_time_ms) return ClaimFault::kBeforeSeen;
  if (claimed > context.recorded_time_ms) return ClaimFault::kAfterRecorded;
  // Not recorded - claimed: a claim of the smallest integer would overflow.
  if (claimed < context.recorded_time_ms - context.offline_window_ms) {
    return ClaimFault::kOutsideWindow;
  }
  return ClaimFault::kNone;
}

}  // namespace

ActTime TimeOfAct(const ClaimContext& context) {
  const ClaimFault fault = FaultOf(context);
  return {fault == ClaimFault::kNone ? context.claimed_time_ms : context.recorded_time_ms, fault};
}

}  // namespace cradle::rules
