// Medical waste that its producer brings itself. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_SELF_DELIVERY_H_
#define CRADLE_SERVICES_RULES_RULES_SELF_DELIVERY_H_

#include "services/rules/judge.h"

namespace cradle::rules {

// MEDICAL-ONLY: what is collected with nobody there, or brought, is medical waste.
void JudgeMedicalOnly(Judge& judge, const statement::v1::ManifestIssued& issued);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_SELF_DELIVERY_H_
