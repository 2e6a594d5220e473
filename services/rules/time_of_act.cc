#include "services/rules/time_of_act.h"

#include <algorithm>
#include <initializer_list>

#include "services/rules/calendar.h"

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

StorageClaim Earliest(std::initializer_list<int64_t> asserted, int64_t recorded_time_ms) {
  int64_t earliest = recorded_time_ms;
  for (const int64_t time_ms : asserted) {
    if (time_ms != 0) earliest = std::min(earliest, time_ms);
  }
  return {true, earliest};
}

}  // namespace

ActTime TimeOfAct(const ClaimContext& context) {
  const ClaimFault fault = FaultOf(context);
  return {fault == ClaimFault::kNone ? context.claimed_time_ms : context.recorded_time_ms, fault};
}

std::optional<StorageClaim> StorageStart(const statement::v1::Statement& statement,
                                         int64_t recorded_time_ms, int64_t zone_offset_ms) {
  const int64_t claimed = statement.claimed_time_ms();
  switch (statement.event_case()) {
    case statement::v1::Statement::kBatchGenerated: {
      const auto& event = statement.batch_generated();
      return Earliest({claimed, event.opened_time_ms(), event.generated_time_ms()},
                      recorded_time_ms);
    }
    case statement::v1::Statement::kBatchStored:
      return Earliest({claimed, statement.batch_stored().stored_time_ms()}, recorded_time_ms);
    case statement::v1::Statement::kStockDeclared: {
      const auto& event = statement.stock_declared();
      if (event.storage_start_date().empty()) return StorageClaim{false, 0};
      const absl::StatusOr<absl::CivilDay> day = ParseDate(event.storage_start_date());
      if (!day.ok()) return StorageClaim{false, 0};
      return Earliest({claimed, StartOfDayMs(*day, zone_offset_ms)}, recorded_time_ms);
    }
    default:
      return std::nullopt;
  }
}

StorageClaim Older(const StorageClaim& a, const StorageClaim& b) {
  if (!a.known || !b.known) return {false, 0};
  return a.time_ms <= b.time_ms ? a : b;
}

}  // namespace cradle::rules
