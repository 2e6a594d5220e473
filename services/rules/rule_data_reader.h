// One table of a bundle, read row by row: what every parser of rule data shares. Within this folder
// only.
#ifndef CRADLE_SERVICES_RULES_RULE_DATA_READER_H_
#define CRADLE_SERVICES_RULES_RULE_DATA_READER_H_

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "services/rules/csv.h"
#include "services/rules/rule_data_tables.h"

namespace cradle::rules {

inline constexpr absl::CivilDay kForEver(9999, 12, 31);

// Every error is INVALID_ARGUMENT: "<file>:<line>: …".
class Table {
 public:
  // The headings must be `columns`, in this order. Missing from the bundle is an error.
  static absl::StatusOr<Table> Open(const BundleFiles& files, std::string_view name,
                                    const std::vector<std::string>& columns);
  // A table that bundles of the first rule set do not have: missing, it has no rows.
  static absl::StatusOr<Table> OpenIfThere(const BundleFiles& files, std::string_view name,
                                           const std::vector<std::string>& columns);

  const std::vector<CsvRow>& rows() const { return csv_.rows; }
  const std::string& Cell(const CsvRow& row, std::string_view column) const;
  absl::Status Error(const CsvRow& row, std::string_view what) const;

  absl::Status NotEmpty(const CsvRow& row, std::initializer_list<std::string_view> columns) const;
  // A word that programs use: small letters, digits and underscores, a letter first.
  absl::Status IsWord(const CsvRow& row, std::string_view column) const;
  absl::StatusOr<bool> ReadYesNo(const CsvRow& row, std::string_view column) const;
  // Columns valid_from and valid_to.
  absl::StatusOr<Validity> ReadValidity(const CsvRow& row) const;
  // Column mark.
  absl::StatusOr<std::string> ReadMark(const CsvRow& row) const;

 private:
  Table(std::string_view name, CsvTable csv);
  std::string name_;
  CsvTable csv_;
};

bool Overlap(const Validity& a, const Validity& b);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULE_DATA_READER_H_
