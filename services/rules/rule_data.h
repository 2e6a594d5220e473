// The data that rules judge with: catalogue, limits, legal basis, zones, holidays, methods and
// more. One bundle, named by its SHA-256; deploy/rule_data holds its sources.
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
#include "services/rules/calendar.h"
#include "storage/evidence/hash.h"

namespace cradle::rules {

struct WasteCode {
  std::string code;      // NNN-NNN-CC
  std::string category;  // HW01 … HW50
  std::string name;
  std::string hazards;  // "T|I" in printed order
};

// What one manifest may cover: a trip, or for small loads of one consignor a day or a month of
// them.
enum class ManifestPeriod { kTrip, kDay, kMonth };

// A pre-treatment. `resets_age`: its children begin a new age; all others take the oldest of their
// parents.
struct Process {
  bool resets_age = false;
  std::string method_code;  // of methods.csv, where the process is one; or empty
  std::string name_zh;
  std::string name_en;
};

// A reason that a statement names by its code, so that no free text enters the log.
struct Reason {
  std::string code;
  std::string name_zh;
  std::string name_en;
};

// Immutable once loaded; share it between threads. Bundles of the first rule set have no holidays,
// manifest periods, compatibility, processes and reasons: what is missing is an empty table.
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

  // Whether an item of the list of exemptions in the newest edition that came into force by that
  // day names the link (as printed: "运输"; "全部环节" is every link), and codes that the waste is
  // of, where it names any.
  bool Exempts(int64_t item, std::string_view link, std::string_view waste_code,
               absl::CivilDay day) const;

  // Offset from UTC of a zone, by IANA name ("" is Asia/Shanghai); nullopt: unknown.
  std::optional<int64_t> ZoneOffsetMs(std::string_view zone) const;
  // GB/T 2260 name of a division, or empty.
  std::string_view DivisionName(std::string_view division) const;
  // Legal basis of a subject ("manifest", "licence", …) on a day, as printed in refusals.
  std::string LegalBasis(std::string_view subject, absl::CivilDay day) const;
  // All that is cited for a subject, in the order of the table. Days as YYYY-MM-DD; `valid_to`
  // empty: in force still.
  struct Citation {
    std::string text;
    std::string mark;  // F read in the primary text, F2 in a secondary source, R from memory
    std::string valid_from;
    std::string valid_to;
  };
  std::vector<Citation> Citations(std::string_view subject) const;
  // A limit by name ("offline_window_hours", "storage_limit_years", …) on a day.
  // NOT_FOUND: none of that name in force.
  absl::StatusOr<int64_t> Limit(std::string_view name, absl::CivilDay day) const;
  // The first limit that rules of a set ask for and that the bundle does not have in force on every
  // day for which they ask; empty: none is missing.
  std::string LimitMissingFor(uint32_t rule_set) const;
  // FAILED_PRECONDITION names that limit. Whoever founds a log with a rule set or adopts one asks
  // this first, so that no rule meets a missing limit.
  absl::Status FitsRuleSet(uint32_t rule_set) const;
  // A treatment method code of its table: ending 'U' (utilised) or 'D' (disposed) and whether it is
  // for medical waste; nullopt: unknown.
  struct Method {
    bool utilises = false;
    bool medical = false;
    std::string name;
  };
  std::optional<Method> FindMethod(std::string_view method_code) const;

  // Days off and make-up working days by year; none: every year is without a table. Lives
  // as long as this object.
  const HolidayTable& holidays() const;
  // What one manifest for a class of waste ("medical") from a site in a division may cover on a
  // day: the row of the longest prefix of the division; kTrip where there is none.
  ManifestPeriod ManifestPeriodFor(std::string_view waste_class, std::string_view division,
                                   absl::CivilDay day) const;
  // Whether wastes of two codes may become one batch: the same code, or a pair listed by code or
  // category, in either order.
  bool MayMerge(std::string_view code_a, std::string_view code_b) const;
  // Null: unknown. Lives as long as this object, as do reasons.
  const Process* FindProcess(std::string_view process_code) const;
  // A reason for a subject ("cancel", "refusal", …); null: unknown, or of another subject.
  const Reason* FindReason(std::string_view subject, std::string_view code) const;
  // All reasons of a subject in order of code; none: nobody may give one.
  std::vector<const Reason*> Reasons(std::string_view subject) const;

 private:
  struct Tables;
  std::string bundle_;
  evidence::Hash sha256_{};
  std::shared_ptr<const Tables> tables_;
  std::string limit_missing_for_set_2_;
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
