#include "tests/services/rules/district.h"

#include <fmt/format.h>

namespace cradle::rules::test {
namespace {

constexpr std::string_view kUsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";

}  // namespace

std::string District::Uscc(int number) {
  std::string uscc = fmt::format("91370781MA{:07}", number);
  int sum = 0;
  int weight = 1;
  for (const char c : uscc) {
    sum += static_cast<int>(kUsccAlphabet.find(c)) * weight;
    weight = weight * 3 % 31;
  }
  return uscc + kUsccAlphabet[static_cast<size_t>((31 - sum % 31) % 31)];
}

District::District(uint32_t rule_set, const std::string& division, OnEntered on_entered)
    : World(std::move(on_entered)) {
  FoundLog(rule_set, division);
  producer = NewActor({v1::ORGANISATION_ROLE_PRODUCER});
  hospital = NewActor({v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION});
  carrier = NewActor({v1::ORGANISATION_ROLE_CARRIER});
  carrier2 = NewActor({v1::ORGANISATION_ROLE_CARRIER});
  plant = NewActor({v1::ORGANISATION_ROLE_OPERATOR});
  for (std::string* id : {&producer_site, &producer_store, &producer_store2, &producer_kiln,
                          &hospital_site, &hospital_store, &plant_site, &plant_store,
                          &plant_furnace, &truck, &truck2, &medical_truck}) {
    *id = NewId();
  }
  Must(RegisterSite(producer, producer_site));
  Must(RegisterSite(hospital, hospital_site));
  Must(RegisterSite(plant, plant_site));
  const auto warehouse = v1::FACILITY_KIND_STORAGE_WAREHOUSE;
  Must(RegisterFacility(producer, producer_site, producer_store, warehouse));
  Must(RegisterFacility(producer, producer_site, producer_store2, v1::FACILITY_KIND_STORAGE_POINT));
  Must(RegisterFacility(producer, producer_site, producer_kiln, v1::FACILITY_KIND_UTILISATION,
                        {"R9"}));
  Must(RegisterFacility(hospital, hospital_site, hospital_store, v1::FACILITY_KIND_MEDICAL_STORE));
  Must(RegisterFacility(plant, plant_site, plant_store, warehouse));
  Must(RegisterFacility(plant, plant_site, plant_furnace, v1::FACILITY_KIND_DISPOSAL,
                        {"D10", "Y10", "Y11"}));
  Must(RegisterVehicle(carrier, truck));
  Must(RegisterVehicle(carrier2, truck2));
  Must(RegisterVehicle(carrier, medical_truck, true));
  for (const Actor* each : {&carrier, &carrier2}) {
    Must(GrantLicence(*each, v1::LICENCE_KIND_TRANSPORT, "HW08"));
    Must(GrantLicence(*each, v1::LICENCE_KIND_TRANSPORT, "HW01"));
  }
  Must(GrantLicence(plant, v1::LICENCE_KIND_COMPREHENSIVE, "900-214-08", {"D10"}));
  Must(GrantLicence(plant, v1::LICENCE_KIND_COMPREHENSIVE, "HW01", {"Y10", "Y11"}));
}

void District::FoundLog(uint32_t rule_set, const std::string& division) {
  bureau.id = NewId();
  bureau.administrator = NewDevice(bureau.id);
  const Device log = NewDevice("", v1::KEY_ALGORITHM_ED25519);
  Draft draft;
  v1::Founded& founded = *draft.message.mutable_founded();
  founded.set_log_key(log.spki);
  founded.set_rule_set(rule_set);
  founded.set_rule_data_sha256(rule_data_sha256());
  v1::OrganisationRegistered& regulator = *founded.mutable_regulator();
  regulator.set_organisation(bureau.id);
  regulator.set_name("潍坊市生态环境局");
  regulator.set_uscc(Uscc(1));
  regulator.set_division(division);
  regulator.add_roles(v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY);
  v1::DeviceKeyEnrolled& key = *founded.mutable_regulator_key();
  key.set_organisation(bureau.id);
  key.set_algorithm(bureau.administrator.algorithm);
  key.set_key(bureau.administrator.spki);
  key.set_person(bureau.administrator.person);
  key.add_roles(v1::KEY_ROLE_ADMINISTRATOR);
  draft.By(bureau.administrator, v1::CAPACITY_REGULATOR);
  Device log_device = log;
  log_device.person.clear();
  draft.By(log_device, v1::CAPACITY_LOG);
  Must(draft);
  bureau.handler = NewDevice(bureau.id);
  Must(Enrol(bureau.administrator, v1::CAPACITY_ORGANISATION, bureau.handler,
             {v1::KEY_ROLE_OPERATOR}));
}

Actor District::NewActor(std::initializer_list<v1::OrganisationRole> roles) {
  Actor actor;
  actor.id = NewId();
  actor.administrator = NewDevice(actor.id);
  actor.handler = NewDevice(actor.id);
  Must(RegisterOrganisation(actor.id, roles));
  Must(Enrol(bureau.administrator, v1::CAPACITY_REGULATOR, actor.administrator,
             {v1::KEY_ROLE_ADMINISTRATOR}));
  Must(Enrol(actor.administrator, v1::CAPACITY_ORGANISATION, actor.handler,
             {v1::KEY_ROLE_OPERATOR}));
  return actor;
}

Draft District::RegisterOrganisation(const std::string& id,
                                     std::initializer_list<v1::OrganisationRole> roles,
                                     const std::string& division) {
  Draft draft;
  v1::OrganisationRegistered& event = *draft.message.mutable_organisation_registered();
  event.set_organisation(id);
  event.set_name("某单位");
  event.set_uscc(Uscc(static_cast<int>(100 + size())));
  event.set_division(division);
  for (const v1::OrganisationRole role : roles) event.add_roles(role);
  return draft.By(bureau.administrator, v1::CAPACITY_REGULATOR);
}

Draft District::RegisterSite(const Actor& actor, const std::string& site) {
  Draft draft;
  v1::SiteRegistered& event = *draft.message.mutable_site_registered();
  event.set_organisation(actor.id);
  event.set_site(site);
  event.set_name("某场所");
  event.set_division("370781");
  return draft.By(actor.administrator, v1::CAPACITY_ORGANISATION);
}

Draft District::RegisterVehicle(const Actor& actor, const std::string& vehicle, bool medical) {
  Draft draft;
  v1::VehicleRegistered& event = *draft.message.mutable_vehicle_registered();
  event.set_organisation(actor.id);
  event.set_vehicle(vehicle);
  event.set_plate("鲁G12345");
  event.set_medical_waste_dedicated(medical);
  return draft.By(actor.administrator, v1::CAPACITY_ORGANISATION);
}

Draft District::RegisterFacility(const Actor& actor, const std::string& site,
                                 const std::string& facility, v1::FacilityKind kind,
                                 std::initializer_list<const char*> methods) {
  Draft draft;
  v1::FacilityRegistered& event = *draft.message.mutable_facility_registered();
  event.set_facility(facility);
  event.set_organisation(actor.id);
  event.set_site(site);
  event.set_kind(kind);
  event.set_name("某设施");
  event.set_capacity_mass_g(50'000'000);
  event.set_acceptance_date("2023-01-01");
  for (const char* method : methods) event.add_method_codes(method);
  return draft.By(actor.administrator, v1::CAPACITY_ORGANISATION);
}

Draft District::Enrol(const Device& by, v1::Capacity capacity, const Device& device,
                      std::initializer_list<v1::KeyRole> roles) {
  Draft draft;
  v1::DeviceKeyEnrolled& event = *draft.message.mutable_device_key_enrolled();
  event.set_organisation(device.organisation);
  event.set_algorithm(device.algorithm);
  event.set_key(device.spki);
  event.set_person(device.person);
  for (const v1::KeyRole role : roles) event.add_roles(role);
  return draft.By(by, capacity);
}

Draft District::Revoke(const Device& by, const Device& device) {
  Draft draft;
  v1::DeviceKeyRevoked& event = *draft.message.mutable_device_key_revoked();
  event.set_organisation(device.organisation);
  event.set_key_id(device.key_id);
  event.set_reason(v1::REVOCATION_REASON_LOST);
  return draft.By(by, by.organisation == device.organisation ? v1::CAPACITY_ORGANISATION
                                                             : v1::CAPACITY_REGULATOR);
}

Draft District::GrantLicence(const Actor& holder, v1::LicenceKind kind, const std::string& waste,
                             std::initializer_list<const char*> methods, const std::string& from,
                             const std::string& to) {
  Draft draft;
  v1::LicenceGranted& event = *draft.message.mutable_licence_granted();
  event.set_organisation(holder.id);
  event.set_licence_number("潍坊危证01号");
  event.set_kind(kind);
  v1::LicenceScope& scope = *event.add_scopes();
  scope.set_waste(waste);
  scope.set_annual_mass_g(5'000'000'000);
  for (const char* method : methods) scope.add_method_codes(method);
  event.set_valid_from_date(from);
  event.set_valid_to_date(to);
  return draft.By(bureau.administrator, v1::CAPACITY_REGULATOR);
}

Draft District::AdoptRules() {
  Draft draft;
  draft.message.mutable_rules_adopted()->set_rule_set(kLastRuleSet);
  draft.message.mutable_rules_adopted()->set_rule_data_sha256(rule_data_sha256());
  return draft.By(bureau.administrator, v1::CAPACITY_REGULATOR);
}

Draft District::DeclareStock(const Actor& actor, const std::string& site,
                             const std::string& facility, const std::string& batch,
                             const std::string& code) {
  Draft draft;
  v1::StockDeclared& event = *draft.message.mutable_stock_declared();
  event.set_batch(batch);
  event.set_site(site);
  event.set_facility(facility);
  event.set_waste_code(code);
  event.set_stock_mass_g(3'000'000);
  event.mutable_mass_basis()->set_method(v1::MASS_METHOD_ESTIMATED);
  event.set_form(v1::PHYSICAL_FORM_LIQUID);
  event.set_storage_start_date("2023-05-01");
  event.set_origin(v1::STOCK_ORIGIN_OWN);
  event.set_evidence_grade(v1::EVIDENCE_GRADE_DOCUMENTED);
  event.add_evidence_sha256(std::string(32, 'd'));
  return draft.By(actor.handler, v1::CAPACITY_ORGANISATION);
}

Draft District::Generate(const Actor& actor, const std::string& site, const std::string& batch,
                         int64_t mass_g, const std::string& code) {
  Draft draft;
  v1::BatchGenerated& event = *draft.message.mutable_batch_generated();
  event.set_batch(batch);
  event.set_site(site);
  event.set_waste_code(code);
  event.set_generated_mass_g(mass_g);
  event.mutable_mass_basis()->set_method(v1::MASS_METHOD_WEIGHED);
  event.set_form(v1::PHYSICAL_FORM_LIQUID);
  event.set_generated_time_ms(now_ms);
  return draft.By(actor.handler, v1::CAPACITY_ORGANISATION);
}

Draft District::Store(const Actor& actor, const std::string& batch, const std::string& facility) {
  Draft draft;
  v1::BatchStored& event = *draft.message.mutable_batch_stored();
  event.set_batch(batch);
  event.set_facility(facility);
  event.set_stored_mass_g(Batch(batch).mass_g());
  event.set_stored_time_ms(now_ms);
  return draft.By(actor.handler, v1::CAPACITY_ORGANISATION);
}

Draft District::Move(const Actor& actor, const std::string& batch, const std::string& facility) {
  Draft draft;
  v1::BatchMoved& event = *draft.message.mutable_batch_moved();
  event.set_batch(batch);
  event.set_facility(facility);
  event.set_moved_time_ms(now_ms);
  return draft.By(actor.handler, v1::CAPACITY_ORGANISATION);
}

Draft District::Treat(const Actor& actor, const std::string& batch, const std::string& facility,
                      const std::string& method, v1::Ending ending) {
  Draft draft;
  v1::BatchTreated& event = *draft.message.mutable_batch_treated();
  event.set_batch(batch);
  event.set_facility(facility);
  event.set_ending(ending);
  event.set_method_code(method);
  event.set_treated_mass_g(Batch(batch).mass_g());
  event.set_treated_time_ms(now_ms);
  return draft.By(actor.handler, v1::CAPACITY_ORGANISATION);
}

Draft District::Issue(const Actor& consignor, const std::string& manifest,
                      const std::vector<std::string>& batches,
                      const std::vector<const Actor*>& carriers) {
  Draft draft;
  v1::ManifestIssued& event = *draft.message.mutable_manifest_issued();
  event.set_manifest(manifest);
  event.set_receiver(plant.id);
  event.set_receiver_site(plant_site);
  int64_t total = 0;
  for (const std::string& batch : batches) {
    const state::v1::BatchState state = Batch(batch);
    event.set_consignor_site(state.site());
    v1::ManifestLine& line = *event.add_lines();
    line.set_batch(batch);
    line.set_waste_code(state.waste_code());
    line.set_sent_mass_g(state.mass_g());
    line.set_packaging(v1::PACKAGING_DRUM);
    line.set_package_count(2);
    total += state.mass_g();
  }
  event.set_total_sent_mass_g(total);
  event.set_plan_reference("GLJH-2024-1");
  event.set_contract_sha256(std::string(32, 'c'));
  for (const Actor* each : carriers) event.add_carriers()->set_organisation(each->id);
  return draft.By(consignor.handler, v1::CAPACITY_CONSIGNOR);
}

Draft District::Take(const Actor& consignor, const Actor& by, const std::string& manifest,
                     const std::string& vehicle) {
  Draft draft;
  v1::LoadTaken& event = *draft.message.mutable_load_taken();
  event.set_manifest(manifest);
  event.set_vehicle(vehicle);
  event.set_taken_time_ms(now_ms);
  if (Manifest(manifest).official_number().empty()) event.set_official_number(NewOfficialNumber());
  return draft.By(consignor.handler, v1::CAPACITY_CONSIGNOR).By(by.handler, v1::CAPACITY_CARRIER);
}

Draft District::HandOver(const Actor& from, const Actor& to, const std::string& manifest,
                         const std::string& vehicle) {
  Draft draft;
  v1::LoadHandedOver& event = *draft.message.mutable_load_handed_over();
  event.set_manifest(manifest);
  event.set_vehicle(vehicle);
  event.set_handed_over_time_ms(now_ms);
  return draft.By(from.handler, v1::CAPACITY_CARRIER).By(to.handler, v1::CAPACITY_CARRIER);
}

Draft District::Deliver(const Actor& by, const std::string& manifest) {
  Draft draft;
  v1::LoadDelivered& event = *draft.message.mutable_load_delivered();
  event.set_manifest(manifest);
  event.set_delivered_time_ms(now_ms);
  return draft.By(by.handler, v1::CAPACITY_CARRIER).By(plant.handler, v1::CAPACITY_RECEIVER);
}

Draft District::Confirm(const std::string& manifest) {
  Draft draft;
  v1::ReceiptConfirmed& event = *draft.message.mutable_receipt_confirmed();
  event.set_manifest(manifest);
  int64_t total = 0;
  const state::v1::ManifestState state = Manifest(manifest);
  for (const v1::ManifestLine& sent : state.issued().lines()) {
    v1::ReceivedLine& line = *event.add_lines();
    line.set_batch(sent.batch());
    line.set_outcome(v1::LINE_OUTCOME_ACCEPTED);
    line.set_received_mass_g(sent.sent_mass_g());
    line.mutable_mass_basis()->set_method(v1::MASS_METHOD_WEIGHED);
    total += sent.sent_mass_g();
  }
  event.set_total_received_mass_g(total);
  event.set_confirmed_time_ms(now_ms);
  return draft.By(plant.handler, v1::CAPACITY_RECEIVER);
}

Draft District::Cancel(const Actor& consignor, const std::string& manifest) {
  Draft draft;
  v1::ManifestCancelled& event = *draft.message.mutable_manifest_cancelled();
  event.set_manifest(manifest);
  const state::v1::ManifestState state = Manifest(manifest);
  for (const v1::ManifestLine& line : state.issued().lines()) {
    event.add_batches(line.batch());
  }
  event.set_reason(v1::CANCEL_REASON_NOT_COLLECTED);
  draft.By(consignor.handler, v1::CAPACITY_CONSIGNOR);
  return draft;
}

std::string District::NewOfficialNumber() {
  return fmt::format("20243707{:06}", 900'000 + ++official_numbers_);
}

std::string District::Generated(const Actor& actor, const std::string& site,
                                const std::string& code) {
  const std::string batch = NewId();
  Must(Generate(actor, site, batch, 250'000, code));
  return batch;
}

Actor District::ElsewhereBureau() {
  Actor actor;
  actor.id = NewId();
  actor.administrator = NewDevice(actor.id);
  actor.handler = NewDevice(actor.id);
  Must(RegisterOrganisation(actor.id, {v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY}, "370784"));
  Must(Enrol(bureau.administrator, v1::CAPACITY_REGULATOR, actor.administrator,
             {v1::KEY_ROLE_ADMINISTRATOR}));
  Must(Enrol(actor.administrator, v1::CAPACITY_ORGANISATION, actor.handler,
             {v1::KEY_ROLE_OPERATOR}));
  return actor;
}

std::string District::Stored() {
  const std::string batch = Generated(producer, producer_site);
  Must(Store(producer, batch, producer_store));
  return batch;
}

std::string District::Issued(const std::vector<std::string>& batches, bool two_carriers) {
  const std::string manifest = NewId();
  std::vector<const Actor*> carriers = {&carrier};
  if (two_carriers) carriers.push_back(&carrier2);
  Must(Issue(producer, manifest, batches, carriers));
  return manifest;
}

std::string District::MedicalIssued() {
  const std::string batch = Generated(hospital, hospital_site, "841-001-01");
  const std::string manifest = NewId();
  Must(Issue(hospital, manifest, {batch}, {&carrier}));
  return manifest;
}

std::string District::Taken() {
  const std::string manifest = Issued({Stored()});
  Must(Take(producer, carrier, manifest, truck));
  return manifest;
}

std::string District::Delivered() {
  const std::string manifest = Taken();
  Must(Deliver(carrier, manifest));
  return manifest;
}

std::string District::Received() {
  const std::string manifest = Delivered();
  Must(Confirm(manifest));
  return Manifest(manifest).issued().lines(0).batch();
}

}  // namespace cradle::rules::test
