// A batch being filled, and batches divided, put together, repacked and packed up. The waste stays
// what it is; what changes it is in rules_treatment.cc.
#include <algorithm>
#include <set>
#include <string_view>

#include "cradle/state/v1/lineage_state.pb.h"
#include "services/rules/batch_state.h"
#include "services/rules/event_rules.h"
#include "services/rules/lineage.h"
#include "services/rules/rules_batch.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_facility.h"
#include "services/rules/rules_medical.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;

void JudgeBatchOpened(Judge& judge) {
  const v1::BatchOpened& event = judge.statement().batch_opened();
  RequireNew(judge, keys::Batch(event.batch()), event.batch(), "batch");
  RequireChosen(judge, event.form(), "form");
  RequireFactTime(judge, event.opened_time_ms(), "opened_time_ms");
  AllowText(judge, event.batch_code(), "batch_code");
  JudgeWasteCode(judge, event.waste_code(), "waste_code");
  JudgeContainers(judge, event.containers(), event.waste_code(), 0);
  JudgeGenerator(judge, event.site());
  JudgeWard(judge, event.ward(), FirstParty(judge), event.site());
  if (!event.facility().empty()) {
    JudgeFacility(judge, event.facility(), FirstParty(judge), event.site(), FacilityUse::kStorage);
  }
  BatchState batch;
  batch.set_batch(event.batch());
  batch.set_site(event.site());
  batch.set_facility(event.facility());
  batch.set_status(state::v1::BATCH_STATUS_FILLING);
  batch.set_waste_code(event.waste_code());
  batch.set_form(event.form());
  batch.set_batch_code(event.batch_code());
  batch.set_ward(event.ward());
  HoldSince(batch, FirstParty(judge), EarliestDay(judge, event.site(), {event.opened_time_ms()}));
  batch.set_generator(FirstParty(judge));
  batch.set_custodian(FirstParty(judge));
  PutMade(judge, std::move(batch));
}

void JudgeBatchToppedUp(Judge& judge) {
  const v1::BatchToppedUp& event = judge.statement().batch_topped_up();
  RequireMass(judge, event.added_mass_g(), "added_mass_g");
  JudgeMassBasis(judge, event.mass_basis(), event.added_mass_g(), "mass_basis");
  RequireFactTime(judge, event.added_time_ms(), "added_time_ms");
  const auto batch =
      JudgeBatchInHand(judge, event.batch(), "batch", {state::v1::BATCH_STATUS_FILLING});
  if (!batch) return;
  const std::optional<int64_t> sum = AddMass(batch->mass_g(), event.added_mass_g());
  if (!sum) return;  // said above
  LimitMass(judge, *sum, "added_mass_g");
  BatchState filled = *batch;
  filled.set_mass_g(*sum);
  filled.set_top_ups(batch->top_ups() + 1);
  PutBatch(judge, &*batch, std::move(filled));
}

void JudgeBatchSealed(Judge& judge) {
  const v1::BatchSealed& event = judge.statement().batch_sealed();
  RequireMass(judge, event.sealed_mass_g(), "sealed_mass_g");
  JudgeMassBasis(judge, event.mass_basis(), event.sealed_mass_g(), "mass_basis");
  RequireFactTime(judge, event.sealed_time_ms(), "sealed_time_ms");
  const auto batch =
      JudgeBatchInHand(judge, event.batch(), "batch", {state::v1::BATCH_STATUS_FILLING});
  if (!batch) return;
  JudgeContainers(judge, event.containers(), batch->waste_code(), event.sealed_mass_g());
  // Whoever logs no top-ups has said nothing that could differ.
  if (batch->top_ups() > 0 && batch->mass_g() != event.sealed_mass_g()) {
    judge.Violate(RuleId::kFilledDifference, judge.Path("sealed_mass_g"),
                  fmt::format("{} g weighed where {} g were filled in", event.sealed_mass_g(),
                              batch->mass_g()),
                  fmt::format("称重{}克，装入合计{}克", event.sealed_mass_g(), batch->mass_g()));
  }
  BatchState sealed = *batch;
  sealed.set_mass_g(event.sealed_mass_g());
  sealed.set_status(batch->facility().empty() ? state::v1::BATCH_STATUS_GENERATED
                                              : state::v1::BATCH_STATUS_STORED);
  PutBatch(judge, &*batch, std::move(sealed));
}

