// The load on the road: taken, handed over, delivered. These are facts: who and in which order can
// be wrong, licences, vehicles and numbers are only marked.
#include <algorithm>
#include <set>
#include <string_view>

#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/identity.h"
#include "services/rules/rule_data_tables.h"
#include "services/rules/rules_amounts.h"
#include "services/rules/rules_approval.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_emergency.h"
#include "services/rules/rules_licence.h"
#include "services/rules/rules_manifest.h"
#include "services/rules/rules_medical.h"
#include "services/rules/rules_weighing.h"
#include "services/rules/state_keys.h"
#include "services/rules/visible_text.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::ManifestState;

void JudgeVehicleThatComes(Judge& judge, const std::string& vehicle, const v1::CarrierLeg& leg,
                           bool medical) {
  JudgeVehicle(judge, vehicle, leg.organisation(), medical, "vehicle");
  if (leg.vehicle().empty() || leg.vehicle() == vehicle) return;
  judge.Violate(RuleId::kVehicleAsIssued, judge.Path("vehicle"),
                fmt::format("the manifest names the vehicle {}", leg.vehicle()),
                fmt::format("联单所载车辆为 {}", leg.vehicle()));
}

}  // namespace

const std::optional<ManifestState>& JudgeManifest(
    Judge& judge, std::string_view manifest,
    std::initializer_list<state::v1::ManifestStatus> statuses, std::string_view field) {
  const std::optional<ManifestState>& state = judge.Manifest();
  if (!state) {
    judge.Violate(RuleId::kManifestKnown, judge.Path(field),
                  fmt::format("the manifest {} is not in the log", manifest),
                  fmt::format("联单 {} 未登记", manifest));
    return state;
  }
  if (std::find(statuses.begin(), statuses.end(), state->status()) == statuses.end()) {
    const std::string name =
        state::v1::ManifestStatus_Name(state->status()).substr(sizeof("MANIFEST_STATUS_") - 1);
    judge.Violate(
        RuleId::kManifestState, judge.Path(field),
        fmt::format("{} is {}; {} does not follow", manifest, name, EventName(judge.event())),
        fmt::format("{} 状态为 {}，不能接续 {}", manifest, name, EventName(judge.event())));
  }
  return state;
}

void RequireParty(Judge& judge, int place, std::string_view organisation) {
  const std::string& party = judge.statement().parties(place).organisation();
  if (party == organisation) return;
  judge.Violate(RuleId::kManifestParty, fmt::format("parties[{}].organisation", place),
                fmt::format("{} where the manifest has {}", party, organisation),
                fmt::format("{} 与联单所载 {} 不符", party, organisation));
}

void JudgeCarrierOf(Judge& judge, std::string_view carrier, const WasteOfLines& wastes,
                    const std::string& path) {
  const state::v1::LicencesState licences = ReadLicences(judge, carrier);
  std::set<std::string_view> judged;
  for (const WasteOfLines::Waste& waste : wastes.distinct) {
    if (!judged.insert(waste.code).second) continue;  // the same code by another method
    JudgeCarrierLicence(judge, licences, carrier, waste.code, path);
  }
}

void JudgeVehicle(Judge& judge, std::string_view vehicle, std::string_view carrier, bool medical,
                  std::string_view field) {
  const auto state = judge.Read<state::v1::VehicleState>(keys::Vehicle(vehicle));
  if (!state || state->registered().organisation() != carrier) {
    judge.Violate(RuleId::kVehicleRegistered, judge.Path(field),
                  state ? fmt::format("the vehicle {} is not the carrier's", vehicle)
                        : fmt::format("the vehicle \"{}\" is not registered", vehicle),
                  state ? fmt::format("车辆 {} 不属于承运人", vehicle)
                        : fmt::format("车辆“{}”未登记", vehicle));
  }
  if (medical && (!state || !state->registered().medical_waste_dedicated()) &&
      !EmergencyAllowsVehicle(judge, vehicle, judge.Path(field))) {
    judge.Violate(RuleId::kMedicalVehicle, judge.Path(field),
                  fmt::format("the vehicle \"{}\" is not dedicated to medical waste", vehicle),
                  fmt::format("车辆“{}”不是医疗废物专用车辆", vehicle));
  }
}

