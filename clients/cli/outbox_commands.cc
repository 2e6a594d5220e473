// `cradle outbox`: what is signed and has no receipt yet.
#include <fmt/format.h>

#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/sdk/quantity.h"

namespace cradle::cli {
namespace {

struct NoOptions {};

std::string EventName(const statement::v1::Statement& statement) {
  const auto* field = statement.GetDescriptor()->FindFieldByNumber(statement.event_case());
  return field == nullptr ? "-" : field->name();
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
    const std::string event = EventName(pending.parsed.message);
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
}

}  // namespace cradle::cli
