// Manifests from issue to what is said of them afterwards.
#include <algorithm>
#include <set>

#include "services/rules/lines.h"
#include "tests/model/acts.h"
#include "tests/services/rules/drafts_collection.h"
#include "tests/services/rules/drafts_manifest.h"
#include "tests/services/rules/drafts_order.h"

namespace cradle::model {
namespace {

using state::v1::MANIFEST_STATUS_CONFIRMED;
using state::v1::MANIFEST_STATUS_DELIVERED;
using state::v1::MANIFEST_STATUS_IN_TRANSIT;
using state::v1::MANIFEST_STATUS_ISSUED;

bool IsMedical(const ManifestState& manifest) {
  return manifest.issued().lines_size() > 0 &&
         manifest.issued().lines(0).waste_code().starts_with("841-");
}

const ManifestState* AnyWith(Town& town, state::v1::ManifestStatus status) {
  return town.AnyManifest([&](const ManifestState& each) { return each.status() == status; });
}

// Null: not of the town.
const Actor* CarrierOf(Town& town, const ManifestState& manifest, uint32_t leg) {
  const auto& carriers = manifest.issued().carriers();
  if (leg >= static_cast<uint32_t>(carriers.size())) return nullptr;
  return town.WithId(carriers[static_cast<int>(leg)].organisation());
}

std::vector<const Actor*> SomeCarriers(Town& town) {
  std::vector<const Actor*> carriers = {town.OneIn(2) ? &town.carrier : &town.carrier2};
  if (town.OneIn(3)) {
    carriers.push_back(carriers[0] == &town.carrier ? &town.carrier2 : &town.carrier);
  }
  return carriers;
}

void ToPlant2(Town& town, v1::ManifestIssued& event) {
  event.set_receiver(town.plant2.id);
  event.set_receiver_site(town.plant2_site);
}

// What only some manifests say.
void AddParticulars(Town& town, v1::ManifestIssued& event) {
  if (town.OneIn(3)) event.set_official_number(town.NewOfficialNumber());
  if (town.OneIn(8)) {
    event.mutable_exemption()->set_item(2);
    event.mutable_exemption()->set_link(v1::EXEMPT_LINK_TRANSPORT);
  }
  if (town.OneIn(8)) rules::test::OnPaper(event, town.DayBefore(3));
  if (town.OneIn(8)) event.set_fee_fen(town.Between(-10, 2'000'000));
  if (town.OneIn(8) && event.receiver_site() == town.plant_site) {
    event.set_receiver_facility(town.plant_furnace);
  }
  if (town.OneIn(6)) event.clear_contract_sha256();
  if (town.OneIn(4)) rules::SayOnceOfAllLines(event);
}

std::optional<Draft> Issue(Town& town) {
  const auto fits = [&](const BatchState& each) {
    return each.mass_g() > 0 && (each.status() == state::v1::BATCH_STATUS_GENERATED ||
                                 each.status() == state::v1::BATCH_STATUS_STORED ||
                                 each.status() == state::v1::BATCH_STATUS_RECEIVED);
  };
  const BatchState* const first = town.AnyBatch([&](const BatchState& each) {
    return fits(each) && (each.custodian() != town.plant.id || town.OneIn(6));
  });
  if (first == nullptr) return std::nullopt;
  const bool mixes = town.OneIn(20);
  std::vector<std::string> lines = town.More(*first, town.Draw() % 4, [&](const BatchState& each) {
    return fits(each) &&
           (mixes || each.waste_code().substr(0, 4) == first->waste_code().substr(0, 4));
  });
  lines.insert(lines.begin(), first->batch());
  Draft draft =
      town.Issue(*town.WithId(first->custodian()), town.NewId(), lines, SomeCarriers(town));
  v1::ManifestIssued& event = *draft.message.mutable_manifest_issued();
  const bool medical = first->waste_code().starts_with("841-");
  if (first->custodian() == town.plant.id || (!medical && town.OneIn(4))) ToPlant2(town, event);
  if (first->custodian() == town.producer.id && !town.approvals.empty() && town.OneIn(6)) {
    event.set_receiver(town.plant.id);
    event.set_receiver_site(town.elsewhere_site);
    event.set_approval(town.AnyOf(town.approvals));
  }
  AddParticulars(town, event);
  if (first->custodian() == town.hospital.id && town.OneIn(5)) {
    return rules::test::InTheNameOf(std::move(draft), town.steward);
  }
  return draft;
}

// What was refused goes on to another receiver.
std::optional<Draft> Forward(Town& town) {
  const BatchState* const batch = town.AnyBatch(
      [](const BatchState& each) { return each.status() == state::v1::BATCH_STATUS_REFUSED; });
  if (batch == nullptr) return std::nullopt;
  Draft draft = town.Issue(*town.WithId(batch->custodian()), town.NewId(), {batch->batch()},
                           SomeCarriers(town));
  v1::ManifestIssued& event = *draft.message.mutable_manifest_issued();
  const auto refused = town.books().manifests().find(batch->refused_manifest());
  event.set_consignor_site(refused->second.issued().consignor_site());
  event.set_forwards_manifest(batch->refused_manifest());
  if (refused->second.issued().receiver() == town.plant.id) ToPlant2(town, event);
  return draft;
}

std::optional<Draft> IssueOrForward(Town& town) {
  if (town.OneIn(8)) {
    if (auto forwarded = Forward(town)) return forwarded;
  }
  return Issue(town);
}

std::optional<Draft> Take(Town& town) {
  const ManifestState* const manifest = AnyWith(town, MANIFEST_STATUS_ISSUED);
  if (manifest == nullptr) return std::nullopt;
  const Actor* const carrier = CarrierOf(town, *manifest, 0);
  if (carrier == nullptr) return std::nullopt;
  const std::string vehicle = town.VehicleOf(carrier->id, IsMedical(*manifest));
  Draft draft = town.Take(*town.WithId(manifest->consignor()), *carrier,
                          manifest->issued().manifest(), vehicle);
  v1::LoadTaken& event = *draft.message.mutable_load_taken();
  event.set_taken_time_ms(town.Lately());
  if (town.OneIn(4)) event.clear_official_number();
  if (town.OneIn(4)) {
    *event.mutable_weigh_ticket() =
        rules::test::Ticket(town, manifest->issued().total_sent_mass_g() + town.Between(0, 40));
    event.mutable_weigh_ticket()->set_vehicle(vehicle);
  }
  return draft;
}

std::optional<Draft> HandOver(Town& town) {
  const ManifestState* const manifest = town.AnyManifest([](const ManifestState& each) {
    return each.status() == MANIFEST_STATUS_IN_TRANSIT &&
           static_cast<int>(each.carrier()) + 1 < each.issued().carriers_size();
  });
  if (manifest == nullptr) return std::nullopt;
  const Actor* const from = CarrierOf(town, *manifest, manifest->carrier());
  const Actor* const to = CarrierOf(town, *manifest, manifest->carrier() + 1);
  if (from == nullptr || to == nullptr) return std::nullopt;
  return town.HandOver(*from, *to, manifest->issued().manifest(),
                       town.VehicleOf(to->id, IsMedical(*manifest)));
}

std::optional<Draft> Deliver(Town& town) {
  const ManifestState* const manifest = town.AnyManifest([&](const ManifestState& each) {
    return each.status() == MANIFEST_STATUS_IN_TRANSIT &&
           (static_cast<int>(each.carrier()) + 1 == each.issued().carriers_size() || town.OneIn(8));
  });
  if (manifest == nullptr) return std::nullopt;
  const Actor* const carrier = CarrierOf(town, *manifest, manifest->carrier());
  const Actor* const receiver = town.WithId(manifest->issued().receiver());
  if (carrier == nullptr || receiver == nullptr) return std::nullopt;
  Draft draft = town.Deliver(*carrier, manifest->issued().manifest());
  SetActor(draft, 1, *receiver);
  draft.message.mutable_load_delivered()->set_delivered_time_ms(town.Lately());
  return draft;
}

// One line is not as it was sent.
void DifferInOneLine(Town& town, v1::ReceiptConfirmed& event) {
  v1::ReceivedLine& line = *event.mutable_lines(
      static_cast<int>(town.Draw() % static_cast<uint32_t>(event.lines_size())));
  const int64_t sent_g = line.received_mass_g();
  switch (town.Draw() % 4) {
    case 0: {
      rules::test::RefuseLine(line);
      event.set_total_received_mass_g(event.total_received_mass_g() - sent_g);
      return;
    }
    case 1:
      return rules::test::AcceptPart(line, town.OneIn(6) ? sent_g : sent_g / 3, town.NewId());
    case 2: {
      const int64_t received_g = std::max<int64_t>(0, sent_g + town.Between(-500, 500));
      line.set_received_mass_g(received_g);
      event.set_total_received_mass_g(event.total_received_mass_g() - sent_g + received_g);
      return;
    }
    default:
      line.set_form(v1::PHYSICAL_FORM_SOLID);
      line.set_observed_waste_code("900-249-08");
      line.set_package_count(3);
      return;
  }
}

std::optional<Draft> Confirm(Town& town) {
  const ManifestState* const manifest = AnyWith(town, MANIFEST_STATUS_DELIVERED);
  if (manifest == nullptr) return std::nullopt;
  const Actor* const receiver = town.WithId(manifest->issued().receiver());
  if (receiver == nullptr) return std::nullopt;
  const std::string& id = manifest->issued().manifest();
  const bool weighed = town.OneIn(5);
  Draft draft = weighed ? rules::test::ConfirmWeighed(town, id) : town.Confirm(id);
  SetActor(draft, 0, *receiver);
  v1::ReceiptConfirmed& event = *draft.message.mutable_receipt_confirmed();
  if (weighed && !manifest->vehicles().empty()) {
    event.mutable_weigh_ticket()->set_vehicle(*manifest->vehicles().rbegin());
  }
  if (!weighed && town.OneIn(2)) DifferInOneLine(town, event);
  if (town.OneIn(4)) rules::SayOnceOfAllLines(event);
  return draft;
}

std::optional<Draft> Cancel(Town& town) {
  const ManifestState* const manifest = AnyWith(town, MANIFEST_STATUS_ISSUED);
  if (manifest == nullptr) return std::nullopt;
  return town.Cancel(*town.WithId(manifest->consignor()), manifest->issued().manifest());
}

std::optional<Draft> ChangeCarriers(Town& town) {
  const ManifestState* const manifest = town.AnyManifest([&](const ManifestState& each) {
    return each.status() == MANIFEST_STATUS_ISSUED || each.status() == MANIFEST_STATUS_IN_TRANSIT;
  });
  if (manifest == nullptr) return std::nullopt;
  const bool alone = manifest->status() == MANIFEST_STATUS_IN_TRANSIT && town.OneIn(2);
  Draft draft =
      rules::test::ChangeCarriers(town, manifest->issued().manifest(),
                                  alone ? std::vector<const Actor*>() : SomeCarriers(town));
  SetActor(draft, 0, *town.WithId(manifest->consignor()));
  return draft;
}

std::optional<Draft> AttachNumber(Town& town) {
  const ManifestState* const manifest = town.AnyManifest([&](const ManifestState& each) {
    return each.official_number().empty() && each.status() != MANIFEST_STATUS_IN_TRANSIT;
  });
  if (manifest == nullptr) return std::nullopt;
  Draft draft = rules::test::AttachNumber(town, manifest->issued().manifest());
  SetActor(draft, 0, *town.WithId(manifest->consignor()));
  return draft;
}

std::optional<Draft> Return(Town& town) {
  const BatchState* const batch = town.AnyBatch(
      [](const BatchState& each) { return each.status() == state::v1::BATCH_STATUS_REFUSED; });
  if (batch == nullptr) return std::nullopt;
  std::vector<std::string> batches = town.More(*batch, 3, [&](const BatchState& each) {
    return each.refused_manifest() == batch->refused_manifest();
  });
  batches.insert(batches.begin(), batch->batch());
  Draft draft = rules::test::Return(town, batch->refused_manifest(), batches);
  SetActor(draft, 1, *town.WithId(batch->custodian()));
  draft.message.mutable_load_returned()->set_returned_time_ms(town.Lately());
  return draft;
}

std::optional<Draft> Contest(Town& town) {
  const ManifestState* const manifest = AnyWith(town, MANIFEST_STATUS_CONFIRMED);
  if (manifest == nullptr) return std::nullopt;
  Draft draft = rules::test::Contest(town, manifest->issued().manifest());
  SetActor(draft, 0, *town.WithId(manifest->consignor()));
  return draft;
}

// Of a collection at which the consignor was not.
std::optional<Draft> ResolveCollection(Town& town) {
  const ManifestState* const manifest = town.AnyManifest([](const ManifestState& each) {
    return each.collection().has_contest() && each.collection().contest().resolved_index() == 0;
  });
  if (manifest == nullptr) return std::nullopt;
  Draft draft = rules::test::ResolveCollection(town, manifest->issued().manifest());
  SetActor(draft, 0, *town.WithId(manifest->consignor()));
  return draft;
}

std::optional<Draft> Resolve(Town& town) {
  if (town.OneIn(3)) {
    if (auto of_collection = ResolveCollection(town)) return of_collection;
  }
  const ManifestState* const manifest = town.AnyManifest([](const ManifestState& each) {
    return each.contests_size() > 0 && each.contests().rbegin()->resolved_index() == 0;
  });
  if (manifest == nullptr) return std::nullopt;
  const Actor* const receiver = town.WithId(manifest->issued().receiver());
  if (receiver == nullptr) return std::nullopt;
  Draft draft = rules::test::Resolve(town, manifest->issued().manifest());
  SetActor(draft, 0, *town.WithId(manifest->consignor()));
  SetActor(draft, 1, *receiver);
  if (town.OneIn(3)) {
    draft.message.clear_parties();
    draft.devices.clear();
    draft.By(town.bureau.handler, v1::CAPACITY_REGULATOR);
  }
  return draft;
}

std::optional<Draft> Pipe(Town& town) {
  Draft draft = rules::test::Pipe(town);
  v1::PipelineTransferred& event = *draft.message.mutable_pipeline_transferred();
  event.set_transfer_date(town.DayBefore(3));
  event.set_sent_mass_g(town.Mass());
  event.set_received_mass_g(std::max<int64_t>(1, event.sent_mass_g() + town.Between(-50, 50)));
  return draft;
}

std::optional<Draft> DecideDispute(Town& town) {
  if (town.disputes.empty()) return std::nullopt;
  const Town::Dispute& dispute = town.AnyOf(town.disputes);
  Draft draft;
  v1::DisputeResolved& event = *draft.message.mutable_dispute_resolved();
  event.set_chain(dispute.chain);
  event.set_height(dispute.height);
  event.set_upheld(town.AnyOf(dispute.claims));
  event.set_decision_reference("潍环争〔2024〕1号");
  event.set_reason(v1::DISPUTE_REASON_RECORDS);
  return draft.By(town.bureau.handler, v1::CAPACITY_REGULATOR);
}

constexpr Act kActs[] = {
    {v1::Statement::kManifestIssued, IssueOrForward, 14},
    {v1::Statement::kLoadTaken, Take, 12},
    {v1::Statement::kLoadHandedOver, HandOver, 5},
    {v1::Statement::kLoadDelivered, Deliver, 11},
    {v1::Statement::kReceiptConfirmed, Confirm, 11},
    {v1::Statement::kManifestCancelled, Cancel, 1},
    {v1::Statement::kCarriersChanged, ChangeCarriers, 2},
    {v1::Statement::kOfficialNumberAttached, AttachNumber, 2},
    {v1::Statement::kLoadReturned, Return, 3},
    {v1::Statement::kReceiptContested, Contest, 2},
    {v1::Statement::kContestResolved, Resolve, 2},
    {v1::Statement::kPipelineTransferred, Pipe, 2},
    {v1::Statement::kDisputeResolved, DecideDispute, 2},
};

}  // namespace

std::span<const Act> ManifestActs() { return kActs; }

}  // namespace cradle::model
