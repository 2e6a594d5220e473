// Tracking as a gRPC service: a thin edge over queries.h.
#ifndef CRADLE_SERVICES_TRACKING_SERVICE_H_
#define CRADLE_SERVICES_TRACKING_SERVICE_H_

#include <memory>

#include "services/runtime/service.h"

namespace cradle::tracking {

std::unique_ptr<runtime::FollowingService> NewTrackingService();

}  // namespace cradle::tracking

#endif  // CRADLE_SERVICES_TRACKING_SERVICE_H_
