#include "clients/district/plan.h"

#include <fmt/format.h>

#include "clients/sdk/compose.h"
#include "services/rules/admission.h"
#include "services/rules/calendar.h"
#include "storage/evidence/hash.h"

namespace cradle::district {
namespace {

namespace v1 = statement::v1;

// What the sample's scales show: 100 g at an institution's store, 1 kg on a weighbridge.
void SetWeighed(v1::MassBasis& basis, const std::string& scale, int64_t division_mass_g) {
  basis.set_method(v1::MASS_METHOD_WEIGHED);
  basis.set_scale_id(scale);
  basis.set_division_mass_g(division_mass_g);
}

const std::string& ReceiverOf(const District& district, const Pickup& pickup) {
  return district.facilities.at(pickup.receiver_facility).organisation;
}

void SetEnrolled(v1::DeviceKeyEnrolled& enrolled, const std::string& organisation,
                 const Device& device, int64_t time_ms) {
  enrolled.set_organisation(organisation);
  enrolled.set_algorithm(device.key.public_key().algorithm());
  enrolled.set_key(device.key.public_key().spki_der());
  enrolled.set_person(device.person);
  enrolled.add_roles(v1::KEY_ROLE_ADMINISTRATOR);
  enrolled.add_roles(v1::KEY_ROLE_OPERATOR);
  enrolled.set_valid_from_time_ms(time_ms);
}

v1::Statement StoredAt(const std::string& organisation, const std::string& facility,
                       const std::string& batch, int64_t mass_g, int64_t time_ms) {
  v1::Statement statement;
  sdk::AddParty(statement, organisation, v1::CAPACITY_ORGANISATION);
  v1::BatchStored& stored = *statement.mutable_batch_stored();
  stored.set_batch(batch);
  stored.set_facility(facility);
  stored.set_stored_mass_g(mass_g);
  stored.set_stored_time_ms(time_ms);
  return statement;
}

// Made up for the sample: true ones are given by the national system.
std::string OfficialNumber(const District& district, const Pickup& pickup) {
  int serial = 1;
  for (const auto& [key, other] : district.pickups) {
    if (other.manifest == pickup.manifest) break;
    ++serial;
  }
  return fmt::format("20263707{:06}", serial);
}

}  // namespace

size_t CountStatements(const District& district) {
  // Whoever founds the log is registered and enrolled by that one statement.
  size_t count = 2 * district.organisations.size() - 1 + district.sites.size() +
                 district.facilities.size() + district.licences.size() + district.vehicles.size() +
                 district.stock.size();
  for (const auto& [key, pickup] : district.pickups) {
    for (const PickupLine& line : pickup.lines) {
      if (!line.old) count += pickup.consignor_facility.empty() ? 1 : 2;
    }
    // A manifest has one statement for each step up to the confirmation, then its batches do.
    count += static_cast<size_t>(std::min(pickup.last_step, Step::kConfirmed));
    if (pickup.last_step > Step::kConfirmed) count += pickup.lines.size();
  }
  return count;
}

v1::Statement Founding(const District& district, const Organisation& regulator,
                       const Device& device, const evidence::NoteVerifier& log,
                       const std::string& rule_data_sha256, int64_t time_ms) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(regulator.key), v1::CAPACITY_REGULATOR);
  sdk::AddParty(statement, "", v1::CAPACITY_LOG);
  v1::Founded& founded = *statement.mutable_founded();
  founded.set_log_key(log.key().spki_der());
  founded.set_rule_set(rules::kLastRuleSet);
  founded.set_rule_data_sha256(rule_data_sha256);
  *founded.mutable_regulator() = regulator.registered;
  SetEnrolled(*founded.mutable_regulator_key(), district.Id(regulator.key), device, time_ms);
  return statement;
}

v1::Statement Registration(const District& district, const Organisation& organisation) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(organisation.registered_by), v1::CAPACITY_REGULATOR);
  *statement.mutable_organisation_registered() = organisation.registered;
  return statement;
}

