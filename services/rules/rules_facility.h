// Facilities and what they are used for. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_FACILITY_H_
#define CRADLE_SERVICES_RULES_RULES_FACILITY_H_

#include <optional>
#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

enum class FacilityUse { kStorage, kTreatment, kAny };

// FACILITY-OF-ORGANISATION, FACILITY-SITE, FACILITY-USE, FACILITY-ACCEPTED: `organisation` uses the
// facility that the event names in `field` for waste at `site`. nullopt: no such facility of it.
std::optional<statement::v1::FacilityRegistered> JudgeFacility(
    Judge& judge, std::string_view facility, std::string_view organisation, std::string_view site,
    FacilityUse use, std::string_view field = "facility");

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_FACILITY_H_
