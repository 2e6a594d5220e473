#include "clients/cli/context.h"

#include <fmt/format.h>

#include <cstdio>
#include <map>
#include <utility>

#include "clients/cli/output.h"
#include "clients/sdk/files.h"
#include "clients/sdk/quantity.h"
#include "storage/evidence/statement.h"

namespace cradle::cli {
namespace {

constexpr char kPrintedPayload[] = "cradle/printed";

}  // namespace

std::string_view WithoutAt(std::string_view name) {
  return name.starts_with('@') ? name.substr(1) : name;
}

Exit ExitOf(const absl::Status& status) {
  if (status.ok()) return Exit::kOk;
  if (const auto printed = status.GetPayload(kPrintedPayload)) {
    return static_cast<Exit>(std::string(*printed).front() - '0');
  }
  if (sdk::IsLocal(status)) return Exit::kLocal;
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
      return Exit::kUsage;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kCancelled:
      return Exit::kUnreachable;
    case absl::StatusCode::kDataLoss:
      return Exit::kNotVerified;
    case absl::StatusCode::kUnimplemented:
      return Exit::kUnverifiable;
    default:
      return Exit::kRefused;
  }
}

absl::Status Printed(Exit exit) {
  if (exit == Exit::kOk) return absl::OkStatus();
  absl::Status status = absl::FailedPreconditionError("printed");
  status.SetPayload(kPrintedPayload, absl::Cord(fmt::format("{}", static_cast<int>(exit))));
  return status;
}

absl::Status Naming(std::string_view argument, const absl::Status& status) {
  if (status.ok()) return status;
  absl::Status named(status.code(), fmt::format("{}: {}", argument, std::string(status.message())));
  return sdk::IsLocal(status) ? sdk::Local(named) : named;
}

CLI::Option* AddEach(CLI::App& command, const std::string& name, std::vector<std::string>& values,
                     const std::string& help) {
  return command.add_option(name, values, help)->allow_extra_args(false);
}

CLI::App* AddNoun(CLI::App& parent, const std::string& name, const std::string& help) {
  CLI::App* noun = parent.add_subcommand(name, help);
  noun->require_subcommand(1);
  return noun;
}

absl::StatusOr<sdk::Home*> Context::home() {
  if (home_.has_value()) return &*home_;
  std::filesystem::path path = options.home;
  if (options.home.empty()) {
    absl::StatusOr<std::filesystem::path> standard = sdk::Home::DefaultPath();
    if (!standard.ok()) return standard.status();
    path = *standard;
  }
  absl::StatusOr<sdk::Home> opened = sdk::Home::Open(path);
  if (!opened.ok()) return opened.status();
  home_.emplace(*std::move(opened));
  return &*home_;
}

absl::StatusOr<sdk::Connection*> Context::connection() {
  if (connection_ != nullptr) return connection_.get();
  if (options.offline)
    return absl::UnavailableError("this needs the server, and --offline is given");
  std::string address = options.server;
  if (address.empty()) {
    absl::StatusOr<sdk::Home*> from = home();
    if (!from.ok()) return from.status();
    absl::StatusOr<sdk::Identity> identity = (*from)->ReadIdentity();
    if (!identity.ok()) return identity.status();
    address = identity->server;
  }
  if (address.empty()) {
    return sdk::Local(absl::FailedPreconditionError(
        "no server is named: --server HOST:PORT, or `cradle init --server HOST:PORT --vkey KEY`"));
  }
  absl::StatusOr<std::unique_ptr<sdk::Connection>> made = sdk::Connection::To(address);
  if (!made.ok()) return Naming("--server", made.status());
  connection_ = *std::move(made);
  return connection_.get();
}

absl::StatusOr<sdk::Client*> Context::client() {
  if (client_ != nullptr) return client_.get();
  absl::StatusOr<sdk::Home*> at = home();
  if (!at.ok()) return at.status();
  absl::StatusOr<const sdk::Clock*> time = clock();
  if (!time.ok()) return time.status();
  sdk::Connection* to = nullptr;
  if (!options.offline) {
    absl::StatusOr<sdk::Connection*> made = connection();
    if (!made.ok()) return made.status();
    to = *made;
  }
  client_ = std::make_unique<sdk::Client>(**at, to, **time);
  return client_.get();
}

absl::StatusOr<const sdk::Clock*> Context::clock() {
  if (clock_ == nullptr) {
    if (options.now.empty()) {
      clock_ = std::make_unique<sdk::SystemClock>();
    } else {
      absl::StatusOr<int64_t> fixed_ms = sdk::ParseTime(options.now, 0);
      if (!fixed_ms.ok()) return Naming("--now", fixed_ms.status());
      clock_ = std::make_unique<sdk::FixedClock>(*fixed_ms);
    }
  }
  return clock_.get();
}

