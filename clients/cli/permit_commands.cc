// `cradle licence suspend …`, `cradle permit`, `cradle approval`, `cradle pilot`, `cradle share`:
// what authorities allow and take back.
#include "clients/cli/permit_commands.h"

#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/files.h"
#include "services/rules/identity.h"

namespace cradle::cli {

using statement::v1::Statement;

absl::StatusOr<std::string> FileSha256(const std::string& path) {
  absl::StatusOr<std::string> bytes = sdk::ReadFile(path);
  if (!bytes.ok()) return bytes.status();
  const evidence::Hash hash = evidence::Sha256(*bytes);
  return std::string(evidence::AsBytes(hash));
}

CLI::Option* DeclareDocument(CLI::App& command, std::string& path) {
  return command.add_option("--document", path, "The paper itself; its SHA-256 goes into the log")
      ->type_name("FILE")
      ->required();
}

absl::Status CheckDay(const std::string& date, std::string_view argument) {
  absl::Status status = rules::CheckDate(date);
  return status.ok() ? status : Naming(argument, status);
}

namespace {

// From when to when something holds, and the paper that says so.
struct PaperOptions {
  std::string number;
  std::string from;
  std::string to;
  std::string document;
};

void DeclarePaper(CLI::App& command, PaperOptions& options) {
  command.add_option("--number", options.number, "As printed")->required();
  command.add_option("--from", options.from, "First day, YYYY-MM-DD")->required();
  command.add_option("--to", options.to, "Last day, YYYY-MM-DD")->required();
  DeclareDocument(command, options.document);
}

// Fills what papers have in common.
template <typename Event>
absl::Status FillPaper(const PaperOptions& options, Event& event) {
  if (absl::Status status = CheckDay(options.from, "--from"); !status.ok()) return status;
  if (absl::Status status = CheckDay(options.to, "--to"); !status.ok()) return status;
  event.set_valid_from_date(options.from);
  event.set_valid_to_date(options.to);
  absl::StatusOr<std::string> sha256 = FileSha256(options.document);
  if (!sha256.ok()) return sha256.status();
  event.set_document_sha256(*sha256);
  return absl::OkStatus();
}

absl::Status AssertAsRegulator(Context& context, Statement& asked,
                               const AssertionOptions& assertion) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  return Assert(context, asked, assertion);
}

// --- Licences ---

struct ChangeOptions {
  std::string organisation;
  std::string number;
  std::string decision;
  std::string decided;
  std::string from;
  std::string to;
  std::string document;
  AssertionOptions assertion;
};

absl::Status RunChange(Context& context, const ChangeOptions& options,
                       statement::v1::LicenceChange change) {
  absl::StatusOr<std::string> organisation = context.Id(options.organisation, "--org");
  if (!organisation.ok()) return organisation.status();
  Statement asked;
  statement::v1::LicenceStatusChanged& event = *asked.mutable_licence_status_changed();
  event.set_organisation(*organisation);
  event.set_licence_number(options.number);
  event.set_change(change);
  event.set_decision_number(options.decision);
  for (const auto& [date, argument] :
       {std::pair{&options.decided, "--decided"}, std::pair{&options.from, "--from"}}) {
    if (absl::Status status = CheckDay(*date, argument); !status.ok()) return status;
  }
  event.set_decision_date(options.decided);
  event.set_valid_from_date(options.from);
  if (!options.to.empty()) {
    if (absl::Status status = CheckDay(options.to, "--to"); !status.ok()) return status;
    event.set_valid_to_date(options.to);
  }
  absl::StatusOr<std::string> sha256 = FileSha256(options.document);
  if (!sha256.ok()) return sha256.status();
  event.set_decision_sha256(*sha256);
  return AssertAsRegulator(context, asked, options.assertion);
}

absl::Status RunSuspend(Context& context, const ChangeOptions& options) {
  return RunChange(context, options, statement::v1::LICENCE_CHANGE_SUSPENDED);
}
absl::Status RunReinstate(Context& context, const ChangeOptions& options) {
  return RunChange(context, options, statement::v1::LICENCE_CHANGE_REINSTATED);
}
absl::Status RunRevoke(Context& context, const ChangeOptions& options) {
  return RunChange(context, options, statement::v1::LICENCE_CHANGE_REVOKED);
}

void DeclareChange(CLI::App& command, ChangeOptions& options) {
  command.add_option("--org", options.organisation, "Holder")->required();
  command.add_option("--number", options.number, "Number of the licence, as granted")->required();
  command.add_option("--decision", options.decision, "Number of the decision")->required();
  command.add_option("--decided", options.decided, "Day of the decision, YYYY-MM-DD")->required();
  command.add_option("--from", options.from, "First day of the change, YYYY-MM-DD")->required();
  DeclareDocument(command, options.document);
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer(fmt::format(
      "Example: cradle licence {} --org @incinerator --number 鲁危证001号 --decision "
      "潍环决字〔2026〕1号 --decided 2026-05-31 --from 2026-06-01 --document decision.pdf",
      command.get_name()));
}

// --- Permits ---

struct PermitOptions {
  std::string organisation;
  std::string site;
  std::string kind;
  std::string number;
  int64_t year = 0;
  std::vector<std::string> wastes;
  std::string from;
  std::string to;
  std::string document;
  std::string regulator;
  AssertionOptions assertion;
};

absl::Status FillWastes(const std::vector<std::string>& texts,
                        statement::v1::PermitRegistered& event) {
  for (const std::string& text : texts) {
    auto fields = ParseFields(text, {"annual", "stored"}, "--waste");
    if (!fields.ok()) return fields.status();
    statement::v1::PermittedWaste& waste = *event.add_wastes();
    waste.set_waste_code((*fields)[""]);
    if (fields->contains("annual")) {
      absl::StatusOr<int64_t> mass_g = MassArgument((*fields)["annual"], "--waste annual");
      if (!mass_g.ok()) return mass_g.status();
      waste.set_annual_mass_g(*mass_g);
    }
    if (fields->contains("stored")) {
      absl::StatusOr<int64_t> mass_g = MassArgument((*fields)["stored"], "--waste stored");
      if (!mass_g.ok()) return mass_g.status();
      waste.set_storage_mass_g(*mass_g);
    }
  }
  return absl::OkStatus();
}

absl::Status RunPermit(Context& context, const PermitOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> owner =
      options.organisation.empty() ? self : context.Id(options.organisation, "--org");
  if (!owner.ok()) return owner.status();
  absl::StatusOr<std::string> site = context.Id(options.site, "--site");
  if (!site.ok()) return site.status();
  absl::StatusOr<statement::v1::PermitKind> kind = ParseEnum<statement::v1::PermitKind>(
      statement::v1::PermitKind_descriptor(), options.kind, "--kind");
  if (!kind.ok()) return kind.status();
  Statement asked;
  AddSelfOrRegulator(asked, *self, *owner);
  if (!options.regulator.empty()) {
    absl::StatusOr<std::string> regulator = context.Id(options.regulator, "--regulator");
    if (!regulator.ok()) return regulator.status();
    if (options.assertion.out.empty()) {
      return absl::InvalidArgumentError("--regulator attests too: give --out FILE for it");
    }
    sdk::AddParty(asked, *regulator, statement::v1::CAPACITY_REGULATOR);
  }
  statement::v1::PermitRegistered& event = *asked.mutable_permit_registered();
  event.set_organisation(*owner);
  event.set_site(*site);
  event.set_kind(*kind);
  event.set_document_number(options.number);
  event.set_year(options.year);
  for (const auto& [date, argument] :
       {std::pair{&options.from, "--from"}, std::pair{&options.to, "--to"}}) {
    if (date->empty()) continue;
    if (absl::Status status = CheckDay(*date, argument); !status.ok()) return status;
  }
  event.set_valid_from_date(options.from);
  event.set_valid_to_date(options.to);
  if (absl::Status status = FillWastes(options.wastes, event); !status.ok()) return status;
  absl::StatusOr<std::string> sha256 = FileSha256(options.document);
  if (!sha256.ok()) return sha256.status();
  event.set_document_sha256(*sha256);
  return Assert(context, asked, options.assertion);
}

void DeclarePermit(CLI::App& command, PermitOptions& options) {
  command.add_option("--org", options.organisation, "Whose it is (default: one's own)");
  command.add_option("--site", options.site, "Site it is for")->required();
  command.add_option("--kind", options.kind, EnumHelp(statement::v1::PermitKind_descriptor()))
      ->required();
  command.add_option("--number", options.number, "As printed")->required();
  command.add_option("--year", options.year, "Of a plan");
  AddEach(command, "--waste", options.wastes,
          "CODE[,annual=MASS][,stored=MASS]: what may be generated in a year and stored at a "
          "time; again for each")
      ->required();
  command.add_option("--from", options.from, "First day, YYYY-MM-DD; of a plan none");
  command.add_option("--to", options.to, "Last day, YYYY-MM-DD; none: until replaced");
  command.add_option("--regulator", options.regulator,
                     "Authority that attests too, where the organisation enters an EIA or permit");
  DeclareDocument(command, options.document);
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer(
      "Example: cradle permit add --site @plant --kind plan --year 2026 --number GLJH-2026-1 "
      "--waste 900-214-08,annual=40t,stored=5t --document plan.pdf");
}

// --- Approvals, pilots, shared facilities ---

struct ApprovalOptions {
  std::string organisation;
  std::string site;
  std::string receiver;
  std::string receiver_site;
  std::vector<std::string> wastes;
  PaperOptions paper;
  AssertionOptions assertion;
};

absl::Status RunApproval(Context& context, const ApprovalOptions& options) {
  Statement asked;
  statement::v1::TransferApproved& event = *asked.mutable_transfer_approved();
  using Set = void (*)(statement::v1::TransferApproved&, const std::string&);
  const std::tuple<const std::string*, const char*, Set> ids[] = {
      {&options.organisation, "--org", [](auto& e, const auto& id) { e.set_organisation(id); }},
      {&options.site, "--site", [](auto& e, const auto& id) { e.set_consignor_site(id); }},
      {&options.receiver, "--receiver", [](auto& e, const auto& id) { e.set_receiver(id); }},
      {&options.receiver_site, "--receiver-site",
       [](auto& e, const auto& id) { e.set_receiver_site(id); }}};
  for (const auto& [text, argument, set] : ids) {
    absl::StatusOr<std::string> id = context.Id(*text, argument);
    if (!id.ok()) return id.status();
    set(event, *id);
  }
  for (const std::string& text : options.wastes) {
    auto fields = ParseFields(text, {"mass", "method"}, "--waste");
    if (!fields.ok()) return fields.status();
    absl::StatusOr<int64_t> mass_g = MassArgument((*fields)["mass"], "--waste mass");
    if (!mass_g.ok()) return mass_g.status();
    statement::v1::ApprovedWaste& waste = *event.add_wastes();
    waste.set_waste_code((*fields)[""]);
    waste.set_approved_mass_g(*mass_g);
    waste.set_method_code((*fields)["method"]);
  }
  event.set_approval_number(options.paper.number);
  if (absl::Status status = FillPaper(options.paper, event); !status.ok()) return status;
  return AssertAsRegulator(context, asked, options.assertion);
}

struct PilotOptions {
  std::string producer;
  std::string user;
  std::string code;
  std::string cap;
  PaperOptions paper;
  AssertionOptions assertion;
};

absl::Status RunPilot(Context& context, const PilotOptions& options) {
  absl::StatusOr<std::string> producer = context.Id(options.producer, "--producer");
  if (!producer.ok()) return producer.status();
  absl::StatusOr<std::string> user = context.Id(options.user, "--user");
  if (!user.ok()) return user.status();
  absl::StatusOr<int64_t> cap_mass_g = MassArgument(options.cap, "--cap");
  if (!cap_mass_g.ok()) return cap_mass_g.status();
  Statement asked;
  statement::v1::PilotApproved& event = *asked.mutable_pilot_approved();
  event.set_pilot_number(options.paper.number);
  event.set_producer(*producer);
  event.set_user(*user);
  event.set_waste_code(options.code);
  event.set_cap_mass_g(*cap_mass_g);
  if (absl::Status status = FillPaper(options.paper, event); !status.ok()) return status;
  return AssertAsRegulator(context, asked, options.assertion);
}

struct ShareOptions {
  std::string facility;
  std::vector<std::string> members;
  PaperOptions paper;
  AssertionOptions assertion;
};

absl::Status RunShare(Context& context, const ShareOptions& options) {
  absl::StatusOr<std::string> facility = context.Id(options.facility, "FACILITY");
  if (!facility.ok()) return facility.status();
  Statement asked;
  statement::v1::FacilityShared& event = *asked.mutable_facility_shared();
  event.set_facility(*facility);
  event.set_approval_number(options.paper.number);
  for (const std::string& text : options.members) {
    absl::StatusOr<std::string> member = context.Id(text, "--member");
    if (!member.ok()) return member.status();
    event.add_members(*member);
  }
  if (absl::Status status = FillPaper(options.paper, event); !status.ok()) return status;
  return AssertAsRegulator(context, asked, options.assertion);
}

void DeclareApproval(CLI::App& command, ApprovalOptions& options) {
  command.add_option("--org", options.organisation, "Consignor")->required();
  command.add_option("--site", options.site, "Site it leaves")->required();
  command.add_option("--receiver", options.receiver, "Organisation that receives")->required();
  command.add_option("--receiver-site", options.receiver_site, "Site it goes to")->required();
  AddEach(command, "--waste", options.wastes, "CODE,mass=MASS[,method=CODE]; again for each")
      ->required();
  DeclarePaper(command, options.paper);
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer(
      "Example: cradle approval grant --org @chem --site @plant --receiver @henan --receiver-site "
      "@kiln --waste 900-214-08,mass=200t,method=D10 --number 鲁环固函〔2026〕1号 --from "
      "2026-06-01 "
      "--to 2027-05-31 --document approval.pdf");
}

void DeclarePilot(CLI::App& command, PilotOptions& options) {
  command.add_option("--producer", options.producer, "Whose waste it is")->required();
  command.add_option("--user", options.user, "Who may take it without an operating licence")
      ->required();
  command.add_option("--code", options.code, "Waste code")->required();
  command.add_option("--cap", options.cap, "At most, of the whole period")
      ->type_name("MASS")
      ->required();
  DeclarePaper(command, options.paper);
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer(
      "Example: cradle pilot approve --producer @chem --user @salt --code 261-057-34 --cap 500t "
      "--number 潍环试〔2026〕1号 --from 2026-01-01 --to 2026-12-31 --document pilot.pdf");
}

}  // namespace

