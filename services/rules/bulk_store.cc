#include "services/rules/bulk_store.h"

#include <algorithm>
#include <map>
#include <utility>

#include "services/rules/admission.h"
#include "services/rules/batch_state.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

using state::v1::BatchState;
using state::v1::BulkLayer;
using Layers = google::protobuf::RepeatedPtrField<BulkLayer>;

int64_t MassOf(const Layers& layers) {
  int64_t sum = 0;
  for (const BulkLayer& layer : layers) sum += layer.mass_g();
  return sum;
}

void DropEmpty(Layers& layers) {
  layers.erase(std::remove_if(layers.begin(), layers.end(),
                              [](const BulkLayer& layer) { return layer.mass_g() == 0; }),
               layers.end());
}

// nullopt: the state is damaged, which ends the judgement.
std::optional<BatchState> ReadLayer(Judge& judge, const std::string& batch) {
  auto state = judge.Read<BatchState>(keys::Batch(batch));
  if (!state) {
    judge.Fail(absl::DataLossError(
        fmt::format("the layer {} of a bulk store is not in the state", batch)));
  }
  return state;
}

}  // namespace

std::optional<BulkStore> BulkStore::Open(Judge& judge, const std::string& facility,
                                         std::string_view field) {
  const auto state = judge.Read<state::v1::FacilityState>(keys::Facility(facility));
  if (!state || state->registered().organisation() != FirstParty(judge)) {
    judge.Violate(RuleId::kFacilityOfOrganisation, judge.Path(field),
                  state ? fmt::format("the facility {} belongs to another organisation", facility)
                        : fmt::format("the facility {} is not registered", facility),
                  state ? fmt::format("设施 {} 属于其他单位", facility)
                        : fmt::format("设施 {} 未登记", facility));
    return std::nullopt;
  }
  auto account = judge.Read<state::v1::BulkAccount>(keys::BulkAccount(facility));
  if (!account) {
    judge.Violate(
        RuleId::kBulkKnown, judge.Path(field),
        fmt::format("{} is not registered as a bulk store; a regulator does that",
                    state->registered().name()),
        fmt::format("{} 未登记为散装贮存设施，须由监管部门登记", state->registered().name()));
    return std::nullopt;
  }
  BulkStore store;
  store.facility_ = facility;
  store.site_ = state->registered().site();
  store.account_ = *std::move(account);
  store.account_.clear_touched();
  return store;
}

int64_t BulkStore::present_mass_g() const { return MassOf(account_.layers()); }

void BulkStore::Insert(BulkLayer layer) {
  Layers& layers = *account_.mutable_layers();
  const auto same = std::find_if(layers.begin(), layers.end(), [&](const BulkLayer& each) {
    return each.batch() == layer.batch();
  });
  if (same != layers.end()) {
    same->set_mass_g(same->mass_g() + layer.mass_g());
    return;
  }
  // ISO dates compare as text, and the empty one is before all. Of one day, what came first is
  // first.
  const auto after = std::upper_bound(
      layers.begin(), layers.end(), layer,
      [](const BulkLayer& a, const BulkLayer& b) { return a.since_date() < b.since_date(); });
  const auto place = after - layers.begin();
  *layers.Add() = std::move(layer);
  std::rotate(layers.begin() + place, layers.end() - 1, layers.end());
}

void BulkStore::Fill(Judge& judge, const BatchState& batch) {
  const state::v1::Holding* const holding = FindHolding(batch, batch.custodian());
  BulkLayer layer;
  layer.set_batch(batch.batch());
  layer.set_since_date(holding == nullptr ? std::string() : holding->since_date());
  layer.set_mass_g(batch.mass_g());
  layer.set_own(IsOwnWaste(batch, batch.custodian()));
  layer.set_waste_code(batch.waste_code());
  Insert(std::move(layer));
  account_.add_touched(batch.batch());
  BatchState absorbed = batch;
  absorbed.set_status(state::v1::BATCH_STATUS_ABSORBED);
  absorbed.set_facility(facility_);
  absorbed.set_bulk(facility_);
  PutBatch(judge, &batch, std::move(absorbed));
}

std::vector<BulkStore::Drawn> BulkStore::Draw(Judge& judge, bool own, int64_t mass_g,
                                              std::string_view field) {
  std::vector<Drawn> drawn;
  int64_t missing_g = mass_g;
  for (BulkLayer& layer : *account_.mutable_layers()) {
    if (missing_g <= 0) break;
    if (layer.own() != own) continue;
    std::optional<BatchState> batch = ReadLayer(judge, layer.batch());
    if (!batch) return {};
    const int64_t part_g = std::min(missing_g, layer.mass_g());
    drawn.push_back({*std::move(batch), part_g});
    layer.set_mass_g(layer.mass_g() - part_g);
    missing_g -= part_g;
  }
  DropEmpty(*account_.mutable_layers());
  if (missing_g <= 0) return drawn;
  judge.Violate(RuleId::kBulkMass, judge.Path(field),
                fmt::format("{} g drawn where the account has {} g of {}; what lies there above "
                            "the account is logged as a batch and filled in first",
                            mass_g, mass_g - missing_g, own ? "own waste" : "received waste"),
                fmt::format("取出{}克，账面{}仅{}克；超出账面的须先登记为批次并装入", mass_g,
                            own ? "自产废物" : "接受的废物", mass_g - missing_g));
  return drawn;
}

