// The tables inside a bundle and how they are parsed. Only rule_data.cc and its tables know this.
#ifndef CRADLE_SERVICES_RULES_RULE_DATA_TABLES_H_
#define CRADLE_SERVICES_RULES_RULE_DATA_TABLES_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/civil_time.h"
#include "services/rules/calendar.h"
#include "services/rules/rule_data.h"

namespace cradle::rules {

inline constexpr std::string_view kLogZone = "Asia/Shanghai";

// First and last day on which a row holds.
struct Validity {
  absl::CivilDay from;
  absl::CivilDay to;
};

// One link of one item of a catalogue's list of exemptions.
struct ExemptionRow {
  int64_t item = 0;
  std::string link;   // as printed, several joined by 、
  std::string codes;  // codes or categories joined by '|'; else words, which are not compared
};

// One edition of the catalogue.
struct Edition {
  Validity validity;
  std::map<std::string, WasteCode, std::less<>> codes;
  // 900-000-CC for each of its categories: waste identified as hazardous and not listed.
  std::map<std::string, WasteCode, std::less<>> identified;
  std::vector<ExemptionRow> exemptions;
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

struct ManifestPeriodRow {
  std::string division_prefix;
  std::string waste_class;
  ManifestPeriod period = ManifestPeriod::kTrip;
  Validity validity;
};

// The only class of waste that manifest_periods.csv may name.
inline constexpr std::string_view kMedicalWasteClass = "medical";

struct RuleTables {
  std::vector<Edition> editions;  // in order of their first day, never two on one day
  std::vector<Basis> legal_basis;
  std::vector<LimitRow> limits;
  std::map<std::string, int64_t, std::less<>> zones;  // offsets in ms
  std::map<std::string, std::string, std::less<>> divisions;
  std::map<std::string, RuleData::Method, std::less<>> methods;
  HolidayTable holidays;
  std::vector<ManifestPeriodRow> manifest_periods;
  std::set<std::pair<std::string, std::string>>
      compatible;  // codes or categories, the lesser first
  std::map<std::string, Process, std::less<>> processes;
  std::map<std::string, std::map<std::string, Reason, std::less<>>, std::less<>> reasons;
};

// A limit that rules ask for, and from which day on they do.
struct NeededLimit {
  std::string_view name;
  absl::CivilDay from;
};

// What the rules of set 2 ask for. They do not look whether a limit is there.
std::span<const NeededLimit> LimitsOfRuleSet2();

// The first of `needed` that does not hold on every day from its first on; null: all do.
const NeededLimit* FirstMissing(std::span<const NeededLimit> needed,
                                const std::vector<LimitRow>& limits);

// Contents by name of file.
using BundleFiles = std::map<std::string_view, std::string_view>;

// INVALID_ARGUMENT: "<file>:<line>: …".
absl::Status ParseTables(const BundleFiles& files, RuleTables& tables);
// Of it, the tables that came with rule set 2, any of which may be missing. Needs the methods.
absl::Status ParseCustodyTables(const BundleFiles& files, RuleTables& tables);

// A decimal number without sign or leading zeros that fits; nullopt otherwise.
std::optional<int64_t> ParseInteger(std::string_view text);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULE_DATA_TABLES_H_
