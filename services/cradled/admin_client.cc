#include "services/cradled/admin_client.h"

#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>

#include "cradle/v1/admin.grpc.pb.h"
#include "services/cradled/config.h"

namespace cradle::cradled {
namespace {

std::unique_ptr<v1::AdminService::Stub> Connect(const AdminOptions& options) {
  const std::filesystem::path socket =
      std::filesystem::absolute(DataDirectory{options.data}.admin_socket());
  return v1::AdminService::NewStub(
      grpc::CreateChannel("unix:" + socket.string(), grpc::InsecureChannelCredentials()));
}

int Failed(const AdminOptions& options, const grpc::Status& status) {
  std::cerr << "cradled: " << status.error_message() << "\n";
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) {
    std::cerr << "cradled: is a server running on " << options.data << "?\n";
  }
  return 1;
}

}  // namespace

int Backup(const AdminOptions& options) {
  grpc::ClientContext context;
  v1::BackupRequest request;
  request.set_target(options.target);
  v1::BackupResponse response;
  if (grpc::Status status = Connect(options)->Backup(&context, request, &response); !status.ok()) {
    return Failed(options, status);
  }
  std::cout << "entries " << response.size() << "\n" << response.checkpoint();
  return 0;
}

int PutClock(const AdminOptions& options) {
  grpc::ClientContext context;
  v1::SetClockRequest request;
  request.set_now_ms(options.now_ms);
  v1::SetClockResponse response;
  if (grpc::Status status = Connect(options)->SetClock(&context, request, &response);
      !status.ok()) {
    return Failed(options, status);
  }
  return 0;
}

}  // namespace cradle::cradled
