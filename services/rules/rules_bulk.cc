// Bulk stores: registered, filled, drawn from, read and emptied.
#include <algorithm>

#include "services/rules/bulk_store.h"
#include "services/rules/event_rules.h"
#include "services/rules/lineage.h"
#include "services/rules/rules_batch.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_facility.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;

void JudgeBulkRegistered(Judge& judge) {
  const v1::BulkRegistered& event = judge.statement().bulk_registered();
  RequireChosen(judge, event.kind(), "kind");
  FindOrganisation(judge, event.organisation(), judge.Path("organisation"));
  auto state = judge.Read<state::v1::FacilityState>(keys::Facility(event.facility()));
  if (!state || state->registered().organisation() != event.organisation()) {
    judge.Violate(RuleId::kFacilityOfOrganisation, judge.Path("facility"),
                  fmt::format("{} has no facility {}", event.organisation(), event.facility()),
                  fmt::format("单位 {} 没有设施 {}", event.organisation(), event.facility()));
    return;
  }
  const auto site = judge.Read<state::v1::SiteState>(keys::Site(state->registered().site()));
  if (site) JudgeRegulator(judge, 0, site->registered().division());
  if (state->bulk_kind() != v1::BULK_KIND_UNSPECIFIED) {
    judge.Violate(RuleId::kBulkOnce, judge.Path("facility"),
                  fmt::format("{} is a bulk store already", state->registered().name()),
                  fmt::format("{} 已登记为散装贮存设施", state->registered().name()));
  }
  state->set_bulk_kind(event.kind());
  state->set_index(judge.index());
  judge.Put(keys::Facility(event.facility()), *state);
  state::v1::BulkAccount account;
  account.set_kind(event.kind());
  judge.Put(keys::BulkAccount(event.facility()), account);
}

// MERGE-CODE, MEDICAL-MIXED: of what lies there already and what comes. In a furnace bunker wastes
// are blended for burning.
void JudgeFillable(Judge& judge, const BulkStore& store, const BatchState& batch,
                   const std::string& present, const std::string& field) {
  if (present.empty()) return;
  if (IsMedical(present) != IsMedical(batch.waste_code())) {
    judge.Violate(RuleId::kMedicalMixed, judge.Path(field),
                  fmt::format("{} among {}", batch.waste_code(), present),
                  fmt::format("{} 混入 {}", batch.waste_code(), present));
  }
  if (store.kind() == v1::BULK_KIND_FURNACE_BUNKER || MayMix(judge, present, batch.waste_code()))
    return;
  judge.Violate(RuleId::kMergeCode, judge.Path(field),
                fmt::format("{} among {}", batch.waste_code(), present),
                fmt::format("{} 混入 {}", batch.waste_code(), present));
}

// BULK-LAYERS.
void JudgeLayers(Judge& judge, const BulkStore& store) {
  const absl::StatusOr<int64_t> limit = judge.data().Limit("bulk_layers_max", judge.act_day());
  if (!limit.ok() || store.layers().size() <= *limit) return;
  judge.Violate(RuleId::kBulkLayers, judge.Path("batches"),
                fmt::format("{} layers, at most {}; merge batches before they are filled in",
                            store.layers().size(), *limit),
                fmt::format("{}层，最多{}层；请先合并批次再装入", store.layers().size(), *limit));
}

void JudgeBulkFilled(Judge& judge) {
  const v1::BulkFilled& event = judge.statement().bulk_filled();
  RequireFactTime(judge, event.filled_time_ms(), "filled_time_ms");
  if (!JudgeNamed(judge, event.batches(), 1, {}, 0, "batches")) return;
  const std::vector<BatchState> batches =
      ReadParents(judge, event.batches(), "batches",
                  {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                   state::v1::BATCH_STATUS_RECEIVED});
  std::optional<BulkStore> store = BulkStore::Open(judge, event.facility(), "facility");
  if (!store || batches.empty()) return;
  JudgeFacility(judge, event.facility(), FirstParty(judge), batches.front().site(),
                FacilityUse::kAny);
  JudgeParentsMass(judge, event.filled_mass_g(), Lineage(batches), "filled_mass_g");
  std::string present = store->layers().empty() ? "" : store->layers()[0].waste_code();
  for (size_t i = 0; i < batches.size(); ++i) {
    JudgeFillable(judge, *store, batches[i], present, fmt::format("batches[{}]", i));
    if (present.empty()) present = batches[i].waste_code();
    store->Fill(judge, batches[i]);
  }
  JudgeLayers(judge, *store);
  store->Put(judge);
}

