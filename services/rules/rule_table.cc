#include "services/rules/rule_table.h"

#include <algorithm>
#include <array>
#include <cassert>

#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

struct Table {
  std::vector<Rule> rules;
  std::array<const Rule*, static_cast<size_t>(RuleId::kCount)> by_number{};

  Table() {
    for (const std::span<const Rule> part :
         {StatementRules(), PlaceRules(), WasteRules(), CorrectionRules(), DisputeRules(),
          LineageRules(), PermitRules(), OrderRules(), IncidentRules(), ManifestRules(),
          MedicalRules(), CollectionRules()}) {
      rules.insert(rules.end(), part.begin(), part.end());
    }
    for (const Rule& rule : rules) by_number.at(static_cast<size_t>(rule.number)) = &rule;
  }
};

const Table& TheTable() {
  static const Table table;
  return table;
}

}  // namespace

std::optional<Effect> Rule::At(Event event) const {
  if (forbids.Has(event)) return Effect::kForbids;
  if (marks.Has(event)) return Effect::kMarks;
  return std::nullopt;
}

std::optional<Effect> Rule::At(Event event, bool one_sided) const {
  return one_sided && marks_one_sided.Has(event) ? Effect::kMarks : At(event);
}

std::span<const Rule> Rules() { return TheTable().rules; }

const Rule& FindRule(RuleId number) {
  const Rule* const rule = TheTable().by_number[static_cast<size_t>(number)];
  assert(rule != nullptr);  // every number has its row: tests/services/rules/rule_table_test.cc
  return *rule;
}

const Rule* FindRule(std::string_view id) {
  const std::span<const Rule> rules = Rules();
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const Rule& rule) { return rule.id == id; });
  return found == rules.end() ? nullptr : &*found;
}

}  // namespace cradle::rules
