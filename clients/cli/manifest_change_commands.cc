// `cradle manifest cancel|carriers|number|return|contest|resolve`: what changes, ends or
// follows a manifest.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/documents.h"
#include "clients/cli/facts.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/quantity.h"
#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

// Where a statement about a manifest begins: its id and what is known of it.
struct Subject {
  std::string manifest;
  sdk::ManifestFacts facts;
};

absl::StatusOr<Subject> Find(Context& context, const std::string& text) {
  absl::StatusOr<std::string> manifest = context.Id(text, "MANIFEST");
  if (!manifest.ok()) return manifest.status();
  absl::StatusOr<sdk::ManifestFacts> facts = ManifestFactsOf(context, *manifest);
  if (!facts.ok()) return facts.status();
  return Subject{*manifest, *std::move(facts)};
}

void DeclareManifest(CLI::App& command, std::string& manifest) {
  command.add_option("MANIFEST", manifest, "Id or @name")->required();
}

// --- cancel -------------------------------------------------------------------------------------

struct CancelOptions {
  std::string manifest;
  std::string reason;
  AssertionOptions assertion;
};

absl::Status RunCancel(Context& context, const CancelOptions& options) {
  absl::StatusOr<Subject> subject = Find(context, options.manifest);
  if (!subject.ok()) return subject.status();
  auto reason = ParseEnum<statement::v1::CancelReason>(statement::v1::CancelReason_descriptor(),
                                                       options.reason, "--reason");
  if (!reason.ok()) return reason.status();
  Statement asked;
  statement::v1::ManifestCancelled& cancelled = *asked.mutable_manifest_cancelled();
  cancelled.set_manifest(subject->manifest);
  cancelled.set_reason(*reason);
  for (const auto& line : subject->facts.issued.lines()) cancelled.add_batches(line.batch());
  sdk::AddParty(asked, subject->facts.consignor, statement::v1::CAPACITY_CONSIGNOR);
  return Assert(context, asked, options.assertion);
}

void DeclareCancel(CLI::App& command, CancelOptions& options) {
  DeclareManifest(command, options.manifest);
  command
      .add_option("--reason", options.reason, EnumHelp(statement::v1::CancelReason_descriptor()))
      ->required();
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer("Example: cradle manifest cancel @trip1 --reason not-collected");
}

// --- carriers -----------------------------------------------------------------------------------

struct CarriersOptions {
  std::string manifest;
  std::vector<std::string> carriers;
  AssertionOptions assertion;
};

absl::Status RunCarriers(Context& context, const CarriersOptions& options) {
  absl::StatusOr<Subject> subject = Find(context, options.manifest);
  if (!subject.ok()) return subject.status();
  Statement asked;
  statement::v1::CarriersChanged& changed = *asked.mutable_carriers_changed();
  changed.set_manifest(subject->manifest);
  for (const std::string& text : options.carriers) {
    absl::StatusOr<statement::v1::CarrierLeg> leg = ParseLeg(context, text);
    if (!leg.ok()) return leg.status();
    *changed.add_carriers() = *std::move(leg);
  }
  sdk::AddParty(asked, subject->facts.consignor, statement::v1::CAPACITY_CONSIGNOR);
  return Assert(context, asked, options.assertion);
}

void DeclareCarriers(CLI::App& command, CarriersOptions& options) {
  DeclareManifest(command, options.manifest);
  AddEach(command, "--carrier", options.carriers,
          "ORG[,vehicle=VEHICLE], again for each leg in order; they replace all who have not "
          "signed yet. None: who holds the load delivers it");
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer("Example: cradle manifest carriers @trip1 --carrier @haulier2,vehicle=@truck7");
}

// --- number -------------------------------------------------------------------------------------

struct NumberOptions {
  std::string manifest;
  std::string number;
  AssertionOptions assertion;
};

