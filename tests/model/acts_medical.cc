// Medical waste in an institution: wards, bags on their way to the store, disinfection.
#include "tests/model/acts.h"
#include "tests/services/rules/drafts_medical.h"

namespace cradle::model {
namespace {

std::optional<Draft> RegisterWard(Town& town) {
  return rules::test::RegisterWard(town.hospital, town.hospital_site, town.NewId());
}

std::optional<Draft> HandOverBags(Town& town) {
  if (town.wards.empty()) return std::nullopt;
  const std::string ward = town.AnyOf(town.wards);
  const auto fits = [&](const BatchState& each) {
    return each.custodian() == town.hospital.id && IsMedical(each) &&
           each.status() == state::v1::BATCH_STATUS_GENERATED &&
           (each.ward().empty() || each.ward() == ward);
  };
  const BatchState* const first = town.AnyBatch(fits);
  if (first == nullptr) return std::nullopt;
  std::vector<std::string> bags = town.More(*first, 4, fits);
  bags.insert(bags.begin(), first->batch());
  return rules::test::HandOverBags(town, town.porter, ward, bags);
}

std::optional<Draft> Disinfect(Town& town) {
  const auto fits = [](const BatchState& each) {
    return IsMedical(each) && (each.status() == state::v1::BATCH_STATUS_STORED ||
                               each.status() == state::v1::BATCH_STATUS_RECEIVED);
  };
  const BatchState* const first = town.AnyBatch(fits);
  if (first == nullptr) return std::nullopt;
  std::vector<std::string> batches = town.More(*first, 2, fits);
  batches.insert(batches.begin(), first->batch());
  const std::string where = town.StoreAt(*first);
  if (where.empty()) return std::nullopt;
  return rules::test::Disinfect(town, *town.WithId(first->custodian()), where, batches);
}

constexpr Act kActs[] = {
    {v1::Statement::kWardRegistered, RegisterWard, 1},
    {v1::Statement::kBagsHandedOver, HandOverBags, 3},
    {v1::Statement::kBatchDisinfected, Disinfect, 2},
};

}  // namespace

std::span<const Act> MedicalActs() { return kActs; }

}  // namespace cradle::model
