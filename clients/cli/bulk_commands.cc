// `cradle bulk`: tanks, pits, silos and bunkers, where batches become layers.
#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/made_arguments.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/files.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

struct BulkOptions {
  std::string facility;
  std::string organisation;
  std::string kind;
  std::vector<std::string> batches;
  std::string origin = "own";
  std::string drawn;
  std::string code;
  std::string form;
  std::string mass;
  std::string basis = "estimated";
  std::string evidence;
  std::string at;
  AssertionOptions assertion;
};

struct Asked {
  Statement statement;
  std::string facility;
  int64_t time_ms = 0;
};

absl::StatusOr<Asked> BeginAsked(Context& context, const BulkOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> facility = context.Id(options.facility, "FACILITY");
  if (!facility.ok()) return facility.status();
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  Asked asked;
  sdk::AddParty(asked.statement, *self, statement::v1::CAPACITY_ORGANISATION);
  asked.facility = *facility;
  asked.time_ms = *time_ms;
  return asked;
}

absl::Status RunRegister(Context& context, const BulkOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> facility = context.Id(options.facility, "FACILITY");
  if (!facility.ok()) return facility.status();
  absl::StatusOr<std::string> owner = context.Id(options.organisation, "--org");
  if (!owner.ok()) return owner.status();
  absl::StatusOr<statement::v1::BulkKind> kind = ParseEnum<statement::v1::BulkKind>(
      statement::v1::BulkKind_descriptor(), options.kind, "--kind");
  if (!kind.ok()) return kind.status();
  Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_REGULATOR);
  statement::v1::BulkRegistered& event = *asked.mutable_bulk_registered();
  event.set_facility(*facility);
  event.set_organisation(*owner);
  event.set_kind(*kind);
  return Assert(context, asked, options.assertion);
}

absl::Status RunFill(Context& context, const BulkOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  statement::v1::BulkFilled& event = *asked->statement.mutable_bulk_filled();
  for (const std::string& text : options.batches) {
    absl::StatusOr<std::string> batch = context.Id(text, "BATCHES");
    if (!batch.ok()) return batch.status();
    event.add_batches(*batch);
  }
  absl::StatusOr<Sum> sum = SumOf(context, event.batches());
  if (!sum.ok()) return sum.status();
  event.set_facility(asked->facility);
  event.set_filled_mass_g(sum->mass_g);
  event.set_filled_time_ms(asked->time_ms);
  return Assert(context, asked->statement, options.assertion);
}

absl::Status RunDraw(Context& context, const BulkOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  absl::StatusOr<statement::v1::StockOrigin> origin = ParseEnum<statement::v1::StockOrigin>(
      statement::v1::StockOrigin_descriptor(), options.origin, "--origin");
  if (!origin.ok()) return origin.status();
  absl::StatusOr<statement::v1::MadeBatch> drawn =
      ParseMade(options.drawn, "MASS", options.code, options.form);
  if (!drawn.ok()) return drawn.status();
  statement::v1::BulkDrawn& event = *asked->statement.mutable_bulk_drawn();
  event.set_facility(asked->facility);
  event.set_origin(*origin);
  *event.mutable_drawn() = *std::move(drawn);
  event.set_drawn_time_ms(asked->time_ms);
  return Assert(context, asked->statement, options.assertion, {{"batch", event.drawn().batch()}});
}

absl::StatusOr<std::string> Evidence(const BulkOptions& options) {
  absl::StatusOr<std::string> bytes = sdk::ReadFile(options.evidence);
  if (!bytes.ok()) return bytes.status();
  return std::string(evidence::AsBytes(evidence::Sha256(*bytes)));
}

absl::Status RunLevel(Context& context, const BulkOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  absl::StatusOr<int64_t> mass_g = MassArgument(options.mass, "--mass");
  if (!mass_g.ok()) return mass_g.status();
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  absl::StatusOr<std::string> hash = Evidence(options);
  if (!hash.ok()) return hash.status();
  statement::v1::BulkLevelRead& event = *asked->statement.mutable_bulk_level_read();
  event.set_facility(asked->facility);
  event.set_level_mass_g(*mass_g);
  *event.mutable_mass_basis() = *basis;
  event.set_evidence_sha256(*hash);
  event.set_read_time_ms(asked->time_ms);
  return Assert(context, asked->statement, options.assertion);
}

