// Acceptance, limits, inspections and temperatures of facilities.
#include "services/rules/rules_storage.h"

#include <algorithm>
#include <set>

#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/medical_clock.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"
#include "services/rules/visible_text.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::FacilityState;

constexpr int64_t kMilliCelsiusMin = -100'000;
constexpr int64_t kMilliCelsiusMax = 200'000;

std::string DivisionOf(Judge& judge, const FacilityState& facility) {
  const auto site = judge.Read<state::v1::SiteState>(keys::Site(facility.registered().site()));
  return site ? site->registered().division() : std::string();
}

// 0: none.
int64_t LimitIn(const FacilityState& facility, v1::LimitKind kind) {
  for (const v1::FacilityLimitSet& limit : facility.limits()) {
    if (limit.kind() == kind) return limit.limit_mass_g();
  }
  return kind == v1::LIMIT_KIND_PHYSICAL ? facility.registered().capacity_mass_g() : 0;
}

void JudgeFacilityAccepted(Judge& judge) {
  const v1::FacilityAccepted& event = judge.statement().facility_accepted();
  RequireDate(judge, event.acceptance_date(), "acceptance_date");
  RequireSha256(judge, event.document_sha256(), "document_sha256");
  if (event.remote() && judge.statement().parties(0).capacity() != v1::CAPACITY_REGULATOR) {
    judge.Violate(RuleId::kRemoteRegulator, judge.Path("remote"),
                  "the holder itself says that the facility is remote",
                  "设施处于偏远地区系持有单位自行声明");
  }
  auto facility = FindFacility(judge, event.facility());
  if (!facility) return;
  *facility->mutable_accepted() = event;
  judge.Put(keys::Facility(event.facility()), *facility);
}

void JudgeFacilityLimitSet(Judge& judge) {
  const v1::FacilityLimitSet& event = judge.statement().facility_limit_set();
  RequireChosen(judge, event.kind(), "kind");
  RequireMassLimit(judge, event.limit_mass_g(), "limit_mass_g");
  RequireChosen(judge, event.source(), "source");
  RequireText(judge, event.document_number(), "document_number");
  RequireSha256(judge, event.document_sha256(), "document_sha256");
  auto facility = FindFacility(judge, event.facility());
  if (!facility) return;
  const int64_t before_g = LimitIn(*facility, event.kind());
  if (judge.statement().parties_size() > 1) {
    JudgeRegulator(judge, 1, DivisionOf(judge, *facility));
  } else if (before_g > 0 && event.limit_mass_g() > before_g) {
    judge.Violate(RuleId::kLimitRaise, judge.Path("limit_mass_g"),
                  fmt::format("{} g where the limit is {} g: a regulator attests a raise too",
                              event.limit_mass_g(), before_g),
                  fmt::format("{}克高于现限额{}克：提高限额须监管部门一并签署",
                              event.limit_mass_g(), before_g));
  }
  auto& limits = *facility->mutable_limits();
  limits.erase(std::remove_if(limits.begin(), limits.end(),
                              [&](const auto& limit) { return limit.kind() == event.kind(); }),
               limits.end());
  *limits.Add() = event;
  judge.Put(keys::Facility(event.facility()), *facility);
}

void JudgeFindings(Judge& judge, const v1::InspectionRecorded& event) {
  std::set<int> items;
  bool compliant = true;
  for (int i = 0; i < event.findings_size(); ++i) {
    const v1::InspectionFinding& finding = event.findings(i);
    RequireChosen(judge, finding.item(), fmt::format("findings[{}].item", i));
    RequireChosen(judge, finding.result(), fmt::format("findings[{}].result", i));
    compliant = compliant && finding.result() == v1::INSPECTION_RESULT_COMPLIANT;
    if (items.insert(finding.item()).second) continue;
    judge.Violate(RuleId::kFormField, judge.Path(fmt::format("findings[{}].item", i)),
                  fmt::format("findings[{}].item: the item is given twice", i),
                  fmt::format("findings[{}].item：检查项重复", i));
  }
  if (event.findings().empty()) {
    judge.Violate(RuleId::kFormField, judge.Path("findings"), "findings: missing",
                  "findings：缺失");
  } else if (compliant != (event.result() == v1::INSPECTION_RESULT_COMPLIANT)) {
    judge.Violate(RuleId::kFormField, judge.Path("result"),
                  "result: compliant exactly where every finding is",
                  "result：各检查项均合规方为合规");
  }
  RequireDocuments(judge, event.evidence_sha256(), "evidence_sha256");
}

