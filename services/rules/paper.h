// Manifests filled in on paper and entered afterwards (补录): Order 23, art 20. Within this folder
// only.
#ifndef CRADLE_SERVICES_RULES_PAPER_H_
#define CRADLE_SERVICES_RULES_PAPER_H_

#include <optional>

#include "services/rules/calendar.h"
#include "services/rules/judge.h"

namespace cradle::rules {

// How long a step of a manifest on paper may still be entered.
struct PaperPeriod {
  absl::CivilDay completed;  // the day of the delivery where that is in the log, else as it says
  WorkingDayPeriod period;   // `paper_backfill_working_days` from there
  bool late = false;         // by the recorded day; else its claimed time counts, however old it is
                             // and whatever its device has seen since
};

// Of a statement that enters issue, load, handover, delivery or confirmation of a manifest on
// paper; nullopt: any other.
std::optional<PaperPeriod> FindPaperPeriod(Judge& judge);

// PAPER-LATE, once the time of act is known.
void JudgePaperTime(Judge& judge, const PaperPeriod& paper);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_PAPER_H_
