#include "services/ledger/founding.h"

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "services/ledger/refusals.h"
#include "storage/evidence/statement.h"

namespace cradle::ledger {
namespace {

std::optional<rules::Refused> CheckRulesAtHand(const rules::RuleDataLibrary& library,
                                               std::string_view event, uint32_t rule_set,
                                               std::string_view rule_data_sha256) {
  const std::string at(event);
  if (rule_set < rules::kFirstRuleSet || rule_set > rules::kLastRuleSet) {
    return RefuseRules(at + ".rule_set",
                       "this ledger does not have that rule set: update it before adopting the set",
                       "本账本没有该规则集：请先升级再采用");
  }
  const std::shared_ptr<const rules::RuleData> data = library.Find(rule_data_sha256);
  if (data == nullptr) {
    return RefuseRules(at + ".rule_data_sha256",
                       "this ledger does not have that data bundle: put it beside the log first",
                       "本账本没有该规则数据包：请先将其放入账本的规则数据目录");
  }
  if (const std::string missing = data->LimitMissingFor(rule_set); !missing.empty()) {
    return RefuseRules(
        at + ".rule_data_sha256",
        fmt::format("that data bundle has no limit {} in force on every day, which the rule set "
                    "asks for: name a bundle that has",
                    missing),
        fmt::format("该规则数据包缺少规则集所需的限值 {}（须每日有效）：请指定包含该限值的数据包",
                    missing));
  }
  return std::nullopt;
}

std::optional<rules::Refused> CheckFounded(const LogIdentity& identity,
                                           const rules::RuleDataLibrary& library,
                                           const statement::v1::Founded& founded) {
  if (founded.log_key() != identity.log_key.public_key().spki_der()) {
    return RefuseFounding("founded.log_key", "it is not the key of this log",
                          "所写密钥不是本账本的密钥");
  }
  if (founded.regulator_key().key() != identity.regulator_key.spki_der()) {
    return RefuseFounding("founded.regulator_key.key",
                          "it is not the regulator's key that this ledger was set up with",
                          "所写密钥不是建账时指定的主管部门密钥");
  }
  return CheckRulesAtHand(library, "founded", founded.rule_set(), founded.rule_data_sha256());
}

}  // namespace

std::optional<rules::Refused> CheckLogStatement(const LogIdentity& identity,
                                                const rules::RuleDataLibrary& library,
                                                const statement::v1::Statement& statement,
                                                bool founded) {
  if (!founded) {
    if (!statement.has_founded()) return RefuseNotFounded();
    return CheckFounded(identity, library, statement.founded());
  }
  if (statement.has_rules_adopted()) {
    const auto& adopted = statement.rules_adopted();
    return CheckRulesAtHand(library, "rules_adopted", adopted.rule_set(),
                            adopted.rule_data_sha256());
  }
  return std::nullopt;
}

bool AwaitsLogAttestation(const StatementInFlight& statement) {
  const auto& message = statement.statement.message;
  return message.has_founded() && !statement.unattested && statement.unproven.empty() &&
         statement.attestations.size() == 1 && message.parties_size() == 2 &&
         message.parties(1).capacity() == statement::v1::CAPACITY_LOG;
}

absl::Status AttestAsLog(const LogIdentity& identity, StatementInFlight& statement) {
  statement::v1::Attestation attestation;
  attestation.set_statement_hash(std::string(evidence::AsBytes(statement.statement.hash)));
  attestation.set_party(1);
  attestation.set_key_id(std::string(evidence::AsBytes(identity.log_key.public_key().id())));
  attestation.set_seq(1);
  auto signed_attestation = evidence::Attest(attestation, identity.log_key);
  if (!signed_attestation.ok()) return signed_attestation.status();
  statement.attestations.push_back({signed_attestation->algorithm, std::move(attestation)});
  statement.signed_attestations.push_back(*std::move(signed_attestation));
  return absl::OkStatus();
}

}  // namespace cradle::ledger