void BulkStore::PutDrawn(Judge& judge, const std::vector<Drawn>& drawn, const MadeBatches& made) {
  for (const Drawn& each : drawn) {
    BatchState layer = each.layer;
    layer.set_mass_g(each.layer.mass_g() - each.mass_g);
    if (layer.mass_g() == 0) layer.set_status(state::v1::BATCH_STATUS_CONSUMED);
    layer.set_oldest_out_first(true);
    for (const statement::v1::MadeBatch& child : made) layer.add_children(child.batch());
    account_.add_touched(layer.batch());
    PutBatch(judge, &each.layer, std::move(layer));
  }
}

// What is missing is taken to be of the oldest: it stays on the account at its age.
void BulkStore::Miss(Judge& judge, int64_t mass_g) {
  for (BulkLayer& layer : *account_.mutable_layers()) {
    if (mass_g <= 0) break;
    const std::optional<BatchState> batch = ReadLayer(judge, layer.batch());
    if (!batch) return;
    BulkLayer part = layer;
    part.set_mass_g(std::min(mass_g, layer.mass_g()));
    layer.set_mass_g(layer.mass_g() - part.mass_g());
    mass_g -= part.mass_g();
    BatchState missed = *batch;
    missed.set_unaccounted_mass_g(batch->unaccounted_mass_g() + part.mass_g());
    missed.set_oldest_out_first(true);
    account_.add_touched(missed.batch());
    PutBatch(judge, &*batch, std::move(missed));
    *account_.add_unaccounted() = std::move(part);
  }
  DropEmpty(*account_.mutable_layers());
}

// The last found missing is the first that is found again.
void BulkStore::Find(Judge& judge, int64_t mass_g) {
  std::map<std::string, int64_t> found;
  auto& missing = *account_.mutable_unaccounted();
  for (int i = missing.size() - 1; i >= 0 && mass_g > 0; --i) {
    BulkLayer part = missing[i];
    part.set_mass_g(std::min(mass_g, missing[i].mass_g()));
    missing[i].set_mass_g(missing[i].mass_g() - part.mass_g());
    mass_g -= part.mass_g();
    found[part.batch()] += part.mass_g();
    Insert(std::move(part));
  }
  DropEmpty(missing);
  for (const auto& [id, part_g] : found) {
    const std::optional<BatchState> batch = ReadLayer(judge, id);
    if (!batch) return;
    BatchState layer = *batch;
    layer.set_unaccounted_mass_g(batch->unaccounted_mass_g() - part_g);
    account_.add_touched(id);
    PutBatch(judge, &*batch, std::move(layer));
  }
}

void BulkStore::Anchor(Judge& judge, int64_t level_mass_g, std::string_view field) {
  const int64_t account_g = present_mass_g();
  const int64_t missing_g = account_g - level_mass_g;
  account_.set_anchor_index(judge.index());
  account_.set_surplus_mass_g(0);
  if (missing_g > 0) {
    judge.Violate(RuleId::kBulkShortfall, judge.Path(field),
                  fmt::format("{} g where the account has {} g; {} g stay on it as unaccounted",
                              level_mass_g, account_g, missing_g),
                  fmt::format("实有{}克，账面{}克；{}克转为去向不明，仍计入账内", level_mass_g,
                              account_g, missing_g));
    Miss(judge, missing_g);
    return;
  }
  Find(judge, -missing_g);
  const int64_t surplus_g = level_mass_g - present_mass_g();
  account_.set_surplus_mass_g(surplus_g);
  if (surplus_g == 0) return;
  judge.Violate(
      RuleId::kBulkSurplus, judge.Path(field),
      fmt::format("{} g where the account has {} g", level_mass_g, level_mass_g - surplus_g),
      fmt::format("实有{}克，账面{}克", level_mass_g, level_mass_g - surplus_g));
}

void BulkStore::Put(Judge& judge) { judge.Put(keys::BulkAccount(facility_), account_); }

void AddDrawn(const std::vector<BulkStore::Drawn>& drawn, Lineage& lineage) {
  for (const BulkStore::Drawn& each : drawn) {
    BatchState part = each.layer;
    part.set_mass_g(each.mass_g);
    part.set_oldest_out_first(true);
    lineage.Add(part);
  }
}

}  // namespace cradle::rules
