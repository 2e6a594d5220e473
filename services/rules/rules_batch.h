// What a batch must be for its custodian to act on it, and what every batch that begins says of
// itself. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_BATCH_H_
#define CRADLE_SERVICES_RULES_RULES_BATCH_H_

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

using Containers = google::protobuf::RepeatedPtrField<statement::v1::Container>;

// BATCH-KNOWN, CUSTODY-HOLDER, BATCH-ON-MANIFEST, BATCH-STATE: the batch is HolderNamed's, it
// is on no manifest, and in one of the statuses. nullopt: no such batch.
std::optional<state::v1::BatchState> JudgeBatchInHand(
    Judge& judge, std::string_view batch, std::string_view field,
    std::initializer_list<state::v1::BatchStatus> statuses);

// MASS-POSITIVE and FORM-FIELD: waste has a mass.
void RequireMass(Judge& judge, int64_t mass_g, std::string_view field);
// FORM-FIELD unless a day, STOCK-START when it is after today in the zone ("": the log's).
void RequirePastDay(Judge& judge, const std::string& date, std::string_view field,
                    std::string_view time_zone);
// MASS-EXACT, MASS-POSITIVE and FORM-FIELD.
void JudgeMassExact(Judge& judge, int64_t mass_g, const state::v1::BatchState& batch,
                    std::string_view field);
// CODE-FORM, CODE-CATALOGUE, CODE-EDITION.
void JudgeWasteCode(Judge& judge, const std::string& code, std::string_view field);
// FORM-FIELD, LABEL-CODE, MASS-SUM: ids once each, labels, and masses that add up to the batch
// where all are weighed. `within`: the message they are in, as "parts[0].".
void JudgeContainers(Judge& judge, const Containers& containers, std::string_view waste_code,
                     int64_t mass_g, std::string_view within = {});

// ORGANISATION-ROLE, SITE-OF-ORGANISATION: waste of the first party's own may come up there.
void JudgeGenerator(Judge& judge, const std::string& site);

// STAGE-SKIPPED: own waste goes on without ever having lain in a store, and no `reason` is given.
void JudgeStage(Judge& judge, const state::v1::BatchState& batch,
                statement::v1::UnstoredReason reason, std::string_view field);
// The reason, where one is due.
void NoteUnstored(state::v1::BatchState& batch, statement::v1::UnstoredReason reason);

// METHOD-KNOWN, METHOD-ENDING, FACILITY-METHOD of the event's field `method_code`.
void JudgeMethodUsed(Judge& judge, const std::optional<statement::v1::FacilityRegistered>& facility,
                     statement::v1::Ending ending, const std::string& method_code);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_BATCH_H_
