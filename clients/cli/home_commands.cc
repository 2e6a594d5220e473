// `cradle init`: which log this device trusts. `cradle alias`: short names of ids.
#include <fmt/format.h>

#include <map>

#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "storage/evidence/note.h"

namespace cradle::cli {
namespace {

struct InitOptions {
  std::string vkey;
  std::string organisation;
  bool force = false;
};

absl::Status RunInit(Context& context, const InitOptions& options) {
  absl::StatusOr<evidence::NoteVerifier> log = evidence::NoteVerifier::FromText(options.vkey);
  if (!log.ok()) return Naming("--vkey", log.status());
  if (context.options.server.empty()) {
    return absl::InvalidArgumentError("--server HOST:PORT is needed: where the log is served");
  }
  if (auto reachable = sdk::Connection::To(context.options.server); !reachable.ok()) {
    return Naming("--server", reachable.status());
  }
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<sdk::HomeLock> lock = (*home)->Lock();
  if (!lock.ok()) return lock.status();
  absl::StatusOr<sdk::Identity> identity = (*home)->ReadIdentity();
  if (!identity.ok()) return identity.status();
  if (!identity->log_vkey.empty() && identity->log_vkey != options.vkey) {
    return absl::FailedPreconditionError(fmt::format(
        "{} trusts the log {} already, and its statements belong there: take another home (--home) "
        "for another log",
        (*home)->path().string(), identity->log_origin));
  }
  identity->server = context.options.server;
  identity->log_origin = log->name();
  identity->log_vkey = log->ToText();
  if (!options.organisation.empty()) {
    absl::StatusOr<std::string> organisation = context.Id(options.organisation, "--org");
    if (!organisation.ok()) return organisation.status();
    identity->organisation = *organisation;
  }
  if (absl::Status status = (*home)->WriteIdentity(*lock, *identity); !status.ok()) return status;
  context.Answer({{"home", (*home)->path().string()},
                  {"server", identity->server},
                  {"log_origin", identity->log_origin}},
                 fmt::format("{} trusts the log {} at {}\n", (*home)->path().string(),
                             identity->log_origin, identity->server));
  return absl::OkStatus();
}

struct AliasOptions {
  std::string name;
  std::string id;
};

absl::Status RunAliasSet(Context& context, const AliasOptions& options) {
  absl::StatusOr<std::string> id = context.Id(options.id, "ID");
  if (!id.ok()) return id.status();
  if (absl::Status status = context.Alias(options.name, *id); !status.ok()) return status;
  context.Answer({{"name", options.name}, {"id", *id}},
                 fmt::format("@{} is {}\n", options.name, *id));
  return absl::OkStatus();
}

absl::Status RunAliasList(Context& context, const AliasOptions&) {
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<std::map<std::string, std::string>> aliases = (*home)->ReadAliases();
  if (!aliases.ok()) return aliases.status();
  Table table({"NAME", "ID"});
  Json json = Json::object();
  for (const auto& [name, id] : *aliases) {
    table.Add({"@" + name, id});
    json[name] = id;
  }
  context.Answer(json, table.Text());
  return absl::OkStatus();
}

}  // namespace

void AddHomeCommands(CLI::App& app, Context& context) {
  AddCommand<InitOptions>(
      app, "init", "Trust a log: its server, and the key that its checkpoints are verified with",
      context,
      [](CLI::App& command, InitOptions& options) {
        command
            .add_option("--vkey", options.vkey,
                        "Verifier key of the log, as `cradled init` printed it; get it out of band")
            ->required();
        command.add_option("--org", options.organisation,
                           "Organisation this device signs for (default: as its key is enrolled)");
        command.footer(
            "Example: cradle init --server 127.0.0.1:7070 --vkey "
            "log.example.org/weifang+1a2b3c4d+AZ…");
      },
      RunInit);
  CLI::App* alias = AddNoun(app, "alias", "Short names of ids, kept in the home, written @NAME");
  AddCommand<AliasOptions>(
      *alias, "set", "Name an id", context,
      [](CLI::App& command, AliasOptions& options) {
        command.add_option("NAME", options.name, "Letters, digits, '_', '-', '.'")->required();
        command.add_option("ID", options.id)->required();
        command.footer("Example: cradle alias set incinerator 4m2k…");
      },
      RunAliasSet);
  AddCommand<AliasOptions>(
      *alias, "list", "All names", context, [](CLI::App&, AliasOptions&) {}, RunAliasList);
}

}  // namespace cradle::cli
