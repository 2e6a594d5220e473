// `cradle manifest take|handover|deliver`, attested by two devices: one prepares and attests into a
// file, the other attests the file, either submits it.
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

constexpr char kTwoDevices[] =
    "\nThe file goes to the other device: `cradle statement show FILE`, `cradle statement attest "
    "FILE`; "
    "then either side: `cradle statement submit FILE`. No network is needed until then.";

struct HandoverOptions {
  std::string manifest;
  std::string vehicle;
  std::string at;
  std::string official;
  std::string ticket;
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
  // Entered afterwards, it keeps the time that the paper has.
  if (handover.facts.issued.has_paper()) handover.asked.set_claimed_time_ms(*time_ms);
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
  if (!options.ticket.empty()) {
    auto ticket = ParseTicket(context, options.ticket, *vehicle);
    if (!ticket.ok()) return ticket.status();
    *taken.mutable_weigh_ticket() = *std::move(ticket);
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
        command.add_option("--ticket", options.ticket, kTicketHelp);
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
}

}  // namespace cradle::cli
