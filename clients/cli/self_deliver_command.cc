// `cradle manifest self-deliver`: a small clinic brings its waste to a collection point.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/documents.h"
#include "clients/cli/facts.h"
#include "clients/sdk/compose.h"
#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

struct BringOptions {
  std::string site;
  std::vector<std::string> lines;
  std::string receiver;
  std::string receiver_site;
  std::string receiver_facility;
  std::string basis = "weighed";
  std::string official;
  std::string plan;
  std::string contract;
  std::string exempt;
  int64_t fee_fen = 0;
  std::string at;
  AssertionOptions assertion;
};

// As a line of a manifest; `mass` is what is received, and what is sent is the batch's.
absl::Status AddLine(Context& context, const std::string& text,
                     const statement::v1::MassBasis& basis,
                     statement::v1::SelfDelivered& delivered) {
  absl::StatusOr<statement::v1::ManifestLine> line = ParseLine(context, text, "bag");
  if (!line.ok()) return line.status();
  absl::StatusOr<sdk::BatchFacts> facts = BatchFactsOf(context, line->batch());
  if (!facts.ok()) return facts.status();
  statement::v1::SelfDeliveredLine& brought = *delivered.add_lines();
  brought.set_batch(line->batch());
  brought.set_waste_code(line->waste_code());
  brought.set_sent_mass_g(facts->mass_g);
  brought.set_packaging(line->packaging());
  brought.set_unstored_reason(line->unstored_reason());
  brought.set_package_count(line->package_count());
  brought.set_method_code(line->method_code());
  brought.set_form(line->form());
  brought.set_received_mass_g(line->sent_mass_g());
  *brought.mutable_mass_basis() = basis;
  delivered.set_total_sent_mass_g(delivered.total_sent_mass_g() + facts->mass_g);
  delivered.set_total_received_mass_g(delivered.total_received_mass_g() + line->sent_mass_g());
  return absl::OkStatus();
}

absl::Status RunBring(Context& context, const BringOptions& options) {
  Statement asked;
  statement::v1::SelfDelivered& delivered = *asked.mutable_self_delivered();
  delivered.set_manifest(evidence::RandomId());
  absl::StatusOr<std::string> site = context.Id(options.site, "--site");
  if (!site.ok()) return site.status();
  absl::StatusOr<std::string> receiver = context.Id(options.receiver, "--receiver");
  if (!receiver.ok()) return receiver.status();
  absl::StatusOr<std::string> receiver_site = context.Id(options.receiver_site, "--receiver-site");
  if (!receiver_site.ok()) return receiver_site.status();
  absl::StatusOr<std::string> facility =
      context.Id(options.receiver_facility, "--receiver-facility");
  if (!facility.ok()) return facility.status();
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  delivered.set_consignor_site(*site);
  delivered.set_receiver_site(*receiver_site);
  delivered.set_receiver_facility(*facility);
  delivered.set_delivered_time_ms(*time_ms);
  if (absl::Status status = FillPapers(options, delivered); !status.ok()) return status;
  for (const std::string& text : options.lines) {
    if (absl::Status status = AddLine(context, text, *basis, delivered); !status.ok()) {
      return status;
    }
  }
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_CONSIGNOR);
  sdk::AddParty(asked, *receiver, statement::v1::CAPACITY_RECEIVER);
  return Assert(context, asked, options.assertion, {{"manifest", delivered.manifest()}});
}

void DeclareBring(CLI::App& command, BringOptions& options) {
  command.add_option("--site", options.site, "Site it comes from")->required();
  AddEach(command, "--line", options.lines,
          LineHelp("bag") + "; mass= is what the receiver weighs (default: the batch's)")
      ->required();
  command.add_option("--receiver", options.receiver, "Whose collection point it is")->required();
  command.add_option("--receiver-site", options.receiver_site, "Its site")->required();
  command.add_option("--receiver-facility", options.receiver_facility, "The collection point")
      ->required();
  command.add_option("--basis", options.basis, kBasisHelp);
  command.add_option("--official", options.official, "14-digit number of the national system");
  command.add_option("--plan", options.plan, "Number of the filed management plan");
  command
      .add_option("--contract", options.contract,
                  "The written contract; its SHA-256 goes into the log")
      ->type_name("FILE");
  command.add_option("--exempt", options.exempt, ExemptHelp());
  command.add_option("--fee-fen", options.fee_fen, "Service fee in 分, 0.01 CNY");
  command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
  DeclareAssertion(command, options.assertion, /*begins=*/true, /*two_parties=*/true);
  command.footer(
      "Example: cradle manifest self-deliver --site @ward --line @bag1,mass=4.2kg --receiver "
      "@collector --receiver-site @depot --receiver-facility @point --out brought.statement");
}

}  // namespace

void AddSelfDeliverCommand(CLI::App& manifest, Context& context) {
  AddCommand<BringOptions>(manifest, "self-deliver",
                           "Medical waste brought to a collection point: both attest", context,
                           DeclareBring, RunBring);
}

}  // namespace cradle::cli
