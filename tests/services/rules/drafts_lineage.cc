#include "tests/services/rules/drafts_lineage.h"

#include "services/rules/state_keys.h"

namespace cradle::rules::test {
namespace {

Draft By(const Actor& actor, Draft draft) {
  return draft.By(actor.handler, v1::CAPACITY_ORGANISATION);
}

int64_t MassOf(const District& district, const Batches& batches) {
  int64_t sum = 0;
  for (const std::string& batch : batches) sum += district.Batch(batch).mass_g();
  return sum;
}

}  // namespace

v1::MadeBatch Made(District& district, int64_t mass_g, const std::string& code) {
  v1::MadeBatch made;
  made.set_batch(district.NewId());
  made.set_waste_code(code);
  made.set_form(v1::PHYSICAL_FORM_LIQUID);
  made.set_made_mass_g(mass_g);
  made.mutable_mass_basis()->set_method(v1::MASS_METHOD_WEIGHED);
  return made;
}

Draft Open(District& district, const Actor& actor, const std::string& site,
           const std::string& batch, const std::string& facility) {
  Draft draft;
  v1::BatchOpened& event = *draft.message.mutable_batch_opened();
  event.set_batch(batch);
  event.set_site(site);
  event.set_facility(facility);
  event.set_waste_code(kOil);
  event.set_form(v1::PHYSICAL_FORM_LIQUID);
  event.set_opened_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft TopUp(District& district, const Actor& actor, const std::string& batch, int64_t mass_g) {
  Draft draft;
  v1::BatchToppedUp& event = *draft.message.mutable_batch_topped_up();
  event.set_batch(batch);
  event.set_added_mass_g(mass_g);
  event.mutable_mass_basis()->set_method(v1::MASS_METHOD_ESTIMATED);
  event.set_added_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft Seal(District& district, const Actor& actor, const std::string& batch, int64_t mass_g) {
  Draft draft;
  v1::BatchSealed& event = *draft.message.mutable_batch_sealed();
  event.set_batch(batch);
  event.set_sealed_mass_g(mass_g);
  event.mutable_mass_basis()->set_method(v1::MASS_METHOD_WEIGHED);
  event.set_sealed_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft Split(District& district, const Actor& actor, const std::string& batch, int64_t first_g) {
  const state::v1::BatchState state = district.Batch(batch);
  Draft draft;
  v1::BatchSplit& event = *draft.message.mutable_batch_split();
  event.set_batch(batch);
  *event.add_parts() = Made(district, first_g, state.waste_code());
  *event.add_parts() = Made(district, state.mass_g() - first_g, state.waste_code());
  event.set_split_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft Merge(District& district, const Actor& actor, const Batches& parents,
            const std::string& facility) {
  Draft draft;
  v1::BatchesMerged& event = *draft.message.mutable_batches_merged();
  event.mutable_parents()->Assign(parents.begin(), parents.end());
  *event.mutable_made() =
      Made(district, MassOf(district, parents), district.Batch(parents[0]).waste_code());
  event.set_facility(facility);
  event.set_merged_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft Repack(District& district, const Actor& actor, const std::string& batch) {
  Draft draft;
  v1::BatchRepacked& event = *draft.message.mutable_batch_repacked();
  event.set_batch(batch);
  v1::Container& container = *event.add_containers();
  container.set_container(district.NewId());
  container.set_packaging(v1::PACKAGING_IBC);
  event.set_repacked_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft Pretreat(District& district, const Actor& actor, const Batches& parents,
               const std::string& facility) {
  const int64_t input_g = MassOf(district, parents);
  Draft draft;
  v1::BatchesPretreated& event = *draft.message.mutable_batches_pretreated();
  event.mutable_parents()->Assign(parents.begin(), parents.end());
  event.set_facility(facility);
  event.set_process_code("dewatering");
  event.set_input_mass_g(input_g);
  event.set_released_mass_g(input_g / 2);
  *event.add_made() = Made(district, input_g - input_g / 2, "900-210-08");
  event.set_pretreated_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft Record(District& district, const Actor& actor, const Batches& batches,
             const std::string& facility, const std::string& method, v1::Ending ending) {
  const int64_t input_g = MassOf(district, batches);
  Draft draft;
  v1::TreatmentRecorded& event = *draft.message.mutable_treatment_recorded();
  event.mutable_batches()->Assign(batches.begin(), batches.end());
  event.set_facility(facility);
  event.set_ending(ending);
  event.set_method_code(method);
  event.set_treated_mass_g(input_g);
  event.set_treated_time_ms(district.now_ms);
  event.set_shift(v1::SHIFT_NIGHT);
  *event.add_residues() = Made(district, std::max<int64_t>(input_g / 10, 1), "772-003-18");
  return By(actor, draft);
}

Draft Pack(District& district, const Actor& actor, const Batches& batches) {
  Draft draft;
  v1::ContainersPacked& event = *draft.message.mutable_containers_packed();
  event.set_unit(district.NewId());
  event.set_kind(v1::TRANSPORT_UNIT_KIND_TURNOVER_BOX);
  event.set_seal_number("F-0001");
  event.mutable_batches()->Assign(batches.begin(), batches.end());
  event.set_packed_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft RegisterBulk(District& district, const Actor& actor, const std::string& facility,
                   v1::BulkKind kind) {
  Draft draft;
  v1::BulkRegistered& event = *draft.message.mutable_bulk_registered();
  event.set_facility(facility);
  event.set_organisation(actor.id);
  event.set_kind(kind);
  return draft.By(district.bureau.administrator, v1::CAPACITY_REGULATOR);
}

Draft Fill(District& district, const Actor& actor, const std::string& facility,
           const Batches& batches) {
  Draft draft;
  v1::BulkFilled& event = *draft.message.mutable_bulk_filled();
  event.set_facility(facility);
  event.mutable_batches()->Assign(batches.begin(), batches.end());
  event.set_filled_mass_g(MassOf(district, batches));
  event.set_filled_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft Draw(District& district, const Actor& actor, const std::string& facility, int64_t mass_g) {
  Draft draft;
  v1::BulkDrawn& event = *draft.message.mutable_bulk_drawn();
  event.set_facility(facility);
  event.set_origin(v1::STOCK_ORIGIN_OWN);
  *event.mutable_drawn() = Made(district, mass_g);
  event.set_drawn_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft ReadLevel(District& district, const Actor& actor, const std::string& facility,
                int64_t mass_g) {
  Draft draft;
  v1::BulkLevelRead& event = *draft.message.mutable_bulk_level_read();
  event.set_facility(facility);
  event.set_level_mass_g(mass_g);
  event.mutable_mass_basis()->set_method(v1::MASS_METHOD_ESTIMATED);
  event.set_evidence_sha256(std::string(32, 'l'));
  event.set_read_time_ms(district.now_ms);
  return By(actor, draft);
}

Draft Empty(District& district, const Actor& actor, const std::string& facility) {
  Draft draft;
  v1::BulkEmptied& event = *draft.message.mutable_bulk_emptied();
  event.set_facility(facility);
  event.set_evidence_sha256(std::string(32, 'e'));
  event.set_emptied_time_ms(district.now_ms);
  return By(actor, draft);
}

std::string NewPress(District& district, const Actor& actor, const std::string& site) {
  const std::string facility = district.NewId();
  Draft draft =
      district.RegisterFacility(actor, site, facility, v1::FACILITY_KIND_STORAGE_WAREHOUSE);
  v1::FacilityRegistered& event = *draft.message.mutable_facility_registered();
  event.add_process_codes("dewatering");
  event.set_throughput_mass_g_per_day(1'000'000);
  district.Must(draft);
  return facility;
}

std::string NewTank(District& district, const Actor& actor, const std::string& site,
                    v1::BulkKind kind) {
  const std::string facility = district.NewId();
  district.Must(
      district.RegisterFacility(actor, site, facility, v1::FACILITY_KIND_STORAGE_TANK_AREA));
  district.Must(RegisterBulk(district, actor, facility, kind));
  return facility;
}

state::v1::BulkAccount BulkOf(const District& district, const std::string& facility) {
  state::v1::BulkAccount account;
  account.ParseFromString(
      district.state().Get(keys::BulkAccount(facility))->value_or(std::string()));
  return account;
}

}  // namespace cradle::rules::test
