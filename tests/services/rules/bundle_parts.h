// The project's own bundle with parts replaced or left out, for tests of how bundles are read.
#ifndef CRADLE_TESTS_SERVICES_RULES_BUNDLE_PARTS_H_
#define CRADLE_TESTS_SERVICES_RULES_BUNDLE_PARTS_H_

#include <initializer_list>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "services/rules/rule_data.h"

namespace cradle::rules::test {

// Packed from deploy/rule_data.
const std::string& OwnBundle();
std::shared_ptr<const RuleData> LoadOwn();
// The subjects of legal_basis.csv in deploy/rule_data.
std::set<std::string> SubjectsOfLegalBasis();

// A bundle with one part, which it must have, replaced, and the length of its file corrected.
std::string Replaced(std::string bundle, std::string_view from, std::string_view to);
// A bundle without files that it has.
std::string Without(std::string bundle, std::initializer_list<std::string_view> files);
// A bundle with a row more at the end of a file that it has.
std::string WithRow(std::string bundle, std::string_view file, std::string_view row);

// Loads what must load.
std::shared_ptr<const RuleData> Load(std::string_view bundle);
// What is said of a bundle that must not load, as INVALID_ARGUMENT.
std::string ErrorOf(std::string_view bundle);

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_BUNDLE_PARTS_H_
