// Medical waste where it lies: wards, and how long it may lie (medical_clock.h). Within this folder
// only.
#ifndef CRADLE_SERVICES_RULES_RULES_MEDICAL_H_
#define CRADLE_SERVICES_RULES_RULES_MEDICAL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "services/rules/judge.h"
#include "services/rules/medical_clock.h"

namespace cradle::rules {

// WARD-KNOWN: the ward is registered, of that organisation and site. Nothing where `ward` is empty.
void JudgeWard(Judge& judge, std::string_view ward, std::string_view organisation,
               std::string_view site, std::string_view field = "ward");

// MEDICAL-STORED-LATE and MEDICAL-COLLECTED-LATE, of what a manifest takes from an institution, and
// notes the day of its collection. Of any other manifest nothing. Before the manifest's batches
// change. `field`: of the event, as "manifest".
void JudgeMedicalPickup(Judge& judge, const state::v1::ManifestState& manifest,
                        std::string_view field);

// Which of the batches that leave where they lie, or end there, have lain too long: one mark of a
// rule for all of them.
class LongLain {
 public:
  explicit LongLain(Judge& judge);
  // As it lay until now.
  void Add(const state::v1::BatchState& batch);
  // MEDICAL-STORED-LATE, of the holder's own waste.
  void MarkOwn(std::string_view field) const;
  // MEDICAL-DISPOSER-LATE, of waste received.
  void MarkReceived(std::string_view field) const;

 private:
  struct Late {
    size_t batches = 0;
    std::string batch;  // the longest overdue
    int64_t due_time_ms = 0;
    int64_t zone_offset_ms = 0;
  };
  void Mark(RuleId rule, const Late& late, std::string_view field) const;

  Judge& judge_;
  std::optional<MedicalLimits> limits_;  // nullopt: nothing is judged
  std::map<std::string, state::v1::FacilityState, std::less<>> facilities_;
  std::map<std::string, int64_t, std::less<>> offsets_ms_;  // by site
  Late own_;
  Late received_;
};

// Before a batch of a receiver is moved or disinfected: what has lain too long stays so.
void KeepPassed(Judge& judge, const state::v1::BatchState& before, state::v1::BatchState& after);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_MEDICAL_H_
