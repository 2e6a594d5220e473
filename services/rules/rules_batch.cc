// The life of a batch outside manifests: declared, generated, stored, moved, treated.
#include "services/rules/rules_batch.h"

#include <algorithm>
#include <set>

#include "services/rules/admission.h"
#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/identity.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_facility.h"
#include "services/rules/rules_incident.h"
#include "services/rules/rules_licence.h"
#include "services/rules/rules_medical.h"
#include "services/rules/rules_permit.h"
#include "services/rules/rules_pilot.h"
#include "services/rules/rules_storage.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;

void JudgeLabel(Judge& judge, const v1::Container& container, std::string_view waste_code,
                std::string_view field) {
  if (container.label_code().empty()) return;
  absl::Status form = CheckLabelCode(container.label_code());
  if (form.ok()) {
    std::string digits(waste_code);
    digits.erase(std::remove(digits.begin(), digits.end(), '-'), digits.end());
    if (container.label_code().substr(18, 8) == digits) return;
    form = absl::InvalidArgumentError(
        fmt::format("the label code names another waste code than {}", waste_code));
  }
  judge.Violate(RuleId::kLabelCode, judge.Path(field), std::string(form.message()),
                "数字识别码格式不正确，或与废物代码不一致");
}

}  // namespace

void JudgeContainers(Judge& judge, const Containers& containers, std::string_view waste_code,
                     int64_t mass_g, std::string_view within) {
  std::set<std::string_view> ids;
  std::optional<int64_t> sum = 0;
  bool all_weighed = true;
  for (int i = 0; i < containers.size(); ++i) {
    const v1::Container& container = containers[i];
    const std::string field = fmt::format("{}containers[{}]", within, i);
    RequireId(judge, container.container(), field + ".container");
    RequireChosen(judge, container.packaging(), field + ".packaging");
    if (!ids.insert(container.container()).second) {
      judge.Violate(RuleId::kFormField, judge.Path(field + ".container"),
                    fmt::format("{}: the container is given twice", field),
                    fmt::format("{}：容器重复", field));
    }
    JudgeLabel(judge, container, waste_code, field + ".label_code");
    sum = AddMass(sum, container.net_mass_g());
    all_weighed = all_weighed && container.net_mass_g() != 0;
  }
  if (containers.empty() || (sum && (all_weighed ? *sum == mass_g : *sum <= mass_g))) return;
  judge.Violate(RuleId::kMassSum, judge.Path(fmt::format("{}containers", within)),
                sum ? fmt::format("the containers hold {} g, the batch {} g", *sum, mass_g)
                    : std::string("a container's mass is below zero, or the sum too large"),
                sum ? fmt::format("容器合计{}克，批次{}克", *sum, mass_g)
                    : std::string("容器质量小于零或合计过大"));
}

void JudgeGenerator(Judge& judge, const std::string& site) {
  if (const auto* const generator =
          FindOrganisation(judge, FirstParty(judge), "parties[0].organisation")) {
    // An operator generates too: ash, sludge, filter cake.
    RequireRole(judge, *generator,
                {v1::ORGANISATION_ROLE_PRODUCER, v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION,
                 v1::ORGANISATION_ROLE_OPERATOR},
                "parties[0].organisation");
  }
  FindSite(judge, site, FirstParty(judge), "site");
}

void JudgeMethodUsed(Judge& judge, const std::optional<v1::FacilityRegistered>& facility,
                     v1::Ending ending, const std::string& method_code) {
  const auto method = FindMethod(judge, method_code, "method_code");
  if (method && method->utilises != (ending == v1::ENDING_UTILISED)) {
    judge.Violate(RuleId::kMethodEnding, judge.Path("method_code"),
                  fmt::format("{} {}, which is not the ending given", method_code,
                              method->utilises ? "utilises" : "disposes"),
                  fmt::format("{} 属于{}方式，与所填去向不符", method_code,
                              method->utilises ? "利用" : "处置"));
  }
  if (facility && std::find(facility->method_codes().begin(), facility->method_codes().end(),
                            method_code) == facility->method_codes().end()) {
    judge.Violate(RuleId::kFacilityMethod, judge.Path("method_code"),
                  fmt::format("{} is not registered with {}", facility->name(), method_code),
                  fmt::format("{} 未登记 {}", facility->name(), method_code));
  }
}

