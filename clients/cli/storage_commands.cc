// `cradle facility accept`, `limit`, `inspect`, `temperature`.
#include <fmt/format.h>

#include <charconv>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/permit_commands.h"
#include "clients/sdk/compose.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

struct AcceptOptions {
  std::string facility;
  std::string organisation;
  std::string date;
  std::string document;
  bool remote = false;
  AssertionOptions assertion;
};

absl::Status RunAccept(Context& context, const AcceptOptions& options) {
  absl::StatusOr<std::string> facility = context.Id(options.facility, "FACILITY");
  if (!facility.ok()) return facility.status();
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> owner =
      options.organisation.empty() ? self : context.Id(options.organisation, "--org");
  if (!owner.ok()) return owner.status();
  if (absl::Status status = CheckDay(options.date, "--on"); !status.ok()) return status;
  absl::StatusOr<std::string> sha256 = FileSha256(options.document);
  if (!sha256.ok()) return sha256.status();
  Statement asked;
  AddSelfOrRegulator(asked, *self, *owner);
  statement::v1::FacilityAccepted& event = *asked.mutable_facility_accepted();
  event.set_facility(*facility);
  event.set_acceptance_date(options.date);
  event.set_document_sha256(*sha256);
  event.set_remote(options.remote);
  return Assert(context, asked, options.assertion);
}

struct LimitOptions {
  std::string facility;
  std::string kind;
  std::string mass;
  std::string source;
  std::string number;
  std::string document;
  std::string regulator;
  AssertionOptions assertion;
};

absl::Status RunLimit(Context& context, const LimitOptions& options) {
  absl::StatusOr<std::string> facility = context.Id(options.facility, "FACILITY");
  if (!facility.ok()) return facility.status();
  absl::StatusOr<statement::v1::LimitKind> kind = ParseEnum<statement::v1::LimitKind>(
      statement::v1::LimitKind_descriptor(), options.kind, "--kind");
  if (!kind.ok()) return kind.status();
  absl::StatusOr<int64_t> mass_g = MassArgument(options.mass, "--mass");
  if (!mass_g.ok()) return mass_g.status();
  absl::StatusOr<statement::v1::LimitSource> source = ParseEnum<statement::v1::LimitSource>(
      statement::v1::LimitSource_descriptor(), options.source, "--source");
  if (!source.ok()) return source.status();
  absl::StatusOr<std::string> sha256 = FileSha256(options.document);
  if (!sha256.ok()) return sha256.status();
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_ORGANISATION);
  if (!options.regulator.empty()) {
    absl::StatusOr<std::string> regulator = context.Id(options.regulator, "--regulator");
    if (!regulator.ok()) return regulator.status();
    if (options.assertion.out.empty()) {
      return absl::InvalidArgumentError("--regulator attests too: give --out FILE for it");
    }
    sdk::AddParty(asked, *regulator, statement::v1::CAPACITY_REGULATOR);
  }
  statement::v1::FacilityLimitSet& event = *asked.mutable_facility_limit_set();
  event.set_facility(*facility);
  event.set_kind(*kind);
  event.set_limit_mass_g(*mass_g);
  event.set_source(*source);
  event.set_document_number(options.number);
  event.set_document_sha256(*sha256);
  return Assert(context, asked, options.assertion);
}

struct InspectOptions {
  std::string facility;
  std::string organisation;
  bool refused = false;
  std::vector<std::string> findings;
  std::vector<std::string> evidence;
  std::string at;
  AssertionOptions assertion;
};

absl::Status FillFindings(const std::vector<std::string>& texts,
                          statement::v1::InspectionRecorded& event) {
  event.set_result(statement::v1::INSPECTION_RESULT_COMPLIANT);
  for (const std::string& text : texts) {
    const std::vector<std::string> parts = Split(text, '=');
    if (parts.size() != 2) {
      return absl::InvalidArgumentError(
          fmt::format("--finding: '{}' is not ITEM=compliant or ITEM=not-compliant", text));
    }
    absl::StatusOr<statement::v1::InspectionItem> item = ParseEnum<statement::v1::InspectionItem>(
        statement::v1::InspectionItem_descriptor(), parts[0], "--finding");
    if (!item.ok()) return item.status();
    absl::StatusOr<statement::v1::InspectionResult> result =
        ParseEnum<statement::v1::InspectionResult>(statement::v1::InspectionResult_descriptor(),
                                                   parts[1], "--finding");
    if (!result.ok()) return result.status();
    statement::v1::InspectionFinding& finding = *event.add_findings();
    finding.set_item(*item);
    finding.set_result(*result);
    if (*result == statement::v1::INSPECTION_RESULT_NOT_COMPLIANT) event.set_result(*result);
  }
  return absl::OkStatus();
}

absl::Status RunInspect(Context& context, const InspectOptions& options) {
  absl::StatusOr<std::string> facility = context.Id(options.facility, "FACILITY");
  if (!facility.ok()) return facility.status();
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  if (options.refused == !options.organisation.empty()) {
    return absl::InvalidArgumentError(
        "give --org ORG, the inspected, who signs too; or --refused where it does not");
  }
  Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  if (!options.refused) {
    absl::StatusOr<std::string> inspected = context.Id(options.organisation, "--org");
    if (!inspected.ok()) return inspected.status();
    sdk::AddParty(asked, *inspected, statement::v1::CAPACITY_ORGANISATION);
  }
  statement::v1::InspectionRecorded& event = *asked.mutable_inspection_recorded();
  event.set_facility(*facility);
  event.set_inspected_time_ms(*time_ms);
  event.set_refusal_to_sign(options.refused);
  if (absl::Status status = FillFindings(options.findings, event); !status.ok()) return status;
  for (const std::string& path : options.evidence) {
    absl::StatusOr<std::string> sha256 = FileSha256(path);
    if (!sha256.ok()) return sha256.status();
    event.add_evidence_sha256(*sha256);
  }
  return Assert(context, asked, options.assertion);
}

