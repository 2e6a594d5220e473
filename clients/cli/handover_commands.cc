// `cradle manifest take|handover|deliver|confirm`. The first three are attested by two devices: one
// prepares and attests into a file, the other attests the file, either submits it.
#include <fmt/format.h>

#include <map>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/facts.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/quantity.h"
#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

constexpr char kTwoDevices[] =
    "\nThe file goes to the other device: `cradle statement show FILE`, `cradle statement attest "
    "FILE`; "
    "then either side: `cradle statement submit FILE`. No network is needed until then.";

struct HandoverOptions {
  std::string manifest;
  std::string vehicle;
  std::string at;
  std::string official;
  AssertionOptions assertion;
};

struct Handover {
  std::string manifest;
  sdk::ManifestFacts facts;
  int64_t time_ms = 0;
  Statement asked;
};

absl::StatusOr<Handover> BeginHandover(Context& context, const HandoverOptions& options) {
  Handover handover;
  absl::StatusOr<std::string> manifest = context.Id(options.manifest, "MANIFEST");
  if (!manifest.ok()) return manifest.status();
  handover.manifest = *manifest;
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  handover.time_ms = *time_ms;
  absl::StatusOr<sdk::ManifestFacts> facts = ManifestFactsOf(context, *manifest);
  if (!facts.ok()) return facts.status();
  handover.facts = *std::move(facts);
  if (handover.facts.carrier >= static_cast<uint32_t>(handover.facts.issued.carriers_size())) {
    return absl::FailedPreconditionError(
        fmt::format("manifest {} names no carrier {}", *manifest, handover.facts.carrier + 1));
  }
  return handover;
}

const std::string& Carrier(const sdk::ManifestFacts& facts, uint32_t leg) {
  return facts.issued.carriers(static_cast<int>(leg)).organisation();
}

// The vehicle given, or the one that the manifest names for the leg.
absl::StatusOr<std::string> Vehicle(Context& context, const HandoverOptions& options,
                                    const sdk::ManifestFacts& facts, uint32_t leg) {
  if (!options.vehicle.empty()) return context.Id(options.vehicle, "--vehicle");
  const std::string& named = facts.issued.carriers(static_cast<int>(leg)).vehicle();
  if (!named.empty()) return named;
  return absl::InvalidArgumentError("the manifest names no vehicle: give --vehicle");
}

absl::Status RunTake(Context& context, const HandoverOptions& options) {
  absl::StatusOr<Handover> handover = BeginHandover(context, options);
  if (!handover.ok()) return handover.status();
  absl::StatusOr<std::string> vehicle = Vehicle(context, options, handover->facts, 0);
  if (!vehicle.ok()) return vehicle.status();
  sdk::AddParty(handover->asked, handover->facts.consignor, statement::v1::CAPACITY_CONSIGNOR);
  sdk::AddParty(handover->asked, Carrier(handover->facts, 0), statement::v1::CAPACITY_CARRIER);
  statement::v1::LoadTaken& taken = *handover->asked.mutable_load_taken();
  taken.set_manifest(handover->manifest);
  taken.set_vehicle(*vehicle);
  taken.set_taken_time_ms(handover->time_ms);
  if (!options.official.empty()) {
    if (absl::Status status = rules::CheckOfficialNumber(options.official); !status.ok()) {
      return Naming("--official", status);
    }
    taken.set_official_number(options.official);
  }
  return Assert(context, handover->asked, options.assertion);
}

