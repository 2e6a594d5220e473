// The tables inside a bundle and how they are parsed. Only rule_data.cc and its tables know this.
#ifndef CRADLE_SERVICES_RULES_RULE_DATA_TABLES_H_
#define CRADLE_SERVICES_RULES_RULE_DATA_TABLES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "services/rules/rule_data.h"

namespace cradle::rules {

inline constexpr std::string_view kLogZone = "Asia/Shanghai";

// First and last day on which a row holds.
struct Validity {
  absl::CivilDay from;
  absl::CivilDay to;
};

// One edition of the catalogue.
struct Edition {
  Validity validity;
  std::map<std::string, WasteCode, std::less<>> codes;
  // 900-000-CC for each of its categories: waste identified as hazardous and not listed.
  std::map<std::string, WasteCode, std::less<>> identified;
  // In either; null: in neither.
  const WasteCode* Find(std::string_view code) const;
};

struct Basis {
  std::string subject;
  std::string text;
  std::string mark;  // F read in the primary text, F2 in a secondary source, R from memory
  Validity validity;
};

struct LimitRow {
  std::string name;
  int64_t value = 0;
  Validity validity;
};

struct RuleTables {
  std::vector<Edition> editions;  // in order of their first day, never two on one day
  std::vector<Basis> legal_basis;
  std::vector<LimitRow> limits;
  std::map<std::string, int64_t, std::less<>> zones;  // offsets in ms
  std::map<std::string, std::string, std::less<>> divisions;
  std::map<std::string, RuleData::Method, std::less<>> methods;
};

// Contents by name of file.
using BundleFiles = std::map<std::string_view, std::string_view>;

// INVALID_ARGUMENT: "<file>:<line>: …".
absl::Status ParseTables(const BundleFiles& files, RuleTables& tables);

// A decimal number without sign or leading zeros that fits; nullopt otherwise.
std::optional<int64_t> ParseInteger(std::string_view text);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULE_DATA_TABLES_H_
