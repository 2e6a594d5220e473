// The tables that the rules of custody need and that bundles of the first rule set do not have.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "services/rules/calendar.h"
#include "services/rules/identity.h"
#include "services/rules/rule_data_reader.h"

namespace cradle::rules {
namespace {

absl::Status ParseHolidays(const BundleFiles& files, RuleTables& tables) {
  absl::StatusOr<Table> table =
      Table::OpenIfThere(files, "holidays.csv", {"year", "date", "kind", "source", "mark"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    absl::StatusOr<absl::CivilDay> day = ParseDate(table->Cell(row, "date"));
    if (!day.ok()) return table->Error(row, std::string(day.status().message()));
    if (ParseInteger(table->Cell(row, "year")) != day->year()) {
      return table->Error(row, "year is not that of the date");
    }
    const std::string& kind = table->Cell(row, "kind");
    if (kind != "holiday" && kind != "workday") {
      return table->Error(row, "kind is neither holiday nor workday");
    }
    // A make-up day on a Wednesday is a slip of the pen that would go unnoticed.
    const bool works = kind == "workday";
    if (works && IsWorkingDay({}, *day)) {
      return table->Error(row, "a workday that is no Saturday or Sunday");
    }
    if (absl::Status filled = table->NotEmpty(row, {"source"}); !filled.ok()) return filled;
    if (absl::StatusOr<std::string> mark = table->ReadMark(row); !mark.ok()) return mark.status();
    tables.holidays.years.insert(day->year());
    const auto meaning = works ? HolidayTable::Kind::kWorkday : HolidayTable::Kind::kHoliday;
    if (!tables.holidays.days.emplace(*day, meaning).second) {
      return table->Error(row, fmt::format("{} is given twice", FormatDate(*day)));
    }
  }
  return absl::OkStatus();
}

// 2, 4 or 6 digits of a division: "37", "3707", "370781".
absl::Status CheckDivisionPrefix(const Table& table, const CsvRow& row, const std::string& prefix) {
  const bool whole = prefix.size() == 2 || prefix.size() == 4 || prefix.size() == 6;
  const std::string filled = prefix + std::string(6 - std::min<size_t>(prefix.size(), 6), '0');
  if (!whole || prefix.ends_with("00") || !CheckDivisionForm(filled).ok()) {
    return table.Error(row,
                       "division_prefix is not the first 2, 4 or 6 digits of a division, without "
                       "the zeros that end it");
  }
  return absl::OkStatus();
}

absl::StatusOr<ManifestPeriod> ReadPeriod(const Table& table, const CsvRow& row) {
  const std::string& period = table.Cell(row, "period");
  if (period == "trip") return ManifestPeriod::kTrip;
  if (period == "day") return ManifestPeriod::kDay;
  if (period == "month") return ManifestPeriod::kMonth;
  return table.Error(row, "period is none of trip, day, month");
}

absl::Status ParseManifestPeriods(const BundleFiles& files, RuleTables& tables) {
  absl::StatusOr<Table> table = Table::OpenIfThere(
      files, "manifest_periods.csv",
      {"division_prefix", "waste_class", "period", "valid_from", "valid_to", "source", "mark"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    const std::string& prefix = table->Cell(row, "division_prefix");
    if (absl::Status form = CheckDivisionPrefix(*table, row, prefix); !form.ok()) return form;
    const std::string& waste_class = table->Cell(row, "waste_class");
    if (waste_class != kMedicalWasteClass) return table->Error(row, "waste_class is not medical");
    absl::StatusOr<ManifestPeriod> period = ReadPeriod(*table, row);
    if (!period.ok()) return period.status();
    absl::StatusOr<Validity> validity = table->ReadValidity(row);
    if (!validity.ok()) return validity.status();
    if (absl::Status filled = table->NotEmpty(row, {"source"}); !filled.ok()) return filled;
    if (absl::StatusOr<std::string> mark = table->ReadMark(row); !mark.ok()) return mark.status();
    for (const ManifestPeriodRow& other : tables.manifest_periods) {
      if (other.division_prefix == prefix && other.waste_class == waste_class &&
          Overlap(other.validity, *validity)) {
        return table->Error(row, fmt::format("{} has two periods on one day", prefix));
      }
    }
    tables.manifest_periods.push_back({prefix, waste_class, *period, *validity});
  }
  return absl::OkStatus();
}

absl::Status ParseCompatibility(const BundleFiles& files, RuleTables& tables) {
  absl::StatusOr<Table> table =
      Table::OpenIfThere(files, "compatibility.csv", {"a", "b", "source", "mark"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    for (const char* column : {"a", "b"}) {
      const std::string& text = table->Cell(row, column);
      // A category is checked as the code of what is identified and not listed in it.
      const bool category = text.size() == 4 && text.starts_with("HW");
      if (!CheckWasteCodeForm(category ? "900-000-" + text.substr(2) : text).ok()) {
        return table->Error(row, fmt::format("{} is neither NNN-NNN-CC nor HWCC", column));
      }
    }
    auto pair = std::minmax(table->Cell(row, "a"), table->Cell(row, "b"));
    if (pair.first == pair.second && !pair.first.starts_with("HW")) {
      return table->Error(row, "waste of one code may always be merged");
    }
    if (absl::Status filled = table->NotEmpty(row, {"source"}); !filled.ok()) return filled;
    if (absl::StatusOr<std::string> mark = table->ReadMark(row); !mark.ok()) return mark.status();
    if (!tables.compatible.emplace(pair.first, pair.second).second) {
      return table->Error(row, fmt::format("{} with {} is given twice", pair.first, pair.second));
    }
  }
  return absl::OkStatus();
}

absl::Status ParseProcesses(const BundleFiles& files, RuleTables& tables) {
  absl::StatusOr<Table> table = Table::OpenIfThere(
      files, "processes.csv",
      {"process_code", "resets_age", "method_code", "name_zh", "name_en", "source", "mark"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    if (absl::Status word = table->IsWord(row, "process_code"); !word.ok()) return word;
    absl::StatusOr<bool> resets_age = table->ReadYesNo(row, "resets_age");
    if (!resets_age.ok()) return resets_age.status();
    const std::string& method = table->Cell(row, "method_code");
    if (!method.empty() && !tables.methods.contains(method)) {
      return table->Error(row, fmt::format("methods.csv has no method {}", method));
    }
    if (absl::Status filled = table->NotEmpty(row, {"name_zh", "name_en", "source"});
        !filled.ok()) {
      return filled;
    }
    if (absl::StatusOr<std::string> mark = table->ReadMark(row); !mark.ok()) return mark.status();
    const std::string& code = table->Cell(row, "process_code");
    Process process{*resets_age, method, table->Cell(row, "name_zh"), table->Cell(row, "name_en")};
    if (!tables.processes.emplace(code, std::move(process)).second) {
      return table->Error(row, fmt::format("the process {} is given twice", code));
    }
  }
  return absl::OkStatus();
}

absl::Status ParseReasons(const BundleFiles& files, RuleTables& tables) {
  absl::StatusOr<Table> table =
      Table::OpenIfThere(files, "reasons.csv", {"subject", "code", "name_zh", "name_en"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    for (const char* column : {"subject", "code"}) {
      if (absl::Status word = table->IsWord(row, column); !word.ok()) return word;
    }
    if (absl::Status filled = table->NotEmpty(row, {"name_zh", "name_en"}); !filled.ok()) {
      return filled;
    }
    const std::string& subject = table->Cell(row, "subject");
    const std::string& code = table->Cell(row, "code");
    Reason reason{code, table->Cell(row, "name_zh"), table->Cell(row, "name_en")};
    if (!tables.reasons[subject].emplace(code, std::move(reason)).second) {
      return table->Error(row, fmt::format("the reason {} of {} is given twice", code, subject));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseCustodyTables(const BundleFiles& files, RuleTables& tables) {
  for (const auto parse :
       {ParseHolidays, ParseManifestPeriods, ParseCompatibility, ParseProcesses, ParseReasons}) {
    if (absl::Status parsed = parse(files, tables); !parsed.ok()) return parsed;
  }
  return absl::OkStatus();
}

}  // namespace cradle::rules
