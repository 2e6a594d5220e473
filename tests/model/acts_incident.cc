// Waste found, spilled and lost.
#include <algorithm>

#include "tests/model/acts.h"
#include "tests/services/rules/drafts_order.h"

namespace cradle::model {
namespace {

std::optional<Draft> Find(Town& town) {
  Draft draft = rules::test::FindWaste(town, town.NewId());
  v1::WasteFound& event = *draft.message.mutable_waste_found();
  event.set_found_mass_g(town.Mass());
  event.set_foreign_origin(town.OneIn(6));
  if (town.OneIn(3)) event.set_identification(v1::IDENTIFICATION_TO_IDENTIFY);
  return draft;
}

// From a load on its way; the lost part becomes a batch.
std::optional<Draft> LoseOnTheRoad(Town& town) {
  const ManifestState* const manifest = town.AnyManifest([](const ManifestState& each) {
    return each.status() == state::v1::MANIFEST_STATUS_ISSUED ||
           each.status() == state::v1::MANIFEST_STATUS_IN_TRANSIT ||
           each.status() == state::v1::MANIFEST_STATUS_DELIVERED;
  });
  if (manifest == nullptr) return std::nullopt;
  const auto& issued = manifest->issued();
  const std::string holder =
      manifest->status() == state::v1::MANIFEST_STATUS_ISSUED ? manifest->consignor()
      : manifest->status() == state::v1::MANIFEST_STATUS_DELIVERED
          ? issued.receiver()
          : issued.carriers(static_cast<int>(manifest->carrier())).organisation();
  const Actor* const reporter = town.WithId(holder);
  if (reporter == nullptr) return std::nullopt;
  const std::string& batch =
      issued.lines(static_cast<int>(town.Draw() % static_cast<uint32_t>(issued.lines_size())))
          .batch();
  const int64_t mass_g = town.books().batches().find(batch)->second.mass_g();
  Draft draft = rules::test::ReportLoss(
      town, *reporter, batch, town.Between(1, std::max<int64_t>(1, mass_g)), town.NewId());
  draft.message.mutable_incident_reported()->set_manifest(issued.manifest());
  return draft;
}

std::optional<Draft> Report(Town& town) {
  if (town.OneIn(3)) return LoseOnTheRoad(town);
  const BatchState* const batch = town.AnyBatch([](const BatchState& each) {
    return each.status() == state::v1::BATCH_STATUS_GENERATED ||
           each.status() == state::v1::BATCH_STATUS_STORED ||
           each.status() == state::v1::BATCH_STATUS_RECEIVED;
  });
  if (batch == nullptr) return std::nullopt;
  const Actor& holder = *town.WithId(batch->custodian());
  if (town.OneIn(4)) return rules::test::ReportIncident(town, holder, batch->batch());
  if (town.OneIn(3)) {
    return rules::test::ReportLoss(town, holder, batch->batch(), batch->mass_g(), "");
  }
  return rules::test::ReportLoss(town, holder, batch->batch(),
                                 town.Between(1, std::max<int64_t>(1, batch->mass_g())),
                                 town.NewId());
}

std::optional<Draft> Close(Town& town) {
  static constexpr v1::LossFinding kFindings[] = {
      v1::LOSS_FINDING_FOUND_AGAIN, v1::LOSS_FINDING_DESTROYED, v1::LOSS_FINDING_WRITTEN_OFF};
  const BatchState* const batch = town.AnyBatch(
      [](const BatchState& each) { return each.status() == state::v1::BATCH_STATUS_LOST; });
  if (batch == nullptr) return std::nullopt;
  return rules::test::CloseLoss(town, batch->batch(), kFindings[town.Draw() % 3]);
}

constexpr Act kActs[] = {
    {v1::Statement::kWasteFound, Find, 2},
    {v1::Statement::kIncidentReported, Report, 4},
    {v1::Statement::kLossClosed, Close, 3},
};

}  // namespace

std::span<const Act> IncidentActs() { return kActs; }

}  // namespace cradle::model
