#include "services/registry/service.h"

#include "cradle/v1/registry.grpc.pb.h"
#include "services/registry/queries.h"
#include "services/registry/view.h"
#include "services/runtime/view_service.h"

namespace cradle::registry {
namespace {

class Service final : public runtime::ViewService<v1::RegistryService::CallbackService> {
 public:
  using ViewService::ViewService;

  Reactor* GetOrganisation(Context* context, const v1::GetOrganisationRequest* request,
                           v1::GetOrganisationResponse* response) override {
    return Answer(context, request, response, &registry::GetOrganisation);
  }
  Reactor* ListOrganisations(Context* context, const v1::ListOrganisationsRequest* request,
                             v1::ListOrganisationsResponse* response) override {
    return Answer(context, request, response, &registry::ListOrganisations);
  }
  Reactor* GetFacility(Context* context, const v1::GetFacilityRequest* request,
                       v1::GetFacilityResponse* response) override {
    return Answer(context, request, response, &registry::GetFacility);
  }
  Reactor* GetKey(Context* context, const v1::GetKeyRequest* request,
                  v1::GetKeyResponse* response) override {
    return Answer(context, request, response, &registry::GetKey);
  }
  Reactor* ListWasteCodes(Context* context, const v1::ListWasteCodesRequest* request,
                          v1::ListWasteCodesResponse* response) override {
    return Answer(context, request, response, &registry::ListWasteCodes);
  }
};

}  // namespace

std::unique_ptr<runtime::FollowingService> NewRegistryService() {
  return std::make_unique<Service>(RegistryView());
}

}  // namespace cradle::registry
