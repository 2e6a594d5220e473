// Emergency disposal of medical waste by order of a people's government.
#include "services/rules/rules_emergency.h"

#include <algorithm>
#include <functional>
#include <optional>

#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::EmergencyState;

// Where the waste in hand comes from and goes to.
struct Way {
  std::string consignor_site;
  std::string receiver_site;
  std::string facility;  // that treats it; empty: it is on its way
};

Way WayOf(const v1::ManifestIssued& issued) {
  return {issued.consignor_site(), issued.receiver_site(), ""};
}

// To the facility that treats the batch.
std::optional<Way> WayTo(Judge& judge, const std::string& facility, std::string_view id) {
  const auto batch = judge.Read<state::v1::BatchState>(keys::Batch(id));
  if (!batch) return std::nullopt;
  Way way{batch->site(), batch->site(), facility};
  if (batch->manifests().empty()) return way;
  const auto last =
      judge.Read<state::v1::ManifestState>(keys::Manifest(*batch->manifests().rbegin()));
  if (last) way.consignor_site = last->issued().consignor_site();
  return way;
}

std::optional<Way> FindWay(Judge& judge) {
  if (judge.Issue() != nullptr) return WayOf(*judge.Issue());
  if (judge.event() == S::kBatchTreated) {
    const v1::BatchTreated& treated = judge.statement().batch_treated();
    return WayTo(judge, treated.facility(), treated.batch());
  }
  if (judge.event() == S::kTreatmentRecorded) {
    const v1::TreatmentRecorded& treated = judge.statement().treatment_recorded();
    if (treated.batches().empty()) return std::nullopt;  // from a bunker: nobody's in particular
    return WayTo(judge, treated.facility(), treated.batches(0));
  }
  if (!judge.Manifest()) return std::nullopt;
  return WayOf(judge.Manifest()->issued());
}

bool InForce(Judge& judge, const EmergencyState& order) {
  const std::string date = FormatDate(judge.act_day());  // ISO dates compare as text
  return order.ordered().valid_from_date() <= date && date <= order.ordered().valid_to_date() &&
         (order.ended_index() == 0 || judge.act_time_ms() < order.ended_time_ms());
}

// "370781" is county 370781 in prefecture 370700 in province 370000.
std::vector<std::string> DivisionsOver(const std::string& division) {
  std::vector<std::string> over{division};
  for (const std::string& wider : {division.substr(0, 4) + "00", division.substr(0, 2) + "0000"}) {
    if (std::find(over.begin(), over.end(), wider) == over.end()) over.push_back(wider);
  }
  return over;
}

// The first order in force for that division of which `lists` is true.
std::optional<EmergencyState> FindOrder(Judge& judge, const std::string& site,
                                        const std::function<bool(const EmergencyState&)>& lists) {
  const auto state = judge.Read<state::v1::SiteState>(keys::Site(site));
  if (!state) return std::nullopt;
  for (const std::string& division : DivisionsOver(state->registered().division())) {
    const auto orders = judge.Read<state::v1::EmergenciesState>(keys::Emergencies(division));
    if (!orders) continue;
    for (const std::string& id : orders->orders()) {
      auto order = judge.Read<EmergencyState>(keys::Emergency(id));
      if (order && InForce(judge, *order) && lists(*order)) return order;
    }
  }
  return std::nullopt;
}

template <typename Items>
bool Contains(const Items& items, std::string_view item) {
  return std::find(items.begin(), items.end(), item) != items.end();
}

// An event of which the table does not say that a use is marked there has no exemption.
bool IsMarkedHere(Judge& judge) {
  const Rule& rule = FindRule(RuleId::kEmergencyUse);
  return rule.InForce(judge.rule_set()) && rule.At(judge.event()).has_value();
}

