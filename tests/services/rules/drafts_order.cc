#include "tests/services/rules/drafts_order.h"

namespace cradle::rules::test {

Actor NewActor(District& district, std::initializer_list<v1::OrganisationRole> roles,
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

std::string NewSite(District& district, const Actor& actor) {
  const std::string site = district.NewId();
  district.Must(district.RegisterSite(actor, site));
  return site;
}

Draft GrantDelegation(const Actor& principal, const Actor& delegate) {
  Draft draft;
  v1::DelegationGranted& event = *draft.message.mutable_delegation_granted();
  event.set_organisation(principal.id);
  event.set_delegate(delegate.id);
  event.set_valid_from_date("2024-01-01");
  event.set_valid_to_date("2024-12-31");
  return draft.By(principal.administrator, v1::CAPACITY_ORGANISATION);
}

Draft EndDelegation(const Actor& principal, const Actor& delegate) {
  Draft draft;
  v1::DelegationEnded& event = *draft.message.mutable_delegation_ended();
  event.set_organisation(principal.id);
  event.set_delegate(delegate.id);
  return draft.By(principal.administrator, v1::CAPACITY_ORGANISATION);
}

Draft InTheNameOf(Draft draft, const Actor& delegate) {
  draft.message.mutable_parties(0)->set_delegate(delegate.id);
  draft.devices[0] = delegate.handler;
  return draft;
}

Draft StartExit(const Actor& actor) {
  Draft draft;
  v1::ExitStarted& event = *draft.message.mutable_exit_started();
  event.set_organisation(actor.id);
  event.set_reason(v1::EXIT_REASON_CLOSED);
  event.set_exit_date("2024-06-30");
  return draft.By(actor.administrator, v1::CAPACITY_ORGANISATION);
}

Draft CompleteExit(const District& district, const Actor& actor) {
  Draft draft;
  v1::ExitCompleted& event = *draft.message.mutable_exit_completed();
  event.set_organisation(actor.id);
  event.set_checked_date("2024-06-30");
  event.set_document_sha256(std::string(32, 'c'));
  return draft.By(district.bureau.administrator, v1::CAPACITY_REGULATOR);
}

Draft OrderEmergency(const District& district, const Actor& health, const std::string& order) {
  Draft draft;
  v1::EmergencyOrdered& event = *draft.message.mutable_emergency_ordered();
  event.set_order(order);
  event.set_division("370781");
  event.set_order_number("青政应急〔2024〕3号");
  event.set_waste(v1::EMERGENCY_WASTE_MEDICAL);
  event.set_valid_from_date("2024-06-01");
  event.set_valid_to_date("2024-06-30");
  return draft.By(district.bureau.administrator, v1::CAPACITY_REGULATOR)
      .By(health.administrator, v1::CAPACITY_REGULATOR);
}

Draft EndEmergency(const District& district, const Actor& health, const std::string& order) {
  Draft draft;
  draft.message.mutable_emergency_ended()->set_order(order);
  return draft.By(district.bureau.administrator, v1::CAPACITY_REGULATOR)
      .By(health.administrator, v1::CAPACITY_REGULATOR);
}

Draft FindWaste(const District& district, const std::string& batch) {
  Draft draft;
  v1::WasteFound& event = *draft.message.mutable_waste_found();
  event.set_batch(batch);
  event.set_division("370781");
  event.set_latitude_e7(366'900'000);
  event.set_longitude_e7(1'184'800'000);
  event.set_waste_code("900-214-08");
  event.set_identification(v1::IDENTIFICATION_IDENTIFIED);
  event.set_found_mass_g(400'000);
  event.mutable_mass_basis()->set_method(v1::MASS_METHOD_WEIGHED);
  event.set_form(v1::PHYSICAL_FORM_LIQUID);
  event.set_found_time_ms(district.now_ms);
  event.set_custodian(district.plant.id);
  event.set_site(district.plant_site);
  event.add_evidence_sha256(std::string(32, 'p'));
  return draft.By(district.bureau.handler, v1::CAPACITY_REGULATOR)
      .By(district.plant.handler, v1::CAPACITY_ORGANISATION);
}

Draft ReportIncident(District& district, const Actor& reporter, const std::string& batch) {
  Draft draft;
  v1::IncidentReported& event = *draft.message.mutable_incident_reported();
  event.set_incident(district.NewId());
  event.set_kind(v1::INCIDENT_KIND_ACCIDENT);
  event.set_batch(batch);
  event.set_site(district.producer_site);
  event.set_happened_time_ms(district.now_ms);
  event.add_evidence_sha256(std::string(32, 'e'));
  event.add_notified(district.bureau.id);
  return draft.By(reporter.handler, v1::CAPACITY_ORGANISATION);
}

Draft ReportLoss(District& district, const Actor& reporter, const std::string& batch,
                 int64_t lost_mass_g, const std::string& lost_batch) {
  Draft draft = ReportIncident(district, reporter, batch);
  v1::IncidentReported& event = *draft.message.mutable_incident_reported();
  event.set_kind(v1::INCIDENT_KIND_LOSS);
  event.set_lost_mass_g(lost_mass_g);
  event.mutable_mass_basis()->set_method(v1::MASS_METHOD_ESTIMATED);
  event.set_lost_batch(lost_batch);
  return draft;
}

Draft CloseLoss(const District& district, const std::string& batch, v1::LossFinding finding) {
  Draft draft;
  v1::LossClosed& event = *draft.message.mutable_loss_closed();
  event.set_batch(batch);
  event.set_finding(finding);
  event.set_decision_number("潍环罚〔2024〕7号");
  event.set_evidence_sha256(std::string(32, 'v'));
  return draft.By(district.bureau.handler, v1::CAPACITY_REGULATOR);
}

Device EnrolInBoth(District& district, const Actor& actor, const Actor& other) {
  const Device device = district.NewDevice(actor.id);
  district.Must(district.Enrol(actor.administrator, v1::CAPACITY_ORGANISATION, device,
                               {v1::KEY_ROLE_OPERATOR}));
  district.Must(district.Enrol(district.bureau.administrator, v1::CAPACITY_REGULATOR,
                               district.NewDeviceOf(other.id, device.person),
                               {v1::KEY_ROLE_OPERATOR}));
  return device;
}

}  // namespace cradle::rules::test
