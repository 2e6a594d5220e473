#include "services/cradled/serve.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <grpcpp/ext/proto_server_reflection_plugin.h>
#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "cradle/v1/audit.grpc.pb.h"
#include "cradle/v1/monitoring.grpc.pb.h"
#include "cradle/v1/registry.grpc.pb.h"
#include "cradle/v1/tracking.grpc.pb.h"
#include "services/audit/service.h"
#include "services/cradled/admin.h"
#include "services/cradled/config.h"
#include "services/cradled/health.h"
#include "services/ledger/grpc_service.h"
#include "services/ledger/ledger.h"
#include "services/monitoring/service.h"
#include "services/registry/service.h"
#include "services/runtime/clock.h"
#include "services/runtime/service.h"
#include "services/tracking/service.h"
#include "storage/kv/rocksdb_store.h"

namespace cradle::cradled {
namespace {

// 1,000 statements of the largest size fit.
constexpr int kMessageBytesMax = 80 * 1024 * 1024;
constexpr std::chrono::seconds kShutdownGrace{5};

bool IsLoopback(const std::string& address) {
  const size_t colon = address.rfind(':');
  if (colon == std::string::npos) return false;
  const std::string host = address.substr(0, colon);
  if (host == "localhost" || host == "[::1]") return true;
  in_addr parsed{};  // a name such as 127.example.org is none
  return inet_pton(AF_INET, host.c_str(), &parsed) == 1 && host.starts_with("127.");
}

absl::StatusOr<evidence::PrivateKey> ReadLogKey(const DataDirectory& data, const Config& config) {
  absl::StatusOr<std::string> pem = ReadFile(data.log_key());
  if (absl::IsNotFound(pem.status())) {
    return absl::FailedPreconditionError(fmt::format(
        "{} is missing: without the log's key nothing can be signed. A backup does not hold it: "
        "bring it from where it is kept",
        data.log_key().string()));
  }
  if (!pem.ok()) return pem.status();
  absl::StatusOr<evidence::PrivateKey> key = evidence::PrivateKey::FromPem(*pem);
  if (!key.ok()) return key.status();
  if (key->public_key().id() != config.log.key().id()) {
    return absl::FailedPreconditionError(fmt::format("{} is not the key of this log ({})",
                                                     data.log_key().string(), config.log.ToText()));
  }
  return key;
}

struct Follower {
  std::string name;       // of its directory
  std::string full_name;  // of its gRPC service
  std::unique_ptr<runtime::FollowingService> service;
};

class OneProcess : public Server {
 public:
  ~OneProcess() override {
    health_.reset();
    for (Follower& follower : followers_) follower.service->Stop();
    const auto deadline = std::chrono::system_clock::now() + kShutdownGrace;
    if (admin_server_ != nullptr) admin_server_->Shutdown(deadline);
    if (ledger_ != nullptr) ledger_->Stop();
    if (server_ != nullptr) server_->Shutdown(deadline);
    if (admin_server_ != nullptr) {  // else it is another process's
      std::error_code error;
      std::filesystem::remove(data_.admin_socket(), error);
    }
  }

  int port() const override { return port_; }

  absl::Status Start(const ServeOptions& options) {
    if (!IsLoopback(options.listen)) {
      return absl::InvalidArgumentError(fmt::format(
          "--listen {}: only a loopback address with a port (127.0.0.1:7070): reads are open to "
          "whoever reaches the server",
          options.listen));
    }
    data_.root = options.data;
    if (options.manual_clock_ms) {
      manual_clock_ = std::make_unique<runtime::ManualClock>(*options.manual_clock_ms);
    }
    absl::StatusOr<Config> config = ReadConfig(data_);
    if (!config.ok()) return config.status();
    if (absl::Status status = OpenLedger(options, *config); !status.ok()) return status;
    if (absl::Status status = Listen(options, *config); !status.ok()) return status;
    if (absl::Status status = StartFollowers(); !status.ok()) return status;
    if (absl::Status status = ListenForAdmin(); !status.ok()) return status;
    ReportHealth();
    spdlog::info("serving {} on port {}", config->origin, port_);
    return absl::OkStatus();
  }

 private:
  const runtime::Clock& clock() const {
    if (manual_clock_ != nullptr) return *manual_clock_;
    return system_clock_;
  }

