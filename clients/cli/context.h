// What every command needs: the options that all share, the home, the way to the server, and how an
// answer or an error leaves the program.
#ifndef CRADLE_CLIENTS_CLI_CONTEXT_H_
#define CRADLE_CLIENTS_CLI_CONTEXT_H_

#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/sdk/client.h"
#include "clients/sdk/clock.h"
#include "clients/sdk/connection.h"
#include "clients/sdk/home.h"
#include "cradle/statement/v1/statement.pb.h"

namespace cradle::cli {

using Json = nlohmann::ordered_json;

// What a script can act on.
enum class Exit : int {
  kOk = 0,
  kRefused = 1,       // the answer is no: refused by the rules, or there is no such thing
  kUsage = 2,         // the command line or an argument is wrong
  kUnreachable = 3,   // the server could not be reached or could not take the call now
  kNotVerified = 4,   // tampered, forked or diverged
  kUnverifiable = 5,  // a key, rule set, format or bytes are missing to tell
  kLocal = 6,         // the home or a file on this machine
};

struct GlobalOptions {
  std::string home;
  std::string server;
  std::string lang = "en";
  std::string now;  // hidden: the time to work by
  bool json = false;
  bool offline = false;
};

// Of one run of the program.
class Context {
 public:
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  GlobalOptions options;

  bool chinese() const { return options.lang == "zh"; }

  // Opened when first asked for.
  absl::StatusOr<sdk::Home*> home();
  // UNAVAILABLE with --offline. FAILED_PRECONDITION: no server named and none in the home.
  absl::StatusOr<sdk::Connection*> connection();
  // Online unless --offline.
  absl::StatusOr<sdk::Client*> client();
  absl::StatusOr<const sdk::Clock*> clock();
  absl::StatusOr<int64_t> Now();

  // The organisation this device signs for.
  absl::StatusOr<std::string> Self();
  // An id, or `@name` of one. Errors name `what`.
  absl::StatusOr<std::string> Id(std::string_view text, std::string_view what);
  // "now", empty for now, or RFC 3339.
  absl::StatusOr<int64_t> Time(const std::string& text, std::string_view what);
  // The log's verifier key: `vkey` as given with --key, else the one that this home trusts.
  // INVALID_ARGUMENT: not a key. FAILED_PRECONDITION: none given, and the home trusts no log yet.
  absl::StatusOr<evidence::NoteVerifier> LogKey(const std::string& vkey = "");
  // What a short name, with or without its @, names; nullopt: nothing.
  absl::StatusOr<std::optional<std::string>> FindAlias(std::string_view name);
  absl::Status Alias(const std::string& name, const std::string& id);
  // For `at_least` of reads: shows at least what this device has had receipted.
  uint64_t at_least();

  // --- what leaves the program ------------------------------------------------------------------
  // The one answer: JSON with --json, else the text.
  void Answer(const Json& json, const std::string& text);
  // A remark for a person, on stderr, unless --json.
  void Remark(const std::string& text);
  // Takes the result of a command; the first error decides the exit code and is printed.
  void Finish(const absl::Status& status);
  Exit exit() const { return exit_; }

 private:
  std::unique_ptr<sdk::Clock> clock_;
  std::optional<sdk::Home> home_;
  std::unique_ptr<sdk::Connection> connection_;
  std::unique_ptr<sdk::Client> client_;
  Exit exit_ = Exit::kOk;
};

// Of a short name, which may be written with its @.
std::string_view WithoutAt(std::string_view name);

Exit ExitOf(const absl::Status& status);
// An error whose particulars the command has printed itself: only the exit code is left to give.
absl::Status Printed(Exit exit);
// The same error, saying of which argument: "--mass: '12' has no unit".
absl::Status Naming(std::string_view argument, const absl::Status& status);

// Declares a command: its arguments fill an Options of its own, then `run` is called.
template <typename Options>
CLI::App* AddCommand(CLI::App& parent, const std::string& name, const std::string& help,
                     Context& context, const std::function<void(CLI::App&, Options&)>& declare,
                     absl::Status (*run)(Context&, const Options&)) {
  CLI::App* command = parent.add_subcommand(name, help);
  auto options = std::make_shared<Options>();
  declare(*command, *options);
  command->callback([&context, options, run] { context.Finish(run(context, *options)); });
  return command;
}

// An option that is given once for each value: what follows a value is not taken for another.
CLI::Option* AddEach(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                     const std::string& help);

// A noun that does nothing without a verb.
CLI::App* AddNoun(CLI::App& parent, const std::string& name, const std::string& help);

}  // namespace cradle::cli

#endif  // CRADLE_CLIENTS_CLI_CONTEXT_H_