void JudgeInspectionRecorded(Judge& judge) {
  const v1::InspectionRecorded& event = judge.statement().inspection_recorded();
  const auto& parties = judge.statement().parties();
  RequireFactTime(judge, event.inspected_time_ms(), "inspected_time_ms");
  RequireChosen(judge, event.result(), "result");
  JudgeFindings(judge, event);
  auto facility = FindFacility(judge, event.facility());
  if (!facility) return;
  const auto wrong = [&](int place, const std::string& organisation) {
    judge.Violate(RuleId::kInspectionParties, fmt::format("parties[{}].organisation", place),
                  fmt::format("{} where {} is due", parties[place].organisation(), organisation),
                  fmt::format("应为 {}，实为 {}", organisation, parties[place].organisation()));
  };
  if (parties[1].organisation() != FirstParty(judge)) wrong(1, FirstParty(judge));
  const std::string& inspected = facility->registered().organisation();
  if (parties.size() > 2 && parties[2].organisation() != inspected) wrong(2, inspected);
  // What was found before and arrives later is in the log, and not the newest result.
  if (facility->inspected().recorded().inspected_time_ms() > event.inspected_time_ms()) return;
  *facility->mutable_inspected()->mutable_recorded() = event;
  facility->mutable_inspected()->set_index(judge.index());
  judge.Put(keys::Facility(event.facility()), *facility);
}

void RequireTemperature(Judge& judge, std::optional<int64_t> milli_celsius,
                        std::string_view field) {
  if (milli_celsius && *milli_celsius >= kMilliCelsiusMin && *milli_celsius <= kMilliCelsiusMax) {
    return;
  }
  judge.Violate(
      RuleId::kFormField, judge.Path(field),
      fmt::format("{}: missing, or not {} to {}", field, kMilliCelsiusMin, kMilliCelsiusMax),
      fmt::format("{}：缺失，或不在{}至{}之间", field, kMilliCelsiusMin, kMilliCelsiusMax));
}

// STORE-TEMPERATURE.
void JudgeCool(Judge& judge, const v1::TemperatureRead& event, const FacilityState& facility) {
  const int64_t most = WideLimitOf(judge, "medical_store_milli_celsius_max");
  const int64_t hot = WideLimitOf(judge, "medical_store_outside_milli_celsius");
  if (facility.registered().kind() != v1::FACILITY_KIND_MEDICAL_STORE ||
      event.outside_milli_celsius() <= hot || event.milli_celsius() < most) {
    return;
  }
  judge.Violate(RuleId::kStoreTemperature, judge.Path("milli_celsius"),
                fmt::format("{} at {} °C, not below {} °C, while it is {} °C outside",
                            facility.registered().name(), DecimalText(event.milli_celsius(), 3),
                            DecimalText(most, 3), DecimalText(event.outside_milli_celsius(), 3)),
                fmt::format("{} 温度为{}℃，未低于{}℃，室外为{}℃", facility.registered().name(),
                            DecimalText(event.milli_celsius(), 3), DecimalText(most, 3),
                            DecimalText(event.outside_milli_celsius(), 3)));
}

void JudgeTemperatureRead(Judge& judge) {
  const v1::TemperatureRead& event = judge.statement().temperature_read();
  RequireFactTime(judge, event.read_time_ms(), "read_time_ms");
  RequireTemperature(
      judge, event.has_milli_celsius() ? std::optional(event.milli_celsius()) : std::nullopt,
      "milli_celsius");
  if (event.has_outside_milli_celsius()) {
    RequireTemperature(judge, event.outside_milli_celsius(), "outside_milli_celsius");
  }
  auto facility = FindFacility(judge, event.facility());
  if (!facility) return;
  JudgeCool(judge, event, *facility);
  if (facility->temperature().read_time_ms() > event.read_time_ms()) return;
  if (const auto limits = MedicalLimitsOn(judge.data(), judge.act_day())) {
    *facility->mutable_cold() = AfterReading(facility->cold(), event.milli_celsius(),
                                             event.read_time_ms(), judge.act_time_ms(), *limits);
  }
  *facility->mutable_temperature() = event;
  judge.Put(keys::Facility(event.facility()), *facility);
}

