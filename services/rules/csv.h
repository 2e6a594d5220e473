// A strict reader of CSV, RFC 4180, for rule data, sample files and imports alike.
#ifndef CRADLE_SERVICES_RULES_CSV_H_
#define CRADLE_SERVICES_RULES_CSV_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace cradle::rules {

struct CsvRow {
  size_t line = 0;  // of the file, from 1, where the row begins
  std::vector<std::string> fields;
};

struct CsvTable {
  std::vector<std::string> columns;  // the first row
  std::vector<CsvRow> rows;          // each as long as `columns`

  // Place of a column by its heading, or npos.
  static constexpr size_t npos = static_cast<size_t>(-1);
  size_t Column(std::string_view heading) const;
};

// Fields are separated by commas and may be quoted; inside quotes a quote is doubled, and commas
// and line ends stand for themselves. Lines end in LF or CRLF, the last one optionally. A leading
// UTF-8 byte order mark is dropped. Refused: text that is not UTF-8, empty lines, a quote inside a
// bare field, text after a closing quote, a quote left open, a NUL byte, headings that are empty or
// given twice, and rows longer or shorter than the heading. INVALID_ARGUMENT: "<name>:<line>: …".
absl::StatusOr<CsvTable> ParseCsv(std::string_view name, std::string_view text);

// One row, quoted where it must be, ending in LF.
std::string CsvLine(const std::vector<std::string>& fields);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_CSV_H_
