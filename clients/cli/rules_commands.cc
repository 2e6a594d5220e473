// `cradle rules`: what each rule says, from the code that judges and the data that it judges with.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/files.h"
#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "services/rules/field_rules.h"
#include "services/rules/rule_table.h"
#include "storage/evidence/entry.h"

namespace cradle::cli {
namespace {

using LedgerStub = v1::LedgerService::Stub;
using RuleDataPtr = std::shared_ptr<const rules::RuleData>;

constexpr char kNoRuleData[] = "the basis by date needs the rule data: --rule-data, or a server\n";

struct ListOptions {
  std::string event;
  uint32_t rule_set = rules::kLastRuleSet;
  std::string rule_data;
  std::string returned;
};

struct ShowOptions {
  std::string rule;
  std::string rule_data;
};

absl::Status CheckEvent(const std::string& name) {
  if (name.empty()) return absl::OkStatus();
  std::string names;
  for (const rules::Event event : rules::Events()) {
    if (rules::EventName(event) == name) return absl::OkStatus();
    names += (names.empty() ? "" : ", ") + std::string(rules::EventName(event));
  }
  return absl::InvalidArgumentError(fmt::format("--event: '{}' is none of {}", name, names));
}

absl::Status CheckRuleSet(uint32_t rule_set) {
  if (rule_set >= 1 && rule_set <= rules::kLastRuleSet) return absl::OkStatus();
  return absl::InvalidArgumentError(fmt::format(
      "--rule-set: this program knows sets 1 to {}, not {}", rules::kLastRuleSet, rule_set));
}

absl::StatusOr<RuleDataPtr> LoadRuleData(const std::string& path) {
  std::error_code unreadable;
  absl::StatusOr<std::string> bundle = std::filesystem::is_directory(path, unreadable)
                                           ? rules::PackRuleData(path)
                                           : sdk::ReadFile(path);
  if (!bundle.ok()) return bundle.status();
  absl::StatusOr<RuleDataPtr> data = rules::RuleData::FromBundle(*bundle);
  if (!data.ok()) return Naming("--rule-data", data.status());
  return data;
}

// The bundle that the newest statement of the chain `log` names.
absl::StatusOr<RuleDataPtr> FetchRuleData(const sdk::Connection& server) {
  v1::GetChainRequest request;
  request.set_chain("log");
  std::string sha256;
  while (true) {
    auto answer = server.Call(server.ledger(), &LedgerStub::GetChain, request);
    if (!answer.ok()) return answer.status();
    if (answer->elements().empty()) break;
    for (const auto& element : answer->elements()) {
      absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(element.entry());
      if (!entry.ok()) return entry.status();
      absl::StatusOr<evidence::ParsedStatement> parsed =
          evidence::ParseStatement(entry->signed_statement.statement);
      if (!parsed.ok()) return parsed.status();
      if (std::string named = rules::RuleDataNamedBy(parsed->message); !named.empty()) {
        sha256 = std::move(named);
      }
      request.set_from_height(element.height() + 1);
    }
    if (request.from_height() > answer->head().height()) break;
  }
  v1::GetRuleDataRequest wanted;
  wanted.set_sha256(sha256);
  auto answer = server.Call(server.ledger(), &LedgerStub::GetRuleData, wanted);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<RuleDataPtr> data = rules::RuleData::FromBundle(answer->bundle());
  if (data.ok() && evidence::AsBytes((*data)->sha256()) != sha256) {
    return absl::DataLossError("the server's rule data is not what the log names");
  }
  return data;
}

// What is cited: the data given, else that of the log; null where neither is at hand.
absl::StatusOr<RuleDataPtr> FindRuleData(Context& context, const std::string& path) {
  if (!path.empty()) return LoadRuleData(path);
  if (context.options.offline) return RuleDataPtr();
  absl::StatusOr<sdk::Connection*> server = context.connection();
  // Rules are read without any server too.
  if (!server.ok()) return RuleDataPtr();
  absl::StatusOr<RuleDataPtr> data = FetchRuleData(**server);
  if (!data.ok() && sdk::IsTransient(data.status())) return RuleDataPtr();
  return data;
}

// Lines "RULE-ID event", as tests/services/rules/coverage.cc writes them.
absl::StatusOr<std::set<std::string>> ReadReturned(const std::string& path) {
  std::set<std::string> ids;
  if (path.empty()) return ids;
  absl::StatusOr<std::string> text = sdk::ReadFile(path);
  if (!text.ok()) return text.status();
  for (const std::string& line : Split(*text, '\n')) ids.insert(line.substr(0, line.find(' ')));
  return ids;
}

std::string SetsText(const rules::Rule& rule) {
  if (rule.last_set == 0) return fmt::format("from set {}", rule.first_set);
  return rule.first_set == rule.last_set
             ? fmt::format("set {} alone", rule.first_set)
             : fmt::format("sets {} to {}", rule.first_set, rule.last_set);
}

struct Told {
  std::string text;
  Json json;
};

Json BasisJson(const rules::RuleData* data, std::string_view subject) {
  Json rows = Json::array();
  if (data == nullptr) return rows;
  for (const rules::RuleData::Citation& each : data->Citations(subject)) {
    rows.push_back({{"text", each.text}, {"mark", each.mark}, {"valid_from", each.valid_from}});
    if (!each.valid_to.empty()) rows.back()["valid_to"] = each.valid_to;
  }
  return rows;
}

// nullopt: it does not concern the event asked for.
std::optional<Told> Tell(const rules::Rule& rule, const std::string& event,
                         const rules::RuleData* data) {
  Json forbids = Json::array();
  Json marks = Json::array();
  Json marks_one_sided = Json::array();
  bool concerns = event.empty();
  for (const rules::Event each : rules::Events()) {
    const std::optional<rules::Effect> effect = rule.At(each);
    if (!effect.has_value()) continue;
    const std::string name(rules::EventName(each));
    (*effect == rules::Effect::kForbids ? forbids : marks).push_back(name);
    if (rule.At(each, /*one_sided=*/true) != effect) marks_one_sided.push_back(name);
    concerns = concerns || name == event;
  }
  if (!concerns) return std::nullopt;
  const auto line = [](std::string_view label, const Json& names) {
    std::string joined;
    for (const Json& name : names) joined += (joined.empty() ? "" : ", ") + name.get<std::string>();
    return joined.empty() ? std::string() : fmt::format("  {:8} {}\n", label, joined);
  };
  const Json basis = BasisJson(data, rule.basis);
  std::string text =
      fmt::format("{}  ({})\n  {}\n  {}\n", rule.id, SetsText(rule), rule.text_en, rule.text_zh);
  text += line("forbids", forbids) + line("marks", marks);
  text += line("marks where one side alone asserts", marks_one_sided);
  for (const Json& row : basis) {
    text += fmt::format("  {:8} {}{} – {}  [{}]\n", "basis", row["text"].get<std::string>() + "  ",
                        row["valid_from"].get<std::string>(), row.value("valid_to", ""),
                        row["mark"].get<std::string>());
  }
  if (basis.empty() && !rule.basis.empty()) text += fmt::format("  {:8} {}\n", "basis", rule.basis);
  return Told{std::move(text),
              {{"rule", rule.id},
               {"first_set", rule.first_set},
               {"last_set", rule.last_set},
               {"text_en", rule.text_en},
               {"text_zh", rule.text_zh},
               {"subject", rule.basis},
               {"basis", basis},
               {"forbids", std::move(forbids)},
               {"marks", std::move(marks)},
               {"marks_one_sided", std::move(marks_one_sided)}}};
}

absl::Status RunList(Context& context, const ListOptions& options) {
  if (absl::Status status = CheckEvent(options.event); !status.ok()) return status;
  if (absl::Status status = CheckRuleSet(options.rule_set); !status.ok()) return status;
  absl::StatusOr<RuleDataPtr> data = FindRuleData(context, options.rule_data);
  if (!data.ok()) return data.status();
  absl::StatusOr<std::set<std::string>> returned = ReadReturned(options.returned);
  if (!returned.ok()) return returned.status();
  std::string text;
  Json list = Json::array();
  size_t with_basis = 0;
  size_t seen = 0;
  for (const rules::Rule& rule : rules::Rules()) {
    if (!rule.InForce(options.rule_set)) continue;
    std::optional<Told> told = Tell(rule, options.event, data->get());
    if (!told) continue;
    with_basis += rule.basis.empty() ? 0 : 1;
    seen += returned->contains(std::string(rule.id)) ? 1 : 0;
    text += told->text;
    list.push_back(std::move(told->json));
  }
  text += fmt::format("{} rules of set {}, {} with a legal basis", list.size(), options.rule_set,
                      with_basis);
  if (!options.returned.empty()) text += fmt::format(", {} returned at run time", seen);
  text += "\n";
  if (*data == nullptr) text += kNoRuleData;
  context.Answer(list, text);
  return absl::OkStatus();
}

absl::Status RunShow(Context& context, const ShowOptions& options) {
  const auto rule = std::ranges::find(rules::Rules(), options.rule, &rules::Rule::id);
  if (rule == rules::Rules().end()) {
    return absl::NotFoundError(fmt::format(
        "no rule is called '{}': `cradle rules list` prints all, of each set", options.rule));
  }
  absl::StatusOr<RuleDataPtr> data = FindRuleData(context, options.rule_data);
  if (!data.ok()) return data.status();
  const std::optional<Told> told = Tell(*rule, /*event=*/"", data->get());
  context.Answer(told->json, told->text + (*data == nullptr ? kNoRuleData : ""));
  return absl::OkStatus();
}

struct FieldsOptions {};

std::string_view FavourText(rules::Favour favour) {
  switch (favour) {
    case rules::Favour::kNever:
      return "-";
    case rules::Favour::kLess:
      return "less";
    case rules::Favour::kLater:
      return "later";
    case rules::Favour::kAlways:
      return "any";
  }
  return "-";
}

absl::Status RunFields(Context& context, const FieldsOptions& /*options*/) {
  Table table({"FIELD", "REQUIRED FROM", "SEALED FROM", "NEEDS A REGULATOR IF", "ALONE"});
  Json list = Json::array();
  for (const rules::FieldRule& rule : rules::FieldRules()) {
    const std::string field(rule.name);
    const std::string required(rules::EventName(rule.required_from));
    const std::string sealed(rules::EventName(rule.sealed_from));
    const std::string favour(FavourText(rule.favour));
    const std::string alone = rule.alone_for_a_while ? "for a while" : "at any time";
    table.Add({field, required, sealed, favour, alone});
    list.push_back({{"field", field},
                    {"required_from", required},
                    {"sealed_from", sealed},
                    {"needs_a_regulator_if", favour},
                    {"alone", alone}});
  }
  context.Answer(list, table.Text());
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

void DeclareRuleData(CLI::App& command, std::string& path) {
  command
      .add_option("--rule-data", path,
                  "Bundle, or directory of its sources, to cite from (default: the log's)")
      ->type_name("PATH");
}

}  // namespace

void AddRulesCommands(CLI::App& app, Context& context) {
  CLI::App* rules = AddNoun(app, "rules", "The rules that judge");
  AddCommand<ListOptions>(
      *rules, "list", "What each rule says, forbids and marks, and what it rests on", context,
      [](CLI::App& command, ListOptions& options) {
        command.add_option("--event", options.event, "Only those of an event, as load_taken");
        command.add_option("--rule-set", options.rule_set, "Rule set (default: the newest)");
        DeclareRuleData(command, options.rule_data);
        command
            .add_option("--returned", options.returned,
                        "Count those that the tests saw returned, from the file they wrote")
            ->type_name("FILE");
        command.footer("Example: cradle rules list --event manifest_issued");
      },
      RunList);
  AddCommand<ShowOptions>(
      *rules, "show", "What one rule says, as a refusal or a mark names it", context,
      [](CLI::App& command, ShowOptions& options) {
        command.add_option("rule", options.rule, "Its id")->required()->type_name("RULE");
        DeclareRuleData(command, options.rule_data);
        command.footer("Example: cradle rules show STOCK-START");
      },
      RunShow);
  AddCommand<FieldsOptions>(
      *rules, "fields", "From when a field of a batch is due, sealed, and who sets it right",
      context, [](CLI::App&, FieldsOptions&) {}, RunFields);
  AddCommand<AdoptOptions>(
      *rules, "adopt", "Let another rule set or data bundle judge from now on (founding regulator)",
      context,
      [](CLI::App& command, AdoptOptions& options) {
        command.add_option("--rule-set", options.rule_set, "Rule set (default: the newest)");
        command.add_option("--rule-data-sha256", options.rule_data_sha256, "Data bundle")
            ->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer("Example: cradle rules adopt --rule-set 2 --rule-data-sha256 5d0c…");
      },
      RunAdopt);
}

}  // namespace cradle::cli
