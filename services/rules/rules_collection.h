// What a collection leaves to be answered. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_COLLECTION_H_
#define CRADLE_SERVICES_RULES_RULES_COLLECTION_H_

#include "services/rules/judge.h"

namespace cradle::rules {

// CONTEST-OPEN, MANIFEST-PARTY, REGULATOR-DIVISION: a ContestResolved of the collection in hand.
void JudgeCollectionResolved(Judge& judge, const statement::v1::ContestResolved& event);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_COLLECTION_H_
