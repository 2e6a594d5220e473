#include "services/cradled/health.h"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace cradle::cradled {
namespace {

constexpr std::chrono::seconds kInterval{1};

}  // namespace

HealthReporter::HealthReporter(grpc::HealthCheckServiceInterface* health, Checks checks)
    : health_(health), checks_(std::move(checks)) {
  Report();
  thread_ = std::thread([this] { Run(); });
}

HealthReporter::~HealthReporter() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
  health_->SetServingStatus(false);
}

void HealthReporter::Run() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kInterval, [this] { return stopping_; })) Report();
}

void HealthReporter::Report() {
  bool all_serve = true;
  for (const auto& [name, check] : checks_) {
    absl::Status status = check();
    all_serve = all_serve && status.ok();
    absl::Status& last = last_[name];
    if (!status.ok() && last.ok()) {
      spdlog::error("{} does not serve: {}", name, std::string(status.message()));
    }
    health_->SetServingStatus(name, status.ok());
    last = std::move(status);
  }
  health_->SetServingStatus("", all_serve);
}

}  // namespace cradle::cradled
