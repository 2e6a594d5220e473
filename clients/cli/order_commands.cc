// `cradle org exit|exit-complete`, `cradle delegate`, `cradle emergency`: who leaves, who logs for
// whom, what a government orders.
#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/documents.h"
#include "clients/sdk/compose.h"
#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

// The organisation named, or one's own.
absl::StatusOr<std::string> Owner(Context& context, const std::string& named) {
  return named.empty() ? context.Self() : context.Id(named, "--org");
}

absl::Status CheckDay(const std::string& date, std::string_view argument) {
  const absl::Status status = rules::CheckDate(date);
  return status.ok() ? status : Naming(argument, status);
}

// --- Exit ---

struct ExitOptions {
  std::string organisation;
  std::string reason;
  std::string on;
  AssertionOptions assertion;
};

absl::Status RunExit(Context& context, const ExitOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> owner = Owner(context, options.organisation);
  if (!owner.ok()) return owner.status();
  absl::StatusOr<statement::v1::ExitReason> reason = ParseEnum<statement::v1::ExitReason>(
      statement::v1::ExitReason_descriptor(), options.reason, "--reason");
  if (!reason.ok()) return reason.status();
  if (absl::Status status = CheckDay(options.on, "--on"); !status.ok()) return status;
  Statement asked;
  AddSelfOrRegulator(asked, *self, *owner);
  statement::v1::ExitStarted& started = *asked.mutable_exit_started();
  started.set_organisation(*owner);
  started.set_reason(*reason);
  started.set_exit_date(options.on);
  return Assert(context, asked, options.assertion);
}

struct CompleteOptions {
  std::string organisation;
  std::string checked;
  std::string document;
  AssertionOptions assertion;
};

absl::Status RunComplete(Context& context, const CompleteOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> leaver = context.Id(options.organisation, "ORG");
  if (!leaver.ok()) return leaver.status();
  if (absl::Status status = CheckDay(options.checked, "--checked"); !status.ok()) return status;
  absl::StatusOr<std::string> document = DocumentSha256(options.document);
  if (!document.ok()) return document.status();
  Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  statement::v1::ExitCompleted& completed = *asked.mutable_exit_completed();
  completed.set_organisation(*leaver);
  completed.set_checked_date(options.checked);
  completed.set_document_sha256(*document);
  return Assert(context, asked, options.assertion);
}

// --- Delegation ---

struct DelegateOptions {
  std::string delegate;
  std::string principal;  // of a regulator who ends it
  std::string from;
  std::string to;
  AssertionOptions assertion;
};

absl::Status RunGrant(Context& context, const DelegateOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> delegate = context.Id(options.delegate, "ORG");
  if (!delegate.ok()) return delegate.status();
  if (absl::Status status = CheckDay(options.from, "--from"); !status.ok()) return status;
  if (absl::Status status = CheckDay(options.to, "--to"); !status.ok()) return status;
  Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_ORGANISATION);
  statement::v1::DelegationGranted& granted = *asked.mutable_delegation_granted();
  granted.set_organisation(*self);
  granted.set_delegate(*delegate);
  granted.set_valid_from_date(options.from);
  granted.set_valid_to_date(options.to);
  return Assert(context, asked, options.assertion);
}

absl::Status RunEndDelegation(Context& context, const DelegateOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> principal = Owner(context, options.principal);
  if (!principal.ok()) return principal.status();
  absl::StatusOr<std::string> delegate = context.Id(options.delegate, "ORG");
  if (!delegate.ok()) return delegate.status();
  Statement asked;
  AddSelfOrRegulator(asked, *self, *principal);
  asked.mutable_delegation_ended()->set_organisation(*principal);
  asked.mutable_delegation_ended()->set_delegate(*delegate);
  return Assert(context, asked, options.assertion);
}

// --- Emergency ---

struct EmergencyOptions {
  std::string order;
  std::string division;
  std::string number;
  std::string from;
  std::string to;
  std::vector<std::string> receivers;
  std::vector<std::string> facilities;
  std::vector<std::string> vehicles;
  std::string with;
  AssertionOptions assertion;
};

absl::Status AddBothAuthorities(Context& context, const EmergencyOptions& options,
                                Statement& asked) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> other = context.Id(options.with, "--with");
  if (!other.ok()) return other.status();
  if (*other == *self) {
    return absl::InvalidArgumentError(
        "--with: an ecology and a health authority attest together; name the other one");
  }
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  sdk::AddParty(asked, *other, statement::v1::CAPACITY_REGULATOR);
  return absl::OkStatus();
}

absl::Status RunOrder(Context& context, const EmergencyOptions& options) {
  if (absl::Status status = rules::CheckDivisionForm(options.division); !status.ok()) {
    return Naming("--division", status);
  }
  if (absl::Status status = CheckDay(options.from, "--from"); !status.ok()) return status;
  if (absl::Status status = CheckDay(options.to, "--to"); !status.ok()) return status;
  Statement asked;
  if (absl::Status status = AddBothAuthorities(context, options, asked); !status.ok()) {
    return status;
  }
  statement::v1::EmergencyOrdered& ordered = *asked.mutable_emergency_ordered();
  ordered.set_order(evidence::RandomId());
  ordered.set_division(options.division);
  ordered.set_order_number(options.number);
  ordered.set_waste(statement::v1::EMERGENCY_WASTE_MEDICAL);
  ordered.set_valid_from_date(options.from);
  ordered.set_valid_to_date(options.to);
  for (const std::string& text : options.receivers) {
    absl::StatusOr<std::string> id = context.Id(text, "--receiver");
    if (!id.ok()) return id.status();
    ordered.add_receivers(*id);
  }
  for (const std::string& text : options.facilities) {
    absl::StatusOr<std::string> id = context.Id(text, "--facility");
    if (!id.ok()) return id.status();
    ordered.add_facilities(*id);
  }
  for (const std::string& text : options.vehicles) {
    absl::StatusOr<std::string> id = context.Id(text, "--vehicle");
    if (!id.ok()) return id.status();
    ordered.add_vehicles(*id);
  }
  return Assert(context, asked, options.assertion, {{"order", ordered.order()}});
}

