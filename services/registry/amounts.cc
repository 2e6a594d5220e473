#include "services/registry/amounts.h"

#include <cstdint>
#include <string>

#include "services/rules/state_keys.h"
#include "services/runtime/query.h"

namespace cradle::registry {
namespace {

namespace keys = rules::keys;

// Reads the counter under a state key for each amount that a paper names.
class Amounts {
 public:
  Amounts(const kv::Reader& reader, v1::GetOrganisationResponse& response)
      : reader_(reader), response_(response) {}

  void Add(const std::string& number, const std::string& waste, int64_t limit_mass_g,
           const std::string& counter, int64_t year = 0) {
    if (limit_mass_g == 0 || !status_.ok()) return;
    auto used = runtime::ReadMessage<state::v1::MassCounter>(reader_, counter);
    status_ = used.status();
    if (!status_.ok()) return;
    v1::AmountUsed& amount = *response_.add_amounts();
    amount.set_number(number);
    amount.set_waste(waste);
    amount.set_limit_mass_g(limit_mass_g);
    amount.set_used_mass_g(used->has_value() ? (*used)->mass_g() : 0);
    amount.set_year(year);
  }
  const absl::Status& status() const { return status_; }

 private:
  const kv::Reader& reader_;
  v1::GetOrganisationResponse& response_;
  absl::Status status_;
};

}  // namespace

absl::Status AddAmounts(const kv::Reader& reader, absl::CivilDay today,
                        v1::GetOrganisationResponse& response) {
  const std::string& id = response.organisation().registered().organisation();
  Amounts amounts(reader, response);
  // Counters go by the places of licences, scopes and pilots.
  uint32_t place = 0;
  for (const state::v1::LicenceState& licence : response.licences()) {
    uint32_t scope = 0;
    for (const auto& each : licence.granted().scopes()) {
      amounts.Add(licence.granted().licence_number(), each.waste(), each.annual_mass_g(),
                  keys::LicenceAmount(id, place, scope++, today.year()), today.year());
    }
    ++place;
  }
  for (const state::v1::ApprovalState& approval : response.approvals()) {
    const std::string& number = approval.approved().approval_number();
    for (const auto& waste : approval.approved().wastes()) {
      amounts.Add(number, waste.waste_code(), waste.approved_mass_g(),
                  keys::ApprovalAmount(id, number, waste.waste_code()));
    }
  }
  place = 0;
  for (const state::v1::PilotState& pilot : response.pilots()) {
    amounts.Add(pilot.approved().pilot_number(), pilot.approved().waste_code(),
                pilot.approved().cap_mass_g(), keys::PilotAmount(id, place++));
  }
  for (const state::v1::PermitState& permit : response.permits()) {
    const auto& registered = permit.registered();
    const int64_t year = registered.year() == 0 ? today.year() : registered.year();
    for (const auto& waste : registered.wastes()) {
      amounts.Add(registered.document_number(), waste.waste_code(), waste.annual_mass_g(),
                  keys::GeneratedAmount(registered.site(), waste.waste_code(), year), year);
    }
  }
  return amounts.status();
}

}  // namespace cradle::registry
