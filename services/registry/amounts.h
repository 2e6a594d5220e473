// What licences, approvals, pilots and permits allow, and what of it is used.
#ifndef CRADLE_SERVICES_REGISTRY_AMOUNTS_H_
#define CRADLE_SERVICES_REGISTRY_AMOUNTS_H_

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "cradle/v1/registry.pb.h"
#include "storage/kv/store.h"

namespace cradle::registry {

// Of the papers that are in the answer, in its order; of a year where they name one, the year of
// `today`. One read for each amount.
absl::Status AddAmounts(const kv::Reader& reader, absl::CivilDay today,
                        v1::GetOrganisationResponse& response);

}  // namespace cradle::registry

#endif  // CRADLE_SERVICES_REGISTRY_AMOUNTS_H_
