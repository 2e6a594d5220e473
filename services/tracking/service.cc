#include "services/tracking/service.h"

#include "cradle/v1/tracking.grpc.pb.h"
#include "services/runtime/view_service.h"
#include "services/tracking/queries.h"
#include "services/tracking/view.h"

namespace cradle::tracking {
namespace {

class Service final : public runtime::ViewService<v1::TrackingService::CallbackService> {
 public:
  using ViewService::ViewService;

  Reactor* GetBatch(Context* context, const v1::GetBatchRequest* request,
                    v1::GetBatchResponse* response) override {
    return Answer(context, request, response, &tracking::GetBatch);
  }
  Reactor* ListStock(Context* context, const v1::ListStockRequest* request,
                     v1::ListStockResponse* response) override {
    return Answer(context, request, response, &tracking::ListStock);
  }
  Reactor* GetManifest(Context* context, const v1::GetManifestRequest* request,
                       v1::GetManifestResponse* response) override {
    return Answer(context, request, response, &tracking::GetManifest);
  }
  Reactor* ListManifests(Context* context, const v1::ListManifestsRequest* request,
                         v1::ListManifestsResponse* response) override {
    return Answer(context, request, response, &tracking::ListManifests);
  }
  Reactor* Trace(Context* context, const v1::TraceRequest* request,
                 v1::TraceResponse* response) override {
    return Answer(context, request, response, &tracking::Trace);
  }
};

}  // namespace

std::unique_ptr<runtime::FollowingService> NewTrackingService() {
  return std::make_unique<Service>(TrackingView());
}

}  // namespace cradle::tracking
