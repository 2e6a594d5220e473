// Organisations that are leaving, or have left. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_EXIT_H_
#define CRADLE_SERVICES_RULES_RULES_EXIT_H_

#include "services/rules/judge.h"

namespace cradle::rules {

// ORGANISATION-EXITED: no party, and nobody attesting for one, has left. ORGANISATION-EXITING:
// nobody who is leaving gets new work.
void JudgeExits(Judge& judge);

// Counts in the accounts, for every manifest that this statement changes, whose parties have it
// open from now on or no longer. After all changes are put.
void CountOpenManifests(Judge& judge);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_EXIT_H_
