// The registry as a gRPC service: a thin edge over queries.h.
#ifndef CRADLE_SERVICES_REGISTRY_SERVICE_H_
#define CRADLE_SERVICES_REGISTRY_SERVICE_H_

#include <memory>

#include "services/runtime/service.h"

namespace cradle::registry {

std::unique_ptr<runtime::FollowingService> NewRegistryService();

}  // namespace cradle::registry

#endif  // CRADLE_SERVICES_REGISTRY_SERVICE_H_
