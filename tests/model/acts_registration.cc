// The log itself, organisations, sites, keys, vehicles, facilities, licences.
#include <fmt/format.h>

#include "tests/model/acts.h"

namespace cradle::model {
namespace {

// There is a log already: always refused.
std::optional<Draft> Found(Town& town) {
  Draft draft;
  v1::Founded& event = *draft.message.mutable_founded();
  const Device log = town.NewDevice("", v1::KEY_ALGORITHM_ED25519);
  event.set_log_key(log.spki);
  event.set_rule_set(rules::kLastRuleSet);
  event.set_rule_data_sha256(town.rule_data_sha256());
  *event.mutable_regulator() =
      town.RegisterOrganisation(town.NewId(), {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY})
          .message.organisation_registered();
  *event.mutable_regulator_key() =
      town.Enrol(town.bureau.administrator, v1::CAPACITY_REGULATOR,
                 town.NewDevice(event.regulator().organisation()), {v1::KEY_ROLE_ADMINISTRATOR})
          .message.device_key_enrolled();
  return draft.By(town.bureau.administrator, v1::CAPACITY_REGULATOR).By(log, v1::CAPACITY_LOG);
}

std::optional<Draft> AdoptRules(Town& town) { return town.AdoptRules(); }

std::optional<Draft> RegisterOrganisation(Town& town) {
  static constexpr v1::OrganisationRole kRoles[] = {
      v1::ORGANISATION_ROLE_PRODUCER, v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION,
      v1::ORGANISATION_ROLE_CARRIER, v1::ORGANISATION_ROLE_OPERATOR};
  Actor actor;
  actor.id = town.NewId();
  actor.administrator = town.NewDevice(actor.id);
  actor.handler = town.NewDevice(actor.id);
  town.Propose(actor);
  return town.RegisterOrganisation(actor.id, {kRoles[town.Draw() % std::size(kRoles)]});
}

std::optional<Draft> RegisterSite(Town& town) {
  const Actor& actor = town.AnyActor();
  Draft draft = town.RegisterSite(actor, town.NewId());
  if (town.OneIn(4)) draft.message.mutable_site_registered()->set_time_zone("Asia/Urumqi");
  return draft;
}

// A key that somebody newly registered waits for, or one more.
std::optional<Draft> Enrol(Town& town) {
  if (!town.pending.empty()) {
    const Actor& actor = *town.WithId(town.pending.back());
    const bool administrator = town.OneIn(2);
    if (town.OneIn(3)) town.pending.pop_back();
    return administrator ? town.Enrol(town.bureau.administrator, v1::CAPACITY_REGULATOR,
                                      actor.administrator, {v1::KEY_ROLE_ADMINISTRATOR})
                         : town.Enrol(actor.administrator, v1::CAPACITY_ORGANISATION, actor.handler,
                                      {v1::KEY_ROLE_OPERATOR});
  }
  const Actor& actor = town.AnyActor();
  const Device device =
      town.OneIn(3) ? town.NewDeviceOf(actor.id, actor.handler.person) : town.NewDevice(actor.id);
  town.Propose(device);
  return town.Enrol(actor.administrator, v1::CAPACITY_ORGANISATION, device,
                    {v1::KEY_ROLE_OPERATOR});
}

// Never one that the town goes on with.
std::optional<Draft> Revoke(Town& town) {
  if (town.spare_devices.empty()) return std::nullopt;
  const Device device = town.AnyOf(town.spare_devices);
  const Actor* const actor = town.WithId(device.organisation);
  if (actor == nullptr) return std::nullopt;
  return town.Revoke(town.OneIn(2) ? actor->administrator : town.bureau.administrator, device);
}

std::optional<Draft> RegisterVehicle(Town& town) {
  const Actor& carrier = town.AnyWith(v1::ORGANISATION_ROLE_CARRIER);
  Draft draft = town.RegisterVehicle(carrier, town.NewId(), town.OneIn(2));
  draft.message.mutable_vehicle_registered()->set_permit_number("鲁交运管 370700001");
  return draft;
}

std::optional<Draft> RegisterFacility(Town& town) {
  static constexpr v1::FacilityKind kKinds[] = {
      v1::FACILITY_KIND_STORAGE_WAREHOUSE, v1::FACILITY_KIND_STORAGE_TANK_AREA,
      v1::FACILITY_KIND_STORAGE_POOL, v1::FACILITY_KIND_STORAGE_POINT,
      v1::FACILITY_KIND_MEDICAL_STORE};
  const Actor& actor = town.OneIn(3) ? town.AnyActor() : town.OneIn(2) ? town.producer : town.plant;
  const std::string site = town.SiteOf(actor.id);
  if (site.empty()) return std::nullopt;
  Draft draft =
      town.RegisterFacility(actor, site, town.NewId(), kKinds[town.Draw() % std::size(kKinds)]);
  v1::FacilityRegistered& event = *draft.message.mutable_facility_registered();
  if (town.OneIn(3)) event.clear_acceptance_date();
  if (town.OneIn(3)) event.set_capacity_mass_g(town.Between(100'000, 3'000'000));
  return draft;
}

std::optional<Draft> GrantLicence(Town& town) {
  const bool carries = town.OneIn(2);
  const Actor& holder =
      town.AnyWith(carries ? v1::ORGANISATION_ROLE_CARRIER : v1::ORGANISATION_ROLE_OPERATOR);
  if (carries) return town.GrantLicence(holder, v1::LICENCE_KIND_TRANSPORT, "HW08");
  Draft draft = town.OneIn(3)
                    ? town.GrantLicence(holder, v1::LICENCE_KIND_SMALL_COLLECTION, "HW49")
                    : town.GrantLicence(holder, v1::LICENCE_KIND_COMPREHENSIVE, "HW08", {"D10"});
  if (town.OneIn(3)) {
    draft.message.mutable_licence_granted()->mutable_scopes(0)->set_annual_mass_g(1'000'000);
  }
  return draft;
}

constexpr Act kActs[] = {
    {v1::Statement::kFounded, Found, 1},
    {v1::Statement::kRulesAdopted, AdoptRules, 1},
    {v1::Statement::kOrganisationRegistered, RegisterOrganisation, 1},
    {v1::Statement::kSiteRegistered, RegisterSite, 1},
    {v1::Statement::kDeviceKeyEnrolled, Enrol, 3},
    {v1::Statement::kDeviceKeyRevoked, Revoke, 1},
    {v1::Statement::kVehicleRegistered, RegisterVehicle, 1},
    {v1::Statement::kFacilityRegistered, RegisterFacility, 1},
    {v1::Statement::kLicenceGranted, GrantLicence, 1},
};

}  // namespace

std::span<const Act> RegistrationActs() { return kActs; }

}  // namespace cradle::model
