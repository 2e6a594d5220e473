#include "tests/services/rules/drafts_permit.h"

#include "services/rules/state_keys.h"

namespace cradle::rules::test {
namespace {

const std::string kHash(32, 'h');

}  // namespace

Actor EnrolNew(District& district, std::initializer_list<v1::OrganisationRole> roles,
               const std::string& division) {
  Actor actor;
  actor.id = district.NewId();
  actor.administrator = district.NewDevice(actor.id);
  actor.handler = district.NewDevice(actor.id);
  district.Must(district.RegisterOrganisation(actor.id, roles, division));
  district.Must(district.Enrol(district.bureau.administrator, v1::CAPACITY_REGULATOR,
                               actor.administrator, {v1::KEY_ROLE_ADMINISTRATOR}));
  district.Must(district.Enrol(actor.administrator, v1::CAPACITY_ORGANISATION, actor.handler,
                               {v1::KEY_ROLE_OPERATOR}));
  return actor;
}

Draft ChangeLicence(District& district, const Actor& holder, v1::LicenceChange change,
                    const std::string& from) {
  Draft draft;
  v1::LicenceStatusChanged& event = *draft.message.mutable_licence_status_changed();
  event.set_organisation(holder.id);
  event.set_licence_number("潍坊危证01号");
  event.set_change(change);
  event.set_decision_number("潍环决字〔2024〕1号");
  event.set_decision_date("2024-05-31");
  event.set_valid_from_date(from);
  event.set_decision_sha256(kHash);
  return draft.By(district.bureau.administrator, v1::CAPACITY_REGULATOR);
}

Draft RegisterPermit(District& district, v1::PermitKind kind, const std::string& code,
                     int64_t annual_mass_g) {
  Draft draft;
  v1::PermitRegistered& event = *draft.message.mutable_permit_registered();
  event.set_organisation(district.producer.id);
  event.set_site(district.producer_site);
  event.set_kind(kind);
  event.set_document_number("潍环审字〔2022〕7号");
  v1::PermittedWaste& waste = *event.add_wastes();
  waste.set_waste_code(code);
  waste.set_annual_mass_g(annual_mass_g);
  waste.set_storage_mass_g(500'000);
  event.set_document_sha256(kHash);
  if (kind == v1::PERMIT_KIND_PLAN) {
    event.set_year(2024);
    return draft.By(district.producer.administrator, v1::CAPACITY_ORGANISATION);
  }
  event.set_valid_from_date("2022-01-01");
  event.set_valid_to_date("2026-12-31");
  return draft.By(district.bureau.administrator, v1::CAPACITY_REGULATOR);
}

Draft ApprovePilot(District& district, const Actor& user, const std::string& code,
                   int64_t cap_mass_g) {
  Draft draft;
  v1::PilotApproved& event = *draft.message.mutable_pilot_approved();
  event.set_pilot_number("潍环试〔2024〕1号");
  event.set_producer(district.producer.id);
  event.set_user(user.id);
  event.set_waste_code(code);
  event.set_cap_mass_g(cap_mass_g);
  event.set_valid_from_date("2024-01-01");
  event.set_valid_to_date("2024-12-31");
  event.set_document_sha256(kHash);
  return draft.By(district.bureau.administrator, v1::CAPACITY_REGULATOR);
}

Draft ShareFacility(District& district, const std::string& facility,
                    const std::vector<std::string>& members) {
  Draft draft;
  v1::FacilityShared& event = *draft.message.mutable_facility_shared();
  event.set_facility(facility);
  event.set_approval_number("潍环共享〔2024〕1号");
  for (const std::string& member : members) event.add_members(member);
  event.set_valid_from_date("2024-01-01");
  event.set_valid_to_date("2024-12-31");
  event.set_document_sha256(kHash);
  return draft.By(district.bureau.administrator, v1::CAPACITY_REGULATOR);
}

void RaiseToProvince(District& district) {
  const std::string key = keys::Organisation(district.bureau.id);
  state::v1::OrganisationState state;
  ASSERT_TRUE(state.ParseFromString(district.state().Get(key)->value_or("")));
  state.mutable_registered()->set_division("370000");
  Admitted raised;
  raised.changes.push_back({key, state.SerializeAsString()});
  district.Apply(raised);
}

std::string PlantElsewhere(District& district) {
  const std::string site = district.NewId();
  Draft draft = district.RegisterSite(district.plant, site);
  draft.message.mutable_site_registered()->set_division("410100");
  district.Must(draft);
  return site;
}

Draft ApproveTransfer(District& district, const std::string& number,
                      const std::string& receiver_site, int64_t mass_g) {
  Draft draft;
  v1::TransferApproved& event = *draft.message.mutable_transfer_approved();
  event.set_organisation(district.producer.id);
  event.set_approval_number(number);
  event.set_consignor_site(district.producer_site);
  event.set_receiver(district.plant.id);
  event.set_receiver_site(receiver_site);
  v1::ApprovedWaste& waste = *event.add_wastes();
  waste.set_waste_code("900-214-08");
  waste.set_approved_mass_g(mass_g);
  waste.set_method_code("D10");
  event.set_valid_from_date("2024-06-01");
  event.set_valid_to_date("2025-05-31");
  event.set_document_sha256(kHash);
  return draft.By(district.bureau.administrator, v1::CAPACITY_REGULATOR);
}

Draft AcceptFacility(District& /*district*/, const Actor& owner, const std::string& facility,
                     const std::string& date) {
  Draft draft;
  v1::FacilityAccepted& event = *draft.message.mutable_facility_accepted();
  event.set_facility(facility);
  event.set_acceptance_date(date);
  event.set_document_sha256(kHash);
  return draft.By(owner.administrator, v1::CAPACITY_ORGANISATION);
}

Draft LimitFacility(District& district, const Actor& owner, const std::string& facility,
                    v1::LimitKind kind, int64_t mass_g, bool with_regulator) {
  Draft draft;
  v1::FacilityLimitSet& event = *draft.message.mutable_facility_limit_set();
  event.set_facility(facility);
  event.set_kind(kind);
  event.set_limit_mass_g(mass_g);
  event.set_source(v1::LIMIT_SOURCE_EIA);
  event.set_document_number("潍环审字〔2022〕7号");
  event.set_document_sha256(kHash);
  draft.By(owner.administrator, v1::CAPACITY_ORGANISATION);
  if (with_regulator) draft.By(district.bureau.administrator, v1::CAPACITY_REGULATOR);
  return draft;
}

Draft Inspect(District& district, const Device& second, const Actor* inspected,
              const std::string& facility) {
  Draft draft;
  v1::InspectionRecorded& event = *draft.message.mutable_inspection_recorded();
  event.set_facility(facility);
  event.set_inspected_time_ms(district.now_ms);
  event.set_result(v1::INSPECTION_RESULT_NOT_COMPLIANT);
  v1::InspectionFinding& labels = *event.add_findings();
  labels.set_item(v1::INSPECTION_ITEM_LABELS);
  labels.set_result(v1::INSPECTION_RESULT_NOT_COMPLIANT);
  v1::InspectionFinding& seepage = *event.add_findings();
  seepage.set_item(v1::INSPECTION_ITEM_SEEPAGE);
  seepage.set_result(v1::INSPECTION_RESULT_COMPLIANT);
  event.add_evidence_sha256(kHash);
  event.set_refusal_to_sign(inspected == nullptr);
  draft.By(district.bureau.handler, v1::CAPACITY_REGULATOR).By(second, v1::CAPACITY_REGULATOR);
  if (inspected != nullptr) draft.By(inspected->handler, v1::CAPACITY_ORGANISATION);
  return draft;
}

Draft ReadTemperature(District& district, const Actor& owner, const std::string& facility,
                      int64_t milli_celsius) {
  Draft draft;
  v1::TemperatureRead& event = *draft.message.mutable_temperature_read();
  event.set_facility(facility);
  event.set_milli_celsius(milli_celsius);
  event.set_read_time_ms(district.now_ms);
  return draft.By(owner.handler, v1::CAPACITY_ORGANISATION);
}

void SetParty(Draft& draft, int place, const std::string& organisation, const Device& device) {
  draft.message.mutable_parties(place)->set_organisation(organisation);
  draft.devices[static_cast<size_t>(place)] = device;
}

}  // namespace cradle::rules::test
