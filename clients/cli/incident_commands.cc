// `cradle incident`, `cradle loss`, `cradle batch found`: waste spilled, lost or found.
#include <cmath>
#include <tuple>
#include <utility>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/documents.h"
#include "clients/cli/facts.h"
#include "clients/sdk/compose.h"
#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

struct IncidentOptions {
  std::string kind;
  std::string batch;
  std::string manifest;
  std::string vehicle;
  std::string site;
  std::string lost;
  std::string lost_alias;
  std::string basis = "estimated";
  std::string at;
  std::vector<std::string> evidence;
  std::vector<std::string> notified;
  AssertionOptions assertion;
};

// An id, where one is given.
absl::Status Place(Context& context, const std::string& text, std::string_view argument,
                   std::string& id) {
  if (text.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> found = context.Id(text, argument);
  if (!found.ok()) return found.status();
  id = *found;
  return absl::OkStatus();
}

// The lost part becomes a batch of its own, but for a whole batch in hand.
absl::Status FillLoss(Context& context, const IncidentOptions& options,
                      statement::v1::IncidentReported& event) {
  if (options.lost.empty()) return absl::OkStatus();
  if (event.batch().empty()) {
    return absl::InvalidArgumentError("--lost is of a batch: give --batch too");
  }
  absl::StatusOr<int64_t> lost_mass_g = MassArgument(options.lost, "--lost");
  if (!lost_mass_g.ok()) return lost_mass_g.status();
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  event.set_lost_mass_g(*lost_mass_g);
  *event.mutable_mass_basis() = *basis;
  if (event.manifest().empty()) {
    absl::StatusOr<sdk::BatchFacts> facts = BatchFactsOf(context, event.batch());
    if (!facts.ok()) return facts.status();
    if (facts->mass_g == *lost_mass_g) return absl::OkStatus();
  }
  event.set_lost_batch(evidence::RandomId());
  return absl::OkStatus();
}

absl::Status RunIncident(Context& context, const IncidentOptions& options) {
  Statement asked;
  statement::v1::IncidentReported& event = *asked.mutable_incident_reported();
  absl::StatusOr<statement::v1::IncidentKind> kind = ParseEnum<statement::v1::IncidentKind>(
      statement::v1::IncidentKind_descriptor(), options.kind, "--kind");
  if (!kind.ok()) return kind.status();
  absl::StatusOr<int64_t> at_ms = context.Time(options.at, "--at");
  if (!at_ms.ok()) return at_ms.status();
  event.set_incident(evidence::RandomId());
  event.set_kind(*kind);
  event.set_happened_time_ms(*at_ms);
  for (const auto& [text, argument, id] :
       {std::tuple(&options.batch, "--batch", event.mutable_batch()),
        std::tuple(&options.manifest, "--manifest", event.mutable_manifest()),
        std::tuple(&options.vehicle, "--vehicle", event.mutable_vehicle()),
        std::tuple(&options.site, "--site", event.mutable_site())}) {
    if (absl::Status status = Place(context, *text, argument, *id); !status.ok()) return status;
  }
  if (absl::Status status = FillLoss(context, options, event); !status.ok()) return status;
  absl::Status documents = AddDocuments(options.evidence, *event.mutable_evidence_sha256());
  if (!documents.ok()) return documents;
  for (const std::string& text : options.notified) {
    absl::StatusOr<std::string> authority = context.Id(text, "--notified");
    if (!authority.ok()) return authority.status();
    event.add_notified(*authority);
  }
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_ORGANISATION);
  Json made = {{"incident", event.incident()}};
  AssertionOptions assertion = options.assertion;
  if (!event.lost_batch().empty()) {
    made["lost"] = event.lost_batch();
    if (!options.lost_alias.empty()) assertion.aliases.emplace_back("lost", options.lost_alias);
  } else if (!options.lost_alias.empty()) {
    return absl::InvalidArgumentError(
        "--lost-alias: no part of a batch is lost that would need a name of its own");
  }
  return Assert(context, asked, assertion, made);
}

