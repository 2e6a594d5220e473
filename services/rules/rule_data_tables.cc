#include "services/rules/rule_data_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "services/rules/calendar.h"
#include "services/rules/csv.h"
#include "services/rules/identity.h"
#include "services/rules/rule_data_reader.h"

namespace cradle::rules {
namespace {

// Limits that rules need must hold on every day from here on.
constexpr absl::CivilDay kFirstDay(1970, 1, 1);
constexpr NeededLimit kLimitsNeeded[] = {{"offline_window_hours", kFirstDay}};
constexpr NeededLimit kLimitsOfRuleSet2[] = {
    {"paper_backfill_working_days", kFirstDay},
    {"confirmation_working_days", kFirstDay},
    {"storage_limit_years_producer", kFirstDay},
    {"storage_limit_years_operator", kFirstDay},
    // There were no storage points before GB 18597-2023.
    {"storage_point_mass_g", absl::CivilDay(2023, 7, 1)},
    {"medical_storage_days", absl::CivilDay(2003, 6, 16)},
    {"weight_difference_alert_permille", kFirstDay},
    {"merge_inputs_max", kFirstDay},
    {"bulk_layers_max", kFirstDay},
    {"inherit_mass_share_permille", kFirstDay},
    {"licence_warn_permille", kFirstDay},
    {"licence_excess_permille", kFirstDay},
    {"licence_over_forbids_issue", kFirstDay},
    {"licence_comprehensive_years", kFirstDay},
    {"licence_collection_years", kFirstDay},
    {"licence_small_collection_last_yyyymmdd", kFirstDay},
    {"collection_hand_on_working_days", kFirstDay},
    {"approval_months_max", kFirstDay},
    {"amend_alone_hours", kFirstDay},
    {"countersign_hours", kFirstDay},
    {"collection_interval_days", kFirstDay},
    {"medical_disposer_hours_warm", kFirstDay},
    {"medical_disposer_hours_cold", kFirstDay},
    {"medical_disposer_hours_remote", kFirstDay},
    {"medical_cold_milli_celsius", kFirstDay},
    {"medical_store_outside_milli_celsius", kFirstDay},
    {"medical_store_milli_celsius_max", kFirstDay},
    {"small_institution_beds", kFirstDay},
    {"small_producer_annual_mass_g", kFirstDay},
    {"class_key_annual_mass_g", kFirstDay},
    {"class_simple_annual_mass_g", kFirstDay},
    {"dispute_claims_max", kFirstDay},
    {"carriers_max", kFirstDay},
    {"delegates_max", kFirstDay},
    {"service_fee_fen_max", kFirstDay},
    {"contest_days", kFirstDay},
    {"contests_max", kFirstDay},
    {"documents_max", kFirstDay},
    {"paper_transfer_days", kFirstDay},
    {"temperature_reading_hours", kFirstDay},
};

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

absl::Status ParseExemptions(const BundleFiles& files, std::string_view name, Edition& edition) {
  absl::StatusOr<Table> table =
      Table::Open(files, name, {"item", "codes", "waste", "link", "condition", "content"});
  if (!table.ok()) return table.status();
  for (const CsvRow& row : table->rows()) {
    const std::optional<int64_t> item = ParseInteger(table->Cell(row, "item"));
    if (!item) return table->Error(row, "item is no number");
    if (absl::Status filled = table->NotEmpty(row, {"codes", "link", "content"}); !filled.ok()) {
      return filled;
    }
    edition.exemptions.push_back({*item, table->Cell(row, "link"), table->Cell(row, "codes")});
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
    Edition edition{*validity, {}, {}, {}};
    const std::string& codes = table->Cell(row, "waste_codes");
    if (absl::Status parsed = ParseWasteCodes(files, codes, edition); !parsed.ok()) return parsed;
    const std::string& exemptions = table->Cell(row, "exemptions");
    if (absl::Status parsed = ParseExemptions(files, exemptions, edition); !parsed.ok()) {
      return parsed;
    }
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

// That the rows of a limit follow one another day by day from its first day for ever.
bool HoldsAlways(const std::vector<LimitRow>& limits, const NeededLimit& needed) {
  absl::CivilDay due = needed.from;
  for (bool found = true; found;) {
    found = false;
    for (const LimitRow& limit : limits) {
      if (limit.name != needed.name || limit.validity.from > due || limit.validity.to < due)
        continue;
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
  if (const NeededLimit* missing = FirstMissing(kLimitsNeeded, tables.limits)) {
    return absl::InvalidArgumentError(
        fmt::format("limits.csv:1: {} does not hold on every day from {} on", missing->name,
                    FormatDate(missing->from)));
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
    if (absl::StatusOr<std::string> mark = table->ReadMark(row); !mark.ok()) return mark.status();
    if (ending != "U" && ending != "D") return table->Error(row, "ending is neither U nor D");
    absl::StatusOr<bool> medical = table->ReadYesNo(row, "medical");
    if (!medical.ok()) return medical.status();
    if (absl::Status filled = table->NotEmpty(row, {"method_code", "name_zh", "name_en"});
        !filled.ok()) {
      return filled;
    }
    if (!tables.methods
             .emplace(code, RuleData::Method{ending == "U", *medical, table->Cell(row, "name_zh")})
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

std::span<const NeededLimit> LimitsOfRuleSet2() { return kLimitsOfRuleSet2; }

const NeededLimit* FirstMissing(std::span<const NeededLimit> needed,
                                const std::vector<LimitRow>& limits) {
  for (const NeededLimit& limit : needed) {
    if (!HoldsAlways(limits, limit)) return &limit;
  }
  return nullptr;
}

absl::Status ParseTables(const BundleFiles& files, RuleTables& tables) {
  std::set<std::string_view> read = {
      "catalogue.csv", "compatibility.csv", "divisions.csv", "holidays.csv",
      "limits.csv",    "legal_basis.csv",   "methods.csv",   "manifest_periods.csv",
      "processes.csv", "reasons.csv",       "zones.csv"};
  if (absl::Status parsed = ParseCatalogue(files, read, tables); !parsed.ok()) return parsed;
  for (const auto parse : {ParseLegalBasis, ParseLimits, ParseMethods, ParseZones, ParseDivisions,
                           ParseCustodyTables}) {
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
