// Whether the rule set in force knows all that a statement says. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_IN_FORCE_H_
#define CRADLE_SERVICES_RULES_IN_FORCE_H_

#include <cstdint>

#include "services/rules/judge.h"

namespace cradle::rules {

// EVENT-IN-SET: the event (event_table.h), its fields and their values (options.proto) belong to
// the rule set in force or to one before it. O(fields) under an older set, O(1) under the newest.
void JudgeInForce(Judge& judge, uint32_t newest_set);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_IN_FORCE_H_
