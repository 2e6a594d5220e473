#include "tests/services/rules/drafts_medical.h"

#include "tests/services/rules/drafts_permit.h"

namespace cradle::rules::test {

Draft RegisterWard(const Actor& institution, const std::string& site, const std::string& ward) {
  Draft draft;
  v1::WardRegistered& event = *draft.message.mutable_ward_registered();
  event.set_organisation(institution.id);
  event.set_ward(ward);
  event.set_site(site);
  event.set_department_code("03.04");
  return draft.By(institution.administrator, v1::CAPACITY_ORGANISATION);
}

Draft HandOverBags(const District& district, const Device& taker, const std::string& ward,
                   const std::vector<std::string>& batches) {
  Draft draft;
  v1::BagsHandedOver& event = *draft.message.mutable_bags_handed_over();
  event.set_ward(ward);
  event.set_facility(district.hospital_store);
  for (const std::string& batch : batches) event.add_batches(batch);
  event.set_handed_over_time_ms(district.now_ms);
  return draft.By(district.hospital.handler, v1::CAPACITY_ORGANISATION)
      .By(taker, v1::CAPACITY_ORGANISATION);
}

Draft Disinfect(const District& district, const Actor& custodian, const std::string& facility,
                const std::vector<std::string>& batches) {
  Draft draft;
  v1::BatchDisinfected& event = *draft.message.mutable_batch_disinfected();
  for (const std::string& batch : batches) event.add_batches(batch);
  event.set_facility(facility);
  event.set_agent(v1::DISINFECTANT_CHLORINE);
  event.set_disinfected_time_ms(district.now_ms);
  return draft.By(custodian.handler, v1::CAPACITY_ORGANISATION);
}

Draft AcceptAsRemote(District& district, const std::string& facility) {
  Draft draft = AcceptFacility(district, district.plant, facility);
  draft.message.mutable_facility_accepted()->set_remote(true);
  draft.message.mutable_parties(0)->set_capacity(v1::CAPACITY_REGULATOR);
  SetParty(draft, 0, district.bureau.id, district.bureau.administrator);
  return draft;
}

std::string NewWard(District& district) {
  const std::string ward = district.NewId();
  district.Must(RegisterWard(district.hospital, district.hospital_site, ward));
  return ward;
}

Device NewPorter(District& district) {
  Device porter = district.NewDevice(district.hospital.id);
  district.Must(district.Enrol(district.hospital.administrator, v1::CAPACITY_ORGANISATION, porter,
                               {v1::KEY_ROLE_OPERATOR}));
  return porter;
}

std::string NewBag(District& district, const std::string& ward, const std::string& code) {
  const std::string bag = district.NewId();
  Draft generate = district.Generate(district.hospital, district.hospital_site, bag, 250'000, code);
  generate.message.mutable_batch_generated()->set_ward(ward);
  district.Must(generate);
  return bag;
}

}  // namespace cradle::rules::test
