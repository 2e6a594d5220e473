// Wards, the way of bags from ward to store, disinfection, and how long medical waste has lain.
#include "services/rules/rules_medical.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/lineage.h"
#include "services/rules/rules_batch.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_facility.h"
#include "services/rules/rules_storage.h"
#include "services/rules/state_keys.h"
#include "services/rules/visible_text.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;
using state::v1::FacilityState;

std::string FormatMinute(int64_t time_ms, int64_t zone_offset_ms) {
  const absl::CivilDay day = DayOf(time_ms, zone_offset_ms);
  const int64_t minutes = (time_ms - StartOfDayMs(day, zone_offset_ms)) / 60'000;
  return fmt::format("{} {:02}:{:02}", FormatDate(day), minutes / 60, minutes % 60);
}

// NN or NN.NN.
bool IsDepartmentCode(std::string_view code) {
  const auto digit = [&](size_t i) { return code[i] >= '0' && code[i] <= '9'; };
  if (code.size() == 2) return digit(0) && digit(1);
  return code.size() == 5 && digit(0) && digit(1) && code[2] == '.' && digit(3) && digit(4);
}

void JudgeWardRegistered(Judge& judge) {
  const v1::WardRegistered& event = judge.statement().ward_registered();
  RequireId(judge, event.ward(), "ward");
  if (!IsDepartmentCode(event.department_code())) {
    judge.Violate(RuleId::kFormField, judge.Path("department_code"),
                  "department_code: not two digits, or two and two with a dot between",
                  "department_code：诊疗科目代码应为NN或NN.NN");
  }
  if (const auto* const owner =
          FindOrganisation(judge, event.organisation(), judge.Path("organisation"))) {
    JudgeActor(judge, event.organisation(), owner->division());
    RequireRole(judge, *owner, {v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION},
                judge.Path("organisation"));
  }
  FindSite(judge, event.site(), event.organisation(), "site");
  RequireNew(judge, keys::Ward(event.ward()), event.ward(), "ward");
  state::v1::WardState state;
  *state.mutable_registered() = event;
  state.set_index(judge.index());
  judge.Put(keys::Ward(event.ward()), state);
}

// BAGS-OF-WARD: medical waste that names no other ward.
void JudgeBag(Judge& judge, const BatchState& batch, const std::string& ward,
              const std::string& field) {
  if (!IsMedical(batch.waste_code())) {
    judge.Violate(RuleId::kBagsOfWard, judge.Path(field),
                  fmt::format("{} is {}, no medical waste", batch.batch(), batch.waste_code()),
                  fmt::format("{} 为 {}，不是医疗废物", batch.batch(), batch.waste_code()));
  } else if (!batch.ward().empty() && batch.ward() != ward) {
    judge.Violate(RuleId::kBagsOfWard, judge.Path(field),
                  fmt::format("{} is of the ward {}", batch.batch(), batch.ward()),
                  fmt::format("{} 属于科室 {}", batch.batch(), batch.ward()));
  }
}

void JudgeBagsHandedOver(Judge& judge) {
  const v1::BagsHandedOver& event = judge.statement().bags_handed_over();
  RequireId(judge, event.ward(), "ward");
  RequireFactTime(judge, event.handed_over_time_ms(), "handed_over_time_ms");
  if (!JudgeNamed(judge, event.batches(), 1, {}, 0, "batches")) return;
  const std::vector<BatchState> batches =
      ReadParents(judge, event.batches(), "batches", {state::v1::BATCH_STATUS_GENERATED});
  if (batches.empty()) return;
  const std::string& site = batches.front().site();
  JudgeWard(judge, event.ward(), FirstParty(judge), site);
  const auto store =
      JudgeFacility(judge, event.facility(), FirstParty(judge), site, FacilityUse::kStorage);
  const bool for_medical = store && store->kind() == v1::FACILITY_KIND_MEDICAL_STORE;
  if (store && !for_medical) {
    judge.Violate(RuleId::kFacilityUse, judge.Path("facility"),
                  fmt::format("{} is no store for medical waste", store->name()),
                  fmt::format("{} 不是医疗废物暂存间", store->name()));
  }
  for (size_t i = 0; i < batches.size(); ++i) {
    JudgeBag(judge, batches[i], event.ward(), fmt::format("batches[{}]", i));
    BatchState stored = batches[i];
    stored.set_ward(event.ward());
    stored.set_facility(event.facility());
    stored.set_status(state::v1::BATCH_STATUS_STORED);
    HoldSince(stored, FirstParty(judge), EarliestDay(judge, site, {event.handed_over_time_ms()}));
    PutBatch(judge, &batches[i], std::move(stored));
  }
  if (for_medical) JudgeStore(judge, event.facility());
}

