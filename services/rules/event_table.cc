#include "services/rules/event_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "services/rules/event_rules.h"
#include "services/rules/visible_text.h"
#include "storage/evidence/statement.h"

namespace cradle::rules {
namespace {

struct Table {
  std::vector<EventRow> rows;
  std::vector<Event> events;
  std::array<const EventRow*, kEventNumbers> by_number{};

  Table() {
    for (const std::span<const EventRow> area :
         {LogEvents(),       OrganisationEvents(), LicenceEvents(),      FacilityEvents(),
          BatchEvents(),     CorrectionEvents(),   ManifestEvents(),     ManifestChangeEvents(),
          TransportEvents(), DisputeEvents(),      LineageEvents(),      TreatmentEvents(),
          BulkEvents(),      ApprovalEvents(),     PermitEvents(),       PilotEvents(),
          StorageEvents(),   DelegationEvents(),   ExitEvents(),         EmergencyEvents(),
          IncidentEvents(),  ReceiptEvents(),      AfterReceiptEvents(), PipelineEvents(),
          MedicalEvents(),   CollectionEvents(),   SelfDeliveryEvents()}) {
      rows.insert(rows.end(), area.begin(), area.end());
    }
    std::sort(rows.begin(), rows.end(),
              [](const EventRow& a, const EventRow& b) { return a.event < b.event; });
    for (const EventRow& row : rows) {
      events.push_back(row.event);
      by_number.at(static_cast<size_t>(row.event)) = &row;
    }
  }
};

const Table& TheTable() {
  static const Table table;
  return table;
}

}  // namespace

void ChainList::Add(std::string_view kind, std::string_view id) {
  if (!evidence::IsId(id)) {
    if (wrong_.empty()) wrong_ = fmt::format("{}:{}", kind, Excerpt(id));
    return;
  }
  chains_.push_back(fmt::format("{}:{}", kind, id));
}

absl::StatusOr<std::vector<std::string>> ChainList::Take() {
  if (!wrong_.empty()) {
    return absl::InvalidArgumentError(
        fmt::format("{} is no chain: an id has 26 lower-case Crockford base32 characters", wrong_));
  }
  if (chains_.empty()) {
    return absl::InvalidArgumentError("the event names nothing: it extends no chain");
  }
  return std::move(chains_);
}

std::span<const EventRow> EventRows() { return TheTable().rows; }

const EventRow* FindEvent(Event event) {
  const auto number = static_cast<size_t>(event);
  return number < kEventNumbers ? TheTable().by_number[number] : nullptr;
}

std::span<const Event> Events() { return TheTable().events; }

bool IsOneSided(const statement::v1::Statement& statement) {
  return statement.has_waste_collected() && !statement.parties().empty() &&
         statement.parties(0).capacity() == statement::v1::CAPACITY_CARRIER;
}

std::string_view EventName(Event event) {
  const auto* field =
      statement::v1::Statement::descriptor()->FindFieldByNumber(static_cast<int>(event));
  return field == nullptr ? std::string_view() : std::string_view(field->name());
}

}  // namespace cradle::rules
