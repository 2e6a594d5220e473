// What a rule finds wrong, as a program and a person can act on it.
#ifndef CRADLE_SERVICES_RULES_VIOLATION_H_
#define CRADLE_SERVICES_RULES_VIOLATION_H_

#include <string>

namespace cradle::rules {

enum class Effect {
  kForbids,  // the statement is refused
  kMarks,    // the statement is admitted; the violation is shown in every view
};

struct Violation {
  std::string rule;  // id, as "CUSTODY-HOLDER"
  Effect effect = Effect::kForbids;
  std::string field;  // path into the statement, as "load_taken.vehicle" or "links[1].previous"
  std::string message_en;
  std::string message_zh;
  std::string legal_basis;  // in force on the act's date; empty where the rule is technical
  friend bool operator==(const Violation&, const Violation&) = default;
};

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_VIOLATION_H_
