#include "clients/district/district.h"

#include <fmt/format.h>

#include <charconv>
#include <tuple>

#include "clients/district/sheet.h"
#include "services/rules/calendar.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/statement.h"

namespace cradle::district {
namespace {

namespace v1 = statement::v1;

template <typename Value>
void Insert(RowReader& row, std::map<std::string, Value>& into, const std::string& key,
            Value value) {
  if (!row.status().ok()) return;
  if (!into.emplace(key, std::move(value)).second) {
    row.Fail(fmt::format("'{}' is there twice", key));
  }
}

void ReadOrganisation(RowReader& row, District& district) {
  Organisation organisation;
  organisation.key = row.Required("organisation");
  organisation.registered_by = row.Text("registered_by");
  organisation.parent = row.Text("parent");
  v1::OrganisationRegistered& registered = organisation.registered;
  registered.set_organisation(evidence::RandomId());
  registered.set_name(row.Required("name"));
  registered.set_division(row.Required("division"));
  registered.set_beds(static_cast<uint32_t>(row.IntegerOr("beds", 0)));
  for (const std::string& role : row.Words("roles")) {
    registered.add_roles(
        static_cast<v1::OrganisationRole>(row.EnumNumber(v1::OrganisationRole_descriptor(), role)));
  }
  if (const std::string uscc = row.Text("uscc"); !uscc.empty()) {
    registered.set_uscc(uscc);
  } else if (const std::string number = row.Text("medical_registration"); !number.empty()) {
    registered.set_medical_registration(number);
  } else {
    registered.mutable_scoped()->set_division(registered.division());
    registered.mutable_scoped()->set_local_id(row.Required("local_id"));
    if (const Organisation* parent = row.Find(district.organisations, organisation.parent)) {
      registered.mutable_scoped()->set_parent(parent->registered.organisation());
    }
  }
  if (!organisation.registered_by.empty()) {
    row.Find(district.organisations, organisation.registered_by);
  }
  const std::string key = organisation.key;
  Insert(row, district.organisations, key, std::move(organisation));
}

void ReadSite(RowReader& row, District& district) {
  Site site;
  site.organisation = row.Required("organisation");
  const Organisation* organisation = row.Find(district.organisations, site.organisation);
  if (organisation == nullptr) return;
  site.registered.set_organisation(organisation->registered.organisation());
  site.registered.set_site(evidence::RandomId());
  site.registered.set_name(row.Required("name"));
  site.registered.set_division(row.Required("division"));
  Insert(row, district.sites, row.Required("site"), std::move(site));
}

void ReadFacility(RowReader& row, District& district) {
  Facility facility;
  facility.site = row.Required("site");
  const Site* site = row.Find(district.sites, facility.site);
  if (site == nullptr) return;
  facility.organisation = site->organisation;
  if (row.Required("organisation") != site->organisation) {
    row.Fail("the site is another organisation's");
  }
  facility.accepted_days_ago = row.Integer("accepted_days_ago");
  v1::FacilityRegistered& registered = facility.registered;
  registered.set_facility(evidence::RandomId());
  registered.set_organisation(site->registered.organisation());
  registered.set_site(site->registered.site());
  registered.set_kind(row.Choice<v1::FacilityKind>("kind", v1::FacilityKind_descriptor()));
  registered.set_name(row.Required("name"));
  registered.set_capacity_mass_g(row.MassG("capacity_kg"));
  for (std::string& method : row.Words("methods")) registered.add_method_codes(std::move(method));
  Insert(row, district.facilities, row.Required("facility"), std::move(facility));
}

// `HW17:D9+R4`: a category or a code, and the methods.
void ReadScope(const std::string& word, v1::LicenceScope& scope) {
  const size_t colon = word.find(':');
  scope.set_waste(word.substr(0, colon));
  if (colon == std::string::npos) return;
  for (size_t begin = colon + 1; begin <= word.size();) {
    const size_t end = std::min(word.find('+', begin), word.size());
    scope.add_method_codes(word.substr(begin, end - begin));
    begin = end + 1;
  }
}

void ReadLicence(RowReader& row, District& district) {
  Licence licence;
  licence.organisation = row.Required("organisation");
  const Organisation* holder = row.Find(district.organisations, licence.organisation);
  if (holder == nullptr) return;
  licence.granted.set_organisation(holder->registered.organisation());
  licence.granted.set_licence_number(row.Required("number"));
  licence.granted.set_kind(row.Choice<v1::LicenceKind>("kind", v1::LicenceKind_descriptor()));
  for (const std::string& word : row.Words("scopes")) {
    ReadScope(word, *licence.granted.add_scopes());
  }
  licence.from_days_ago = row.Integer("from_days_ago");
  licence.to_days_ago = row.Integer("to_days_ago");
  if (row.status().ok()) district.licences.push_back(std::move(licence));
}

void ReadVehicle(RowReader& row, District& district) {
  Vehicle vehicle;
  vehicle.organisation = row.Required("organisation");
  const Organisation* carrier = row.Find(district.organisations, vehicle.organisation);
  if (carrier == nullptr) return;
  vehicle.registered.set_organisation(carrier->registered.organisation());
  vehicle.registered.set_vehicle(evidence::RandomId());
  vehicle.registered.set_plate(row.Required("plate"));
  vehicle.registered.set_permit_number(row.Required("permit"));
  vehicle.registered.set_medical_waste_dedicated(row.YesNo("medical"));
  vehicle.registered.set_payload_mass_g(row.MassG("payload_kg"));
  Insert(row, district.vehicles, row.Required("vehicle"), std::move(vehicle));
}

void ReadStock(RowReader& row, District& district) {
  Stock stock;
  const std::string key = row.Required("batch");
  const Facility* facility = row.Find(district.facilities, row.Required("facility"));
  if (facility == nullptr) return;
  stock.organisation = facility->organisation;
  if (row.Required("organisation") != stock.organisation) {
    row.Fail("the facility is another organisation's");
  }
  stock.stored_days_ago = row.Required("stored_days_ago");
  stock.declared_days_ago = row.Integer("declared_days_ago");
  if (stock.declared_days_ago != 0 && stock.declared_days_ago != kGoLiveDaysAgo) {
    row.Fail(fmt::format("declared_days_ago: {} or 0", kGoLiveDaysAgo));
  }
  const absl::CivilDay kAnyDay(2026, 6, 1);  // the form alone is checked here
  if (absl::StatusOr<std::string> start = StorageStartDate(stock.stored_days_ago, kAnyDay);
      !start.ok()) {
    row.Fail(std::string(start.status().message()));
  }
  v1::StockDeclared& declared = stock.declared;
  declared.set_batch(evidence::RandomId());
  declared.set_site(facility->registered.site());
  declared.set_facility(facility->registered.facility());
  declared.set_waste_code(row.Required("code"));
  declared.set_stock_mass_g(row.MassG("mass_kg"));
  declared.mutable_mass_basis()->set_method(v1::MASS_METHOD_DECLARED);
  declared.set_form(row.Choice<v1::PhysicalForm>("form", v1::PhysicalForm_descriptor()));
  declared.set_origin(row.Choice<v1::StockOrigin>("origin", v1::StockOrigin_descriptor()));
  declared.set_evidence_grade(
      row.Choice<v1::EvidenceGrade>("evidence", v1::EvidenceGrade_descriptor()));
  declared.set_batch_code(key);
  if (declared.evidence_grade() == v1::EVIDENCE_GRADE_DOCUMENTED) {
    // The sample has no papers: the hash of a name stands for a page of the works' ledger.
    declared.add_evidence_sha256(
        std::string(evidence::AsBytes(evidence::Sha256("ledger page of " + key))));
  }
  Insert(row, district.stock, key, std::move(stock));
}

Step ReadStep(RowReader& row) {
  static const std::map<std::string, Step> kSteps = {
      {"issued", Step::kIssued},       {"taken", Step::kTaken},   {"delivered", Step::kDelivered},
      {"confirmed", Step::kConfirmed}, {"stored", Step::kStored}, {"treated", Step::kTreated}};
  const Step* step = row.Find(kSteps, row.Required("last_step"));
  return step == nullptr ? Step::kIssued : *step;
}

PickupLine ReadLine(RowReader& row, const District& district) {
  PickupLine line;
  line.code = row.Required("code");
  line.sent_mass_g = row.MassG("sent_kg");
  line.received_mass_g = row.MassG("received_kg");
  line.form = row.Choice<v1::PhysicalForm>("form", v1::PhysicalForm_descriptor());
  line.packaging = row.Choice<v1::Packaging>("packaging", v1::Packaging_descriptor());
  line.packages = static_cast<uint32_t>(row.Integer("packages"));
  line.method_code = row.Text("method");
  line.batch = evidence::RandomId();
  if (const std::string key = row.Text("stock_batch"); !key.empty()) {
    line.old = true;
    if (const Stock* stock = row.Find(district.stock, key)) line.batch = stock->declared.batch();
  }
  return line;
}

// What the lines of one manifest have in common.
auto Heading(const Pickup& pickup) {
  return std::tie(pickup.consignor_site, pickup.consignor_facility, pickup.carrier, pickup.vehicle,
                  pickup.receiver_facility, pickup.treatment_facility, pickup.taken_days_ago,
                  pickup.delivered_days_ago, pickup.last_step);
}

void ReadPickup(RowReader& row, District& district) {
  const std::string key = row.Required("manifest");
  Pickup pickup;
  pickup.consignor_site = row.Required("consignor_site");
  pickup.consignor_facility = row.Text("consignor_facility");
  pickup.carrier = row.Required("carrier");
  pickup.vehicle = row.Required("vehicle");
  pickup.receiver_facility = row.Required("receiver_facility");
  pickup.treatment_facility = row.Text("treatment_facility");
  pickup.taken_days_ago = row.Integer("taken_days_ago");
  pickup.delivered_days_ago = row.Integer("delivered_days_ago");
  pickup.last_step = ReadStep(row);
  const Site* site = row.Find(district.sites, pickup.consignor_site);
  row.Find(district.vehicles, pickup.vehicle);
  row.Find(district.organisations, pickup.carrier);
  row.Find(district.facilities, pickup.receiver_facility);
  if (!pickup.consignor_facility.empty()) row.Find(district.facilities, pickup.consignor_facility);
  if (pickup.last_step == Step::kTreated) row.Find(district.facilities, pickup.treatment_facility);
  if (pickup.taken_days_ago > kFirstPickupDaysAgo ||
      pickup.delivered_days_ago > pickup.taken_days_ago ||
      pickup.delivered_days_ago < kLastPickupDaysAgo) {
    row.Fail(fmt::format("taken and delivered between {} and {} days ago, in this order",
                         kFirstPickupDaysAgo, kLastPickupDaysAgo));
  }
  PickupLine line = ReadLine(row, district);
  if (!row.status().ok()) return;
  pickup.consignor = site->organisation;
  const auto [place, begun] = district.pickups.emplace(key, pickup);
  if (begun) place->second.manifest = evidence::RandomId();
  if (!begun && Heading(place->second) != Heading(pickup)) {
    row.Fail("differs from the first line of its manifest in more than the waste");
    return;
  }
  place->second.lines.push_back(std::move(line));
}

}  // namespace

absl::StatusOr<District> ReadDistrict(const std::filesystem::path& directory) {
  District district;
  const std::pair<const char*, void (*)(RowReader&, District&)> files[] = {
      {"organisations.csv", ReadOrganisation},
      {"sites.csv", ReadSite},
      {"facilities.csv", ReadFacility},
      {"licences.csv", ReadLicence},
      {"vehicles.csv", ReadVehicle},
      {"stock.csv", ReadStock},
      {"pickups.csv", ReadPickup}};
  for (const auto& [file, read] : files) {
    const absl::Status status =
        ReadSheet(directory / file, [&, reader = read](RowReader& row) { reader(row, district); });
    if (!status.ok()) return status;
  }
  return district;
}

absl::StatusOr<std::string> StorageStartDate(const std::string& stored_days_ago,
                                             absl::CivilDay today) {
  if (stored_days_ago == "unknown") return std::string();
  if (stored_days_ago == "anniversary" || stored_days_ago == "anniversary+1") {
    absl::CivilDay start = rules::AddYears(today, -1) - 1;
    while (rules::PeriodIsOver(start, 1, today)) ++start;
    return rules::FormatDate(stored_days_ago == "anniversary" ? start : start - 1);
  }
  int64_t days = 0;
  const char* const end = stored_days_ago.data() + stored_days_ago.size();
  const auto [stopped, error] = std::from_chars(stored_days_ago.data(), end, days);
  if (error != std::errc() || stopped != end || days < 0) {
    return absl::InvalidArgumentError(
        fmt::format("stored_days_ago: '{}' is neither a number of days nor anniversary, "
                    "anniversary+1 or unknown",
                    stored_days_ago));
  }
  return rules::FormatDate(today - days);
}

}  // namespace cradle::district
