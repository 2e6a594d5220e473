// `cradle outbox`: what is signed and has no receipt yet.
#include <fmt/format.h>

#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/sdk/files.h"
#include "clients/sdk/quantity.h"
#include "services/rules/rule_table.h"

namespace cradle::cli {
namespace {

struct NoOptions {};

std::string NameOfEvent(const statement::v1::Statement& statement) {
  const std::string_view name = rules::EventName(statement.event_case());
  return name.empty() ? "-" : std::string(name);
}

absl::Status RunList(Context& context, const NoOptions&) {
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<std::vector<sdk::Pending>> outbox = (*home)->ReadOutbox();
  if (!outbox.ok()) return outbox.status();
  Table table({"STATEMENT", "EVENT", "CLAIMED", "STATE"});
  Json list = Json::array();
  for (const sdk::Pending& pending : *outbox) {
    absl::StatusOr<std::vector<uint32_t>> missing =
        sdk::MissingParties(pending.parsed, pending.signed_statement);
    if (!missing.ok()) return missing.status();
    const std::string hash = evidence::Hex(pending.parsed.hash);
    const std::string event = NameOfEvent(pending.parsed.message);
    std::string state = missing->empty() ? "to send" : "waits for party";
    for (const uint32_t party : *missing) state += fmt::format(" {}", party);
    table.Add({hash, event, sdk::FormatTimeShort(pending.parsed.message.claimed_time_ms()), state});
    list.push_back({{"statement_hash", hash},
                    {"event", event},
                    {"claimed_time_ms", pending.parsed.message.claimed_time_ms()},
                    {"missing_parties", *missing}});
  }
  context.Answer(list, table.empty() ? "the outbox is empty\n" : table.Text());
  return absl::OkStatus();
}

// The text under a name, or nothing: the file may have been edited.
std::string TextOf(const Json& json, const char* name) {
  if (!json.is_object() || !json.contains(name) || !json[name].is_string()) return "";
  return json[name].get<std::string>();
}

absl::Status RunRefused(Context& context, const NoOptions&) {
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<std::vector<sdk::Pending>> refused = (*home)->ReadRefused();
  if (!refused.ok()) return refused.status();
  std::string text;
  Json list = Json::array();
  for (const sdk::Pending& pending : *refused) {
    const std::string hash = evidence::Hex(pending.parsed.hash);
    absl::StatusOr<std::string> reasons =
        sdk::ReadFile((*home)->path() / "refused" / (hash + ".json"));
    if (!reasons.ok()) return reasons.status();
    const Json why = Json::parse(*reasons, nullptr, /*allow_exceptions=*/false);
    text += fmt::format("{}  {}\n", hash, NameOfEvent(pending.parsed.message));
    if (why.is_object() && why.contains("rests_on")) {
      text +=
          RestsOnLine(TextOf(why["rests_on"], "statement_hash"), TextOf(why["rests_on"], "rule"));
    }
    if (why.is_object() && why.contains("violations")) {
      for (const Json& violation : why["violations"]) {
        text += fmt::format("  {}  {}\n", TextOf(violation, "rule"),
                            TextOf(violation, context.chinese() ? "message_zh" : "message_en"));
      }
    }
    list.push_back({{"statement_hash", hash},
                    {"event", NameOfEvent(pending.parsed.message)},
                    {"reasons", why.is_discarded() ? Json(nullptr) : why}});
  }
  context.Answer(list, text.empty() ? "nothing was refused\n" : text);
  return absl::OkStatus();
}

struct RetryOptions {
  std::string hash;
};

absl::Status RunRetry(Context& context, const RetryOptions& options) {
  absl::StatusOr<std::string> hash = evidence::FromHex(options.hash);
  if (!hash.ok()) return Naming("HASH", hash.status());
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  {
    absl::StatusOr<sdk::HomeLock> lock = (*home)->Lock();
    if (!lock.ok()) return lock.status();
    if (absl::Status status = (*home)->Retry(*lock, *hash); !status.ok()) return status;
  }
  return SendAndAnswer(context, options.hash, Json::object(), "");
}

absl::Status RunSend(Context& context, const NoOptions&) {
  return SendAndAnswer(context, "", Json::object(), "");
}

}  // namespace

void AddOutboxCommands(CLI::App& app, Context& context) {
  CLI::App* outbox = AddNoun(app, "outbox", "What is signed and has no receipt yet");
  AddCommand<NoOptions>(
      *outbox, "list", "What waits", context, [](CLI::App&, NoOptions&) {}, RunList);
  AddCommand<NoOptions>(
      *outbox, "send",
      "Send what is complete, and fetch receipts of what another party may have sent", context,
      [](CLI::App&, NoOptions&) {}, RunSend);
  AddCommand<NoOptions>(
      *outbox, "refused", "What the log refused, and why", context, [](CLI::App&, NoOptions&) {},
      RunRefused);
  AddCommand<RetryOptions>(
      *outbox, "retry", "Send a refused statement again as it is, once its reason is gone", context,
      [](CLI::App& command, RetryOptions& options) {
        command.add_option("HASH", options.hash, "Statement hash")->required();
      },
      RunRetry);
}

}  // namespace cradle::cli
