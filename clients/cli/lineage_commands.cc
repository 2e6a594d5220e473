// Verbs of `cradle batch` about what batches are made of: filled, split, merged, repacked,
// pre-treated, treated with residues, packed into transport units.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/facts.h"
#include "clients/cli/made_arguments.h"
#include "clients/sdk/compose.h"
#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

// What all of them take; each verb declares those it needs.
struct LineageOptions {
  std::vector<std::string> batches;
  std::string site;
  std::string facility;
  std::string code;
  std::string form;
  std::string mass;
  std::string basis = "declared";
  std::vector<std::string> containers;
  std::vector<std::string> made;
  std::vector<std::string> products;
  std::vector<std::string> feeds;
  std::string process;
  std::string reagent;
  std::string released;
  std::string ending;
  std::string method;
  std::string shift;
  std::string order;
  std::string unstored;
  std::string unit;
  std::string kind;
  std::string seal;
  std::string batch_code;
  std::string ward;
  std::string at;
  AssertionOptions assertion;
};

struct Asked {
  Statement statement;
  int64_t time_ms = 0;
};

absl::StatusOr<Asked> BeginAsked(Context& context, const LineageOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  Asked asked;
  sdk::AddParty(asked.statement, *self, statement::v1::CAPACITY_ORGANISATION);
  asked.time_ms = *time_ms;
  return asked;
}

absl::Status AddIds(Context& context, const std::vector<std::string>& texts,
                    google::protobuf::RepeatedPtrField<std::string>& ids) {
  for (const std::string& text : texts) {
    absl::StatusOr<std::string> id = context.Id(text, "BATCH");
    if (!id.ok()) return id.status();
    *ids.Add() = *std::move(id);
  }
  return absl::OkStatus();
}

absl::Status AddContainers(const std::vector<std::string>& texts,
                           google::protobuf::RepeatedPtrField<statement::v1::Container>& into) {
  for (const std::string& text : texts) {
    absl::StatusOr<statement::v1::Container> container = ParseContainer(text);
    if (!container.ok()) return container.status();
    *into.Add() = *std::move(container);
  }
  return absl::OkStatus();
}

// Empty where nothing is given.
absl::StatusOr<std::string> OptionalId(Context& context, const std::string& text,
                                       std::string_view argument) {
  return text.empty() ? std::string() : context.Id(text, argument);
}

absl::StatusOr<std::string> FacilityOf(Context& context, const std::string& text) {
  return OptionalId(context, text, "--facility");
}

absl::Status RunOpen(Context& context, const LineageOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  statement::v1::BatchOpened& opened = *asked->statement.mutable_batch_opened();
  absl::StatusOr<std::string> site = context.Id(options.site, "--site");
  if (!site.ok()) return site.status();
  absl::StatusOr<std::string> facility = FacilityOf(context, options.facility);
  if (!facility.ok()) return facility.status();
  if (absl::Status status = rules::CheckWasteCodeForm(options.code); !status.ok()) {
    return Naming("--code", status);
  }
  absl::StatusOr<statement::v1::PhysicalForm> form = ParseEnum<statement::v1::PhysicalForm>(
      statement::v1::PhysicalForm_descriptor(), options.form, "--form");
  if (!form.ok()) return form.status();
  opened.set_batch(evidence::RandomId());
  opened.set_site(*site);
  opened.set_facility(*facility);
  opened.set_waste_code(options.code);
  opened.set_form(*form);
  opened.set_opened_time_ms(asked->time_ms);
  opened.set_batch_code(options.batch_code);
  absl::StatusOr<std::string> ward = OptionalId(context, options.ward, "--ward");
  if (!ward.ok()) return ward.status();
  opened.set_ward(*ward);
  absl::Status status = AddContainers(options.containers, *opened.mutable_containers());
  if (!status.ok()) return status;
  return Assert(context, asked->statement, options.assertion, {{"batch", opened.batch()}});
}

absl::Status RunTopUp(Context& context, const LineageOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  absl::StatusOr<std::string> batch = context.Id(options.batches.at(0), "BATCH");
  if (!batch.ok()) return batch.status();
  absl::StatusOr<int64_t> mass_g = MassArgument(options.mass, "--mass");
  if (!mass_g.ok()) return mass_g.status();
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  statement::v1::BatchToppedUp& topped_up = *asked->statement.mutable_batch_topped_up();
  topped_up.set_batch(*batch);
  topped_up.set_added_mass_g(*mass_g);
  *topped_up.mutable_mass_basis() = *basis;
  topped_up.set_added_time_ms(asked->time_ms);
  return Assert(context, asked->statement, options.assertion);
}