bool Mark(Judge& judge, const std::optional<EmergencyState>& order, std::string_view what,
          const std::string& path) {
  if (!order) return false;
  judge.Violate(
      RuleId::kEmergencyUse, path,
      fmt::format("{} by the emergency order {} alone", what, order->ordered().order_number()),
      fmt::format("{} 仅凭应急处置令 {}", what, order->ordered().order_number()));
  return true;
}

// The order in force that lists the receiver, or the facility the waste goes to.
std::optional<EmergencyState> FindOrderFor(Judge& judge, std::string_view receiver,
                                           std::string_view waste_code) {
  if (!IsMarkedHere(judge) || !IsMedical(waste_code)) return std::nullopt;
  const std::optional<Way> way = FindWay(judge);
  if (!way) return std::nullopt;
  return FindOrder(judge, way->consignor_site, [&](const EmergencyState& each) {
    if (Contains(each.ordered().receivers(), receiver)) return true;
    if (!way->facility.empty()) return Contains(each.ordered().facilities(), way->facility);
    return std::any_of(each.facilities().begin(), each.facilities().end(), [&](const auto& listed) {
      return listed.organisation() == receiver && listed.site() == way->receiver_site;
    });
  });
}

}  // namespace

bool EmergencyAllowsReceiver(Judge& judge, std::string_view receiver, std::string_view waste_code,
                             const std::string& path) {
  return Mark(judge, FindOrderFor(judge, receiver, waste_code),
              fmt::format("{} {}", receiver, waste_code), path);
}

bool EmergencyListsReceiver(Judge& judge, std::string_view receiver, std::string_view waste_code) {
  return FindOrderFor(judge, receiver, waste_code).has_value();
}

bool EmergencyAllowsVehicle(Judge& judge, std::string_view vehicle, const std::string& path) {
  if (!IsMarkedHere(judge)) return false;
  const std::optional<Way> way = FindWay(judge);
  if (!way) return false;
  const auto order = FindOrder(judge, way->consignor_site, [&](const EmergencyState& each) {
    return Contains(each.ordered().vehicles(), vehicle);
  });
  return Mark(judge, order, vehicle, path);
}

