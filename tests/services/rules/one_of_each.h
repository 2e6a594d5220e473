// A valid statement of every event, with every field given that it may have: for tests that hold of
// all events.
#ifndef CRADLE_TESTS_SERVICES_RULES_ONE_OF_EACH_H_
#define CRADLE_TESTS_SERVICES_RULES_ONE_OF_EACH_H_

#include <vector>

#include "tests/services/rules/district.h"

namespace cradle::rules::test {

// Each is admitted by the district as it is after the call, though not one after another. Founded
// is not among them. In a district of the first rule set: those that it knows.
std::vector<Draft> OneOfEach(District& district);

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_ONE_OF_EACH_H_
