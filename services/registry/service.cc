#include "services/registry/service.h"

#include "cradle/v1/registry.grpc.pb.h"
#include "services/registry/queries.h"
#include "services/registry/view.h"
#include "services/runtime/query_handler.h"
#include "services/runtime/view_host.h"

namespace cradle::registry {
namespace {

using Context = grpc::CallbackServerContext;
using Reactor = grpc::ServerUnaryReactor;

class Service final : public runtime::FollowingService,
                      public v1::RegistryService::CallbackService {
 public:
  grpc::Service& grpc_service() override { return *this; }
  absl::Status Start(const std::string& directory,
                     std::shared_ptr<v1::LedgerService::StubInterface> ledger,
                     runtime::RuleDataSource& rule_data, const runtime::Clock& clock) override {
    return host_.Start(directory, std::move(ledger), rule_data, clock);
  }
  void Stop() override { host_.Stop(); }
  absl::Status Health() const override { return host_.Health(); }

  Reactor* GetOrganisation(Context* context, const v1::GetOrganisationRequest* request,
                           v1::GetOrganisationResponse* response) override {
    return runtime::HandleQuery(host_, context, request, response, &registry::GetOrganisation);
  }
  Reactor* ListOrganisations(Context* context, const v1::ListOrganisationsRequest* request,
                             v1::ListOrganisationsResponse* response) override {
    return runtime::HandleQuery(host_, context, request, response, &registry::ListOrganisations);
  }
  Reactor* GetFacility(Context* context, const v1::GetFacilityRequest* request,
                       v1::GetFacilityResponse* response) override {
    return runtime::HandleQuery(host_, context, request, response, &registry::GetFacility);
  }
  Reactor* GetKey(Context* context, const v1::GetKeyRequest* request,
                  v1::GetKeyResponse* response) override {
    return runtime::HandleQuery(host_, context, request, response, &registry::GetKey);
  }
  Reactor* ListWasteCodes(Context* context, const v1::ListWasteCodesRequest* request,
                          v1::ListWasteCodesResponse* response) override {
    return runtime::HandleQuery(host_, context, request, response, &registry::ListWasteCodes);
  }

 private:
  runtime::ViewHost host_{RegistryView()};
};

}  // namespace

std::unique_ptr<runtime::FollowingService> NewRegistryService() {
  return std::make_unique<Service>();
}

}  // namespace cradle::registry
