#include "tests/services/rules/drafts_collection.h"

namespace cradle::rules::test {
namespace {

Actor Enrolled(District& district, Draft registration) {
  Actor actor;
  actor.id = registration.message.organisation_registered().organisation();
  actor.administrator = district.NewDevice(actor.id);
  actor.handler = district.NewDevice(actor.id);
  district.Must(registration);
  district.Must(district.Enrol(district.bureau.administrator, v1::CAPACITY_REGULATOR,
                               actor.administrator, {v1::KEY_ROLE_ADMINISTRATOR}));
  district.Must(district.Enrol(actor.administrator, v1::CAPACITY_ORGANISATION, actor.handler,
                               {v1::KEY_ROLE_OPERATOR}));
  return actor;
}

}  // namespace

Clinic NewClinic(District& district, uint32_t beds) {
  Draft draft =
      district.RegisterOrganisation(district.NewId(), {v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION});
  draft.message.mutable_organisation_registered()->set_beds(beds);
  Clinic clinic{Enrolled(district, draft), district.NewId()};
  district.Must(district.RegisterSite(clinic.actor, clinic.site));
  return clinic;
}

CollectionPoint NewPoint(District& district) {
  CollectionPoint point;
  point.actor = Enrolled(
      district, district.RegisterOrganisation(district.NewId(), {v1::ORGANISATION_ROLE_OPERATOR}));
  point.site = district.NewId();
  point.facility = district.NewId();
  district.Must(district.RegisterSite(point.actor, point.site));
  district.Must(district.RegisterFacility(point.actor, point.site, point.facility,
                                          v1::FACILITY_KIND_COLLECTION_POINT));
  district.Must(district.GrantLicence(point.actor, v1::LICENCE_KIND_COLLECTION, "HW01"));
  return point;
}

Draft Collect(District& district, const Actor& consignor, const std::vector<std::string>& batches,
              const std::string& round) {
  Draft draft;
  v1::WasteCollected& event = *draft.message.mutable_waste_collected();
  event.set_manifest(district.NewId());
  event.set_consignor(consignor.id);
  event.set_receiver(district.plant.id);
  event.set_receiver_site(district.plant_site);
  int64_t total = 0;
  for (const std::string& batch : batches) {
    const state::v1::BatchState state = district.Batch(batch);
    event.set_consignor_site(state.site());
    v1::ManifestLine& line = *event.add_lines();
    line.set_batch(batch);
    line.set_waste_code(state.waste_code());
    line.set_sent_mass_g(state.mass_g());
    line.set_packaging(v1::PACKAGING_BAG);
    line.set_package_count(1);
    line.set_unstored_reason(v1::UNSTORED_REASON_DIRECT_LOADING);
    total += state.mass_g();
  }
  event.set_total_sent_mass_g(total);
  event.set_official_number(district.NewOfficialNumber());
  event.set_plan_reference("GLJH-2024-1");
  event.set_contract_sha256(std::string(32, 'c'));
  event.set_round(round.empty() ? district.NewId() : round);
  event.set_vehicle(district.medical_truck);
  event.set_collected_time_ms(district.now_ms);
  return draft.By(consignor.handler, v1::CAPACITY_CONSIGNOR)
      .By(district.carrier.handler, v1::CAPACITY_CARRIER);
}

Draft CollectAlone(District& district, const Actor& consignor,
                   const std::vector<std::string>& batches, const std::string& round) {
  Draft draft = Collect(district, consignor, batches, round);
  draft.message.clear_parties();
  draft.devices.clear();
  v1::WasteCollected& event = *draft.message.mutable_waste_collected();
  event.mutable_mass_basis()->set_method(v1::MASS_METHOD_WEIGHED);
  event.mutable_mass_basis()->set_scale_id("CZ-7");
  event.set_photo_sha256(std::string(32, 'p'));
  event.set_latitude_e7(366'900'000);
  event.set_longitude_e7(1'184'800'000);
  return draft.By(district.carrier.handler, v1::CAPACITY_CARRIER);
}

std::string Collected(District& district, bool alone, const std::string& round) {
  const std::vector<std::string> bags = {
      district.Generated(district.hospital, district.hospital_site, kBag)};
  const Draft draft = alone ? CollectAlone(district, district.hospital, bags, round)
                            : Collect(district, district.hospital, bags, round);
  district.Must(draft);
  return draft.message.waste_collected().manifest();
}

Draft DeliverRound(District& district, const std::vector<std::string>& manifests) {
  Draft draft;
  v1::RoundDelivered& event = *draft.message.mutable_round_delivered();
  event.set_round(district.Manifest(manifests[0]).collection().round());
  for (const std::string& manifest : manifests) event.add_manifests(manifest);
  event.set_delivered_time_ms(district.now_ms);
  return draft.By(district.carrier.handler, v1::CAPACITY_CARRIER)
      .By(district.plant.handler, v1::CAPACITY_RECEIVER);
}

Draft Countersign(District& district, const std::string& manifest) {
  Draft draft;
  draft.message.mutable_collection_countersigned()->set_manifest(manifest);
  return draft.By(district.hospital.handler, v1::CAPACITY_CONSIGNOR);
}

Draft ContestCollection(District& district, const std::string& manifest) {
  Draft draft;
  v1::CollectionContested& event = *draft.message.mutable_collection_contested();
  event.set_manifest(manifest);
  event.set_reason(v1::COLLECTION_CONTEST_REASON_OTHER_WEIGHT);
  event.set_stated_mass_g(240'000);
  event.add_evidence_sha256(std::string(32, 'e'));
  return draft.By(district.hospital.handler, v1::CAPACITY_CONSIGNOR);
}

Draft ResolveCollection(District& district, const std::string& manifest) {
  Draft draft;
  v1::ContestResolved& event = *draft.message.mutable_contest_resolved();
  event.set_manifest(manifest);
  event.set_resolution(v1::CONTEST_RESOLUTION_SETTLED);
  event.set_of_collection(true);
  return draft.By(district.hospital.handler, v1::CAPACITY_CONSIGNOR)
      .By(district.carrier.handler, v1::CAPACITY_CARRIER);
}

Draft Bring(District& district, const Clinic& clinic, const CollectionPoint& point,
            const std::vector<std::string>& batches) {
  Draft draft;
  v1::SelfDelivered& event = *draft.message.mutable_self_delivered();
  event.set_manifest(district.NewId());
  event.set_consignor_site(clinic.site);
  int64_t total = 0;
  for (const std::string& batch : batches) {
    const state::v1::BatchState state = district.Batch(batch);
    v1::SelfDeliveredLine& line = *event.add_lines();
    line.set_batch(batch);
    line.set_waste_code(state.waste_code());
    line.set_sent_mass_g(state.mass_g());
    line.set_packaging(v1::PACKAGING_BAG);
    line.set_package_count(1);
    line.set_unstored_reason(v1::UNSTORED_REASON_DIRECT_LOADING);
    line.set_received_mass_g(state.mass_g());
    line.mutable_mass_basis()->set_method(v1::MASS_METHOD_WEIGHED);
    total += state.mass_g();
  }
  event.set_receiver_site(point.site);
  event.set_receiver_facility(point.facility);
  event.set_total_sent_mass_g(total);
  event.set_total_received_mass_g(total);
  event.set_delivered_time_ms(district.now_ms);
  event.set_official_number(district.NewOfficialNumber());
  event.set_plan_reference("GLJH-2024-1");
  event.set_contract_sha256(std::string(32, 'c'));
  return draft.By(clinic.actor.handler, v1::CAPACITY_CONSIGNOR)
      .By(point.actor.handler, v1::CAPACITY_RECEIVER);
}

}  // namespace cradle::rules::test