absl::StatusOr<int64_t> Context::Now() {
  absl::StatusOr<const sdk::Clock*> time = clock();
  if (!time.ok()) return time.status();
  return (*time)->NowMs();
}

absl::StatusOr<std::string> Context::Self() {
  absl::StatusOr<sdk::Client*> device = client();
  if (!device.ok()) return device.status();
  return (*device)->Organisation();
}

absl::StatusOr<std::string> Context::Id(std::string_view text, std::string_view what) {
  if (!text.starts_with('@')) {
    if (evidence::IsId(text)) return std::string(text);
    return absl::InvalidArgumentError(fmt::format(
        "{}: '{}' is neither an id (26 characters) nor a short name (@name)", what, text));
  }
  absl::StatusOr<std::optional<std::string>> found = FindAlias(text);
  if (!found.ok()) return found.status();
  if (!found->has_value()) {
    return absl::InvalidArgumentError(fmt::format(
        "{}: no id is called {} here: name it with --alias where it is made, or `cradle alias set`",
        what, text));
  }
  return **std::move(found);
}

absl::StatusOr<int64_t> Context::Time(const std::string& text, std::string_view what) {
  absl::StatusOr<int64_t> now_ms = Now();
  if (!now_ms.ok()) return now_ms.status();
  if (text.empty()) return *now_ms;
  absl::StatusOr<int64_t> time_ms = sdk::ParseTime(text, *now_ms);
  if (!time_ms.ok()) return Naming(what, time_ms.status());
  return time_ms;
}

absl::StatusOr<evidence::NoteVerifier> Context::LogKey(const std::string& vkey) {
  if (!vkey.empty()) {
    absl::StatusOr<evidence::NoteVerifier> log = evidence::NoteVerifier::FromText(vkey);
    if (!log.ok()) return Naming("--key", log.status());
    return log;
  }
  absl::StatusOr<sdk::Home*> from = home();
  if (!from.ok()) return from.status();
  absl::StatusOr<sdk::Identity> identity = (*from)->ReadIdentity();
  if (!identity.ok()) return identity.status();
  return identity->Log();
}

absl::StatusOr<std::optional<std::string>> Context::FindAlias(std::string_view name) {
  absl::StatusOr<sdk::Home*> at = home();
  if (!at.ok()) return at.status();
  absl::StatusOr<std::map<std::string, std::string>> aliases = (*at)->ReadAliases();
  if (!aliases.ok()) return aliases.status();
  const auto found = aliases->find(std::string(WithoutAt(name)));
  return found == aliases->end() ? std::nullopt : std::optional(found->second);
}

absl::Status Context::Alias(const std::string& name, const std::string& id) {
  if (name.empty()) return absl::OkStatus();
  absl::StatusOr<sdk::Home*> at = home();
  if (!at.ok()) return at.status();
  absl::StatusOr<sdk::HomeLock> lock = (*at)->Lock();
  if (!lock.ok()) return lock.status();
  return Naming("--alias", (*at)->SetAlias(*lock, WithoutAt(name), id));
}

uint64_t Context::at_least() {
  absl::StatusOr<sdk::Client*> device = client();
  absl::StatusOr<uint64_t> seen =
      device.ok() ? (*device)->SeenSize() : absl::StatusOr<uint64_t>(device.status());
  if (seen.ok()) return *seen;
  Remark(fmt::format("cradle: the answer may lack this device's newest statements: {}",
                     std::string(seen.status().message())));
  return 0;
}

void Context::Answer(const Json& json, const std::string& text) {
  const std::string out = options.json ? Dump(json) + "\n" : text;
  std::fwrite(out.data(), 1, out.size(), stdout);
}

void Context::Remark(const std::string& text) {
  if (!options.json) std::fprintf(stderr, "%s\n", text.c_str());
}

void Context::Finish(const absl::Status& status) {
  if (status.ok() || exit_ != Exit::kOk) return;
  exit_ = ExitOf(status);
  if (status.GetPayload(kPrintedPayload).has_value()) return;
  const std::string message(status.message());
  if (options.json) {
    const Json json = {{"error",
                        {{"exit", static_cast<int>(exit_)},
                         {"code", absl::StatusCodeToString(status.code())},
                         {"message", message}}}};
    const std::string out = Dump(json) + "\n";
    std::fwrite(out.data(), 1, out.size(), stdout);
  } else {
    std::fprintf(stderr, "cradle: %s\n", message.c_str());
  }
}

}  // namespace cradle::cli
