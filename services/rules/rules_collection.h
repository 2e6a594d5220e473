// What a collection leaves to be answered. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_COLLECTION_H_
#define CRADLE_SERVICES_RULES_RULES_COLLECTION_H_

#include <string>

#include "services/rules/event_table.h"
#include "services/rules/judge.h"

namespace cradle::rules {

// The chain of the answers to the collection of a manifest.
void AddDocket(const std::string& manifest, ChainList& chains);

// CONTEST-OPEN, MANIFEST-PARTY, REGULATOR-DIVISION: a ContestResolved of the collection in hand.
void JudgeCollectionResolved(Judge& judge, const statement::v1::ContestResolved& event);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_COLLECTION_H_
