// What a batch must be for its custodian to act on it. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_BATCH_H_
#define CRADLE_SERVICES_RULES_RULES_BATCH_H_

#include <initializer_list>
#include <optional>
#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

// BATCH-KNOWN, CUSTODY-HOLDER, BATCH-ON-MANIFEST, BATCH-STATE: the first party holds the batch, it
// is on no manifest, and in one of the statuses. nullopt: no such batch.
std::optional<state::v1::BatchState> JudgeBatchInHand(
    Judge& judge, std::string_view batch, std::string_view field,
    std::initializer_list<state::v1::BatchStatus> statuses);

// CODE-FORM, CODE-CATALOGUE, CODE-EDITION: of the event's field `waste_code`.
void JudgeWasteCode(Judge& judge, const std::string& code);
// MASS-POSITIVE and FORM-FIELD: waste has a mass.
void RequireMass(Judge& judge, int64_t mass_g, std::string_view field);
// FORM-FIELD unless a day, STOCK-START when it is after today in the zone ("": the log's).
void RequirePastDay(Judge& judge, const std::string& date, std::string_view field,
                    std::string_view time_zone);
// MASS-EXACT, MASS-POSITIVE and FORM-FIELD.
void JudgeMassExact(Judge& judge, int64_t mass_g, const state::v1::BatchState& batch,
                    std::string_view field);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_BATCH_H_