namespace {

// Where the division lets one manifest stand for a day or a month (manifest period of the rule
// data), those of one consignor to one receiver issued in it bear its number.
bool SharesNumber(Judge& judge, const std::string& other_manifest) {
  const v1::ManifestIssued* issued = judge.Issue();
  std::string consignor = HolderNamed(judge);
  absl::CivilDay day = judge.act_day();
  if (issued == nullptr && judge.Manifest()) {
    issued = &judge.Manifest()->issued();
    consignor = judge.Manifest()->consignor();
    day = DayOf(judge.Manifest()->issued_time_ms(), kLogZoneOffsetMs);
  }
  const auto other = judge.Read<ManifestState>(keys::Manifest(other_manifest));
  if (judge.rule_set() < 2 || issued == nullptr || !other || !WastesOf(*issued).medical ||
      !WastesOf(other->issued()).medical || other->consignor() != consignor ||
      other->issued().receiver() != issued->receiver()) {
    return false;
  }
  const auto site = judge.Read<state::v1::SiteState>(keys::Site(issued->consignor_site()));
  if (!site) return false;
  const absl::CivilDay then = DayOf(other->issued_time_ms(), kLogZoneOffsetMs);
  switch (judge.data().ManifestPeriodFor(kMedicalWasteClass, site->registered().division(), day)) {
    case ManifestPeriod::kTrip:
      return false;
    case ManifestPeriod::kDay:
      return then == day;
    case ManifestPeriod::kMonth:
      return absl::CivilMonth(then) == absl::CivilMonth(day);
  }
  return false;
}

}  // namespace

bool JudgeOfficialNumber(Judge& judge, const std::string& number, std::string_view manifest,
                         std::string_view attached) {
  if (number.empty() || number == attached) return false;
  if (const absl::Status form = CheckOfficialNumber(number); !form.ok()) {
    judge.Violate(RuleId::kOfficialNumberForm, judge.Path("official_number"),
                  std::string(form.message()),
                  fmt::format("官方联单编号“{}”格式不正确", Excerpt(number)));
    return false;
  }
  const auto other = judge.ReadBytes(keys::OfficialNumber(number));
  if (!attached.empty() || (other && *other != manifest && !SharesNumber(judge, *other))) {
    judge.Violate(RuleId::kOfficialNumberUnique, judge.Path("official_number"),
                  attached.empty() ? fmt::format("{} belongs to the manifest {}", number, *other)
                                   : fmt::format("the manifest has the number {}", attached),
                  attached.empty() ? fmt::format("{} 属于联单 {}", number, *other)
                                   : fmt::format("联单已有编号 {}", attached));
    return false;
  }
  if (!other) judge.Put(keys::OfficialNumber(number), std::string(manifest));
  return true;
}

void JudgeNumberDue(Judge& judge, ManifestState& manifest) {
  const v1::ManifestIssued& issued = manifest.issued();
  if (!manifest.official_number().empty() || issued.has_paper() || issued.has_exemption()) return;
  judge.Violate(RuleId::kOfficialNumberDue, judge.Path("official_number"),
                "the load is taken without an official number", "起运时没有官方联单编号");
  if (judge.rule_set() >= 2) manifest.set_official_number_due(true);
}

void JudgeArrival(Judge& judge, const std::string& id, const std::string& field,
                  int64_t delivered_time_ms) {
  const auto& found = JudgeManifest(judge, id, {state::v1::MANIFEST_STATUS_IN_TRANSIT}, field);
  if (!found || found->issued().carriers().empty()) return;  // a pipeline has none
  const auto& carriers = found->issued().carriers();
  const int holder = static_cast<int>(found->carrier());
  if (holder + 1 != carriers.size()) {
    judge.Violate(
        RuleId::kManifestState, judge.Path(field),
        fmt::format("carrier {} of {} holds the load; a handover is missing", holder + 1,
                    carriers.size()),
        fmt::format("货物在第{}承运人处，共{}个承运人，缺少交接", holder + 1, carriers.size()));
  }
  RequireParty(judge, 0, carriers[holder].organisation());
  RequireParty(judge, 1, found->issued().receiver());
  const WasteOfLines wastes = WastesOf(found->issued());
  JudgeCarrierOf(judge, carriers[holder].organisation(), wastes, "parties[0].organisation");
  JudgeReceiverOf(judge, found->issued().receiver(), wastes, "parties[1].organisation");
  JudgeCounted(judge, *found);
  JudgeApprovalHolds(judge, *found);
  ManifestState manifest = *found;
  manifest.set_status(state::v1::MANIFEST_STATUS_DELIVERED);
  manifest.set_delivered_time_ms(judge.act_time_ms());
  manifest.set_arrived_time_ms(std::min(judge.act_time_ms(), delivered_time_ms));
  manifest.set_arrival_date(
      EarliestDay(judge, found->issued().receiver_site(), {delivered_time_ms}));
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(id), manifest);
}

