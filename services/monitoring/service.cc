#include "services/monitoring/service.h"

#include "cradle/v1/monitoring.grpc.pb.h"
#include "services/monitoring/view.h"
#include "services/rules/calendar.h"
#include "services/runtime/view_host.h"

namespace cradle::monitoring {
namespace {

class Service : public runtime::FollowingService, v1::MonitoringService::CallbackService {
 public:
  Service() : host_(MonitoringView()) {}

  grpc::Service& grpc_service() override { return *this; }
  absl::Status Start(const std::string& directory,
                     std::shared_ptr<v1::LedgerService::StubInterface> ledger,
                     runtime::RuleDataSource& rule_data, const runtime::Clock& clock) override {
    return host_.Start(directory, std::move(ledger), rule_data, clock);
  }
  void Stop() override { host_.Stop(); }
  absl::Status Health() const override { return host_.Health(); }

  grpc::ServerUnaryReactor* GetList(grpc::CallbackServerContext* context,
                                    const v1::GetListRequest* request,
                                    v1::GetListResponse* response) override {
    return host_.Handle(
        context, request, response,
        [this](const kv::Reader& view, uint64_t folded, const v1::GetListRequest& asked,
               v1::GetListResponse& answer) {
          const absl::CivilDay today = rules::DayOf(host_.clock().NowMs(), rules::kLogZoneOffsetMs);
          return monitoring::GetList(
              view, folded, today,
              [this](std::string_view sha256) { return host_.rule_data().Find(sha256); }, asked,
              answer);
        });
  }

 private:
  runtime::ViewHost host_;
};

}  // namespace

std::unique_ptr<runtime::FollowingService> NewMonitoringService() {
  return std::make_unique<Service>();
}

}  // namespace cradle::monitoring