void JudgeBatchDisinfected(Judge& judge) {
  const v1::BatchDisinfected& event = judge.statement().batch_disinfected();
  RequireChosen(judge, event.agent(), "agent");
  RequireFactTime(judge, event.disinfected_time_ms(), "disinfected_time_ms");
  if (!JudgeNamed(judge, event.batches(), 1, {}, 0, "batches")) return;
  const std::vector<BatchState> batches =
      ReadParents(judge, event.batches(), "batches",
                  {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                   state::v1::BATCH_STATUS_RECEIVED});
  if (batches.empty()) return;
  JudgeFacility(judge, event.facility(), FirstParty(judge), batches.front().site(),
                FacilityUse::kAny);
  const auto facility = judge.Read<FacilityState>(keys::Facility(event.facility()));
  const bool remote = facility && facility->accepted().remote();
  for (size_t i = 0; i < batches.size(); ++i) {
    const BatchState& batch = batches[i];
    if (!IsMedical(batch.waste_code())) {
      judge.Violate(RuleId::kMedicalOnly, judge.Path(fmt::format("batches[{}]", i)),
                    fmt::format("{} is {}, no medical waste", batch.batch(), batch.waste_code()),
                    fmt::format("{} 为 {}，不是医疗废物", batch.batch(), batch.waste_code()));
    }
    BatchState disinfected = batch;
    KeepPassed(judge, batch, disinfected);
    state::v1::MedicalStay& stay = *disinfected.mutable_medical();
    stay.set_disinfected_time_ms(judge.act_time_ms());
    stay.set_agent(event.agent());
    if (remote && stay.passed_time_ms() == 0) stay.set_remote_disinfected(true);
    PutBatch(judge, &batch, std::move(disinfected));
  }
}

}  // namespace

void JudgeWard(Judge& judge, std::string_view ward, std::string_view organisation,
               std::string_view site, std::string_view field) {
  if (ward.empty()) return;
  const auto state = judge.Read<state::v1::WardState>(keys::Ward(ward));
  if (state && state->registered().organisation() == organisation &&
      state->registered().site() == site) {
    return;
  }
  judge.Violate(
      RuleId::kWardKnown, judge.Path(field),
      state ? fmt::format("the ward {} is not of {} at the site {}", Excerpt(ward), organisation,
                          Excerpt(site))
            : fmt::format("the ward {} is not registered", Excerpt(ward)),
      state ? fmt::format("科室 {} 不属于 {} 的场所 {}", Excerpt(ward), organisation, Excerpt(site))
            : fmt::format("科室 {} 未登记", Excerpt(ward)));
}

LongLain::LongLain(Judge& judge) : judge_(judge) {
  if (judge.rule_set() >= 2) limits_ = MedicalLimitsOn(judge.data(), judge.act_day());
}

void LongLain::Add(const BatchState& batch) {
  if (!limits_ || !IsMedical(batch.waste_code())) return;
  const auto [offset, new_site] = offsets_ms_.try_emplace(batch.site(), 0);
  if (new_site) offset->second = SiteOffsetMs(judge_, batch.site());
  const FacilityState* facility = nullptr;
  if (!batch.facility().empty()) {
    const auto [found, unread] = facilities_.try_emplace(batch.facility());
    if (unread) {
      found->second =
          judge_.Read<FacilityState>(keys::Facility(batch.facility())).value_or(FacilityState());
    }
    facility = &found->second;
  }
  const std::optional<int64_t> due = MedicalDueMs(batch, facility, offset->second, *limits_);
  if (!due || judge_.act_time_ms() <= *due) return;
  Late& late = IsOwnWaste(batch, batch.custodian()) ? own_ : received_;
  if (late.batches == 0 || *due < late.due_time_ms) {
    late.batch = batch.batch();
    late.due_time_ms = *due;
    late.zone_offset_ms = offset->second;
  }
  ++late.batches;
}

void LongLain::Mark(RuleId rule, const Late& late, std::string_view field) const {
  if (late.batches == 0) return;
  const bool known = late.due_time_ms != 0;
  const std::string due =
      known ? FormatMinute(late.due_time_ms, late.zone_offset_ms) : std::string();
  judge_.Violate(
      rule, judge_.Path(field),
      fmt::format("batches that have lain too long: {}; the first of them, {}, {}", late.batches,
                  late.batch,
                  known ? fmt::format("was to leave by {}", due)
                        : std::string("has lain nobody knows since when")),
      fmt::format("超期贮存批次数：{}；其中最早的 {} {}", late.batches, late.batch,
                  known ? fmt::format("应于 {} 前离开", due) : std::string("贮存起始时间不明")));
}

