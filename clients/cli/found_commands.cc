// `cradle found`: the first entry of a log, by the regulator whose key `cradled init` pinned.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/organisation.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/files.h"
#include "services/rules/admission.h"

namespace cradle::cli {
namespace {

struct FoundOptions {
  OrganisationOptions regulator;
  uint32_t rule_set = rules::kLastRuleSet;
  std::string rule_data_sha256;
  AssertionOptions assertion;
};

absl::Status RunFound(Context& context, const FoundOptions& options) {
  absl::StatusOr<std::string> rule_data = evidence::FromHex(options.rule_data_sha256);
  if (!rule_data.ok() || rule_data->size() != 32) {
    return absl::InvalidArgumentError(
        "--rule-data-sha256: 64 hexadecimal characters, as `cradled init` printed them");
  }
  absl::StatusOr<sdk::Home*> home = context.home();
  if (!home.ok()) return home.status();
  absl::StatusOr<sdk::Identity> identity = (*home)->ReadIdentity();
  if (!identity.ok()) return identity.status();
  absl::StatusOr<evidence::NoteVerifier> log = identity->Log();
  if (!log.ok()) return sdk::Local(log.status());
  absl::StatusOr<evidence::PrivateKey> key = (*home)->ReadKey();
  if (!key.ok()) return key.status();
  absl::StatusOr<int64_t> now_ms = context.Now();
  if (!now_ms.ok()) return now_ms.status();

  // A founding that was signed and not receipted yet goes out again as it is.
  absl::StatusOr<std::vector<sdk::Pending>> outbox = (*home)->ReadOutbox();
  if (!outbox.ok()) return outbox.status();
  for (const sdk::Pending& pending : *outbox) {
    if (!pending.parsed.message.has_founded()) continue;
    const std::string& organisation = pending.parsed.message.founded().regulator().organisation();
    return SendAndAnswer(context, evidence::Hex(pending.parsed.hash),
                         {{"organisation", organisation}}, "");
  }
  if (!identity->organisation.empty()) {
    return absl::FailedPreconditionError(
        fmt::format("this device signs for organisation {} already; a log is founded once",
                    identity->organisation));
  }

  statement::v1::Statement asked;
  statement::v1::Founded& founded = *asked.mutable_founded();
  absl::StatusOr<statement::v1::OrganisationRegistered> regulator =
      MakeOrganisation(context, options.regulator);
  if (!regulator.ok()) return regulator.status();
  *founded.mutable_regulator() = *regulator;
  founded.set_log_key(log->key().spki_der());
  founded.set_rule_set(options.rule_set);
  founded.set_rule_data_sha256(*rule_data);
  statement::v1::DeviceKeyEnrolled& enrolled = *founded.mutable_regulator_key();
  enrolled.set_organisation(regulator->organisation());
  enrolled.set_algorithm(key->public_key().algorithm());
  enrolled.set_key(key->public_key().spki_der());
  enrolled.set_person(identity->person);
  enrolled.add_roles(statement::v1::KEY_ROLE_ADMINISTRATOR);
  enrolled.add_roles(statement::v1::KEY_ROLE_OPERATOR);
  enrolled.set_valid_from_time_ms(*now_ms);
  sdk::AddParty(asked, regulator->organisation(), statement::v1::CAPACITY_REGULATOR);
  sdk::AddParty(asked, "", statement::v1::CAPACITY_LOG);
  AssertionOptions assertion = options.assertion;
  assertion.organisation = regulator->organisation();
  return Assert(context, asked, assertion, {{"organisation", regulator->organisation()}});
}

}  // namespace

void AddFoundCommand(CLI::App& app, Context& context) {
  AddCommand<FoundOptions>(
      app, "found", "Found the log: its first entry, by the first regulator", context,
      [](CLI::App& command, FoundOptions& options) {
        DeclareOrganisation(command, options.regulator);
        command.add_option("--rule-set", options.rule_set,
                           fmt::format("Rule set that judges (default: {}, the newest this program "
                                       "knows)",
                                       rules::kLastRuleSet));
        command
            .add_option("--rule-data-sha256", options.rule_data_sha256,
                        "Rule data bundle that judges, as `cradled init` printed it")
            ->required();
        DeclareAssertion(command, options.assertion, /*begins=*/true);
        command.footer(
            "Example: cradle found --name 潍坊市生态环境局 --uscc 11370700004250078M "
            "--division 370700 --role ecology-authority --rule-data-sha256 5d0c…");
      },
      RunFound);
}

}  // namespace cradle::cli