void DeclareIncident(CLI::App& command, IncidentOptions& options) {
  command.add_option("--kind", options.kind, EnumHelp(statement::v1::IncidentKind_descriptor()))
      ->required();
  command.add_option("--batch", options.batch, "Batch it happened to");
  command.add_option("--manifest", options.manifest, "Load it happened to, on the road");
  command.add_option("--vehicle", options.vehicle, "Vehicle it happened on");
  command.add_option("--site", options.site, "Site it happened at");
  command.add_option("--lost", options.lost, "How much of the batch is gone")->type_name("MASS");
  command
      .add_option("--lost-alias", options.lost_alias,
                  "Short name of what is gone, which becomes a batch of its own")
      ->type_name("NAME");
  command.add_option("--basis", options.basis, kBasisHelp);
  command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
  AddEach(command, "--evidence", options.evidence,
          "Photo or record; its SHA-256 goes into the log, again for each")
      ->type_name("FILE");
  AddEach(command, "--notified", options.notified,
          "Authority that was told, again for each: of medical waste an ecology and a health one");
  DeclareAssertion(command, options.assertion, /*begins=*/true);
  command.footer(
      "Example: cradle incident report --kind spill --batch @oil1 --lost 20kg --evidence photo.jpg "
      "--notified @bureau");
}

struct CloseOptions {
  std::string batch;
  std::string finding;
  std::string decision;
  std::string evidence;
  AssertionOptions assertion;
};

absl::Status RunClose(Context& context, const CloseOptions& options) {
  absl::StatusOr<std::string> batch = context.Id(options.batch, "BATCH");
  if (!batch.ok()) return batch.status();
  absl::StatusOr<statement::v1::LossFinding> finding = ParseEnum<statement::v1::LossFinding>(
      statement::v1::LossFinding_descriptor(), options.finding, "--finding");
  if (!finding.ok()) return finding.status();
  absl::StatusOr<std::string> document = DocumentSha256(options.evidence);
  if (!document.ok()) return document.status();
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  statement::v1::LossClosed& closed = *asked.mutable_loss_closed();
  closed.set_batch(*batch);
  closed.set_finding(*finding);
  closed.set_decision_number(options.decision);
  closed.set_evidence_sha256(*document);
  return Assert(context, asked, options.assertion);
}

struct FoundOptions {
  std::string division;
  double latitude = 0;
  double longitude = 0;
  std::string code;
  bool to_identify = false;
  std::string mass;
  std::string basis = "weighed";
  std::string form;
  std::string at;
  std::string custodian;
  std::string site;
  std::vector<std::string> evidence;
  bool foreign = false;
  AssertionOptions assertion;
};

absl::Status FillFound(Context& context, const FoundOptions& options,
                       statement::v1::WasteFound& found) {
  if (absl::Status status = rules::CheckDivisionForm(options.division); !status.ok()) {
    return Naming("--division", status);
  }
  if (absl::Status status = rules::CheckWasteCodeForm(options.code); !status.ok()) {
    return Naming("--code", status);
  }
  absl::StatusOr<int64_t> mass_g = MassArgument(options.mass, "--mass");
  if (!mass_g.ok()) return mass_g.status();
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  absl::StatusOr<statement::v1::PhysicalForm> form = ParseEnum<statement::v1::PhysicalForm>(
      statement::v1::PhysicalForm_descriptor(), options.form, "--form");
  if (!form.ok()) return form.status();
  absl::StatusOr<int64_t> at_ms = context.Time(options.at, "--at");
  if (!at_ms.ok()) return at_ms.status();
  absl::StatusOr<std::string> site = context.Id(options.site, "--site");
  if (!site.ok()) return site.status();
  found.set_batch(evidence::RandomId());
  found.set_division(options.division);
  found.set_latitude_e7(std::llround(options.latitude * 1e7));
  found.set_longitude_e7(std::llround(options.longitude * 1e7));
  found.set_waste_code(options.code);
  found.set_identification(options.to_identify ? statement::v1::IDENTIFICATION_TO_IDENTIFY
                                               : statement::v1::IDENTIFICATION_IDENTIFIED);
  found.set_found_mass_g(*mass_g);
  *found.mutable_mass_basis() = *basis;
  found.set_form(*form);
  found.set_found_time_ms(*at_ms);
  found.set_site(*site);
  found.set_foreign_origin(options.foreign);
  absl::Status documents = AddDocuments(options.evidence, *found.mutable_evidence_sha256());
  if (!documents.ok()) return documents;
  return absl::OkStatus();
}

