// EIA, discharge permit and plan of a producing site. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_PERMIT_H_
#define CRADLE_SERVICES_RULES_RULES_PERMIT_H_

#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

// PERMIT-CODE: waste of the site is in each kind of document that it has registered and that is in
// force. Of a kind that it has none of, nothing is said here: a site without a plan is found by the
// views, and not at every batch.
void JudgePermittedCode(Judge& judge, std::string_view site, std::string_view waste_code);

// The same of waste that begins as `batch`, and PERMIT-AMOUNT: counts it into the year of the act
// at its site, and notes so in the batch. Call it before the batch is put. Not for declared stock,
// and not for what is made of other batches, which were counted.
void CountGenerated(Judge& judge, state::v1::BatchState& batch);

// A correction: the batch counts as it is `after`, or not at all where that is null (void).
void RecountGenerated(Judge& judge, const state::v1::BatchState& before,
                      state::v1::BatchState* after);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_PERMIT_H_
