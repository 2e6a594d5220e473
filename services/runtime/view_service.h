// A gRPC service whose answers are plain queries over one view.
#ifndef CRADLE_SERVICES_RUNTIME_VIEW_SERVICE_H_
#define CRADLE_SERVICES_RUNTIME_VIEW_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "services/runtime/query.h"
#include "services/runtime/service.h"
#include "services/runtime/view_host.h"

namespace cradle::runtime {

// `CallbackService` is the generated one. What is left to the service is one line for each read.
template <typename CallbackService>
class ViewService : public FollowingService, public CallbackService {
 public:
  explicit ViewService(const View& view) : host_(view) {}

  grpc::Service& grpc_service() final { return *this; }
  absl::Status Start(const std::string& directory,
                     std::shared_ptr<v1::LedgerService::StubInterface> ledger,
                     RuleDataSource& rule_data, const Clock& clock) final {
    return host_.Start(directory, std::move(ledger), rule_data, clock);
  }
  void Stop() final { host_.Stop(); }
  absl::Status Health() const final { return host_.Health(); }

 protected:
  using Context = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  // Waits for `at_least`, then answers with `query` over a snapshot of the view.
  template <typename Request, typename Response>
  Reactor* Answer(Context* context, const Request* request, Response* response,
                  absl::Status (*query)(const kv::Reader&, const QueryContext&, const Request&,
                                        Response&)) {
    return host_.Handle(context, request, response,
                        [this, query](const kv::Reader& snapshot, uint64_t known,
                                      const Request& asked, Response& answer) {
                          const rules::RuleDataLibrary library = host_.rule_data().library();
                          return query(snapshot, {known, host_.clock().NowMs(), library}, asked,
                                       answer);
                        });
  }

 private:
  ViewHost host_;
};

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_VIEW_SERVICE_H_
