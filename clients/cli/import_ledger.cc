#include "clients/cli/import_ledger.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "clients/sdk/quantity.h"
#include "services/rules/csv.h"
#include "services/rules/identity.h"
#include "storage/evidence/statement.h"

namespace cradle::cli {
namespace {

using statement::v1::Packaging;
using statement::v1::PhysicalForm;

constexpr size_t kContainersMax = 500;

// Headings as the standard prints them.
constexpr char kBatchCode[] = "产生批次编码";
constexpr char kGeneratedAt[] = "产生时间";
constexpr char kStorageCode[] = "入库批次编码";
constexpr char kStoredAt[] = "入库时间";
constexpr char kCategory[] = "危险废物类别";
constexpr char kWasteCode[] = "危险废物代码";
constexpr char kGeneratedAmount[] = "产生量";
constexpr char kStoredAmount[] = "入库量";
constexpr char kUnit[] = "计量单位";
constexpr char kContainerCode[] = "容器/包装编码";
constexpr char kContainerKind[] = "容器/包装类型";
constexpr char kContainerCount[] = "容器/包装数量";
constexpr char kFacilityCode[] = "贮存设施编码";
constexpr char kForm[] = "形态";  // not in B.1; taken where a ledger has it

std::string First16(const evidence::Hash& hash) {
  return std::string(evidence::AsBytes(hash).substr(0, 16));
}

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kWideSpace = "\u3000";
  while (true) {
    if (text.starts_with(' ') || text.starts_with('\t')) {
      text.remove_prefix(1);
    } else if (text.starts_with(kWideSpace)) {
      text.remove_prefix(kWideSpace.size());
    } else if (text.ends_with(' ') || text.ends_with('\t')) {
      text.remove_suffix(1);
    } else if (text.ends_with(kWideSpace)) {
      text.remove_suffix(kWideSpace.size());
    } else {
      return text;
    }
  }
}

// Longest name first where one is part of another.
constexpr std::array<std::pair<std::string_view, Packaging>, 11> kPackagings = {{
    {"吨桶", statement::v1::PACKAGING_IBC},
    {"IBC", statement::v1::PACKAGING_IBC},
    {"利器盒", statement::v1::PACKAGING_SHARPS_BOX},
    {"周转箱", statement::v1::PACKAGING_TURNOVER_BOX},
    {"袋", statement::v1::PACKAGING_BAG},
    {"桶", statement::v1::PACKAGING_DRUM},
    {"箱", statement::v1::PACKAGING_BOX},
    {"盒", statement::v1::PACKAGING_BOX},
    {"罐", statement::v1::PACKAGING_TANK},
    {"槽", statement::v1::PACKAGING_TANK},
    {"散装", statement::v1::PACKAGING_BULK},
}};

constexpr std::array<std::pair<std::string_view, PhysicalForm>, 8> kForms = {{
    {"半固态", statement::v1::PHYSICAL_FORM_SEMI_SOLID},
    {"固态", statement::v1::PHYSICAL_FORM_SOLID},
    {"固体", statement::v1::PHYSICAL_FORM_SOLID},
    {"液态", statement::v1::PHYSICAL_FORM_LIQUID},
    {"液体", statement::v1::PHYSICAL_FORM_LIQUID},
    {"气态", statement::v1::PHYSICAL_FORM_GAS},
    {"气体", statement::v1::PHYSICAL_FORM_GAS},
    {"其他", statement::v1::PHYSICAL_FORM_OTHER},
}};

constexpr std::array<std::pair<std::string_view, int64_t>, 9> kUnits = {{
    {"吨", 1'000'000},
    {"t", 1'000'000},
    {"T", 1'000'000},
    {"千克", 1'000},
    {"公斤", 1'000},
    {"kg", 1'000},
    {"KG", 1'000},
    {"克", 1},
    {"g", 1},
}};

// One row being read: fields by heading, and what is wrong with it.
class Row {
 public:
  Row(const rules::CsvTable& table, const rules::CsvRow& row, std::vector<LineError>& errors)
      : table_(table), row_(row), errors_(errors) {}

  size_t line() const { return row_.line; }
  bool ok() const { return ok_; }

  std::string_view Get(std::string_view heading) const {
    const size_t column = table_.Column(heading);
    return column == rules::CsvTable::npos ? std::string_view() : Trim(row_.fields[column]);
  }
  std::string_view Required(std::string_view heading) {
    const std::string_view value = Get(heading);
    if (value.empty()) Wrong(heading, "is empty");
    return value;
  }
  void Wrong(std::string_view heading, std::string_view message) {
    ok_ = false;
    errors_.push_back({row_.line, std::string(heading), std::string(message)});
  }

  int64_t Time(std::string_view heading) {
    const std::string_view text = Required(heading);
    if (text.empty()) return 0;
    absl::StatusOr<int64_t> time_ms = ParseLedgerTime(text);
    if (time_ms.ok()) return *time_ms;
    Wrong(heading, std::string(time_ms.status().message()));
    return 0;
  }

  int64_t Mass(std::string_view heading) {
    const std::string_view unit = Required(kUnit);
    const std::string_view amount = Required(heading);
    if (unit.empty() || amount.empty()) return 0;
    for (const auto& [name, mass_g] : kUnits) {
      if (unit != name) continue;
      absl::StatusOr<int64_t> parsed_g = sdk::ParseDecimalMass(amount, mass_g);
      if (parsed_g.ok() && *parsed_g > 0) return *parsed_g;
      Wrong(heading, parsed_g.ok() ? "is zero" : std::string(parsed_g.status().message()));
      return 0;
    }
    Wrong(kUnit, fmt::format("'{}' is no unit of mass: 吨, 千克 or 克; volumes and counts are "
                             "converted to tonnes (HJ 1259 5.4.1)",
                             unit));
    return 0;
  }

  std::string WasteCode() {
    const std::string code(Required(kWasteCode));
    if (code.empty()) return code;
    if (absl::Status status = rules::CheckWasteCodeForm(code); !status.ok()) {
      Wrong(kWasteCode, std::string(status.message()));
      return code;
    }
    const std::string_view category = Get(kCategory);
    // "HW08" or "HW08废矿物油…": the last two digits of the code say the same.
    if (!category.empty() && !category.starts_with("HW" + code.substr(8))) {
      Wrong(kCategory, fmt::format("'{}' is not the category of {}", category, code));
    }
    return code;
  }

 private:
  const rules::CsvTable& table_;
  const rules::CsvRow& row_;
  std::vector<LineError>& errors_;
  bool ok_ = true;
};

// Of what the line asserts, not of how it is written: another spacing is the same statement,
// another mass is not.
std::string NonceOf(const LedgerImport& import, const LedgerLine& line) {
  return First16(evidence::Sha256({"cradle/import/nonce/v1\n", import.organisation, "\n", line.code,
                                   "\n", evidence::Serialize(line.asked)}));
}

void AddContainers(Row& row, std::string_view batch, statement::v1::BatchGenerated& generated) {
  const std::string_view kind = row.Get(kContainerKind);
  const std::string_view count_text = row.Get(kContainerCount);
  const std::string_view labels_text = row.Get(kContainerCode);
  if (kind.empty() && count_text.empty() && labels_text.empty()) return;
  size_t count = 1;
  if (!count_text.empty()) {
    const char* const end = count_text.data() + count_text.size();
    const auto [stop, error] = std::from_chars(count_text.data(), end, count);
    if (error != std::errc() || stop != end || count == 0 || count > kContainersMax) {
      return row.Wrong(kContainerCount, fmt::format("'{}' is no whole number from 1 to {}",
                                                    count_text, kContainersMax));
    }
  }
  std::vector<std::string> labels;
  for (std::string_view rest = labels_text; !rest.empty();) {
    const size_t end = rest.find_first_of(";|");
    labels.emplace_back(Trim(rest.substr(0, end)));
    rest = end == std::string_view::npos ? "" : rest.substr(end + 1);
  }
  if (!labels.empty() && labels.size() != count) {
    return row.Wrong(kContainerCode,
                     fmt::format("{} codes for {} containers: one for each, separated "
                                 "by ';'",
                                 labels.size(), count));
  }
  Packaging packaging = statement::v1::PACKAGING_OTHER;
  for (const auto& [name, value] : kPackagings) {
    if (kind.find(name) == std::string_view::npos) continue;
    packaging = value;
    break;
  }
  for (size_t i = 0; i < count; ++i) {
    statement::v1::Container& container = *generated.add_containers();
    container.set_container(evidence::IdFromBytes(First16(
        evidence::Sha256({"cradle/import/container/v1\n", batch, "\n", fmt::format("{}", i)}))));
    container.set_packaging(packaging);
    if (!labels.empty()) container.set_label_code(labels[i]);
  }
}

std::optional<LedgerLine> ReadGeneration(const LedgerImport& import, Row& row) {
  LedgerLine line;
  line.line = row.line();
  line.code = std::string(row.Required(kBatchCode));
  statement::v1::BatchGenerated& generated = *line.asked.mutable_batch_generated();
  generated.set_batch(ImportedBatchId(import.organisation, line.code));
  generated.set_site(import.site);
  generated.set_waste_code(row.WasteCode());
  generated.set_generated_mass_g(row.Mass(kGeneratedAmount));
  *generated.mutable_mass_basis() = import.basis;
  generated.set_form(import.form);
  if (const std::string_view form = row.Get(kForm); !form.empty()) {
    bool known = false;
    for (const auto& [name, value] : kForms) {
      if (!known && form == name) generated.set_form(value);
      known = known || form == name;
    }
    if (!known)
      row.Wrong(kForm, fmt::format("'{}' is none of 固态, 半固态, 液态, 气态, 其他", form));
  }
  generated.set_generated_time_ms(row.Time(kGeneratedAt));
  generated.set_batch_code(line.code);
  AddContainers(row, generated.batch(), generated);
  line.asked.set_claimed_time_ms(generated.generated_time_ms());
  if (!row.ok()) return std::nullopt;
  return line;
}

std::optional<LedgerLine> ReadStorage(const LedgerImport& import, Row& row) {
  LedgerLine line;
  line.line = row.line();
  line.code = std::string(row.Required(kStorageCode));
  row.WasteCode();  // the batch has it; here it only has to be well formed
  statement::v1::BatchStored& stored = *line.asked.mutable_batch_stored();
  if (const std::string_view batch_code = row.Required(kBatchCode); !batch_code.empty()) {
    const std::string found = import.batch_of ? import.batch_of(batch_code) : "";
    stored.set_batch(found.empty() ? ImportedBatchId(import.organisation, batch_code) : found);
  }
  const std::string facility = import.facility_of ? import.facility_of(row.Get(kFacilityCode)) : "";
  if (facility.empty()) {
    row.Wrong(
        kFacilityCode,
        fmt::format("'{}' is no facility known here: give --facility, or name it with `cradle "
                    "alias set CODE ID`",
                    row.Get(kFacilityCode)));
  }
  stored.set_facility(facility);
  stored.set_stored_mass_g(row.Mass(kStoredAmount));
  stored.set_stored_time_ms(row.Time(kStoredAt));
  stored.set_storage_code(line.code);
  line.asked.set_claimed_time_ms(stored.stored_time_ms());
  if (!row.ok()) return std::nullopt;
  return line;
}

std::vector<std::string_view> Needed(LedgerTable table) {
  if (table == LedgerTable::kGeneration) {
    return {kBatchCode, kGeneratedAt, kWasteCode, kGeneratedAmount, kUnit};
  }
  return {kStorageCode, kStoredAt, kWasteCode, kStoredAmount, kUnit, kBatchCode};
}

// Digits of one number, then what has to follow it.
bool Take(std::string_view& text, int& number, std::initializer_list<std::string_view> ends) {
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || number < 0) return false;
  text.remove_prefix(static_cast<size_t>(stop - text.data()));
  for (const std::string_view separator : ends) {
    if (separator.empty() ? text.empty() : text.starts_with(separator)) {
      text.remove_prefix(separator.size());
      return true;
    }
  }
  return false;
}

}  // namespace

std::string ImportedBatchId(std::string_view organisation, std::string_view batch_code) {
  return evidence::IdFromBytes(
      First16(evidence::Sha256({"cradle/import/batch/v1\n", organisation, "\n", batch_code})));
}

absl::StatusOr<int64_t> ParseLedgerTime(std::string_view text) {
  if (text.find('T') != std::string_view::npos) return sdk::ParseTime(text, 0);
  const absl::Status wrong =
      absl::InvalidArgumentError(fmt::format("'{}' is no time such as 2021-10-31 08:30", text));
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::string_view rest = text;
  if (!Take(rest, year, {"-", "/", "年"}) || !Take(rest, month, {"-", "/", "月"}) ||
      !Take(rest, day, {"日", " ", ""})) {
    return wrong;
  }
  rest = Trim(rest);
  if (!rest.empty()) {
    if (!Take(rest, hour, {":", "时"}) || !Take(rest, minute, {":", "分", ""})) return wrong;
    if (!rest.empty() && !Take(rest, second, {"秒", ""})) return wrong;
  }
  const absl::CivilSecond civil(year, month, day, hour, minute, second);
  const bool exists = civil.year() == year && civil.month() == month && civil.day() == day &&
                      civil.hour() == hour && civil.minute() == minute && civil.second() == second;
  if (!exists || year < 1970 || year > 9999 || !rest.empty()) return wrong;
  return absl::ToUnixMillis(absl::FromCivil(civil, absl::FixedTimeZone(8 * 3600)));
}

absl::StatusOr<ParsedLedger> ParseLedger(std::string_view name, std::string_view csv,
                                         const LedgerImport& import) {
  absl::StatusOr<rules::CsvTable> table = rules::ParseCsv(name, csv);
  if (!table.ok()) return table.status();
  if (table->rows.empty()) {
    return absl::InvalidArgumentError(fmt::format("{} has headings and no line below them", name));
  }
  std::vector<std::string_view> missing;
  for (const std::string_view heading : Needed(import.table)) {
    if (table->Column(heading) == rules::CsvTable::npos) missing.push_back(heading);
  }
  if (!missing.empty()) {
    return absl::InvalidArgumentError(fmt::format(
        "{} has no column {}: headings as table {} of HJ 1259-2022 prints them", name,
        fmt::join(missing, ", "), import.table == LedgerTable::kGeneration ? "B.1" : "B.2"));
  }
  ParsedLedger ledger;
  std::map<std::string, size_t> line_of_code;
  for (const rules::CsvRow& fields : table->rows) {
    Row row(*table, fields, ledger.errors);
    const bool generation = import.table == LedgerTable::kGeneration;
    std::optional<LedgerLine> line =
        generation ? ReadGeneration(import, row) : ReadStorage(import, row);
    if (!line.has_value()) continue;
    const auto [first, fresh] = line_of_code.emplace(line->code, row.line());
    if (!fresh) {
      row.Wrong(generation ? kBatchCode : kStorageCode,
                fmt::format("{} stands in line {} already", line->code, first->second));
      continue;
    }
    line->asked.set_nonce(NonceOf(import, *line));
    statement::v1::Party& party = *line->asked.add_parties();
    party.set_organisation(import.organisation);
    party.set_capacity(statement::v1::CAPACITY_ORGANISATION);
    ledger.lines.push_back(*std::move(line));
  }
  return ledger;
}

}  // namespace cradle::cli
