// cradled: the one binary of the server side.
#include <signal.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <string>

#include "services/cradled/admin_client.h"
#include "services/cradled/init.h"
#include "services/cradled/logs.h"
#include "services/cradled/serve.h"
#include "services/cradled/verify.h"
#include "services/rules/rule_data.h"
#include "storage/evidence/hash.h"

namespace {

using namespace cradle;           // NOLINT(google-build-using-namespace)
using namespace cradle::cradled;  // NOLINT(google-build-using-namespace)

constexpr int kFailed = 1;

int Fail(const absl::Status& status) {
  std::cerr << "cradled: " << std::string(status.message()) << "\n";
  return kFailed;
}

int RunInit(const InitOptions& options) {
  const absl::StatusOr<Config> config = Init(options);
  if (!config.ok()) return Fail(config.status());
  std::cout << "origin     " << config->origin << "\n"
            << "log key    " << config->log.ToText() << "\n"
            << "rule data  " << config->rule_data_sha256 << "\n"
            << "regulator  " << evidence::Hex(config->regulator_key.id()) << "\n"
            << "Give the log key to everyone who is to verify. Next: cradled serve --data "
            << options.data << "\n";
  return 0;
}

// The signals are blocked before any thread starts, so that only sigwait sees them.
int RunServe(const ServeOptions& options, const std::string& port_file) {
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ending, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);  // a limit on files is an error of the write, not the end
  absl::StatusOr<std::unique_ptr<Server>> server = Serve(options);
  if (!server.ok()) return Fail(server.status());
  if (!port_file.empty()) {
    if (absl::Status status = WriteFile(port_file, std::to_string((*server)->port()) + "\n", 0644);
        !status.ok()) {
      return Fail(status);
    }
  }
  int received = 0;
  sigwait(&ending, &received);
  spdlog::info("stopping on {}", received == SIGTERM ? "SIGTERM" : "SIGINT");
  server->reset();
  spdlog::info("stopped");
  return 0;
}

int RunPack(const std::string& directory, const std::string& output) {
  const absl::StatusOr<std::string> bundle = rules::PackRuleData(directory);
  if (!bundle.ok()) return Fail(bundle.status());
  const absl::StatusOr<std::shared_ptr<const rules::RuleData>> data =
      rules::RuleData::FromBundle(*bundle);
  if (!data.ok()) return Fail(data.status());
  if (absl::Status status = WriteFile(output, *bundle, 0644); !status.ok()) return Fail(status);
  std::cout << evidence::Hex((*data)->sha256()) << "\n";
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"Cradle's server: the log and the services that follow it."};
  app.require_subcommand(1);

  InitOptions init;
  CLI::App* init_command = app.add_subcommand("init", "Make the data directory of a new log");
  init_command->add_option("--data", init.data, "Directory to make")->required();
  init_command->add_option("--origin", init.origin, "Name of the log: a URL without scheme")
      ->required();
  init_command
      ->add_option("--regulator", init.regulator_key,
                   "Public key (PEM) of the first regulator's device")
      ->required();
  init_command->add_option("--rule-data", init.rule_data,
                           "Bundle file or source directory (default: the one installed)");

  ServeOptions serve;
  std::string port_file;
  int64_t manual_clock_ms = 0;
  CLI::App* serve_command = app.add_subcommand("serve", "Serve all services of one log");
  serve_command->add_option("--data", serve.data, "Directory made by init")->required();
  serve_command->add_option("--listen", serve.listen, "Loopback address and port")
      ->capture_default_str();
  serve_command->add_option("--journal", serve.journal,
                            "Directory of the signer's journal (default: journal/ in --data)");
  serve_command->add_option("--port-file", port_file, "Write the port here once it serves");
  CLI::Option* manual_clock = serve_command->add_option(
      "--manual-clock", manual_clock_ms,
      "For tests and demonstrations: time (Unix, ms) stands until `cradled clock` puts it");

  std::string verify_data;
  CLI::App* verify_command = app.add_subcommand(
      "verify", "Verify a log and its views from the bytes of a data directory nobody serves");
  verify_command->add_option("--data", verify_data, "Data directory, or a backup")->required();

  AdminOptions admin;
  CLI::App* backup_command = app.add_subcommand("backup", "Copy the log of a running server");
  backup_command->add_option("--data", admin.data, "Its data directory")->required();
  backup_command->add_option("--to", admin.target, "Directory to make, absolute")->required();
  CLI::App* clock_command =
      app.add_subcommand("clock", "Put the clock of a server started with --manual-clock");
  clock_command->add_option("--data", admin.data, "Its data directory")->required();
  clock_command->add_option("--now", admin.now_ms, "Unix time in ms")->required();

  std::string rule_directory;
  std::string bundle_file;
  CLI::App* pack_command = app.add_subcommand("pack-rule-data", "Pack rule data into a bundle");
  pack_command->add_option("directory", rule_directory, "Its CSV files")->required();
  pack_command->add_option("output", bundle_file, "File to write")->required();

  CLI11_PARSE(app, argc, argv);
  SetUpLogs();
  if (manual_clock->count() > 0) serve.manual_clock_ms = manual_clock_ms;
  if (*init_command) return RunInit(init);
  if (*serve_command) return RunServe(serve, port_file);
  if (*verify_command) return VerifyData(verify_data);
  if (*backup_command) return Backup(admin);
  if (*clock_command) return PutClock(admin);
  return RunPack(rule_directory, bundle_file);
}
