#include "services/rules/medical_clock.h"

#include <algorithm>

#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/rules/rules_common.h"

namespace cradle::rules {
namespace {

using state::v1::BatchState;
using state::v1::ColdRun;
using state::v1::FacilityState;
using state::v1::MedicalStay;

// The end of a stay by temperature alone.
int64_t ByTemperatureMs(int64_t arrived_ms, const ColdRun& cold, const MedicalLimits& limits) {
  const int64_t warm_ms = arrived_ms + limits.warm_hours * kHourMs;
  const bool counts = cold.since_time_ms() != 0 && cold.since_time_ms() <= warm_ms;
  if (!counts) return warm_ms;
  int64_t known_cold_ms = cold.last_time_ms() + limits.reading_hours * kHourMs;
  if (cold.warm_time_ms() != 0) known_cold_ms = std::min(known_cold_ms, cold.warm_time_ms());
  return std::max(warm_ms, std::min(arrived_ms + limits.cold_hours * kHourMs, known_cold_ms));
}

// The arrival. Where its custodian has held it since an earlier day (it was there before and has
// come back, was received before arrivals were kept, or declared as stock of others), the start of
// that day; 0: unknown.
int64_t ArrivedMs(const BatchState& batch, int64_t zone_offset_ms) {
  const int64_t arrived_ms = batch.medical().arrived_time_ms();
  const state::v1::Holding* holding = FindHolding(batch, batch.custodian());
  const auto since =
      ParseDate(holding == nullptr ? std::string_view() : std::string_view(holding->since_date()));
  if (!since.ok()) return 0;
  const bool before = arrived_ms == 0 || *since < DayOf(arrived_ms, zone_offset_ms);
  return before ? StartOfDayMs(*since, zone_offset_ms) : arrived_ms;
}

}  // namespace

std::optional<MedicalLimits> MedicalLimitsOn(const RuleData& data, absl::CivilDay day) {
  MedicalLimits limits;
  struct Named {
    std::string_view name;
    int64_t& value;
  };
  for (const Named& each : {Named{"medical_storage_days", limits.storage_days},
                            Named{"medical_disposer_hours_warm", limits.warm_hours},
                            Named{"medical_disposer_hours_cold", limits.cold_hours},
                            Named{"medical_disposer_hours_remote", limits.remote_hours},
                            Named{"temperature_reading_hours", limits.reading_hours},
                            Named{"medical_cold_milli_celsius", limits.cold_milli_celsius}}) {
    const absl::StatusOr<int64_t> limit = data.Limit(each.name, day);
    if (!limit.ok()) return std::nullopt;
    // Above a thousand years nothing ends, and nothing overflows.
    each.value = std::clamp<int64_t>(*limit, -10'000'000, 10'000'000);
  }
  limits.storage_days = std::clamp<int64_t>(limits.storage_days, 0, 400'000);
  return limits;
}

bool IsChemicalMedical(std::string_view waste_code) {
  return waste_code == "841-004-01" || waste_code == "841-005-01";
}

ColdRun AfterReading(const ColdRun& run, int64_t milli_celsius, int64_t read_time_ms,
                     int64_t act_time_ms, const MedicalLimits& limits) {
  const int64_t earliest_ms = std::min(read_time_ms, act_time_ms);
  const bool runs = run.since_time_ms() != 0 && run.warm_time_ms() == 0;
  ColdRun after = run;
  if (milli_celsius >= limits.cold_milli_celsius) {
    if (runs) after.set_warm_time_ms(earliest_ms);
    return after;
  }
  const int64_t gap_ms = limits.reading_hours * kHourMs;
  // A reading is known from its time of act on: one that comes later fills no gap.
  if (!runs || std::max(read_time_ms, act_time_ms) > run.last_time_ms() + gap_ms) {
    after.Clear();
    after.set_since_time_ms(std::max(read_time_ms, act_time_ms));
  }
  after.set_last_time_ms(std::max(after.last_time_ms(), earliest_ms));
  return after;
}

int64_t InstitutionDueMs(absl::CivilDay since, int64_t zone_offset_ms,
                         const MedicalLimits& limits) {
  return StartOfDayMs(since + limits.storage_days + 1, zone_offset_ms) - 1;
}

int64_t ReceiverDueMs(const MedicalStay& stay, const ColdRun& cold, bool remote,
                      const MedicalLimits& limits) {
  int64_t due_ms = ByTemperatureMs(stay.arrived_time_ms(), cold, limits);
  if (stay.remote_disinfected() && remote) {
    due_ms = std::max(due_ms, stay.arrived_time_ms() + limits.remote_hours * kHourMs);
  }
  return stay.passed_time_ms() == 0 ? due_ms : std::min(due_ms, stay.passed_time_ms());
}

std::optional<int64_t> MedicalDueMs(const BatchState& batch, const FacilityState* facility,
                                    int64_t zone_offset_ms, const MedicalLimits& limits) {
  if (!IsMedical(batch.waste_code()) || !IsHeld(batch)) return std::nullopt;
  if (IsOwnWaste(batch, batch.custodian())) {
    const state::v1::Holding* holding = FindHolding(batch, batch.custodian());
    const auto since = ParseDate(holding == nullptr ? std::string_view()
                                                    : std::string_view(holding->since_date()));
    return since.ok() ? InstitutionDueMs(*since, zone_offset_ms, limits) : 0;
  }
  if (IsChemicalMedical(batch.waste_code())) return std::nullopt;
  MedicalStay stay = batch.medical();
  stay.set_arrived_time_ms(ArrivedMs(batch, zone_offset_ms));
  if (stay.arrived_time_ms() == 0) return 0;
  return ReceiverDueMs(stay, facility == nullptr ? ColdRun() : facility->cold(),
                       facility != nullptr && facility->accepted().remote(), limits);
}

}  // namespace cradle::rules
