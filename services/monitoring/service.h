// MonitoringService over the monitoring view.
#ifndef CRADLE_SERVICES_MONITORING_SERVICE_H_
#define CRADLE_SERVICES_MONITORING_SERVICE_H_

#include <memory>

#include "services/runtime/service.h"

namespace cradle::monitoring {

std::unique_ptr<runtime::FollowingService> NewMonitoringService();

}  // namespace cradle::monitoring

#endif  // CRADLE_SERVICES_MONITORING_SERVICE_H_
