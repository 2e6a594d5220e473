#include "services/monitoring/service.h"

#include "cradle/v1/monitoring.grpc.pb.h"
#include "services/monitoring/view.h"
#include "services/runtime/view_service.h"

namespace cradle::monitoring {
namespace {

class Service final : public runtime::ViewService<v1::MonitoringService::CallbackService> {
 public:
  using ViewService::ViewService;

  Reactor* GetList(Context* context, const v1::GetListRequest* request,
                   v1::GetListResponse* response) override {
    return Answer(context, request, response, &monitoring::GetList);
  }
};

}  // namespace

std::unique_ptr<runtime::FollowingService> NewMonitoringService() {
  return std::make_unique<Service>(MonitoringView());
}

}  // namespace cradle::monitoring