// LINEAGE-CODE.
void JudgeSameWaste(Judge& judge, const v1::MadeBatch& made, std::string_view code,
                    const std::string& field) {
  if (made.waste_code() == code) return;
  judge.Violate(RuleId::kLineageCode, judge.Path(field + ".waste_code"),
                fmt::format("\"{}\" where the batch is {}", made.waste_code(), code),
                fmt::format("填写为“{}”，批次为 {}", made.waste_code(), code));
}

void JudgeBatchSplit(Judge& judge) {
  const v1::BatchSplit& event = judge.statement().batch_split();
  RequireFactTime(judge, event.split_time_ms(), "split_time_ms");
  BatchIds parents;
  *parents.Add() = event.batch();
  if (!JudgeNamed(judge, parents, 1, event.parts(), 2, "parts")) return;
  const auto batch =
      JudgeBatchInHand(judge, event.batch(), "batch",
                       {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                        state::v1::BATCH_STATUS_RECEIVED});
  if (!batch) return;
  Lineage lineage;
  lineage.Add(*batch);
  for (int i = 0; i < event.parts_size(); ++i) {
    const v1::MadeBatch& part = event.parts(i);
    const std::string field = fmt::format("parts[{}]", i);
    JudgeMade(judge, part, field, CodeCheck::kNone);
    JudgeSameWaste(judge, part, batch->waste_code(), field);
    BatchState child = BeginMade(judge, part, batch->site(), lineage.Received());
    child.set_status(batch->status());
    child.set_facility(batch->facility());
    lineage.Inherit(child);
    PutMade(judge, std::move(child));
  }
  JudgeParentsMass(judge, MassOfMade(event.parts()).value_or(-1), lineage, "parts");
  PutConsumed(judge, *batch, event.parts());
}

// MERGE-CODE, LINEAGE-CODE, MERGE-ORIGIN.
void JudgeMergeable(Judge& judge, const v1::MadeBatch& made, const std::vector<BatchState>& parents,
                    const Lineage& lineage) {
  std::set<std::string_view> codes;
  for (const BatchState& parent : parents) codes.insert(parent.waste_code());
  const auto unlike = [&](std::string_view code) {
    return std::find_if(codes.begin(), codes.end(),
                        [&](std::string_view other) { return !MayMix(judge, code, other); });
  };
  for (const std::string_view code : codes) {
    const auto other = unlike(code);
    if (other == codes.end()) continue;
    judge.Violate(RuleId::kMergeCode, judge.Path("parents"),
                  fmt::format("{} and {} are not merged; record what was mixed as pre-treatment",
                              code, *other),
                  fmt::format("{} 与 {} 不得合并；已混合的须按预处理登记", code, *other));
    break;
  }
  if (std::none_of(parents.begin(), parents.end(), [&](const BatchState& parent) {
        return parent.waste_code() == made.waste_code();
      })) {
    JudgeSameWaste(judge, made, parents.front().waste_code(), "made");
  }
  if (lineage.OfOwnAndReceived()) {
    judge.Violate(RuleId::kMergeOrigin, judge.Path("parents"),
                  "own waste and waste received from others are not merged; record what was mixed "
                  "as pre-treatment",
                  "自产废物与接受的废物不得合并；已混合的须按预处理登记");
  }
}

