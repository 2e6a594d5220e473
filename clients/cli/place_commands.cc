// `cradle site`, `cradle facility`, `cradle vehicle`: where waste lies and what carries it.
#include <fmt/format.h>

#include "clients/cli/arguments.h"
#include "clients/cli/assertion.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/cli/permit_commands.h"
#include "clients/sdk/compose.h"
#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

using statement::v1::Statement;

// The organisation named, or one's own.
absl::StatusOr<std::string> Owner(Context& context, const std::string& named) {
  return named.empty() ? context.Self() : context.Id(named, "--org");
}

struct SiteOptions {
  std::string organisation;
  std::string name;
  std::string division;
  std::string zone;
  AssertionOptions assertion;
};

absl::Status RunSite(Context& context, const SiteOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> owner = Owner(context, options.organisation);
  if (!owner.ok()) return owner.status();
  if (absl::Status status = rules::CheckDivisionForm(options.division); !status.ok()) {
    return Naming("--division", status);
  }
  Statement asked;
  AddSelfOrRegulator(asked, *self, *owner);
  statement::v1::SiteRegistered& site = *asked.mutable_site_registered();
  site.set_organisation(*owner);
  site.set_site(evidence::RandomId());
  site.set_name(options.name);
  site.set_division(options.division);
  site.set_time_zone(options.zone);
  return Assert(context, asked, options.assertion, {{"site", site.site()}});
}

struct FacilityOptions {
  std::string organisation;
  std::string site;
  std::string kind;
  std::string name;
  std::string capacity;
  std::string eia;
  std::string accepted;
  std::vector<std::string> methods;
  std::vector<std::string> processes;
  std::string throughput;
  AssertionOptions assertion;
};

absl::Status RunFacility(Context& context, const FacilityOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  absl::StatusOr<std::string> owner = Owner(context, options.organisation);
  if (!owner.ok()) return owner.status();
  absl::StatusOr<std::string> site = context.Id(options.site, "--site");
  if (!site.ok()) return site.status();
  absl::StatusOr<statement::v1::FacilityKind> kind = ParseEnum<statement::v1::FacilityKind>(
      statement::v1::FacilityKind_descriptor(), options.kind, "--kind");
  if (!kind.ok()) return kind.status();
  Statement asked;
  AddSelfOrRegulator(asked, *self, *owner);
  statement::v1::FacilityRegistered& facility = *asked.mutable_facility_registered();
  facility.set_facility(evidence::RandomId());
  facility.set_organisation(*owner);
  facility.set_site(*site);
  facility.set_kind(*kind);
  facility.set_name(options.name);
  if (!options.capacity.empty()) {
    absl::StatusOr<int64_t> capacity_mass_g = MassArgument(options.capacity, "--capacity");
    if (!capacity_mass_g.ok()) return capacity_mass_g.status();
    facility.set_capacity_mass_g(*capacity_mass_g);
  }
  facility.set_eia_reference(options.eia);
  if (!options.accepted.empty()) {
    if (absl::Status status = rules::CheckDate(options.accepted); !status.ok()) {
      return Naming("--accepted", status);
    }
    facility.set_acceptance_date(options.accepted);
  }
  for (const std::string& method : options.methods) facility.add_method_codes(method);
  for (const std::string& process : options.processes) facility.add_process_codes(process);
  if (!options.throughput.empty()) {
    absl::StatusOr<int64_t> throughput_mass_g = MassArgument(options.throughput, "--throughput");
    if (!throughput_mass_g.ok()) return throughput_mass_g.status();
    facility.set_throughput_mass_g_per_day(*throughput_mass_g);
  }
  return Assert(context, asked, options.assertion, {{"facility", facility.facility()}});
}

struct VehicleOptions {
  std::string plate;
  std::string permit;
  bool medical = false;
  std::string payload;
  AssertionOptions assertion;
};