absl::Status RunSeal(Context& context, const LineageOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  absl::StatusOr<std::string> batch = context.Id(options.batches.at(0), "BATCH");
  if (!batch.ok()) return batch.status();
  absl::StatusOr<int64_t> mass_g = MassArgument(options.mass, "--mass");
  if (!mass_g.ok()) return mass_g.status();
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  statement::v1::BatchSealed& sealed = *asked->statement.mutable_batch_sealed();
  sealed.set_batch(*batch);
  sealed.set_sealed_mass_g(*mass_g);
  *sealed.mutable_mass_basis() = *basis;
  sealed.set_sealed_time_ms(asked->time_ms);
  absl::Status status = AddContainers(options.containers, *sealed.mutable_containers());
  if (!status.ok()) return status;
  return Assert(context, asked->statement, options.assertion);
}

absl::Status RunSplit(Context& context, const LineageOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  absl::StatusOr<std::string> batch = context.Id(options.batches.at(0), "BATCH");
  if (!batch.ok()) return batch.status();
  absl::StatusOr<sdk::BatchFacts> facts = BatchFactsOf(context, *batch);
  if (!facts.ok()) return facts.status();
  statement::v1::BatchSplit& split = *asked->statement.mutable_batch_split();
  split.set_batch(*batch);
  absl::Status status =
      AddMade(options.made, "--part", facts->waste_code, options.form, *split.mutable_parts());
  if (!status.ok()) return status;
  split.set_split_time_ms(asked->time_ms);
  return Assert(context, asked->statement, options.assertion, MadeIds("parts", split.parts()));
}

absl::Status RunMerge(Context& context, const LineageOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  statement::v1::BatchesMerged& merged = *asked->statement.mutable_batches_merged();
  if (absl::Status status = AddIds(context, options.batches, *merged.mutable_parents());
      !status.ok()) {
    return status;
  }
  absl::StatusOr<std::string> facility = FacilityOf(context, options.facility);
  if (!facility.ok()) return facility.status();
  absl::StatusOr<Sum> sum = SumOf(context, merged.parents());
  if (!sum.ok()) return sum.status();
  absl::StatusOr<statement::v1::MadeBatch> made = ParseMade(
      fmt::format("{}g,basis=declared", sum->mass_g), "BATCH", sum->waste_code, options.form);
  if (!made.ok()) return made.status();
  made->set_batch_code(options.batch_code);
  if (absl::Status status = AddContainers(options.containers, *made->mutable_containers());
      !status.ok()) {
    return status;
  }
  *merged.mutable_made() = *std::move(made);
  merged.set_facility(*facility);
  merged.set_merged_time_ms(asked->time_ms);
  return Assert(context, asked->statement, options.assertion, {{"batch", merged.made().batch()}});
}

absl::Status RunRepack(Context& context, const LineageOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  absl::StatusOr<std::string> batch = context.Id(options.batches.at(0), "BATCH");
  if (!batch.ok()) return batch.status();
  statement::v1::BatchRepacked& repacked = *asked->statement.mutable_batch_repacked();
  repacked.set_batch(*batch);
  repacked.set_repacked_time_ms(asked->time_ms);
  absl::Status status = AddContainers(options.containers, *repacked.mutable_containers());
  if (!status.ok()) return status;
  return Assert(context, asked->statement, options.assertion);
}

// 0 where it is not given.
absl::StatusOr<int64_t> AnyMass(const std::string& text, std::string_view what) {
  return text.empty() ? absl::StatusOr<int64_t>(0) : MassArgument(text, what);
}

absl::Status RunPretreat(Context& context, const LineageOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  statement::v1::BatchesPretreated& event = *asked->statement.mutable_batches_pretreated();
  if (absl::Status status = AddIds(context, options.batches, *event.mutable_parents());
      !status.ok()) {
    return status;
  }
  absl::StatusOr<std::string> facility = FacilityOf(context, options.facility);
  if (!facility.ok()) return facility.status();
  absl::StatusOr<int64_t> reagent_g = AnyMass(options.reagent, "--reagent");
  if (!reagent_g.ok()) return reagent_g.status();
  absl::StatusOr<int64_t> released_g = AnyMass(options.released, "--released");
  if (!released_g.ok()) return released_g.status();
  absl::StatusOr<Sum> sum = SumOf(context, event.parents());
  if (!sum.ok()) return sum.status();
  event.set_facility(*facility);
  event.set_process_code(options.process);
  event.set_input_mass_g(sum->mass_g);
  event.set_reagent_mass_g(*reagent_g);
  event.set_released_mass_g(*released_g);
  event.set_pretreated_time_ms(asked->time_ms);
  absl::Status status =
      AddMade(options.made, "--made", sum->waste_code, options.form, *event.mutable_made());
  if (!status.ok()) return status;
  return Assert(context, asked->statement, options.assertion, MadeIds("made", event.made()));
}