namespace {

void PutBegun(Judge& judge, BatchState& batch) {
  batch.set_generator(FirstParty(judge));
  batch.set_custodian(FirstParty(judge));
  batch.set_begun_index(judge.index());
  PutBatch(judge, nullptr, batch);
}

// BATCH-REPLACES: a voided batch of the same organisation, replaced once. The new one keeps its
// age.
void JudgeReplaced(Judge& judge, const std::string& replaced, BatchState& batch) {
  const auto voided = judge.Read<BatchState>(keys::Batch(replaced));
  if (!voided || voided->status() != state::v1::BATCH_STATUS_VOIDED ||
      voided->generator() != FirstParty(judge) || !voided->replaced_by().empty()) {
    judge.Violate(RuleId::kBatchReplaces, judge.Path("replaces"),
                  fmt::format("{} is no voided batch of {} that waits for another in its place",
                              replaced, FirstParty(judge)),
                  fmt::format("{} 不是 {} 待替换的作废批次", replaced, FirstParty(judge)));
    return;
  }
  InheritHoldings(batch, *voided);
  batch.set_replaces(replaced);
  BatchState told = *voided;
  told.set_replaced_by(batch.batch());
  PutBatch(judge, &*voided, std::move(told));
}

// The start, the inspector and the documents of declared stock.
void JudgeStock(Judge& judge, const v1::StockDeclared& event,
                const std::optional<v1::SiteRegistered>& site) {
  RequireChosen(judge, event.origin(), "origin");
  RequireChosen(judge, event.evidence_grade(), "evidence_grade");
  if (event.evidence_grade() == v1::EVIDENCE_GRADE_INSPECTED && site) {
    JudgeRegulator(judge, 1, site->division());
  }
  const bool documented =
      event.evidence_grade() != v1::EVIDENCE_GRADE_DOCUMENTED || !event.evidence_sha256().empty();
  const bool hashes = std::all_of(event.evidence_sha256().begin(), event.evidence_sha256().end(),
                                  [](const std::string& hash) { return hash.size() == 32; });
  if (!documented || !hashes) {
    judge.Violate(RuleId::kStockEvidence, judge.Path("evidence_sha256"),
                  documented ? "a document is not named by 32 bytes of SHA-256"
                             : "documented stock names no document",
                  documented ? "文件标识不是32字节的SHA-256" : "有文件佐证的库存未列文件");
  }
  if (event.storage_start_date().empty()) return;
  RequirePastDay(judge, event.storage_start_date(), "storage_start_date",
                 site ? site->time_zone() : "");
}

}  // namespace

void JudgeWasteCode(Judge& judge, const std::string& code, std::string_view field) {
  if (!RequireWasteCode(judge, code, field)) return;
  const absl::CivilDay day = judge.act_day();
  if (judge.data().CatalogueLoadedOn(day)) {
    if (judge.data().FindWasteCode(code, day) != nullptr) return;
    judge.Violate(RuleId::kCodeCatalogue, judge.Path(field),
                  fmt::format("{} is not in the catalogue in force on {}", code, FormatDate(day)),
                  fmt::format("{} 不在 {} 有效的名录中", code, FormatDate(day)));
    return;
  }
  if (judge.data().FindWasteCodeInLatest(code, day) != nullptr) return;
  judge.Violate(RuleId::kCodeEdition, judge.Path(field),
                fmt::format("the catalogue in force on {} is not loaded, and {} is not in the "
                            "edition before it",
                            FormatDate(day), code),
                fmt::format("{} 有效的名录未载入，且 {} 不在此前版本中", FormatDate(day), code));
}

void RequireMass(Judge& judge, int64_t mass_g, std::string_view field) {
  LimitMass(judge, mass_g, field);
  if (mass_g > 0) return;
  judge.Violate(RuleId::kMassPositive, judge.Path(field),
                fmt::format("{} is {} g; waste has a mass", field, mass_g),
                fmt::format("{} 为{}克；废物质量须大于零", field, mass_g));
}

void RequirePastDay(Judge& judge, const std::string& date, std::string_view field,
                    std::string_view time_zone) {
  const auto day = ParseDate(date);
  if (!day.ok()) {
    judge.Violate(RuleId::kFormField, judge.Path(field), std::string(day.status().message()),
                  fmt::format("{}：不是YYYY-MM-DD日期", field));
    return;
  }
  const int64_t offset_ms = judge.data().ZoneOffsetMs(time_zone).value_or(kLogZoneOffsetMs);
  const absl::CivilDay today = DayOf(judge.recorded_time_ms(), offset_ms);
  if (*day <= today) return;
  judge.Violate(RuleId::kStockStart, judge.Path(field),
                fmt::format("{} is after today, {}", date, FormatDate(today)),
                fmt::format("{} 晚于今日 {}", date, FormatDate(today)));
}

