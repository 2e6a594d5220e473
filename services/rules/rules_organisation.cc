// Organisations, sites, vehicles and keys.
#include <algorithm>
#include <set>

#include "services/rules/event_rules.h"
#include "services/rules/identity.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"
#include "services/rules/visible_text.h"
#include "storage/evidence/key.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;

// Roles, each chosen and given once.
template <typename Roles>
void JudgeRoles(Judge& judge, const Roles& roles) {
  const std::set<int> distinct(roles.begin(), roles.end());
  if (!roles.empty() && !distinct.contains(0) &&
      distinct.size() == static_cast<size_t>(roles.size())) {
    return;
  }
  judge.Violate(RuleId::kFormField, judge.Path("roles"), "roles: missing, or one given twice",
                "roles：缺失或重复");
}

// The state key under which the organisation's identity is unique; empty: it has no valid one.
std::string IdentityKey(Judge& judge, const v1::OrganisationRegistered& event) {
  switch (event.identity_case()) {
    case v1::OrganisationRegistered::kUscc: {
      const absl::Status form = CheckUscc(event.uscc());
      if (form.ok()) return keys::Uscc(event.uscc());
      judge.Violate(
          RuleId::kOrganisationIdentity, judge.Path("uscc"), std::string(form.message()),
          fmt::format("统一社会信用代码“{}”不正确（长度、字符或校验码）", Excerpt(event.uscc())));
      return {};
    }
    case v1::OrganisationRegistered::kMedicalRegistration:
      if (!RequireText(judge, event.medical_registration(), "medical_registration")) return {};
      return keys::Identity("medical", event.medical_registration());
    case v1::OrganisationRegistered::kScoped: {
      const v1::ScopedIdentity& scoped = event.scoped();
      const bool division = RequireDivision(judge, scoped.division(), "scoped.division");
      const bool local = RequireText(judge, scoped.local_id(), "scoped.local_id");
      const auto* const parent =
          FindOrganisation(judge, scoped.parent(), judge.Path("scoped.parent"));
      if (!division || !local || !parent) return {};
      return keys::Identity("scoped", fmt::format("{}/{}", scoped.division(), scoped.local_id()));
    }
    case v1::OrganisationRegistered::IDENTITY_NOT_SET:
      judge.Violate(RuleId::kFormField, judge.Path("identity"),
                    "identity: none given; a USCC, a medical registration or a scoped id is due",
                    "identity：缺失，应有统一社会信用代码、医疗机构登记号或区划内编号");
      break;
  }
  return {};
}

// Who belongs to a further organisation attests nothing between the two any more, and a person's id
// is in every attestation: were anyone free to enrol it, a carrier could keep a receiver from
// attesting. So a regulator alone does.
void JudgePerson(Judge& judge, const v1::DeviceKeyEnrolled& event) {
  const std::string key = keys::Person(event.person());
  auto person = judge.Read<state::v1::PersonState>(key).value_or(state::v1::PersonState());
  const auto& known = person.organisations();
  if (std::find(known.begin(), known.end(), event.organisation()) != known.end()) return;
  if (!known.empty() && judge.statement().parties(0).capacity() != v1::CAPACITY_REGULATOR) {
    judge.Violate(
        RuleId::kPersonElsewhere, judge.Path("person"),
        fmt::format("the person is enrolled for {}; ask a regulator to enrol this key, or "
                    "give its holder another person id",
                    known[0]),
        fmt::format("该人员已登记于 {}；请由监管部门登记此密钥，或为持有人另取人员编号", known[0]));
  }
  person.add_organisations(event.organisation());
  judge.Put(key, person);
}

// The founder of the log brings in the authorities that are not below it: its province, whose
// approvals it needs, and those of other places. They act from then on by themselves.
bool BringsIn(Judge& judge, const v1::OrganisationRegistered& event) {
  const auto& roles = event.roles();
  return judge.rule_set() >= 2 && FirstParty(judge) == judge.log().founding_regulator() &&
         std::all_of(roles.begin(), roles.end(), [](int role) {
           return role == v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY ||
                  role == v1::ORGANISATION_ROLE_HEALTH_AUTHORITY;
         });
}

