#include "services/rules/rule_data_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "services/rules/calendar.h"

namespace cradle::rules {

Table::Table(std::string_view name, CsvTable csv) : name_(name), csv_(std::move(csv)) {}

absl::StatusOr<Table> Table::Open(const BundleFiles& files, std::string_view name,
                                  const std::vector<std::string>& columns) {
  const auto file = files.find(name);
  if (file == files.end()) {
    return absl::InvalidArgumentError(fmt::format("{}:1: missing from the bundle", name));
  }
  absl::StatusOr<CsvTable> csv = ParseCsv(name, file->second);
  if (!csv.ok()) return csv.status();
  if (csv->columns != columns) {
    return absl::InvalidArgumentError(
        fmt::format("{}:1: the headings must be {}", name, fmt::join(columns, ",")));
  }
  return Table(name, *std::move(csv));
}

absl::StatusOr<Table> Table::OpenIfThere(const BundleFiles& files, std::string_view name,
                                         const std::vector<std::string>& columns) {
  if (!files.contains(name)) return Table(name, CsvTable{columns, {}});
  return Open(files, name, columns);
}

const std::string& Table::Cell(const CsvRow& row, std::string_view column) const {
  return row.fields[csv_.Column(column)];
}

absl::Status Table::Error(const CsvRow& row, std::string_view what) const {
  return absl::InvalidArgumentError(fmt::format("{}:{}: {}", name_, row.line, what));
}

absl::Status Table::NotEmpty(const CsvRow& row,
                             std::initializer_list<std::string_view> columns) const {
  for (const std::string_view column : columns) {
    if (Cell(row, column).empty()) return Error(row, fmt::format("{} is empty", column));
  }
  return absl::OkStatus();
}

absl::Status Table::IsWord(const CsvRow& row, std::string_view column) const {
  const std::string& word = Cell(row, column);
  const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
  const bool fits =
      !word.empty() && small(word[0]) && std::all_of(word.begin(), word.end(), [&](char c) {
        return small(c) || (c >= '0' && c <= '9') || c == '_';
      });
  if (fits) return absl::OkStatus();
  return Error(row, fmt::format("{} is not made of small letters, digits and underscores, "
                                "a letter first",
                                column));
}

absl::StatusOr<bool> Table::ReadYesNo(const CsvRow& row, std::string_view column) const {
  const std::string& text = Cell(row, column);
  if (text != "yes" && text != "no") {
    return Error(row, fmt::format("{} is neither yes nor no", column));
  }
  return text == "yes";
}

absl::StatusOr<Validity> Table::ReadValidity(const CsvRow& row) const {
  absl::StatusOr<absl::CivilDay> from = ParseDate(Cell(row, "valid_from"));
  if (!from.ok()) return Error(row, std::string(from.status().message()));
  Validity validity{*from, kForEver};
  if (const std::string& text = Cell(row, "valid_to"); !text.empty()) {
    absl::StatusOr<absl::CivilDay> to = ParseDate(text);
    if (!to.ok()) return Error(row, std::string(to.status().message()));
    validity.to = *to;
  }
  if (validity.to < validity.from) return Error(row, "valid_to is before valid_from");
  return validity;
}

absl::StatusOr<std::string> Table::ReadMark(const CsvRow& row) const {
  const std::string& mark = Cell(row, "mark");
  if (mark != "F" && mark != "F2" && mark != "R") return Error(row, "mark is none of F, F2, R");
  return mark;
}

bool Overlap(const Validity& a, const Validity& b) { return a.from <= b.to && b.from <= a.to; }

std::optional<int64_t> ParseInteger(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '9' || (text[0] == '0' && text.size() > 1)) {
    return std::nullopt;
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace cradle::rules