void JudgeBulkDrawn(Judge& judge) {
  const v1::BulkDrawn& event = judge.statement().bulk_drawn();
  RequireFactTime(judge, event.drawn_time_ms(), "drawn_time_ms");
  RequireChosen(judge, event.origin(), "origin");
  JudgeMade(judge, event.drawn(), "drawn", CodeCheck::kForm);
  std::optional<BulkStore> store = BulkStore::Open(judge, event.facility(), "facility");
  if (!store) return;
  const std::vector<BulkStore::Drawn> drawn =
      store->Draw(judge, event.origin() == v1::STOCK_ORIGIN_OWN, event.drawn().made_mass_g(),
                  "drawn.made_mass_g");
  const bool known = std::any_of(drawn.begin(), drawn.end(), [&](const BulkStore::Drawn& each) {
    return each.layer.waste_code() == event.drawn().waste_code();
  });
  if (!drawn.empty() && !known) {
    judge.Violate(RuleId::kLineageCode, judge.Path("drawn.waste_code"),
                  fmt::format("{} where {} was filled in", event.drawn().waste_code(),
                              drawn.front().layer.waste_code()),
                  fmt::format("填写为 {}，装入的是 {}", event.drawn().waste_code(),
                              drawn.front().layer.waste_code()));
  }
  Lineage lineage;
  AddDrawn(drawn, lineage);
  BatchState batch = BeginMade(judge, event.drawn(), store->site(), lineage.Received());
  lineage.Inherit(batch);
  PutMade(judge, std::move(batch));
  MadeBatches made;
  *made.Add() = event.drawn();
  store->PutDrawn(judge, drawn, made);
  store->Put(judge);
}

void JudgeBulkLevelRead(Judge& judge) {
  const v1::BulkLevelRead& event = judge.statement().bulk_level_read();
  AllowMass(judge, event.level_mass_g(), "level_mass_g");
  JudgeMassBasis(judge, event.mass_basis(), event.level_mass_g(), "mass_basis");
  RequireSha256(judge, event.evidence_sha256(), "evidence_sha256");
  RequireFactTime(judge, event.read_time_ms(), "read_time_ms");
  std::optional<BulkStore> store = BulkStore::Open(judge, event.facility(), "facility");
  if (!store || judge.forbidden()) return;
  store->Anchor(judge, event.level_mass_g(), "level_mass_g");
  store->Put(judge);
}

void JudgeBulkEmptied(Judge& judge) {
  const v1::BulkEmptied& event = judge.statement().bulk_emptied();
  RequireSha256(judge, event.evidence_sha256(), "evidence_sha256");
  RequireFactTime(judge, event.emptied_time_ms(), "emptied_time_ms");
  std::optional<BulkStore> store = BulkStore::Open(judge, event.facility(), "facility");
  if (!store) return;
  store->Anchor(judge, 0, "facility");
  store->Put(judge);
}

constexpr EventRow kEvents[] = {
    {.event = S::kBulkRegistered,
     .title_en = "Registration of a bulk store",
     .title_zh = "散装贮存设施登记",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("facility", s.bulk_registered().facility()); },
     .judge = JudgeBulkRegistered,
     .first_set = 2},
    {.event = S::kBulkFilled,
     .title_en = "Bulk store filled",
     .title_zh = "散装贮存装入",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("facility", s.bulk_filled().facility());
           for (const auto& batch : s.bulk_filled().batches()) chains.Add("batch", batch);
         },
     .judge = JudgeBulkFilled,
     .first_set = 2},
    {.event = S::kBulkDrawn,
     .title_en = "Waste drawn from a bulk store",
     .title_zh = "散装贮存取出",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("facility", s.bulk_drawn().facility());
           chains.Add("batch", s.bulk_drawn().drawn().batch());
         },
     .judge = JudgeBulkDrawn,
     .first_set = 2},
    {.event = S::kBulkLevelRead,
     .title_en = "Level of a bulk store read",
     .title_zh = "散装贮存液位盘点",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("facility", s.bulk_level_read().facility()); },
     .judge = JudgeBulkLevelRead,
     .first_set = 2},
    {.event = S::kBulkEmptied,
     .title_en = "Bulk store empty",
     .title_zh = "散装贮存清空",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("facility", s.bulk_emptied().facility()); },
     .judge = JudgeBulkEmptied,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> BulkEvents() { return kEvents; }

}  // namespace cradle::rules
