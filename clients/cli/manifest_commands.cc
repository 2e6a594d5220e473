// `cradle manifest`: issue, show, list; what two devices attest is in handover_commands.cc.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/documents.h"
#include "clients/cli/facts.h"
#include "clients/cli/output.h"
#include "clients/cli/view_text.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/quantity.h"
#include "services/rules/identity.h"
#include "services/rules/lines.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;
using TrackingStub = v1::TrackingService::Stub;

struct IssueOptions {
  std::string site;
  std::vector<std::string> lines;
  std::vector<std::string> carriers;
  std::string receiver;
  std::string receiver_site;
  std::string receiver_facility;
  std::string approval;
  std::string official;
  std::string plan;
  int64_t fee_fen = 0;
  std::string contract;
  std::string paper;
  std::string at;
  std::string exempt;
  std::string forwards;
  AssertionOptions assertion;
};

absl::Status FillCarriers(Context& context, const IssueOptions& options,
                          statement::v1::ManifestIssued& issued) {
  for (const std::string& text : options.carriers) {
    absl::StatusOr<statement::v1::CarrierLeg> leg = ParseLeg(context, text);
    if (!leg.ok()) return leg.status();
    *issued.add_carriers() = *std::move(leg);
  }
  return absl::OkStatus();
}

// What is not so of every manifest: on paper, exempt, sending on what was refused.
absl::Status FillSpecial(Context& context, const IssueOptions& options,
                         statement::v1::ManifestIssued& issued) {
  if (!options.paper.empty()) {
    auto fields = ParseFields(options.paper, {"reason", "scan", "completed"}, "--paper");
    if (!fields.ok()) return fields.status();
    auto reason = ParseEnum<statement::v1::PaperReason>(statement::v1::PaperReason_descriptor(),
                                                        (*fields)["reason"], "--paper reason");
    if (!reason.ok()) return reason.status();
    absl::StatusOr<std::string> scan = DocumentSha256((*fields)["scan"]);
    if (!scan.ok()) return scan.status();
    statement::v1::Paper& paper = *issued.mutable_paper();
    paper.set_number((*fields)[""]);
    paper.set_reason(*reason);
    paper.set_scan_sha256(*scan);
    paper.set_completed_date((*fields)["completed"]);
  }
  if (options.forwards.empty()) return absl::OkStatus();
  absl::StatusOr<std::string> forwards = context.Id(options.forwards, "--forwards");
  if (!forwards.ok()) return forwards.status();
  issued.set_forwards_manifest(*forwards);
  return absl::OkStatus();
}

absl::Status RunIssue(Context& context, const IssueOptions& options) {
  Statement asked;
  statement::v1::ManifestIssued& issued = *asked.mutable_manifest_issued();
  issued.set_manifest(evidence::RandomId());
  absl::StatusOr<std::string> site = context.Id(options.site, "--site");
  if (!site.ok()) return site.status();
  issued.set_consignor_site(*site);
  if (absl::Status status = FillCarriers(context, options, issued); !status.ok()) return status;
  absl::StatusOr<std::string> receiver = context.Id(options.receiver, "--receiver");
  if (!receiver.ok()) return receiver.status();
  issued.set_receiver(*receiver);
  absl::StatusOr<std::string> receiver_site = context.Id(options.receiver_site, "--receiver-site");
  if (!receiver_site.ok()) return receiver_site.status();
  issued.set_receiver_site(*receiver_site);
  if (!options.receiver_facility.empty()) {
    absl::StatusOr<std::string> facility =
        context.Id(options.receiver_facility, "--receiver-facility");
    if (!facility.ok()) return facility.status();
    issued.set_receiver_facility(*facility);
  }
  issued.set_approval(options.approval);
  if (absl::Status status = FillPapers(options, issued); !status.ok()) return status;
  if (absl::Status status = FillSpecial(context, options, issued); !status.ok()) return status;
  if (!options.at.empty()) {
    if (options.paper.empty()) {
      return absl::InvalidArgumentError(
          "--at: only a manifest on paper (--paper) was issued before");
    }
    absl::StatusOr<int64_t> at_ms = context.Time(options.at, "--at");
    if (!at_ms.ok()) return at_ms.status();
    asked.set_claimed_time_ms(*at_ms);
  }
  int64_t total_mass_g = 0;
  for (const std::string& text : options.lines) {
    absl::StatusOr<statement::v1::ManifestLine> line = ParseLine(context, text, "drum");
    if (!line.ok()) return line.status();
    total_mass_g += line->sent_mass_g();
    *issued.add_lines() = *line;
  }
  if (issued.lines_size() >= kManyLines) rules::SayOnceOfAllLines(issued);
  issued.set_total_sent_mass_g(total_mass_g);
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_CONSIGNOR);
  return Assert(context, asked, options.assertion, {{"manifest", issued.manifest()}});
}