struct TemperatureOptions {
  std::string facility;
  std::string celsius;
  std::string outside;
  std::string at;
  AssertionOptions assertion;
};

// "-18.5" as thousandths; no more than three places.
absl::StatusOr<int64_t> ParseCelsius(std::string_view text, std::string_view argument) {
  const absl::Status wrong = absl::InvalidArgumentError(
      fmt::format("{}: '{}' is no temperature such as 4, -18.5 or 21.375", argument, text));
  const bool below = text.starts_with('-');
  std::string_view digits = text.substr(below ? 1 : 0);
  const size_t point = digits.find('.');
  std::string thousandths(digits.substr(0, point));
  const std::string_view rest =
      point == std::string_view::npos ? std::string_view() : digits.substr(point + 1);
  if (thousandths.empty() || thousandths.size() > 4 || rest.size() > 3 ||
      (point != std::string_view::npos && rest.empty())) {
    return wrong;
  }
  thousandths.append(rest).append(3 - rest.size(), '0');
  if (thousandths.find_first_not_of("0123456789") != std::string::npos) return wrong;
  int64_t value = 0;
  std::from_chars(thousandths.data(), thousandths.data() + thousandths.size(), value);
  return below ? -value : value;
}

absl::Status RunTemperature(Context& context, const TemperatureOptions& options) {
  absl::StatusOr<std::string> facility = context.Id(options.facility, "FACILITY");
  if (!facility.ok()) return facility.status();
  absl::StatusOr<int64_t> milli_celsius = ParseCelsius(options.celsius, "--celsius");
  if (!milli_celsius.ok()) return milli_celsius.status();
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_ORGANISATION);
  statement::v1::TemperatureRead& event = *asked.mutable_temperature_read();
  event.set_facility(*facility);
  event.set_milli_celsius(*milli_celsius);
  if (!options.outside.empty()) {
    absl::StatusOr<int64_t> outside = ParseCelsius(options.outside, "--outside");
    if (!outside.ok()) return outside.status();
    event.set_outside_milli_celsius(*outside);
  }
  event.set_read_time_ms(*time_ms);
  return Assert(context, asked, options.assertion);
}

void DeclareLimit(CLI::App& command, LimitOptions& options) {
  command.add_option("FACILITY", options.facility, "Id or @name")->required();
  command.add_option("--kind", options.kind, EnumHelp(statement::v1::LimitKind_descriptor()))
      ->required();
  command.add_option("--mass", options.mass, "At most, such as 20t")->type_name("MASS")->required();
  command.add_option("--source", options.source, EnumHelp(statement::v1::LimitSource_descriptor()))
      ->required();
  command.add_option("--number", options.number, "Number of that document")->required();
  command.add_option("--regulator", options.regulator, "Authority that attests a raise too");
  DeclareDocument(command, options.document);
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer(
      "Example: cradle facility limit @store --kind permitted --mass 20t --source eia --number "
      "潍环审字〔2022〕7号 --document eia.pdf");
}

void DeclareInspect(CLI::App& command, InspectOptions& options) {
  command.add_option("FACILITY", options.facility, "Id or @name")->required();
  command.add_option("--org", options.organisation, "The inspected, who signs too");
  command.add_flag("--refused", options.refused, "The inspected refuses to sign");
  AddEach(command, "--finding", options.findings,
          "ITEM=compliant or ITEM=not-compliant, again for each; ITEM: " +
              EnumHelp(statement::v1::InspectionItem_descriptor()))
      ->required();
  AddEach(command, "--evidence", options.evidence, "Photo or record, again for each")
      ->type_name("FILE");
  command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
  DeclareAssertion(command, options.assertion, /*begins=*/false, /*two_parties=*/true);
  command.footer(
      "Example: cradle facility inspect @store --org @chem --finding labels=not-compliant "
      "--finding seepage=compliant --evidence photo.jpg --out inspection.statement\n"
      "Then `cradle statement attest` on the second inspector's device and the organisation's.");
}

}  // namespace

void AddStorageCommands(CLI::App& facility, Context& context) {
  AddCommand<AcceptOptions>(
      facility, "accept", "Record the acceptance (三同时) of a facility", context,
      [](CLI::App& command, AcceptOptions& options) {
        command.add_option("FACILITY", options.facility, "Id or @name")->required();
        command.add_option("--on", options.date, "Day of acceptance, YYYY-MM-DD")->required();
        command.add_option("--org", options.organisation, "Whose it is (default: one's own)");
        command.add_flag("--remote", options.remote,
                         "It lies in a remote area (偏远地区); regulators");
        DeclareDocument(command, options.document);
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer(
            "Example: cradle facility accept @store --on 2026-05-01 --document acceptance.pdf");
      },
      RunAccept);
  AddCommand<LimitOptions>(facility, "limit", "Set what a facility may hold", context, DeclareLimit,
                           RunLimit);
  AddCommand<InspectOptions>(facility, "inspect",
                             "Findings of an inspection: two inspectors and the inspected attest",
                             context, DeclareInspect, RunInspect);
  AddCommand<TemperatureOptions>(
      facility, "temperature", "A temperature read in a facility", context,
      [](CLI::App& command, TemperatureOptions& options) {
        command.add_option("FACILITY", options.facility, "Id or @name")->required();
        command.add_option("--celsius", options.celsius, "Such as 4 or -18.5")->required();
        command.add_option("--outside", options.outside, "In the open beside it, likewise");
        command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer("Example: cradle facility temperature @coldroom --celsius 4.5");
      },
      RunTemperature);
}

}  // namespace cradle::cli