namespace {

void JudgeLoadTaken(Judge& judge) {
  const v1::LoadTaken& event = judge.statement().load_taken();
  RequireFactTime(judge, event.taken_time_ms(), "taken_time_ms");
  AllowText(judge, event.vehicle(), "vehicle");
  const auto& found = JudgeManifest(judge, event.manifest(), {state::v1::MANIFEST_STATUS_ISSUED});
  if (!found || found->issued().carriers().empty()) return;  // a pipeline has none
  const v1::CarrierLeg& leg = found->issued().carriers(0);
  RequireParty(judge, 0, found->consignor());
  RequireParty(judge, 1, leg.organisation());
  const WasteOfLines wastes = WastesOf(found->issued());
  JudgeVehicleThatComes(judge, event.vehicle(), leg, wastes.medical);
  JudgeCarrierOf(judge, leg.organisation(), wastes, "parties[1].organisation");
  JudgeReceiverOf(judge, found->issued().receiver(), wastes, judge.Path("manifest"));
  JudgeCounted(judge, *found);
  JudgeApprovalHolds(judge, *found);
  ManifestState manifest = *found;
  if (JudgeOfficialNumber(judge, event.official_number(), event.manifest(),
                          found->official_number())) {
    manifest.set_official_number(event.official_number());
  }
  JudgeNumberDue(judge, manifest);
  if (event.has_weigh_ticket()) {
    JudgeWeighTicket(judge, event.weigh_ticket(), event.vehicle());
    JudgeWeightDifference(judge, event.weigh_ticket().net_mass_g(),
                          found->issued().total_sent_mass_g(), "weigh_ticket.net_mass_g");
  }
  JudgeMedicalPickup(judge, manifest, "manifest");
  judge.accounts().Consign(manifest, -1);
  manifest.set_status(state::v1::MANIFEST_STATUS_IN_TRANSIT);
  manifest.set_carrier(0);
  manifest.add_vehicles(event.vehicle());
  manifest.set_taken_time_ms(judge.act_time_ms());
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

void JudgeLoadHandedOver(Judge& judge) {
  const v1::LoadHandedOver& event = judge.statement().load_handed_over();
  RequireFactTime(judge, event.handed_over_time_ms(), "handed_over_time_ms");
  AllowText(judge, event.vehicle(), "vehicle");
  const auto& found =
      JudgeManifest(judge, event.manifest(), {state::v1::MANIFEST_STATUS_IN_TRANSIT});
  if (!found || found->issued().carriers().empty()) return;  // a pipeline has none
  const auto& carriers = found->issued().carriers();
  const int from = static_cast<int>(found->carrier());
  RequireParty(judge, 0, carriers[from].organisation());
  if (from + 1 >= carriers.size()) {
    judge.Violate(RuleId::kManifestState, judge.Path("manifest"),
                  "the last carrier holds the load; the receiver is next",
                  "货物在最后承运人处，应交接受人");
    return;
  }
  const v1::CarrierLeg& leg = carriers[from + 1];
  RequireParty(judge, 1, leg.organisation());
  const WasteOfLines wastes = WastesOf(found->issued());
  JudgeVehicleThatComes(judge, event.vehicle(), leg, wastes.medical);
  JudgeCarrierOf(judge, leg.organisation(), wastes, "parties[1].organisation");
  JudgeReceiverOf(judge, found->issued().receiver(), wastes, judge.Path("manifest"));
  ManifestState manifest = *found;
  manifest.set_carrier(static_cast<uint32_t>(from + 1));
  manifest.add_vehicles(event.vehicle());
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

void JudgeLoadDelivered(Judge& judge) {
  const v1::LoadDelivered& event = judge.statement().load_delivered();
  RequireFactTime(judge, event.delivered_time_ms(), "delivered_time_ms");
  JudgeArrival(judge, event.manifest(), "manifest", event.delivered_time_ms());
}

constexpr EventRow kEvents[] = {
    {.event = S::kLoadTaken,
     .title_en = "Load taken",
     .title_zh = "起运",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kPickup>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("manifest", s.load_taken().manifest()); },
     .judge = JudgeLoadTaken,
     .manifest = [](const S& s) -> const std::string& { return s.load_taken().manifest(); },
     .handover = true},
    {.event = S::kLoadHandedOver,
     .title_en = "Load handed over between carriers",
     .title_zh = "承运人交接",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kCarriers>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("manifest", s.load_handed_over().manifest()); },
     .judge = JudgeLoadHandedOver,
     .manifest = [](const S& s) -> const std::string& { return s.load_handed_over().manifest(); },
     .handover = true},
    {.event = S::kLoadDelivered,
     .title_en = "Load delivered",
     .title_zh = "送达",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kArrival>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("manifest", s.load_delivered().manifest()); },
     .judge = JudgeLoadDelivered,
     .manifest = [](const S& s) -> const std::string& { return s.load_delivered().manifest(); },
     .handover = true},
};

}  // namespace

std::span<const EventRow> TransportEvents() { return kEvents; }

}  // namespace cradle::rules
