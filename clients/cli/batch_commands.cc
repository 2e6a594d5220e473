// `cradle batch`: waste comes into being, lies, moves and ends.
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
#include "cradle/statement/v1/batch_events.pb.h"
#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

// What a batch that begins has in common, generated or declared.
struct BeginOptions {
  std::string site;
  std::string code;
  std::string mass;
  std::string basis = "declared";
  std::string form;
  std::vector<std::string> containers;
  std::string batch_code;
  bool foreign = false;
  AssertionOptions assertion;
};

void DeclareBegin(CLI::App& command, BeginOptions& options) {
  command.add_option("--site", options.site, "Site where it is")->required();
  command.add_option("--code", options.code, "Waste code NNN-NNN-CC")->required();
  command.add_option("--mass", options.mass, "Exactly, in whole grams: 300g, 12.5kg, 1.2t")
      ->required()
      ->type_name("MASS");
  command.add_option("--basis", options.basis, kBasisHelp);
  command.add_option("--form", options.form, EnumHelp(statement::v1::PhysicalForm_descriptor()))
      ->required();
  AddEach(command, "--container", options.containers,
          "PACKAGING[:MASS[:LABEL]], again for each; packaging: " +
              EnumHelp(statement::v1::Packaging_descriptor()));
  command.add_option("--batch-code", options.batch_code,
                     "The enterprise's own, as HWCS20260301001");
  command.add_flag("--foreign", options.foreign, "It came from abroad");
  DeclareAssertion(command, options.assertion, /*begins=*/true);
}

// Fills the fields that BatchGenerated and StockDeclared share.
template <typename Event>
absl::Status FillBegin(Context& context, const BeginOptions& options, Event& event) {
  absl::StatusOr<std::string> site = context.Id(options.site, "--site");
  if (!site.ok()) return site.status();
  if (absl::Status status = rules::CheckWasteCodeForm(options.code); !status.ok()) {
    return Naming("--code", status);
  }
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  absl::StatusOr<statement::v1::PhysicalForm> form = ParseEnum<statement::v1::PhysicalForm>(
      statement::v1::PhysicalForm_descriptor(), options.form, "--form");
  if (!form.ok()) return form.status();
  event.set_batch(evidence::RandomId());
  event.set_site(*site);
  event.set_waste_code(options.code);
  *event.mutable_mass_basis() = *basis;
  event.set_form(*form);
  event.set_batch_code(options.batch_code);
  event.set_foreign_origin(options.foreign);
  for (const std::string& text : options.containers) {
    absl::StatusOr<statement::v1::Container> container = ParseContainer(text);
    if (!container.ok()) return container.status();
    *event.add_containers() = *container;
  }
  return absl::OkStatus();
}

struct GenerateOptions : BeginOptions {
  std::string at;
  std::string opened;
  std::string replaces;
  std::string ward;
};

absl::Status RunGenerate(Context& context, const GenerateOptions& options) {
  Statement asked;
  statement::v1::BatchGenerated& generated = *asked.mutable_batch_generated();
  if (absl::Status status = FillBegin(context, options, generated); !status.ok()) return status;
  absl::StatusOr<int64_t> mass_g = MassArgument(options.mass, "--mass");
  if (!mass_g.ok()) return mass_g.status();
  generated.set_generated_mass_g(*mass_g);
  absl::StatusOr<int64_t> at_ms = context.Time(options.at, "--at");
  if (!at_ms.ok()) return at_ms.status();
  generated.set_generated_time_ms(*at_ms);
  if (!options.opened.empty()) {
    absl::StatusOr<int64_t> opened_ms = context.Time(options.opened, "--opened");
    if (!opened_ms.ok()) return opened_ms.status();
    generated.set_opened_time_ms(*opened_ms);
  }
  if (!options.replaces.empty()) {
    absl::StatusOr<std::string> replaces = context.Id(options.replaces, "--replaces");
    if (!replaces.ok()) return replaces.status();
    generated.set_replaces(*replaces);
  }
  if (!options.ward.empty()) {
    absl::StatusOr<std::string> ward = context.Id(options.ward, "--ward");
    if (!ward.ok()) return ward.status();
    generated.set_ward(*ward);
  }
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_ORGANISATION);
  return Assert(context, asked, options.assertion, {{"batch", generated.batch()}});
}