absl::Status RunHandOver(Context& context, const HandoverOptions& options) {
  absl::StatusOr<Handover> handover = BeginHandover(context, options);
  if (!handover.ok()) return handover.status();
  const uint32_t from = handover->facts.carrier;
  if (from + 1 >= static_cast<uint32_t>(handover->facts.issued.carriers_size())) {
    return absl::FailedPreconditionError(
        "the manifest names no further carrier: the load goes to the receiver (`cradle manifest "
        "deliver`)");
  }
  absl::StatusOr<std::string> vehicle = Vehicle(context, options, handover->facts, from + 1);
  if (!vehicle.ok()) return vehicle.status();
  sdk::AddParty(handover->asked, Carrier(handover->facts, from), statement::v1::CAPACITY_CARRIER);
  sdk::AddParty(handover->asked, Carrier(handover->facts, from + 1),
                statement::v1::CAPACITY_CARRIER);
  statement::v1::LoadHandedOver& over = *handover->asked.mutable_load_handed_over();
  over.set_manifest(handover->manifest);
  over.set_vehicle(*vehicle);
  over.set_handed_over_time_ms(handover->time_ms);
  return Assert(context, handover->asked, options.assertion);
}

absl::Status RunDeliver(Context& context, const HandoverOptions& options) {
  absl::StatusOr<Handover> handover = BeginHandover(context, options);
  if (!handover.ok()) return handover.status();
  sdk::AddParty(handover->asked, Carrier(handover->facts, handover->facts.carrier),
                statement::v1::CAPACITY_CARRIER);
  sdk::AddParty(handover->asked, handover->facts.issued.receiver(),
                statement::v1::CAPACITY_RECEIVER);
  statement::v1::LoadDelivered& delivered = *handover->asked.mutable_load_delivered();
  delivered.set_manifest(handover->manifest);
  delivered.set_delivered_time_ms(handover->time_ms);
  return Assert(context, handover->asked, options.assertion);
}

// --- confirm ------------------------------------------------------------------------------------

struct ConfirmOptions {
  std::string manifest;
  std::vector<std::string> lines;
  bool as_sent = false;
  std::string basis = "declared";
  std::string at;
  AssertionOptions assertion;
};

// The lines given, by batch.
absl::StatusOr<std::map<std::string, statement::v1::ReceivedLine>> ParseReceived(
    Context& context, const ConfirmOptions& options) {
  std::map<std::string, statement::v1::ReceivedLine> received;
  for (const std::string& text : options.lines) {
    auto fields = ParseFields(text, {"mass", "basis", "method"}, "--line");
    if (!fields.ok()) return fields.status();
    absl::StatusOr<std::string> batch = context.Id((*fields)[""], "--line");
    if (!batch.ok()) return batch.status();
    if ((*fields)["mass"].empty()) {
      return absl::InvalidArgumentError(
          fmt::format("--line: '{}' says no mass: BATCH,mass=1.19t", text));
    }
    absl::StatusOr<int64_t> mass_g = MassArgument((*fields)["mass"], "--line mass");
    if (!mass_g.ok()) return mass_g.status();
    const std::string basis_text = (*fields)["basis"].empty() ? options.basis : (*fields)["basis"];
    absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(basis_text);
    if (!basis.ok()) return basis.status();
    statement::v1::ReceivedLine line;
    line.set_batch(*batch);
    line.set_received_mass_g(*mass_g);
    *line.mutable_mass_basis() = *basis;
    line.set_method_code((*fields)["method"]);
    if (!received.emplace(*batch, line).second) {
      return absl::InvalidArgumentError(fmt::format("--line: batch {} is given twice", *batch));
    }
  }
  return received;
}

