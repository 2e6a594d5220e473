// Who: the registry's fold. The messages themselves are the admission state; the rows here only say
// where to find them.
//
//   v/site/<organisation><site>            empty
//   v/facility/<organisation><facility>    empty
//   v/vehicle/<organisation><vehicle>      empty
//   v/ward/<organisation><ward>            empty
//   v/approval/<organisation><number>      empty
//   v/key/<organisation><key id>           empty   enrolled, also if revoked since
//     what belongs to an organisation: one range each
//   v/list/<role><division><organisation>  registered name
//     by role (1 byte; 0: a row for every organisation) and GB/T 2260 division (6 digits), so that
//     a province, city or county is one range; the name is here so that a search reads no other row
//
// Ids are 26 characters, key ids 32 bytes.
#ifndef CRADLE_SERVICES_REGISTRY_VIEW_H_
#define CRADLE_SERVICES_REGISTRY_VIEW_H_

#include <string>
#include <string_view>

#include "cradle/statement/v1/organisation_events.pb.h"
#include "services/runtime/view.h"

namespace cradle::registry {

const runtime::View& RegistryView();

namespace rows {

// Prefixes; the id of the thing follows.
std::string Sites(std::string_view organisation);
std::string Facilities(std::string_view organisation);
std::string Vehicles(std::string_view organisation);
std::string Keys(std::string_view organisation);
std::string Wards(std::string_view organisation);
std::string Approvals(std::string_view organisation);  // the number follows
// Organisations of a role (unspecified: any) in a division and all below it (empty: any).
std::string List(statement::v1::OrganisationRole role, std::string_view division);

}  // namespace rows
}  // namespace cradle::registry

#endif  // CRADLE_SERVICES_REGISTRY_VIEW_H_
