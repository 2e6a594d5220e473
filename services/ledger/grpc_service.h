// The ledger over gRPC: parse, call the ledger, map the status.
#ifndef CRADLE_SERVICES_LEDGER_GRPC_SERVICE_H_
#define CRADLE_SERVICES_LEDGER_GRPC_SERVICE_H_

#include <grpcpp/grpcpp.h>

#include "cradle/v1/ledger.grpc.pb.h"
#include "services/ledger/ledger.h"

namespace cradle::ledger {

// Stop the ledger before the server: its streams end then, and what is in flight is answered.
class LedgerGrpcService final : public v1::LedgerService::CallbackService {
 public:
  // `ledger` must outlive the service's server.
  explicit LedgerGrpcService(Ledger* ledger) : ledger_(ledger) {}

  grpc::ServerUnaryReactor* Prepare(grpc::CallbackServerContext* context,
                                    const v1::PrepareRequest* request,
                                    v1::PrepareResponse* response) override;
  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context,
                                   const v1::SubmitRequest* request,
                                   v1::SubmitResponse* response) override;
  grpc::ServerUnaryReactor* GetReceipt(grpc::CallbackServerContext* context,
                                       const v1::GetReceiptRequest* request,
                                       v1::GetReceiptResponse* response) override;
  grpc::ServerUnaryReactor* GetCheckpoint(grpc::CallbackServerContext* context,
                                          const v1::GetCheckpointRequest* request,
                                          v1::GetCheckpointResponse* response) override;
  grpc::ServerUnaryReactor* GetProof(grpc::CallbackServerContext* context,
                                     const v1::GetProofRequest* request,
                                     v1::GetProofResponse* response) override;
  grpc::ServerWriteReactor<v1::ReadEntriesResponse>* ReadEntries(
      grpc::CallbackServerContext* context, const v1::ReadEntriesRequest* request) override;
  grpc::ServerUnaryReactor* GetChain(grpc::CallbackServerContext* context,
                                     const v1::GetChainRequest* request,
                                     v1::GetChainResponse* response) override;
  grpc::ServerUnaryReactor* GetHead(grpc::CallbackServerContext* context,
                                    const v1::GetHeadRequest* request,
                                    v1::GetHeadResponse* response) override;
  grpc::ServerUnaryReactor* GetRuleData(grpc::CallbackServerContext* context,
                                        const v1::GetRuleDataRequest* request,
                                        v1::GetRuleDataResponse* response) override;

 private:
  Ledger* const ledger_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_GRPC_SERVICE_H_
