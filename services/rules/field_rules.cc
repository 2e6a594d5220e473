#include "services/rules/field_rules.h"

namespace cradle::rules {
namespace {

using S = statement::v1::Statement;

constexpr FieldRule kFields[] = {
    {BatchField::kWasteCode, "waste_code", S::kBatchGenerated, S::kBatchTreated, Favour::kAlways},
    {BatchField::kMass, "amended_mass_g", S::kBatchGenerated, S::kBatchTreated, Favour::kLess},
    {BatchField::kForm, "form", S::kBatchGenerated, S::kLoadTaken, Favour::kNever},
    {BatchField::kBatchCode, "batch_code", S::kBatchGenerated, S::kLoadTaken, Favour::kNever},
    {BatchField::kStorageStart, "storage_start_date", S::kBatchStored, S::kBatchTreated,
     Favour::kLater, false},
};

}  // namespace

std::span<const FieldRule> FieldRules() { return kFields; }

}  // namespace cradle::rules
