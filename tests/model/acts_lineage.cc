// What batches are made of, and bulk stores.
#include <algorithm>

#include "tests/model/acts.h"
#include "tests/services/rules/drafts_lineage.h"

namespace cradle::model {
namespace {

using rules::test::Batches;

bool IsLoose(const BatchState& batch) {
  return batch.status() == state::v1::BATCH_STATUS_GENERATED ||
         batch.status() == state::v1::BATCH_STATUS_STORED ||
         batch.status() == state::v1::BATCH_STATUS_RECEIVED;
}

const BatchState* AnyLoose(Town& town) { return town.AnyBatch(IsLoose); }
const BatchState* AnyFilling(Town& town) {
  return town.AnyBatch(
      [](const BatchState& batch) { return batch.status() == state::v1::BATCH_STATUS_FILLING; });
}
const Actor& HolderOf(Town& town, const BatchState& batch) {
  return *town.WithId(batch.custodian());
}

// It and up to `most` others that lie with it, mostly of its code.
Batches Some(Town& town, const BatchState& first, size_t most) {
  const bool any_code = town.OneIn(8);
  Batches some = town.More(first, most, [&](const BatchState& batch) {
    return IsLoose(batch) && (any_code || batch.waste_code() == first.waste_code());
  });
  some.insert(some.begin(), first.batch());
  return some;
}

std::optional<Draft> Open(Town& town) {
  Draft draft = rules::test::Open(town, town.producer, town.producer_site, town.NewId(),
                                  town.OneIn(2) ? town.producer_store2 : "");
  draft.message.mutable_batch_opened()->set_opened_time_ms(town.Lately());
  return draft;
}

std::optional<Draft> TopUp(Town& town) {
  const BatchState* const batch = AnyFilling(town);
  if (batch == nullptr) return std::nullopt;
  return rules::test::TopUp(town, HolderOf(town, *batch), batch->batch(), town.Mass());
}

std::optional<Draft> Seal(Town& town) {
  const BatchState* const batch = AnyFilling(town);
  if (batch == nullptr) return std::nullopt;
  return rules::test::Seal(town, HolderOf(town, *batch), batch->batch(),
                           std::max<int64_t>(0, batch->mass_g() + town.Between(-20, 20)));
}

std::optional<Draft> Split(Town& town) {
  const BatchState* const batch = AnyLoose(town);
  if (batch == nullptr) return std::nullopt;
  const int64_t first_g = town.Between(1, std::max<int64_t>(batch->mass_g() - 1, 1));
  return rules::test::Split(town, HolderOf(town, *batch), batch->batch(), first_g);
}

std::optional<Draft> Merge(Town& town) {
  const BatchState* const batch = AnyLoose(town);
  if (batch == nullptr) return std::nullopt;
  const Batches parents = Some(town, *batch, 3);
  if (parents.size() < 2 && !town.OneIn(8)) return std::nullopt;
  return rules::test::Merge(town, HolderOf(town, *batch), parents,
                            town.OneIn(2) ? town.StoreAt(*batch) : "");
}

std::optional<Draft> Repack(Town& town) {
  const BatchState* const batch = AnyLoose(town);
  if (batch == nullptr) return std::nullopt;
  return rules::test::Repack(town, HolderOf(town, *batch), batch->batch());
}

std::optional<Draft> Pretreat(Town& town) {
  const BatchState* const batch = AnyLoose(town);
  if (batch == nullptr) return std::nullopt;
  const bool at_press = batch->site() == town.producer_site && !town.OneIn(6);
  Draft draft = rules::test::Pretreat(town, HolderOf(town, *batch), Some(town, *batch, 2),
                                      at_press ? town.press : "");
  v1::BatchesPretreated& event = *draft.message.mutable_batches_pretreated();
  if (town.OneIn(3)) {
    // A reagent, and a second fraction.
    event.set_reagent_mass_g(town.Between(1, 5'000));
    *event.add_made() = rules::test::Made(town, event.reagent_mass_g(), "900-210-08");
  }
  if (town.OneIn(6)) event.set_released_mass_g(event.released_mass_g() + 1);
  return draft;
}

// At the plant, by the producer in its kiln, or by the hospital on its own ground.
std::optional<Draft> Record(Town& town) {
  const BatchState* const batch = town.AnyBatch([&](const BatchState& each) {
    return IsLoose(each) && (each.custodian() == town.plant.id ||
                             (town.OneIn(3) && (each.custodian() == town.producer.id ||
                                                each.custodian() == town.hospital.id)));
  });
  if (batch == nullptr) return std::nullopt;
  const Actor& actor = HolderOf(town, *batch);
  const Batches batches = Some(town, *batch, 2);
  if (actor.id == town.hospital.id) {
    Draft draft = rules::test::Record(town, actor, batches, "", "Y10", v1::ENDING_TREATED_ON_SITE);
    draft.message.mutable_treatment_recorded()->set_order_number("青政字〔2024〕12号");
    return draft;
  }
  const bool burns = actor.id == town.plant.id;
  Draft draft =
      rules::test::Record(town, actor, batches, burns ? town.plant_furnace : town.producer_kiln,
                          !burns                                    ? "R9"
                          : batch->waste_code().starts_with("841-") ? "Y10"
                                                                    : "D10",
                          burns ? v1::ENDING_DISPOSED : v1::ENDING_UTILISED);
  v1::TreatmentRecorded& event = *draft.message.mutable_treatment_recorded();
  if (town.OneIn(3)) {
    v1::BulkFeed& feed = *event.add_feeds();
    feed.set_facility(burns ? town.bunker : town.tank);
    if (town.OneIn(2) || !burns) feed.set_own_mass_g(town.Between(1, 100'000));
    if (feed.own_mass_g() == 0 || town.OneIn(4)) feed.set_received_mass_g(town.Between(1, 100'000));
    event.set_treated_mass_g(event.treated_mass_g() + feed.own_mass_g() + feed.received_mass_g());
  }
  if (town.OneIn(3)) event.mutable_residues(0)->set_made_mass_g(event.treated_mass_g());
  if (town.OneIn(3)) event.clear_residues();
  return draft;
}

std::optional<Draft> Pack(Town& town) {
  const BatchState* const batch = AnyLoose(town);
  if (batch == nullptr) return std::nullopt;
  return rules::test::Pack(town, HolderOf(town, *batch), Some(town, *batch, 3));
}

std::optional<Draft> RegisterBulk(Town& town) {
  const Actor& owner = town.OneIn(2) ? town.producer : town.plant;
  const std::string facility =
      town.AnyFacility(owner.id, [&](const state::v1::FacilityState& each) {
        const auto kind = each.registered().kind();
        return kind == v1::FACILITY_KIND_STORAGE_TANK_AREA ||
               kind == v1::FACILITY_KIND_STORAGE_POOL;
      });
  if (facility.empty()) return std::nullopt;
  return rules::test::RegisterBulk(town, owner, facility,
                                   town.OneIn(2) ? v1::BULK_KIND_PIT : v1::BULK_KIND_TANK_AREA);
}

// One of the two bulk stores, more often than what was registered since.
std::string AnyBulk(Town& town, const std::string& owner) {
  if (!town.OneIn(6)) return owner == town.plant.id ? town.bunker : town.tank;
  const std::string found = town.AnyFacility(owner, [](const state::v1::FacilityState& each) {
    return each.bulk_kind() != v1::BULK_KIND_UNSPECIFIED;
  });
  return found.empty() ? town.tank : found;
}

std::optional<Draft> Fill(Town& town) {
  const BatchState* const batch = town.AnyBatch([&](const BatchState& each) {
    return IsLoose(each) &&
           (each.custodian() == town.plant.id || each.custodian() == town.producer.id);
  });
  if (batch == nullptr) return std::nullopt;
  return rules::test::Fill(town, HolderOf(town, *batch), AnyBulk(town, batch->custodian()),
                           Some(town, *batch, 2));
}

std::optional<Draft> Draw(Town& town) {
  const Actor& actor = town.OneIn(2) ? town.producer : town.plant;
  Draft draft = rules::test::Draw(town, actor, AnyBulk(town, actor.id), town.Between(1, 300'000));
  if (town.OneIn(3)) {
    draft.message.mutable_bulk_drawn()->set_origin(v1::STOCK_ORIGIN_RECEIVED);
  }
  return draft;
}

std::optional<Draft> ReadLevel(Town& town) {
  const Actor& actor = town.OneIn(2) ? town.producer : town.plant;
  const std::string facility = AnyBulk(town, actor.id);
  int64_t level_g = 0;
  if (const auto found = town.books().bulk().find(facility); found != town.books().bulk().end()) {
    for (const auto& layer : found->second.layers()) level_g += layer.mass_g();
  }
  level_g = std::max<int64_t>(0, level_g + town.Between(-50'000, 50'000));
  return rules::test::ReadLevel(town, actor, facility, level_g);
}

std::optional<Draft> Empty(Town& town) {
  const Actor& actor = town.OneIn(2) ? town.producer : town.plant;
  return rules::test::Empty(town, actor, AnyBulk(town, actor.id));
}

constexpr Act kActs[] = {
    {v1::Statement::kBatchOpened, Open, 3},
    {v1::Statement::kBatchToppedUp, TopUp, 5},
    {v1::Statement::kBatchSealed, Seal, 3},
    {v1::Statement::kBatchSplit, Split, 4},
    {v1::Statement::kBatchesMerged, Merge, 4},
    {v1::Statement::kBatchRepacked, Repack, 2},
    {v1::Statement::kBatchesPretreated, Pretreat, 3},
    {v1::Statement::kTreatmentRecorded, Record, 6},
    {v1::Statement::kContainersPacked, Pack, 2},
    {v1::Statement::kBulkRegistered, RegisterBulk, 1},
    {v1::Statement::kBulkFilled, Fill, 4},
    {v1::Statement::kBulkDrawn, Draw, 3},
    {v1::Statement::kBulkLevelRead, ReadLevel, 2},
    {v1::Statement::kBulkEmptied, Empty, 1},
};

}  // namespace

std::span<const Act> LineageActs() { return kActs; }

}  // namespace cradle::model