absl::Status AddFeeds(Context& context, const std::vector<std::string>& texts,
                      statement::v1::TreatmentRecorded& event) {
  for (const std::string& text : texts) {
    auto fields = ParseFields(text, {"own", "received"}, "--feed");
    if (!fields.ok()) return fields.status();
    statement::v1::BulkFeed& feed = *event.add_feeds();
    absl::StatusOr<std::string> store = context.Id((*fields)[""], "--feed");
    if (!store.ok()) return store.status();
    absl::StatusOr<int64_t> own_g = AnyMass((*fields)["own"], "--feed own");
    if (!own_g.ok()) return own_g.status();
    absl::StatusOr<int64_t> received_g = AnyMass((*fields)["received"], "--feed received");
    if (!received_g.ok()) return received_g.status();
    feed.set_facility(*store);
    feed.set_own_mass_g(*own_g);
    feed.set_received_mass_g(*received_g);
  }
  return absl::OkStatus();
}

absl::Status AddProducts(const std::vector<std::string>& texts,
                         statement::v1::TreatmentRecorded& event) {
  for (const std::string& text : texts) {
    const std::vector<std::string> parts = Split(text, ':');
    if (parts.size() != 2) return absl::InvalidArgumentError("--product: write KIND:MASS");
    absl::StatusOr<statement::v1::ProductKind> kind = ParseEnum<statement::v1::ProductKind>(
        statement::v1::ProductKind_descriptor(), parts[0], "--product");
    if (!kind.ok()) return kind.status();
    absl::StatusOr<int64_t> mass_g = MassArgument(parts[1], "--product");
    if (!mass_g.ok()) return mass_g.status();
    statement::v1::Product& product = *event.add_products();
    product.set_kind(*kind);
    product.set_product_mass_g(*mass_g);
  }
  return absl::OkStatus();
}

absl::Status RunRecordTreatment(Context& context, const LineageOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  statement::v1::TreatmentRecorded& event = *asked->statement.mutable_treatment_recorded();
  if (absl::Status status = AddIds(context, options.batches, *event.mutable_batches());
      !status.ok()) {
    return status;
  }
  absl::StatusOr<std::string> facility = FacilityOf(context, options.facility);
  if (!facility.ok()) return facility.status();
  absl::StatusOr<statement::v1::Ending> ending = ParseEnum<statement::v1::Ending>(
      statement::v1::Ending_descriptor(), options.ending, "--ending");
  if (!ending.ok()) return ending.status();
  if (!options.shift.empty()) {
    absl::StatusOr<statement::v1::Shift> shift = ParseEnum<statement::v1::Shift>(
        statement::v1::Shift_descriptor(), options.shift, "--shift");
    if (!shift.ok()) return shift.status();
    event.set_shift(*shift);
  }
  if (absl::Status status = AddFeeds(context, options.feeds, event); !status.ok()) return status;
  if (absl::Status status = AddProducts(options.products, event); !status.ok()) return status;
  absl::StatusOr<Sum> sum = SumOf(context, event.batches());
  if (!sum.ok()) return sum.status();
  int64_t treated_g = sum->mass_g;
  for (const auto& feed : event.feeds()) treated_g += feed.own_mass_g() + feed.received_mass_g();
  event.set_facility(*facility);
  event.set_ending(*ending);
  event.set_method_code(options.method);
  event.set_treated_mass_g(treated_g);
  event.set_treated_time_ms(asked->time_ms);
  event.set_order_number(options.order);
  absl::StatusOr<statement::v1::UnstoredReason> unstored =
      UnstoredArgument(options.unstored, "--unstored");
  if (!unstored.ok()) return unstored.status();
  event.set_unstored_reason(*unstored);
  absl::Status status =
      AddMade(options.made, "--residue", "", options.form, *event.mutable_residues());
  if (!status.ok()) return status;
  return Assert(context, asked->statement, options.assertion,
                MadeIds("residues", event.residues()));
}