namespace {

// EMERGENCY-BOTH-AUTHORITIES and what holds of every regulator.
void JudgeAuthorities(Judge& judge, const std::string& division) {
  bool ecology[2] = {};
  bool health[2] = {};
  for (const int i : {0, 1}) {
    JudgeRegulator(judge, i, division);
    const auto& state = judge.Organisation(judge.statement().parties(i).organisation());
    if (!state) return;
    ecology[i] = HasRole(state->registered(), v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY);
    health[i] = HasRole(state->registered(), v1::ORGANISATION_ROLE_HEALTH_AUTHORITY);
  }
  if ((ecology[0] && health[1]) || (health[0] && ecology[1])) return;
  judge.Violate(RuleId::kEmergencyBothAuthorities, "parties",
                "not one ecology and one health authority", "应为生态环境和卫生健康主管部门各一");
}

void NotListed(Judge& judge, const std::string& field, std::string_view en, std::string_view zh) {
  judge.Violate(RuleId::kEmergencyListed, judge.Path(field), fmt::format("{}: {}", field, en),
                fmt::format("{}：{}", field, zh));
}

void JudgeListed(Judge& judge, const v1::EmergencyOrdered& event, EmergencyState& state) {
  if (event.receivers().empty() && event.facilities().empty() && event.vehicles().empty()) {
    NotListed(judge, "receivers", "the order lists nobody and nothing", "未列任何单位、设施或车辆");
  }
  for (int i = 0; i < event.receivers_size(); ++i) {
    FindOrganisation(judge, event.receivers(i), judge.Path(fmt::format("receivers[{}]", i)));
  }
  for (int i = 0; i < event.facilities_size(); ++i) {
    const auto found = judge.Read<state::v1::FacilityState>(keys::Facility(event.facilities(i)));
    if (!found) {
      NotListed(judge, fmt::format("facilities[{}]", i), "not registered", "未登记");
      continue;
    }
    state::v1::EmergencyFacility& facility = *state.add_facilities();
    facility.set_facility(event.facilities(i));
    facility.set_organisation(found->registered().organisation());
    facility.set_site(found->registered().site());
  }
  for (int i = 0; i < event.vehicles_size(); ++i) {
    if (judge.ReadBytes(keys::Vehicle(event.vehicles(i)))) continue;
    NotListed(judge, fmt::format("vehicles[{}]", i), "not registered", "未登记");
  }
}

void JudgeEmergencyOrdered(Judge& judge) {
  const v1::EmergencyOrdered& event = judge.statement().emergency_ordered();
  RequireId(judge, event.order(), "order");
  RequireNew(judge, keys::Emergency(event.order()), event.order(), "order");
  RequireText(judge, event.order_number(), "order_number");
  RequireChosen(judge, event.waste(), "waste");
  const auto from = RequireDate(judge, event.valid_from_date(), "valid_from_date");
  const auto to = RequireDate(judge, event.valid_to_date(), "valid_to_date");
  if (from && to && *to < *from) {
    judge.Violate(RuleId::kFormField, judge.Path("valid_to_date"),
                  "valid_to_date: before valid_from_date", "valid_to_date：早于起始日");
  }
  if (!RequireDivision(judge, event.division(), "division")) return;
  JudgeAuthorities(judge, event.division());
  EmergencyState state;
  JudgeListed(judge, event, state);
  *state.mutable_ordered() = event;
  state.set_index(judge.index());
  judge.Put(keys::Emergency(event.order()), state);
  auto orders = judge.Read<state::v1::EmergenciesState>(keys::Emergencies(event.division()))
                    .value_or(state::v1::EmergenciesState());
  orders.add_orders(event.order());
  judge.Put(keys::Emergencies(event.division()), orders);
}

void JudgeEmergencyEnded(Judge& judge) {
  const v1::EmergencyEnded& event = judge.statement().emergency_ended();
  auto order = judge.Read<EmergencyState>(keys::Emergency(event.order()));
  if (!order || order->ended_index() != 0) {
    judge.Violate(RuleId::kEmergencyKnown, judge.Path("order"),
                  order ? fmt::format("the order was ended at entry {}", order->ended_index())
                        : fmt::format("the order {} is not in the log", event.order()),
                  order ? fmt::format("该应急处置令已于第{}条终止", order->ended_index())
                        : fmt::format("应急处置令 {} 未登记", event.order()));
    return;
  }
  JudgeAuthorities(judge, order->ordered().division());
  order->set_ended_index(judge.index());
  order->set_ended_time_ms(judge.act_time_ms());
  judge.Put(keys::Emergency(event.order()), *order);
}

constexpr v1::Capacity kRegulatorsBoth[] = {v1::CAPACITY_REGULATOR, v1::CAPACITY_REGULATOR};
constexpr Capacities kTwoRegulators[] = {kRegulatorsBoth};

void ChainsOfParties(const S& s, ChainList& chains) {
  for (const v1::Party& party : s.parties()) chains.Add("org", party.organisation());
}

constexpr EventRow kEvents[] = {
    {.event = S::kEmergencyOrdered,
     .title_en = "Emergency ordered",
     .title_zh = "应急处置令",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<kTwoRegulators>,
     .chains = ChainsOfParties,
     .judge = JudgeEmergencyOrdered,
     .first_set = 2},
    {.event = S::kEmergencyEnded,
     .title_en = "Emergency ended",
     .title_zh = "应急处置令终止",
     .key_role = v1::KEY_ROLE_ADMINISTRATOR,
     .parties = &parties::Always<kTwoRegulators>,
     .chains = ChainsOfParties,
     .judge = JudgeEmergencyEnded,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> EmergencyEvents() { return kEvents; }

}  // namespace cradle::rules
