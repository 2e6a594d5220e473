// Drafts of corrections.
#ifndef CRADLE_TESTS_SERVICES_RULES_DRAFTS_CORRECTION_H_
#define CRADLE_TESTS_SERVICES_RULES_DRAFTS_CORRECTION_H_

#include <string>

#include "tests/services/rules/district.h"

namespace cradle::rules::test {

// By the author alone; sets no field yet. `generation`: what it corrects is the beginning of the
// batch, otherwise the entry that last weighed it.
Draft Amend(const District& district, const Actor& author, const std::string& batch,
            bool generation = true);
Draft Void(const Actor& author, const std::string& batch, const Actor& regulator);

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_DRAFTS_CORRECTION_H_
