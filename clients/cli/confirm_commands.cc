// `cradle manifest confirm`: what came of each line, weighed by the receiver.
#include <fmt/format.h>

#include <map>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/documents.h"
#include "clients/cli/facts.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/quantity.h"
#include "services/rules/lines.h"
#include "services/rules/share_mass.h"

namespace cradle::cli {
namespace {

using statement::v1::ReceiptConfirmed;
using statement::v1::ReceivedLine;
using statement::v1::Statement;
using Fields = std::map<std::string, std::string>;

struct ConfirmOptions {
  std::string manifest;
  std::vector<std::string> lines;
  bool as_sent = false;
  std::string basis = "declared";
  std::string ticket;
  std::string share = "sent";
  std::string at;
  AssertionOptions assertion;
};

// As it came, where that is not as it was sent.
absl::Status FillObserved(Fields& fields, ReceivedLine& line) {
  if (!fields["form"].empty()) {
    auto form = ParseEnum<statement::v1::PhysicalForm>(statement::v1::PhysicalForm_descriptor(),
                                                       fields["form"], "--line form");
    if (!form.ok()) return form.status();
    line.set_form(*form);
  }
  if (!fields["packaging"].empty()) {
    auto packaging = ParseEnum<statement::v1::Packaging>(statement::v1::Packaging_descriptor(),
                                                         fields["packaging"], "--line packaging");
    if (!packaging.ok()) return packaging.status();
    line.set_packaging(*packaging);
  }
  if (!fields["count"].empty()) {
    absl::StatusOr<uint32_t> count = CountArgument(fields["count"], "--line count");
    if (!count.ok()) return count.status();
    line.set_package_count(*count);
  }
  if (!fields["note"].empty()) {
    absl::StatusOr<std::string> note = DocumentSha256(fields["note"]);
    if (!note.ok()) return note.status();
    line.set_note_sha256(*note);
  }
  line.set_observed_waste_code(fields["code"]);
  return absl::OkStatus();
}

// `accepted` says in part, a reason alone refused, neither accepted.
absl::Status FillOutcome(Fields& fields, ReceivedLine& line) {
  line.set_outcome(statement::v1::LINE_OUTCOME_ACCEPTED);
  if (fields["reason"].empty()) {
    return fields["accepted"].empty()
               ? absl::OkStatus()
               : absl::InvalidArgumentError("--line accepted: say the reason for the rest too");
  }
  auto reason = ParseEnum<statement::v1::RefusalReason>(statement::v1::RefusalReason_descriptor(),
                                                        fields["reason"], "--line reason");
  if (!reason.ok()) return reason.status();
  line.set_refusal_reason(*reason);
  if (fields["accepted"].empty()) {
    line.set_outcome(statement::v1::LINE_OUTCOME_REFUSED);
    return absl::OkStatus();
  }
  absl::StatusOr<int64_t> accepted_g = MassArgument(fields["accepted"], "--line accepted");
  if (!accepted_g.ok()) return accepted_g.status();
  line.set_outcome(statement::v1::LINE_OUTCOME_PARTLY_ACCEPTED);
  line.set_accepted_mass_g(*accepted_g);
  line.set_remainder_batch(evidence::RandomId());
  return absl::OkStatus();
}

absl::StatusOr<ReceivedLine> ParseReceivedLine(Context& context, const ConfirmOptions& options,
                                               const std::string& text) {
  auto fields = ParseFields(text,
                            {"mass", "basis", "method", "accepted", "reason", "form", "packaging",
                             "count", "code", "note", "weighed"},
                            "--line");
  if (!fields.ok()) return fields.status();
  absl::StatusOr<std::string> batch = context.Id((*fields)[""], "--line");
  if (!batch.ok()) return batch.status();
  ReceivedLine line;
  line.set_batch(*batch);
  line.set_method_code((*fields)["method"]);
  absl::Status filled = FillOutcome(*fields, line);
  if (filled.ok()) filled = FillObserved(*fields, line);
  if (!filled.ok()) return filled;
  if (!(*fields)["weighed"].empty()) {
    absl::StatusOr<int64_t> weighed_g = MassArgument((*fields)["weighed"], "--line weighed");
    if (!weighed_g.ok()) return weighed_g.status();
    line.set_line_mass_g(*weighed_g);
  }
  const bool refused = line.outcome() == statement::v1::LINE_OUTCOME_REFUSED;
  if ((*fields)["mass"].empty()) {
    // Turned away unweighed, or weighed with the vehicle.
    if (refused || !options.ticket.empty()) return line;
    return absl::InvalidArgumentError(
        fmt::format("--line: '{}' says no mass: BATCH,mass=1.19t", text));
  }
  absl::StatusOr<int64_t> mass_g = MassArgument((*fields)["mass"], "--line mass");
  if (!mass_g.ok()) return mass_g.status();
  auto basis = ParseBasis((*fields)["basis"].empty() ? options.basis : (*fields)["basis"]);
  if (!basis.ok()) return basis.status();
  line.set_received_mass_g(*mass_g);
  *line.mutable_mass_basis() = *basis;
  return line;
}

// The lines given, by batch.
absl::StatusOr<std::map<std::string, ReceivedLine>> ParseReceived(Context& context,
                                                                  const ConfirmOptions& options) {
  std::map<std::string, ReceivedLine> received;
  for (const std::string& text : options.lines) {
    absl::StatusOr<ReceivedLine> line = ParseReceivedLine(context, options, text);
    if (!line.ok()) return line.status();
    const std::string batch = line->batch();
    if (!received.emplace(batch, *std::move(line)).second) {
      return absl::InvalidArgumentError(fmt::format("--line: batch {} is given twice", batch));
    }
  }
  return received;
}

// Every line of the manifest in its order, as given or as sent.
absl::Status FillLines(const ConfirmOptions& options, const statement::v1::ManifestIssued& issued,
                       std::map<std::string, ReceivedLine> received, ReceiptConfirmed& confirmed) {
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  for (const statement::v1::ManifestLine& sent : issued.lines()) {
    ReceivedLine& line = *confirmed.add_lines();
    if (const auto given = received.find(sent.batch()); given != received.end()) {
      line = given->second;
      received.erase(given);
    } else if (options.as_sent || !options.ticket.empty()) {
      line.set_batch(sent.batch());
      line.set_outcome(statement::v1::LINE_OUTCOME_ACCEPTED);
      line.set_received_mass_g(sent.sent_mass_g());
      *line.mutable_mass_basis() = *basis;
    } else {
      return absl::InvalidArgumentError(
          fmt::format("what was received of batch {}? Give --line {},mass=…, or --as-sent for what "
                      "weighs as it was sent",
                      sent.batch(), sent.batch()));
    }
    if (line.method_code().empty()) line.set_method_code(sent.method_code());
  }
  if (received.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("--line: batch {} is not on this manifest", received.begin()->first));
}

// The ticket, and what it makes of the lines.
absl::Status ShareTicket(Context& context, const ConfirmOptions& options,
                         const statement::v1::ManifestIssued& issued, ReceiptConfirmed& confirmed) {
  const std::string named = issued.carriers().empty() ? "" : issued.carriers().rbegin()->vehicle();
  auto ticket = ParseTicket(context, options.ticket, named);
  if (!ticket.ok()) return ticket.status();
  if (ticket->vehicle().empty()) {
    return absl::InvalidArgumentError("the manifest names no vehicle: give --ticket …,vehicle=");
  }
  std::vector<int64_t> shares;
  if (options.share == "sent") {
    confirmed.set_weigh_share(statement::v1::WEIGH_SHARE_BY_SENT_MASS);
    for (const auto& line : issued.lines()) shares.push_back(line.sent_mass_g());
    shares = rules::ShareMass(ticket->net_mass_g(), shares);
  } else if (options.share == "line-weight") {
    confirmed.set_weigh_share(statement::v1::WEIGH_SHARE_BY_LINE_WEIGHT);
    for (const auto& line : confirmed.lines()) shares.push_back(line.line_mass_g());
    shares = rules::ShareMass(ticket->net_mass_g(), shares);
  } else {
    const bool prefixed = options.share.starts_with("line:");
    absl::StatusOr<uint32_t> line =
        CountArgument(prefixed ? options.share.substr(5) : options.share, "--share");
    if (!prefixed || !line.ok() || *line == 0 ||
        *line > static_cast<uint32_t>(issued.lines_size())) {
      return absl::InvalidArgumentError(
          fmt::format("--share: '{}' is not sent, line-weight or line:N", options.share));
    }
    confirmed.set_weigh_share(statement::v1::WEIGH_SHARE_ALL_TO_LINE);
    confirmed.set_share_line(*line);
    for (const auto& sent : issued.lines()) shares.push_back(sent.sent_mass_g());
    shares[*line - 1] += ticket->net_mass_g() - issued.total_sent_mass_g();
  }
  for (int i = 0; i < confirmed.lines_size(); ++i) {
    ReceivedLine& line = *confirmed.mutable_lines(i);
    line.set_received_mass_g(shares[static_cast<size_t>(i)]);
    line.mutable_mass_basis()->Clear();
    line.mutable_mass_basis()->set_method(statement::v1::MASS_METHOD_WEIGHED);
    line.mutable_mass_basis()->set_scale_id(ticket->scale_id());
  }
  *confirmed.mutable_weigh_ticket() = *std::move(ticket);
  return absl::OkStatus();
}

// What was refused of lines accepted in part: `remainder`, or `remainder1`, `remainder2` … in the
// order of the lines.
Json Remainders(const ReceiptConfirmed& confirmed) {
  std::vector<std::string> remainders;
  for (const ReceivedLine& line : confirmed.lines()) {
    if (!line.remainder_batch().empty()) remainders.push_back(line.remainder_batch());
  }
  if (remainders.size() == 1) return {{"remainder", remainders[0]}};
  Json made = Json::object();
  for (size_t i = 0; i < remainders.size(); ++i) {
    made[fmt::format("remainder{}", i + 1)] = remainders[i];
  }
  return made;
}

absl::Status RunConfirm(Context& context, const ConfirmOptions& options) {
  absl::StatusOr<std::string> manifest = context.Id(options.manifest, "MANIFEST");
  if (!manifest.ok()) return manifest.status();
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  auto received = ParseReceived(context, options);
  if (!received.ok()) return received.status();
  absl::StatusOr<sdk::ManifestFacts> facts = ManifestFactsOf(context, *manifest);
  if (!facts.ok()) return facts.status();

  Statement asked;
  ReceiptConfirmed& confirmed = *asked.mutable_receipt_confirmed();
  confirmed.set_manifest(*manifest);
  confirmed.set_confirmed_time_ms(*time_ms);
  // Entered afterwards, it keeps the time that the paper has.
  if (facts->issued.has_paper()) asked.set_claimed_time_ms(*time_ms);
  absl::Status filled = FillLines(options, facts->issued, *std::move(received), confirmed);
  if (filled.ok() && !options.ticket.empty()) {
    filled = ShareTicket(context, options, facts->issued, confirmed);
  }
  if (!filled.ok()) return filled;
  int64_t total_mass_g = 0;
  for (const ReceivedLine& line : confirmed.lines()) total_mass_g += line.received_mass_g();
  const Json made = Remainders(confirmed);
  if (confirmed.lines_size() >= kManyLines) rules::SayOnceOfAllLines(confirmed);
  confirmed.set_total_received_mass_g(total_mass_g);
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_RECEIVER);
  return Assert(context, asked, options.assertion, made);
}

void DeclareConfirm(CLI::App& command, ConfirmOptions& options) {
  command.add_option("MANIFEST", options.manifest, "Id or @name")->required();
  AddEach(command, "--line", options.lines,
          "BATCH,mass=MASS[,basis=BASIS][,method=CODE], again for each. What is not accepted: "
          "reason=REASON, and of a line accepted in part accepted=MASS; a line refused unweighed "
          "has no mass. As it came, if not as sent: form=, packaging=, count=, code=; note=FILE; "
          "weighed=MASS of the line by itself. Reasons: " +
              EnumHelp(statement::v1::RefusalReason_descriptor()));
  command.add_flag("--as-sent", options.as_sent, "Batches without --line weigh as they were sent");
  command.add_option("--basis", options.basis, kBasisHelp);
  command.add_option("--ticket", options.ticket, kTicketHelp);
  command.add_option("--share", options.share,
                     "How the ticket's net mass is shared: sent (in proportion to what was sent), "
                     "line-weight (to what each line weighed), line:N (the difference to line N)");
  command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
  DeclareAssertion(command, options.assertion, /*begins=*/true);
  command.footer(
      "Example: cradle manifest confirm @trip1 --line @oil1,mass=1.19t --basis weighed:S9:1kg\n"
      "  cradle manifest confirm @trip1 --line @oil1,mass=1.2t,accepted=0.9t,reason=packaging "
      "--alias rest\n"
      "  cradle manifest confirm @trip1 --ticket "
      "BD17,gross=19.2t,tare=12t,scale=S9,verified-until=2026-12-31");
}

}  // namespace

void AddConfirmCommand(CLI::App& manifest, Context& context) {
  AddCommand<ConfirmOptions>(manifest, "confirm", "What came of each line, weighed by the receiver",
                             context, DeclareConfirm, RunConfirm);
}

}  // namespace cradle::cli
