// `cradled verify`: everything in a data directory that nobody serves, from its bytes.
#ifndef CRADLE_SERVICES_CRADLED_VERIFY_H_
#define CRADLE_SERVICES_CRADLED_VERIFY_H_

#include <string>

namespace cradle::cradled {

// Prints the report. Exit codes: 0 verified, 1 could not begin, 4 tampered, forked or diverged,
// 5 unverifiable or unavailable.
int VerifyData(const std::string& data);

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_VERIFY_H_