std::optional<BatchState> JudgeBatchInHand(Judge& judge, std::string_view batch,
                                           std::string_view field,
                                           std::initializer_list<state::v1::BatchStatus> statuses) {
  auto state = judge.Read<BatchState>(keys::Batch(batch));
  if (!state) {
    judge.Violate(RuleId::kBatchKnown, judge.Path(field),
                  fmt::format("the batch {} is not in the log", batch),
                  fmt::format("批次 {} 未登记", batch));
    return std::nullopt;
  }
  if (state->custodian() != HolderNamed(judge)) {
    judge.Violate(RuleId::kCustodyHolder, judge.Path(field),
                  fmt::format("{} is held by {}", batch, state->custodian()),
                  fmt::format("{} 由 {} 保管", batch, state->custodian()));
  }
  if (!state->manifest().empty()) {
    judge.Violate(RuleId::kBatchOnManifest, judge.Path(field),
                  fmt::format("{} is on the manifest {}", batch, state->manifest()),
                  fmt::format("{} 已列入联单 {}", batch, state->manifest()));
  } else if (std::find(statuses.begin(), statuses.end(), state->status()) == statuses.end()) {
    const std::string name =
        state::v1::BatchStatus_Name(state->status()).substr(sizeof("BATCH_STATUS_") - 1);
    judge.Violate(
        RuleId::kBatchState, judge.Path(field),
        fmt::format("{} is {}; {} does not follow", batch, name, EventName(judge.event())),
        fmt::format("{} 状态为 {}，不能接续 {}", batch, name, EventName(judge.event())));
  }
  return state;
}

void JudgeMassExact(Judge& judge, int64_t mass_g, const BatchState& batch, std::string_view field) {
  if (mass_g < 0) {
    judge.Violate(RuleId::kMassPositive, judge.Path(field), fmt::format("{} is below zero", field),
                  fmt::format("{} 小于零", field));
  }
  LimitMass(judge, mass_g, field);
  if (mass_g == batch.mass_g()) return;
  judge.Violate(RuleId::kMassExact, judge.Path(field),
                fmt::format("{} g where the batch has {} g", mass_g, batch.mass_g()),
                fmt::format("{}克，批次为{}克", mass_g, batch.mass_g()));
}

