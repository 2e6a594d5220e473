// Which storage clocks an admitted statement begins, stops or moves: pure.
#ifndef CRADLE_SERVICES_MONITORING_CORE_CLOCK_FACTS_H_
#define CRADLE_SERVICES_MONITORING_CORE_CLOCK_FACTS_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "cradle/state/v1/monitoring_state.pb.h"
#include "services/rules/rule_data.h"
#include "services/rules/state.h"
#include "storage/evidence/statement.h"

namespace cradle::monitoring {

// A fact and the clock it belongs to: `clock` is complete but for its facts and serves to begin the
// clock if it is not there yet.
struct ClockUpdate {
  state::v1::StorageClock clock;
  state::v1::ClockFact fact;
};

// `before` and `after` are the admission state around the entry, `act_time_ms` its time of act.
absl::StatusOr<std::vector<ClockUpdate>> ClockUpdates(const rules::StateReader& before,
                                                      const rules::StateReader& after,
                                                      const rules::RuleData& data,
                                                      const statement::v1::Statement& statement,
                                                      uint64_t index, int64_t act_time_ms);

}  // namespace cradle::monitoring

#endif  // CRADLE_SERVICES_MONITORING_CORE_CLOCK_FACTS_H_