void LongLain::MarkOwn(std::string_view field) const {
  Mark(RuleId::kMedicalStoredLate, own_, field);
}

void LongLain::MarkReceived(std::string_view field) const {
  Mark(RuleId::kMedicalDisposerLate, received_, field);
}

namespace {

// MEDICAL-COLLECTED-LATE, and the day is noted.
void JudgeInterval(Judge& judge, const state::v1::ManifestState& manifest, std::string_view field) {
  const auto& institution = judge.Organisation(manifest.consignor());
  if (!institution ||
      !HasRole(institution->registered(), v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION)) {
    return;
  }
  const auto account =
      judge.Read<state::v1::OrganisationAccount>(keys::OrganisationAccount(manifest.consignor()))
          .value_or(state::v1::OrganisationAccount());
  const std::string today = EarliestDay(judge, manifest.issued().consignor_site(), {});
  judge.accounts().MedicalCollected(manifest.consignor(), today);
  // ISO dates compare as text.
  const std::string& since =
      std::max(account.medical_since_date(), account.medical_collected_date());
  const auto from = ParseDate(since);
  const int days = LimitOf(judge, "collection_interval_days");
  if (from.ok() && today <= FormatDate(*from + days)) return;
  judge.Violate(
      RuleId::kMedicalCollectedLate, judge.Path(field),
      from.ok() ? fmt::format("waste has lain there since {} and none was collected; it is every "
                              "{} days",
                              since, days)
                : std::string("waste has lain there nobody knows since when"),
      from.ok() ? fmt::format("自 {} 起有医疗废物待收而未收，应至少每{}天收集一次", since, days)
                : std::string("待收医疗废物的贮存起始时间不明"));
}

}  // namespace

void JudgeMedicalPickup(Judge& judge, const state::v1::ManifestState& manifest,
                        std::string_view field) {
  // What was refused goes on from where it was refused: the institution was emptied of it before.
  if (judge.rule_set() < 2 || !manifest.issued().forwards_manifest().empty()) return;
  LongLain long_lain(judge);
  bool medical = false;
  for (const v1::ManifestLine& line : manifest.issued().lines()) {
    if (!IsMedical(line.waste_code())) continue;
    medical = true;
    if (const auto batch = judge.Read<BatchState>(keys::Batch(line.batch()))) {
      long_lain.Add(*batch);
    }
  }
  if (!medical) return;
  long_lain.MarkOwn(field);
  JudgeInterval(judge, manifest, field);
}

void KeepPassed(Judge& judge, const BatchState& before, BatchState& after) {
  if (!IsMedical(before.waste_code()) || judge.rule_set() < 2 ||
      IsOwnWaste(before, before.custodian())) {
    return;
  }
  const auto limits = MedicalLimitsOn(judge.data(), judge.act_day());
  if (!limits) return;
  std::optional<FacilityState> facility;
  if (!before.facility().empty()) {
    facility = judge.Read<FacilityState>(keys::Facility(before.facility()));
  }
  const std::optional<int64_t> due = MedicalDueMs(before, facility ? &*facility : nullptr,
                                                  SiteOffsetMs(judge, before.site()), *limits);
  // Of what nobody knows since when it lies nothing could make the limit later.
  if (due && *due != 0 && *due < judge.act_time_ms()) {
    after.mutable_medical()->set_passed_time_ms(*due);
  }
}

namespace {

constexpr v1::Capacity kTwoOfOne[] = {v1::CAPACITY_ORGANISATION, v1::CAPACITY_ORGANISATION};
constexpr Capacities kHandedOver[] = {kTwoOfOne};

constexpr EventRow kEvents[] = {
    {.event = S::kWardRegistered,
     .title_en = "Registration of a ward",
     .title_zh = "科室登记",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.ward_registered().organisation()); },
     .judge = JudgeWardRegistered,
     .first_set = 2},
    {.event = S::kBagsHandedOver,
     .title_en = "Bags handed from ward to store",
     .title_zh = "科室与暂存间交接",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<kHandedOver>,
     .chains =
         [](const S& s, ChainList& chains) {
           for (const auto& batch : s.bags_handed_over().batches()) chains.Add("batch", batch);
         },
     .judge = JudgeBagsHandedOver,
     .one_organisation = true,
     .first_set = 2},
    {.event = S::kBatchDisinfected,
     .title_en = "Waste disinfected",
     .title_zh = "废物消毒",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains =
         [](const S& s, ChainList& chains) {
           for (const auto& batch : s.batch_disinfected().batches()) chains.Add("batch", batch);
         },
     .judge = JudgeBatchDisinfected,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> MedicalEvents() { return kEvents; }

}  // namespace cradle::rules
