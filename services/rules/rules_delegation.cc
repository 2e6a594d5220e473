// A small producer or a school laboratory lets another organisation log for it. The delegate counts
// as its own organisation and as its principal: it logs what lies in the principal's hands and
// issues its manifests, also to itself, but hands nothing over in the principal's name where it
// stands on the other side.
#include "services/rules/rules_delegation.h"

#include <algorithm>

#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::Delegation;
using state::v1::OrganisationState;

// Whether it stands or has ended; null: there never was one.
const Delegation* FindDelegation(const OrganisationState& principal, std::string_view delegate) {
  const auto& all = principal.delegations();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Delegation& delegation) {
    return delegation.granted().delegate() == delegate;
  });
  return found == all.end() ? nullptr : &*found;
}

bool InForce(const Delegation& delegation, absl::CivilDay day) {
  const std::string date = FormatDate(day);  // ISO dates compare as text
  return delegation.ended_index() == 0 && delegation.granted().valid_from_date() <= date &&
         date <= delegation.granted().valid_to_date();
}

bool InScope(Judge& judge, const v1::Party& party) {
  return judge.row().key_role == v1::KEY_ROLE_OPERATOR &&
         (party.capacity() == v1::CAPACITY_ORGANISATION ||
          party.capacity() == v1::CAPACITY_CONSIGNOR);
}

// Who ever was the delegate of another party could have made both sides of its papers.
void JudgeCounterpart(Judge& judge, int place, const v1::Party& party,
                      const std::vector<std::string>& manifest_parties) {
  for (const std::string& other : manifest_parties) {
    if (other == party.organisation()) continue;
    bool both = other == party.delegate();
    if (!both) {
      const auto& state = judge.Organisation(other);
      both = state && FindDelegation(*state, party.delegate()) != nullptr;
    }
    if (!both) continue;
    judge.Violate(
        RuleId::kDelegateCounterpart, fmt::format("parties[{}].delegate", place),
        other == party.delegate()
            ? fmt::format("{} is a party of the manifest itself: {} signs for itself", other,
                          party.organisation())
            : fmt::format("{} stands for {}, another party of the manifest, too: {} signs itself",
                          party.delegate(), other, party.organisation()),
        other == party.delegate()
            ? fmt::format("{} 为联单另一方：须由 {} 自行签署", other, party.organisation())
            : fmt::format("{} 同时代表联单另一方 {}：须由 {} 自行签署", party.delegate(), other,
                          party.organisation()));
    return;
  }
}

}  // namespace

void JudgeDelegates(Judge& judge, const std::vector<std::string>& manifest_parties) {
  for (int i = 0; i < judge.statement().parties_size(); ++i) {
    const v1::Party& party = judge.statement().parties(i);
    if (party.delegate().empty()) continue;
    const std::string path = fmt::format("parties[{}].delegate", i);
    if (!InScope(judge, party)) {
      const std::string capacity =
          v1::Capacity_Name(party.capacity()).substr(sizeof("CAPACITY_") - 1);
      judge.Violate(
          RuleId::kDelegationScope, path,
          fmt::format("{}: a delegate does not attest as {}", judge.row().title_en, capacity),
          fmt::format("{}：受托单位不得以 {} 身份签署", judge.row().title_zh, capacity));
      continue;
    }
    const auto& principal = judge.Organisation(party.organisation());
    const Delegation* delegation =
        principal ? FindDelegation(*principal, party.delegate()) : nullptr;
    if (delegation == nullptr || !InForce(*delegation, judge.act_day())) {
      judge.Violate(RuleId::kDelegationInForce, path,
                    fmt::format("{} has no delegation of {} in force on {}", party.delegate(),
                                party.organisation(), FormatDate(judge.act_day())),
                    fmt::format("{} 在 {} 没有 {} 的有效委托", party.delegate(),
                                FormatDate(judge.act_day()), party.organisation()));
      continue;
    }
    // To issue is to log what is to go; that it went, the principal says itself.
    if (judge.event() != S::kManifestIssued) JudgeCounterpart(judge, i, party, manifest_parties);
  }
}

