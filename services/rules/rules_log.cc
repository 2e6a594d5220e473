// Founding and adoption of rules.
#include "services/rules/event_rules.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"
#include "storage/evidence/key.h"

namespace cradle::rules {

namespace {

namespace v1 = statement::v1;
using S = v1::Statement;

constexpr v1::Capacity kRegulatorThenLog[] = {v1::CAPACITY_REGULATOR, v1::CAPACITY_LOG};
constexpr Capacities kFounding[] = {kRegulatorThenLog};

void JudgeFounded(Judge& judge) {
  const v1::Founded& event = judge.statement().founded();
  const auto key = evidence::PublicKey::FromSpki(v1::KEY_ALGORITHM_ED25519, event.log_key());
  if (!key.ok()) {
    judge.Violate(RuleId::kKeyForm, judge.Path("log_key"), std::string(key.status().message()),
                  "日志密钥不是有效的Ed25519公钥");
  }
  const std::string& regulator = event.regulator().organisation();
  if (FirstParty(judge) != regulator || event.regulator_key().organisation() != regulator) {
    judge.Violate(
        RuleId::kPartySelf, judge.Path("regulator.organisation"),
        "the first party, the regulator and the owner of its key are not one organisation",
        "第一方、监管部门与其密钥所属单位不一致");
  }
  judge.SetPathPrefix(".regulator");
  JudgeOrganisationRegistered(judge, event.regulator(), &event.regulator());
  judge.SetPathPrefix(".regulator_key");
  JudgeDeviceKeyEnrolled(judge, event.regulator_key(), &event.regulator());
  judge.SetPathPrefix("");
}

void JudgeRulesAdopted(Judge& judge) {
  const v1::RulesAdopted& event = judge.statement().rules_adopted();
  RequireChosen(judge, static_cast<int>(event.rule_set()), "rule_set");
  RequireSha256(judge, event.rule_data_sha256(), "rule_data_sha256");
  if (FirstParty(judge) != judge.log().founding_regulator()) {
    judge.Violate(RuleId::kLogRegulator, "parties[0].organisation",
                  fmt::format("rules are adopted by {} alone", judge.log().founding_regulator()),
                  fmt::format("仅 {} 可采用规则", judge.log().founding_regulator()));
  }
}

constexpr EventRow kEvents[] = {
    {.event = S::kFounded,
     .title_en = "Founding of the log",
     .title_zh = "日志创始",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<kFounding>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.AddLog();
           chains.Add("org", s.founded().regulator().organisation());
         },
     .judge = JudgeFounded},
    {.event = S::kRulesAdopted,
     .title_en = "Adoption of rules",
     .title_zh = "采用规则",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains = [](const S& /*s*/, ChainList& chains) { chains.AddLog(); },
     .judge = JudgeRulesAdopted},
};

}  // namespace

std::span<const EventRow> LogEvents() { return kEvents; }

}  // namespace cradle::rules
