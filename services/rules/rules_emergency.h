// What an emergency order allows. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_EMERGENCY_H_
#define CRADLE_SERVICES_RULES_RULES_EMERGENCY_H_

#include <string>
#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

// Asked where a rule is about to say that a receiver or a vehicle may not take this waste. True:
// an order that is in force on the act's day in the division of the consignor's site lists it, and
// EMERGENCY-USE was marked instead, at `path`, which is whole.
bool EmergencyAllowsReceiver(Judge& judge, std::string_view receiver, std::string_view waste_code,
                             const std::string& path);
// The same, and marks nothing.
bool EmergencyListsReceiver(Judge& judge, std::string_view receiver, std::string_view waste_code);
bool EmergencyAllowsVehicle(Judge& judge, std::string_view vehicle, const std::string& path);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_EMERGENCY_H_
