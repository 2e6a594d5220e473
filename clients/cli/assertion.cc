#include "clients/cli/assertion.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "clients/cli/arguments.h"
#include "clients/cli/output.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/files.h"
#include "services/rules/admission.h"
#include "storage/evidence/signed_statement_file.h"

namespace cradle::cli {
namespace {

std::string MadeText(const Json& made) {
  std::string text;
  for (const auto& [name, id] : made.items()) {
    if (id.is_string()) text += fmt::format("{:<9} {}\n", name, id.get<std::string>());
  }
  return text;
}

// "party 1 (carrier of …)"
std::string PartyText(const statement::v1::Statement& statement, uint32_t party) {
  const statement::v1::Party& who = statement.parties(static_cast<int>(party));
  return fmt::format("{} {}", EnumName(statement::v1::Capacity_descriptor(), who.capacity()),
                     who.organisation());
}

absl::Status WriteOut(const std::string& path, const evidence::SignedStatement& statement) {
  if (path.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> text = evidence::EncodeSignedStatementFile(statement);
  if (!text.ok()) return text.status();
  return sdk::WriteFileAtomically(path, *text, 0644);
}

bool IsRefused(const sdk::Outcome& outcome) {
  return outcome.kind == sdk::Outcome::Kind::kRefused ||
         outcome.kind == sdk::Outcome::Kind::kSetAside;
}

// Names what begins here; returns those of the names that named something else.
absl::StatusOr<std::vector<FormerName>> GiveNames(Context& context, const AssertionOptions& options,
                                                  const Json& made) {
  std::vector<std::pair<std::string, std::string>> names;
  if (!options.alias.empty() && !made.empty() && made.begin().value().is_string()) {
    names.emplace_back(options.alias, made.begin().value().get<std::string>());
  }
  for (const auto& [what, alias] : options.aliases) {
    names.emplace_back(alias, made.at(what).get<std::string>());
  }
  std::vector<FormerName> former;
  for (const auto& [name, id] : names) {
    absl::StatusOr<std::optional<std::string>> known = context.FindAlias(name);
    if (!known.ok()) return known.status();
    if (known->has_value()) former.push_back({std::string(WithoutAt(name)), **known});
    if (absl::Status status = context.Alias(name, id); !status.ok()) return status;
  }
  return former;
}

// Says of each what it names now.
std::string GiveBackNames(Context& context, const std::vector<FormerName>& former) {
  std::string text;
  for (const auto& [name, id] : former) {
    const absl::Status status = context.Alias(name, id);
    text += status.ok() ? fmt::format("@{} names {} as before\n", name, id)
                        : fmt::format("{}\n", std::string(status.message()));
  }
  return text;
}

}  // namespace

void DeclareAssertion(CLI::App& command, AssertionOptions& options, bool begins, bool two_parties) {
  if (begins) {
    command.add_option("--alias", options.alias, "Short name to use as @NAME from now on")
        ->type_name("NAME");
  }
  CLI::Option* out = command
                         .add_option("--out", options.out,
                                     two_parties ? "Statement file for the other party to attest"
                                                 : "Also write the signed statement to this file")
                         ->type_name("FILE");
  if (two_parties) out->required();
  command
      .add_option("--in-name-of", options.in_name_of,
                  "Organisation that has delegated its logging to this one")
      ->type_name("ORG");
  command.add_flag("--dry-run", options.dry_run, "Print what would be asserted; sign nothing");
}

absl::Status Assert(Context& context, const statement::v1::Statement& given,
                    const AssertionOptions& options, const Json& made) {
  absl::StatusOr<sdk::Client*> client = context.client();
  if (!client.ok()) return client.status();
  statement::v1::Statement asked = given;
  if (!options.in_name_of.empty()) {
    absl::StatusOr<std::string> principal = context.Id(options.in_name_of, "--in-name-of");
    if (!principal.ok()) return principal.status();
    absl::StatusOr<std::string> self = context.Self();
    if (!self.ok()) return self.status();
    asked.mutable_parties(0)->set_organisation(*principal);
    asked.mutable_parties(0)->set_delegate(*self);
  }
  absl::StatusOr<evidence::ParsedStatement> prepared = (*client)->Prepare(asked);
  if (!prepared.ok()) return prepared.status();
  const std::string rendering = rules::Render(prepared->message, context.chinese());
  if (options.dry_run) {
    Json json = {{"statement_hash", evidence::Hex(prepared->hash)},
                 {"statement", evidence::Base64(prepared->bytes)},
                 {"rendering", rendering}};
    context.Answer(json, rendering + "nothing was signed\n");
    return absl::OkStatus();
  }
  // Names are settled before anything is signed.
  absl::StatusOr<std::vector<FormerName>> former = GiveNames(context, options, made);
  if (!former.ok()) return former.status();
  absl::StatusOr<sdk::Pending> pending = (*client)->Attest(*prepared, {}, options.organisation);
  if (!pending.ok()) return pending.status();
  const std::string hash = evidence::Hex(prepared->hash);
  if (absl::Status status = WriteOut(options.out, pending->signed_statement); !status.ok()) {
    return sdk::Local({status.code(), fmt::format("{}\nThe statement is signed and kept: `cradle "
                                                  "statement save {} FILE` writes it elsewhere",
                                                  std::string(status.message()), hash)});
  }
  absl::StatusOr<std::vector<uint32_t>> missing =
      sdk::MissingParties(pending->parsed, pending->signed_statement);
  if (!missing.ok()) return missing.status();
  if (!missing->empty() || context.options.offline) {
    Json json = {{"statement_hash", hash}, {"outcome", missing->empty() ? "kept" : "waiting"}};
    json["missing_parties"] = *missing;
    json.update(made);
    std::string text = MadeText(made) + fmt::format("attested  {}\n", hash);
    for (const uint32_t party : *missing) {
      text += fmt::format("waits for {}: `cradle statement attest {}` on its device\n",
                          PartyText(prepared->message, party), options.out);
    }
    if (missing->empty()) text += "kept in the outbox: `cradle outbox send` when online\n";
    context.Answer(json, text);
    return absl::OkStatus();
  }
  return SendAndAnswer(context, hash, made, MadeText(made), *former);
}

absl::Status SendAndAnswer(Context& context, const std::string& own, const Json& made,
                           const std::string& before, const std::vector<FormerName>& former) {
  absl::StatusOr<sdk::Client*> client = context.client();
  if (!client.ok()) return client.status();
  Progress progress("sending", context.options.json);
  absl::StatusOr<std::vector<sdk::Outcome>> outcomes =
      (*client)->SendOutbox([&](size_t done, size_t all) { progress.Show(done, all); });
  if (!outcomes.ok()) {
    const absl::Status& why = outcomes.status();
    if (!sdk::IsTransient(why) || sdk::IsLocal(why)) return why;
    return {why.code(),
            fmt::format("{}\nWhat is signed is kept in the outbox: `cradle outbox send` "
                        "when the server can be reached",
                        std::string(why.message()))};
  }
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  Json list = Json::array();
  std::string text = before;
  Exit exit = Exit::kOk;
  for (const sdk::Outcome& outcome : *outcomes) {
    const std::string hash = evidence::Hex(outcome.statement_hash);
    if (!own.empty() && hash != own) {
      // The answer is of one statement; what left the outbox with it is not passed over in silence.
      if (IsRefused(outcome)) context.Remark(OutcomeText(outcome, "", context.chinese()));
      continue;
    }
    const std::string receipt =
        (*home)->ReceiptPath(evidence::AsBytes(outcome.statement_hash)).string();
    Json json = OutcomeJson(outcome, receipt);
    json.update(made);
    list.push_back(std::move(json));
    text += OutcomeText(outcome, receipt, context.chinese());
    if (IsRefused(outcome)) text += GiveBackNames(context, former);
    const bool lacks_predecessor =
        outcome.kind == sdk::Outcome::Kind::kWaiting && outcome.missing_predecessor.has_value();
    if (IsRefused(outcome) || lacks_predecessor) exit = Exit::kRefused;
  }
  if (own.empty()) {
    if (list.empty()) text += "the outbox is empty\n";
    context.Answer(list, text);
  } else if (!list.empty()) {
    context.Answer(list.front(), text);
  } else {
    // Another process of this home sent it meanwhile.
    absl::StatusOr<std::string> bytes = evidence::FromHex(own);
    if (!bytes.ok()) return bytes.status();
    const std::string receipt = (*home)->ReceiptPath(*bytes).string();
    Json json = {
        {"statement_hash", own}, {"outcome", "sent by another process"}, {"receipt", receipt}};
    json.update(made);
    context.Answer(json,
                   text + fmt::format("sent by another process; its receipt is {}\n", receipt));
  }
  return Printed(exit);
}

void AddSelfOrRegulator(statement::v1::Statement& statement, const std::string& self,
                        const std::string& organisation) {
  sdk::AddParty(statement, self,
                self == organisation ? statement::v1::CAPACITY_ORGANISATION
                                     : statement::v1::CAPACITY_REGULATOR);
}

}  // namespace cradle::cli
