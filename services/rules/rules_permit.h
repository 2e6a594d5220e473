// EIA, discharge permit and plan of a producing site. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_PERMIT_H_
#define CRADLE_SERVICES_RULES_RULES_PERMIT_H_

#include <cstdint>
#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

// PERMIT-CODE: waste of the site is in each kind of document that it has registered and that is in
// force. Of a kind that it has none of, nothing is said here: a site without a plan is found by the
// views, and not at every batch.
void JudgePermittedCode(Judge& judge, std::string_view site, std::string_view waste_code);

// The same of waste that comes into being now, and PERMIT-AMOUNT: counts it into the year of the
// act at the site.
void JudgeGeneratedAmount(Judge& judge, std::string_view site, std::string_view waste_code,
                          int64_t mass_g);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_PERMIT_H_