struct DeclareOptions : BeginOptions {
  std::string facility;
  std::string since;
  std::string origin = "own";
  std::string grade = "owner-word";
  std::vector<std::string> evidence;
  std::string regulator;
};

absl::Status RunDeclare(Context& context, const DeclareOptions& options) {
  Statement asked;
  statement::v1::StockDeclared& declared = *asked.mutable_stock_declared();
  if (absl::Status status = FillBegin(context, options, declared); !status.ok()) return status;
  absl::StatusOr<int64_t> mass_g = MassArgument(options.mass, "--mass");
  if (!mass_g.ok()) return mass_g.status();
  declared.set_stock_mass_g(*mass_g);
  absl::StatusOr<std::string> facility = context.Id(options.facility, "--facility");
  if (!facility.ok()) return facility.status();
  declared.set_facility(*facility);
  if (options.since != "unknown") {
    if (absl::Status status = rules::CheckDate(options.since); !status.ok()) {
      return Naming("--since", status);
    }
    declared.set_storage_start_date(options.since);
  }
  absl::StatusOr<statement::v1::StockOrigin> origin = ParseEnum<statement::v1::StockOrigin>(
      statement::v1::StockOrigin_descriptor(), options.origin, "--origin");
  if (!origin.ok()) return origin.status();
  declared.set_origin(*origin);
  absl::StatusOr<statement::v1::EvidenceGrade> grade = ParseEnum<statement::v1::EvidenceGrade>(
      statement::v1::EvidenceGrade_descriptor(), options.grade, "--grade");
  if (!grade.ok()) return grade.status();
  declared.set_evidence_grade(*grade);
  absl::Status hashes = AddDocuments(options.evidence, *declared.mutable_evidence_sha256());
  if (!hashes.ok()) return hashes;
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_ORGANISATION);
  if (*grade == statement::v1::EVIDENCE_GRADE_INSPECTED) {
    if (options.regulator.empty() || options.assertion.out.empty()) {
      return absl::InvalidArgumentError(
          "inspected stock is attested by the regulator too: name it with --regulator, and the "
          "file "
          "for its device with --out");
    }
    absl::StatusOr<std::string> regulator = context.Id(options.regulator, "--regulator");
    if (!regulator.ok()) return regulator.status();
    sdk::AddParty(asked, *regulator, statement::v1::CAPACITY_REGULATOR);
  }
  return Assert(context, asked, options.assertion, {{"batch", declared.batch()}});
}

struct StepOptions {
  std::string batch;
  std::string facility;
  std::string mass;
  std::string at;
  std::string code;
  std::string ending;
  std::string method;
  std::string unstored;
  AssertionOptions assertion;
};

// What every step of a batch in one's own hands needs.
struct Step {
  Statement asked;
  std::string batch;
  std::string facility;
  int64_t time_ms = 0;
};

absl::StatusOr<Step> BeginStep(Context& context, const StepOptions& options) {
  Step step;
  absl::StatusOr<std::string> batch = context.Id(options.batch, "BATCH");
  if (!batch.ok()) return batch.status();
  absl::StatusOr<std::string> facility = context.Id(options.facility, "--facility");
  if (!facility.ok()) return facility.status();
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(step.asked, *self, statement::v1::CAPACITY_ORGANISATION);
  step.batch = *batch;
  step.facility = *facility;
  step.time_ms = *time_ms;
  return step;
}

// As given, or the batch's own.
absl::StatusOr<int64_t> MassOf(Context& context, const StepOptions& options,
                               const std::string& batch) {
  if (!options.mass.empty()) return MassArgument(options.mass, "--mass");
  absl::StatusOr<sdk::BatchFacts> facts = BatchFactsOf(context, batch);
  if (!facts.ok()) return facts.status();
  return facts->mass_g;
}