// The first key of who was brought in, and no other: right after its registration.
bool BringsInKey(Judge& judge, const v1::OrganisationRegistered& organisation) {
  if (judge.statement().parties(0).capacity() != v1::CAPACITY_REGULATOR ||
      !BringsIn(judge, organisation)) {
    return false;
  }
  const auto head =
      judge.Read<state::v1::ChainHead>(keys::Chain("org:" + organisation.organisation()));
  return head && head->height() == 0;
}

}  // namespace

void JudgeOrganisationRegistered(Judge& judge, const v1::OrganisationRegistered& event,
                                 const v1::OrganisationRegistered* authority) {
  RequireText(judge, event.name(), "name");
  JudgeRoles(judge, event.roles());
  if (RequireDivision(judge, event.division(), "division") &&
      (authority != nullptr || !BringsIn(judge, event))) {
    JudgeRegulator(judge, 0, event.division(), authority);
  }
  RequireNew(judge, keys::Organisation(event.organisation()), event.organisation(), "organisation");
  if (const std::string identity = IdentityKey(judge, event); !identity.empty()) {
    if (const auto other = judge.ReadBytes(identity)) {
      judge.Violate(RuleId::kOrganisationIdentityUnique, judge.Path("identity"),
                    fmt::format("{} is registered with this identity", *other),
                    fmt::format("{} 已以此代码登记", *other));
    }
    judge.Put(identity, event.organisation());
  }
  state::v1::OrganisationState state;
  *state.mutable_registered() = event;
  state.set_index(judge.index());
  judge.Put(keys::Organisation(event.organisation()), state);
}

namespace {

void JudgeSiteRegistered(Judge& judge) {
  const v1::SiteRegistered& event = judge.statement().site_registered();
  RequireId(judge, event.site(), "site");
  RequireText(judge, event.name(), "name");
  FindOrganisation(judge, event.organisation(), judge.Path("organisation"));
  if (RequireDivision(judge, event.division(), "division")) {
    JudgeActor(judge, event.organisation(), event.division());
  }
  if (!judge.data().ZoneOffsetMs(event.time_zone())) {
    judge.Violate(
        RuleId::kSiteZone, judge.Path("time_zone"),
        fmt::format("the zone \"{}\" is not in the rule data", Excerpt(event.time_zone())),
        fmt::format("规则数据中没有时区“{}”", Excerpt(event.time_zone())));
  }
  RequireNew(judge, keys::Site(event.site()), event.site(), "site");
  state::v1::SiteState state;
  *state.mutable_registered() = event;
  state.set_index(judge.index());
  judge.Put(keys::Site(event.site()), state);
}

void JudgeVehicleRegistered(Judge& judge) {
  const v1::VehicleRegistered& event = judge.statement().vehicle_registered();
  RequireId(judge, event.vehicle(), "vehicle");
  RequireText(judge, event.plate(), "plate");
  AllowText(judge, event.permit_number(), "permit_number");
  AllowMass(judge, event.payload_mass_g(), "payload_mass_g");
  if (const auto* const owner =
          FindOrganisation(judge, event.organisation(), judge.Path("organisation"))) {
    JudgeActor(judge, event.organisation(), owner->division());
    RequireRole(judge, *owner, {v1::ORGANISATION_ROLE_CARRIER}, judge.Path("organisation"));
  }
  RequireNew(judge, keys::Vehicle(event.vehicle()), event.vehicle(), "vehicle");
  state::v1::VehicleState state;
  *state.mutable_registered() = event;
  state.set_index(judge.index());
  judge.Put(keys::Vehicle(event.vehicle()), state);
}

}  // namespace