void DeclareIssue(CLI::App& command, IssueOptions& options) {
  command.add_option("--site", options.site, "Site it starts from")->required();
  AddEach(command, "--line", options.lines, LineHelp("drum"))->required();
  AddEach(command, "--carrier", options.carriers,
          "ORG[,vehicle=VEHICLE], again for each leg in order")
      ->required();
  command.add_option("--receiver", options.receiver, "Organisation that receives")->required();
  command.add_option("--receiver-site", options.receiver_site, "Site it goes to")->required();
  command.add_option("--receiver-facility", options.receiver_facility, "Facility there");
  command.add_option("--approval", options.approval,
                     "Number of the approval of a transfer between provinces");
  command.add_option("--official", options.official, "14-digit number of the national system");
  command.add_option("--plan", options.plan, "Number of the filed management plan");
  command.add_option("--fee-fen", options.fee_fen, "Service fee in 分, 0.01 CNY");
  command
      .add_option("--contract", options.contract,
                  "The written contract; its SHA-256 goes into the log")
      ->type_name("FILE");
  command.add_option("--paper", options.paper,
                     "It was on paper: NUMBER,reason=REASON,scan=FILE,completed=DATE. Reasons: " +
                         EnumHelp(statement::v1::PaperReason_descriptor()));
  command.add_option("--at", options.at, "When the one on paper was issued (default: now)")
      ->type_name("TIME");
  command.add_option("--exempt", options.exempt, ExemptHelp());
  command.add_option("--forwards", options.forwards,
                     "Manifest under which it was refused: it goes on from where it lies");
  DeclareAssertion(command, options.assertion, /*begins=*/true);
  command.footer(
      "Example: cradle manifest issue --site @plant --line @oil1,method=D10,count=6 --carrier "
      "@haulier,vehicle=@truck --receiver @incinerator --receiver-site @yard --alias trip1");
}

struct ShowOptions {
  std::string manifest;
};

absl::Status RunShow(Context& context, const ShowOptions& options) {
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::GetManifestRequest request;
  request.set_at_least(context.at_least());
  if (rules::CheckOfficialNumber(options.manifest).ok()) {
    request.set_official_number(options.manifest);
  } else {
    absl::StatusOr<std::string> id = context.Id(options.manifest, "MANIFEST");
    if (!id.ok()) return id.status();
    request.set_manifest(*id);
  }
  auto answer = (*server)->Call((*server)->tracking(), &TrackingStub::GetManifest, request);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<Json> json = ToJson(*answer);
  if (!json.ok()) return json.status();
  context.Answer(*json, ManifestText(answer->manifest(), context.chinese()) +
                            DisputesText(answer->disputes(), context.chinese()));
  return absl::OkStatus();
}

struct ListOptions {
  std::string party;
  std::string status;
  bool unconfirmed = false;
};

absl::Status RunList(Context& context, const ListOptions& options) {
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::ListManifestsRequest request;
  request.set_at_least(context.at_least());
  request.mutable_page()->set_size(1000);
  if (!options.party.empty()) {
    absl::StatusOr<std::string> party = context.Id(options.party, "--party");
    if (!party.ok()) return party.status();
    request.set_party(*party);
  }
  if (!options.status.empty()) {
    absl::StatusOr<state::v1::ManifestStatus> status = ParseEnum<state::v1::ManifestStatus>(
        state::v1::ManifestStatus_descriptor(), options.status, "--status");
    if (!status.ok()) return status.status();
    request.set_status(*status);
  }
  request.set_unconfirmed(options.unconfirmed);
  Table table({"MANIFEST", "STATUS", "ISSUED", "CONSIGNOR", "RECEIVER", ">SENT", "MARKS"});
  Json list = Json::array();
  do {
    auto answer = (*server)->Call((*server)->tracking(), &TrackingStub::ListManifests, request);
    if (!answer.ok()) return answer.status();
    for (const v1::ManifestView& view : answer->manifests()) {
      const state::v1::ManifestState& manifest = view.manifest();
      table.Add({manifest.issued().manifest(),
                 EnumName(state::v1::ManifestStatus_descriptor(), manifest.status()),
                 sdk::FormatTimeShort(manifest.issued_time_ms()), view.consignor_name(),
                 view.receiver_name(), sdk::FormatMass(manifest.issued().total_sent_mass_g()),
                 view.marks_size() == 0 ? "-" : fmt::format("{}", view.marks_size())});
      absl::StatusOr<Json> json = ToJson(view);
      if (!json.ok()) return json.status();
      list.push_back(*std::move(json));
    }
    request.mutable_page()->set_token(answer->next_token());
  } while (!request.page().token().empty());
  context.Answer(list, table.empty() ? "none\n" : table.Text());
  return absl::OkStatus();
}

}  // namespace

void AddManifestCommands(CLI::App& app, Context& context) {
  CLI::App* manifest = AddNoun(app, "manifest", "Manifests (联单): waste from hand to hand");
  AddCommand<IssueOptions>(*manifest, "issue", "Issue a manifest (consignor)", context,
                           DeclareIssue, RunIssue);
  AddHandoverCommands(*manifest, context);
  AddConfirmCommand(*manifest, context);
  AddManifestChangeCommands(*manifest, context);
  AddSelfDeliverCommand(*manifest, context);
  AddCommand<ShowOptions>(
      *manifest, "show", "One manifest", context,
      [](CLI::App& command, ShowOptions& options) {
        command.add_option("MANIFEST", options.manifest, "Id, @name or official number")
            ->required();
      },
      RunShow);
  AddCommand<ListOptions>(
      *manifest, "list", "Manifests", context,
      [](CLI::App& command, ListOptions& options) {
        command.add_option("--party", options.party, "As consignor, carrier or receiver");
        command.add_option("--status", options.status,
                           EnumHelp(state::v1::ManifestStatus_descriptor()));
        command.add_flag("--unconfirmed", options.unconfirmed,
                         "Only what was collected with nobody there and waits for an answer");
        command.footer("Example: cradle manifest list --party @haulier --status in-transit");
      },
      RunList);
}

}  // namespace cradle::cli
