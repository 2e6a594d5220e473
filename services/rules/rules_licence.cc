#include "services/rules/rules_licence.h"

#include <algorithm>

#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_emergency.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;

// A value of the store is at most 1 MiB; the licences of one organisation are one value.
constexpr size_t kLicencesBytesMax = 1'000'000;

// `HW08`, or a whole code.
bool IsScope(std::string_view waste) {
  return waste.size() == 4 && waste.starts_with("HW") && waste.substr(2) >= "01" &&
         waste.substr(2) <= "50" && waste[2] >= '0' && waste[2] <= '9' && waste[3] >= '0' &&
         waste[3] <= '9';
}

bool HoldsOn(const v1::LicenceGranted& licence, absl::CivilDay day) {
  // Granted only with dates that exist. ISO dates compare as text.
  const std::string date = FormatDate(day);
  return licence.valid_from_date() <= date && date <= licence.valid_to_date();
}

// Neither suspended nor revoked on a day, as far as is recorded.
bool StandsOn(const state::v1::LicencesState& licences, std::string_view number,
              absl::CivilDay day) {
  const std::string date = FormatDate(day);
  bool stands = true;
  for (const v1::LicenceStatusChanged& change : licences.changes()) {
    if (change.licence_number() != number || date < change.valid_from_date()) continue;
    if (change.change() == v1::LICENCE_CHANGE_REVOKED) return false;
    stands = change.change() == v1::LICENCE_CHANGE_REINSTATED ||
             (!change.valid_to_date().empty() && change.valid_to_date() < date);
  }
  return stands;
}

bool Covers(const v1::LicenceScope& scope, std::string_view waste_code) {
  return scope.waste() == waste_code ||
         (scope.waste().size() == 4 &&
          std::string_view(scope.waste()).substr(2) == waste_code.substr(8));
}

bool NamesMethod(Judge& judge, const v1::LicenceScope& scope, std::string_view waste_code,
                 std::string_view method_code) {
  const auto& codes = scope.method_codes();
  if (codes.empty()) return true;
  if (!method_code.empty() && std::find(codes.begin(), codes.end(), method_code) == codes.end()) {
    return false;
  }
  if (!IsMedical(waste_code)) return true;
  return std::any_of(codes.begin(), codes.end(), [&](const std::string& code) {
    const std::optional<RuleData::Method> method = judge.data().FindMethod(code);
    return method && method->medical;
  });
}

void JudgeScopes(Judge& judge, const v1::LicenceGranted& event) {
  if (event.scopes().empty()) {
    judge.Violate(RuleId::kFormField, judge.Path("scopes"), "scopes: missing", "scopes：缺失");
  }
  for (int i = 0; i < event.scopes_size(); ++i) {
    const v1::LicenceScope& scope = event.scopes(i);
    if (!IsScope(scope.waste())) {
      RequireWasteCode(judge, scope.waste(), fmt::format("scopes[{}].waste", i));
    }
    AllowMass(judge, scope.annual_mass_g(), fmt::format("scopes[{}].annual_mass_g", i));
    for (const std::string& method : scope.method_codes()) {
      FindMethod(judge, method, fmt::format("scopes[{}].method_codes", i));
    }
  }
}

void JudgePeriod(Judge& judge, const v1::LicenceGranted& event) {
  for (const auto& [date, field] : {std::pair{&event.valid_from_date(), "valid_from_date"},
                                    std::pair{&event.valid_to_date(), "valid_to_date"}}) {
    if (const auto day = ParseDate(*date); !day.ok()) {
      judge.Violate(RuleId::kFormField, judge.Path(field), std::string(day.status().message()),
                    fmt::format("{}：不是YYYY-MM-DD日期", field));
    }
  }
  if (event.valid_to_date() < event.valid_from_date()) {
    judge.Violate(
        RuleId::kLicencePeriod, judge.Path("valid_to_date"),
        fmt::format("the licence ends on {}, before it begins on {}", event.valid_to_date(),
                    event.valid_from_date()),
        fmt::format("许可证止日 {} 早于起日 {}", event.valid_to_date(), event.valid_from_date()));
  }
}

