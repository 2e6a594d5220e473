#include "services/registry/view.h"

#include <fmt/format.h>

#include "storage/evidence/hash.h"

namespace cradle::registry {
namespace rows {
namespace {

std::string Owned(std::string_view what, std::string_view organisation) {
  return fmt::format("v/{}/{}", what, organisation);
}

// GB/T 2260: two digits each for province, city and county; 00 stands for all of them.
std::string_view DivisionPrefix(std::string_view division) {
  while (division.ends_with("00")) division.remove_suffix(2);
  return division;
}

}  // namespace

std::string Sites(std::string_view organisation) { return Owned("site", organisation); }
std::string Facilities(std::string_view organisation) { return Owned("facility", organisation); }
std::string Vehicles(std::string_view organisation) { return Owned("vehicle", organisation); }
std::string Keys(std::string_view organisation) { return Owned("key", organisation); }
std::string Wards(std::string_view organisation) { return Owned("ward", organisation); }
std::string Approvals(std::string_view organisation) { return Owned("approval", organisation); }

std::string List(statement::v1::OrganisationRole role, std::string_view division) {
  std::string key = "v/list/";
  key.push_back(static_cast<char>(role));
  key.append(DivisionPrefix(division));
  return key;
}

}  // namespace rows

namespace {

using statement::v1::Statement;

void FoldOrganisation(const statement::v1::OrganisationRegistered& registered,
                      runtime::ViewWriter& writer) {
  const auto put = [&](statement::v1::OrganisationRole role) {
    std::string key = rows::List(role, "");
    key.append(registered.division()).append(registered.organisation());
    writer.Put(key, registered.name());
  };
  put(statement::v1::ORGANISATION_ROLE_UNSPECIFIED);
  for (const int role : registered.roles()) put(statement::v1::OrganisationRole(role));
}

void FoldKey(const statement::v1::DeviceKeyEnrolled& enrolled, runtime::ViewWriter& writer) {
  std::string key = rows::Keys(enrolled.organisation());
  key.append(evidence::AsBytes(evidence::Sha256(enrolled.key())));
  writer.Put(key, "");
}

class Registry : public runtime::View {
 public:
  std::string_view name() const override { return "registry"; }
  uint32_t index_version() const override { return 1; }

  absl::Status Fold(const runtime::FoldedEntry& folded,
                    runtime::ViewWriter& writer) const override {
    const Statement& statement = folded.statement.message;
    switch (statement.event_case()) {
      case Statement::kFounded:
        FoldOrganisation(statement.founded().regulator(), writer);
        FoldKey(statement.founded().regulator_key(), writer);
        break;
      case Statement::kOrganisationRegistered:
        FoldOrganisation(statement.organisation_registered(), writer);
        break;
      case Statement::kSiteRegistered: {
        const auto& site = statement.site_registered();
        writer.Put(rows::Sites(site.organisation()) + site.site(), "");
        break;
      }
      case Statement::kFacilityRegistered: {
        const auto& facility = statement.facility_registered();
        writer.Put(rows::Facilities(facility.organisation()) + facility.facility(), "");
        break;
      }
      case Statement::kVehicleRegistered: {
        const auto& vehicle = statement.vehicle_registered();
        writer.Put(rows::Vehicles(vehicle.organisation()) + vehicle.vehicle(), "");
        break;
      }
      case Statement::kWardRegistered: {
        const auto& ward = statement.ward_registered();
        writer.Put(rows::Wards(ward.organisation()) + ward.ward(), "");
        break;
      }
      case Statement::kTransferApproved: {
        const auto& approved = statement.transfer_approved();
        writer.Put(rows::Approvals(approved.organisation()) + approved.approval_number(), "");
        break;
      }
      case Statement::kDeviceKeyEnrolled:
        FoldKey(statement.device_key_enrolled(), writer);
        break;
      default:
        break;  // changes the admission state alone, or concerns no one's registration
    }
    return absl::OkStatus();
  }
};

}  // namespace

const runtime::View& RegistryView() {
  static const Registry kView;
  return kView;
}

}  // namespace cradle::registry