absl::Status RunNumber(Context& context, const NumberOptions& options) {
  if (absl::Status status = rules::CheckOfficialNumber(options.number); !status.ok()) {
    return Naming("NUMBER", status);
  }
  absl::StatusOr<Subject> subject = Find(context, options.manifest);
  if (!subject.ok()) return subject.status();
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  Statement asked;
  statement::v1::OfficialNumberAttached& attached = *asked.mutable_official_number_attached();
  attached.set_manifest(subject->manifest);
  attached.set_official_number(options.number);
  sdk::AddParty(asked, *self,
                *self == subject->facts.issued.receiver() ? statement::v1::CAPACITY_RECEIVER
                                                          : statement::v1::CAPACITY_CONSIGNOR);
  return Assert(context, asked, options.assertion);
}

void DeclareNumber(CLI::App& command, NumberOptions& options) {
  DeclareManifest(command, options.manifest);
  command.add_option("NUMBER", options.number, "14 digits, as the national system gave it")
      ->required();
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer("Example: cradle manifest number @trip1 20263707000001");
}

// --- return -------------------------------------------------------------------------------------

struct ReturnOptions {
  std::string manifest;
  std::vector<std::string> batches;
  std::string carrier;
  std::string vehicle;
  std::string at;
  AssertionOptions assertion;
};

absl::Status RunReturn(Context& context, const ReturnOptions& options) {
  absl::StatusOr<Subject> subject = Find(context, options.manifest);
  if (!subject.ok()) return subject.status();
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  absl::StatusOr<std::string> carrier = context.Id(options.carrier, "--carrier");
  if (!carrier.ok()) return carrier.status();
  absl::StatusOr<std::string> vehicle = context.Id(options.vehicle, "--vehicle");
  if (!vehicle.ok()) return vehicle.status();
  Statement asked;
  statement::v1::LoadReturned& returned = *asked.mutable_load_returned();
  returned.set_manifest(subject->manifest);
  returned.set_vehicle(*vehicle);
  returned.set_returned_time_ms(*time_ms);
  for (const std::string& text : options.batches) {
    absl::StatusOr<std::string> batch = context.Id(text, "--batch");
    if (!batch.ok()) return batch.status();
    returned.add_batches(*batch);
  }
  sdk::AddParty(asked, *carrier, statement::v1::CAPACITY_CARRIER);
  sdk::AddParty(asked, subject->facts.consignor, statement::v1::CAPACITY_CONSIGNOR);
  return Assert(context, asked, options.assertion);
}

void DeclareReturn(CLI::App& command, ReturnOptions& options) {
  DeclareManifest(command, options.manifest);
  AddEach(command, "--batch", options.batches, "Refused batch that is back, again for each")
      ->required();
  command.add_option("--carrier", options.carrier, "Who brings it")->required();
  command.add_option("--vehicle", options.vehicle, "On which vehicle")->required();
  command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
  DeclareAssertion(command, options.assertion, /*begins=*/false, /*two_parties=*/true);
  command.footer(
      "Example: cradle manifest return @trip1 --batch @oil1 --carrier @haulier --vehicle @truck "
      "--out back.statement");
}

// --- contest, resolve ---------------------------------------------------------------------------

struct ContestOptions {
  std::string manifest;
  std::vector<std::string> batches;
  std::string reason;
  std::vector<std::string> evidence;
  AssertionOptions assertion;
};

absl::Status RunContest(Context& context, const ContestOptions& options) {
  absl::StatusOr<Subject> subject = Find(context, options.manifest);
  if (!subject.ok()) return subject.status();
  auto reason = ParseEnum<statement::v1::ContestReason>(statement::v1::ContestReason_descriptor(),
                                                        options.reason, "--reason");
  if (!reason.ok()) return reason.status();
  Statement asked;
  statement::v1::ReceiptContested& contested = *asked.mutable_receipt_contested();
  contested.set_manifest(subject->manifest);
  contested.set_reason(*reason);
  for (const std::string& text : options.batches) {
    absl::StatusOr<std::string> batch = context.Id(text, "--batch");
    if (!batch.ok()) return batch.status();
    contested.add_batches(*batch);
  }
  absl::Status documents = AddDocuments(options.evidence, *contested.mutable_evidence_sha256());
  if (!documents.ok()) return documents;
  sdk::AddParty(asked, subject->facts.consignor, statement::v1::CAPACITY_CONSIGNOR);
  return Assert(context, asked, options.assertion);
}

