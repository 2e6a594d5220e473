#include "services/ledger/grpc_service.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "services/ledger/read_entries.h"
#include "services/runtime/status.h"
#include "storage/evidence/hash.h"

namespace cradle::ledger {
namespace {

constexpr uint32_t kChainElementsDefault = 100;
constexpr uint32_t kChainElementsMax = 1'000;
constexpr size_t kChainBytesMax = 1 << 20;

grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context, const absl::Status& status) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(runtime::ToGrpc(status));
  return reactor;
}

evidence::SignedStatement FromProto(const v1::SignedStatement& proto) {
  evidence::SignedStatement statement;
  statement.statement = proto.statement();
  statement.attestations.reserve(static_cast<size_t>(proto.attestations_size()));
  for (const v1::SignedAttestation& attestation : proto.attestations()) {
    statement.attestations.push_back(
        {attestation.algorithm(), attestation.attestation(), attestation.signature()});
  }
  return statement;
}

void ToProto(SubmitResult result, v1::SubmitResult& proto) {
  proto.set_statement_hash(std::string(evidence::AsBytes(result.statement_hash)));
  if (auto* admission = std::get_if<Admission>(&result.outcome)) {
    v1::Admission& admitted = *proto.mutable_admitted();
    admitted.set_index(admission->index);
    admitted.set_receipt(std::move(admission->receipt));
    admitted.set_repeated_submission(admission->repeated_submission);
    for (const auto& mark : admission->marks) *admitted.add_marks() = runtime::ToProto(mark);
    return;
  }
  if (auto* disputed = std::get_if<DisputedAdmission>(&result.outcome)) {
    v1::DisputedAdmission& kept = *proto.mutable_disputed();
    kept.set_index(disputed->kept.index);
    kept.set_receipt(std::move(disputed->kept.receipt));
    kept.set_repeated_submission(disputed->kept.repeated_submission);
    for (const auto& mark : disputed->kept.marks) *kept.add_marks() = runtime::ToProto(mark);
    for (const auto& head : disputed->heads) *kept.add_heads() = runtime::ToProto(head);
    return;
  }
  const auto& refusal = std::get<rules::Refused>(result.outcome);
  v1::Refusal& refused = *proto.mutable_refused();
  refused.set_code(static_cast<int32_t>(refusal.code));
  for (const auto& violation : refusal.violations) {
    *refused.add_violations() = runtime::ToProto(violation);
  }
  for (const auto& head : refusal.heads) *refused.add_heads() = runtime::ToProto(head);
  if (refusal.missing_predecessor) {
    *refused.mutable_missing_predecessor() = runtime::ToProto(*refusal.missing_predecessor);
  }
}

absl::Status DoPrepare(const Ledger& ledger, const v1::PrepareRequest& request,
                       v1::PrepareResponse& response) {
  auto prepared = ledger.Prepare(request.statement());
  if (!prepared.ok()) return prepared.status();
  response.set_statement_hash(std::string(evidence::AsBytes(prepared->statement.hash)));
  response.set_statement(std::move(prepared->statement.bytes));
  response.set_rendering_en(std::move(prepared->rendering_en));
  response.set_rendering_zh(std::move(prepared->rendering_zh));
  return absl::OkStatus();
}

absl::Status DoGetReceipt(const Ledger& ledger, const v1::GetReceiptRequest& request,
                          v1::GetReceiptResponse& response) {
  auto reader = ledger.reader();
  if (!reader.ok()) return reader.status();
  uint64_t index = request.index();
  if (request.of_case() == v1::GetReceiptRequest::kStatementHash) {
    auto found = (*reader)->IndexOf(request.statement_hash());
    if (!found.ok()) return found.status();
    index = *found;
  } else if (request.of_case() == v1::GetReceiptRequest::OF_NOT_SET) {
    return absl::InvalidArgumentError("of: give an index or a statement hash");
  }
  auto receipt = (*reader)->Receipt(index, request.newest());
  if (!receipt.ok()) return receipt.status();
  response.set_index(index);
  response.set_receipt(*std::move(receipt));
  return absl::OkStatus();
}

absl::Status DoGetProof(const Ledger& ledger, const v1::GetProofRequest& request,
                        v1::GetProofResponse& response) {
  auto reader = ledger.reader();
  if (!reader.ok()) return reader.status();
  absl::StatusOr<std::vector<evidence::Hash>> path =
      absl::InvalidArgumentError("kind: give inclusion or consistency");
  if (request.has_inclusion()) {
    path = (*reader)->Inclusion(request.inclusion().index(), request.inclusion().size());
  } else if (request.has_consistency()) {
    path =
        (*reader)->Consistency(request.consistency().old_size(), request.consistency().new_size());
  }
  if (!path.ok()) return path.status();
  for (const evidence::Hash& hash : *path) response.add_path(std::string(evidence::AsBytes(hash)));
  return absl::OkStatus();
}