namespace {

void JudgeStockDeclared(Judge& judge) {
  const v1::StockDeclared& event = judge.statement().stock_declared();
  RequireNew(judge, keys::Batch(event.batch()), event.batch(), "batch");
  RequireMass(judge, event.stock_mass_g(), "stock_mass_g");
  JudgeMassBasis(judge, event.mass_basis(), event.stock_mass_g(), "mass_basis");
  RequireChosen(judge, event.form(), "form");
  AllowText(judge, event.batch_code(), "batch_code");
  JudgeWasteCode(judge, event.waste_code(), "waste_code");
  JudgeContainers(judge, event.containers(), event.waste_code(), event.stock_mass_g());
  if (const auto* const declarer =
          FindOrganisation(judge, FirstParty(judge), "parties[0].organisation")) {
    if (event.origin() == v1::STOCK_ORIGIN_RECEIVED) {
      RequireRole(judge, *declarer, {v1::ORGANISATION_ROLE_OPERATOR}, judge.Path("origin"));
    } else {
      RequireRole(judge, *declarer,
                  {v1::ORGANISATION_ROLE_PRODUCER, v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION,
                   v1::ORGANISATION_ROLE_OPERATOR},
                  "parties[0].organisation");
    }
  }
  const auto site = FindSite(judge, event.site(), FirstParty(judge), "site");
  JudgeStock(judge, event, site);
  JudgeFacility(judge, event.facility(), FirstParty(judge), event.site(), FacilityUse::kStorage);
  BatchState batch;
  batch.set_batch(event.batch());
  batch.set_site(event.site());
  batch.set_facility(event.facility());
  batch.set_status(state::v1::BATCH_STATUS_STORED);
  batch.set_waste_code(event.waste_code());
  batch.set_mass_g(event.stock_mass_g());
  batch.set_form(event.form());
  SetPackages(batch, event.containers());
  batch.set_evidence_grade(event.evidence_grade());
  batch.set_stock_origin(event.origin());
  batch.set_batch_code(event.batch_code());
  batch.set_foreign_origin(event.foreign_origin());
  JudgeForeignReported(judge, batch, "foreign_origin");
  HoldSince(batch, FirstParty(judge), event.storage_start_date());
  PutBegun(judge, batch);
  if (event.origin() == v1::STOCK_ORIGIN_OWN) {
    JudgePermittedCode(judge, event.site(), event.waste_code());
  }
  JudgeStore(judge, event.facility());
}

void JudgeBatchGenerated(Judge& judge) {
  const v1::BatchGenerated& event = judge.statement().batch_generated();
  RequireNew(judge, keys::Batch(event.batch()), event.batch(), "batch");
  RequireMass(judge, event.generated_mass_g(), "generated_mass_g");
  JudgeMassBasis(judge, event.mass_basis(), event.generated_mass_g(), "mass_basis");
  RequireChosen(judge, event.form(), "form");
  RequireFactTime(judge, event.generated_time_ms(), "generated_time_ms");
  if (event.opened_time_ms() != 0) {
    RequireFactTime(judge, event.opened_time_ms(), "opened_time_ms");
  }
  AllowText(judge, event.batch_code(), "batch_code");
  JudgeWasteCode(judge, event.waste_code(), "waste_code");
  JudgeContainers(judge, event.containers(), event.waste_code(), event.generated_mass_g());
  JudgeGenerator(judge, event.site());
  JudgeWard(judge, event.ward(), FirstParty(judge), event.site());
  BatchState batch;
  batch.set_batch(event.batch());
  batch.set_site(event.site());
  batch.set_status(state::v1::BATCH_STATUS_GENERATED);
  batch.set_waste_code(event.waste_code());
  batch.set_mass_g(event.generated_mass_g());
  batch.set_form(event.form());
  SetPackages(batch, event.containers());
  batch.set_batch_code(event.batch_code());
  batch.set_foreign_origin(event.foreign_origin());
  batch.set_ward(event.ward());
  JudgeForeignReported(judge, batch, "foreign_origin");
  HoldSince(batch, FirstParty(judge),
            EarliestDay(judge, event.site(), {event.generated_time_ms(), event.opened_time_ms()}));
  if (!event.replaces().empty()) JudgeReplaced(judge, event.replaces(), batch);
  CountGenerated(judge, batch);
  PutBegun(judge, batch);
}

void JudgeBatchStored(Judge& judge) {
  const v1::BatchStored& event = judge.statement().batch_stored();
  RequireFactTime(judge, event.stored_time_ms(), "stored_time_ms");
  AllowText(judge, event.storage_code(), "storage_code");
  const auto batch =
      JudgeBatchInHand(judge, event.batch(), "batch",
                       {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_RECEIVED});
  if (!batch) return;
  JudgeMassExact(judge, event.stored_mass_g(), *batch, "stored_mass_g");
  JudgeFacility(judge, event.facility(), FirstParty(judge), batch->site(), FacilityUse::kStorage);
  BatchState stored = *batch;
  stored.set_facility(event.facility());
  stored.set_status(state::v1::BATCH_STATUS_STORED);
  HoldSince(stored, FirstParty(judge), EarliestDay(judge, batch->site(), {event.stored_time_ms()}));
  PutBatch(judge, &*batch, std::move(stored));
  JudgeStore(judge, event.facility());
}

void JudgeBatchMoved(Judge& judge) {
  const v1::BatchMoved& event = judge.statement().batch_moved();
  RequireFactTime(judge, event.moved_time_ms(), "moved_time_ms");
  const auto batch =
      JudgeBatchInHand(judge, event.batch(), "batch", {state::v1::BATCH_STATUS_STORED});
  if (!batch) return;
  JudgeFacility(judge, event.facility(), FirstParty(judge), batch->site(), FacilityUse::kStorage);
  if (event.facility() == batch->facility()) {
    judge.Violate(RuleId::kBatchState, judge.Path("facility"), "the batch lies there already",
                  "批次已在该设施");
  }
  BatchState moved = *batch;
  moved.set_facility(event.facility());
  PutBatch(judge, &*batch, std::move(moved));
  JudgeStore(judge, event.facility());
}

// Own waste, where it came up.
bool IsUnstored(const BatchState& batch) {
  return batch.status() == state::v1::BATCH_STATUS_GENERATED && !batch.was_stored();
}

}  // namespace

void NoteUnstored(BatchState& batch, v1::UnstoredReason reason) {
  if (IsUnstored(batch)) batch.set_unstored_reason(reason);
}

