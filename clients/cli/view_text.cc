#include "clients/cli/view_text.h"

#include <fmt/format.h>

#include <vector>

#include "clients/cli/arguments.h"
#include "clients/cli/output.h"
#include "clients/sdk/quantity.h"
#include "storage/evidence/hash.h"

namespace cradle::cli {
namespace {

std::string Marks(const google::protobuf::RepeatedPtrField<v1::Violation>& marks, bool chinese) {
  if (marks.empty()) return "";
  return "\nmarked:\n" +
         ViolationLines(std::vector<v1::Violation>(marks.begin(), marks.end()), chinese);
}

// By name. Of a batch made of many, the batches it was made of name them: they would not fit a
// line.
std::string GeneratorsText(const v1::RelatedBatch& related) {
  constexpr int kShownMax = 3;
  if (related.generators().empty()) return "unknown";
  if (related.generators_size() > kShownMax) {
    return fmt::format("{} organisations", related.generators_size());
  }
  std::string text;
  for (int i = 0; i < related.generators_size(); ++i) {
    if (i > 0) text += ", ";
    const bool named = i < related.generator_names_size() && !related.generator_names(i).empty();
    text += named ? related.generator_names(i) : related.generators(i);
  }
  return text;
}

std::string RelatedText(const std::string& heading,
                        const google::protobuf::RepeatedPtrField<v1::RelatedBatch>& related) {
  if (related.empty()) return "";
  Table table({"BATCH", ">STEPS", "VIA", "CODE", ">MASS", "STATUS", "SINCE", "GENERATOR"});
  for (const v1::RelatedBatch& each : related) {
    table.Add({each.batch(), fmt::format("{}", each.steps()), each.via(), each.waste_code(),
               sdk::FormatMass(each.mass_g()), StatusText(each.status()),
               each.storage_start_date().empty() ? "unknown" : each.storage_start_date(),
               GeneratorsText(each)});
  }
  return fmt::format("\n{}\n{}", heading, table.Text());
}

std::string Named(const std::string& name, const std::string& id) {
  return name.empty() ? id : fmt::format("{} ({})", name, id);
}

// Whose it was and who has it.
std::string HeldByText(const v1::BatchView& view) {
  const state::v1::BatchState& batch = view.batch();
  std::string generator = "unknown";
  if (!batch.generator().empty()) generator = Named(view.generator_name(), batch.generator());
  if (!batch.generators().empty()) {
    generator = fmt::format("{} organisations", batch.generators_size());
  }
  std::string text = fmt::format("  generator  {}\n", generator);
  for (const std::string& each : batch.generators()) {
    text += fmt::format("             {}\n", each);
  }
  return text + fmt::format("  custodian  {}\n", Named(view.custodian_name(), batch.custodian()));
}

// "accepted", or "refused: no-capacity"; and behind it what differs.
std::string OutcomeOf(const state::v1::ManifestState& manifest, int line) {
  const statement::v1::ReceivedLine& received = manifest.received(line);
  std::string text = EnumName(statement::v1::LineOutcome_descriptor(), received.outcome());
  if (received.refusal_reason() != statement::v1::REFUSAL_REASON_UNSPECIFIED) {
    text += ": " + EnumName(statement::v1::RefusalReason_descriptor(), received.refusal_reason());
  }
  for (const state::v1::LineDifference& difference : manifest.differences()) {
    if (difference.line() != static_cast<uint32_t>(line)) continue;
    for (const int kind : difference.kinds()) {
      text += ", " + EnumName(state::v1::DifferenceKind_descriptor(), kind);
    }
  }
  return text;
}

// Of a manifest that a round took up, or that its consignor brought.
std::string CollectionText(const state::v1::ManifestState& manifest) {
  if (manifest.self_delivered()) return "brought by its consignor\n";
  if (!manifest.has_collection()) return "";
  const state::v1::Collection& collection = manifest.collection();
  std::string text = fmt::format("collected on the round {}\n", collection.round());
  if (!collection.one_sided()) return text;
  text += "nobody was there: attested by the carrier alone";
  if (collection.countersigned_index() != 0) {
    return text + fmt::format(", countersigned at entry {}\n", collection.countersigned_index());
  }
  if (!collection.has_contest()) return text + ", unconfirmed\n";
  const state::v1::CollectionContest& contest = collection.contest();
  const std::string resolution =
      EnumName(statement::v1::ContestResolution_descriptor(), contest.resolution());
  return text + fmt::format(", contested at entry {} for {}: {}\n", contest.index(),
                            EnumName(statement::v1::CollectionContestReason_descriptor(),
                                     contest.contested().reason()),
                            contest.resolved_index() == 0 ? "open" : resolution);
}

// What is owed or said after a receipt: report, returns, contests.
std::string AfterReceipt(const state::v1::ManifestState& manifest) {
  std::string text;
  if (!manifest.weighed_vehicle().empty()) {
    text += fmt::format("vehicle {} weighed {} against what was sent\n", manifest.weighed_vehicle(),
                        sdk::FormatMass(manifest.vehicle_difference_g()));
  }
  if (!manifest.report_division().empty()) {
    text += fmt::format("differences are reported to the authority of {}\n",
                        manifest.report_division());
  }
  for (const std::string& batch : manifest.returned_batches()) {
    text += fmt::format("returned {}\n", batch);
  }
  for (const state::v1::Contest& contest : manifest.contests()) {
    const std::string resolution =
        EnumName(statement::v1::ContestResolution_descriptor(), contest.resolution());
    text += fmt::format(
        "contested at entry {} for {}: {}\n", contest.index(),
        EnumName(statement::v1::ContestReason_descriptor(), contest.contested().reason()),
        contest.resolved_index() == 0 ? "open" : resolution);
  }
  return text;
}

}  // namespace

std::string StatusText(state::v1::BatchStatus status) {
  return EnumName(state::v1::BatchStatus_descriptor(), status);
}

std::string AgeText(int64_t age_days) {
  return age_days < 0 ? "unknown" : fmt::format("{} d", age_days);
}

std::string DueText(const v1::BatchView& view) {
  if (!view.has_due_time_ms()) return "-";
  const std::string due =
      view.due_time_ms() == 0 ? "unknown" : sdk::FormatTimeShort(view.due_time_ms());
  return due + (view.overdue() ? " overdue" : "");
}

std::string BatchText(const v1::BatchView& view, const std::string& on_date, bool chinese) {
  const state::v1::BatchState& batch = view.batch();
  std::string text = fmt::format("batch {}\n  waste      {}  {}  {}\n  status     {}\n",
                                 batch.batch(), batch.waste_code(), sdk::FormatMass(batch.mass_g()),
                                 EnumName(statement::v1::PhysicalForm_descriptor(), batch.form()),
                                 StatusText(view.status()));
  text += HeldByText(view);
  if (!batch.replaces().empty()) text += fmt::format("  replaces   {}\n", batch.replaces());
  if (!batch.replaced_by().empty())
    text += fmt::format("  replaced   by {}\n", batch.replaced_by());
  if (!batch.ward().empty()) text += fmt::format("  ward       {}\n", batch.ward());
  if (batch.medical().disinfected_time_ms() != 0) {
    text += fmt::format(
        "  disinfected {} by {}\n", sdk::FormatTimeShort(batch.medical().disinfected_time_ms()),
        EnumName(statement::v1::Disinfectant_descriptor(), batch.medical().agent()));
  }
  if (!batch.unit().empty()) text += fmt::format("  packed in  {}\n", batch.unit());
  if (batch.unaccounted_mass_g() != 0) {
    text += fmt::format("  missing    {} not found by a reading\n",
                        sdk::FormatMass(batch.unaccounted_mass_g()));
  }
  for (const int head : view.missing()) {
    text += fmt::format("  missing    {}: due, and not given\n",
                        EnumName(v1::InformationHead_descriptor(), head));
  }
  if (batch.oldest_out_first()) {
    text += "  assumed    a bulk store gives its oldest layers first\n";
  }
  if (!batch.facility().empty()) text += fmt::format("  facility   {}\n", batch.facility());
  if (!batch.manifest().empty()) text += fmt::format("  manifest   {}\n", batch.manifest());
  if (!batch.batch_code().empty()) text += fmt::format("  own code   {}\n", batch.batch_code());
  if (batch.ending() != statement::v1::ENDING_UNSPECIFIED) {
    text += fmt::format("  ending     {} by {}\n",
                        EnumName(statement::v1::Ending_descriptor(), batch.ending()),
                        batch.method_code());
  } else {
    text += fmt::format("  since      {}  age {} on {}\n",
                        view.storage_start_date().empty() ? "unknown" : view.storage_start_date(),
                        AgeText(view.age_days()), on_date);
    if (view.has_due_time_ms()) text += fmt::format("  leaves by  {}\n", DueText(view));
  }
  return text + Marks(view.marks(), chinese);
}

std::string ManifestText(const v1::ManifestView& view, bool chinese) {
  const state::v1::ManifestState& manifest = view.manifest();
  const statement::v1::ManifestIssued& issued = manifest.issued();
  const char* const no_number = manifest.official_number_due() ? "due" : "-";
  std::string text = fmt::format(
      "manifest {}\n  official   {}\n  status     {}\n  consignor  {}\n", issued.manifest(),
      manifest.official_number().empty() ? no_number : manifest.official_number(),
      EnumName(state::v1::ManifestStatus_descriptor(), manifest.status()),
      Named(view.consignor_name(), manifest.consignor()));
  for (int i = 0; i < issued.carriers_size(); ++i) {
    const std::string name = i < view.carrier_names_size() ? view.carrier_names(i) : "";
    text +=
        fmt::format("  carrier {}  {}\n", i + 1, Named(name, issued.carriers(i).organisation()));
  }
  text += fmt::format("  receiver   {}\n", Named(view.receiver_name(), issued.receiver()));
  text += fmt::format("  issued {}  taken {}  delivered {}  confirmed {}\n\n",
                      sdk::FormatTimeShort(manifest.issued_time_ms()),
                      sdk::FormatTimeShort(manifest.taken_time_ms()),
                      sdk::FormatTimeShort(manifest.delivered_time_ms()),
                      sdk::FormatTimeShort(manifest.confirmed_time_ms()));
  Table lines({"BATCH", "CODE", ">SENT", ">RECEIVED", "PACKAGING", "METHOD", "OUTCOME"});
  for (int i = 0; i < issued.lines_size(); ++i) {
    const statement::v1::ManifestLine& line = issued.lines(i);
    lines.Add({line.batch(), line.waste_code(), sdk::FormatMass(line.sent_mass_g()),
               i < manifest.received_size()
                   ? sdk::FormatMass(manifest.received(i).received_mass_g())
                   : "-",
               fmt::format("{} × {}", line.package_count(),
                           EnumName(statement::v1::Packaging_descriptor(), line.packaging())),
               line.method_code(), i < manifest.received_size() ? OutcomeOf(manifest, i) : "-"});
  }
  text += lines.Text();
  if (view.difference_mass_g() != 0) {
    text += fmt::format("received less sent: {}\n", sdk::FormatMass(view.difference_mass_g()));
  }
  return text + CollectionText(manifest) + AfterReceipt(manifest) + Marks(view.marks(), chinese);
}

std::string DisputesText(const google::protobuf::RepeatedPtrField<v1::DisputeView>& disputes,
                         bool chinese) {
  std::string text;
  for (const v1::DisputeView& view : disputes) {
    const state::v1::DisputeState& dispute = view.dispute();
    const char* const open = chinese ? "有争议" : "disputed, open";
    const char* const closed = chinese ? "争议已裁决" : "disputed, resolved";
    text += fmt::format("\n{}  height {}  {}\n", dispute.chain(), dispute.height(),
                        view.open() ? open : closed);
    if (!view.admitted_statement_hash().empty()) {
      text += fmt::format("  admitted  entry {}  {}\n", view.admitted_index(),
                          evidence::Hex(view.admitted_statement_hash()));
    }
    int name = 0;
    for (const state::v1::DisputedClaim& claim : dispute.claims()) {
      text += fmt::format("  claimed   entry {}  {}\n    by", claim.index(),
                          evidence::Hex(claim.statement_hash()));
      for (const std::string& organisation : claim.organisations()) {
        text += " " + Named(name < view.organisation_names_size() ? view.organisation_names(name)
                                                                  : std::string(),
                            organisation);
        ++name;
      }
      text += fmt::format(", recorded {}\n", sdk::FormatTimeShort(claim.recorded_time_ms()));
    }
    if (!dispute.has_resolution()) continue;
    const statement::v1::DisputeResolved& resolved = dispute.resolution().resolved();
    text += fmt::format("  upheld    {}  by {} in entry {}: {}, {}\n",
                        evidence::Hex(resolved.upheld()), dispute.resolution().regulator(),
                        dispute.resolution().index(), resolved.decision_reference(),
                        EnumName(statement::v1::DisputeReason_descriptor(), resolved.reason()));
  }
  return text;
}

std::string TraceText(const v1::TraceResponse& trace, bool chinese) {
  Table steps({">ENTRY", "RECORDED", "ACT", "EVENT", ">MASS", "BY", "MARKS"});
  for (const v1::TraceStep& step : trace.steps()) {
    std::string by;
    for (int i = 0; i < step.organisations_size(); ++i) {
      if (i > 0) by += " → ";
      by += i < step.organisation_names_size() && !step.organisation_names(i).empty()
                ? step.organisation_names(i)
                : step.organisations(i);
    }
    std::string marks;
    for (const v1::Violation& mark : step.marks())
      marks += (marks.empty() ? "" : " ") + mark.rule();
    steps.Add({fmt::format("{}", step.index()), sdk::FormatTimeShort(step.recorded_time_ms()),
               sdk::FormatTimeShort(step.act_time_ms()), step.event(),
               step.mass_g() == 0 ? "-" : sdk::FormatMass(step.mass_g()), by,
               marks.empty() ? "-" : marks});
  }
  std::string text = BatchText(trace.batch(), "today", chinese) + "\n" + steps.Text();
  for (const std::string& manifest : trace.manifests()) {
    text += fmt::format("on manifest {}\n", manifest);
  }
  text += RelatedText("made of", trace.sources()) + RelatedText("became", trace.made());
  if (trace.more()) text += "there are more: trace the last ones on\n";
  if (trace.oldest_out_first()) {
    text += "assumed: a bulk store gives its oldest layers first\n";
  }
  return text + DisputesText(trace.disputes(), chinese);
}

}  // namespace cradle::cli
