// `cradle round`: collection rounds of one vehicle over many places, and what the consignor answers
// where nobody was there.
#include <fmt/format.h>

#include <cmath>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/documents.h"
#include "clients/cli/facts.h"
#include "clients/cli/output.h"
#include "clients/sdk/compose.h"
#include "services/rules/identity.h"
#include "services/rules/lines.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;
using TrackingStub = v1::TrackingService::Stub;

// --- begin --------------------------------------------------------------------------------------

struct BeginOptions {
  std::string alias;
};

// A round is nothing in the log before its first stop names it.
absl::Status RunBegin(Context& context, const BeginOptions& options) {
  const std::string round = evidence::RandomId();
  if (!options.alias.empty()) {
    if (absl::Status status = context.Alias(options.alias, round); !status.ok()) return status;
  }
  context.Answer({{"round", round}}, fmt::format("round     {}\n", round));
  return absl::OkStatus();
}

// --- collect ------------------------------------------------------------------------------------

struct CollectOptions {
  std::string round;
  std::string consignor;
  std::string site;
  std::string carrier;
  std::string vehicle;
  std::vector<std::string> lines;
  std::string receiver;
  std::string receiver_site;
  std::string receiver_facility;
  std::string official;
  std::string plan;
  std::string contract;
  std::string exempt;
  int64_t fee_fen = 0;
  std::string at;
  bool nobody_there = false;
  std::string photo;
  double latitude = 0;
  double longitude = 0;
  std::string basis;
  AssertionOptions assertion;
};

// Ids that are given, each into its field.
absl::Status FillIds(Context& context, const CollectOptions& options,
                     statement::v1::WasteCollected& collected) {
  const struct {
    const std::string& text;
    const char* what;
    std::string* field;
  } ids[] = {
      {options.round, "--round", collected.mutable_round()},
      {options.consignor, "--consignor", collected.mutable_consignor()},
      {options.site, "--site", collected.mutable_consignor_site()},
      {options.vehicle, "--vehicle", collected.mutable_vehicle()},
      {options.receiver, "--receiver", collected.mutable_receiver()},
      {options.receiver_site, "--receiver-site", collected.mutable_receiver_site()},
      {options.receiver_facility, "--receiver-facility", collected.mutable_receiver_facility()},
  };
  for (const auto& each : ids) {
    if (each.text.empty()) continue;
    absl::StatusOr<std::string> id = context.Id(each.text, each.what);
    if (!id.ok()) return id.status();
    *each.field = *std::move(id);
  }
  return absl::OkStatus();
}

absl::Status FillEvidence(const CollectOptions& options, statement::v1::WasteCollected& collected) {
  if (options.nobody_there && (options.photo.empty() || options.basis.empty() ||
                               (options.latitude == 0 && options.longitude == 0))) {
    return absl::InvalidArgumentError(
        "--nobody-there: give --photo, --basis, --latitude and --longitude, for nobody else can "
        "say "
        "what was there");
  }
  if (!options.photo.empty()) {
    absl::StatusOr<std::string> hash = DocumentSha256(options.photo);
    if (!hash.ok()) return hash.status();
    collected.set_photo_sha256(*hash);
  }
  if (!options.basis.empty()) {
    absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
    if (!basis.ok()) return basis.status();
    *collected.mutable_mass_basis() = *basis;
  }
  collected.set_latitude_e7(std::llround(options.latitude * 1e7));
  collected.set_longitude_e7(std::llround(options.longitude * 1e7));
  return absl::OkStatus();
}

absl::Status RunCollect(Context& context, const CollectOptions& options) {
  if (!options.nobody_there && options.assertion.out.empty() && !options.assertion.dry_run) {
    return absl::InvalidArgumentError(
        "--out: the consignor and the carrier both attest; the file goes to the other device. With "
        "nobody there: --nobody-there");
  }
  Statement asked;
  statement::v1::WasteCollected& collected = *asked.mutable_waste_collected();
  collected.set_manifest(evidence::RandomId());
  for (const absl::Status& status :
       {FillIds(context, options, collected), FillPapers(options, collected),
        FillEvidence(options, collected)}) {
    if (!status.ok()) return status;
  }
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  collected.set_collected_time_ms(*time_ms);
  int64_t total_mass_g = 0;
  for (const std::string& text : options.lines) {
    absl::StatusOr<statement::v1::ManifestLine> line = ParseLine(context, text, "bag");
    if (!line.ok()) return line.status();
    total_mass_g += line->sent_mass_g();
    *collected.add_lines() = *line;
  }
  if (collected.lines_size() >= kManyLines) rules::SayOnceOfAllLines(collected);
  collected.set_total_sent_mass_g(total_mass_g);
  absl::StatusOr<std::string> carrier =
      options.carrier.empty() ? context.Self() : context.Id(options.carrier, "--carrier");
  if (!carrier.ok()) return carrier.status();
  if (!options.nobody_there) {
    sdk::AddParty(asked, collected.consignor(), statement::v1::CAPACITY_CONSIGNOR);
  }
  sdk::AddParty(asked, *carrier, statement::v1::CAPACITY_CARRIER);
  return Assert(context, asked, options.assertion, {{"manifest", collected.manifest()}});
}