absl::Status RunConfirm(Context& context, const ConfirmOptions& options) {
  absl::StatusOr<std::string> manifest = context.Id(options.manifest, "MANIFEST");
  if (!manifest.ok()) return manifest.status();
  absl::StatusOr<int64_t> time_ms = context.Time(options.at, "--at");
  if (!time_ms.ok()) return time_ms.status();
  auto received = ParseReceived(context, options);
  if (!received.ok()) return received.status();
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(options.basis);
  if (!basis.ok()) return basis.status();
  absl::StatusOr<sdk::ManifestFacts> facts = ManifestFactsOf(context, *manifest);
  if (!facts.ok()) return facts.status();

  Statement asked;
  statement::v1::ReceiptConfirmed& confirmed = *asked.mutable_receipt_confirmed();
  confirmed.set_manifest(*manifest);
  confirmed.set_confirmed_time_ms(*time_ms);
  int64_t total_mass_g = 0;
  for (const statement::v1::ManifestLine& sent : facts->issued.lines()) {
    statement::v1::ReceivedLine& line = *confirmed.add_lines();
    if (const auto given = received->find(sent.batch()); given != received->end()) {
      line = given->second;
      received->erase(given);
    } else if (options.as_sent) {
      line.set_batch(sent.batch());
      line.set_received_mass_g(sent.sent_mass_g());
      *line.mutable_mass_basis() = *basis;
    } else {
      return absl::InvalidArgumentError(
          fmt::format("what was received of batch {}? Give --line {},mass=…, or --as-sent for what "
                      "weighs as it "
                      "was sent",
                      sent.batch(), sent.batch()));
    }
    line.set_outcome(statement::v1::LINE_OUTCOME_ACCEPTED);
    if (line.method_code().empty()) line.set_method_code(sent.method_code());
    total_mass_g += line.received_mass_g();
  }
  if (!received->empty()) {
    return absl::InvalidArgumentError(
        fmt::format("--line: batch {} is not on this manifest", received->begin()->first));
  }
  confirmed.set_total_received_mass_g(total_mass_g);
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_RECEIVER);
  return Assert(context, asked, options.assertion);
}

void DeclareHandover(CLI::App& command, HandoverOptions& options, bool with_vehicle) {
  command.add_option("MANIFEST", options.manifest, "Id or @name")->required();
  if (with_vehicle) {
    command.add_option("--vehicle", options.vehicle, "Vehicle that takes (default: as issued)");
  }
  command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
  DeclareAssertion(command, options.assertion, /*begins=*/false, /*two_parties=*/true);
}

}  // namespace

void AddHandoverCommands(CLI::App& manifest, Context& context) {
  AddCommand<HandoverOptions>(
      manifest, "take", "Pickup: consignor and first carrier attest", context,
      [](CLI::App& command, HandoverOptions& options) {
        DeclareHandover(command, options, /*with_vehicle=*/true);
        command.add_option("--official", options.official,
                           "14-digit number of the national system, if attached only now");
        command.footer(std::string("Example: cradle manifest take @trip1 --out load.statement") +
                       kTwoDevices);
      },
      RunTake);
  AddCommand<HandoverOptions>(
      manifest, "handover", "From one carrier to the next: both attest", context,
      [](CLI::App& command, HandoverOptions& options) {
        DeclareHandover(command, options, /*with_vehicle=*/true);
        command.footer(
            std::string("Example: cradle manifest handover @trip1 --out over.statement") +
            kTwoDevices);
      },
      RunHandOver);
  AddCommand<HandoverOptions>(
      manifest, "deliver", "Arrival: last carrier and receiver attest", context,
      [](CLI::App& command, HandoverOptions& options) {
        DeclareHandover(command, options, /*with_vehicle=*/false);
        command.footer(
            std::string("Example: cradle manifest deliver @trip1 --out arrival.statement") +
            kTwoDevices);
      },
      RunDeliver);
  AddCommand<ConfirmOptions>(
      manifest, "confirm", "What was received, weighed by the receiver", context,
      [](CLI::App& command, ConfirmOptions& options) {
        command.add_option("MANIFEST", options.manifest, "Id or @name")->required();
        AddEach(command, "--line", options.lines,
                "BATCH,mass=MASS[,basis=BASIS][,method=CODE], again for each");
        command.add_flag("--as-sent", options.as_sent,
                         "Batches without --line weigh as they were sent");
        command.add_option("--basis", options.basis, kBasisHelp);
        command.add_option("--at", options.at, "When (default: now)")->type_name("TIME");
        DeclareAssertion(command, options.assertion, /*begins=*/false);
        command.footer(
            "Example: cradle manifest confirm @trip1 --line @oil1,mass=1.19t --basis "
            "weighed:S9:1kg");
      },
      RunConfirm);
}

}  // namespace cradle::cli