void JudgeBatchesMerged(Judge& judge) {
  const v1::BatchesMerged& event = judge.statement().batches_merged();
  RequireFactTime(judge, event.merged_time_ms(), "merged_time_ms");
  MadeBatches made;
  *made.Add() = event.made();
  if (!JudgeNamed(judge, event.parents(), 2, made, 1, "parents")) return;
  if (const int64_t most = LimitOf(judge, "merge_inputs_max"); event.parents_size() > most) {
    judge.Violate(RuleId::kLineageBatches, judge.Path("parents"),
                  fmt::format("{} batches, and at most {} are merged", event.parents_size(), most),
                  fmt::format("{}个批次，一次合并不超过{}个", event.parents_size(), most));
  }
  JudgeMade(judge, event.made(), "made", CodeCheck::kNone);
  const std::vector<BatchState> parents =
      ReadParents(judge, event.parents(), "parents",
                  {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                   state::v1::BATCH_STATUS_RECEIVED});
  if (parents.empty()) return;
  const Lineage lineage(parents);
  JudgeMergeable(judge, event.made(), parents, lineage);
  JudgeParentsMass(judge, event.made().made_mass_g(), lineage, "made.made_mass_g");
  const std::string& site = parents.front().site();
  BatchState child = BeginMade(judge, event.made(), site, lineage.Received());
  lineage.Inherit(child);
  if (!event.facility().empty()) {
    JudgeFacility(judge, event.facility(), FirstParty(judge), site, FacilityUse::kStorage);
    child.set_facility(event.facility());
    child.set_status(state::v1::BATCH_STATUS_STORED);
  }
  PutMade(judge, std::move(child));
  for (const BatchState& parent : parents) PutConsumed(judge, parent, made);
}

void JudgeBatchRepacked(Judge& judge) {
  const v1::BatchRepacked& event = judge.statement().batch_repacked();
  RequireFactTime(judge, event.repacked_time_ms(), "repacked_time_ms");
  RequireChosen(judge, event.containers_size(), "containers");
  const auto batch =
      JudgeBatchInHand(judge, event.batch(), "batch",
                       {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                        state::v1::BATCH_STATUS_RECEIVED});
  if (!batch) return;
  JudgeContainers(judge, event.containers(), batch->waste_code(), batch->mass_g());
  PutBatch(judge, &*batch, *batch);
}

// UNIT-FREE: nothing that was packed in it before is in it still.
void JudgeUnitEmpty(Judge& judge, const std::string& unit) {
  const auto state = judge.Read<state::v1::TransportUnitState>(keys::TransportUnit(unit));
  if (!state) return;
  for (const std::string& id : state->batches()) {
    const auto batch = judge.Read<BatchState>(keys::Batch(id));
    if (!batch || batch->unit() != unit) continue;
    judge.Violate(RuleId::kUnitFree, judge.Path("unit"),
                  fmt::format("the unit {} still holds {}", unit, id),
                  fmt::format("运输单元 {} 内仍有批次 {}", unit, id));
    return;
  }
}

// MEDICAL-MIXED, UNIT-CLASS: a unit of medical waste holds one class of it.
void JudgeUnitContent(Judge& judge, const std::vector<BatchState>& batches) {
  const BatchState& first = batches.front();
  for (const BatchState& batch : batches) {
    if (IsMedical(batch.waste_code()) != IsMedical(first.waste_code())) {
      judge.Violate(RuleId::kMedicalMixed, judge.Path("batches"),
                    "medical waste and other waste are in one transport unit",
                    "医疗废物与其他废物装入同一运输单元");
      return;
    }
    if (!IsMedical(batch.waste_code()) || batch.waste_code() == first.waste_code()) continue;
    judge.Violate(
        RuleId::kUnitClass, judge.Path("batches"),
        fmt::format("{} and {} are in one transport unit", first.waste_code(), batch.waste_code()),
        fmt::format("{} 与 {} 装入同一运输单元", first.waste_code(), batch.waste_code()));
    return;
  }
}

