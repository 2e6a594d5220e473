// Forms of identity codes: pure checks of one string.
#ifndef CRADLE_SERVICES_RULES_IDENTITY_H_
#define CRADLE_SERVICES_RULES_IDENTITY_H_

#include <string_view>

#include "absl/status/status.h"

namespace cradle::rules {

// Unified social credit code, GB 32100-2015: 18 characters and its check character.
// INVALID_ARGUMENT: says which is wrong, and the check character expected.
absl::Status CheckUscc(std::string_view uscc);
// Official manifest number, Order 23 Art 15: 14 digits YYYY + province + city + serial.
absl::Status CheckOfficialNumber(std::string_view number);
// Waste code of the catalogue: NNN-NNN-CC.
absl::Status CheckWasteCodeForm(std::string_view code);
// GB/T 2260: six digits.
absl::Status CheckDivisionForm(std::string_view division);
// YYYY-MM-DD, a day that exists.
absl::Status CheckDate(std::string_view date);
// HJ 1276-2022 digital code: 37 characters, of which USCC, waste code, date, serial.
absl::Status CheckLabelCode(std::string_view label_code);

// `division` lies in the area that `authority` (a division: province, city or county) covers.
bool DivisionCovers(std::string_view authority, std::string_view division);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_IDENTITY_H_