void JudgeDeviceKeyEnrolled(Judge& judge, const v1::DeviceKeyEnrolled& event,
                            const v1::OrganisationRegistered* organisation) {
  RequireId(judge, event.person(), "person");
  JudgeRoles(judge, event.roles());
  const auto key = evidence::PublicKey::FromSpki(event.algorithm(), event.key());
  if (!key.ok()) {
    judge.Violate(RuleId::kKeyForm, judge.Path("key"), std::string(key.status().message()),
                  "不是有效的公钥，或算法不受支持");
  }
  if (event.valid_from_time_ms() < 0 ||
      (event.valid_to_time_ms() != 0 && event.valid_to_time_ms() < event.valid_from_time_ms())) {
    judge.Violate(RuleId::kFormField, judge.Path("valid_to_time_ms"),
                  "valid_to_time_ms: before valid_from_time_ms", "valid_to_time_ms：早于起始时间");
  }
  const v1::OrganisationRegistered* found = nullptr;
  if (organisation == nullptr) {
    found = FindOrganisation(judge, event.organisation(), judge.Path("organisation"));
    if (found != nullptr && !BringsInKey(judge, *found)) {
      JudgeActor(judge, event.organisation(), found->division());
    }
  }
  const std::string key_id = KeyId(event.key());
  if (judge.ReadBytes(keys::Key(key_id))) {
    judge.Violate(RuleId::kKeyNew, judge.Path("key"), "this key has been enrolled before",
                  "该密钥已登记过");
  }
  state::v1::KeyState state;
  *state.mutable_enrolled() = event;
  state.set_enrolled_index(judge.index());
  judge.Put(keys::Key(key_id), state);
  JudgePerson(judge, event);
}

namespace {

void JudgeDeviceKeyRevoked(Judge& judge) {
  const v1::DeviceKeyRevoked& event = judge.statement().device_key_revoked();
  RequireSha256(judge, event.key_id(), "key_id");
  RequireChosen(judge, event.reason(), "reason");
  if (const auto* const owner =
          FindOrganisation(judge, event.organisation(), judge.Path("organisation"))) {
    JudgeActor(judge, event.organisation(), owner->division());
  }
  auto key = judge.Read<state::v1::KeyState>(keys::Key(event.key_id()));
  if (!key || key->enrolled().organisation() != event.organisation() || key->revoked_index() != 0) {
    const bool revoked = key && key->revoked_index() != 0;
    judge.Violate(RuleId::kKeyToRevoke, judge.Path("key_id"),
                  revoked ? fmt::format("the key was revoked at entry {}", key->revoked_index())
                          : std::string("the organisation has no such key"),
                  revoked ? fmt::format("密钥已于第{}条被吊销", key->revoked_index())
                          : std::string("该单位没有此密钥"));
    return;
  }
  key->set_revoked_index(judge.index());
  judge.Put(keys::Key(event.key_id()), *key);
}

constexpr EventRow kEvents[] = {
    {.event = S::kOrganisationRegistered,
     .title_en = "Registration of an organisation",
     .title_zh = "单位登记",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("org", s.organisation_registered().organisation());
         },
     .judge =
         [](Judge& judge) {
           JudgeOrganisationRegistered(judge, judge.statement().organisation_registered(), nullptr);
         }},
    {.event = S::kSiteRegistered,
     .title_en = "Registration of a site",
     .title_zh = "场所登记",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kSelfOrRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.site_registered().organisation()); },
     .judge = JudgeSiteRegistered},
    {.event = S::kVehicleRegistered,
     .title_en = "Registration of a vehicle",
     .title_zh = "车辆登记",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.vehicle_registered().organisation()); },
     .judge = JudgeVehicleRegistered},
    {.event = S::kDeviceKeyEnrolled,
     .title_en = "Enrolment of a device key",
     .title_zh = "设备密钥登记",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kSelfOrRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.device_key_enrolled().organisation()); },
     .judge =
         [](Judge& judge) {
           JudgeDeviceKeyEnrolled(judge, judge.statement().device_key_enrolled(), nullptr);
         }},
    {.event = S::kDeviceKeyRevoked,
     .title_en = "Revocation of a device key",
     .title_zh = "设备密钥吊销",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<parties::kSelfOrRegulator>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("org", s.device_key_revoked().organisation()); },
     .judge = JudgeDeviceKeyRevoked},
};

}  // namespace

std::span<const EventRow> OrganisationEvents() { return kEvents; }

}  // namespace cradle::rules
