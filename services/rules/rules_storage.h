// Storage after registration: acceptance, limits, what lies there. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_STORAGE_H_
#define CRADLE_SERVICES_RULES_RULES_STORAGE_H_

#include <optional>
#include <string>
#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

// FACILITY-KNOWN; PARTY-SELF, REGULATOR-AUTHORITY and REGULATOR-DIVISION of the first party, who
// asserts something of the facility. nullopt: not registered.
std::optional<state::v1::FacilityState> FindFacility(Judge& judge, std::string_view facility);

// STORAGE-CAPACITY, STORAGE-PERMITTED, STORAGE-POINT: what lies in the facility after this
// statement, which names it in `field`. Call it after the batches that come to lie there are put.
void JudgeStore(Judge& judge, std::string_view facility, std::string_view field = "facility");

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_STORAGE_H_
