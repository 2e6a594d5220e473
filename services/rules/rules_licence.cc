#include "services/rules/rules_licence.h"

#include <algorithm>

#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_common.h"
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

}  // namespace

namespace {

void JudgeLicenceGranted(Judge& judge) {
  const v1::LicenceGranted& event = judge.statement().licence_granted();
  RequireText(judge, event.licence_number(), "licence_number");
  RequireChosen(judge, event.kind(), "kind");
  JudgeScopes(judge, event);
  JudgePeriod(judge, event);
  if (const auto holder =
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
  if (licences.ByteSizeLong() > kLicencesBytesMax) {
    judge.Violate(
        RuleId::kFormField, judge.Path("scopes"),
        "scopes: the licences of this organisation together are too long; name categories",
        "scopes：该单位的许可证总量过长，请按类别填写");
  }
  judge.Put(keys::Licences(event.organisation()), licences);
}

}  // namespace

state::v1::LicencesState ReadLicences(Judge& judge, std::string_view organisation) {
  return judge.Read<state::v1::LicencesState>(keys::Licences(organisation))
      .value_or(state::v1::LicencesState());
}

void JudgeCarrierLicence(Judge& judge, const state::v1::LicencesState& licences,
                         std::string_view carrier, std::string_view waste_code,
                         const std::string& path) {
  for (const state::v1::LicenceState& licence : licences.licences()) {
    const v1::LicenceGranted& granted = licence.granted();
    if (granted.kind() != v1::LICENCE_KIND_TRANSPORT || !HoldsOn(granted, judge.act_day())) {
      continue;
    }
    for (const v1::LicenceScope& scope : granted.scopes()) {
      if (Covers(scope, waste_code)) return;
    }
  }
  judge.Violate(RuleId::kLicenceCarrier, path,
                fmt::format("{} has no transport permit that covers {} on {}", carrier, waste_code,
                            FormatDate(judge.act_day())),
                fmt::format("{} 在 {} 没有覆盖 {} 的运输许可", carrier, FormatDate(judge.act_day()),
                            waste_code));
}

void JudgeOperatingLicence(Judge& judge, const state::v1::LicencesState& licences,
                           std::string_view operator_organisation, std::string_view waste_code,
                           std::string_view method_code, const std::string& path) {
  bool covered = false;
  for (const state::v1::LicenceState& licence : licences.licences()) {
    const v1::LicenceGranted& granted = licence.granted();
    if (granted.kind() == v1::LICENCE_KIND_TRANSPORT || !HoldsOn(granted, judge.act_day())) {
      continue;
    }
    for (const v1::LicenceScope& scope : granted.scopes()) {
      if (!Covers(scope, waste_code)) continue;
      covered = true;
      if (NamesMethod(judge, scope, waste_code, method_code)) return;
    }
  }
  if (!covered) {
    judge.Violate(RuleId::kLicenceReceiver, path,
                  fmt::format("{} has no operating licence that covers {} on {}",
                              operator_organisation, waste_code, FormatDate(judge.act_day())),
                  fmt::format("{} 在 {} 没有覆盖 {} 的危险废物经营许可证", operator_organisation,
                              FormatDate(judge.act_day()), waste_code));
    return;
  }
  judge.Violate(RuleId::kLicenceMethod, path,
                fmt::format("no licence of {} for {} names {}", operator_organisation, waste_code,
                            method_code.empty() ? "a method for medical waste" : method_code),
                fmt::format("{} 的许可证中 {} 没有{}", operator_organisation, waste_code,
                            method_code.empty() ? "医疗废物处置方式" : method_code));
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
};

}  // namespace

std::span<const EventRow> LicenceEvents() { return kEvents; }

}  // namespace cradle::rules
