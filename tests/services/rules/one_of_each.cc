#include "tests/services/rules/one_of_each.h"

#include "tests/services/rules/drafts_collection.h"
#include "tests/services/rules/drafts_correction.h"
#include "tests/services/rules/drafts_lineage.h"
#include "tests/services/rules/drafts_manifest.h"
#include "tests/services/rules/drafts_medical.h"
#include "tests/services/rules/drafts_order.h"
#include "tests/services/rules/drafts_permit.h"

namespace cradle::rules::test {
namespace {

void AddRegistrations(District& district, std::vector<Draft>& drafts) {
  Draft vehicle = district.RegisterVehicle(district.carrier, district.NewId(), true);
  vehicle.message.mutable_vehicle_registered()->set_permit_number("鲁交运管 370700001");
  Draft site = district.RegisterSite(district.producer, district.NewId());
  site.message.mutable_site_registered()->set_time_zone("Asia/Urumqi");
  drafts.insert(
      drafts.end(),
      {district.AdoptRules(),
       district.RegisterOrganisation(district.NewId(), {v1::ORGANISATION_ROLE_PRODUCER}), site,
       vehicle,
       district.RegisterFacility(district.producer, district.producer_site, district.NewId(),
                                 v1::FACILITY_KIND_DISPOSAL, {"D10"}),
       district.GrantLicence(district.plant, v1::LICENCE_KIND_COMPREHENSIVE, "HW08", {"D10"}),
       district.Enrol(district.producer.administrator, v1::CAPACITY_ORGANISATION,
                      district.NewDevice(district.producer.id), {v1::KEY_ROLE_OPERATOR}),
       district.Revoke(district.producer.administrator, district.producer.handler)});
}

void AddBatches(District& district, std::vector<Draft>& drafts) {
  const std::string generated = district.Generated(district.producer, district.producer_site);
  const std::string stored = district.Stored();
  const std::string received = district.Received();
  Draft inspected = district.DeclareStock(district.producer, district.producer_site,
                                          district.producer_store, district.NewId());
  inspected.message.mutable_stock_declared()->set_evidence_grade(v1::EVIDENCE_GRADE_INSPECTED);
  inspected.By(district.bureau.handler, v1::CAPACITY_REGULATOR);
  drafts.insert(
      drafts.end(),
      {district.DeclareStock(district.producer, district.producer_site, district.producer_store,
                             district.NewId()),
       inspected, district.Generate(district.producer, district.producer_site, district.NewId()),
       district.Store(district.producer, generated, district.producer_store),
       district.Move(district.producer, stored, district.producer_store2),
       district.Treat(district.producer, stored, district.producer_kiln, "R9", v1::ENDING_UTILISED),
       district.Treat(district.plant, received, district.plant_furnace, "D10",
                      v1::ENDING_DISPOSED)});
}

void AddManifests(District& district, std::vector<Draft>& drafts) {
  const std::string issued = district.Issued({district.Stored()}, true);
  const std::string medical = district.MedicalIssued();
  const std::string taken = district.Issued({district.Stored(), district.Stored()}, true);
  district.Must(district.Take(district.producer, district.carrier, taken, district.truck));
  Draft issue =
      district.Issue(district.producer, district.NewId(), {district.Stored(), district.Stored()},
                     {&district.carrier, &district.carrier2});
  issue.message.mutable_manifest_issued()->set_official_number("20243707000001");
  issue.message.mutable_manifest_issued()->set_plan_reference("GLJH-2024-1");
  issue.message.mutable_manifest_issued()->mutable_lines(0)->set_method_code("D10");
  drafts.insert(
      drafts.end(),
      {issue, district.Take(district.producer, district.carrier, issued, district.truck),
       district.Take(district.hospital, district.carrier, medical, district.medical_truck),
       district.HandOver(district.carrier, district.carrier2, taken, district.truck2),
       district.Deliver(district.carrier, district.Taken()), district.Confirm(district.Delivered()),
       district.Cancel(district.producer, district.Issued({district.Stored()}))});
}

void AddCorrections(District& district, std::vector<Draft>& drafts) {
  Draft amended = Amend(district, district.producer, district.Stored(), false);
  amended.message.mutable_batch_amended()->set_amended_mass_g(260'000);
  amended.message.mutable_batch_amended()->mutable_mass_basis()->set_method(
      v1::MASS_METHOD_ESTIMATED);
  drafts.insert(drafts.end(),
                {amended, Void(district.producer, district.Stored(), district.bureau)});
}

void AddDispute(District& district, std::vector<Draft>& drafts) {
  const std::string manifest = district.Issued({district.Stored()});
  const Draft take = district.Take(district.producer, district.carrier, manifest, district.truck);
  const auto [parsed, attestations] = district.Complete(take);
  district.Must(take);
  const auto verdict = district.TryParsed(parsed, attestations);
  const auto* disputed = verdict.ok() ? std::get_if<Disputed>(&*verdict) : nullptr;
  if (disputed == nullptr) {
    ADD_FAILURE() << "the second pickup is not disputed";
    return;
  }
  district.Apply(*disputed);
  Draft resolution;
  v1::DisputeResolved& resolved = *resolution.message.mutable_dispute_resolved();
  resolved.set_chain("manifest:" + manifest);
  resolved.set_height(1);
  resolved.set_upheld(std::string(evidence::AsBytes(parsed.hash)));
  resolved.set_decision_reference("潍环争〔2024〕1号");
  resolved.set_reason(v1::DISPUTE_REASON_RECORDS);
  drafts.push_back(resolution.By(district.bureau.handler, v1::CAPACITY_REGULATOR));
}

void AddLineage(District& district, std::vector<Draft>& drafts) {
  const Actor& producer = district.producer;
  const std::string site = district.producer_site;
  const std::string filling = district.NewId();
  district.Must(Open(district, producer, site, filling, district.producer_store2));
  Draft merge = Merge(district, producer, {district.Stored(), district.Stored()});
  merge.message.mutable_batches_merged()->set_facility(district.producer_store2);
  Draft pretreat = Pretreat(district, producer, {district.Stored(), district.Stored()},
                            NewPress(district, producer, site));
  pretreat.message.mutable_batches_pretreated()->set_reagent_mass_g(10);
  Draft press =
      district.RegisterFacility(producer, site, district.NewId(), v1::FACILITY_KIND_STORAGE_YARD);
  auto& facility = *press.message.mutable_facility_registered();
  facility.add_process_codes("drying");
  facility.set_throughput_mass_g_per_day(1'000'000);
  drafts.insert(
      drafts.end(),
      {Open(district, producer, site, district.NewId(), district.producer_store2),
       TopUp(district, producer, filling, 20'000), Seal(district, producer, filling, 20'000),
       Split(district, producer, district.Stored(), 100'000), merge,
       Repack(district, producer, district.Stored()), pretreat, press,
       Pack(district, producer, {district.Stored(), district.Stored()})});
}

void AddBulk(District& district, std::vector<Draft>& drafts) {
  const Actor& producer = district.producer;
  const std::string site = district.producer_site;
  const std::string tank = NewTank(district, producer, site);
  district.Must(Fill(district, producer, tank, {district.Stored()}));
  Draft treatment = Record(district, producer, {district.Stored()}, district.producer_kiln, "R9",
                           v1::ENDING_UTILISED);
  auto& treated = *treatment.message.mutable_treatment_recorded();
  treated.add_feeds()->set_facility(tank);
  treated.mutable_feeds(0)->set_own_mass_g(50'000);
  treated.set_treated_mass_g(300'000);
  treated.add_products()->set_kind(v1::PRODUCT_KIND_OIL);
  treated.mutable_products(0)->set_product_mass_g(200'000);
  const std::string bag =
      district.Generated(district.hospital, district.hospital_site, "841-001-01");
  Draft on_site = Record(district, district.hospital, {bag}, "", "Y10", v1::ENDING_TREATED_ON_SITE);
  on_site.message.mutable_treatment_recorded()->set_order_number("青政字〔2024〕12号");
  drafts.insert(
      drafts.end(),
      {treatment, on_site,
       RegisterBulk(district, producer, district.producer_store2, v1::BULK_KIND_PIT),
       Fill(district, producer, tank, {district.Stored()}), Draw(district, producer, tank, 1000),
       ReadLevel(district, producer, tank, 250'000), Empty(district, producer, tank)});
}

void AddPermits(District& district, std::vector<Draft>& drafts) {
  RaiseToProvince(district);
  const std::string elsewhere = PlantElsewhere(district);
  district.Must(ApproveTransfer(district, "鲁环固函〔2024〕1号", elsewhere));
  Draft issue =
      district.Issue(district.producer, district.NewId(), {district.Stored()}, {&district.carrier});
  issue.message.mutable_manifest_issued()->set_receiver_site(elsewhere);
  issue.message.mutable_manifest_issued()->set_approval("鲁环固函〔2024〕1号");
  Draft suspend = ChangeLicence(district, district.plant, v1::LICENCE_CHANGE_SUSPENDED);
  suspend.message.mutable_licence_status_changed()->set_valid_to_date("2024-08-31");
  drafts.insert(drafts.end(),
                {issue, suspend, ApproveTransfer(district, "鲁环固函〔2024〕2号", elsewhere),
                 RegisterPermit(district, v1::PERMIT_KIND_EIA),
                 RegisterPermit(district, v1::PERMIT_KIND_PLAN),
                 ApprovePilot(district, district.plant, "900-041-49", 500'000),
                 ShareFacility(district, district.producer_kiln, {district.hospital.id})});
}

void AddFacilities(District& district, std::vector<Draft>& drafts) {
  const Device second = district.NewDevice(district.bureau.id);
  district.Must(district.Enrol(district.bureau.administrator, v1::CAPACITY_ORGANISATION, second,
                               {v1::KEY_ROLE_OPERATOR}));
  const Actor& owner = district.producer;
  const std::string& store = district.producer_store;
  Draft issue =
      district.Issue(district.producer, district.NewId(), {district.Stored()}, {&district.carrier});
  issue.message.mutable_manifest_issued()->set_receiver_facility(district.plant_furnace);
  drafts.insert(
      drafts.end(),
      {issue, AcceptFacility(district, owner, store),
       LimitFacility(district, owner, store, v1::LIMIT_KIND_PERMITTED, 20'000'000),
       LimitFacility(district, owner, store, v1::LIMIT_KIND_PHYSICAL, 60'000'000, true),
       Inspect(district, second, &owner, store), Inspect(district, second, nullptr, store),
       ReadTemperature(district, owner, store, 21'500)});
}

// What another statement needs before it is refused under a set that does not know it.
void AddOrders(District& district, std::vector<Draft>& drafts) {
  const Actor steward = NewActor(district, {v1::ORGANISATION_ROLE_OPERATOR});
  district.Submit(GrantDelegation(district.hospital, steward));
  const Actor closing = NewActor(district, {v1::ORGANISATION_ROLE_OPERATOR});
  district.Submit(StartExit(closing));
  const Actor health = NewActor(district, {v1::ORGANISATION_ROLE_HEALTH_AUTHORITY});
  Draft order = OrderEmergency(district, health, district.NewId());
  order.message.mutable_emergency_ordered()->add_receivers(steward.id);
  order.message.mutable_emergency_ordered()->add_facilities(district.producer_kiln);
  order.message.mutable_emergency_ordered()->add_vehicles(district.truck2);
  district.Submit(order);
  const std::string ordered = order.message.emergency_ordered().order();
  order.message.mutable_emergency_ordered()->set_order(district.NewId());
  drafts.insert(drafts.end(),
                {GrantDelegation(district.producer, steward),
                 EndDelegation(district.hospital, steward), StartExit(district.carrier2),
                 CompleteExit(district, closing), order, EndEmergency(district, health, ordered)});
}

void AddIncidents(District& district, std::vector<Draft>& drafts) {
  const std::string lost = district.Stored();
  district.Submit(ReportLoss(district, district.producer, lost, 250'000, ""));
  Draft found = FindWaste(district, district.NewId());
  found.message.mutable_waste_found()->set_foreign_origin(true);
  Draft on_the_road = ReportIncident(district, district.carrier, "");
  v1::IncidentReported& incident = *on_the_road.message.mutable_incident_reported();
  incident.set_manifest(district.Taken());
  incident.set_batch(district.Manifest(incident.manifest()).issued().lines(0).batch());
  incident.set_kind(v1::INCIDENT_KIND_SPILL);
  incident.set_lost_mass_g(1'000);
  incident.mutable_mass_basis()->set_method(v1::MASS_METHOD_ESTIMATED);
  incident.set_lost_batch(district.NewId());
  incident.set_vehicle(district.truck);
  drafts.insert(
      drafts.end(),
      {found, on_the_road, ReportLoss(district, district.producer, district.Stored(), 250'000, ""),
       CloseLoss(district, lost, v1::LOSS_FINDING_DESTROYED)});
}

// What rule set 2 adds to manifests, with every field.
void AddAfterIssue(District& district, std::vector<Draft>& drafts) {
  Draft exempt =
      district.Issue(district.hospital, district.NewId(),
                     {district.Generated(district.hospital, district.hospital_site, "841-001-01")},
                     {&district.carrier});
  v1::ManifestIssued& on_paper = *exempt.message.mutable_manifest_issued();
  on_paper.mutable_exemption()->set_item(2);
  on_paper.mutable_exemption()->set_link(v1::EXEMPT_LINK_TRANSPORT);
  on_paper.mutable_lines(0)->set_form(v1::PHYSICAL_FORM_LIQUID);
  on_paper.mutable_all_lines()->set_packaging(v1::PACKAGING_BAG);
  OnPaper(on_paper, "2024-06-03");
  const std::string refused = RefusedManifest(district);
  const std::string batch = district.Manifest(refused).issued().lines(0).batch();
  const std::string contested = district.Delivered();
  district.Must(district.Confirm(contested));
  const Draft contest = Contest(district, contested);
  district.Must(contest);
  const std::string partly = district.Delivered();
  Draft confirm = ConfirmWeighed(district, partly);
  v1::ReceivedLine& line = *confirm.message.mutable_receipt_confirmed()->mutable_lines(0);
  AcceptPart(line, 100'000, district.NewId());
  line.set_form(v1::PHYSICAL_FORM_LIQUID);
  line.set_packaging(v1::PACKAGING_DRUM);
  line.set_package_count(2);
  line.set_observed_waste_code("900-214-08");
  line.set_note_sha256(std::string(32, 'n'));
  line.set_line_mass_g(250'000);
  confirm.message.mutable_receipt_confirmed()->mutable_all_lines()->set_method_code("D10");
  const std::string issued = district.Issued({district.Stored()});
  Draft carriers = ChangeCarriers(district, issued, {&district.carrier});
  carriers.message.mutable_carriers_changed()->mutable_carriers(0)->set_vehicle(district.truck);
  const std::string weighed = district.Issued({district.Stored()});
  Draft take = district.Take(district.producer, district.carrier, weighed, district.truck);
  *take.message.mutable_load_taken()->mutable_weigh_ticket() = Ticket(district, 250'000);
  drafts.insert(drafts.end(),
                {exempt, Forward(district, refused, NewPlant(district)), confirm, carriers, take,
                 AttachNumber(district, issued), Return(district, refused, {batch}),
                 Contest(district, refused), Resolve(district, contested), Pipe(district)});
}

void AddMedical(District& district, std::vector<Draft>& drafts) {
  const std::string ward = NewWard(district);
  Draft generate = district.Generate(district.hospital, district.hospital_site, district.NewId(),
                                     3'000, kInfectious);
  generate.message.mutable_batch_generated()->set_ward(ward);
  Draft open = Open(district, district.hospital, district.hospital_site, district.NewId());
  open.message.mutable_batch_opened()->set_ward(ward);
  Draft temperature = ReadTemperature(district, district.hospital, district.hospital_store, 21'500);
  temperature.message.mutable_temperature_read()->set_outside_milli_celsius(18'000);
  drafts.insert(
      drafts.end(),
      {RegisterWard(district.hospital, district.hospital_site, district.NewId()), generate, open,
       HandOverBags(district, NewPorter(district), ward, {NewBag(district, ward)}),
       Disinfect(district, district.hospital, district.hospital_store, {NewBag(district, ward)}),
       AcceptAsRemote(district, district.plant_store), temperature});
}

void AddCollections(District& district, std::vector<Draft>& drafts) {
  const Clinic clinic = NewClinic(district);
  const CollectionPoint point = NewPoint(district);
  const auto bag = [&] { return district.Generated(clinic.actor, clinic.site, kBag); };
  Draft stop = Collect(district, clinic.actor, {bag(), bag()});
  v1::WasteCollected& collected = *stop.message.mutable_waste_collected();
  collected.set_receiver_facility(district.plant_furnace);
  collected.mutable_exemption()->set_item(2);
  collected.mutable_exemption()->set_link(v1::EXEMPT_LINK_TRANSPORT);
  collected.set_fee_fen(1'000);
  const std::string contested = Collected(district, true);
  district.Must(ContestCollection(district, contested));
  Draft brought = Bring(district, clinic, point, {bag(), bag()});
  *brought.message.mutable_self_delivered()->mutable_exemption() = collected.exemption();
  brought.message.mutable_self_delivered()->set_fee_fen(1'000);
  const std::string round = district.NewId();
  drafts.insert(drafts.end(), {stop, CollectAlone(district, clinic.actor, {bag()}),
                               DeliverRound(district, {Collected(district, false, round),
                                                       Collected(district, true, round)}),
                               Countersign(district, Collected(district, true)),
                               ContestCollection(district, Collected(district, true)),
                               ResolveCollection(district, contested), brought});
}

}  // namespace

std::vector<Draft> OneOfEach(District& district) {
  std::vector<Draft> drafts;
  AddRegistrations(district, drafts);
  AddBatches(district, drafts);
  AddManifests(district, drafts);
  // Under the first set nothing of the second can have happened.
  const auto log = ReadLog(district.state());
  if (!log.ok() || !*log || (*log)->rule_set() < 2) return drafts;
  AddLineage(district, drafts);
  AddBulk(district, drafts);
  AddCorrections(district, drafts);
  AddDispute(district, drafts);
  AddPermits(district, drafts);
  AddFacilities(district, drafts);
  AddOrders(district, drafts);
  AddIncidents(district, drafts);
  AddAfterIssue(district, drafts);
  AddMedical(district, drafts);
  AddCollections(district, drafts);
  return drafts;
}

}  // namespace cradle::rules::test