// LICENCE-TERM and LICENCE-COLLECTION: what the law grants of each kind.
void JudgeKind(Judge& judge, const v1::LicenceGranted& event) {
  const auto from = ParseDate(event.valid_from_date());
  const auto to = ParseDate(event.valid_to_date());
  if (judge.rule_set() < 2 || !from.ok() || !to.ok()) return;
  std::optional<absl::CivilDay> last;
  switch (event.kind()) {
    case v1::LICENCE_KIND_COMPREHENSIVE:
      last = LastDayOfPeriod(*from, LimitOf(judge, "licence_comprehensive_years"));
      break;
    case v1::LICENCE_KIND_COLLECTION:
      last = LastDayOfPeriod(*from, LimitOf(judge, "licence_collection_years"));
      break;
    case v1::LICENCE_KIND_SMALL_COLLECTION: {
      const int date = LimitOf(judge, "licence_small_collection_last_yyyymmdd");
      last = absl::CivilDay(date / 10'000, date / 100 % 100, date % 100);
      break;
    }
    default:
      break;
  }
  if (last && *to > *last) {
    judge.Violate(RuleId::kLicenceTerm, judge.Path("valid_to_date"),
                  fmt::format("a licence of this kind that begins on {} ends on {} at the latest",
                              event.valid_from_date(), FormatDate(*last)),
                  fmt::format("此类许可证自 {} 起，止日不得晚于 {}", event.valid_from_date(),
                              FormatDate(*last)));
  }
  if (event.kind() != v1::LICENCE_KIND_COLLECTION) return;
  for (int i = 0; i < event.scopes_size(); ++i) {
    if (event.scopes(i).method_codes().empty()) continue;
    judge.Violate(RuleId::kLicenceCollection, judge.Path(fmt::format("scopes[{}].method_codes", i)),
                  "a licence to collect names a method of treatment",
                  "收集许可证不得载明利用处置方式");
  }
}

// LICENCE-KNOWN, LICENCE-CHANGE.
void JudgeChange(Judge& judge, const v1::LicenceStatusChanged& event,
                 const state::v1::LicencesState& licences) {
  const auto& all = licences.licences();
  if (std::none_of(all.begin(), all.end(), [&](const state::v1::LicenceState& licence) {
        return licence.granted().licence_number() == event.licence_number();
      })) {
    judge.Violate(RuleId::kLicenceKnown, judge.Path("licence_number"),
                  fmt::format("{} has no licence {}", event.organisation(), event.licence_number()),
                  fmt::format("{} 没有许可证 {}", event.organisation(), event.licence_number()));
    return;
  }
  v1::LicenceChange last = v1::LICENCE_CHANGE_REINSTATED;
  for (const v1::LicenceStatusChanged& change : licences.changes()) {
    if (change.licence_number() == event.licence_number()) last = change.change();
  }
  // A suspension may be followed by another, longer one.
  const bool follows =
      last != v1::LICENCE_CHANGE_REVOKED &&
      (event.change() != v1::LICENCE_CHANGE_REINSTATED || last == v1::LICENCE_CHANGE_SUSPENDED);
  if (follows) return;
  const bool revoked = last == v1::LICENCE_CHANGE_REVOKED;
  judge.Violate(RuleId::kLicenceChange, judge.Path("change"),
                fmt::format("{} {}", event.licence_number(),
                            revoked ? "is revoked, for good" : "is not suspended"),
                fmt::format("{} {}", event.licence_number(), revoked ? "已吊销" : "未被暂扣"));
}

void RequireFits(Judge& judge, const state::v1::LicencesState& licences, std::string_view field) {
  if (licences.ByteSizeLong() <= kLicencesBytesMax) return;
  judge.Violate(RuleId::kFormField, judge.Path(field),
                fmt::format("{}: the licences of this organisation together are too long; name "
                            "categories",
                            field),
                fmt::format("{}：该单位的许可证总量过长，请按类别填写", field));
}

void JudgeLicenceGranted(Judge& judge) {
  const v1::LicenceGranted& event = judge.statement().licence_granted();
  RequireText(judge, event.licence_number(), "licence_number");
  RequireChosen(judge, event.kind(), "kind");
  JudgeScopes(judge, event);
  JudgePeriod(judge, event);
  JudgeKind(judge, event);
  if (const auto* const holder =
          FindOrganisation(judge, event.organisation(), judge.Path("organisation"))) {
    JudgeActor(judge, event.organisation(), holder->division());
    const bool transport = event.kind() == v1::LICENCE_KIND_TRANSPORT;
    RequireRole(judge, *holder,
                {transport ? v1::ORGANISATION_ROLE_CARRIER : v1::ORGANISATION_ROLE_OPERATOR},
                judge.Path("organisation"));
  }
  state::v1::LicencesState licences = ReadLicences(judge, event.organisation());
  state::v1::LicenceState& licence = *licences.add_licences();
  *licence.mutable_granted() = event;
  licence.set_index(judge.index());
  RequireFits(judge, licences, "scopes");
  judge.Put(keys::Licences(event.organisation()), licences);
}

void JudgeLicenceStatusChanged(Judge& judge) {
  const v1::LicenceStatusChanged& event = judge.statement().licence_status_changed();
  RequireText(judge, event.licence_number(), "licence_number");
  RequireChosen(judge, event.change(), "change");
  RequireText(judge, event.decision_number(), "decision_number");
  RequireDate(judge, event.decision_date(), "decision_date");
  RequireSha256(judge, event.decision_sha256(), "decision_sha256");
  if (event.valid_to_date().empty()) {
    RequireDate(judge, event.valid_from_date(), "valid_from_date");
  } else if (RequirePeriod(judge, event.valid_from_date(), event.valid_to_date()) &&
             event.change() != v1::LICENCE_CHANGE_SUSPENDED) {
    judge.Violate(RuleId::kFormField, judge.Path("valid_to_date"),
                  "valid_to_date: only a suspension has a last day", "valid_to_date：仅暂扣有止日");
  }
  if (const auto* const holder =
          FindOrganisation(judge, event.organisation(), judge.Path("organisation"))) {
    JudgeActor(judge, event.organisation(), holder->division());
  }
  state::v1::LicencesState licences = ReadLicences(judge, event.organisation());
  JudgeChange(judge, event, licences);
  *licences.add_changes() = event;
  RequireFits(judge, licences, "licence_number");
  judge.Put(keys::Licences(event.organisation()), licences);
}

void NotStanding(Judge& judge, std::string_view holder, std::string_view waste_code,
                 const std::string& path) {
  judge.Violate(RuleId::kLicenceStands, path,
                fmt::format("the licence of {} for {} is suspended or revoked on {}", holder,
                            waste_code, FormatDate(judge.act_day())),
                fmt::format("{} 覆盖 {} 的许可证在 {} 已暂扣或吊销", holder, waste_code,
                            FormatDate(judge.act_day())));
}

// What the operating licences of the day say of a waste.
struct Found {
  std::optional<LicencePlace> place;  // covers it by the method
  bool by_another_method = false;
  bool withheld = false;  // one that covers it is suspended or revoked
};

Found FindOperating(Judge& judge, const state::v1::LicencesState& licences,
                    std::string_view waste_code, std::string_view method_code) {
  Found found;
  for (int i = 0; i < licences.licences_size(); ++i) {
    const v1::LicenceGranted& granted = licences.licences(i).granted();
    if (granted.kind() == v1::LICENCE_KIND_TRANSPORT || !HoldsOn(granted, judge.act_day())) {
      continue;
    }
    for (int k = 0; k < granted.scopes_size(); ++k) {
      if (!Covers(granted.scopes(k), waste_code)) continue;
      if (!StandsOn(licences, granted.licence_number(), judge.act_day())) {
        found.withheld = true;
      } else if (NamesMethod(judge, granted.scopes(k), waste_code, method_code)) {
        found.place = LicencePlace{i, k};
        return found;
      } else {
        found.by_another_method = true;
      }
    }
  }
  return found;
}

}  // namespace

