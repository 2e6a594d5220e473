#include "services/tracking/service.h"

#include "cradle/v1/tracking.grpc.pb.h"
#include "services/runtime/query_handler.h"
#include "services/runtime/view_host.h"
#include "services/tracking/queries.h"
#include "services/tracking/view.h"

namespace cradle::tracking {
namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

class Service final : public runtime::FollowingService,
                      public v1::TrackingService::CallbackService {
 public:
  grpc::Service& grpc_service() override { return *this; }
  absl::Status Start(const std::string& directory,
                     std::shared_ptr<v1::LedgerService::StubInterface> ledger,
                     runtime::RuleDataSource& rule_data, const runtime::Clock& clock) override {
    return host_.Start(directory, std::move(ledger), rule_data, clock);
  }
  void Stop() override { host_.Stop(); }
  absl::Status Health() const override { return host_.Health(); }

  Reactor* GetBatch(Context* context, const v1::GetBatchRequest* request,
                    v1::GetBatchResponse* response) override {
    return runtime::HandleQuery(host_, context, request, response, &tracking::GetBatch);
  }
  Reactor* ListStock(Context* context, const v1::ListStockRequest* request,
                     v1::ListStockResponse* response) override {
    return runtime::HandleQuery(host_, context, request, response, &tracking::ListStock);
  }
  Reactor* GetManifest(Context* context, const v1::GetManifestRequest* request,
                       v1::GetManifestResponse* response) override {
    return runtime::HandleQuery(host_, context, request, response, &tracking::GetManifest);
  }
  Reactor* ListManifests(Context* context, const v1::ListManifestsRequest* request,
                         v1::ListManifestsResponse* response) override {
    return runtime::HandleQuery(host_, context, request, response, &tracking::ListManifests);
  }
  Reactor* Trace(Context* context, const v1::TraceRequest* request,
                 v1::TraceResponse* response) override {
    return runtime::HandleQuery(host_, context, request, response, &tracking::Trace);
  }

 private:
  runtime::ViewHost host_{TrackingView()};
};

}  // namespace

std::unique_ptr<runtime::FollowingService> NewTrackingService() {
  return std::make_unique<Service>();
}

}  // namespace cradle::tracking
