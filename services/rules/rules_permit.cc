#include "services/rules/rules_permit.h"

#include <algorithm>
#include <optional>
#include <set>

#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/identity.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::PermitsState;

// A value of the store is at most 1 MiB; the permits of one site are one value.
constexpr size_t kPermitsBytesMax = 1'000'000;
constexpr int64_t kYearMin = 2000;
constexpr int64_t kYearMax = 9999;

void JudgeWastes(Judge& judge, const v1::PermitRegistered& event) {
  if (event.wastes().empty()) {
    judge.Violate(RuleId::kFormField, judge.Path("wastes"), "wastes: missing", "wastes：缺失");
  }
  std::set<std::string_view> distinct;
  for (int i = 0; i < event.wastes_size(); ++i) {
    const v1::PermittedWaste& waste = event.wastes(i);
    const auto field = [i](std::string_view name) { return fmt::format("wastes[{}].{}", i, name); };
    RequireWasteCode(judge, waste.waste_code(), field("waste_code"));
    AllowMass(judge, waste.annual_mass_g(), field("annual_mass_g"));
    AllowMass(judge, waste.storage_mass_g(), field("storage_mass_g"));
    if (distinct.insert(waste.waste_code()).second) continue;
    judge.Violate(RuleId::kFormField, judge.Path(field("waste_code")),
                  fmt::format("wastes[{}]: the code is given twice", i),
                  fmt::format("wastes[{}]：废物代码重复", i));
  }
}

// A plan is for a year, all else from a day on.
void JudgeValidity(Judge& judge, const v1::PermitRegistered& event) {
  const auto wrong = [&](std::string_view field, std::string_view en, std::string_view zh) {
    judge.Violate(RuleId::kFormField, judge.Path(field), fmt::format("{}: {}", field, en),
                  fmt::format("{}：{}", field, zh));
  };
  if (event.kind() == v1::PERMIT_KIND_PLAN) {
    if (event.year() < kYearMin || event.year() > kYearMax) {
      wrong("year", "a plan is for a year from 2000 to 9999", "管理计划须有年度");
    }
    if (!event.valid_from_date().empty() || !event.valid_to_date().empty()) {
      wrong("valid_from_date", "a plan holds for its year and has no dates", "管理计划按年度有效");
    }
    return;
  }
  if (event.year() != 0) wrong("year", "only a plan is for a year", "仅管理计划有年度");
  if (event.valid_to_date().empty()) {
    RequireDate(judge, event.valid_from_date(), "valid_from_date");
  } else {
    RequirePeriod(judge, event.valid_from_date(), event.valid_to_date());
  }
}

bool Replaces(const v1::PermitRegistered& event, const v1::PermitRegistered& before) {
  if (event.kind() != before.kind()) return false;
  return event.kind() == v1::PERMIT_KIND_PLAN ? event.year() == before.year()
                                              : event.document_number() == before.document_number();
}

void JudgePermitRegistered(Judge& judge) {
  const v1::PermitRegistered& event = judge.statement().permit_registered();
  RequireChosen(judge, event.kind(), "kind");
  RequireText(judge, event.document_number(), "document_number");
  RequireSha256(judge, event.document_sha256(), "document_sha256");
  JudgeWastes(judge, event);
  JudgeValidity(judge, event);
  FindOrganisation(judge, event.organisation(), judge.Path("organisation"));
  if (const auto site = FindSite(judge, event.site(), event.organisation(), "site")) {
    JudgeActor(judge, event.organisation(), site->division());
    if (judge.statement().parties_size() > 1) JudgeRegulator(judge, 1, site->division());
  }
  PermitsState permits =
      judge.Read<PermitsState>(keys::Permits(event.site())).value_or(PermitsState());
  auto& all = *permits.mutable_permits();
  all.erase(
      std::remove_if(all.begin(), all.end(),
                     [&](const auto& permit) { return Replaces(event, permit.registered()); }),
      all.end());
  state::v1::PermitState& permit = *all.Add();
  *permit.mutable_registered() = event;
  permit.set_index(judge.index());
  if (permits.ByteSizeLong() > kPermitsBytesMax) {
    judge.Violate(RuleId::kFormField, judge.Path("wastes"),
                  "wastes: the documents of this site together are too long",
                  "wastes：该场所的文件总量过长");
  }
  judge.Put(keys::Permits(event.site()), permits);
}

bool InForce(const v1::PermitRegistered& permit, absl::CivilDay day) {
  if (permit.kind() == v1::PERMIT_KIND_PLAN) return permit.year() == day.year();
  // ISO dates compare as text.
  const std::string date = FormatDate(day);
  return permit.valid_from_date() <= date &&
         (permit.valid_to_date().empty() || date <= permit.valid_to_date());
}

