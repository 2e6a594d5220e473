// Keys of the admission state. The value is the message of cradle.state.v1 named beside each,
// unless said otherwise. Integers are big-endian, so that keys sort as numbers do.
#ifndef CRADLE_SERVICES_RULES_STATE_KEYS_H_
#define CRADLE_SERVICES_RULES_STATE_KEYS_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace cradle::rules::keys {

// All keys of the admission state begin with this, so that a service keeps its own beside them.
inline constexpr std::string_view kStatePrefix = "s/";

std::string Log();                                             // LogState
std::string Chain(std::string_view chain);                     // ChainHead
std::string Statement(std::string_view statement_hash);        // 8 bytes: index of the entry
std::string Nonce(std::string_view nonce);                     // NonceState
std::string Entry(uint64_t index);                             // EntryState
std::string Element(std::string_view chain, uint64_t height);  // ChainElement
// Prefix; the height follows, 8 bytes.
std::string Disputes(std::string_view chain);
std::string Dispute(std::string_view chain, uint64_t height);  // DisputeState
std::string Organisation(std::string_view organisation);       // OrganisationState
std::string Uscc(std::string_view uscc);                       // organisation id
// Of an organisation without a USCC: kind "medical" or "scoped".
std::string Identity(std::string_view kind, std::string_view identity);  // organisation id
std::string Site(std::string_view site);                                 // SiteState
std::string Facility(std::string_view facility);                         // FacilityState
std::string Vehicle(std::string_view vehicle);                           // VehicleState
std::string Ward(std::string_view ward);                                 // WardState
std::string Licences(std::string_view organisation);                     // LicencesState
std::string Key(std::string_view key_id);            // KeyState; key_id is 32 bytes
std::string Person(std::string_view person);         // PersonState
std::string Device(std::string_view key_id);         // DeviceSequence
std::string Batch(std::string_view batch);           // BatchState
std::string Manifest(std::string_view manifest);     // ManifestState
std::string BulkAccount(std::string_view facility);  // BulkAccount
std::string Processed(std::string_view facility, std::string_view date);  // ProcessedOnDay
std::string TransportUnit(std::string_view unit);                         // TransportUnitState
std::string FacilityAccount(std::string_view facility);                   // FacilityAccount
std::string OrganisationAccount(std::string_view organisation);           // OrganisationAccount
std::string OfficialNumber(std::string_view number);                      // manifest id
std::string Permits(std::string_view site);                               // PermitsState
std::string Pilots(std::string_view user);                                // PilotsState
// Of a consignor; the number as the approval has it.
std::string Approval(std::string_view organisation, std::string_view number);  // ApprovalState
// Sums of mass, each a MassCounter. Places are those in LicencesState and PilotsState.
std::string LicenceAmount(std::string_view organisation, uint32_t licence, uint32_t scope,
                          int64_t year);
std::string PilotAmount(std::string_view user, uint32_t pilot);
std::string ApprovalAmount(std::string_view organisation, std::string_view number,
                           std::string_view waste_code);
std::string GeneratedAmount(std::string_view site, std::string_view waste_code, int64_t year);
std::string Round(std::string_view round);           // RoundState
std::string Incident(std::string_view incident);     // IncidentState
std::string Emergency(std::string_view order);       // EmergencyState
std::string Emergencies(std::string_view division);  // EmergenciesState

}  // namespace cradle::rules::keys

#endif  // CRADLE_SERVICES_RULES_STATE_KEYS_H_
