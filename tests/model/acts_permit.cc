// What authorities allow and take back, and what is said of facilities.
#include <fmt/format.h>

#include "tests/model/acts.h"
#include "tests/services/rules/drafts_medical.h"
#include "tests/services/rules/drafts_permit.h"

namespace cradle::model {
namespace {

// For the two plants and the carriers only for a day or two: else nothing is received any more.
std::optional<Draft> ChangeLicence(Town& town) {
  const Actor& holder =
      town.AnyWith(town.OneIn(2) ? v1::ORGANISATION_ROLE_OPERATOR : v1::ORGANISATION_ROLE_CARRIER);
  const bool suspends = town.OneIn(3);
  Draft draft = rules::test::ChangeLicence(
      town, holder, suspends ? v1::LICENCE_CHANGE_SUSPENDED : v1::LICENCE_CHANGE_REINSTATED,
      town.DayBefore(1));
  v1::LicenceStatusChanged& event = *draft.message.mutable_licence_status_changed();
  event.set_decision_date(event.valid_from_date());
  if (suspends) event.set_valid_to_date(town.DayBefore(0));
  return draft;
}

std::optional<Draft> ApproveTransfer(Town& town) {
  return rules::test::ApproveTransfer(town, fmt::format("鲁环固函〔2024〕{}号", town.next_number++),
                                      town.elsewhere_site, town.Between(200'000, 3'000'000));
}

std::optional<Draft> RegisterPermit(Town& town) {
  const bool plan = town.OneIn(3);
  return rules::test::RegisterPermit(town,
                                     plan            ? v1::PERMIT_KIND_PLAN
                                     : town.OneIn(2) ? v1::PERMIT_KIND_EIA
                                                     : v1::PERMIT_KIND_DISCHARGE_PERMIT,
                                     "900-214-08", town.Between(1'000'000, 50'000'000));
}

std::optional<Draft> ApprovePilot(Town& town) {
  Draft draft = rules::test::ApprovePilot(town, town.OneIn(2) ? town.plant : town.plant2,
                                          "900-041-49", town.Between(100'000, 2'000'000));
  draft.message.mutable_pilot_approved()->set_pilot_number(
      fmt::format("潍环试〔2024〕{}号", town.next_number++));
  return draft;
}

std::optional<Draft> ShareFacility(Town& town) {
  return rules::test::ShareFacility(town, town.OneIn(2) ? town.producer_kiln : town.plant_furnace,
                                    {town.OneIn(2) ? town.hospital.id : town.plant2.id});
}

// Of anybody; empty: none has any.
std::string AnyFacilityOf(Town& town, const Actor& actor) {
  return town.AnyFacility(actor.id, [](const state::v1::FacilityState&) { return true; });
}
const Actor& AnyOwner(Town& town) {
  return town.OneIn(3) ? town.hospital : town.OneIn(2) ? town.producer : town.plant;
}

std::optional<Draft> Accept(Town& town) {
  if (town.OneIn(4)) return rules::test::AcceptAsRemote(town, town.plant_store);
  const Actor& owner = AnyOwner(town);
  return rules::test::AcceptFacility(town, owner, AnyFacilityOf(town, owner), town.DayBefore(60));
}

std::optional<Draft> Limit(Town& town) {
  const Actor& owner = AnyOwner(town);
  return rules::test::LimitFacility(
      town, owner, AnyFacilityOf(town, owner),
      town.OneIn(2) ? v1::LIMIT_KIND_PERMITTED : v1::LIMIT_KIND_PHYSICAL,
      town.Between(1'000'000, 60'000'000), town.OneIn(2));
}

std::optional<Draft> Inspect(Town& town) {
  const Actor& owner = AnyOwner(town);
  return rules::test::Inspect(town, town.inspector, town.OneIn(3) ? nullptr : &owner,
                              AnyFacilityOf(town, owner));
}

std::optional<Draft> ReadTemperature(Town& town) {
  const Actor& owner = AnyOwner(town);
  Draft draft = rules::test::ReadTemperature(town, owner, AnyFacilityOf(town, owner),
                                             town.Between(-5'000, 35'000));
  if (town.OneIn(2)) {
    draft.message.mutable_temperature_read()->set_outside_milli_celsius(
        town.Between(-20'000, 40'000));
  }
  return draft;
}

constexpr Act kActs[] = {
    {v1::Statement::kLicenceStatusChanged, ChangeLicence, 1},
    {v1::Statement::kTransferApproved, ApproveTransfer, 1},
    {v1::Statement::kPermitRegistered, RegisterPermit, 2},
    {v1::Statement::kPilotApproved, ApprovePilot, 1},
    {v1::Statement::kFacilityShared, ShareFacility, 1},
    {v1::Statement::kFacilityAccepted, Accept, 1},
    {v1::Statement::kFacilityLimitSet, Limit, 1},
    {v1::Statement::kInspectionRecorded, Inspect, 2},
    {v1::Statement::kTemperatureRead, ReadTemperature, 2},
};

}  // namespace

std::span<const Act> PermitActs() { return kActs; }

}  // namespace cradle::model