state::v1::LicencesState ReadLicences(Judge& judge, std::string_view organisation) {
  return judge.Read<state::v1::LicencesState>(keys::Licences(organisation))
      .value_or(state::v1::LicencesState());
}

std::optional<LicencePlace> FindOperatingLicence(Judge& judge,
                                                 const state::v1::LicencesState& licences,
                                                 std::string_view waste_code,
                                                 std::string_view method_code) {
  return FindOperating(judge, licences, waste_code, method_code).place;
}

bool MayCollectOrDispose(Judge& judge, const state::v1::LicencesState& licences,
                         std::string_view waste_code) {
  const auto disposes = [&](const std::string& code) {
    const std::optional<RuleData::Method> method = judge.data().FindMethod(code);
    return method && !method->utilises;
  };
  for (const state::v1::LicenceState& licence : licences.licences()) {
    const v1::LicenceGranted& granted = licence.granted();
    if (granted.kind() == v1::LICENCE_KIND_TRANSPORT || !HoldsOn(granted, judge.act_day())) {
      continue;
    }
    for (const v1::LicenceScope& scope : granted.scopes()) {
      const auto& codes = scope.method_codes();
      if (Covers(scope, waste_code) &&
          (codes.empty() || std::any_of(codes.begin(), codes.end(), disposes))) {
        return true;
      }
    }
  }
  return false;
}

