// `cradle`: the tool of people and scripts. README.md says what the exit codes mean.
#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "clients/cli/commands.h"
#include "clients/cli/context.h"

namespace {

using cradle::cli::Context;
using cradle::cli::Exit;

constexpr char kFooter[] =
    "Exit codes: 0 done, 1 refused or not there, 2 usage, 3 server not reached, 4 does not "
    "verify,\n"
    "5 cannot be verified, 6 trouble with this machine's home or files.\n"
    "Begin with: cradle key new; cradle init --server 127.0.0.1:7070 --vkey KEY; cradle --help";

void DeclareGlobal(CLI::App& app, Context& context) {
  app.add_option(
         "--home", context.options.home,
         "Where this device keeps its key and statements (default: $CRADLE_HOME, ~/.cradle)")
      ->type_name("DIR");
  app.add_option("--server", context.options.server, "Server, instead of the one in the home")
      ->type_name("HOST:PORT");
  app.add_option("--lang", context.options.lang, "Language of messages: en or zh")
      ->check(CLI::IsMember({"en", "zh"}));
  app.add_flag("--json", context.options.json, "Answer as JSON");
  app.add_flag("--offline", context.options.offline,
               "Ask no server: prepare from what this device knows, keep what is signed");
  app.add_option("--now", context.options.now)->group("");  // for tests and back-dated loads
}

void AddAll(CLI::App& app, Context& context) {
  cradle::cli::AddHomeCommands(app, context);
  cradle::cli::AddKeyCommands(app, context);
  cradle::cli::AddFoundCommand(app, context);
  cradle::cli::AddOrganisationCommands(app, context);
  cradle::cli::AddPlaceCommands(app, context);
  cradle::cli::AddPermitCommands(app, context);
  cradle::cli::AddBatchCommands(app, context);
  cradle::cli::AddBulkCommands(app, context);
  cradle::cli::AddManifestCommands(app, context);
  cradle::cli::AddRoundCommands(app, context);
  cradle::cli::AddDisputeCommands(app, context);
  cradle::cli::AddStatementCommands(app, context);
  cradle::cli::AddOutboxCommands(app, context);
  cradle::cli::AddViewCommands(app, context);
  cradle::cli::AddReceiptCommands(app, context);
  cradle::cli::AddReferenceCommands(app, context);
  cradle::cli::AddRulesCommands(app, context);
  cradle::cli::AddImportCommands(app, context);
  cradle::cli::AddAuditCommands(app, context);
  cradle::cli::AddOrderCommands(app, context);
  cradle::cli::AddIncidentCommands(app, context);
  cradle::cli::AddWardCommands(app, context);
}

// What is wrong where a noun or a verb belongs, of which CLI11 says only that a subcommand is
// required; empty: something else is wrong.
std::string MissingVerbText(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_name() != "RequiredError") return "";
  const CLI::App* at = &app;
  std::string command = app.get_name();
  while (!at->get_subcommands().empty()) {
    at = at->get_subcommands().front();
    command += " " + at->get_name();
  }
  std::string known;
  for (const CLI::App* each : at->get_subcommands([](const CLI::App*) { return true; })) {
    known += (known.empty() ? "" : ", ") + each->get_name();
  }
  if (known.empty()) return "";
  // What no command takes falls through to the program itself.
  const std::vector<std::string> words = app.remaining();
  if (words.empty()) return fmt::format("`{}` needs one of {}", command, known);
  return fmt::format("`{}` has no '{}', but {}", command, words.front(), known);
}

}  // namespace

int main(int argc, char** argv) {
  google::protobuf::SetLogHandler(nullptr);  // what is malformed is told as our own errors
  Context context;
  CLI::App app(
      "Hazardous and medical waste from generation to disposal, as signed statements in one log.",
      "cradle");
  app.footer(kFooter);
  app.require_subcommand(1);
  app.fallthrough();  // --json and the like also after the verb
  DeclareGlobal(app, context);
  AddAll(app, context);
  // CLI11 tells of bad arguments, and of --help, by exceptions: they end here.
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help
    // --json may stand behind what is wrong, and is not parsed then.
    context.options.json = std::find(argv, argv + argc, std::string_view("--json")) != argv + argc;
    const std::string missing = MissingVerbText(app, error);
    if (context.options.json || !missing.empty()) {
      context.Finish(absl::InvalidArgumentError(missing.empty() ? error.what() : missing));
    } else {
      app.exit(error);
    }
    return static_cast<int>(Exit::kUsage);
  }
  return static_cast<int>(context.exit());
}
