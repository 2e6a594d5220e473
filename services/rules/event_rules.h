// The rules of each event and what it changes. Within this folder only. Every function judges, and
// puts the changes as if nothing were forbidden: Admit drops them where something is.
#ifndef CRADLE_SERVICES_RULES_EVENT_RULES_H_
#define CRADLE_SERVICES_RULES_EVENT_RULES_H_

#include "services/rules/judge.h"

namespace cradle::rules {

// Calls the one below that fits. `log` is empty for Founded.
void JudgeEvent(Judge& judge, const state::v1::LogState& log);

void JudgeFounded(Judge& judge);
void JudgeRulesAdopted(Judge& judge, const state::v1::LogState& log);

// `authority` is who registers where the state does not know it yet: at the founding, itself.
void JudgeOrganisationRegistered(Judge& judge, const statement::v1::OrganisationRegistered& event,
                                 const statement::v1::OrganisationRegistered* authority);
void JudgeSiteRegistered(Judge& judge);
void JudgeVehicleRegistered(Judge& judge);
// `organisation` is whose key it is where the state does not know it yet.
void JudgeDeviceKeyEnrolled(Judge& judge, const statement::v1::DeviceKeyEnrolled& event,
                            const statement::v1::OrganisationRegistered* organisation);
void JudgeDeviceKeyRevoked(Judge& judge);
void JudgeLicenceGranted(Judge& judge);
void JudgeFacilityRegistered(Judge& judge);

void JudgeStockDeclared(Judge& judge);
void JudgeBatchGenerated(Judge& judge);
void JudgeBatchStored(Judge& judge);
void JudgeBatchMoved(Judge& judge);
void JudgeBatchTreated(Judge& judge);

void JudgeManifestIssued(Judge& judge);
void JudgeLoadTaken(Judge& judge);
void JudgeLoadHandedOver(Judge& judge);
void JudgeLoadDelivered(Judge& judge);
void JudgeReceiptConfirmed(Judge& judge);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_EVENT_RULES_H_
