// Every event in one row: what it is called, who asserts it, what it extends and which code judges
// it. The rows stand at the end of the rules_*.cc file that judges them.
#ifndef CRADLE_SERVICES_RULES_EVENT_TABLE_H_
#define CRADLE_SERVICES_RULES_EVENT_TABLE_H_

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "cradle/statement/v1/statement.pb.h"
#include "services/rules/event_set.h"

namespace cradle::rules {

class Judge;

// The chains that a statement extends, in order. What is no id is told when they are taken.
class ChainList {
 public:
  // `kind` as "batch".
  void Add(std::string_view kind, std::string_view id);
  void AddLog() { chains_.emplace_back("log"); }
  // INVALID_ARGUMENT: an id was none, or there is no chain at all.
  absl::StatusOr<std::vector<std::string>> Take();

 private:
  std::vector<std::string> chains_;
  std::string wrong_;
};

// Capacities of the parties, in order; a statement has one of several such lists.
using Capacities = std::span<const statement::v1::Capacity>;
using PartyLists = std::span<const Capacities>;

struct EventRow {
  Event event = Event::EVENT_NOT_SET;
  std::string_view title_en;
  std::string_view title_zh;
  // What the keys that attest it must be enrolled for.
  statement::v1::KeyRole key_role = statement::v1::KEY_ROLE_UNSPECIFIED;
  PartyLists (*parties)(const statement::v1::Statement& statement) = nullptr;
  void (*chains)(const statement::v1::Statement& statement, ChainList& chains) = nullptr;
  // Judges, and puts the changes as if nothing were forbidden: Admit drops them where something is.
  void (*judge)(Judge& judge) = nullptr;
  // The manifest, begun before, that it is about; null: about none, about several, or not always.
  const std::string& (*manifest)(const statement::v1::Statement& statement) = nullptr;
  // Of an event that issues a manifest among other things: what it says of it. Null: none does, or
  // the event is itself the issue.
  statement::v1::ManifestIssued (*issues)(const statement::v1::Statement& statement) = nullptr;
  // Waste passes from hand to hand, and both sign; the carrier alone where nobody else is there.
  bool handover = false;
  // Its regulators are several persons of one authority.
  bool one_authority = false;
  // Its parties are two persons of one organisation.
  bool one_organisation = false;
  // The first rule set that knows it; under an earlier one it is refused.
  uint32_t first_set = 1;
};

// In the order of their numbers.
std::span<const EventRow> EventRows();
// Null: no such event.
const EventRow* FindEvent(Event event);

// All events, in the order of their numbers, and their names as in the statement ("load_taken").
std::span<const Event> Events();
std::string_view EventName(Event event);

// A collection that its carrier alone attests, because nobody was there.
bool IsOneSided(const statement::v1::Statement& statement);

// The party lists that events share.
namespace parties {

inline constexpr statement::v1::Capacity kRegulatorAlone[] = {statement::v1::CAPACITY_REGULATOR};
inline constexpr statement::v1::Capacity kOrganisationAlone[] = {
    statement::v1::CAPACITY_ORGANISATION};
inline constexpr statement::v1::Capacity kConsignorAlone[] = {statement::v1::CAPACITY_CONSIGNOR};
inline constexpr statement::v1::Capacity kCarrierAlone[] = {statement::v1::CAPACITY_CARRIER};
inline constexpr statement::v1::Capacity kReceiverAlone[] = {statement::v1::CAPACITY_RECEIVER};
inline constexpr statement::v1::Capacity kOrganisationThenRegulator[] = {
    statement::v1::CAPACITY_ORGANISATION, statement::v1::CAPACITY_REGULATOR};
inline constexpr statement::v1::Capacity kConsignorThenCarrier[] = {
    statement::v1::CAPACITY_CONSIGNOR, statement::v1::CAPACITY_CARRIER};
inline constexpr statement::v1::Capacity kCarrierThenCarrier[] = {statement::v1::CAPACITY_CARRIER,
                                                                  statement::v1::CAPACITY_CARRIER};
inline constexpr statement::v1::Capacity kCarrierThenConsignor[] = {
    statement::v1::CAPACITY_CARRIER, statement::v1::CAPACITY_CONSIGNOR};
inline constexpr statement::v1::Capacity kConsignorThenReceiver[] = {
    statement::v1::CAPACITY_CONSIGNOR, statement::v1::CAPACITY_RECEIVER};
inline constexpr statement::v1::Capacity kCarrierThenReceiver[] = {
    statement::v1::CAPACITY_CARRIER, statement::v1::CAPACITY_RECEIVER};

inline constexpr Capacities kRegulator[] = {kRegulatorAlone};
inline constexpr Capacities kSelf[] = {kOrganisationAlone};
inline constexpr Capacities kSelfOrRegulator[] = {kOrganisationAlone, kRegulatorAlone};
inline constexpr Capacities kSelfAndRegulator[] = {kOrganisationThenRegulator};
inline constexpr Capacities kConsignor[] = {kConsignorAlone};
inline constexpr Capacities kReceiver[] = {kReceiverAlone};
inline constexpr Capacities kConsignorOrReceiver[] = {kConsignorAlone, kReceiverAlone};
inline constexpr Capacities kEnds[] = {kConsignorThenReceiver};
inline constexpr Capacities kEndsOrRegulator[] = {kConsignorThenReceiver, kRegulatorAlone};
inline constexpr Capacities kReturn[] = {kCarrierThenConsignor};
inline constexpr Capacities kPickup[] = {kConsignorThenCarrier};
inline constexpr Capacities kPickupOrCarrier[] = {kConsignorThenCarrier, kCarrierAlone};
inline constexpr Capacities kPickupOrRegulator[] = {kConsignorThenCarrier, kRegulatorAlone};
inline constexpr Capacities kCarriers[] = {kCarrierThenCarrier};
inline constexpr Capacities kArrival[] = {kCarrierThenReceiver};

// For a row whose parties do not depend on the statement: `&parties::Always<parties::kSelf>`.
template <const auto& lists>
PartyLists Always(const statement::v1::Statement& /*statement*/) {
  return lists;
}

}  // namespace parties

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_EVENT_TABLE_H_
