// The way to a server: stubs, deadlines, retries.
#ifndef CRADLE_CLIENTS_SDK_CONNECTION_H_
#define CRADLE_CLIENTS_SDK_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cradle/v1/audit.grpc.pb.h"
#include "cradle/v1/ledger.grpc.pb.h"
#include "cradle/v1/monitoring.grpc.pb.h"
#include "cradle/v1/registry.grpc.pb.h"
#include "cradle/v1/tracking.grpc.pb.h"

namespace cradle::sdk {

// How often to try a call that the server could not take: UNAVAILABLE and RESOURCE_EXHAUSTED only.
struct RetryPolicy {
  int attempts_max = 5;
  std::chrono::milliseconds first_wait{100};  // doubles each time
  std::chrono::milliseconds wait_max{5'000};
  std::chrono::milliseconds deadline{30'000};  // of each attempt
  // Empty: this thread waits, no longer than until it is connected if it was not.
  std::function<void(std::chrono::milliseconds)> sleep;
};

absl::Status FromGrpc(const grpc::Status& status);
// Could not be reached or could not take the call now, as against an answer that says no.
bool IsTransient(const absl::Status& status);

// Thread-safe.
class Connection {
 public:
  // "127.0.0.1:7070". INVALID_ARGUMENT: not host:port, or not this machine: this release speaks
  // without TLS, so what is further away is reached through a tunnel. Connects on the first call.
  static absl::StatusOr<std::unique_ptr<Connection>> To(const std::string& address,
                                                        RetryPolicy retry = {});
  // Over a channel of the caller's, an in-process one for instance: such a policy brings its
  // `sleep`.
  explicit Connection(std::shared_ptr<grpc::Channel> channel, RetryPolicy retry = {},
                      std::string address = "this process");

  v1::LedgerService::Stub& ledger() const { return *ledger_; }
  v1::RegistryService::Stub& registry() const { return *registry_; }
  v1::TrackingService::Stub& tracking() const { return *tracking_; }
  v1::MonitoringService::Stub& monitoring() const { return *monitoring_; }
  v1::AuditService::Stub& audit() const { return *audit_; }
  const RetryPolicy& retry() const { return retry_; }
  const std::string& address() const { return address_; }

  // One unary call, tried again as the policy says. Errors name the address where it cannot be
  // reached.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(Stub& stub,
                                grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                             Response*),
                                const Request& request) const {
    Response response;
    absl::Status status = Try([&](grpc::ClientContext& context) {
      response.Clear();
      return (stub.*method)(&context, request, &response);
    });
    if (!status.ok()) return status;
    return response;
  }

 private:
  absl::Status Try(const std::function<grpc::Status(grpc::ClientContext&)>& call) const;
  void Wait(std::chrono::milliseconds wait) const;

  std::string address_;
  RetryPolicy retry_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_;
  std::unique_ptr<v1::RegistryService::Stub> registry_;
  std::unique_ptr<v1::TrackingService::Stub> tracking_;
  std::unique_ptr<v1::MonitoringService::Stub> monitoring_;
  std::unique_ptr<v1::AuditService::Stub> audit_;
};

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_CONNECTION_H_
