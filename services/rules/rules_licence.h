// Licences and what they cover. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_LICENCE_H_
#define CRADLE_SERVICES_RULES_RULES_LICENCE_H_

#include <optional>
#include <string>
#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

// All licences of an organisation; empty where it has none.
state::v1::LicencesState ReadLicences(Judge& judge, std::string_view organisation);

// One scope of one licence, by its places in LicencesState.
struct LicencePlace {
  int licence = 0;
  int scope = 0;
};
// The first operating licence, in the order of grant, that holds on the day of the act, is neither
// suspended nor revoked then, and covers the waste and the method (empty: any).
std::optional<LicencePlace> FindOperatingLicence(Judge& judge,
                                                 const state::v1::LicencesState& licences,
                                                 std::string_view waste_code,
                                                 std::string_view method_code);
// One that covers the waste on the day lets it be collected or disposed of, not only utilised;
// whether it is suspended, LICENCE-STANDS says.
bool MayCollectOrDispose(Judge& judge, const state::v1::LicencesState& licences,
                         std::string_view waste_code);
// It covers the waste from `from` to `to`, whatever is suspended meanwhile.
bool HasOperatingLicenceFor(const state::v1::LicencesState& licences, std::string_view waste_code,
                            std::string_view from_date, std::string_view to_date);

// LICENCE-CARRIER: a transport permit among `licences` covers the waste on the day of the act.
// LICENCE-STANDS: one that does is neither suspended nor revoked. `path` is whole. What a code
// lacks is said once for each code.
void JudgeCarrierLicence(Judge& judge, const state::v1::LicencesState& licences,
                         std::string_view carrier, std::string_view waste_code,
                         const std::string& path);

// LICENCE-RECEIVER: an operating licence covers the waste on the day of the act. LICENCE-STANDS:
// one that does is neither suspended nor revoked. LICENCE-METHOD: one that covers it names the
// method, where both name any, and for medical waste one that is medical. `method_code` may be
// empty.
void JudgeOperatingLicence(Judge& judge, const state::v1::LicencesState& licences,
                           std::string_view operator_organisation, std::string_view waste_code,
                           std::string_view method_code, const std::string& path);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_LICENCE_H_