struct KindWords {
  v1::PermitKind kind;
  std::string_view en;
  std::string_view zh;
};
constexpr KindWords kKinds[] = {
    {v1::PERMIT_KIND_EIA, "EIA", "环评"},
    {v1::PERMIT_KIND_DISCHARGE_PERMIT, "discharge permit", "排污许可证"},
    {v1::PERMIT_KIND_PLAN, "plan", "管理计划"},
};

// What the documents of one kind in force on the day say of a waste.
struct Permitted {
  bool documents = false;
  bool named = false;
  std::optional<int64_t> annual_mass_g;  // of all of them; nullopt: one names no amount
};

Permitted PermittedBy(Judge& judge, const PermitsState& permits, v1::PermitKind kind,
                      std::string_view waste_code) {
  Permitted permitted;
  std::optional<int64_t> sum = 0;
  for (const state::v1::PermitState& state : permits.permits()) {
    const v1::PermitRegistered& permit = state.registered();
    if (permit.kind() != kind || !InForce(permit, judge.act_day())) continue;
    permitted.documents = true;
    for (const v1::PermittedWaste& waste : permit.wastes()) {
      if (waste.waste_code() != waste_code) continue;
      permitted.named = true;
      sum = waste.annual_mass_g() == 0 ? std::nullopt : AddMass(sum, waste.annual_mass_g());
    }
  }
  if (permitted.named) permitted.annual_mass_g = sum;
  return permitted;
}

void JudgePermits(Judge& judge, std::string_view site, std::string_view waste_code,
                  std::optional<int64_t> generated_g) {
  const auto permits = judge.Read<PermitsState>(keys::Permits(site));
  if (!permits) return;
  for (const KindWords& kind : kKinds) {
    const Permitted permitted = PermittedBy(judge, *permits, kind.kind, waste_code);
    if (!permitted.documents) continue;
    if (!permitted.named) {
      judge.Violate(RuleId::kPermitCode, judge.Path("waste_code"),
                    fmt::format("{} is not in the {} of the site", waste_code, kind.en),
                    fmt::format("{} 未列入该场所的{}", waste_code, kind.zh));
      continue;
    }
    if (!generated_g || !permitted.annual_mass_g || *generated_g <= *permitted.annual_mass_g) {
      continue;
    }
    judge.Violate(RuleId::kPermitAmount, judge.Path("waste_code"),
                  fmt::format("{} g of {} generated this year, {} g by the {}", *generated_g,
                              waste_code, *permitted.annual_mass_g, kind.en),
                  fmt::format("本年产生 {} {}克，{}为{}克", waste_code, *generated_g, kind.zh,
                              *permitted.annual_mass_g));
  }
}

std::string CounterOf(const state::v1::BatchState& batch) {
  return keys::GeneratedAmount(batch.generated_site(), batch.waste_code(), batch.generated_year());
}

// A plan is the organisation's own; what an authority decides is not asserted by the organisation
// alone.
constexpr Capacities kAuthority[] = {parties::kRegulatorAlone, parties::kOrganisationThenRegulator};

PartyLists PartiesOfPermit(const S& statement) {
  return statement.permit_registered().kind() == v1::PERMIT_KIND_PLAN ? PartyLists(parties::kSelf)
                                                                      : PartyLists(kAuthority);
}

constexpr EventRow kEvents[] = {
    {.event = S::kPermitRegistered,
     .title_en = "Registration of an EIA, a discharge permit or a plan",
     .title_zh = "登记环评、排污许可证或管理计划",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = PartiesOfPermit,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.permit_registered().organisation()); },
     .judge = JudgePermitRegistered,
     .first_set = 2},
};

}  // namespace

void JudgePermittedCode(Judge& judge, std::string_view site, std::string_view waste_code) {
  JudgePermits(judge, site, waste_code, std::nullopt);
}

void CountGenerated(Judge& judge, state::v1::BatchState& batch) {
  if (!CheckWasteCodeForm(batch.waste_code()).ok()) return;  // refused by CODE-FORM
  batch.set_generated_year(judge.act_day().year());
  batch.set_generated_site(batch.site());
  batch.set_generated_mass_g(batch.mass_g());
  const std::string counter = CounterOf(batch);
  judge.accounts().AddToCounter(counter, batch.generated_mass_g());
  JudgePermits(judge, batch.site(), batch.waste_code(), judge.accounts().Counted(judge, counter));
}

void RecountGenerated(Judge& judge, const state::v1::BatchState& before,
                      state::v1::BatchState* after) {
  if (before.generated_year() == 0) return;
  judge.accounts().AddToCounter(CounterOf(before), -before.generated_mass_g());
  if (after == nullptr) return;
  // What another weighed is not what was generated.
  if (!before.others_acted()) after->set_generated_mass_g(after->mass_g());
  judge.accounts().AddToCounter(CounterOf(*after), after->generated_mass_g());
}

std::span<const EventRow> PermitEvents() { return kEvents; }

}  // namespace cradle::rules