bool HasOperatingLicenceFor(const state::v1::LicencesState& licences, std::string_view waste_code,
                            std::string_view from_date, std::string_view to_date) {
  for (const state::v1::LicenceState& licence : licences.licences()) {
    const v1::LicenceGranted& granted = licence.granted();
    // ISO dates compare as text.
    if (granted.kind() == v1::LICENCE_KIND_TRANSPORT || from_date < granted.valid_from_date() ||
        granted.valid_to_date() < to_date) {
      continue;
    }
    for (const v1::LicenceScope& scope : granted.scopes()) {
      if (Covers(scope, waste_code)) return true;
    }
  }
  return false;
}

void JudgeCarrierLicence(Judge& judge, const state::v1::LicencesState& licences,
                         std::string_view carrier, std::string_view waste_code,
                         const std::string& path) {
  bool withheld = false;
  for (const state::v1::LicenceState& licence : licences.licences()) {
    const v1::LicenceGranted& granted = licence.granted();
    if (granted.kind() != v1::LICENCE_KIND_TRANSPORT || !HoldsOn(granted, judge.act_day())) {
      continue;
    }
    for (const v1::LicenceScope& scope : granted.scopes()) {
      if (!Covers(scope, waste_code)) continue;
      if (StandsOn(licences, granted.licence_number(), judge.act_day())) return;
      withheld = true;
    }
  }
  if (withheld) return NotStanding(judge, carrier, waste_code, path);
  judge.Violate(RuleId::kLicenceCarrier, path,
                fmt::format("{} has no transport permit that covers {} on {}", carrier, waste_code,
                            FormatDate(judge.act_day())),
                fmt::format("{} 在 {} 没有覆盖 {} 的运输许可", carrier, FormatDate(judge.act_day()),
                            waste_code));
}

void JudgeOperatingLicence(Judge& judge, const state::v1::LicencesState& licences,
                           std::string_view operator_organisation, std::string_view waste_code,
                           std::string_view method_code, const std::string& path) {
  const Found found = FindOperating(judge, licences, waste_code, method_code);
  if (found.place) return;
  if (EmergencyAllowsReceiver(judge, operator_organisation, waste_code, path)) return;
  if (found.by_another_method) {
    judge.Violate(RuleId::kLicenceMethod, path,
                  fmt::format("no licence of {} for {} names {}", operator_organisation, waste_code,
                              method_code.empty() ? "a method for medical waste" : method_code),
                  fmt::format("{} 的许可证中 {} 没有{}", operator_organisation, waste_code,
                              method_code.empty() ? "医疗废物处置方式" : method_code));
    return;
  }
  if (found.withheld) return NotStanding(judge, operator_organisation, waste_code, path);
  judge.Violate(RuleId::kLicenceReceiver, path,
                fmt::format("{} has no operating licence that covers {} on {}",
                            operator_organisation, waste_code, FormatDate(judge.act_day())),
                fmt::format("{} 在 {} 没有覆盖 {} 的危险废物经营许可证", operator_organisation,
                            FormatDate(judge.act_day()), waste_code));
}

namespace {

constexpr EventRow kEvents[] = {
    {.event = S::kLicenceGranted,
     .title_en = "Grant of a licence",
     .title_zh = "许可证颁发",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.licence_granted().organisation()); },
     .judge = JudgeLicenceGranted},
    {.event = S::kLicenceStatusChanged,
     .title_en = "Suspension, reinstatement or revocation of a licence",
     .title_zh = "许可证暂扣、恢复或吊销",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("org", s.licence_status_changed().organisation());
         },
     .judge = JudgeLicenceStatusChanged,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> LicenceEvents() { return kEvents; }

}  // namespace cradle::rules
