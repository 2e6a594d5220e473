#include "clients/cli/made_arguments.h"

#include <utility>

#include "clients/cli/arguments.h"
#include "clients/cli/facts.h"
#include "services/rules/identity.h"
#include "storage/evidence/statement.h"

namespace cradle::cli {

absl::StatusOr<statement::v1::MadeBatch> ParseMade(std::string_view text, std::string_view what,
                                                   const std::string& code,
                                                   const std::string& form) {
  auto fields = ParseFields(text, {"code", "form", "basis", "packaging"}, what);
  if (!fields.ok()) return fields.status();
  const auto field = [&](const char* name, const std::string& otherwise) {
    const auto found = fields->find(name);
    return found == fields->end() ? otherwise : found->second;
  };
  absl::StatusOr<int64_t> mass_g = MassArgument(field("", ""), what);
  if (!mass_g.ok()) return mass_g.status();
  const std::string waste_code = field("code", code);
  if (absl::Status status = rules::CheckWasteCodeForm(waste_code); !status.ok()) {
    return Naming(what, status);
  }
  absl::StatusOr<statement::v1::PhysicalForm> physical = ParseEnum<statement::v1::PhysicalForm>(
      statement::v1::PhysicalForm_descriptor(), field("form", form), what);
  if (!physical.ok()) return physical.status();
  absl::StatusOr<statement::v1::MassBasis> basis = ParseBasis(field("basis", "declared"));
  if (!basis.ok()) return basis.status();
  statement::v1::MadeBatch made;
  made.set_batch(evidence::RandomId());
  made.set_waste_code(waste_code);
  made.set_form(*physical);
  made.set_made_mass_g(*mass_g);
  *made.mutable_mass_basis() = *basis;
  if (const std::string packaging = field("packaging", ""); !packaging.empty()) {
    absl::StatusOr<statement::v1::Container> container = ParseContainer(packaging);
    if (!container.ok()) return container.status();
    *made.add_containers() = *container;
  }
  return made;
}

absl::Status AddMade(const std::vector<std::string>& texts, std::string_view what,
                     const std::string& code, const std::string& form,
                     google::protobuf::RepeatedPtrField<statement::v1::MadeBatch>& made) {
  for (const std::string& text : texts) {
    absl::StatusOr<statement::v1::MadeBatch> one = ParseMade(text, what, code, form);
    if (!one.ok()) return one.status();
    *made.Add() = *std::move(one);
  }
  return absl::OkStatus();
}

Json MadeIds(const std::string& name,
             const google::protobuf::RepeatedPtrField<statement::v1::MadeBatch>& made) {
  if (made.empty()) return Json::object();
  if (made.size() == 1) return {{"batch", made[0].batch()}};
  Json json = Json::object();
  for (int i = 0; i < made.size(); ++i) json[name + std::to_string(i + 1)] = made[i].batch();
  return json;
}

absl::StatusOr<Sum> SumOf(Context& context,
                          const google::protobuf::RepeatedPtrField<std::string>& batches) {
  Sum sum;
  for (const std::string& batch : batches) {
    absl::StatusOr<sdk::BatchFacts> facts = BatchFactsOf(context, batch);
    if (!facts.ok()) return facts.status();
    if (__builtin_add_overflow(sum.mass_g, facts->mass_g, &sum.mass_g)) {
      return absl::InvalidArgumentError("BATCHES: their masses have no sum");
    }
    if (sum.waste_code.empty()) sum.waste_code = facts->waste_code;
  }
  return sum;
}

}  // namespace cradle::cli
