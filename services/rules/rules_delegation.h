// Attesting in another's name. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_DELEGATION_H_
#define CRADLE_SERVICES_RULES_RULES_DELEGATION_H_

#include <string>
#include <vector>

#include "services/rules/judge.h"

namespace cradle::rules {

// Whose key attests for the party: its delegate's, or its own.
inline const std::string& AttestingOrganisation(const statement::v1::Party& party) {
  return party.delegate().empty() ? party.organisation() : party.delegate();
}

// DELEGATION-SCOPE, DELEGATION-IN-FORCE, DELEGATE-COUNTERPART of every party that has a delegate.
// `manifest_parties`: the organisations of the manifest in hand; empty where there is none.
void JudgeDelegates(Judge& judge, const std::vector<std::string>& manifest_parties);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_DELEGATION_H_