absl::Status RunPack(Context& context, const LineageOptions& options) {
  absl::StatusOr<Asked> asked = BeginAsked(context, options);
  if (!asked.ok()) return asked.status();
  statement::v1::ContainersPacked& event = *asked->statement.mutable_containers_packed();
  if (absl::Status status = AddIds(context, options.batches, *event.mutable_batches());
      !status.ok()) {
    return status;
  }
  absl::StatusOr<std::string> unit =
      options.unit.empty() ? evidence::RandomId() : context.Id(options.unit, "--unit");
  if (!unit.ok()) return unit.status();
  absl::StatusOr<statement::v1::TransportUnitKind> kind =
      ParseEnum<statement::v1::TransportUnitKind>(statement::v1::TransportUnitKind_descriptor(),
                                                  options.kind, "--kind");
  if (!kind.ok()) return kind.status();
  event.set_unit(*unit);
  event.set_kind(*kind);
  event.set_seal_number(options.seal);
  event.set_packed_time_ms(asked->time_ms);
  return Assert(context, asked->statement, options.assertion, {{"unit", *unit}});
}

// --- arguments ---

void DeclareBatches(CLI::App& command, LineageOptions& options, bool several) {
  command.add_option(several ? "BATCHES" : "BATCH", options.batches, "Id or @name")
      ->required()
      ->expected(1, several ? evidence::kBatchesMax : 1);
}

void DeclareEnd(CLI::App& command, LineageOptions& options, bool begins,
                const std::string& example) {
  command.add_option("--at", options.at, "When (default: now), as 2026-03-01T08:30:00+08:00")
      ->type_name("TIME");
  DeclareAssertion(command, options.assertion, begins);
  command.footer("Example: cradle batch " + example);
}

void DeclareForm(CLI::App& command, LineageOptions& options) {
  command.add_option("--form", options.form, EnumHelp(statement::v1::PhysicalForm_descriptor()))
      ->required();
}

void DeclareWeight(CLI::App& command, LineageOptions& options) {
  command.add_option("--mass", options.mass, "Exactly, in whole grams: 300g, 12.5kg, 1.2t")
      ->required()
      ->type_name("MASS");
  command.add_option("--basis", options.basis, kBasisHelp);
}

void DeclareContainers(CLI::App& command, LineageOptions& options) {
  AddEach(command, "--container", options.containers,
          "PACKAGING[:MASS[:LABEL]], again for each; packaging: " +
              EnumHelp(statement::v1::Packaging_descriptor()));
}

void AddFilling(CLI::App& batch, Context& context) {
  AddCommand<LineageOptions>(
      batch, "open", "A container is opened: its age begins", context,
      [](CLI::App& command, LineageOptions& options) {
        command.add_option("--site", options.site, "Site where it is")->required();
        command.add_option("--facility", options.facility, "Store beside the line, if any");
        command.add_option("--code", options.code, "Waste code NNN-NNN-CC")->required();
        command.add_option("--batch-code", options.batch_code, "The enterprise's own");
        command.add_option("--ward", options.ward, "Ward where medical waste comes up");
        DeclareForm(command, options);
        DeclareContainers(command, options);
        DeclareEnd(command, options, true,
                   "open --site @plant --code 900-214-08 --form liquid --container drum --alias "
                   "drum7");
      },
      RunOpen);
  AddCommand<LineageOptions>(
      batch, "top-up", "Waste is added to a batch being filled", context,
      [](CLI::App& command, LineageOptions& options) {
        DeclareBatches(command, options, false);
        DeclareWeight(command, options);
        DeclareEnd(command, options, false, "top-up @drum7 --mass 20kg --basis estimated");
      },
      RunTopUp);
  AddCommand<LineageOptions>(
      batch, "seal", "A batch being filled is closed and weighed", context,
      [](CLI::App& command, LineageOptions& options) {
        DeclareBatches(command, options, false);
        DeclareWeight(command, options);
        DeclareContainers(command, options);
        DeclareEnd(command, options, false, "seal @drum7 --mass 181kg --basis weighed:S1:1kg");
      },
      RunSeal);
}

