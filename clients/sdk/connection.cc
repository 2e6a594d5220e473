#include "clients/sdk/connection.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <thread>
#include <utility>

namespace cradle::sdk {
namespace {

// A call of 500 receipts, each with an entry of up to 64 KiB in base64.
constexpr int kReceiveBytesMax = 128 << 20;

bool IsThisMachine(std::string_view host) {
  return host == "localhost" || host == "[::1]" ||
         (host.starts_with("127.") &&
          host.find_first_not_of("0123456789.") == std::string_view::npos);
}

}  // namespace

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

bool IsTransient(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsResourceExhausted(status) ||
         absl::IsDeadlineExceeded(status);
}

absl::StatusOr<std::unique_ptr<Connection>> Connection::To(const std::string& address,
                                                           RetryPolicy retry) {
  const size_t colon = address.rfind(':');
  const std::string_view view = address;
  const std::string_view port = colon == std::string::npos ? "" : view.substr(colon + 1);
  if (colon == 0 || port.empty() || port.size() > 5 ||
      port.find_first_not_of("0123456789") != std::string_view::npos) {
    return absl::InvalidArgumentError(
        fmt::format("'{}' is not host:port, such as 127.0.0.1:7070", address));
  }
  if (!IsThisMachine(view.substr(0, colon))) {
    return absl::InvalidArgumentError(fmt::format(
        "{} is not on this machine: this release speaks without TLS, so reach the server through "
        "a tunnel that ends at 127.0.0.1",
        address));
  }
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(kReceiveBytesMax);
  // Else a channel lets a whole second pass before it connects again.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS,
                   static_cast<int>(retry.first_wait.count()));
  return std::make_unique<Connection>(
      grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments),
      std::move(retry), address);
}

Connection::Connection(std::shared_ptr<grpc::Channel> channel, RetryPolicy retry,
                       std::string address)
    : address_(std::move(address)),
      retry_(std::move(retry)),
      channel_(channel),
      ledger_(v1::LedgerService::NewStub(channel)),
      registry_(v1::RegistryService::NewStub(channel)),
      tracking_(v1::TrackingService::NewStub(channel)),
      monitoring_(v1::MonitoringService::NewStub(channel)),
      audit_(v1::AuditService::NewStub(channel)) {}

absl::Status Connection::Try(const std::function<grpc::Status(grpc::ClientContext&)>& call) const {
  std::chrono::milliseconds wait = retry_.first_wait;
  for (int attempt = 1;; ++attempt) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + retry_.deadline);
    const absl::Status status = FromGrpc(call(context));
    // A call that took all its time is not made again: the server is at work on it.
    if (!absl::IsUnavailable(status) && !absl::IsResourceExhausted(status)) return status;
    if (attempt >= retry_.attempts_max) {
      return {status.code(), fmt::format("{} could not be reached or could not take the call, {} "
                                         "tries: {}",
                                         address_, attempt, std::string(status.message()))};
    }
    Wait(wait);
    wait = std::min(wait * 2, retry_.wait_max);
  }
}

// A channel gets on with connecting only while somebody waits in it: after a mere sleep the next
// try would be told how the last one failed.
void Connection::Wait(std::chrono::milliseconds wait) const {
  if (retry_.sleep) {
    retry_.sleep(wait);
  } else if (channel_->GetState(/*try_to_connect=*/true) == GRPC_CHANNEL_READY) {
    std::this_thread::sleep_for(wait);
  } else {
    channel_->WaitForConnected(std::chrono::system_clock::now() + wait);
  }
}

}  // namespace cradle::sdk
