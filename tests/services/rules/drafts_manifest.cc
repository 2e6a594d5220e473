#include "tests/services/rules/drafts_manifest.h"

namespace cradle::rules::test {

Plant NewPlant(District& district) {
  Plant plant;
  plant.actor.id = district.NewId();
  plant.actor.administrator = district.NewDevice(plant.actor.id);
  plant.actor.handler = district.NewDevice(plant.actor.id);
  district.Must(district.RegisterOrganisation(plant.actor.id, {v1::ORGANISATION_ROLE_OPERATOR}));
  district.Must(district.Enrol(district.bureau.administrator, v1::CAPACITY_REGULATOR,
                               plant.actor.administrator, {v1::KEY_ROLE_ADMINISTRATOR}));
  district.Must(district.Enrol(plant.actor.administrator, v1::CAPACITY_ORGANISATION,
                               plant.actor.handler, {v1::KEY_ROLE_OPERATOR}));
  plant.site = district.NewId();
  district.Must(district.RegisterSite(plant.actor, plant.site));
  district.Must(
      district.GrantLicence(plant.actor, v1::LICENCE_KIND_COMPREHENSIVE, "HW08", {"D10"}));
  return plant;
}

Draft ChangeCarriers(District& district, const std::string& manifest,
                     const std::vector<const Actor*>& carriers) {
  Draft draft;
  v1::CarriersChanged& event = *draft.message.mutable_carriers_changed();
  event.set_manifest(manifest);
  for (const Actor* each : carriers) event.add_carriers()->set_organisation(each->id);
  return draft.By(district.producer.handler, v1::CAPACITY_CONSIGNOR);
}

Draft AttachNumber(District& district, const std::string& manifest) {
  Draft draft;
  v1::OfficialNumberAttached& event = *draft.message.mutable_official_number_attached();
  event.set_manifest(manifest);
  event.set_official_number(district.NewOfficialNumber());
  return draft.By(district.producer.handler, v1::CAPACITY_CONSIGNOR);
}

void RefuseLine(v1::ReceivedLine& line) {
  line.set_outcome(v1::LINE_OUTCOME_REFUSED);
  line.set_refusal_reason(v1::REFUSAL_REASON_NO_CAPACITY);
  line.set_received_mass_g(0);
  line.clear_mass_basis();
}

void AcceptPart(v1::ReceivedLine& line, int64_t accepted_mass_g, const std::string& remainder) {
  line.set_outcome(v1::LINE_OUTCOME_PARTLY_ACCEPTED);
  line.set_refusal_reason(v1::REFUSAL_REASON_PACKAGING);
  line.set_accepted_mass_g(accepted_mass_g);
  line.set_remainder_batch(remainder);
}

Draft RefuseAll(District& district, const std::string& manifest) {
  Draft draft = district.Confirm(manifest);
  v1::ReceiptConfirmed& event = *draft.message.mutable_receipt_confirmed();
  for (v1::ReceivedLine& line : *event.mutable_lines()) RefuseLine(line);
  event.set_total_received_mass_g(0);
  return draft;
}

std::string RefusedManifest(District& district) {
  const std::string manifest = district.Delivered();
  district.Must(RefuseAll(district, manifest));
  return manifest;
}

Draft Return(District& district, const std::string& manifest,
             const std::vector<std::string>& batches) {
  Draft draft;
  v1::LoadReturned& event = *draft.message.mutable_load_returned();
  event.set_manifest(manifest);
  for (const std::string& batch : batches) event.add_batches(batch);
  event.set_vehicle(district.truck);
  event.set_returned_time_ms(district.now_ms);
  return draft.By(district.carrier.handler, v1::CAPACITY_CARRIER)
      .By(district.producer.handler, v1::CAPACITY_CONSIGNOR);
}

Draft Forward(District& district, const std::string& manifest, const Plant& plant) {
  const std::string batch = district.Manifest(manifest).issued().lines(0).batch();
  Draft draft = district.Issue(district.producer, district.NewId(), {batch}, {&district.carrier});
  v1::ManifestIssued& event = *draft.message.mutable_manifest_issued();
  event.set_consignor_site(district.producer_site);
  event.set_receiver(plant.actor.id);
  event.set_receiver_site(plant.site);
  event.set_forwards_manifest(manifest);
  return draft;
}

Draft Contest(District& district, const std::string& manifest) {
  Draft draft;
  v1::ReceiptContested& event = *draft.message.mutable_receipt_contested();
  event.set_manifest(manifest);
  event.add_batches(district.Manifest(manifest).issued().lines(0).batch());
  event.set_reason(v1::CONTEST_REASON_MASS);
  event.add_evidence_sha256(std::string(32, 'e'));
  return draft.By(district.producer.handler, v1::CAPACITY_CONSIGNOR);
}

Draft Resolve(District& district, const std::string& manifest) {
  Draft draft;
  v1::ContestResolved& event = *draft.message.mutable_contest_resolved();
  event.set_manifest(manifest);
  event.set_resolution(v1::CONTEST_RESOLUTION_SETTLED);
  event.add_evidence_sha256(std::string(32, 'e'));
  return draft.By(district.producer.handler, v1::CAPACITY_CONSIGNOR)
      .By(district.plant.handler, v1::CAPACITY_RECEIVER);
}

Draft Pipe(District& district) {
  Draft draft;
  v1::PipelineTransferred& event = *draft.message.mutable_pipeline_transferred();
  event.set_manifest(district.NewId());
  event.set_batch(district.NewId());
  event.set_consignor_site(district.producer_site);
  event.set_receiver_site(district.plant_site);
  event.set_waste_code("900-214-08");
  event.set_form(v1::PHYSICAL_FORM_LIQUID);
  event.set_transfer_date("2024-06-03");
  event.set_sent_mass_g(40'000'000);
  event.mutable_sent_basis()->set_method(v1::MASS_METHOD_WEIGHED);
  event.set_received_mass_g(40'000'000);
  event.mutable_received_basis()->set_method(v1::MASS_METHOD_WEIGHED);
  event.set_method_code("D10");
  return draft.By(district.producer.handler, v1::CAPACITY_CONSIGNOR)
      .By(district.plant.handler, v1::CAPACITY_RECEIVER);
}

v1::WeighTicket Ticket(const District& district, int64_t net_mass_g) {
  v1::WeighTicket ticket;
  ticket.set_ticket_number("BD-20240603-017");
  ticket.set_gross_mass_g(12'000'000 + net_mass_g);
  ticket.set_tare_mass_g(12'000'000);
  ticket.set_net_mass_g(net_mass_g);
  ticket.set_scale_id("SCS-80-2");
  ticket.set_verification_expiry_date("2024-12-31");
  ticket.set_entry(v1::WEIGH_ENTRY_AUTOMATIC);
  ticket.set_photo_sha256(std::string(32, 'p'));
  ticket.set_vehicle(district.truck);
  ticket.set_weighed_time_ms(district.now_ms);
  return ticket;
}

Draft ConfirmWeighed(District& district, const std::string& manifest) {
  Draft draft = district.Confirm(manifest);
  v1::ReceiptConfirmed& event = *draft.message.mutable_receipt_confirmed();
  *event.mutable_weigh_ticket() = Ticket(district, event.total_received_mass_g());
  event.set_weigh_share(v1::WEIGH_SHARE_BY_SENT_MASS);
  return draft;
}

void OnPaper(v1::ManifestIssued& issued, const std::string& completed_date) {
  v1::Paper& paper = *issued.mutable_paper();
  paper.set_number("鲁危转 0012345");
  paper.set_reason(v1::PAPER_REASON_SYSTEM_DOWN);
  paper.set_scan_sha256(std::string(32, 's'));
  paper.set_completed_date(completed_date);
}

}  // namespace cradle::rules::test
