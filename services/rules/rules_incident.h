// Waste of foreign origin. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_INCIDENT_H_
#define CRADLE_SERVICES_RULES_RULES_INCIDENT_H_

#include <string_view>
#include <vector>

#include "services/rules/judge.h"

namespace cradle::rules {

// FOREIGN-REPORTED: the batch is from abroad, and no incident names it.
void JudgeForeignReported(Judge& judge, const state::v1::BatchState& batch, std::string_view field);

// IMPORT-BAN: of the batches of a manifest to be issued.
void JudgeImportBan(Judge& judge, const std::vector<state::v1::BatchState>& batches);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_INCIDENT_H_