absl::Status RunFound(Context& context, const FoundOptions& options) {
  Statement asked;
  statement::v1::WasteFound& found = *asked.mutable_waste_found();
  if (absl::Status status = FillFound(context, options, found); !status.ok()) return status;
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  found.set_custodian(*self);
  if (absl::Status status =
          Place(context, options.custodian, "--custodian", *found.mutable_custodian());
      !status.ok()) {
    return status;
  }
  if (found.custodian() != *self) {
    if (options.assertion.out.empty()) {
      return absl::InvalidArgumentError(
          "who is charged with keeping it attests too: give --out, the file for its device");
    }
    sdk::AddParty(asked, found.custodian(), statement::v1::CAPACITY_ORGANISATION);
  }
  return Assert(context, asked, options.assertion, {{"batch", found.batch()}});
}

void DeclareFound(CLI::App& command, FoundOptions& options) {
  command.add_option("--division", options.division, "Where it was found, GB/T 2260")->required();
  command.add_option("--latitude", options.latitude, "Degrees north, WGS 84")
      ->check(CLI::Range(-90.0, 90.0));
  command.add_option("--longitude", options.longitude, "Degrees east, WGS 84")
      ->check(CLI::Range(-180.0, 180.0));
  command
      .add_option("--code", options.code,
                  "Waste code NNN-NNN-CC; 900-000-CC where its category alone is known")
      ->required();
  command.add_flag("--to-identify", options.to_identify, "The code is only presumed");
  command.add_option("--mass", options.mass, "Such as 1.2t")->required()->type_name("MASS");
  command.add_option("--basis", options.basis, kBasisHelp);
  command.add_option("--form", options.form, EnumHelp(statement::v1::PhysicalForm_descriptor()))
      ->required();
  command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
  command.add_option("--custodian", options.custodian,
                     "Operator charged with keeping it (default: oneself)");
  command.add_option("--site", options.site, "Site of the custodian where it is kept")->required();
  AddEach(command, "--evidence", options.evidence,
          "Photo or record; its SHA-256 goes into the log, again for each")
      ->type_name("FILE");
  command.add_flag("--foreign", options.foreign, "It came from abroad");
  DeclareAssertion(command, options.assertion, /*begins=*/true);
  command.footer(
      "Example: cradle batch found --division 370781 --latitude 36.69 --longitude 118.48 --code "
      "900-000-49 --to-identify --mass 1.2t --form solid --custodian @incinerator --site @yard "
      "--evidence photo.jpg --out found.statement");
}

}  // namespace

void AddFoundWasteCommand(CLI::App& batch, Context& context) {
  AddCommand<FoundOptions>(batch, "found", "Waste of unknown origin was found (regulators)",
                           context, DeclareFound, RunFound);
}

void AddIncidentCommands(CLI::App& app, Context& context) {
  CLI::App* incident = AddNoun(app, "incident", "Spills, losses, accidents");
  AddCommand<IncidentOptions>(*incident, "report", "By who holds the batch or the load", context,
                              DeclareIncident, RunIncident);
  CLI::App* loss = AddNoun(app, "loss", "Waste that was lost");
  AddCommand<CloseOptions>(
      *loss, "close", "A lost batch is found again or written off (regulators)", context,
      [](CLI::App& command, CloseOptions& options) {
        command.add_option("BATCH", options.batch, "The lost batch")->required();
        command
            .add_option("--finding", options.finding,
                        EnumHelp(statement::v1::LossFinding_descriptor()))
            ->required();
        command.add_option("--decision", options.decision, "Number of the decision")->required();
        command
            .add_option("--evidence", options.evidence,
                        "The decision; its SHA-256 goes into the log")
            ->required()
            ->type_name("FILE");
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer(
            "Example: cradle loss close @lost1 --finding written-off --decision 潍环罚〔2026〕7号 "
            "--evidence decision.pdf");
      },
      RunClose);
}

}  // namespace cradle::cli
