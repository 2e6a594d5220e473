// All rules, for judging and for printing. What a rule does at an event stands here and nowhere
// else: code that finds a violation names the rule, the table says whether it forbids or marks.
#ifndef CRADLE_SERVICES_RULES_RULE_TABLE_H_
#define CRADLE_SERVICES_RULES_RULE_TABLE_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/rules/event_table.h"
#include "services/rules/rule_id.h"
#include "services/rules/violation.h"

namespace cradle::rules {

// The largest mass that a field of a statement may hold, totals too: 10^13 g, ten million tonnes, a
// tenth of the hazardous waste that a whole country generates in a year (10^8 t). Whoever adds up
// masses of the log in an int64 leans on it: 2^63 - 1 g = 9.22 * 10^18 g are 922 337 masses of this
// size, 92 000 years of that waste, or 9 * 10^12 batches of one tonne (10^6 g).
inline constexpr int64_t kMassMaxG = 10'000'000'000'000;

struct Rule {
  RuleId number;
  std::string_view id;       // "CUSTODY-HOLDER": what violations and reports print
  std::string_view text_en;  // what holds
  std::string_view text_zh;
  std::string_view basis;  // subject of RuleData::LegalBasis; empty: technical
  absl::StatusCode code;   // of a refusal
  EventSet forbids{};
  EventSet marks{};
  uint32_t first_set = 1;
  uint32_t last_set = 0;  // 0: in force in the newest set
  // Of `forbids`: nobody was asked and the waste is gone, so it marks where one side alone says so.
  EventSet marks_one_sided{};

  bool InForce(uint32_t rule_set) const {
    return first_set <= rule_set && (last_set == 0 || rule_set <= last_set);
  }
  // What it does at an event; nullopt: it does not apply to it.
  std::optional<Effect> At(Event event) const;
  // Of one statement of it (IsOneSided).
  std::optional<Effect> At(Event event, bool one_sided) const;
};

std::span<const Rule> Rules();
const Rule& FindRule(RuleId number);
// Null: no rule of that id.
const Rule* FindRule(std::string_view id);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULE_TABLE_H_
