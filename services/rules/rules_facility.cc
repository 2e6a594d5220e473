#include "services/rules/rules_facility.h"

#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;

bool IsTreatment(v1::FacilityKind kind) {
  return kind == v1::FACILITY_KIND_UTILISATION || kind == v1::FACILITY_KIND_DISPOSAL;
}

void JudgeMethods(Judge& judge, const v1::FacilityRegistered& event) {
  for (int i = 0; i < event.method_codes_size(); ++i) {
    const std::string field = fmt::format("method_codes[{}]", i);
    const auto method = FindMethod(judge, event.method_codes(i), field);
    if (!method) continue;
    const bool fits = method->utilises ? event.kind() == v1::FACILITY_KIND_UTILISATION
                                       : event.kind() == v1::FACILITY_KIND_DISPOSAL;
    if (fits) continue;
    judge.Violate(RuleId::kMethodEnding, judge.Path(field),
                  fmt::format("{} {}; the facility is of another kind", event.method_codes(i),
                              method->utilises ? "utilises" : "disposes"),
                  fmt::format("{} 属于{}方式，与设施类型不符", event.method_codes(i),
                              method->utilises ? "利用" : "处置"));
  }
}

// What waste is pre-treated by, and how much in a day: both or neither.
void JudgeProcesses(Judge& judge, const v1::FacilityRegistered& event) {
  for (int i = 0; i < event.process_codes_size(); ++i) {
    RequireProcess(judge, event.process_codes(i), fmt::format("process_codes[{}]", i));
  }
  AllowMass(judge, event.throughput_mass_g_per_day(), "throughput_mass_g_per_day");
  if (event.process_codes().empty()) return;
  RequireChosen(judge, event.throughput_mass_g_per_day() != 0 ? 1 : 0, "throughput_mass_g_per_day");
}

void JudgeFacilityRegistered(Judge& judge) {
  const v1::FacilityRegistered& event = judge.statement().facility_registered();
  RequireChosen(judge, event.kind(), "kind");
  RequireText(judge, event.name(), "name");
  AllowText(judge, event.eia_reference(), "eia_reference");
  AllowMass(judge, event.capacity_mass_g(), "capacity_mass_g");
  if (!event.acceptance_date().empty()) {
    if (const auto day = ParseDate(event.acceptance_date()); !day.ok()) {
      judge.Violate(RuleId::kFormField, judge.Path("acceptance_date"),
                    std::string(day.status().message()), "acceptance_date：不是YYYY-MM-DD日期");
    }
  }
  JudgeMethods(judge, event);
  JudgeProcesses(judge, event);
  FindOrganisation(judge, event.organisation(), judge.Path("organisation"));
  if (const auto site = FindSite(judge, event.site(), event.organisation(), "site")) {
    JudgeActor(judge, event.organisation(), site->division());
  }
  RequireNew(judge, keys::Facility(event.facility()), event.facility(), "facility");
  state::v1::FacilityState state;
  *state.mutable_registered() = event;
  state.set_index(judge.index());
  judge.Put(keys::Facility(event.facility()), state);
}

}  // namespace

std::optional<v1::FacilityRegistered> JudgeFacility(Judge& judge, std::string_view facility,
                                                    std::string_view organisation,
                                                    std::string_view site, FacilityUse use,
                                                    std::string_view field) {
  auto state = judge.Read<state::v1::FacilityState>(keys::Facility(facility));
  if (!state || state->registered().organisation() != organisation) {
    judge.Violate(RuleId::kFacilityOfOrganisation, judge.Path(field),
                  state ? fmt::format("the facility {} belongs to another organisation", facility)
                        : fmt::format("the facility {} is not registered", facility),
                  state ? fmt::format("设施 {} 属于其他单位", facility)
                        : fmt::format("设施 {} 未登记", facility));
    return std::nullopt;
  }
  v1::FacilityRegistered& found = *state->mutable_registered();
  if (found.site() != site) {
    judge.Violate(
        RuleId::kFacilitySite, judge.Path(field),
        fmt::format("{} is at the site {}, the waste lies at {}", found.name(), found.site(), site),
        fmt::format("{} 位于场所 {}，废物位于 {}", found.name(), found.site(), site));
  }
  if (use != FacilityUse::kAny && IsTreatment(found.kind()) != (use == FacilityUse::kTreatment)) {
    judge.Violate(RuleId::kFacilityUse, judge.Path(field),
                  use == FacilityUse::kTreatment
                      ? fmt::format("{} is no utilisation or disposal facility", found.name())
                      : fmt::format("{} is no storage facility", found.name()),
                  use == FacilityUse::kTreatment ? fmt::format("{} 不是利用处置设施", found.name())
                                                 : fmt::format("{} 不是贮存设施", found.name()));
  }
  if (state->has_accepted()) found.set_acceptance_date(state->accepted().acceptance_date());
  // ISO dates compare as text.
  if (found.acceptance_date().empty() || found.acceptance_date() > FormatDate(judge.act_day())) {
    judge.Violate(
        RuleId::kFacilityAccepted, judge.Path(field),
        fmt::format("{} is not accepted{}{}", found.name(),
                    found.acceptance_date().empty() ? "" : " before ", found.acceptance_date()),
        fmt::format("{} 尚未通过验收{}{}", found.name(),
                    found.acceptance_date().empty() ? "" : "，验收日期 ", found.acceptance_date()));
  }
  return std::move(found);
}

namespace {

constexpr EventRow kEvents[] = {
    {.event = S::kFacilityRegistered,
     .title_en = "Registration of a facility",
     .title_zh = "设施登记",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kSelfOrRegulator>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("facility", s.facility_registered().facility());
         },
     .judge = JudgeFacilityRegistered},
};

}  // namespace

std::span<const EventRow> FacilityEvents() { return kEvents; }

}  // namespace cradle::rules
