// What the files that judge events give each other and the table. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_EVENT_RULES_H_
#define CRADLE_SERVICES_RULES_EVENT_RULES_H_

#include <span>

#include "services/rules/event_table.h"
#include "services/rules/judge.h"

namespace cradle::rules {

std::span<const EventRow> LogEvents();
std::span<const EventRow> OrganisationEvents();
std::span<const EventRow> LicenceEvents();
std::span<const EventRow> ApprovalEvents();
std::span<const EventRow> PermitEvents();
std::span<const EventRow> PilotEvents();
std::span<const EventRow> FacilityEvents();
std::span<const EventRow> StorageEvents();
std::span<const EventRow> BatchEvents();
std::span<const EventRow> CorrectionEvents();
std::span<const EventRow> LineageEvents();
std::span<const EventRow> TreatmentEvents();
std::span<const EventRow> BulkEvents();
std::span<const EventRow> ManifestEvents();
std::span<const EventRow> ManifestChangeEvents();
std::span<const EventRow> TransportEvents();
std::span<const EventRow> DisputeEvents();
std::span<const EventRow> DelegationEvents();
std::span<const EventRow> ExitEvents();
std::span<const EventRow> EmergencyEvents();
std::span<const EventRow> IncidentEvents();
std::span<const EventRow> ReceiptEvents();
std::span<const EventRow> AfterReceiptEvents();
std::span<const EventRow> PipelineEvents();
std::span<const EventRow> MedicalEvents();
std::span<const EventRow> CollectionEvents();
std::span<const EventRow> SelfDeliveryEvents();

// `authority` is who registers where the state does not know it yet: at the founding, itself.
void JudgeOrganisationRegistered(Judge& judge, const statement::v1::OrganisationRegistered& event,
                                 const statement::v1::OrganisationRegistered* authority);
// `organisation` is whose key it is where the state does not know it yet.
void JudgeDeviceKeyEnrolled(Judge& judge, const statement::v1::DeviceKeyEnrolled& event,
                            const statement::v1::OrganisationRegistered* organisation);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_EVENT_RULES_H_