void AddDividing(CLI::App& batch, Context& context) {
  AddCommand<LineageOptions>(
      batch, "split", "One batch becomes several", context,
      [](CLI::App& command, LineageOptions& options) {
        DeclareBatches(command, options, false);
        DeclareForm(command, options);
        AddEach(command, "--part", options.made, kMadeHelp)->required();
        DeclareEnd(command, options, true, "split @oil1 --form liquid --part 700kg --part 500kg");
      },
      RunSplit);
  AddCommand<LineageOptions>(
      batch, "merge", "Several batches of one code become one", context,
      [](CLI::App& command, LineageOptions& options) {
        DeclareBatches(command, options, true);
        DeclareForm(command, options);
        DeclareContainers(command, options);
        command.add_option("--facility", options.facility, "Store where it lies now, if any");
        command.add_option("--batch-code", options.batch_code, "The enterprise's own");
        DeclareEnd(command, options, true,
                   "merge @oil1 @oil2 --form liquid --facility @store --alias oil3");
      },
      RunMerge);
  AddCommand<LineageOptions>(
      batch, "repack", "The same batch in other containers", context,
      [](CLI::App& command, LineageOptions& options) {
        DeclareBatches(command, options, false);
        DeclareContainers(command, options);
        DeclareEnd(command, options, false, "repack @oil1 --container ibc:800kg");
      },
      RunRepack);
  AddCommand<LineageOptions>(
      batch, "pack", "Batches into a sealed transport unit", context,
      [](CLI::App& command, LineageOptions& options) {
        DeclareBatches(command, options, true);
        command
            .add_option("--kind", options.kind,
                        EnumHelp(statement::v1::TransportUnitKind_descriptor()))
            ->required();
        command.add_option("--seal", options.seal, "Number of its seal")->required();
        command.add_option("--unit", options.unit, "Id of the unit (default: a new one)");
        DeclareEnd(command, options, true,
                   "pack @bag1 @bag2 --kind turnover-box --seal F-0001 --alias box1");
      },
      RunPack);
}

void AddChanging(CLI::App& batch, Context& context) {
  AddCommand<LineageOptions>(
      batch, "pretreat", "Dewatered, dried, mixed, solidified…: other batches, as old", context,
      [](CLI::App& command, LineageOptions& options) {
        DeclareBatches(command, options, true);
        command.add_option("--facility", options.facility,
                           "Where it is registered for the process");
        command
            .add_option("--process", options.process,
                        "As the rule data name it: dewatering, drying, mixing, solidifying…")
            ->required();
        AddEach(command, "--made", options.made, kMadeHelp)->required();
        command.add_option("--reagent", options.reagent, "Put in")->type_name("MASS");
        command.add_option("--released", options.released, "Gone as water, steam or gas")
            ->type_name("MASS");
        DeclareForm(command, options);
        DeclareEnd(command, options, true,
                   "pretreat @sludge --process dewatering --facility @press --form semi-solid "
                   "--made 400kg --released 600kg");
      },
      RunPretreat);
  AddCommand<LineageOptions>(
      batch, "record-treatment", "Final treatment, with residues, products and bulk feed", context,
      [](CLI::App& command, LineageOptions& options) {
        command.add_option("BATCHES", options.batches, "Id or @name")
            ->expected(0, evidence::kBatchesMax);
        command.add_option("--facility", options.facility, "Where; not needed on site by order");
        command
            .add_option("--ending", options.ending, EnumHelp(statement::v1::Ending_descriptor()))
            ->required();
        command.add_option("--method", options.method, "Method code: R1…, D1…, C1…, Y10…")
            ->required();
        AddEach(command, "--feed", options.feeds,
                "From a bulk store: FACILITY[,own=MASS][,received=MASS], again for each");
        AddEach(command, "--residue", options.made, kMadeHelp);
        AddEach(command, "--product", options.products,
                "KIND:MASS, again for each; kind: " +
                    EnumHelp(statement::v1::ProductKind_descriptor()));
        command.add_option("--form", options.form, "Of residues: solid, liquid…");
        command.add_option("--shift", options.shift, EnumHelp(statement::v1::Shift_descriptor()));
        command.add_option("--order", options.order, "Number of the order to treat on site");
        command
            .add_option(
                "--unstored", options.unstored,
                "Why it was in no store: " + EnumHelp(statement::v1::UnstoredReason_descriptor()))
            ->type_name("REASON");
        DeclareEnd(command, options, true,
                   "record-treatment @oil1 --facility @furnace --ending disposed --method D10 "
                   "--feed @bunker,received=3t --shift night --residue 200kg,code=772-003-18 "
                   "--form solid");
      },
      RunRecordTreatment);
}

}  // namespace

void AddLineageCommands(CLI::App& batch, Context& context) {
  AddFilling(batch, context);
  AddDividing(batch, context);
  AddChanging(batch, context);
}

}  // namespace cradle::cli
