// Exit of operators, producers and carriers: no new work from its start, complete when nothing is
// left and a regulator has looked.
#include "services/rules/rules_exit.h"

#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_delegation.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::ExitState;
using state::v1::ManifestState;
using state::v1::OrganisationState;

// Null: it is not leaving.
const ExitState* ExitOf(Judge& judge, std::string_view organisation) {
  const std::optional<OrganisationState>& state = judge.Organisation(organisation);
  return state && state->exit().started_index() != 0 ? &state->exit() : nullptr;
}

struct Work {
  std::string path;  // whole
  std::string organisation;
};

// Those of `work` and each carrier.
template <typename Legs>
std::vector<Work> CarriersOf(Judge& judge, const Legs& carriers, std::vector<Work> work) {
  for (int i = 0; i < carriers.size(); ++i) {
    work.push_back(
        {judge.Path(fmt::format("carriers[{}].organisation", i)), carriers[i].organisation()});
  }
  return work;
}

// Who gets work by this event.
std::vector<Work> WorkOf(Judge& judge) {
  const S& s = judge.statement();
  switch (judge.event()) {
    case S::kLicenceGranted:
      return {{judge.Path("organisation"), s.licence_granted().organisation()}};
    case S::kFacilityRegistered:
      return {{judge.Path("organisation"), s.facility_registered().organisation()}};
    case S::kSiteRegistered:
      return {{judge.Path("organisation"), s.site_registered().organisation()}};
    case S::kVehicleRegistered:
      return {{judge.Path("organisation"), s.vehicle_registered().organisation()}};
    case S::kWasteFound:
      return {{judge.Path("custodian"), s.waste_found().custodian()}};
    case S::kStockDeclared:
    case S::kBatchGenerated:
      return {{"parties[0].organisation", FirstParty(judge)}};
    case S::kManifestIssued:
      return CarriersOf(judge, s.manifest_issued().carriers(),
                        {{judge.Path("receiver"), s.manifest_issued().receiver()}});
    case S::kCarriersChanged:
      return CarriersOf(judge, s.carriers_changed().carriers(), {});
    case S::kWasteCollected: {
      const int carrier = s.parties_size() - 1;
      return {
          {judge.Path("receiver"), s.waste_collected().receiver()},
          {fmt::format("parties[{}].organisation", carrier), s.parties(carrier).organisation()}};
    }
    case S::kPipelineTransferred:
    case S::kRoundDelivered:
    case S::kSelfDelivered:
      return {{"parties[1].organisation", s.parties(1).organisation()}};
    case S::kLoadTaken:
    case S::kLoadHandedOver:
    case S::kLoadDelivered:
    case S::kReceiptConfirmed:
      if (!judge.Manifest()) return {};
      return {{judge.Path("manifest"), judge.Manifest()->issued().receiver()}};
    default:
      return {};
  }
}

bool IsOpen(const ManifestState& manifest) {
  return manifest.status() == state::v1::MANIFEST_STATUS_ISSUED ||
         manifest.status() == state::v1::MANIFEST_STATUS_IN_TRANSIT ||
         manifest.status() == state::v1::MANIFEST_STATUS_DELIVERED;
}

// Who has it open; each once.
std::set<std::string> OpenFor(const ManifestState& manifest) {
  if (!IsOpen(manifest)) return {};
  std::set<std::string> organisations{manifest.consignor(), manifest.issued().receiver()};
  for (const v1::CarrierLeg& leg : manifest.issued().carriers()) {
    organisations.insert(leg.organisation());
  }
  return organisations;
}

}  // namespace

void JudgeExits(Judge& judge) {
  for (int i = 0; i < judge.statement().parties_size(); ++i) {
    const v1::Party& party = judge.statement().parties(i);
    std::set<std::string_view> acting{party.organisation(), AttestingOrganisation(party)};
    for (const std::string_view organisation : acting) {
      const ExitState* const exit = ExitOf(judge, organisation);
      if (exit == nullptr || exit->completed_index() == 0) continue;
      judge.Violate(RuleId::kOrganisationExited, fmt::format("parties[{}].organisation", i),
                    fmt::format("the exit of {} was completed at entry {}", organisation,
                                exit->completed_index()),
                    fmt::format("{} 已于第{}条完成退出", organisation, exit->completed_index()));
    }
  }
  for (const Work& work : WorkOf(judge)) {
    const ExitState* const exit = ExitOf(judge, work.organisation);
    if (exit == nullptr) continue;
    judge.Violate(
        RuleId::kOrganisationExiting, work.path,
        fmt::format("{} is leaving since entry {}", work.organisation, exit->started_index()),
        fmt::format("{} 已于第{}条启动退出", work.organisation, exit->started_index()));
  }
}