absl::Status RunVehicle(Context& context, const VehicleOptions& options) {
  absl::StatusOr<std::string> self = context.Self();
  if (!self.ok()) return self.status();
  Statement asked;
  sdk::AddParty(asked, *self, statement::v1::CAPACITY_ORGANISATION);
  statement::v1::VehicleRegistered& vehicle = *asked.mutable_vehicle_registered();
  vehicle.set_organisation(*self);
  vehicle.set_vehicle(evidence::RandomId());
  vehicle.set_plate(options.plate);
  vehicle.set_permit_number(options.permit);
  vehicle.set_medical_waste_dedicated(options.medical);
  if (!options.payload.empty()) {
    absl::StatusOr<int64_t> payload_mass_g = MassArgument(options.payload, "--payload");
    if (!payload_mass_g.ok()) return payload_mass_g.status();
    vehicle.set_payload_mass_g(*payload_mass_g);
  }
  return Assert(context, asked, options.assertion, {{"vehicle", vehicle.vehicle()}});
}

void DeclareFacility(CLI::App& command, FacilityOptions& options) {
  command.add_option("--site", options.site, "Site it is at")->required();
  command.add_option("--kind", options.kind, EnumHelp(statement::v1::FacilityKind_descriptor()))
      ->required();
  command.add_option("--name", options.name, "Name")->required();
  command.add_option("--capacity", options.capacity, "What fits, such as 200t")->type_name("MASS");
  command.add_option("--eia", options.eia, "Number of the EIA approval (环评批复文号)");
  command.add_option("--accepted", options.accepted, "Day of acceptance (三同时), YYYY-MM-DD");
  AddEach(command, "--method", options.methods, "Method codes of utilisation or disposal")
      ->delimiter(',');
  AddEach(command, "--process", options.processes,
          "Pre-treatment, as the rule data name it: dewatering, drying…")
      ->delimiter(',');
  command.add_option("--throughput", options.throughput, "Pre-treated in a day, such as 20t")
      ->type_name("MASS");
  command.add_option("--org", options.organisation, "Whose it is (default: one's own)");
  DeclareAssertion(command, options.assertion, /*begins=*/true);
  command.footer(
      "Example: cradle facility register --site @plant --kind storage-warehouse --name 危废库 "
      "--capacity "
      "50t --accepted 2021-06-30 --alias store");
}

}  // namespace

void AddPlaceCommands(CLI::App& app, Context& context) {
  CLI::App* site = AddNoun(app, "site", "Sites of organisations");
  AddCommand<SiteOptions>(
      *site, "register", "Register a site", context,
      [](CLI::App& command, SiteOptions& options) {
        command.add_option("--name", options.name, "Name")->required();
        command.add_option("--division", options.division, "GB/T 2260, six digits")->required();
        command.add_option("--zone", options.zone, "IANA time zone (default: Asia/Shanghai)");
        command.add_option("--org", options.organisation, "Whose it is (default: one's own)");
        DeclareAssertion(command, options.assertion, /*begins=*/true);
        command.footer(
            "Example: cradle site register --name 一厂区 --division 370781 --alias plant");
      },
      RunSite);
  CLI::App* facility = AddNoun(app, "facility", "Storage, utilisation and disposal facilities");
  AddCommand<FacilityOptions>(*facility, "register", "Register a facility", context,
                              DeclareFacility, RunFacility);
  AddStorageCommands(*facility, context);
  CLI::App* vehicle = AddNoun(app, "vehicle", "Vehicles of carriers");
  AddCommand<VehicleOptions>(
      *vehicle, "register", "Register a vehicle", context,
      [](CLI::App& command, VehicleOptions& options) {
        command.add_option("--plate", options.plate, "Number plate")->required();
        command.add_option("--permit", options.permit, "Number of the road transport permit");
        command.add_flag("--medical", options.medical, "Dedicated to medical waste (GB 19217)");
        command.add_option("--payload", options.payload, "What it may carry, such as 10t")
            ->type_name("MASS");
        DeclareAssertion(command, options.assertion, /*begins=*/true);
        command.footer(
            "Example: cradle vehicle register --plate 鲁G12345 --payload 10t --alias truck");
      },
      RunVehicle);
}

}  // namespace cradle::cli
