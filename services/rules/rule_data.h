// The data that rules judge with: catalogue, limits, legal basis, zones, holidays, methods. One
// bundle, named by its SHA-256; deploy/rule_data holds its sources.
#ifndef CRADLE_SERVICES_RULES_RULE_DATA_H_
#define CRADLE_SERVICES_RULES_RULE_DATA_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "storage/evidence/hash.h"

namespace cradle::rules {

struct WasteCode {
  std::string code;      // NNN-NNN-CC
  std::string category;  // HW01 … HW50
  std::string name;
  std::string hazards;  // "T|I" in printed order
};

// Immutable once loaded; share it between threads.
class RuleData {
 public:
  // From the bundle's bytes. INVALID_ARGUMENT: not a bundle; names file and line.
  static absl::StatusOr<std::shared_ptr<const RuleData>> FromBundle(std::string_view bundle);

  const evidence::Hash& sha256() const { return sha256_; }
  const std::string& bundle() const { return bundle_; }

  // The catalogue edition in force on a day is one of those loaded.
  bool CatalogueLoadedOn(absl::CivilDay day) const;
  // The code in the edition in force on that day, or null.
  const WasteCode* FindWasteCode(std::string_view code, absl::CivilDay day) const;
  // The code in the newest loaded edition that came into force by that day, in force still or not;
  // null: not in it, or no such edition.
  const WasteCode* FindWasteCodeInLatest(std::string_view code, absl::CivilDay day) const;
  // All codes of the edition in force on that day, in order of code.
  std::vector<const WasteCode*> WasteCodes(absl::CivilDay day) const;
  // All codes of the newest loaded edition that came into force by that day, in force still or not.
  std::vector<const WasteCode*> WasteCodesInLatest(absl::CivilDay day) const;

  // Offset from UTC of a zone, by IANA name ("" is Asia/Shanghai); nullopt: unknown.
  std::optional<int64_t> ZoneOffsetMs(std::string_view zone) const;
  // GB/T 2260 name of a division, or empty.
  std::string_view DivisionName(std::string_view division) const;
  // Legal basis of a subject ("manifest", "licence", …) on a day, as printed in refusals.
  std::string LegalBasis(std::string_view subject, absl::CivilDay day) const;
  // A limit by name ("offline_window_hours", "storage_limit_years", …) on a day.
  // NOT_FOUND: none of that name in force.
  absl::StatusOr<int64_t> Limit(std::string_view name, absl::CivilDay day) const;
  // A treatment method code of its table: ending 'U' (utilised) or 'D' (disposed) and whether it is
  // for medical waste; nullopt: unknown.
  struct Method {
    bool utilises = false;
    bool medical = false;
    std::string name;
  };
  std::optional<Method> FindMethod(std::string_view method_code) const;

 private:
  struct Tables;
  std::string bundle_;
  evidence::Hash sha256_{};
  std::shared_ptr<const Tables> tables_;
};

// Bundles by SHA-256.
class RuleDataLibrary {
 public:
  // Loads every `<sha256>.bundle` of a directory. DATA_LOSS: a file is not what its name says.
  static absl::StatusOr<RuleDataLibrary> FromDirectory(const std::string& directory);
  void Add(std::shared_ptr<const RuleData> data);
  // Null where the bundle is not at hand.
  std::shared_ptr<const RuleData> Find(std::string_view sha256) const;

 private:
  std::map<std::string, std::shared_ptr<const RuleData>, std::less<>> by_sha256_;
};

// Packs the files of a source directory into a bundle; same files, same bytes.
absl::StatusOr<std::string> PackRuleData(const std::string& directory);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULE_DATA_H_