void JudgeContainersPacked(Judge& judge) {
  const v1::ContainersPacked& event = judge.statement().containers_packed();
  RequireId(judge, event.unit(), "unit");
  RequireChosen(judge, event.kind(), "kind");
  RequireText(judge, event.seal_number(), "seal_number");
  RequireFactTime(judge, event.packed_time_ms(), "packed_time_ms");
  if (!JudgeNamed(judge, event.batches(), 1, {}, 0, "batches")) return;
  const std::vector<BatchState> batches =
      ReadParents(judge, event.batches(), "batches",
                  {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                   state::v1::BATCH_STATUS_RECEIVED});
  if (batches.empty()) return;
  JudgeUnitEmpty(judge, event.unit());
  JudgeUnitContent(judge, batches);
  for (size_t i = 0; i < batches.size(); ++i) {
    const BatchState& batch = batches[i];
    if (!batch.unit().empty() && batch.unit() != event.unit()) {
      judge.Violate(RuleId::kUnitFree, judge.Path(fmt::format("batches[{}]", i)),
                    fmt::format("{} is in the unit {}", batch.batch(), batch.unit()),
                    fmt::format("{} 已在运输单元 {} 内", batch.batch(), batch.unit()));
    }
    BatchState packed = batch;
    packed.set_unit(event.unit());
    PutBatch(judge, &batch, std::move(packed));
  }
  state::v1::TransportUnitState unit;
  unit.set_kind(event.kind());
  unit.set_seal_number(event.seal_number());
  *unit.mutable_batches() = event.batches();
  unit.set_custodian(FirstParty(judge));
  unit.set_site(batches.front().site());
  unit.set_index(judge.index());
  judge.Put(keys::TransportUnit(event.unit()), unit);
}

constexpr EventRow kEvents[] = {
    {.event = S::kBatchOpened,
     .title_en = "Container opened",
     .title_zh = "容器启用",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s, ChainList& chains) { chains.Add("batch", s.batch_opened().batch()); },
     .judge = JudgeBatchOpened,
     .first_set = 2},
    {.event = S::kBatchToppedUp,
     .title_en = "Waste added to a batch being filled",
     .title_zh = "批次装入废物",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("batch", s.batch_topped_up().batch()); },
     .judge = JudgeBatchToppedUp,
     .first_set = 2},
    {.event = S::kBatchSealed,
     .title_en = "Batch closed and weighed",
     .title_zh = "批次封装称重",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s, ChainList& chains) { chains.Add("batch", s.batch_sealed().batch()); },
     .judge = JudgeBatchSealed,
     .first_set = 2},
    {.event = S::kBatchSplit,
     .title_en = "Batch split",
     .title_zh = "批次拆分",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("batch", s.batch_split().batch());
           for (const auto& part : s.batch_split().parts()) chains.Add("batch", part.batch());
         },
     .judge = JudgeBatchSplit,
     .first_set = 2},
    {.event = S::kBatchesMerged,
     .title_en = "Batches merged",
     .title_zh = "批次合并",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains =
         [](const S& s, ChainList& chains) {
           for (const auto& parent : s.batches_merged().parents()) chains.Add("batch", parent);
           chains.Add("batch", s.batches_merged().made().batch());
         },
     .judge = JudgeBatchesMerged,
     .first_set = 2},
    {.event = S::kBatchRepacked,
     .title_en = "Batch repacked",
     .title_zh = "批次换装",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("batch", s.batch_repacked().batch()); },
     .judge = JudgeBatchRepacked,
     .first_set = 2},
    {.event = S::kContainersPacked,
     .title_en = "Batches packed into a transport unit",
     .title_zh = "批次装入运输单元",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains =
         [](const S& s, ChainList& chains) {
           for (const auto& batch : s.containers_packed().batches()) chains.Add("batch", batch);
         },
     .judge = JudgeContainersPacked,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> LineageEvents() { return kEvents; }

}  // namespace cradle::rules
