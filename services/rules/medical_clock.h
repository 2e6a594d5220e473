// Until when medical waste may lie where it lies: pure arithmetic over what the state keeps, for
// the rules and for whoever shows what must leave by when.
//
// With the institution where it came up: some days (医疗废物管理条例), counted as all periods of
// law are: the first day is not counted, the last ends at midnight at the site. With whoever
// received it (GB 39707-2020): some hours from its arrival, more where its store is cold, more
// again where it was disinfected at a remote facility. Chemical and pharmaceutical waste have no
// such hours.
//
// Cold is what readings show. Without readings it is warm; a reading holds for the hours of a gap
// and no longer. What lengthens a stay counts from the time of act, what shortens it from the
// earliest time asserted. Monotone: a reading never lengthens a stay whose limit has passed at its
// time of act, and neither does a move or a disinfection (MedicalStay.passed_time_ms). A store that
// is cold only since after the warm limit of a batch does not count for it, wherever the batch lay
// before.
#ifndef CRADLE_SERVICES_RULES_MEDICAL_CLOCK_H_
#define CRADLE_SERVICES_RULES_MEDICAL_CLOCK_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/time/civil_time.h"
#include "cradle/state/v1/state.pb.h"
#include "services/rules/rule_data.h"

namespace cradle::rules {

struct MedicalLimits {
  int64_t storage_days = 0;  // with the institution
  int64_t warm_hours = 0;    // with a receiver
  int64_t cold_hours = 0;
  int64_t remote_hours = 0;
  int64_t reading_hours = 0;       // a reading holds so long
  int64_t cold_milli_celsius = 0;  // below it is cold
};
// Nullopt: the bundle lacks one, or has it not in force on that day.
std::optional<MedicalLimits> MedicalLimitsOn(const RuleData& data, absl::CivilDay day);

// Classes 841-004-01 and 841-005-01, which are never disinfected in place of being burned.
bool IsChemicalMedical(std::string_view waste_code);

// The run as a reading leaves it. Readings come in order of their time; one that is recorded later
// than its gap allows begins a new run.
state::v1::ColdRun AfterReading(const state::v1::ColdRun& run, int64_t milli_celsius,
                                int64_t read_time_ms, int64_t act_time_ms,
                                const MedicalLimits& limits);

// The last millisecond that waste may lie with its institution since a day at its site.
int64_t InstitutionDueMs(absl::CivilDay since, int64_t zone_offset_ms, const MedicalLimits& limits);
// That it may lie with a receiver, in a store whose readings are `cold` (no run: none), which is
// remote or not.
int64_t ReceiverDueMs(const state::v1::MedicalStay& stay, const state::v1::ColdRun& cold,
                      bool remote, const MedicalLimits& limits);

// Until when the batch may lie with its custodian; 0, which has passed, where nobody knows since
// when it lies there. Nullopt: it is no medical waste, has ended, or nothing limits its stay.
// `facility` is where it lies; null: in none. Whether it is on the road the caller knows.
std::optional<int64_t> MedicalDueMs(const state::v1::BatchState& batch,
                                    const state::v1::FacilityState* facility,
                                    int64_t zone_offset_ms, const MedicalLimits& limits);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_MEDICAL_CLOCK_H_
