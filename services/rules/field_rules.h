// For each field of a batch that can be set right: from which event it must be there, from which it
// is sealed, and who sets it right. One table, judged by and printed from.
#ifndef CRADLE_SERVICES_RULES_FIELD_RULES_H_
#define CRADLE_SERVICES_RULES_FIELD_RULES_H_

#include <span>
#include <string_view>

#include "services/rules/event_set.h"

namespace cradle::rules {

enum class BatchField { kWasteCode, kMass, kForm, kBatchCode, kStorageStart };

// In whose favour a change speaks: such a change the author never makes alone.
enum class Favour {
  kNever,   // a name, a form
  kLess,    // a smaller mass
  kLater,   // a later day
  kAlways,  // a code: one may be cheaper than the other
};

struct FieldRule {
  BatchField field;
  std::string_view name;  // of the amendment's own field, as "waste_code"
  Event required_from;    // the event that first asserts it
  Event sealed_from;      // from here on it stands as it is
  Favour favour;
  // The author alone has a while for it (limit amend_alone_hours); false: at any time.
  bool alone_for_a_while = true;
};

// In the order of BatchField.
std::span<const FieldRule> FieldRules();

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_FIELD_RULES_H_
