#include "clients/sdk/connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <memory>
#include <string>

namespace cradle::sdk {
namespace {

class Registry final : public v1::RegistryService::Service {
  grpc::Status GetOrganisation(grpc::ServerContext* /*context*/,
                               const v1::GetOrganisationRequest* /*request*/,
                               v1::GetOrganisationResponse* /*response*/) override {
    return grpc::Status::OK;
  }
};

// A process of its own, that serves from Start on: threads of a server here would do the polling
// that is the client's part. To be made before this process uses gRPC.
class ServerProcess {
 public:
  ServerProcess() {
    EXPECT_EQ(pipe(to_.data()), 0);
    EXPECT_EQ(pipe(from_.data()), 0);
    process_ = fork();
    if (process_ == 0) Run();
    close(to_[0]);
    close(from_[1]);
  }
  ~ServerProcess() {
    close(to_[1]);  // tells it to end
    close(from_[0]);
    waitpid(process_, nullptr, 0);
  }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  void Start(int port) {
    ASSERT_EQ(write(to_[1], &port, sizeof(port)), static_cast<ssize_t>(sizeof(port)));
    bool serves = false;
    ASSERT_EQ(read(from_[0], &serves, sizeof(serves)), static_cast<ssize_t>(sizeof(serves)));
    ASSERT_TRUE(serves);
  }

 private:
  [[noreturn]] void Run() {
    close(to_[1]);
    close(from_[0]);
    int port = 0;
    if (read(to_[0], &port, sizeof(port)) != sizeof(port)) _exit(1);
    Registry registry;
    grpc::ServerBuilder builder;
    builder.AddListeningPort(fmt::format("127.0.0.1:{}", port), grpc::InsecureServerCredentials());
    builder.RegisterService(&registry);
    const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
    const bool serves = server != nullptr;
    if (write(from_[1], &serves, sizeof(serves)) != sizeof(serves)) _exit(1);
    char end = 0;
    _exit(read(to_[0], &end, 1) == 0 ? 0 : 1);
  }

  std::array<int, 2> to_{};
  std::array<int, 2> from_{};
  pid_t process_ = -1;
};

// One at which nobody listens now.
int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  auto* const general = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(bind(listener, general, size), 0);
  EXPECT_EQ(getsockname(listener, general, &size), 0);
  close(listener);
  return ntohs(address.sin_port);
}

TEST(ConnectionTest, ATryAfterOneThatFoundNoServerReachesTheServerThatIsThereNow) {
  ServerProcess server;
  const int port = FreePort();
  auto connection = Connection::To(fmt::format("127.0.0.1:{}", port));
  ASSERT_TRUE(connection.ok()) << connection.status();

  const v1::GetOrganisationRequest request;
  v1::GetOrganisationResponse response;
  grpc::ClientContext context;
  const grpc::Status nobody =
      (*connection)->registry().GetOrganisation(&context, request, &response);
  ASSERT_EQ(nobody.error_code(), grpc::StatusCode::UNAVAILABLE);

  server.Start(port);
  const auto answer =
      (*connection)
          ->Call((*connection)->registry(), &v1::RegistryService::Stub::GetOrganisation, request);
  EXPECT_TRUE(answer.ok()) << answer.status();
}

}  // namespace
}  // namespace cradle::sdk