namespace {

void JudgeDays(Judge& judge, const v1::DelegationGranted& event) {
  const auto from = RequireDate(judge, event.valid_from_date(), "valid_from_date");
  const auto to = RequireDate(judge, event.valid_to_date(), "valid_to_date");
  if (!from || !to || *from <= *to) return;
  judge.Violate(RuleId::kFormField, judge.Path("valid_to_date"),
                "valid_to_date: before valid_from_date", "valid_to_date：早于起始日");
}

void JudgeDelegate(Judge& judge, const v1::DelegationGranted& event) {
  const auto* const delegate = FindOrganisation(judge, event.delegate(), judge.Path("delegate"));
  if (!delegate) return;
  if (event.delegate() != event.organisation() && !IsAuthority(*delegate)) return;
  judge.Violate(RuleId::kDelegateFit, judge.Path("delegate"),
                event.delegate() == event.organisation()
                    ? std::string("an organisation needs no delegation of its own")
                    : fmt::format("{} is an authority", delegate->name()),
                event.delegate() == event.organisation()
                    ? std::string("单位不得委托自身")
                    : fmt::format("{} 为主管部门", delegate->name()));
}

void JudgeDelegationGranted(Judge& judge) {
  const v1::DelegationGranted& event = judge.statement().delegation_granted();
  JudgeDays(judge, event);
  const auto* const principal =
      FindOrganisation(judge, event.organisation(), judge.Path("organisation"));
  if (!principal) return;
  JudgeActor(judge, event.organisation(), principal->division());
  RequireRole(judge, *principal,
              {v1::ORGANISATION_ROLE_PRODUCER, v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION},
              judge.Path("organisation"));
  JudgeDelegate(judge, event);
  std::optional<OrganisationState> state = judge.Organisation(event.organisation());
  if (!state) return;
  auto& delegations = *state->mutable_delegations();
  auto found = std::find_if(delegations.begin(), delegations.end(), [&](const Delegation& each) {
    return each.granted().delegate() == event.delegate();
  });
  const int64_t most = LimitOf(judge, "delegates_max");
  if (found == delegations.end() && delegations.size() >= most) {
    judge.Violate(RuleId::kFormField, judge.Path("delegate"),
                  fmt::format("delegate: {} have been named, the most there may be", most),
                  fmt::format("delegate：已委托{}家，达到上限", most));
  }
  Delegation& delegation = found == delegations.end() ? *delegations.Add() : *found;
  *delegation.mutable_granted() = event;
  delegation.set_index(judge.index());
  delegation.set_ended_index(0);
  judge.Put(keys::Organisation(event.organisation()), *state);
}

void JudgeDelegationEnded(Judge& judge) {
  const v1::DelegationEnded& event = judge.statement().delegation_ended();
  const auto* const principal =
      FindOrganisation(judge, event.organisation(), judge.Path("organisation"));
  if (!principal) return;
  JudgeActor(judge, event.organisation(), principal->division());
  std::optional<OrganisationState> state = judge.Organisation(event.organisation());
  if (!state) return;
  for (Delegation& delegation : *state->mutable_delegations()) {
    if (delegation.granted().delegate() != event.delegate()) continue;
    if (delegation.ended_index() != 0) break;
    delegation.set_ended_index(judge.index());
    judge.Put(keys::Organisation(event.organisation()), *state);
    return;
  }
  judge.Violate(RuleId::kDelegationKnown, judge.Path("delegate"),
                fmt::format("{} is no delegate of {}", event.delegate(), event.organisation()),
                fmt::format("{} 不是 {} 的受托单位", event.delegate(), event.organisation()));
}

constexpr EventRow kEvents[] = {
    {.event = S::kDelegationGranted,
     .title_en = "Delegation",
     .title_zh = "委托登记",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.delegation_granted().organisation()); },
     .judge = JudgeDelegationGranted,
     .first_set = 2},
    {.event = S::kDelegationEnded,
     .title_en = "End of a delegation",
     .title_zh = "委托终止",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kSelfOrRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.delegation_ended().organisation()); },
     .judge = JudgeDelegationEnded,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> DelegationEvents() { return kEvents; }

}  // namespace cradle::rules
