// `cradle org`, `cradle licence`: who there is and what they may do.
#include <fmt/format.h>

#include <algorithm>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/organisation.h"
#include "clients/cli/output.h"
#include "clients/cli/permit_commands.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/quantity.h"
#include "services/rules/identity.h"

namespace cradle::cli {

using statement::v1::OrganisationRegistered;
using statement::v1::Statement;
using RegistryStub = v1::RegistryService::Stub;

void DeclareOrganisation(CLI::App& command, OrganisationOptions& options) {
  command.add_option("--name", options.name, "Registered name")->required();
  command.add_option("--uscc", options.uscc, "Unified social credit code, 18 characters");
  command.add_option("--medical-registration", options.medical_registration,
                     "Number of the medical institution's licence, where it has no USCC");
  command.add_option("--local-id", options.local_id,
                     "Number its division gives it, where it has neither");
  command.add_option("--parent", options.parent, "With --local-id: the body it belongs to");
  command.add_option("--division", options.division, "GB/T 2260, six digits")->required();
  AddEach(command, "--role", options.roles, EnumHelp(statement::v1::OrganisationRole_descriptor()))
      ->delimiter(',')
      ->required();
  command.add_option("--beds", options.beds, "Beds of a medical institution");
}

absl::StatusOr<OrganisationRegistered> MakeOrganisation(Context& context,
                                                        const OrganisationOptions& options) {
  OrganisationRegistered registered;
  registered.set_organisation(evidence::RandomId());
  registered.set_name(options.name);
  const int identities =
      !options.uscc.empty() + !options.medical_registration.empty() + !options.local_id.empty();
  if (identities != 1) {
    return absl::InvalidArgumentError(
        "give exactly one of --uscc, --medical-registration and --local-id");
  }
  if (!options.uscc.empty()) {
    if (absl::Status status = rules::CheckUscc(options.uscc); !status.ok()) {
      return Naming("--uscc", status);
    }
    registered.set_uscc(options.uscc);
  } else if (!options.medical_registration.empty()) {
    registered.set_medical_registration(options.medical_registration);
  } else {
    statement::v1::ScopedIdentity& scoped = *registered.mutable_scoped();
    scoped.set_division(options.division);
    scoped.set_local_id(options.local_id);
    if (!options.parent.empty()) {
      absl::StatusOr<std::string> parent = context.Id(options.parent, "--parent");
      if (!parent.ok()) return parent.status();
      scoped.set_parent(*parent);
    }
  }
  if (absl::Status status = rules::CheckDivisionForm(options.division); !status.ok()) {
    return Naming("--division", status);
  }
  registered.set_division(options.division);
  for (const std::string& name : options.roles) {
    absl::StatusOr<statement::v1::OrganisationRole> role =
        ParseEnum<statement::v1::OrganisationRole>(statement::v1::OrganisationRole_descriptor(),
                                                   name, "--role");
    if (!role.ok()) return role.status();
    registered.add_roles(*role);
  }
  registered.set_beds(options.beds);
  return registered;
}

namespace {

struct RegisterOptions {
  OrganisationOptions organisation;
  AssertionOptions assertion;
};

absl::Status RunRegister(Context& context, const RegisterOptions& options) {
  absl::StatusOr<OrganisationRegistered> registered =
      MakeOrganisation(context, options.organisation);
  if (!registered.ok()) return registered.status();
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  *asked.mutable_organisation_registered() = *registered;
  return Assert(context, asked, options.assertion, {{"organisation", registered->organisation()}});
}

std::string RolesText(const OrganisationRegistered& registered) {
  std::string text;
  for (const int role : registered.roles()) {
    if (!text.empty()) text += ",";
    text += EnumName(statement::v1::OrganisationRole_descriptor(), role);
  }
  return text;
}

std::string IdentityText(const OrganisationRegistered& registered) {
  if (registered.has_uscc()) return registered.uscc();
  if (registered.has_medical_registration()) return registered.medical_registration();
  if (registered.has_scoped()) {
    return fmt::format("{}/{}", registered.scoped().division(), registered.scoped().local_id());
  }
  return "-";
}

struct ShowOptions {
  std::string id;
};

// What it delegates, and whether it is leaving.
std::string StandingText(const state::v1::OrganisationState& organisation) {
  std::string text;
  if (organisation.exit().started_index() != 0) {
    text += fmt::format(
        "  leaving   since entry {}, {}{}\n", organisation.exit().started_index(),
        EnumName(statement::v1::ExitReason_descriptor(), organisation.exit().reason()),
        organisation.exit().completed_index() == 0
            ? ""
            : fmt::format("; completed at entry {}", organisation.exit().completed_index()));
  }
  for (const auto& delegation : organisation.delegations()) {
    const auto& granted = delegation.granted();
    text += fmt::format("  delegate  {} from {} to {}{}\n", granted.delegate(),
                        granted.valid_from_date(), granted.valid_to_date(),
                        delegation.ended_index() == 0
                            ? ""
                            : fmt::format("; ended at entry {}", delegation.ended_index()));
  }
  return text;
}

std::string OrganisationText(const v1::GetOrganisationResponse& answer) {
  const OrganisationRegistered& registered = answer.organisation().registered();
  std::string text =
      fmt::format("{}\n  id        {}\n  identity  {}\n  division  {}\n  roles     {}\n",
                  registered.name(), registered.organisation(), IdentityText(registered),
                  registered.division(), RolesText(registered));
  text += StandingText(answer.organisation());
  if (answer.sites_size() > 0) {
    Table table({"SITE", "NAME", "DIVISION"});
    for (const auto& site : answer.sites()) {
      table.Add({site.registered().site(), site.registered().name(), site.registered().division()});
    }
    text += "\n" + table.Text();
  }
  if (answer.facilities_size() > 0) {
    Table table({"FACILITY", "NAME", "KIND", ">CAPACITY", "ACCEPTED"});
    for (const auto& facility : answer.facilities()) {
      const auto& it = facility.registered();
      const std::string& accepted =
          facility.has_accepted() ? facility.accepted().acceptance_date() : it.acceptance_date();
      table.Add({it.facility(), it.name(),
                 EnumName(statement::v1::FacilityKind_descriptor(), it.kind()),
                 sdk::FormatMass(it.capacity_mass_g()), accepted.empty() ? "-" : accepted});
    }
    text += "\n" + table.Text();
  }
  if (answer.licences_size() > 0) {
    Table table({"LICENCE", "KIND", "FROM", "TO", "COVERS"});
    for (const auto& licence : answer.licences()) {
      const auto& it = licence.granted();
      std::string covers;
      for (const auto& scope : it.scopes()) covers += (covers.empty() ? "" : " ") + scope.waste();
      table.Add({it.licence_number(), EnumName(statement::v1::LicenceKind_descriptor(), it.kind()),
                 it.valid_from_date(), it.valid_to_date(), covers});
    }
    text += "\n" + table.Text();
  }
  if (answer.amounts_size() > 0) {
    Table table({"AMOUNT BY", "OF", ">ALLOWED", ">USED", ">LEFT", "YEAR"});
    for (const auto& it : answer.amounts()) {
      const int64_t left_g = std::max<int64_t>(0, it.limit_mass_g() - it.used_mass_g());
      table.Add({it.number(), it.waste(), sdk::FormatMass(it.limit_mass_g()),
                 sdk::FormatMass(it.used_mass_g()), sdk::FormatMass(left_g),
                 it.year() == 0 ? "-" : std::to_string(it.year())});
    }
    text += "\n" + table.Text();
  }
  if (answer.wards_size() > 0) {
    Table table({"WARD", "DEPARTMENT", "SITE"});
    for (const auto& ward : answer.wards()) {
      const auto& it = ward.registered();
      table.Add({it.ward(), it.department_code(), it.site()});
    }
    text += "\n" + table.Text();
  }
  if (answer.vehicles_size() > 0) {
    Table table({"VEHICLE", "PLATE", "MEDICAL"});
    for (const auto& vehicle : answer.vehicles()) {
      const auto& it = vehicle.registered();
      table.Add({it.vehicle(), it.plate(), it.medical_waste_dedicated() ? "dedicated" : "-"});
    }
    text += "\n" + table.Text();
  }
  if (answer.keys_size() > 0) {
    Table table({"KEY", "PERSON", "ENROLLED", "REVOKED"});
    for (const auto& key : answer.keys()) {
      table.Add({evidence::Hex(evidence::Sha256(key.enrolled().key())), key.enrolled().person(),
                 fmt::format("entry {}", key.enrolled_index()),
                 key.revoked_index() == 0 ? "-" : fmt::format("entry {}", key.revoked_index())});
    }
    text += "\n" + table.Text();
  }
  return text;
}

absl::Status RunShow(Context& context, const ShowOptions& options) {
  absl::StatusOr<sdk::Connection*> connection = context.connection();
  if (!connection.ok()) return connection.status();
  v1::GetOrganisationRequest request;
  request.set_at_least(context.at_least());
  if (options.id.empty()) {
    absl::StatusOr<std::string> self = context.Self();
    if (!self.ok()) return self.status();
    request.set_organisation(*self);
  } else if (options.id.size() == 18) {
    request.set_uscc(options.id);
  } else {
    absl::StatusOr<std::string> id = context.Id(options.id, "ORG");
    if (!id.ok()) return id.status();
    request.set_organisation(*id);
  }
  auto answer =
      (*connection)->Call((*connection)->registry(), &RegistryStub::GetOrganisation, request);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<Json> json = ToJson(*answer);
  if (!json.ok()) return json.status();
  context.Answer(*json, OrganisationText(*answer));
  return absl::OkStatus();
}

struct ListOptions {
  std::string division;
  std::string role;
  std::string name;
};

absl::Status RunList(Context& context, const ListOptions& options) {
  absl::StatusOr<sdk::Connection*> connection = context.connection();
  if (!connection.ok()) return connection.status();
  v1::ListOrganisationsRequest request;
  request.set_at_least(context.at_least());
  request.mutable_page()->set_size(1000);
  request.set_division(options.division);
  request.set_name_contains(options.name);
  if (!options.role.empty()) {
    absl::StatusOr<statement::v1::OrganisationRole> role =
        ParseEnum<statement::v1::OrganisationRole>(statement::v1::OrganisationRole_descriptor(),
                                                   options.role, "--role");
    if (!role.ok()) return role.status();
    request.set_role(*role);
  }
  Table table({"ID", "NAME", "IDENTITY", "DIVISION", "ROLES"});
  Json list = Json::array();
  do {
    auto answer =
        (*connection)->Call((*connection)->registry(), &RegistryStub::ListOrganisations, request);
    if (!answer.ok()) return answer.status();
    for (const auto& organisation : answer->organisations()) {
      const OrganisationRegistered& it = organisation.registered();
      table.Add({it.organisation(), it.name(), IdentityText(it), it.division(), RolesText(it)});
      absl::StatusOr<Json> json = ToJson(organisation);
      if (!json.ok()) return json.status();
      list.push_back(*std::move(json));
    }
    request.mutable_page()->set_token(answer->next_token());
  } while (!request.page().token().empty());
  context.Answer(list, table.empty() ? "none\n" : table.Text());
  return absl::OkStatus();
}

struct LicenceOptions {
  std::string organisation;
  std::string number;
  std::string kind;
  std::vector<std::string> scopes;
  std::string from;
  std::string to;
  AssertionOptions assertion;
};

absl::Status RunGrant(Context& context, const LicenceOptions& options) {
  absl::StatusOr<std::string> organisation = context.Id(options.organisation, "--org");
  if (!organisation.ok()) return organisation.status();
  absl::StatusOr<statement::v1::LicenceKind> kind = ParseEnum<statement::v1::LicenceKind>(
      statement::v1::LicenceKind_descriptor(), options.kind, "--kind");
  if (!kind.ok()) return kind.status();
  Statement asked;
  statement::v1::LicenceGranted& granted = *asked.mutable_licence_granted();
  granted.set_organisation(*organisation);
  granted.set_licence_number(options.number);
  granted.set_kind(*kind);
  for (const std::string& text : options.scopes) {
    auto fields = ParseFields(text, {"annual", "methods"}, "--scope");
    if (!fields.ok()) return fields.status();
    statement::v1::LicenceScope& scope = *granted.add_scopes();
    scope.set_waste((*fields)[""]);
    if (fields->contains("annual")) {
      absl::StatusOr<int64_t> annual_mass_g = MassArgument((*fields)["annual"], "--scope annual");
      if (!annual_mass_g.ok()) return annual_mass_g.status();
      scope.set_annual_mass_g(*annual_mass_g);
    }
    if (fields->contains("methods")) {
      for (const std::string& method : Split((*fields)["methods"], '+'))
        scope.add_method_codes(method);
    }
  }
  for (const std::string& date : {options.from, options.to}) {
    if (absl::Status status = rules::CheckDate(date); !status.ok())
      return Naming("--from, --to", status);
  }
  granted.set_valid_from_date(options.from);
  granted.set_valid_to_date(options.to);
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  return Assert(context, asked, options.assertion);
}

void DeclareGrant(CLI::App& command, LicenceOptions& options) {
  command.add_option("--org", options.organisation, "Holder")->required();
  command.add_option("--number", options.number, "As printed")->required();
  command.add_option("--kind", options.kind, EnumHelp(statement::v1::LicenceKind_descriptor()))
      ->required();
  AddEach(command, "--scope", options.scopes,
          "WASTE[,annual=MASS][,methods=D10+R1]: a category HW08 or a whole code; again "
          "for each")
      ->required();
  command.add_option("--from", options.from, "First day, YYYY-MM-DD")->required();
  command.add_option("--to", options.to, "Last day, YYYY-MM-DD")->required();
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer(
      "Example: cradle licence grant --org @incinerator --number 鲁危证001号 --kind comprehensive "
      "--scope HW08,annual=20000t,methods=D10 --from 2024-01-01 --to 2028-12-31");
}

}  // namespace

void AddOrganisationCommands(CLI::App& app, Context& context) {
  CLI::App* org = AddNoun(app, "org", "Organisations");
  AddCommand<RegisterOptions>(
      *org, "register", "Register an organisation (regulators)", context,
      [](CLI::App& command, RegisterOptions& options) {
        DeclareOrganisation(command, options.organisation);
        DeclareAssertion(command, options.assertion, /*begins=*/true);
        command.footer(
            "Example: cradle org register --name 青州化工有限公司 --uscc 91370781MA3C0H5Q1T "
            "--division 370781 --role producer --alias chem");
      },
      RunRegister);
  AddCommand<ShowOptions>(
      *org, "show",
      "One organisation with its sites, facilities, licences, amounts left, wards, vehicles and "
      "keys",
      context,
      [](CLI::App& command, ShowOptions& options) {
        command.add_option("ORG", options.id, "Id, @name or USCC (default: one's own)");
      },
      RunShow);
  AddCommand<ListOptions>(
      *org, "list", "Organisations", context,
      [](CLI::App& command, ListOptions& options) {
        command.add_option("--division", options.division, "This division and all below it");
        command.add_option("--role", options.role,
                           EnumHelp(statement::v1::OrganisationRole_descriptor()));
        command.add_option("--name", options.name, "Part of the name");
        command.footer("Example: cradle org list --division 370781 --role medical-institution");
      },
      RunList);
  AddExitCommands(*org, context);
  CLI::App* licence = AddNoun(app, "licence", "Operating and transport licences");
  AddCommand<LicenceOptions>(*licence, "grant", "Record a licence granted (regulators)", context,
                             DeclareGrant, RunGrant);
  AddLicenceChangeCommands(*licence, context);
}

}  // namespace cradle::cli