void DeclareCollect(CLI::App& command, CollectOptions& options) {
  command.add_option("--round", options.round, "Round, the same at each stop")->required();
  command.add_option("--consignor", options.consignor, "Whose waste it is")->required();
  command.add_option("--site", options.site, "Its site where it lay")->required();
  command.add_option("--carrier", options.carrier, "Who collects (default: oneself)");
  command.add_option("--vehicle", options.vehicle, "On which vehicle")->required();
  AddEach(command, "--line", options.lines, LineHelp("bag"))->required();
  command.add_option("--receiver", options.receiver, "Organisation that receives")->required();
  command.add_option("--receiver-site", options.receiver_site, "Site it goes to")->required();
  command.add_option("--receiver-facility", options.receiver_facility, "Facility there");
  command.add_option("--official", options.official, "14-digit number of the national system");
  command.add_option("--plan", options.plan, "Number of the filed management plan");
  command
      .add_option("--contract", options.contract,
                  "The written contract; its SHA-256 goes into the log")
      ->type_name("FILE");
  command.add_option("--exempt", options.exempt, ExemptHelp());
  command.add_option("--fee-fen", options.fee_fen, "Service fee in 分, 0.01 CNY");
  command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
  command.add_flag("--nobody-there", options.nobody_there,
                   "The carrier alone attests; the consignor countersigns or contests");
  command.add_option("--photo", options.photo, "Of what was taken; its SHA-256 goes into the log")
      ->type_name("FILE");
  command.add_option("--latitude", options.latitude, "Degrees north, WGS 84")
      ->check(CLI::Range(-90.0, 90.0));
  command.add_option("--longitude", options.longitude, "Degrees east, WGS 84")
      ->check(CLI::Range(-180.0, 180.0));
  command.add_option("--basis", options.basis, kBasisHelp);
  DeclareAssertion(command, options.assertion, /*begins=*/true);
  command.footer(
      "Example: cradle round collect --round @monday --consignor @clinic --site @ward --vehicle "
      "@van --line @bag1 --receiver @incinerator --receiver-site @yard --out stop.statement\n"
      "With nobody there: … --line @bag1,mass=4.2kg --nobody-there --photo bags.jpg --basis "
      "weighed:S7 --latitude 36.69 --longitude 118.48");
}

// --- deliver ------------------------------------------------------------------------------------

struct DeliverOptions {
  std::string round;
  std::string receiver;
  std::vector<std::string> manifests;
  std::string at;
  AssertionOptions assertion;
};

// Those of the round for that receiver that are on the road, as the server knows them.
absl::Status FindManifests(Context& context, const std::string& carrier,
                           const std::string& receiver, statement::v1::RoundDelivered& delivered) {
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::ListManifestsRequest request;
  request.set_at_least(context.at_least());
  request.mutable_page()->set_size(1000);
  request.set_party(carrier);
  request.set_status(state::v1::MANIFEST_STATUS_IN_TRANSIT);
  do {
    auto answer = (*server)->Call((*server)->tracking(), &TrackingStub::ListManifests, request);
    if (!answer.ok()) return answer.status();
    for (const v1::ManifestView& view : answer->manifests()) {
      const state::v1::ManifestState& manifest = view.manifest();
      if (manifest.collection().round() == delivered.round() &&
          manifest.issued().receiver() == receiver) {
        delivered.add_manifests(manifest.issued().manifest());
      }
    }
    request.mutable_page()->set_token(answer->next_token());
  } while (!request.page().token().empty());
  if (delivered.manifests().empty()) {
    return absl::NotFoundError(fmt::format("nothing of this round is on the road to {}", receiver));
  }
  return absl::OkStatus();
}

absl::Status RunDeliver(Context& context, const DeliverOptions& options) {
  absl::StatusOr<std::string> round = context.Id(options.round, "ROUND");
  if (!round.ok()) return round.status();
  absl::StatusOr<std::string> receiver = context.Id(options.receiver, "--receiver");
  if (!receiver.ok()) return receiver.status();
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  absl::StatusOr<std::string> carrier = context.Self();
  if (!carrier.ok()) return carrier.status();
  Statement asked;
  statement::v1::RoundDelivered& delivered = *asked.mutable_round_delivered();
  delivered.set_round(*round);
  delivered.set_delivered_time_ms(*time_ms);
  for (const std::string& text : options.manifests) {
    absl::StatusOr<std::string> manifest = context.Id(text, "--manifest");
    if (!manifest.ok()) return manifest.status();
    delivered.add_manifests(*manifest);
  }
  if (options.manifests.empty()) {
    absl::Status status = FindManifests(context, *carrier, *receiver, delivered);
    if (!status.ok()) return status;
  }
  sdk::AddParty(asked, *carrier, statement::v1::CAPACITY_CARRIER);
  sdk::AddParty(asked, *receiver, statement::v1::CAPACITY_RECEIVER);
  return Assert(context, asked, options.assertion);
}

