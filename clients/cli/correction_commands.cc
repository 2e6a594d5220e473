// `cradle batch amend`, `cradle batch void`: what was said wrongly is set right by a later
// statement.
#include <fmt/format.h>

#include <algorithm>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/documents.h"
#include "clients/sdk/compose.h"
#include "cradle/statement/v1/correction_events.pb.h"
#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

struct CorrectOptions {
  std::string batch;
  std::string reason;
  std::vector<std::string> evidence;
  std::string counterpart;
  std::string regulator;
  AssertionOptions assertion;
};

struct AmendOptions : CorrectOptions {
  std::string corrects;
  std::string code;
  std::string mass;
  std::string basis = "declared";
  std::string form;
  std::string batch_code;
  std::string since;
};

// The author, then who must agree.
absl::Status AddParties(Context& context, const CorrectOptions& options, Statement& asked) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_ORGANISATION);
  if (!options.counterpart.empty()) {
    absl::StatusOr<std::string> counterpart = context.Id(options.counterpart, "--counterpart");
    if (!counterpart.ok()) return counterpart.status();
    sdk::AddParty(asked, *counterpart, statement::v1::CAPACITY_ORGANISATION);
  }
  if (!options.regulator.empty()) {
    absl::StatusOr<std::string> regulator = context.Id(options.regulator, "--regulator");
    if (!regulator.ok()) return regulator.status();
    sdk::AddParty(asked, *regulator, statement::v1::CAPACITY_REGULATOR);
  }
  if (asked.parties_size() > 1 && options.assertion.out.empty()) {
    return absl::InvalidArgumentError(
        "who else attests needs the statement as a file: name it with --out");
  }
  return absl::OkStatus();
}

// Fills what both events have in common.
template <typename Event>
absl::Status FillCommon(Context& context, const CorrectOptions& options, Event& event) {
  absl::StatusOr<std::string> batch = context.Id(options.batch, "BATCH");
  if (!batch.ok()) return batch.status();
  event.set_batch(*batch);
  absl::StatusOr<statement::v1::AmendReason> reason = ParseEnum<statement::v1::AmendReason>(
      statement::v1::AmendReason_descriptor(), options.reason, "--reason");
  if (!reason.ok()) return reason.status();
  event.set_reason(*reason);
  absl::Status hashes = AddDocuments(options.evidence, *event.mutable_evidence_sha256());
  if (!hashes.ok()) return hashes;
  return absl::OkStatus();
}

// The statement that asserted the field: as given, or as the server's trace of the batch has it.
absl::StatusOr<std::string> Corrected(Context& context, const AmendOptions& options,
                                      const std::string& batch) {
  if (!options.corrects.empty()) {
    absl::StatusOr<std::string> hash = evidence::FromHex(options.corrects);
    if (hash.ok() && hash->size() == 32) return hash;
    return absl::InvalidArgumentError("--corrects: 64 hexadecimal characters of a statement");
  }
  absl::StatusOr<sdk::Connection*> server = context.connection();
  if (!server.ok()) return server.status();
  v1::TraceRequest request;
  request.set_at_least(context.at_least());
  request.set_batch(batch);
  auto trace = (*server)->Call((*server)->tracking(), &v1::TrackingService::Stub::Trace, request);
  if (!trace.ok()) return trace.status();
  const state::v1::BatchState& state = trace->batch().batch();
  const uint64_t index = options.mass.empty() ? state.begun_index() : state.mass_index();
  const auto step = std::find_if(trace->steps().begin(), trace->steps().end(),
                                 [&](const v1::TraceStep& each) { return each.index() == index; });
  if (step != trace->steps().end()) return step->statement_hash();
  return absl::NotFoundError(
      fmt::format("entry {}, which asserted this, is not in the server's trace of the batch: name "
                  "the statement with --corrects",
                  index));
}