void CountOpenManifests(Judge& judge) {
  static const std::string kPrefix = keys::Manifest("");
  std::map<std::string_view, std::string_view> changed;  // the last change of a key counts
  for (const Change& change : judge.changes()) {
    if (change.key.starts_with(kPrefix)) changed[change.key] = change.value;
  }
  for (const auto& [key, value] : changed) {
    ManifestState after;
    if (!after.ParseFromArray(value.data(), static_cast<int>(value.size()))) continue;
    const std::optional<ManifestState>& in_hand = judge.Manifest();
    const auto before = in_hand && key == keys::Manifest(in_hand->issued().manifest())
                            ? in_hand
                            : judge.Read<ManifestState>(std::string(key));
    const std::set<std::string> was = before ? OpenFor(*before) : std::set<std::string>();
    const std::set<std::string> is = OpenFor(after);
    for (const std::string& organisation : is) {
      if (!was.contains(organisation)) judge.accounts().OpenManifests(organisation, 1);
    }
    for (const std::string& organisation : was) {
      if (!is.contains(organisation)) judge.accounts().OpenManifests(organisation, -1);
    }
  }
}

namespace {

bool JudgeExitState(Judge& judge, bool fits, std::string_view en, std::string_view zh) {
  if (!fits) {
    judge.Violate(RuleId::kExitState, judge.Path("organisation"), std::string(en), std::string(zh));
  }
  return fits;
}

void JudgeExitStarted(Judge& judge) {
  const v1::ExitStarted& event = judge.statement().exit_started();
  RequireChosen(judge, event.reason(), "reason");
  RequireDate(judge, event.exit_date(), "exit_date");
  const auto* const leaver =
      FindOrganisation(judge, event.organisation(), judge.Path("organisation"));
  if (!leaver) return;
  JudgeActor(judge, event.organisation(), leaver->division());
  // An authority that left could not attest the log's rules any more.
  if (IsAuthority(*leaver)) {
    judge.Violate(RuleId::kOrganisationRole, judge.Path("organisation"),
                  fmt::format("{} is an authority: it does not leave", leaver->name()),
                  fmt::format("{} 为主管部门，不适用退出", leaver->name()));
  }
  std::optional<OrganisationState> state = judge.Organisation(event.organisation());
  if (!state || !JudgeExitState(judge, state->exit().started_index() == 0,
                                "the exit has begun already", "退出已启动")) {
    return;
  }
  state->mutable_exit()->set_started_index(judge.index());
  state->mutable_exit()->set_reason(event.reason());
  state->mutable_exit()->set_exit_date(event.exit_date());
  judge.Put(keys::Organisation(event.organisation()), *state);
}

void JudgeExitCompleted(Judge& judge) {
  const v1::ExitCompleted& event = judge.statement().exit_completed();
  RequireDate(judge, event.checked_date(), "checked_date");
  RequireSha256(judge, event.document_sha256(), "document_sha256");
  const auto* const leaver =
      FindOrganisation(judge, event.organisation(), judge.Path("organisation"));
  if (!leaver) return;
  JudgeRegulator(judge, 0, leaver->division());
  std::optional<OrganisationState> state = judge.Organisation(event.organisation());
  if (!state) return;
  JudgeExitState(judge, state->exit().started_index() != 0 && state->exit().completed_index() == 0,
                 "the exit has not begun, or is complete already", "退出尚未启动，或已完成");
  const state::v1::OrganisationAccount account =
      judge.accounts().Organisation(judge, event.organisation());
  if (account.held_batches() > 0 || account.open_manifests() > 0) {
    judge.Violate(
        RuleId::kExitStock, judge.Path("organisation"),
        fmt::format("{} has {} batches of {} g in its custody, and {} manifests open",
                    leaver->name(), account.held_batches(), account.held_mass_g(),
                    account.open_manifests()),
        fmt::format("{} 尚保管{}个批次共{}克，未办结联单{}份", leaver->name(),
                    account.held_batches(), account.held_mass_g(), account.open_manifests()));
  }
  state->mutable_exit()->set_completed_index(judge.index());
  judge.Put(keys::Organisation(event.organisation()), *state);
}

constexpr EventRow kEvents[] = {
    {.event = S::kExitStarted,
     .title_en = "Exit begun",
     .title_zh = "启动退出",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kSelfOrRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.exit_started().organisation()); },
     .judge = JudgeExitStarted,
     .first_set = 2},
    {.event = S::kExitCompleted,
     .title_en = "Exit completed",
     .title_zh = "完成退出",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.exit_completed().organisation()); },
     .judge = JudgeExitCompleted,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> ExitEvents() { return kEvents; }

}  // namespace cradle::rules