void DeclareDeliver(CLI::App& command, DeliverOptions& options) {
  command.add_option("ROUND", options.round, "Id or @name")->required();
  command.add_option("--receiver", options.receiver, "Who receives")->required();
  AddEach(command, "--manifest", options.manifests,
          "Manifest, again for each (default: all of the round for the receiver on the road)");
  command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
  DeclareAssertion(command, options.assertion, /*begins=*/false, /*two_parties=*/true);
  command.footer(
      "Example: cradle round deliver @monday --receiver @incinerator --out arrival.statement\n"
      "By the carrier's device. Each manifest is then confirmed: `cradle manifest confirm`.");
}

// --- countersign, contest -----------------------------------------------------------------------

struct AnswerOptions {
  std::string manifest;
  std::string reason;
  std::string mass;
  std::vector<std::string> evidence;
  AssertionOptions assertion;
};

absl::StatusOr<std::string> ByConsignor(Context& context, const AnswerOptions& options,
                                        Statement& asked) {
  absl::StatusOr<std::string> manifest = context.Id(options.manifest, "MANIFEST");
  if (!manifest.ok()) return manifest.status();
  absl::StatusOr<sdk::ManifestFacts> facts = ManifestFactsOf(context, *manifest);
  if (!facts.ok()) return facts.status();
  sdk::AddParty(asked, facts->consignor, statement::v1::CAPACITY_CONSIGNOR);
  return manifest;
}

absl::Status RunCountersign(Context& context, const AnswerOptions& options) {
  Statement asked;
  absl::StatusOr<std::string> manifest = ByConsignor(context, options, asked);
  if (!manifest.ok()) return manifest.status();
  asked.mutable_collection_countersigned()->set_manifest(*manifest);
  return Assert(context, asked, options.assertion);
}

absl::Status RunContest(Context& context, const AnswerOptions& options) {
  auto reason = ParseEnum<statement::v1::CollectionContestReason>(
      statement::v1::CollectionContestReason_descriptor(), options.reason, "--reason");
  if (!reason.ok()) return reason.status();
  Statement asked;
  absl::StatusOr<std::string> manifest = ByConsignor(context, options, asked);
  if (!manifest.ok()) return manifest.status();
  statement::v1::CollectionContested& contested = *asked.mutable_collection_contested();
  contested.set_manifest(*manifest);
  contested.set_reason(*reason);
  if (!options.mass.empty()) {
    absl::StatusOr<int64_t> mass_g = MassArgument(options.mass, "--mass");
    if (!mass_g.ok()) return mass_g.status();
    contested.set_stated_mass_g(*mass_g);
  }
  absl::Status documents = AddDocuments(options.evidence, *contested.mutable_evidence_sha256());
  if (!documents.ok()) return documents;
  return Assert(context, asked, options.assertion);
}

void DeclareContest(CLI::App& command, AnswerOptions& options) {
  command.add_option("MANIFEST", options.manifest, "Id or @name")->required();
  command
      .add_option("--reason", options.reason,
                  EnumHelp(statement::v1::CollectionContestReason_descriptor()))
      ->required();
  command.add_option("--mass", options.mass, "What it was, such as 4.2kg")->type_name("MASS");
  AddEach(command, "--evidence", options.evidence,
          "Document; its SHA-256 goes into the log; again for each");
  DeclareAssertion(command, options.assertion, /*begins=*/false);
  command.footer(
      "Example: cradle round contest @stop7 --reason other-weight --mass 4.2kg --evidence log.pdf\n"
      "It stays open until `cradle manifest resolve @stop7 --collection …`.");
}

}  // namespace

void AddRoundCommands(CLI::App& app, Context& context) {
  CLI::App* round = AddNoun(app, "round", "Collection rounds: one vehicle, many places");
  AddCommand<BeginOptions>(
      *round, "begin", "A name for the stops of one round", context,
      [](CLI::App& command, BeginOptions& options) {
        command.add_option("--alias", options.alias, "Short name of the round");
        command.footer("Example: cradle round begin --alias monday");
      },
      RunBegin);
  AddCommand<CollectOptions>(*round, "collect", "One stop: a manifest issued and its load taken",
                             context, DeclareCollect, RunCollect);
  AddCommand<DeliverOptions>(*round, "deliver", "Arrival of a round: carrier and receiver attest",
                             context, DeclareDeliver, RunDeliver);
  AddCommand<AnswerOptions>(
      *round, "countersign", "Nobody was there: it was so (consignor)", context,
      [](CLI::App& command, AnswerOptions& options) {
        command.add_option("MANIFEST", options.manifest, "Id or @name")->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer("Example: cradle round countersign @stop7");
      },
      RunCountersign);
  AddCommand<AnswerOptions>(*round, "contest", "Nobody was there: it was not so (consignor)",
                            context, DeclareContest, RunContest);
}

}  // namespace cradle::cli
