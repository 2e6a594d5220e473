#include "services/runtime/status.h"

#include <string>

#include "storage/evidence/utf8.h"

namespace cradle::runtime {
namespace {

// Trailers over 8 KiB arrive as a bare RESOURCE_EXHAUSTED; percent-encoding may triple a message.
constexpr size_t kMessageBytesMax = 1'200;

std::string Shorten(std::string message) {
  if (message.size() <= kMessageBytesMax) return message;
  return std::string(evidence::FirstBytes(message, kMessageBytesMax)) + " …";
}

}  // namespace

grpc::Status ToGrpc(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.code()), Shorten(std::string(status.message()))};
}

absl::Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

v1::Violation ToProto(const rules::Violation& violation) {
  v1::Violation proto;
  proto.set_rule(violation.rule);
  proto.set_effect(violation.effect == rules::Effect::kForbids ? v1::EFFECT_FORBIDS
                                                               : v1::EFFECT_MARKS);
  proto.set_field(violation.field);
  proto.set_message_en(violation.message_en);
  proto.set_message_zh(violation.message_zh);
  proto.set_legal_basis(violation.legal_basis);
  return proto;
}

v1::Head ToProto(const rules::Head& head) {
  v1::Head proto;
  proto.set_chain(head.chain);
  proto.set_begun(head.begun);
  proto.set_height(head.height);
  proto.set_statement_hash(head.statement_hash);
  return proto;
}

}  // namespace cradle::runtime
