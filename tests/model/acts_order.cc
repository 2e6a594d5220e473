// Delegates, exits, emergencies.
#include <fmt/format.h>

#include "tests/model/acts.h"
#include "tests/services/rules/drafts_order.h"

namespace cradle::model {
namespace {

std::optional<Draft> Delegate(Town& town) {
  const Actor& principal = town.OneIn(2) ? town.hospital : town.AnyActor();
  return rules::test::GrantDelegation(principal, town.OneIn(3) ? town.AnyActor() : town.steward);
}

std::optional<Draft> EndDelegation(Town& town) {
  if (town.delegations.empty()) return std::nullopt;
  const auto& [principal, delegate] = town.AnyOf(town.delegations);
  const Actor* const from = town.WithId(principal);
  const Actor* const to = town.WithId(delegate);
  if (from == nullptr || to == nullptr) return std::nullopt;
  return rules::test::EndDelegation(*from, *to);
}

// Never one of those whom the district began with: nothing would move any more.
std::optional<Draft> StartExit(Town& town) {
  for (int look = 0; look < 20; ++look) {
    const Actor& actor = town.AnyActor();
    bool kept = false;
    for (const Actor* each :
         {&town.producer, &town.hospital, &town.carrier, &town.carrier2, &town.plant, &town.plant2,
          &town.steward, &town.health, &town.bureau}) {
      kept = kept || each->id == actor.id;
    }
    if (kept) continue;
    if (town.OneIn(2)) return rules::test::StartExit(actor);
    Draft draft = rules::test::StartExit(actor);
    draft.message.clear_parties();
    draft.devices.clear();
    return draft.By(town.bureau.administrator, v1::CAPACITY_REGULATOR);
  }
  return std::nullopt;
}

std::optional<Draft> CompleteExit(Town& town) {
  if (town.exits.empty()) return std::nullopt;
  const Actor* const actor = town.WithId(town.AnyOf(town.exits));
  if (actor == nullptr) return std::nullopt;
  Draft draft = rules::test::CompleteExit(town, *actor);
  draft.message.mutable_exit_completed()->set_checked_date(town.DayBefore(2));
  return draft;
}

std::optional<Draft> Order(Town& town) {
  Draft draft = rules::test::OrderEmergency(town, town.health, town.NewId());
  v1::EmergencyOrdered& event = *draft.message.mutable_emergency_ordered();
  event.set_valid_from_date(town.DayBefore(5));
  event.set_valid_to_date("2024-12-31");
  if (town.OneIn(2)) event.add_receivers(town.steward.id);
  if (town.OneIn(2)) event.add_facilities(town.producer_kiln);
  if (town.OneIn(2)) event.add_vehicles(town.truck2);
  return draft;
}

std::optional<Draft> EndOrder(Town& town) {
  if (town.orders.empty()) return std::nullopt;
  return rules::test::EndEmergency(town, town.health, town.AnyOf(town.orders));
}

constexpr Act kActs[] = {
    {v1::Statement::kDelegationGranted, Delegate, 1},
    {v1::Statement::kDelegationEnded, EndDelegation, 1},
    {v1::Statement::kExitStarted, StartExit, 1},
    {v1::Statement::kExitCompleted, CompleteExit, 1},
    {v1::Statement::kEmergencyOrdered, Order, 1},
    {v1::Statement::kEmergencyEnded, EndOrder, 1},
};

}  // namespace

std::span<const Act> OrderActs() { return kActs; }

}  // namespace cradle::model
