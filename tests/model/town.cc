#include "tests/model/town.h"

#include <algorithm>

#include "services/rules/calendar.h"
#include "tests/services/rules/drafts_lineage.h"
#include "tests/services/rules/drafts_manifest.h"
#include "tests/services/rules/drafts_medical.h"
#include "tests/services/rules/drafts_order.h"
#include "tests/services/rules/drafts_permit.h"

namespace cradle::model {
namespace {

// How many are looked at before a choice is given up.
constexpr int kLooks = 40;

}  // namespace

Town::Town(uint32_t seed, const Books& books, rules::test::OnEntered on_entered)
    : District(rules::kLastRuleSet, "370000", std::move(on_entered)), random_(seed), books_(books) {
  health = rules::test::NewActor(*this, {v1::ORGANISATION_ROLE_HEALTH_AUTHORITY});
  steward = rules::test::NewActor(*this, {v1::ORGANISATION_ROLE_OPERATOR});
  const rules::test::Plant other = NewPlant(*this);
  plant2 = other.actor;
  plant2_site = other.site;
  inspector = NewDevice(bureau.id);
  Must(Enrol(bureau.administrator, v1::CAPACITY_ORGANISATION, inspector, {v1::KEY_ROLE_OPERATOR}));
  porter = rules::test::NewPorter(*this);
  clinic = rules::test::NewClinic(*this);
  point = rules::test::NewPoint(*this);
  elsewhere_site = rules::test::PlantElsewhere(*this);
  press = rules::test::NewPress(*this, producer, producer_site);
  tank = rules::test::NewTank(*this, producer, producer_site);
  bunker = rules::test::NewTank(*this, plant, plant_site, v1::BULK_KIND_FURNACE_BUNKER);
  Must(rules::test::GrantDelegation(hospital, steward));
  delegations.emplace_back(hospital.id, steward.id);
  actors_ = {producer, hospital, carrier, carrier2,     plant,      plant2,
             steward,  health,   bureau,  clinic.actor, point.actor};
}

void SetActor(Draft& draft, int place, const Actor& actor, bool administrator) {
  draft.message.mutable_parties(place)->set_organisation(actor.id);
  draft.devices.at(static_cast<size_t>(place)) =
      administrator ? actor.administrator : actor.handler;
}

std::string Town::DayBefore(int days) {
  return rules::FormatDate(rules::DayOf(now_ms, rules::kLogZoneOffsetMs) -
                           static_cast<int>(Between(0, days)));
}

const Actor* Town::WithId(const std::string& id) const {
  const auto found = std::find_if(actors_.begin(), actors_.end(),
                                  [&](const Actor& actor) { return actor.id == id; });
  return found == actors_.end() ? nullptr : &*found;
}

const Actor& Town::AnyWith(v1::OrganisationRole role) {
  for (int look = 0; look < kLooks; ++look) {
    const Actor& actor = OneIn(4) ? AnyActor() : actors_[Draw() % 6];
    const auto found = books_.organisations().find(actor.id);
    if (found == books_.organisations().end()) continue;
    const auto& roles = found->second.registered().roles();
    if (std::find(roles.begin(), roles.end(), role) != roles.end()) return actor;
  }
  return AnyActor();
}

const BatchState* Town::AnyBatch(const OfBatch& fits) {
  const auto& all = books_.in_hand();
  for (int look = 0; look < kLooks && !all.empty(); ++look) {
    const BatchState& batch = books_.batches().find(AnyOf(all))->second;
    if (fits(batch) && WithId(batch.custodian()) != nullptr) return &batch;
  }
  return nullptr;
}

std::vector<std::string> Town::More(const BatchState& first, size_t most, const OfBatch& fits) {
  std::vector<std::string> more;
  const auto& all = books_.in_hand();
  for (int look = 0; look < kLooks && more.size() < most; ++look) {
    const BatchState& batch = books_.batches().find(AnyOf(all))->second;
    if (batch.batch() == first.batch() || batch.custodian() != first.custodian() ||
        batch.site() != first.site() || !fits(batch)) {
      continue;
    }
    if (std::find(more.begin(), more.end(), batch.batch()) == more.end()) {
      more.push_back(batch.batch());
    }
  }
  return more;
}

const ManifestState* Town::AnyManifest(const std::function<bool(const ManifestState&)>& fits) {
  const auto& all = books_.manifest_ids();
  for (int look = 0; look < kLooks && !all.empty(); ++look) {
    // Mostly one of the last: the older ones have ended.
    const size_t back = OneIn(3) ? all.size() : std::min<size_t>(all.size(), 30);
    const ManifestState& manifest =
        books_.manifests().find(all[all.size() - 1 - Draw() % back])->second;
    if (fits(manifest) && WithId(manifest.consignor()) != nullptr) return &manifest;
  }
  return nullptr;
}

std::string Town::AnyFacility(const std::string& organisation, const OfFacility& fits) {
  std::vector<std::string> found;
  for (const auto& [id, facility] : books_.facilities()) {
    if (facility.registered().organisation() == organisation && fits(facility)) found.push_back(id);
  }
  return found.empty() ? "" : AnyOf(found);
}

std::string Town::StoreAt(const BatchState& batch) {
  const bool wild = OneIn(12);
  return AnyFacility(batch.custodian(), [&](const state::v1::FacilityState& facility) {
    const bool store = facility.registered().kind() < v1::FACILITY_KIND_UTILISATION ||
                       facility.registered().kind() == v1::FACILITY_KIND_MEDICAL_STORE;
    return wild || (store && facility.registered().site() == batch.site() &&
                    facility.bulk_kind() == v1::BULK_KIND_UNSPECIFIED);
  });
}

std::string Town::SiteOf(const std::string& organisation) {
  std::vector<std::string> found;
  for (const auto& [id, site] : books_.sites()) {
    if (site.registered().organisation() == organisation) found.push_back(id);
  }
  return found.empty() ? "" : AnyOf(found);
}

std::string Town::VehicleOf(const std::string& organisation, bool medical) {
  std::vector<std::string> found;
  for (const auto& [id, vehicle] : books_.vehicles()) {
    if (vehicle.registered().organisation() == organisation &&
        (!medical || vehicle.registered().medical_waste_dedicated())) {
      found.push_back(id);
    }
  }
  return found.empty() ? truck : AnyOf(found);
}

void Town::Learn(const v1::Statement& statement) {
  switch (statement.event_case()) {
    case v1::Statement::kOrganisationRegistered: {
      const auto found = proposed_.find(statement.organisation_registered().organisation());
      if (found == proposed_.end()) return;
      actors_.push_back(found->second);
      pending.push_back(found->first);
      return;
    }
    case v1::Statement::kDeviceKeyEnrolled: {
      for (const auto& [key_id, device] : devices_) {
        if (device.spki == statement.device_key_enrolled().key()) spare_devices.push_back(device);
      }
      return;
    }
    case v1::Statement::kDelegationGranted:
      delegations.emplace_back(statement.delegation_granted().organisation(),
                               statement.delegation_granted().delegate());
      return;
    case v1::Statement::kExitStarted:
      exits.push_back(statement.exit_started().organisation());
      return;
    case v1::Statement::kEmergencyOrdered:
      orders.push_back(statement.emergency_ordered().order());
      return;
    case v1::Statement::kTransferApproved:
      approvals.push_back(statement.transfer_approved().approval_number());
      return;
    case v1::Statement::kWasteCollected:
      rounds.push_back(statement.waste_collected().round());
      return;
    case v1::Statement::kWardRegistered:
      wards.push_back(statement.ward_registered().ward());
      return;
    case v1::Statement::kBatchVoided:
      voided.push_back(statement.batch_voided().batch());
      return;
    default:
      return;
  }
}

}  // namespace cradle::model