void DeclareContest(CLI::App& command, ContestOptions& options) {
  DeclareManifest(command, options.manifest);
  AddEach(command, "--batch", options.batches, "Batch it is about, again for each")->required();
  command
      .add_option("--reason", options.reason, EnumHelp(statement::v1::ContestReason_descriptor()))
      ->required();
  AddEach(command, "--evidence", options.evidence,
          "Document; its SHA-256 goes into the log; again for each");
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer(
      "Example: cradle manifest contest @trip1 --batch @oil1 --reason mass --evidence scale.pdf");
}

struct ResolveOptions {
  std::string manifest;
  std::string resolution;
  bool of_collection = false;
  std::vector<std::string> evidence;
  AssertionOptions assertion;
};

absl::Status RunResolve(Context& context, const ResolveOptions& options) {
  absl::StatusOr<Subject> subject = Find(context, options.manifest);
  if (!subject.ok()) return subject.status();
  auto resolution = ParseEnum<statement::v1::ContestResolution>(
      statement::v1::ContestResolution_descriptor(), options.resolution, "--resolution");
  if (!resolution.ok()) return resolution.status();
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  Statement asked;
  statement::v1::ContestResolved& resolved = *asked.mutable_contest_resolved();
  resolved.set_manifest(subject->manifest);
  resolved.set_resolution(*resolution);
  absl::Status documents = AddDocuments(options.evidence, *resolved.mutable_evidence_sha256());
  if (!documents.ok()) return documents;
  const sdk::ManifestFacts& facts = subject->facts;
  resolved.set_of_collection(options.of_collection);
  if (options.of_collection && facts.issued.carriers().empty()) {
    return absl::FailedPreconditionError("no round took up this manifest");
  }
  const std::string& other =
      options.of_collection ? facts.issued.carriers(0).organisation() : facts.issued.receiver();
  if (*self == facts.consignor || *self == other) {
    if (options.assertion.out.empty() && !options.assertion.dry_run) {
      return absl::InvalidArgumentError(
          "--out: the consignor and the other side both attest; the file goes to the other");
    }
    sdk::AddParty(asked, facts.consignor, statement::v1::CAPACITY_CONSIGNOR);
    sdk::AddParty(
        asked, other,
        options.of_collection ? statement::v1::CAPACITY_CARRIER : statement::v1::CAPACITY_RECEIVER);
  } else {
    sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  }
  return Assert(context, asked, options.assertion);
}

void DeclareResolve(CLI::App& command, ResolveOptions& options) {
  DeclareManifest(command, options.manifest);
  command
      .add_option("--resolution", options.resolution,
                  EnumHelp(statement::v1::ContestResolution_descriptor()))
      ->required();
  command.add_flag("--collection", options.of_collection,
                   "Of the collection, with the carrier; else of the receipt, with the receiver");
  AddEach(command, "--evidence", options.evidence,
          "Document; its SHA-256 goes into the log; again for each");
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer(
      "Example: cradle manifest resolve @trip1 --resolution settled --out agreed.statement\n"
      "A regulator of the receiving place resolves alone, without --out.");
}

}  // namespace

void AddManifestChangeCommands(CLI::App& manifest, Context& context) {
  AddCommand<CancelOptions>(manifest, "cancel", "Cancel before pickup (consignor)", context,
                            DeclareCancel, RunCancel);
  AddCommand<CarriersOptions>(manifest, "carriers",
                              "Replace the carriers who have not signed (consignor)", context,
                              DeclareCarriers, RunCarriers);
  AddCommand<NumberOptions>(manifest, "number",
                            "Attach the official number (consignor or receiver)", context,
                            DeclareNumber, RunNumber);
  AddCommand<ReturnOptions>(manifest, "return",
                            "Refused waste is back: carrier and consignor attest", context,
                            DeclareReturn, RunReturn);
  AddCommand<ContestOptions>(manifest, "contest", "Contest a confirmed receipt (consignor)",
                             context, DeclareContest, RunContest);
  AddCommand<ResolveOptions>(manifest, "resolve", "Resolve a contest: both parties, or a regulator",
                             context, DeclareResolve, RunResolve);
}

}  // namespace cradle::cli
