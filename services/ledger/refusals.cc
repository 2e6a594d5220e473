#include "services/ledger/refusals.h"

#include <fmt/format.h>

#include <utility>

#include "storage/evidence/hash.h"
#include "storage/evidence/statement.h"

namespace cradle::ledger {
namespace {

rules::Refused Refuse(absl::StatusCode code, std::string_view rule, std::string field,
                      std::string message_en, std::string message_zh) {
  rules::Refused refused;
  refused.code = code;
  refused.violations.push_back({std::string(rule), rules::Effect::kForbids, std::move(field),
                                std::move(message_en), std::move(message_zh), ""});
  return refused;
}

std::string AttestationField(size_t attestation) {
  return fmt::format("attestations[{}]", attestation);
}

}  // namespace

rules::Refused RefuseForm(const absl::Status& form, std::string_view within) {
  std::string why(form.message());
  std::string field(within);
  // "field: why", where a field has no space in it and may begin with its message's name.
  const size_t colon = why.find(": ");
  if (colon != std::string::npos && why.find(' ') > colon) {
    std::string path = why.substr(0, colon);
    why.erase(0, colon + 2);
    if (path.front() >= 'A' && path.front() <= 'Z') {
      const size_t dot = path.find('.');
      path = dot == std::string::npos ? "" : path.substr(dot + 1);
    }
    if (!field.empty() && !path.empty()) field += '.';
    field += path;
  }
  const bool unknown = absl::IsUnimplemented(form);
  std::string en =
      fmt::format("{}: {}", unknown ? "unknown to this ledger" : "not well formed", why);
  std::string zh = fmt::format("{}：{}", unknown ? "本账本不识别" : "格式不正确", why);
  return Refuse(form.code(), "FORM", std::move(field), std::move(en), std::move(zh));
}

rules::Refused RefuseAttestationCount(size_t count) {
  return Refuse(
      absl::StatusCode::kUnauthenticated, "ATTESTATION-EACH", "attestations",
      fmt::format("{} attestations; a statement has at most {} parties and one "
                  "attestation for each",
                  count, evidence::kPartiesMax),
      fmt::format("有{}个签名；一份陈述最多{}方，每方一个签名", count, evidence::kPartiesMax));
}

rules::Refused RefuseForeignAttestation(size_t attestation) {
  return Refuse(
      absl::StatusCode::kUnauthenticated, "ATTESTATION-BINDS", AttestationField(attestation),
      "attests other statement bytes, or another party's place: attestations stand in "
      "the order of the parties and name the hash of exactly these bytes",
      "签名对应的不是这份陈述的字节，或不是该方的位置：签名须按各方顺序排列，并写明本陈述的哈希");
}

rules::Refused RefuseUnknownKey(size_t attestation, std::string_view key_id) {
  const std::string key = evidence::Hex(key_id);
  return Refuse(absl::StatusCode::kUnauthenticated, "KEY-KNOWN",
                AttestationField(attestation) + ".key_id",
                fmt::format("key {} is not enrolled in this log; submit its enrolment before or "
                            "together with this statement",
                            key),
                fmt::format("密钥{}未在本账本登记；请先提交或一并提交其登记陈述", key));
}

rules::Refused RefuseSignature(size_t attestation, const absl::Status& why) {
  return Refuse(
      absl::StatusCode::kUnauthenticated, "ATTESTATION-SIGNATURE",
      AttestationField(attestation) + ".signature",
      fmt::format("the key named did not sign this attestation: {}", std::string(why.message())),
      "签名不是由所写密钥对这份陈述作出的");
}

rules::Refused RefuseSeen(size_t attestation, uint64_t seen_size, std::string_view seen_root) {
  return Refuse(
      absl::StatusCode::kFailedPrecondition, "ATTESTATION-SEEN",
      AttestationField(attestation) + ".seen",
      fmt::format("the device holds a checkpoint of size {} and root {}, which this log never "
                  "signed: two histories may exist. Keep the device's checkpoint file and report "
                  "it to the regulator before attesting again",
                  seen_size, evidence::Hex(seen_root)),
      fmt::format("该设备持有的检查点（大小{}，根{}"
                  "）并非本账本签发：可能存在两份不同的历史。请保留设备上的检查点"
                  "文件并向主管部门报告，然后再签名",
                  seen_size, evidence::Hex(seen_root)));
}

rules::Refused RefuseNotFounded() {
  return Refuse(absl::StatusCode::kFailedPrecondition, "LOG-FOUNDED", "event",
                "this log is not founded yet: its first statement is Founded, attested by the "
                "regulator named when the ledger was set up",
                "本账本尚未创立：首份陈述须为创立陈述，由建账时指定的主管部门签名");
}

rules::Refused RefuseFounding(std::string_view field, std::string_view en, std::string_view zh) {
  return Refuse(absl::StatusCode::kPermissionDenied, "FOUNDING-PIN", std::string(field),
                std::string(en), std::string(zh));
}

rules::Refused RefuseRules(std::string_view field, std::string_view en, std::string_view zh) {
  return Refuse(absl::StatusCode::kFailedPrecondition, "RULES-AT-HAND", std::string(field),
                std::string(en), std::string(zh));
}

rules::Refused RefuseStateSize() {
  return Refuse(absl::StatusCode::kFailedPrecondition, "STATE-SIZE", "",
                "what this statement changes has grown beyond what one record of the state holds",
                "该陈述所改变的记录已超过单条状态记录的容量");
}

}  // namespace cradle::ledger