absl::Status RunEmptied(Context& context, const BulkOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  absl::StatusOr<std::string> hash = Evidence(options);
  if (!hash.ok()) return hash.status();
  statement::v1::BulkEmptied& event = *asked->statement.mutable_bulk_emptied();
  event.set_facility(asked->facility);
  event.set_evidence_sha256(*hash);
  event.set_emptied_time_ms(asked->time_ms);
  return Assert(context, asked->statement, options.assertion);
}

// --- arguments ---

void DeclareStore(CLI::App& command, BulkOptions& options) {
  command.add_option("FACILITY", options.facility, "The bulk store, id or @name")->required();
}

void DeclareEvidence(CLI::App& command, BulkOptions& options) {
  command
      .add_option("--evidence", options.evidence,
                  "Photo or instrument record; its SHA-256 goes into the log")
      ->required()
      ->type_name("FILE");
}

void DeclareEnd(CLI::App& command, BulkOptions& options, bool begins, const std::string& example) {
  command.add_option("--at", options.at, "When (default: now), as 2026-03-01T08:30:00+08:00")
      ->type_name("TIME");
  DeclareAssertion(command, options.assertion, begins);
  command.footer("Example: cradle bulk " + example);
}

void AddReadings(CLI::App& bulk, Context& context) {
  AddCommand<BulkOptions>(
      bulk, "level", "What a bulk store holds, as read from it", context,
      [](CLI::App& command, BulkOptions& options) {
        DeclareStore(command, options);
        command.add_option("--mass", options.mass, "What lies there")
            ->required()
            ->type_name("MASS");
        command.add_option("--basis", options.basis, kBasisHelp);
        DeclareEvidence(command, options);
        DeclareEnd(command, options, false, "level @tank --mass 31.4t --evidence gauge.jpg");
      },
      RunLevel);
  AddCommand<BulkOptions>(
      bulk, "emptied", "A bulk store was seen to be empty", context,
      [](CLI::App& command, BulkOptions& options) {
        DeclareStore(command, options);
        DeclareEvidence(command, options);
        DeclareEnd(command, options, false, "emptied @tank --evidence tank.jpg");
      },
      RunEmptied);
}

}  // namespace

void AddBulkCommands(CLI::App& app, Context& context) {
  CLI::App* bulk = AddNoun(app, "bulk", "Bulk stores: tanks, pits, silos, bunkers");
  AddCommand<BulkOptions>(
      *bulk, "register", "A facility keeps waste in bulk; a regulator says so", context,
      [](CLI::App& command, BulkOptions& options) {
        DeclareStore(command, options);
        command.add_option("--org", options.organisation, "Whose facility it is")->required();
        command.add_option("--kind", options.kind, EnumHelp(statement::v1::BulkKind_descriptor()))
            ->required();
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer("Example: cradle bulk register @tank --org @chem --kind tank-area");
      },
      RunRegister);
  AddCommand<BulkOptions>(
      *bulk, "fill", "Batches are emptied into it and become layers", context,
      [](CLI::App& command, BulkOptions& options) {
        DeclareStore(command, options);
        command.add_option("BATCHES", options.batches, "Id or @name")
            ->required()
            ->expected(1, evidence::kBatchesMax);
        DeclareEnd(command, options, false, "fill @tank @oil1 @oil2");
      },
      RunFill);
  AddCommand<BulkOptions>(
      *bulk, "draw", "A new batch is drawn; the oldest layers are taken to leave first", context,
      [](CLI::App& command, BulkOptions& options) {
        DeclareStore(command, options);
        command.add_option("MASS", options.drawn, kMadeHelp)->required();
        command.add_option("--code", options.code, "Waste code NNN-NNN-CC")->required();
        command
            .add_option("--form", options.form, EnumHelp(statement::v1::PhysicalForm_descriptor()))
            ->required();
        command.add_option("--origin", options.origin,
                           EnumHelp(statement::v1::StockOrigin_descriptor()));
        DeclareEnd(command, options, true,
                   "draw @tank 20t --code 900-214-08 --form liquid --alias load1");
      },
      RunDraw);
  AddReadings(*bulk, context);
}

}  // namespace cradle::cli