absl::Status RunStore(Context& context, const StepOptions& options) {
  absl::StatusOr<Step> step = BeginStep(context, options);
  if (!step.ok()) return step.status();
  absl::StatusOr<int64_t> mass_g = MassOf(context, options, step->batch);
  if (!mass_g.ok()) return mass_g.status();
  statement::v1::BatchStored& stored = *step->asked.mutable_batch_stored();
  stored.set_batch(step->batch);
  stored.set_facility(step->facility);
  stored.set_stored_mass_g(*mass_g);
  stored.set_stored_time_ms(step->time_ms);
  stored.set_storage_code(options.code);
  return Assert(context, step->asked, options.assertion);
}

absl::Status RunMove(Context& context, const StepOptions& options) {
  absl::StatusOr<Step> step = BeginStep(context, options);
  if (!step.ok()) return step.status();
  statement::v1::BatchMoved& moved = *step->asked.mutable_batch_moved();
  moved.set_batch(step->batch);
  moved.set_facility(step->facility);
  moved.set_moved_time_ms(step->time_ms);
  return Assert(context, step->asked, options.assertion);
}

absl::Status RunTreat(Context& context, const StepOptions& options) {
  absl::StatusOr<Step> step = BeginStep(context, options);
  if (!step.ok()) return step.status();
  absl::StatusOr<statement::v1::Ending> ending = ParseEnum<statement::v1::Ending>(
      statement::v1::Ending_descriptor(), options.ending, "--ending");
  if (!ending.ok()) return ending.status();
  absl::StatusOr<int64_t> mass_g = MassOf(context, options, step->batch);
  if (!mass_g.ok()) return mass_g.status();
  statement::v1::BatchTreated& treated = *step->asked.mutable_batch_treated();
  treated.set_batch(step->batch);
  treated.set_facility(step->facility);
  treated.set_ending(*ending);
  treated.set_method_code(options.method);
  treated.set_treated_mass_g(*mass_g);
  absl::StatusOr<statement::v1::UnstoredReason> unstored =
      UnstoredArgument(options.unstored, "--unstored");
  if (!unstored.ok()) return unstored.status();
  treated.set_unstored_reason(*unstored);
  treated.set_treated_time_ms(step->time_ms);
  return Assert(context, step->asked, options.assertion);
}

struct ShowOptions {
  std::string batch;
  std::string on;
};

absl::Status RunShow(Context& context, const ShowOptions& options) {
  absl::StatusOr<std::string> batch = context.Id(options.batch, "BATCH");
  if (!batch.ok()) return batch.status();
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::GetBatchRequest request;
  request.set_at_least(context.at_least());
  request.set_batch(*batch);
  request.set_on_date(options.on);
  auto answer =
      (*server)->Call((*server)->tracking(), &v1::TrackingService::Stub::GetBatch, request);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<Json> json = ToJson(*answer);
  if (!json.ok()) return json.status();
  context.Answer(*json, BatchText(answer->batch(), answer->on_date(), context.chinese()) +
                            DisputesText(answer->disputes(), context.chinese()));
  return absl::OkStatus();
}

void DeclareStep(CLI::App& command, StepOptions& options, bool with_mass) {
  command.add_option("BATCH", options.batch, "Id or @name")->required();
  command.add_option("--facility", options.facility, "Where")->required();
  if (with_mass) {
    command
        .add_option("--mass", options.mass, "The batch's mass, exactly (default: as it is known)")
        ->type_name("MASS");
  }
  command.add_option("--at", options.at, "When (default: now), as 2026-03-01T08:30:00+08:00")
      ->type_name("TIME");
  DeclareAssertion(command, options.assertion, /*begins=*/false);
}