void JudgeStage(Judge& judge, const BatchState& batch, v1::UnstoredReason reason,
                std::string_view field) {
  if (!IsUnstored(batch) || reason != v1::UNSTORED_REASON_UNSPECIFIED) return;
  judge.Violate(
      RuleId::kStageSkipped, judge.Path(field),
      fmt::format("{} was never entered into a store, and it is not said why", batch.batch()),
      fmt::format("{} 未经入库登记，且未说明原因", batch.batch()));
}

namespace {

void JudgeBatchTreated(Judge& judge) {
  const v1::BatchTreated& event = judge.statement().batch_treated();
  RequireFactTime(judge, event.treated_time_ms(), "treated_time_ms");
  RequireChosen(judge, event.ending(), "ending");
  RequireText(judge, event.method_code(), "method_code");
  const auto batch =
      JudgeBatchInHand(judge, event.batch(), "batch",
                       {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                        state::v1::BATCH_STATUS_RECEIVED});
  if (!batch) return;
  JudgeMassExact(judge, event.treated_mass_g(), *batch, "treated_mass_g");
  JudgeStage(judge, *batch, event.unstored_reason(), "batch");
  const auto facility = JudgeFacility(judge, event.facility(), FirstParty(judge), batch->site(),
                                      FacilityUse::kTreatment);
  JudgeMethodUsed(judge, facility, event.ending(), event.method_code());
  if (event.ending() == v1::ENDING_TREATED_ON_SITE) {
    judge.Violate(RuleId::kOnSiteOrder, judge.Path("ending"),
                  "treatment on site is recorded with its order, in treatment_recorded",
                  "就地处置须连同命令文号登记（treatment_recorded）");
  }
  JudgeMedicalMethod(judge, batch->waste_code(), event.method_code(), "method_code");
  JudgeForeignReported(judge, *batch, "batch");
  LongLain long_lain(judge);
  long_lain.Add(*batch);
  long_lain.MarkOwn("batch");
  long_lain.MarkReceived("batch");
  WithoutLicence without(batch->generator(), FirstParty(judge), event.facility());
  if (!IsOwnWaste(*batch, batch->custodian()) && !without.May(judge, batch->waste_code())) {
    JudgeOperatingLicence(judge, ReadLicences(judge, FirstParty(judge)), FirstParty(judge),
                          batch->waste_code(), event.method_code(), judge.Path("batch"));
  }
  BatchState treated = *batch;
  NoteUnstored(treated, event.unstored_reason());
  treated.set_facility(event.facility());
  treated.set_status(state::v1::BATCH_STATUS_TREATED);
  treated.set_ending(event.ending());
  treated.set_method_code(event.method_code());
  PutBatch(judge, &*batch, std::move(treated));
}

// With an inspected start the inspector attests too.
PartyLists PartiesOfStock(const S& statement) {
  return statement.stock_declared().evidence_grade() == v1::EVIDENCE_GRADE_INSPECTED
             ? PartyLists(parties::kSelfAndRegulator)
             : PartyLists(parties::kSelf);
}

constexpr EventRow kEvents[] = {
    {.event = S::kStockDeclared,
     .title_en = "Declaration of stock",
     .title_zh = "库存申报",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = PartiesOfStock,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("batch", s.stock_declared().batch()); },
     .judge = JudgeStockDeclared},
    {.event = S::kBatchGenerated,
     .title_en = "Waste generated",
     .title_zh = "废物产生",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("batch", s.batch_generated().batch());
           if (!s.batch_generated().replaces().empty()) {
             chains.Add("batch", s.batch_generated().replaces());
           }
         },
     .judge = JudgeBatchGenerated},
    {.event = S::kBatchStored,
     .title_en = "Waste stored",
     .title_zh = "废物入库",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s, ChainList& chains) { chains.Add("batch", s.batch_stored().batch()); },
     .judge = JudgeBatchStored},
    {.event = S::kBatchMoved,
     .title_en = "Waste moved within a site",
     .title_zh = "场所内移库",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s, ChainList& chains) { chains.Add("batch", s.batch_moved().batch()); },
     .judge = JudgeBatchMoved},
    {.event = S::kBatchTreated,
     .title_en = "Waste treated",
     .title_zh = "废物利用处置",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("batch", s.batch_treated().batch()); },
     .judge = JudgeBatchTreated},
};

}  // namespace

std::span<const EventRow> BatchEvents() { return kEvents; }

}  // namespace cradle::rules