// Over a limit, of which there may be none (0).
void JudgeLimit(Judge& judge, RuleId rule, const FacilityState& facility, std::string_view field,
                int64_t lies_g, int64_t limit_g) {
  if (limit_g == 0 || lies_g <= limit_g) return;
  const std::string& name = facility.registered().name();
  judge.Violate(rule, judge.Path(field),
                fmt::format("{} g lie in {}, over {} g", lies_g, name, limit_g),
                fmt::format("{} 贮存{}克，超过{}克", name, lies_g, limit_g));
}

}  // namespace

std::optional<FacilityState> FindFacility(Judge& judge, std::string_view facility) {
  auto state = judge.Read<FacilityState>(keys::Facility(facility));
  if (!state) {
    judge.Violate(RuleId::kFacilityKnown, judge.Path("facility"),
                  fmt::format("the facility {} is not registered", facility),
                  fmt::format("设施 {} 未登记", facility));
    return std::nullopt;
  }
  JudgeActor(judge, state->registered().organisation(), DivisionOf(judge, *state));
  return state;
}

void JudgeStore(Judge& judge, std::string_view facility, std::string_view field) {
  if (judge.rule_set() < 2) return;
  const auto state = judge.Read<FacilityState>(keys::Facility(facility));
  if (!state) return;  // refused by FACILITY-OF-ORGANISATION
  const state::v1::FacilityAccount account = judge.accounts().Facility(judge, facility);
  const int64_t lies_g = account.stored_mass_g() + account.consigned_mass_g();
  JudgeLimit(judge, RuleId::kStorageCapacity, *state, field, lies_g,
             LimitIn(*state, v1::LIMIT_KIND_PHYSICAL));
  JudgeLimit(judge, RuleId::kStoragePermitted, *state, field, lies_g,
             LimitIn(*state, v1::LIMIT_KIND_PERMITTED));
  if (state->registered().kind() == v1::FACILITY_KIND_STORAGE_POINT) {
    JudgeLimit(judge, RuleId::kStoragePoint, *state, field, lies_g,
               WideLimitOf(judge, "storage_point_mass_g"));
  }
}

namespace {

constexpr v1::Capacity kInspectorsAndInspected[] = {v1::CAPACITY_REGULATOR, v1::CAPACITY_REGULATOR,
                                                    v1::CAPACITY_ORGANISATION};
constexpr v1::Capacity kInspectorsAlone[] = {v1::CAPACITY_REGULATOR, v1::CAPACITY_REGULATOR};
constexpr Capacities kSigned[] = {kInspectorsAndInspected};
constexpr Capacities kRefused[] = {kInspectorsAlone};
constexpr Capacities kSelfMaybeRegulator[] = {parties::kOrganisationAlone,
                                              parties::kOrganisationThenRegulator};

PartyLists PartiesOfInspection(const S& statement) {
  return statement.inspection_recorded().refusal_to_sign() ? PartyLists(kRefused)
                                                           : PartyLists(kSigned);
}

constexpr EventRow kEvents[] = {
    {.event = S::kFacilityAccepted,
     .title_en = "Acceptance of a facility",
     .title_zh = "设施验收",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kSelfOrRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("facility", s.facility_accepted().facility()); },
     .judge = JudgeFacilityAccepted,
     .first_set = 2},
    {.event = S::kFacilityLimitSet,
     .title_en = "Limit of a facility",
     .title_zh = "设施贮存限额",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<kSelfMaybeRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("facility", s.facility_limit_set().facility()); },
     .judge = JudgeFacilityLimitSet,
     .first_set = 2},
    {.event = S::kInspectionRecorded,
     .title_en = "Inspection of a facility",
     .title_zh = "设施检查",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = PartiesOfInspection,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("facility", s.inspection_recorded().facility());
         },
     .judge = JudgeInspectionRecorded,
     .one_authority = true,
     .first_set = 2},
    {.event = S::kTemperatureRead,
     .title_en = "Temperature of a facility",
     .title_zh = "设施温度",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("facility", s.temperature_read().facility()); },
     .judge = JudgeTemperatureRead,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> StorageEvents() { return kEvents; }

}  // namespace cradle::rules