v1::Statement Enrolment(const District& district, const Organisation& organisation,
                        const Device& device, int64_t time_ms) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(organisation.registered_by), v1::CAPACITY_REGULATOR);
  SetEnrolled(*statement.mutable_device_key_enrolled(), district.Id(organisation.key), device,
              time_ms);
  return statement;
}

v1::Statement Registration(const District& district, const Site& site) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(site.organisation), v1::CAPACITY_ORGANISATION);
  *statement.mutable_site_registered() = site.registered;
  return statement;
}

v1::Statement Registration(const District& district, const Facility& facility,
                           absl::CivilDay today) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(facility.organisation), v1::CAPACITY_ORGANISATION);
  *statement.mutable_facility_registered() = facility.registered;
  statement.mutable_facility_registered()->set_acceptance_date(
      rules::FormatDate(today - facility.accepted_days_ago));
  return statement;
}

v1::Statement Registration(const District& district, const Vehicle& vehicle) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(vehicle.organisation), v1::CAPACITY_ORGANISATION);
  *statement.mutable_vehicle_registered() = vehicle.registered;
  return statement;
}

v1::Statement Grant(const District& district, const Licence& licence, const std::string& authority,
                    absl::CivilDay today) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(authority), v1::CAPACITY_REGULATOR);
  v1::LicenceGranted& granted = *statement.mutable_licence_granted();
  granted = licence.granted;
  granted.set_valid_from_date(rules::FormatDate(today - licence.from_days_ago));
  granted.set_valid_to_date(rules::FormatDate(today - licence.to_days_ago));
  return statement;
}

v1::Statement Declaration(const District& district, const Stock& stock,
                          const std::string& inspector, const std::string& start_date) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(stock.organisation), v1::CAPACITY_ORGANISATION);
  if (stock.declared.evidence_grade() == v1::EVIDENCE_GRADE_INSPECTED) {
    sdk::AddParty(statement, district.Id(inspector), v1::CAPACITY_REGULATOR);
  }
  *statement.mutable_stock_declared() = stock.declared;
  statement.mutable_stock_declared()->set_storage_start_date(start_date);
  return statement;
}

v1::Statement Generated(const District& district, const Pickup& pickup, const PickupLine& line,
                        int64_t time_ms) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(pickup.consignor), v1::CAPACITY_ORGANISATION);
  v1::BatchGenerated& generated = *statement.mutable_batch_generated();
  generated.set_batch(line.batch);
  generated.set_site(district.sites.at(pickup.consignor_site).registered.site());
  generated.set_waste_code(line.code);
  generated.set_generated_mass_g(line.sent_mass_g);
  SetWeighed(*generated.mutable_mass_basis(), "store-1", 100);
  generated.set_form(line.form);
  generated.set_generated_time_ms(time_ms);
  return statement;
}

v1::Statement Stored(const District& district, const Pickup& pickup, const PickupLine& line,
                     int64_t time_ms) {
  return StoredAt(district.Id(pickup.consignor),
                  district.facilities.at(pickup.consignor_facility).registered.facility(),
                  line.batch, line.sent_mass_g, time_ms);
}

v1::Statement Issued(const District& district, const Pickup& pickup) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(pickup.consignor), v1::CAPACITY_CONSIGNOR);
  v1::ManifestIssued& issued = *statement.mutable_manifest_issued();
  issued.set_manifest(pickup.manifest);
  issued.set_consignor_site(district.sites.at(pickup.consignor_site).registered.site());
  int64_t total_mass_g = 0;
  for (const PickupLine& from : pickup.lines) {
    v1::ManifestLine& line = *issued.add_lines();
    line.set_batch(from.batch);
    line.set_waste_code(from.code);
    line.set_sent_mass_g(from.sent_mass_g);
    line.set_packaging(from.packaging);
    line.set_package_count(from.packages);
    line.set_method_code(from.method_code);
    if (pickup.consignor_facility.empty()) {
      line.set_unstored_reason(v1::UNSTORED_REASON_DIRECT_LOADING);
    }
    total_mass_g += from.sent_mass_g;
  }
  v1::CarrierLeg& leg = *issued.add_carriers();
  leg.set_organisation(district.Id(pickup.carrier));
  leg.set_vehicle(district.vehicles.at(pickup.vehicle).registered.vehicle());
  issued.set_receiver(district.Id(ReceiverOf(district, pickup)));
  issued.set_receiver_site(district.facilities.at(pickup.receiver_facility).registered.site());
  issued.set_total_sent_mass_g(total_mass_g);
  issued.set_official_number(OfficialNumber(district, pickup));
  issued.set_plan_reference("GLJH-" + district.Id(pickup.consignor).substr(0, 8));
  const evidence::Hash contract = evidence::Sha256("sample contract " + issued.receiver());
  issued.set_contract_sha256(std::string(evidence::AsBytes(contract)));
  return statement;
}