  absl::Status OpenLedger(const ServeOptions& options, const Config& config) {
    absl::StatusOr<evidence::PrivateKey> log_key = ReadLogKey(data_, config);
    if (!log_key.ok()) return log_key.status();
    absl::StatusOr<rules::RuleDataLibrary> library =
        rules::RuleDataLibrary::FromDirectory(data_.rule_data().string());
    if (!library.ok()) return library.status();
    absl::StatusOr<std::unique_ptr<kv::Store>> store = kv::OpenRocksDb(data_.ledger().string());
    if (!store.ok()) return store.status();
    store_ = *std::move(store);

    ledger::LedgerOptions ledger_options;
    ledger_options.identity = {config.origin, *std::move(log_key), config.regulator_key};
    ledger_options.store = store_.get();
    ledger_options.journal_directory =
        options.journal.empty() ? data_.journal().string() : options.journal;
    ledger_options.library = *std::move(library);
    ledger_options.clock = &clock();
    absl::StatusOr<std::unique_ptr<ledger::Ledger>> opened =
        ledger::Ledger::Open(std::move(ledger_options));
    if (!opened.ok()) return opened.status();
    ledger_ = *std::move(opened);
    ledger_service_ = std::make_unique<ledger::LedgerGrpcService>(ledger_.get());
    return absl::OkStatus();
  }

  absl::Status Listen(const ServeOptions& options, const Config& config) {
    followers_.push_back(
        {"registry", v1::RegistryService::service_full_name(), registry::NewRegistryService()});
    followers_.push_back(
        {"tracking", v1::TrackingService::service_full_name(), tracking::NewTrackingService()});
    followers_.push_back({"monitoring", v1::MonitoringService::service_full_name(),
                          monitoring::NewMonitoringService()});
    followers_.push_back(
        {"audit", v1::AuditService::service_full_name(), audit::NewAuditService(config.log)});

    grpc::EnableDefaultHealthCheckService(true);
    grpc::reflection::InitProtoReflectionServerBuilderPlugin();
    grpc::ServerBuilder builder;
    builder.SetMaxReceiveMessageSize(kMessageBytesMax);
    // Taking a port that another process serves must fail, not share it.
    builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
    builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(ledger_service_.get());
    for (const Follower& follower : followers_) {
      builder.RegisterService(&follower.service->grpc_service());
    }
    server_ = builder.BuildAndStart();
    if (server_ == nullptr || port_ == 0) {
      return absl::UnavailableError(
          fmt::format("cannot listen on {}: is the port taken?", options.listen));
    }
    return absl::OkStatus();
  }

  absl::Status StartFollowers() {
    grpc::ChannelArguments arguments;
    arguments.SetMaxReceiveMessageSize(kMessageBytesMax);
    std::shared_ptr<v1::LedgerService::StubInterface> stub =
        v1::LedgerService::NewStub(server_->InProcessChannel(arguments));
    rule_data_ = std::make_unique<runtime::RuleDataSource>(stub);
    for (Follower& follower : followers_) {
      absl::Status status =
          follower.service->Start(data_.view(follower.name).string(), stub, *rule_data_, clock());
      if (!status.ok()) {
        return {status.code(), fmt::format("{}: {}", follower.name, std::string(status.message()))};
      }
    }
    return absl::OkStatus();
  }

  void ReportHealth() {
    HealthReporter::Checks checks;
    checks[v1::LedgerService::service_full_name()] = [this] { return ledger_->health(); };
    for (const Follower& follower : followers_) {
      checks[follower.full_name] = [&follower] { return follower.service->Health(); };
    }
    health_ = std::make_unique<HealthReporter>(server_->GetHealthCheckService(), std::move(checks));
  }

  absl::Status ListenForAdmin() {
    const std::string path = std::filesystem::absolute(data_.admin_socket()).string();
    std::error_code error;
    std::filesystem::remove(path, error);  // of a process that was killed: the store's lock is ours
    admin_service_ = std::make_unique<AdminService>(data_, *store_, *ledger_, manual_clock_.get());
    grpc::ServerBuilder builder;
    builder.AddListeningPort("unix:" + path, grpc::InsecureServerCredentials());
    builder.RegisterService(admin_service_.get());
    const mode_t before = ::umask(0077);
    admin_server_ = builder.BuildAndStart();
    ::umask(before);
    if (admin_server_ == nullptr) {
      return absl::UnavailableError(
          fmt::format("cannot listen on {} (a socket's path may have 107 bytes)", path));
    }
    return absl::OkStatus();
  }

  DataDirectory data_;
  runtime::SystemClock system_clock_;
  std::unique_ptr<runtime::ManualClock> manual_clock_;
  std::unique_ptr<kv::Store> store_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::unique_ptr<ledger::LedgerGrpcService> ledger_service_;
  std::unique_ptr<runtime::RuleDataSource> rule_data_;
  std::vector<Follower> followers_;
  std::unique_ptr<AdminService> admin_service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<grpc::Server> admin_server_;
  std::unique_ptr<HealthReporter> health_;
  int port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Serve(const ServeOptions& options) {
  auto server = std::make_unique<OneProcess>();
  if (absl::Status status = server->Start(options); !status.ok()) return status;
  return server;
}

}  // namespace cradle::cradled