absl::Status FillChange(const AmendOptions& options, statement::v1::BatchAmended& amended) {
  amended.set_waste_code(options.code);
  amended.set_batch_code(options.batch_code);
  amended.set_storage_start_date(options.since);
  if (!options.since.empty()) {
    if (absl::Status day = rules::CheckDate(options.since); !day.ok())
      return Naming("--since", day);
  }
  if (!options.form.empty()) {
    absl::StatusOr<statement::v1::PhysicalForm> form = ParseEnum<statement::v1::PhysicalForm>(
        statement::v1::PhysicalForm_descriptor(), options.form, "--form");
    if (!form.ok()) return form.status();
    amended.set_form(*form);
  }
  if (options.mass.empty()) return absl::OkStatus();
  absl::StatusOr<int64_t> mass_g = MassArgument(options.mass, "--mass");
  if (!mass_g.ok()) return mass_g.status();
  amended.set_amended_mass_g(*mass_g);
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  *amended.mutable_mass_basis() = *basis;
  return absl::OkStatus();
}

absl::Status RunAmend(Context& context, const AmendOptions& options) {
  Statement asked;
  statement::v1::BatchAmended& amended = *asked.mutable_batch_amended();
  if (absl::Status status = FillCommon(context, options, amended); !status.ok()) return status;
  if (absl::Status status = FillChange(options, amended); !status.ok()) return status;
  if (absl::Status status = AddParties(context, options, asked); !status.ok()) return status;
  absl::StatusOr<std::string> corrects = Corrected(context, options, amended.batch());
  if (!corrects.ok()) return corrects.status();
  amended.set_corrects(*corrects);
  return Assert(context, asked, options.assertion);
}

absl::Status RunVoid(Context& context, const CorrectOptions& options) {
  Statement asked;
  if (absl::Status status = FillCommon(context, options, *asked.mutable_batch_voided());
      !status.ok()) {
    return status;
  }
  if (absl::Status status = AddParties(context, options, asked); !status.ok()) return status;
  return Assert(context, asked, options.assertion);
}

void DeclareCorrection(CLI::App& command, CorrectOptions& options, bool always_regulated) {
  command.add_option("BATCH", options.batch, "Id or @name")->required();
  command.add_option("--reason", options.reason, EnumHelp(statement::v1::AmendReason_descriptor()))
      ->required();
  AddEach(command, "--evidence", options.evidence,
          "Document that supports it; its SHA-256 goes into the log, again for each")
      ->type_name("FILE");
  command.add_option("--counterpart", options.counterpart,
                     "The other organisation that has acted on the batch: it attests too");
  CLI::Option* regulator =
      command.add_option("--regulator", options.regulator,
                         always_regulated ? "Who attests too"
                                          : "Who attests too, where the author may not "
                                            "amend alone");
  if (always_regulated) regulator->required();
  DeclareAssertion(command, options.assertion, /*begins=*/false);
}

}  // namespace

void AddCorrectionCommands(CLI::App& batch, Context& context) {
  AddCommand<AmendOptions>(
      batch, "amend", "Set one field right: its author, and who must agree", context,
      [](CLI::App& command, AmendOptions& options) {
        DeclareCorrection(command, options, /*always_regulated=*/false);
        command.add_option("--corrects", options.corrects,
                           "Statement that asserted the field (default: as the server knows it)");
        command.add_option("--code", options.code, "Waste code NNN-NNN-CC");
        command.add_option("--mass", options.mass, "As it truly is")->type_name("MASS");
        command.add_option("--basis", options.basis, kBasisHelp);
        command.add_option("--form", options.form,
                           EnumHelp(statement::v1::PhysicalForm_descriptor()));
        command.add_option("--batch-code", options.batch_code, "The enterprise's own");
        command.add_option("--since", options.since, "Day its storage began, YYYY-MM-DD");
        command.footer("Example: cradle batch amend @oil1 --reason weighing-error --mass 1.25t");
      },
      RunAmend);
  AddCommand<CorrectOptions>(
      batch, "void", "A batch that never was, or was entered twice", context,
      [](CLI::App& command, CorrectOptions& options) {
        DeclareCorrection(command, options, /*always_regulated=*/true);
        command.footer(
            "Example: cradle batch void @oil1 --reason double-entry --regulator @bureau --out "
            "void.statement\n"
            "What comes in its place keeps its age: cradle batch generate … --replaces @oil1");
      },
      RunVoid);
}

}  // namespace cradle::cli