absl::Status RunEndEmergency(Context& context, const EmergencyOptions& options) {
  absl::StatusOr<std::string> order = context.Id(options.order, "ORDER");
  if (!order.ok()) return order.status();
  Statement asked;
  if (absl::Status status = AddBothAuthorities(context, options, asked); !status.ok()) {
    return status;
  }
  asked.mutable_emergency_ended()->set_order(*order);
  return Assert(context, asked, options.assertion);
}

void DeclareOrder(CLI::App& command, EmergencyOptions& options) {
  command.add_option("--division", options.division, "Whose government ordered, GB/T 2260")
      ->required();
  command.add_option("--number", options.number, "Number of the order (文号)")->required();
  command.add_option("--from", options.from, "First day, YYYY-MM-DD")->required();
  command.add_option("--to", options.to, "Last day, YYYY-MM-DD")->required();
  AddEach(command, "--receiver", options.receivers,
          "Organisation that may take medical waste, in all its facilities");
  AddEach(command, "--facility", options.facilities, "Facility that may take it");
  AddEach(command, "--vehicle", options.vehicles, "Vehicle that may carry it");
  command.add_option("--with", options.with, "The other authority, ecology or health, who attests")
      ->required();
  DeclareAssertion(command, options.assertion, /*begins=*/true, /*two_parties=*/true);
  command.footer(
      "Example: cradle emergency order --division 370781 --number 青政应急〔2026〕3号 --from "
      "2026-02-01 --to 2026-03-31 --facility @kiln --vehicle @truck --with @health --out "
      "order.statement --alias epidemic");
}

}  // namespace

void AddExitCommands(CLI::App& org, Context& context) {
  AddCommand<ExitOptions>(
      org, "exit", "An organisation begins to leave: no new work from here on", context,
      [](CLI::App& command, ExitOptions& options) {
        command.add_option("--org", options.organisation, "Who leaves (default: oneself)");
        command
            .add_option("--reason", options.reason,
                        EnumHelp(statement::v1::ExitReason_descriptor()))
            ->required();
        command.add_option("--on", options.on, "Day on which it ceases, YYYY-MM-DD")->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer("Example: cradle org exit --reason closed --on 2026-06-30");
      },
      RunExit);
  AddCommand<CompleteOptions>(
      org, "exit-complete", "Nothing is left, checked on site (regulators)", context,
      [](CLI::App& command, CompleteOptions& options) {
        command.add_option("ORG", options.organisation, "Who has left")->required();
        command.add_option("--checked", options.checked, "Day of the check, YYYY-MM-DD")
            ->required();
        command
            .add_option("--document", options.document,
                        "Record of the check; its SHA-256 goes into the log")
            ->required()
            ->type_name("FILE");
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer(
            "Example: cradle org exit-complete @chem --checked 2026-07-02 --document check.pdf");
      },
      RunComplete);
}

void AddOrderCommands(CLI::App& app, Context& context) {
  CLI::App* delegate = AddNoun(app, "delegate", "Who may log in one's name");
  AddCommand<DelegateOptions>(
      *delegate, "grant", "Let another organisation log for this one", context,
      [](CLI::App& command, DelegateOptions& options) {
        command.add_option("ORG", options.delegate, "The delegate")->required();
        command.add_option("--from", options.from, "First day, YYYY-MM-DD")->required();
        command.add_option("--to", options.to, "Last day, YYYY-MM-DD")->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer(
            "Example: cradle delegate grant @steward --from 2026-01-01 --to 2026-12-31; the "
            "delegate then gives --in-name-of @lab to `batch` and `manifest` commands");
      },
      RunGrant);
  AddCommand<DelegateOptions>(
      *delegate, "end", "End a delegation", context,
      [](CLI::App& command, DelegateOptions& options) {
        command.add_option("ORG", options.delegate, "The delegate")->required();
        command.add_option("--org", options.principal, "Whose delegation (default: one's own)");
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer("Example: cradle delegate end @steward");
      },
      RunEndDelegation);
  CLI::App* emergency = AddNoun(app, "emergency", "Emergency disposal of medical waste");
  AddCommand<EmergencyOptions>(*emergency, "order", "Enter an order (both authorities)", context,
                               DeclareOrder, RunOrder);
  AddCommand<EmergencyOptions>(
      *emergency, "end", "End an order before its last day (both authorities)", context,
      [](CLI::App& command, EmergencyOptions& options) {
        command.add_option("ORDER", options.order, "Id or @name")->required();
        command.add_option("--with", options.with, "The other authority, who attests")->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false, /*two_parties=*/true);
        command.footer(
            "Example: cradle emergency end @epidemic --with @health --out end.statement");
      },
      RunEndEmergency);
}

}  // namespace cradle::cli
