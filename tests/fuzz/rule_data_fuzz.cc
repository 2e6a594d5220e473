// The rule data bundle and the CSV inside it: nothing crashes, an error names file and line, and a
// table that parses is written and read again as the same table.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "services/rules/csv.h"
#include "services/rules/rule_data.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/input.h"

namespace cradle::fuzz {
namespace {

void CheckError(const absl::Status& status) {
  const std::string message(status.message());
  Check(status.code() == absl::StatusCode::kInvalidArgument, "what does not parse is malformed");
  const size_t line = message.find(':');
  Check(line != std::string::npos && line + 1 < message.size() && message[line + 1] >= '1' &&
            message[line + 1] <= '9',
        "an error names file and line: " + message);
}

void FuzzCsv(std::string_view text) {
  const auto table = rules::ParseCsv("table.csv", text);
  if (!table.ok()) return CheckError(table.status());
  std::string written = rules::CsvLine(table->columns);
  for (const rules::CsvRow& row : table->rows) {
    Check(row.fields.size() == table->columns.size(), "every row is as long as the heading");
    written += rules::CsvLine(row.fields);
  }
  const auto again = rules::ParseCsv("table.csv", written);
  Check(
      again.ok() && again->columns == table->columns &&
          std::equal(again->rows.begin(), again->rows.end(), table->rows.begin(), table->rows.end(),
                     [](const auto& a, const auto& b) { return a.fields == b.fields; }),
      "a table is read as it was written");
}

void FuzzBundle(const std::string& bundle) {
  const auto data = rules::RuleData::FromBundle(bundle);
  if (!data.ok()) return CheckError(data.status());
  Check((*data)->bundle() == bundle, "the bundle is the bytes received");
  for (const int year : {1, 1970, 2021, 2024, 9999}) {
    const absl::CivilDay day(year, 6, 3);
    for (const rules::WasteCode* code : (*data)->WasteCodes(day)) {
      Check((*data)->FindWasteCode(code->code, day) == code, "a code that is listed is found");
    }
    // What the rules lean on without asking.
    Check(year < 1970 || (*data)->Limit("offline_window_hours", day).ok(),
          "the limits that rules need hold every day");
  }
  Check((*data)->ZoneOffsetMs("").has_value(), "the log's own zone is there");
}

// The project's own bundle with a span of it replaced: reaches behind the first check.
std::string Changed(Input& input) {
  static const std::string kBundle = rules::PackRuleData("deploy/rule_data").value_or("");
  Check(!kBundle.empty(), "the project's rule data is at hand: start in the root of the tree");
  std::string bundle = kBundle;
  const auto at = static_cast<size_t>(input.Int64()) % bundle.size();
  const size_t taken = input.Byte();
  const auto replacement = input.Rest();
  // Of the same length, the file's length still holds.
  if (taken % 2 == 0) return bundle.replace(at, replacement.size(), replacement);
  return bundle.replace(at, taken, replacement);
}

}  // namespace
}  // namespace cradle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cradle::fuzz;
  Input input(data, size);
  const uint8_t way = input.Byte();
  if (way == 'b') {
    FuzzBundle(Changed(input));
    return 0;
  }
  const std::string text(reinterpret_cast<const char*>(data), size);
  FuzzCsv(text);
  FuzzBundle(text);
  return 0;
}