v1::Statement Taken(const District& district, const Pickup& pickup, int64_t time_ms) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(pickup.consignor), v1::CAPACITY_CONSIGNOR);
  sdk::AddParty(statement, district.Id(pickup.carrier), v1::CAPACITY_CARRIER);
  v1::LoadTaken& taken = *statement.mutable_load_taken();
  taken.set_manifest(pickup.manifest);
  taken.set_vehicle(district.vehicles.at(pickup.vehicle).registered.vehicle());
  taken.set_taken_time_ms(time_ms);
  return statement;
}

v1::Statement Delivered(const District& district, const Pickup& pickup, int64_t time_ms) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(pickup.carrier), v1::CAPACITY_CARRIER);
  sdk::AddParty(statement, district.Id(ReceiverOf(district, pickup)), v1::CAPACITY_RECEIVER);
  v1::LoadDelivered& delivered = *statement.mutable_load_delivered();
  delivered.set_manifest(pickup.manifest);
  delivered.set_delivered_time_ms(time_ms);
  return statement;
}

v1::Statement Confirmed(const District& district, const Pickup& pickup, int64_t time_ms) {
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(ReceiverOf(district, pickup)), v1::CAPACITY_RECEIVER);
  v1::ReceiptConfirmed& confirmed = *statement.mutable_receipt_confirmed();
  confirmed.set_manifest(pickup.manifest);
  int64_t total_mass_g = 0;
  for (const PickupLine& from : pickup.lines) {
    v1::ReceivedLine& line = *confirmed.add_lines();
    line.set_batch(from.batch);
    line.set_outcome(v1::LINE_OUTCOME_ACCEPTED);
    line.set_received_mass_g(from.received_mass_g);
    SetWeighed(*line.mutable_mass_basis(), "weighbridge-1", 1000);
    line.set_method_code(from.method_code);
    total_mass_g += from.received_mass_g;
  }
  confirmed.set_total_received_mass_g(total_mass_g);
  confirmed.set_confirmed_time_ms(time_ms);
  return statement;
}

v1::Statement StoredByReceiver(const District& district, const Pickup& pickup,
                               const PickupLine& line, int64_t time_ms) {
  return StoredAt(district.Id(ReceiverOf(district, pickup)),
                  district.facilities.at(pickup.receiver_facility).registered.facility(),
                  line.batch, line.received_mass_g, time_ms);
}

v1::Statement Treated(const District& district, const Pickup& pickup, const PickupLine& line,
                      int64_t time_ms) {
  const Facility& facility = district.facilities.at(pickup.treatment_facility);
  v1::Statement statement;
  sdk::AddParty(statement, district.Id(facility.organisation), v1::CAPACITY_ORGANISATION);
  v1::BatchTreated& treated = *statement.mutable_batch_treated();
  treated.set_batch(line.batch);
  treated.set_facility(facility.registered.facility());
  treated.set_ending(facility.registered.kind() == v1::FACILITY_KIND_UTILISATION
                         ? v1::ENDING_UTILISED
                         : v1::ENDING_DISPOSED);
  treated.set_method_code(line.method_code);
  treated.set_treated_mass_g(line.received_mass_g);
  treated.set_treated_time_ms(time_ms);
  return statement;
}

}  // namespace cradle::district
