// Health as gRPC's health service tells it (grpc.health.v1): each service by its full name, and ""
// for all of them together.
#ifndef CRADLE_SERVICES_CRADLED_HEALTH_H_
#define CRADLE_SERVICES_CRADLED_HEALTH_H_

#include <grpcpp/health_check_service_interface.h>

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "absl/status/status.h"

namespace cradle::cradled {

class HealthReporter {
 public:
  // By full name of the service; OK while it serves, else why not.
  using Checks = std::map<std::string, std::function<absl::Status()>>;

  // Asks all of `checks` at once and then every second. `health` and what the checks use must
  // outlive the reporter.
  HealthReporter(grpc::HealthCheckServiceInterface* health, Checks checks);
  ~HealthReporter();  // from now on nothing serves
  HealthReporter(const HealthReporter&) = delete;
  HealthReporter& operator=(const HealthReporter&) = delete;

 private:
  void Run();
  void Report();

  grpc::HealthCheckServiceInterface* const health_;
  const Checks checks_;
  std::map<std::string, absl::Status> last_;  // of the thread
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_HEALTH_H_