void AddBegin(CLI::App& batch, Context& context) {
  AddCommand<GenerateOptions>(
      batch, "generate", "Waste came into being", context,
      [](CLI::App& command, GenerateOptions& options) {
        DeclareBegin(command, options);
        command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
        command.add_option("--opened", options.opened, "When its first container was opened")
            ->type_name("TIME");
        command.add_option("--ward", options.ward, "Ward where medical waste came up");
        command.add_option("--replaces", options.replaces,
                           "The voided batch in whose place it comes: it keeps that one's age");
        command.footer(
            "Example: cradle batch generate --site @plant --code 900-214-08 --mass 1.2t --basis "
            "weighed:S1:1kg --form liquid --container drum --alias oil1");
      },
      RunGenerate);
  AddCommand<DeclareOptions>(
      batch, "declare", "Stock that lay there when the system came", context,
      [](CLI::App& command, DeclareOptions& options) {
        DeclareBegin(command, options);
        command.add_option("--facility", options.facility, "Where it lies")->required();
        command
            .add_option("--since", options.since,
                        "Day its storage began, YYYY-MM-DD, or unknown (counts as over a year)")
            ->required();
        command.add_option("--origin", options.origin,
                           EnumHelp(statement::v1::StockOrigin_descriptor()));
        command.add_option(
            "--grade", options.grade,
            "How well the day is known: " + EnumHelp(statement::v1::EvidenceGrade_descriptor()));
        AddEach(command, "--evidence", options.evidence,
                "Document that supports it; its SHA-256 goes into the log, again for each")
            ->type_name("FILE");
        command.add_option("--regulator", options.regulator,
                           "Who inspected, with --grade inspected");
        command.footer(
            "Example: cradle batch declare --site @plant --facility @store --code 772-003-18 "
            "--mass 40t "
            "--form solid --since 2024-11-03 --grade documented --evidence weigh-ticket.pdf");
      },
      RunDeclare);
}

}  // namespace

void AddBatchCommands(CLI::App& app, Context& context) {
  CLI::App* batch = AddNoun(app, "batch", "Batches of waste");
  AddBegin(*batch, context);
  AddLineageCommands(*batch, context);
  AddCorrectionCommands(*batch, context);
  AddFoundWasteCommand(*batch, context);
  AddDisinfectCommand(*batch, context);
  AddCommand<StepOptions>(
      *batch, "store", "Into a storage facility", context,
      [](CLI::App& command, StepOptions& options) {
        DeclareStep(command, options, /*with_mass=*/true);
        command.add_option("--storage-code", options.code,
                           "The enterprise's own, as HWRK20260301001");
        command.footer("Example: cradle batch store @oil1 --facility @store");
      },
      RunStore);
  AddCommand<StepOptions>(
      *batch, "move", "To another facility of the same site", context,
      [](CLI::App& command, StepOptions& options) {
        DeclareStep(command, options, /*with_mass=*/false);
        command.footer("Example: cradle batch move @oil1 --facility @store2");
      },
      RunMove);
  AddCommand<StepOptions>(
      *batch, "treat", "Utilised or disposed of: the batch ends", context,
      [](CLI::App& command, StepOptions& options) {
        DeclareStep(command, options, /*with_mass=*/true);
        command
            .add_option("--ending", options.ending, EnumHelp(statement::v1::Ending_descriptor()))
            ->required();
        command.add_option("--method", options.method, "Method code: R1…, D1…, C1…, Y10…")
            ->required();
        command
            .add_option(
                "--unstored", options.unstored,
                "Why it was in no store: " + EnumHelp(statement::v1::UnstoredReason_descriptor()))
            ->type_name("REASON");
        command.footer(
            "Example: cradle batch treat @oil1 --facility @furnace --ending disposed --method D10");
      },
      RunTreat);
  AddCommand<ShowOptions>(
      *batch, "show", "One batch: where it is, how old, what the rules marked", context,
      [](CLI::App& command, ShowOptions& options) {
        command.add_option("BATCH", options.batch, "Id or @name")->required();
        command.add_option("--on", options.on, "Day for the age, YYYY-MM-DD (default: today)");
      },
      RunShow);
}

}  // namespace cradle::cli
