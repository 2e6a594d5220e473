#include "services/rules/rule_data_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "services/rules/calendar.h"
#include "services/rules/csv.h"
#include "services/rules/identity.h"

namespace cradle::rules {
namespace {

constexpr absl::CivilDay kForEver(9999, 12, 31);
// Limits that rules need must hold on every day from here on.
constexpr absl::CivilDay kFirstDay(1970, 1, 1);
constexpr std::string_view kLimitsNeeded[] = {"offline_window_hours"};

// One file of the bundle, its headings checked, read row by row.
class Table {
 public:
  static absl::StatusOr<Table> Open(const BundleFiles& files, std::string_view name,
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

  const std::vector<CsvRow>& rows() const { return csv_.rows; }
  const std::string& Cell(const CsvRow& row, std::string_view column) const {
    return row.fields[csv_.Column(column)];
  }
  absl::Status Error(const CsvRow& row, std::string_view what) const {
    return absl::InvalidArgumentError(fmt::format("{}:{}: {}", name_, row.line, what));
  }

  absl::Status NotEmpty(const CsvRow& row, std::initializer_list<std::string_view> columns) const {
    for (const std::string_view column : columns) {
      if (Cell(row, column).empty()) return Error(row, fmt::format("{} is empty", column));
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Validity> ReadValidity(const CsvRow& row) const {
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

  absl::StatusOr<std::string> ReadMark(const CsvRow& row) const {
    const std::string& mark = Cell(row, "mark");
    if (mark != "F" && mark != "F2" && mark != "R") return Error(row, "mark is none of F, F2, R");
    return mark;
  }

 private:
  Table(std::string_view name, CsvTable csv) : name_(name), csv_(std::move(csv)) {}
  std::string name_;
  CsvTable csv_;
};

bool Overlap(const Validity& a, const Validity& b) { return a.from <= b.to && b.from <= a.to; }

absl::Status CheckHazards(const Table& table, const CsvRow& row) {
  static const std::set<std::string_view> kKnown = {"T", "C", "I", "R", "In"};
  std::string_view rest = table.Cell(row, "hazards");
  for (bool more = true; more;) {
    const size_t bar = rest.find('|');
    if (!kKnown.contains(rest.substr(0, bar))) {
      return table.Error(row, "hazards is not made of T, C, I, R, In with | between");
    }
    more = bar != std::string_view::npos;
    if (more) rest.remove_prefix(bar + 1);
  }
  const std::string& rule = table.Cell(row, "hazard_rule");
  if (rule != "single" && rule != "and" && rule != "or") {
    return table.Error(row, "hazard_rule is none of single, and, or");
  }
  return absl::OkStatus();
}

absl::Status ParseWasteCodes(const BundleFiles& files, std::string_view name, Edition& edition) {
  absl::StatusOr<Table> table = Table::Open(
      files, name,
      {"code", "category", "category_name", "industry", "name", "hazards", "hazard_rule"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    WasteCode code{table->Cell(row, "code"), table->Cell(row, "category"), table->Cell(row, "name"),
                   table->Cell(row, "hazards")};
    if (absl::Status form = CheckWasteCodeForm(code.code); !form.ok()) {
      return table->Error(row, std::string(form.message()));
    }
    if (code.category != "HW" + code.code.substr(8)) {
      return table->Error(row, "the category is not that of the code");
    }
    if (absl::Status filled = table->NotEmpty(row, {"name", "category_name"}); !filled.ok()) {
      return filled;
    }
    if (absl::Status hazards = CheckHazards(*table, row); !hazards.ok()) return hazards;
    const std::string identified = fmt::format("900-000-{}", code.code.substr(8));
    edition.identified.emplace(
        identified, WasteCode{identified, code.category, table->Cell(row, "category_name"), ""});
    const std::string key = code.code;
    if (!edition.codes.emplace(key, std::move(code)).second) {
      return table->Error(row, fmt::format("the code {} is given twice", key));
    }
  }
  return absl::OkStatus();
}

// The exemptions are kept with their edition for people to read; rules do not use them yet.
absl::Status CheckExemptions(const BundleFiles& files, std::string_view name) {
  absl::StatusOr<Table> table =
      Table::Open(files, name, {"item", "codes", "waste", "link", "condition", "content"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    if (!ParseInteger(table->Cell(row, "item"))) return table->Error(row, "item is no number");
    if (absl::Status filled = table->NotEmpty(row, {"codes", "link", "content"}); !filled.ok()) {
      return filled;
    }
  }
  return absl::OkStatus();
}

absl::Status ParseCatalogue(const BundleFiles& files, std::set<std::string_view>& read,
                            RuleTables& tables) {
  absl::StatusOr<Table> table = Table::Open(
      files, "catalogue.csv",
      {"edition", "waste_codes", "exemptions", "valid_from", "valid_to", "source", "mark"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    absl::StatusOr<Validity> validity = table->ReadValidity(row);
    if (!validity.ok()) return validity.status();
    if (absl::StatusOr<std::string> mark = table->ReadMark(row); !mark.ok()) return mark.status();
    for (const Edition& other : tables.editions) {
      if (Overlap(other.validity, *validity)) {
        return table->Error(row, "two editions are in force on one day");
      }
    }
    Edition edition{*validity, {}, {}};
    const std::string& codes = table->Cell(row, "waste_codes");
    if (absl::Status parsed = ParseWasteCodes(files, codes, edition); !parsed.ok()) return parsed;
    const std::string& exemptions = table->Cell(row, "exemptions");
    if (absl::Status checked = CheckExemptions(files, exemptions); !checked.ok()) return checked;
    read.insert(files.find(codes)->first);
    read.insert(files.find(exemptions)->first);
    tables.editions.push_back(std::move(edition));
  }
  std::sort(tables.editions.begin(), tables.editions.end(),
            [](const Edition& a, const Edition& b) { return a.validity.from < b.validity.from; });
  return absl::OkStatus();
}

absl::Status ParseLegalBasis(const BundleFiles& files, RuleTables& tables) {
  absl::StatusOr<Table> table = Table::Open(
      files, "legal_basis.csv", {"subject", "basis", "valid_from", "valid_to", "mark", "source"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    if (absl::Status filled = table->NotEmpty(row, {"subject", "basis"}); !filled.ok()) {
      return filled;
    }
    absl::StatusOr<Validity> validity = table->ReadValidity(row);
    if (!validity.ok()) return validity.status();
    absl::StatusOr<std::string> mark = table->ReadMark(row);
    if (!mark.ok()) return mark.status();
    tables.legal_basis.push_back(
        {table->Cell(row, "subject"), table->Cell(row, "basis"), *mark, *validity});
  }
  return absl::OkStatus();
}

// That the rows of a limit follow one another day by day from kFirstDay for ever.
bool HoldsAlways(const std::vector<LimitRow>& limits, std::string_view name) {
  absl::CivilDay due = kFirstDay;
  for (bool found = true; found;) {
    found = false;
    for (const LimitRow& limit : limits) {
      if (limit.name != name || limit.validity.from > due || limit.validity.to < due) continue;
      if (limit.validity.to == kForEver) return true;
      due = limit.validity.to + 1;
      found = true;
    }
  }
  return false;
}

absl::Status ParseLimits(const BundleFiles& files, RuleTables& tables) {
  absl::StatusOr<Table> table = Table::Open(
      files, "limits.csv", {"name", "value", "valid_from", "valid_to", "source", "mark"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    if (absl::Status filled = table->NotEmpty(row, {"name", "source"}); !filled.ok()) {
      return filled;
    }
    absl::StatusOr<Validity> validity = table->ReadValidity(row);
    if (!validity.ok()) return validity.status();
    if (absl::StatusOr<std::string> mark = table->ReadMark(row); !mark.ok()) return mark.status();
    const std::optional<int64_t> value = ParseInteger(table->Cell(row, "value"));
    if (!value || *value > 1'000'000'000'000) {
      return table->Error(row, "value is no whole number from 0 to 10^12");
    }
    const LimitRow limit{table->Cell(row, "name"), *value, *validity};
    for (const LimitRow& other : tables.limits) {
      if (other.name == limit.name && Overlap(other.validity, limit.validity)) {
        return table->Error(row, fmt::format("{} has two values on one day", limit.name));
      }
    }
    tables.limits.push_back(limit);
  }
  for (const std::string_view name : kLimitsNeeded) {
    if (!HoldsAlways(tables.limits, name)) {
      return absl::InvalidArgumentError(fmt::format(
          "limits.csv:1: {} does not hold on every day from {} on", name, FormatDate(kFirstDay)));
    }
  }
  return absl::OkStatus();
}

absl::Status ParseMethods(const BundleFiles& files, RuleTables& tables) {
  absl::StatusOr<Table> table =
      Table::Open(files, "methods.csv",
                  {"method_code", "ending", "medical", "name_zh", "name_en", "source", "mark"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    const std::string& code = table->Cell(row, "method_code");
    const std::string& ending = table->Cell(row, "ending");
    const std::string& medical = table->Cell(row, "medical");
    if (absl::StatusOr<std::string> mark = table->ReadMark(row); !mark.ok()) return mark.status();
    if (ending != "U" && ending != "D") return table->Error(row, "ending is neither U nor D");
    if (medical != "yes" && medical != "no") {
      return table->Error(row, "medical is neither yes nor no");
    }
    if (absl::Status filled = table->NotEmpty(row, {"method_code", "name_zh", "name_en"});
        !filled.ok()) {
      return filled;
    }
    if (!tables.methods
             .emplace(code, RuleData::Method{ending == "U", medical == "yes",
                                             table->Cell(row, "name_zh")})
             .second) {
      return table->Error(row, fmt::format("the method {} is given twice", code));
    }
  }
  return absl::OkStatus();
}

absl::Status ParseZones(const BundleFiles& files, RuleTables& tables) {
  absl::StatusOr<Table> table =
      Table::Open(files, "zones.csv", {"zone", "offset_minutes", "source"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    // All of China lies east of Greenwich: no sign is needed.
    const std::optional<int64_t> minutes = ParseInteger(table->Cell(row, "offset_minutes"));
    if (!minutes || *minutes > 14 * 60) {
      return table->Error(row, "offset_minutes is no whole number from 0 to 840");
    }
    if (absl::Status filled = table->NotEmpty(row, {"zone"}); !filled.ok()) return filled;
    if (!tables.zones.emplace(table->Cell(row, "zone"), *minutes * 60'000).second) {
      return table->Error(row, "the zone is given twice");
    }
  }
  const auto own = tables.zones.find(kLogZone);
  if (own == tables.zones.end() || own->second != kLogZoneOffsetMs) {
    return absl::InvalidArgumentError(
        fmt::format("zones.csv:1: {} must be there, at 480 minutes", kLogZone));
  }
  return absl::OkStatus();
}

absl::Status ParseDivisions(const BundleFiles& files, RuleTables& tables) {
  absl::StatusOr<Table> table =
      Table::Open(files, "divisions.csv", {"code", "name", "level", "mark"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    const std::string& code = table->Cell(row, "code");
    if (absl::Status form = CheckDivisionForm(code); !form.ok()) {
      return table->Error(row, std::string(form.message()));
    }
    const std::string_view level = code.ends_with("0000") ? "province"
                                   : code.ends_with("00") ? "prefecture"
                                                          : "county";
    if (table->Cell(row, "level") != level) {
      return table->Error(row, fmt::format("by its code the level is {}", level));
    }
    if (absl::Status filled = table->NotEmpty(row, {"name"}); !filled.ok()) return filled;
    if (absl::StatusOr<std::string> mark = table->ReadMark(row); !mark.ok()) return mark.status();
    if (!tables.divisions.emplace(code, table->Cell(row, "name")).second) {
      return table->Error(row, fmt::format("the division {} is given twice", code));
    }
  }
  return absl::OkStatus();
}

}  // namespace

const WasteCode* Edition::Find(std::string_view code) const {
  if (const auto found = codes.find(code); found != codes.end()) return &found->second;
  const auto found = identified.find(code);
  return found == identified.end() ? nullptr : &found->second;
}

std::optional<int64_t> ParseInteger(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '9' || (text[0] == '0' && text.size() > 1)) {
    return std::nullopt;
  }
  int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

absl::Status ParseTables(const BundleFiles& files, RuleTables& tables) {
  std::set<std::string_view> read = {"catalogue.csv", "legal_basis.csv", "limits.csv",
                                     "methods.csv",   "zones.csv",       "divisions.csv"};
  if (absl::Status parsed = ParseCatalogue(files, read, tables); !parsed.ok()) return parsed;
  for (const auto parse :
       {ParseLegalBasis, ParseLimits, ParseMethods, ParseZones, ParseDivisions}) {
    if (absl::Status parsed = parse(files, tables); !parsed.ok()) return parsed;
  }
  for (const auto& [name, content] : files) {
    if (!read.contains(name)) {
      return absl::InvalidArgumentError(fmt::format("{}:1: no table of this name is known", name));
    }
  }
  return absl::OkStatus();
}

}  // namespace cradle::rules
