// `cradle codes`, `cradle rules`: what is judged by.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/sdk/compose.h"
#include "services/rules/admission.h"
#include "services/rules/rule_table.h"

namespace cradle::cli {
namespace {

using RegistryStub = v1::RegistryService::Stub;

struct CodesOptions {
  std::string category;
  std::string code;
  std::string on;
};

absl::StatusOr<v1::ListWasteCodesResponse> FetchCodes(Context& context,
                                                      const CodesOptions& options) {
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::ListWasteCodesRequest request;
  request.set_at_least(context.at_least());
  request.set_on_date(options.on);
  request.set_category(options.category);
  return (*server)->Call((*server)->registry(), &RegistryStub::ListWasteCodes, request);
}

std::string EditionText(const v1::ListWasteCodesResponse& answer) {
  return answer.edition_in_force() ? ""
                                   : "the edition in force on that day is not loaded: these are of "
                                     "the newest before it\n";
}

absl::Status RunCodes(Context& context, const CodesOptions& options) {
  absl::StatusOr<v1::ListWasteCodesResponse> answer = FetchCodes(context, options);
  if (!answer.ok()) return answer.status();
  Table table({"CODE", "CATEGORY", "HAZARDS", "NAME"});
  for (const v1::WasteCode& code : answer->codes()) {
    table.Add({code.code(), code.category(), code.hazards(), code.name()});
  }
  absl::StatusOr<Json> json = ToJson(*answer);
  if (!json.ok()) return json.status();
  context.Answer(*json, table.Text() + EditionText(*answer));
  return absl::OkStatus();
}

absl::Status RunCode(Context& context, const CodesOptions& options) {
  absl::StatusOr<v1::ListWasteCodesResponse> answer = FetchCodes(context, options);
  if (!answer.ok()) return answer.status();
  for (const v1::WasteCode& code : answer->codes()) {
    if (code.code() != options.code) continue;
    absl::StatusOr<Json> json = ToJson(code);
    if (!json.ok()) return json.status();
    context.Answer(*json, fmt::format("{}  {}  hazards {}\n{}\n{}", code.code(), code.category(),
                                      code.hazards(), code.name(), EditionText(*answer)));
    return absl::OkStatus();
  }
  return absl::NotFoundError(
      fmt::format("{} is not in the catalogue; {}", options.code, EditionText(*answer)));
}

struct RulesOptions {
  std::string event;
  uint32_t rule_set = rules::kLastRuleSet;
};

absl::Status RunRules(Context& context, const RulesOptions& options) {
  const bool chinese = context.chinese();
  std::string text;
  Json list = Json::array();
  bool known = options.event.empty();
  for (const rules::Event event : rules::Events())
    known = known || rules::EventName(event) == options.event;
  if (!known) {
    std::string names;
    for (const rules::Event event : rules::Events()) {
      names += (names.empty() ? "" : ", ") + std::string(rules::EventName(event));
    }
    return absl::InvalidArgumentError(fmt::format("--event: none of {}", names));
  }
  for (const rules::Rule& rule : rules::Rules()) {
    if (!rule.InForce(options.rule_set)) continue;
    Json forbids = Json::array();
    Json marks = Json::array();
    bool concerns = options.event.empty();
    for (const rules::Event event : rules::Events()) {
      const std::optional<rules::Effect> effect = rule.At(event);
      if (!effect.has_value()) continue;
      const std::string name(rules::EventName(event));
      (*effect == rules::Effect::kForbids ? forbids : marks).push_back(name);
      concerns = concerns || name == options.event;
    }
    if (!concerns) continue;
    const auto joined = [](const Json& names) {
      std::string line;
      for (const Json& name : names) line += (line.empty() ? "" : ", ") + name.get<std::string>();
      return line;
    };
    text += fmt::format("{}\n  {}\n", rule.id, chinese ? rule.text_zh : rule.text_en);
    if (!forbids.empty()) text += fmt::format("  forbids  {}\n", joined(forbids));
    if (!marks.empty()) text += fmt::format("  marks    {}\n", joined(marks));
    list.push_back({{"rule", rule.id},
                    {"text_en", rule.text_en},
                    {"text_zh", rule.text_zh},
                    {"basis", rule.basis},
                    {"forbids", std::move(forbids)},
                    {"marks", std::move(marks)}});
  }
  context.Answer(list, text);
  return absl::OkStatus();
}

struct AdoptOptions {
  uint32_t rule_set = rules::kLastRuleSet;
  std::string rule_data_sha256;
  AssertionOptions assertion;
};

absl::Status RunAdopt(Context& context, const AdoptOptions& options) {
  absl::StatusOr<std::string> rule_data = evidence::FromHex(options.rule_data_sha256);
  if (!rule_data.ok() || rule_data->size() != 32) {
    return absl::InvalidArgumentError("--rule-data-sha256: 64 hexadecimal characters");
  }
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  statement::v1::Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  asked.mutable_rules_adopted()->set_rule_set(options.rule_set);
  asked.mutable_rules_adopted()->set_rule_data_sha256(*rule_data);
  return Assert(context, asked, options.assertion);
}

}  // namespace

void AddReferenceCommands(CLI::App& app, Context& context) {
  CLI::App* codes = AddNoun(app, "codes", "Waste codes of the catalogue (国家危险废物名录)");
  AddCommand<CodesOptions>(
      *codes, "list", "All codes, or those of a category", context,
      [](CLI::App& command, CodesOptions& options) {
        command.add_option("--category", options.category, "HW01 …");
        command.add_option("--on", options.on, "Edition in force on this day (default: today)");
        command.footer("Example: cradle codes list --category HW08");
      },
      RunCodes);
  AddCommand<CodesOptions>(
      *codes, "show", "One code", context,
      [](CLI::App& command, CodesOptions& options) {
        command.add_option("CODE", options.code, "NNN-NNN-CC")->required();
        command.add_option("--on", options.on, "Edition in force on this day (default: today)");
        command.footer("Example: cradle codes show 900-214-08");
      },
      RunCode);
  CLI::App* rules = AddNoun(app, "rules", "The rules that judge");
  AddCommand<RulesOptions>(
      *rules, "list", "What each rule forbids and marks", context,
      [](CLI::App& command, RulesOptions& options) {
        command.add_option("--event", options.event, "Only those of an event, as load_taken");
        command.add_option("--rule-set", options.rule_set, "Rule set (default: the newest)");
        command.footer("Example: cradle rules list --event manifest_issued");
      },
      RunRules);
  AddCommand<AdoptOptions>(
      *rules, "adopt", "Let another rule set or data bundle judge from now on (founding regulator)",
      context,
      [](CLI::App& command, AdoptOptions& options) {
        command.add_option("--rule-set", options.rule_set, "Rule set (default: the newest)");
        command.add_option("--rule-data-sha256", options.rule_data_sha256, "Data bundle")
            ->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer("Example: cradle rules adopt --rule-set 1 --rule-data-sha256 5d0c…");
      },
      RunAdopt);
}

}  // namespace cradle::cli
