// Point-to-point pilots and facilities that a group shares.
#include "services/rules/rules_pilot.h"

#include <algorithm>
#include <set>

#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_storage.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;

// A value of the store is at most 1 MiB.
constexpr size_t kPilotsBytesMax = 1'000'000;
constexpr int kMembersMax = 500;

// Of a pilot or a sharing. ISO dates compare as text.
template <typename Event>
bool HoldsOn(const Event& event, absl::CivilDay day) {
  const std::string date = FormatDate(day);
  return event.valid_from_date() <= date && date <= event.valid_to_date();
}

void JudgePilotApproved(Judge& judge) {
  const v1::PilotApproved& event = judge.statement().pilot_approved();
  RequireText(judge, event.pilot_number(), "pilot_number");
  RequireWasteCode(judge, event.waste_code(), "waste_code");
  RequireMassLimit(judge, event.cap_mass_g(), "cap_mass_g");
  RequirePeriod(judge, event.valid_from_date(), event.valid_to_date());
  RequireSha256(judge, event.document_sha256(), "document_sha256");
  for (const auto& [organisation, field] :
       {std::pair{&event.producer(), "producer"}, std::pair{&event.user(), "user"}}) {
    if (const auto* const found = FindOrganisation(judge, *organisation, judge.Path(field))) {
      JudgeRegulator(judge, 0, found->division());
    }
  }
  state::v1::PilotsState pilots = ReadPilots(judge, event.user());
  state::v1::PilotState& pilot = *pilots.add_pilots();
  *pilot.mutable_approved() = event;
  pilot.set_index(judge.index());
  if (pilots.ByteSizeLong() > kPilotsBytesMax) {
    judge.Violate(RuleId::kFormField, judge.Path("user"), "user: it has too many pilots",
                  "user：试点数量过多");
  }
  judge.Put(keys::Pilots(event.user()), pilots);
}

void JudgeFacilityShared(Judge& judge) {
  const v1::FacilityShared& event = judge.statement().facility_shared();
  RequireText(judge, event.approval_number(), "approval_number");
  RequirePeriod(judge, event.valid_from_date(), event.valid_to_date());
  RequireSha256(judge, event.document_sha256(), "document_sha256");
  std::set<std::string_view> distinct;
  if (event.members().empty() || event.members_size() > kMembersMax) {
    judge.Violate(RuleId::kFormField, judge.Path("members"),
                  fmt::format("members: {}, not 1 to {}", event.members_size(), kMembersMax),
                  fmt::format("members：{}个，应为1至{}个", event.members_size(), kMembersMax));
  }
  for (int i = 0; i < std::min(event.members_size(), kMembersMax); ++i) {
    const std::string field = fmt::format("members[{}]", i);
    FindOrganisation(judge, event.members(i), judge.Path(field));
    if (distinct.insert(event.members(i)).second) continue;
    judge.Violate(RuleId::kFormField, judge.Path(field), fmt::format("{}: given twice", field),
                  fmt::format("{}：重复", field));
  }
  auto facility = FindFacility(judge, event.facility());
  if (!facility) return;
  *facility->mutable_shared() = event;
  judge.Put(keys::Facility(event.facility()), *facility);
}

constexpr EventRow kEvents[] = {
    {.event = S::kPilotApproved,
     .title_en = "Approval of a point-to-point pilot",
     .title_zh = "点对点定向利用试点批准",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains = [](const S& s, ChainList& chains) { chains.Add("org", s.pilot_approved().user()); },
     .judge = JudgePilotApproved,
     .first_set = 2},
    {.event = S::kFacilityShared,
     .title_en = "Facility shared within a group",
     .title_zh = "集团内共享设施",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("facility", s.facility_shared().facility()); },
     .judge = JudgeFacilityShared,
     .first_set = 2},
};

}  // namespace

state::v1::PilotsState ReadPilots(Judge& judge, std::string_view user) {
  return judge.Read<state::v1::PilotsState>(keys::Pilots(user)).value_or(state::v1::PilotsState());
}

std::optional<int> WithoutLicence::FindPilot(Judge& judge, std::string_view waste_code) {
  if (!pilots_) pilots_ = ReadPilots(judge, user_);
  for (int i = 0; i < pilots_->pilots_size(); ++i) {
    const v1::PilotApproved& pilot = pilots_->pilots(i).approved();
    if (pilot.producer() == producer_ && pilot.waste_code() == waste_code &&
        HoldsOn(pilot, judge.act_day())) {
      return i;
    }
  }
  return std::nullopt;
}

bool WithoutLicence::IsShared(Judge& judge) {
  if (shared_) return *shared_;
  shared_ = false;
  if (facility_.empty()) return false;
  const auto facility = judge.Read<state::v1::FacilityState>(keys::Facility(facility_));
  if (!facility || facility->registered().organisation() != user_ || !facility->has_shared()) {
    return false;
  }
  const v1::FacilityShared& shared = facility->shared();
  shared_ = HoldsOn(shared, judge.act_day()) &&
            std::find(shared.members().begin(), shared.members().end(), producer_) !=
                shared.members().end();
  return *shared_;
}

std::span<const EventRow> PilotEvents() { return kEvents; }

}  // namespace cradle::rules
