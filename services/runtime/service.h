// What `cradled` is made of: each service opens its data, brings its gRPC services, and is stopped.
#ifndef CRADLE_SERVICES_RUNTIME_SERVICE_H_
#define CRADLE_SERVICES_RUNTIME_SERVICE_H_

#include <grpcpp/impl/service_type.h>

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cradle/v1/ledger.grpc.pb.h"
#include "services/runtime/clock.h"
#include "services/runtime/follower.h"

namespace cradle::runtime {

// A service that follows the log. The gRPC service may be registered before Start; until then its
// reads answer UNAVAILABLE.
class FollowingService {
 public:
  virtual ~FollowingService() = default;
  virtual grpc::Service& grpc_service() = 0;
  // Opens or creates the view in `directory` and starts following.
  virtual absl::Status Start(const std::string& directory,
                             std::shared_ptr<v1::LedgerService::StubInterface> ledger,
                             RuleDataSource& rule_data, const Clock& clock) = 0;
  // Finishes what waits with UNAVAILABLE and stops following. Start may not be called again.
  virtual void Stop() = 0;
  // OK while it serves; else why not.
  virtual absl::Status Health() const = 0;
};

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_SERVICE_H_