void AddLicenceChangeCommands(CLI::App& licence, Context& context) {
  AddCommand<ChangeOptions>(
      licence, "suspend", "Suspend a licence (regulators)", context,
      [](CLI::App& command, ChangeOptions& options) {
        command.add_option("--to", options.to, "Last day (default: until reinstated)");
        DeclareChange(command, options);
      },
      RunSuspend);
  AddCommand<ChangeOptions>(licence, "reinstate", "Reinstate a suspended licence (regulators)",
                            context, DeclareChange, RunReinstate);
  AddCommand<ChangeOptions>(licence, "revoke", "Revoke a licence for good (regulators)", context,
                            DeclareChange, RunRevoke);
}

void AddPermitCommands(CLI::App& app, Context& context) {
  CLI::App* permit = AddNoun(app, "permit", "EIA, discharge permit and plan of a site");
  AddCommand<PermitOptions>(*permit, "add", "Register what a document lets a site generate",
                            context, DeclarePermit, RunPermit);
  CLI::App* approval = AddNoun(app, "approval", "Approvals of transfers between provinces");
  AddCommand<ApprovalOptions>(*approval, "grant", "Record an approval (regulators of the province)",
                              context, DeclareApproval, RunApproval);
  CLI::App* pilot = AddNoun(app, "pilot", "Point-to-point utilisation pilots");
  AddCommand<PilotOptions>(*pilot, "approve", "Record a pilot approved (regulators)", context,
                           DeclarePilot, RunPilot);
  CLI::App* share = AddNoun(app, "share", "Facilities that a group of organisations shares");
  AddCommand<ShareOptions>(
      *share, "approve", "Record a facility shared within a group (regulators)", context,
      [](CLI::App& command, ShareOptions& options) {
        command.add_option("FACILITY", options.facility, "Id or @name")->required();
        AddEach(command, "--member", options.members,
                "Organisation whose waste may go there; again for each")
            ->required();
        DeclarePaper(command, options.paper);
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer(
            "Example: cradle share approve @kiln --member @chem --member @steel --number "
            "潍环共享〔2026〕1号 --from 2026-01-01 --to 2026-12-31 --document shared.pdf");
      },
      RunShare);
}

}  // namespace cradle::cli
