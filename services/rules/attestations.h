// Who attests, and whether they may. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_ATTESTATIONS_H_
#define CRADLE_SERVICES_RULES_ATTESTATIONS_H_

#include <string_view>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/judge.h"

namespace cradle::rules {

// Rules PARTY-…, ATTESTATION-… and KEY-…, and what each device has now signed. Needs the act time.
void JudgeAttestations(Judge& judge, std::string_view statement_hash,
                       const std::vector<ProvenAttestation>& attestations,
                       int64_t offline_window_ms);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_ATTESTATIONS_H_
