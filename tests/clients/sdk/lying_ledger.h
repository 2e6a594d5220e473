// The real ledger behind a real channel, with somebody in between who changes its answers.
#ifndef CRADLE_TESTS_CLIENTS_SDK_LYING_LEDGER_H_
#define CRADLE_TESTS_CLIENTS_SDK_LYING_LEDGER_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

#include "cradle/v1/ledger.grpc.pb.h"
#include "services/ledger/grpc_service.h"
#include "tests/services/ledger/fixture.h"

namespace cradle::sdk {

// Each hook may change an answer, or put an error in its place. Set them between calls.
class LyingLedger final : public v1::LedgerService::Service {
 public:
  explicit LyingLedger(ledger::Ledger* honest) : service_(honest) {
    grpc::ServerBuilder honest_builder;
    honest_builder.RegisterService(&service_);
    honest_ = honest_builder.BuildAndStart();
    stub_ = v1::LedgerService::NewStub(honest_->InProcessChannel({}));
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~LyingLedger() override {
    server_->Shutdown();
    honest_->Shutdown();
  }

  std::shared_ptr<grpc::Channel> channel() { return server_->InProcessChannel({}); }

  std::function<grpc::Status(v1::PrepareResponse&)> prepare;
  std::function<grpc::Status(v1::SubmitResponse&)> submit;
  std::function<grpc::Status(v1::GetProofResponse&)> proof;
  std::function<grpc::Status(v1::GetCheckpointResponse&)> checkpoint;
  std::atomic<int> submits{0};

  grpc::Status Prepare(grpc::ServerContext*, const v1::PrepareRequest* request,
                       v1::PrepareResponse* response) override {
    grpc::ClientContext context;
    return Change(stub_->Prepare(&context, *request, response), prepare, *response);
  }
  grpc::Status Submit(grpc::ServerContext*, const v1::SubmitRequest* request,
                      v1::SubmitResponse* response) override {
    ++submits;
    grpc::ClientContext context;
    return Change(stub_->Submit(&context, *request, response), submit, *response);
  }
  grpc::Status GetReceipt(grpc::ServerContext*, const v1::GetReceiptRequest* request,
                          v1::GetReceiptResponse* response) override {
    grpc::ClientContext context;
    return stub_->GetReceipt(&context, *request, response);
  }
  grpc::Status GetCheckpoint(grpc::ServerContext*, const v1::GetCheckpointRequest* request,
                             v1::GetCheckpointResponse* response) override {
    grpc::ClientContext context;
    return Change(stub_->GetCheckpoint(&context, *request, response), checkpoint, *response);
  }
  grpc::Status GetProof(grpc::ServerContext*, const v1::GetProofRequest* request,
                        v1::GetProofResponse* response) override {
    grpc::ClientContext context;
    return Change(stub_->GetProof(&context, *request, response), proof, *response);
  }

 private:
  template <typename Response>
  static grpc::Status Change(grpc::Status status,
                             const std::function<grpc::Status(Response&)>& hook,
                             Response& response) {
    if (!status.ok() || !hook) return status;
    return hook(response);
  }

  ledger::LedgerGrpcService service_;
  std::unique_ptr<grpc::Server> honest_;
  std::unique_ptr<v1::LedgerService::Stub> stub_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace cradle::sdk

#endif  // CRADLE_TESTS_CLIENTS_SDK_LYING_LEDGER_H_