absl::Status DoGetChain(const Ledger& ledger, const v1::GetChainRequest& request,
                        v1::GetChainResponse& response) {
  auto reader = ledger.reader();
  if (!reader.ok()) return reader.status();
  const uint32_t limit = request.limit() == 0 ? kChainElementsDefault : request.limit();
  if (limit > kChainElementsMax) return absl::InvalidArgumentError("limit: at most 1,000");
  auto page = (*reader)->Chain(request.chain(), request.from_height(), limit, kChainBytesMax);
  if (!page.ok()) return page.status();
  for (ChainElement& element : page->elements) {
    auto& proto = *response.add_elements();
    proto.set_height(element.height);
    proto.set_index(element.index);
    proto.set_entry(std::move(element.entry));
  }
  *response.mutable_head() = runtime::ToProto(page->head);
  response.set_size(page->size);
  return absl::OkStatus();
}

absl::Status DoGetHead(const Ledger& ledger, const v1::GetHeadRequest& request,
                       v1::GetHeadResponse& response) {
  auto reader = ledger.reader();
  if (!reader.ok()) return reader.status();
  auto head = (*reader)->Head(request.chain());
  if (!head.ok()) return head.status();
  *response.mutable_head() = runtime::ToProto(head->head);
  response.set_index(head->index);
  return absl::OkStatus();
}

}  // namespace

grpc::ServerUnaryReactor* LedgerGrpcService::Prepare(grpc::CallbackServerContext* context,
                                                     const v1::PrepareRequest* request,
                                                     v1::PrepareResponse* response) {
  return Finish(context, DoPrepare(*ledger_, *request, *response));
}

grpc::ServerUnaryReactor* LedgerGrpcService::Submit(grpc::CallbackServerContext* context,
                                                    const v1::SubmitRequest* request,
                                                    v1::SubmitResponse* response) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  std::vector<evidence::SignedStatement> statements;
  statements.reserve(static_cast<size_t>(request->statements_size()));
  for (const auto& statement : request->statements()) statements.push_back(FromProto(statement));
  ledger_->Submit(std::move(statements),
                  [reactor, response](absl::StatusOr<std::vector<SubmitResult>> results) {
                    if (!results.ok()) return reactor->Finish(runtime::ToGrpc(results.status()));
                    for (SubmitResult& result : *results) {
                      ToProto(std::move(result), *response->add_results());
                    }
                    reactor->Finish(grpc::Status::OK);
                  });
  return reactor;
}

grpc::ServerUnaryReactor* LedgerGrpcService::GetReceipt(grpc::CallbackServerContext* context,
                                                        const v1::GetReceiptRequest* request,
                                                        v1::GetReceiptResponse* response) {
  return Finish(context, DoGetReceipt(*ledger_, *request, *response));
}

grpc::ServerUnaryReactor* LedgerGrpcService::GetCheckpoint(
    grpc::CallbackServerContext* context, const v1::GetCheckpointRequest* /*request*/,
    v1::GetCheckpointResponse* response) {
  auto checkpoint = ledger_->Checkpoint();
  if (checkpoint.ok()) response->set_checkpoint(*std::move(checkpoint));
  return Finish(context, checkpoint.status());
}

grpc::ServerUnaryReactor* LedgerGrpcService::GetProof(grpc::CallbackServerContext* context,
                                                      const v1::GetProofRequest* request,
                                                      v1::GetProofResponse* response) {
  return Finish(context, DoGetProof(*ledger_, *request, *response));
}

grpc::ServerWriteReactor<v1::ReadEntriesResponse>* LedgerGrpcService::ReadEntries(
    grpc::CallbackServerContext* /*context*/, const v1::ReadEntriesRequest* request) {
  return new ReadEntriesReactor(ledger_, *request);
}

grpc::ServerUnaryReactor* LedgerGrpcService::GetChain(grpc::CallbackServerContext* context,
                                                      const v1::GetChainRequest* request,
                                                      v1::GetChainResponse* response) {
  return Finish(context, DoGetChain(*ledger_, *request, *response));
}

grpc::ServerUnaryReactor* LedgerGrpcService::GetHead(grpc::CallbackServerContext* context,
                                                     const v1::GetHeadRequest* request,
                                                     v1::GetHeadResponse* response) {
  return Finish(context, DoGetHead(*ledger_, *request, *response));
}

grpc::ServerUnaryReactor* LedgerGrpcService::GetRuleData(grpc::CallbackServerContext* context,
                                                         const v1::GetRuleDataRequest* request,
                                                         v1::GetRuleDataResponse* response) {
  auto bundle = ledger_->RuleData(request->sha256());
  if (bundle.ok()) response->set_bundle(*std::move(bundle));
  return Finish(context, bundle.status());
}

}  // namespace cradle::ledger
