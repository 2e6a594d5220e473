#include "services/rules/rule_data.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/status/status.h"
#include "services/rules/calendar.h"
#include "services/rules/rule_data_reader.h"
#include "services/rules/rule_data_tables.h"

namespace cradle::rules {
namespace {

constexpr std::string_view kHeading = "cradle rule data 1\n";

absl::StatusOr<std::string> ReadFile(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(fmt::format("cannot open {}", path.string()));
  std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  if (file.bad()) return absl::DataLossError(fmt::format("cannot read {}", path.string()));
  return bytes;
}

// Paths of a directory's files that end in `extension`, in order of name.
absl::StatusOr<std::vector<std::filesystem::path>> ListFiles(const std::string& directory,
                                                             std::string_view extension) {
  std::error_code error;
  std::vector<std::filesystem::path> paths;
  std::filesystem::directory_iterator entry(directory, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    if (entry->path().extension() == extension) paths.push_back(entry->path());
  }
  if (error) {
    return absl::NotFoundError(fmt::format("cannot list {}: {}", directory, error.message()));
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// The files in a bundle, by name. Views into `bundle`.
absl::StatusOr<BundleFiles> SplitBundle(std::string_view bundle) {
  if (!bundle.starts_with(kHeading)) {
    return absl::InvalidArgumentError("bundle:1: does not begin \"cradle rule data 1\"");
  }
  BundleFiles files;
  std::string_view rest = bundle.substr(kHeading.size());
  std::string_view last;
  const auto wrong = [&](std::string_view what) {
    const auto line = 1 + std::count(bundle.begin(), bundle.end() - rest.size(), '\n');
    return absl::InvalidArgumentError(fmt::format("bundle:{}: {}", line, what));
  };
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    std::string_view line = rest.substr(0, end);
    if (end == std::string_view::npos || !line.starts_with("file ")) {
      return wrong("expected \"file <name> <bytes>\"");
    }
    line.remove_prefix(5);
    const size_t space = line.find(' ');
    const std::string_view name = line.substr(0, space);
    if (space == std::string_view::npos || name.empty() || !name.ends_with(".csv") ||
        name.find('/') != std::string_view::npos) {
      return wrong("expected \"file <name> <bytes>\"");
    }
    if (name <= last) return wrong("files are not in order of name, or one is given twice");
    const std::optional<int64_t> bytes = ParseInteger(line.substr(space + 1));
    if (!bytes || *bytes < 0 || static_cast<uint64_t>(*bytes) > rest.size() - end - 1) {
      return wrong("the file's length is no number, or longer than the bundle");
    }
    files.emplace(name, rest.substr(end + 1, static_cast<size_t>(*bytes)));
    last = name;
    rest.remove_prefix(end + 1 + static_cast<size_t>(*bytes));
  }
  return files;
}

// "运输" of "运输", and "利用" of "利用、处置".
bool NamesLink(std::string_view links, std::string_view link) {
  constexpr std::string_view kJoin = "、";
  while (true) {
    const size_t end = links.find(kJoin);
    if (links.substr(0, end) == link) return true;
    if (end == std::string_view::npos) return false;
    links.remove_prefix(end + kJoin.size());
  }
}

// A whole code or a category of "900-200-08|HW34"; words for codes name every waste.
bool NamesCode(std::string_view codes, std::string_view waste_code) {
  while (true) {
    const std::string_view code = codes.substr(0, codes.find('|'));
    const bool category = code.size() == 4 && code.starts_with("HW");
    if (!category && !(code.size() == 10 && code[3] == '-')) return true;
    if (category ? waste_code.ends_with(code.substr(2)) : waste_code == code) return true;
    if (code.size() == codes.size()) return false;
    codes.remove_prefix(code.size() + 1);
  }
}

bool InForce(const Validity& validity, absl::CivilDay day) {
  return validity.from <= day && day <= validity.to;
}

}  // namespace

struct RuleData::Tables : RuleTables {};

absl::StatusOr<std::shared_ptr<const RuleData>> RuleData::FromBundle(std::string_view bundle) {
  absl::StatusOr<BundleFiles> files = SplitBundle(bundle);
  if (!files.ok()) return files.status();
  auto tables = std::make_shared<Tables>();
  if (absl::Status parsed = ParseTables(*files, *tables); !parsed.ok()) return parsed;
  auto data = std::make_shared<RuleData>();
  data->bundle_ = std::string(bundle);
  data->sha256_ = evidence::Sha256(bundle);
  // Asked at every admission; sought once.
  const NeededLimit* missing = FirstMissing(LimitsOfRuleSet2(), tables->limits);
  if (missing != nullptr) data->limit_missing_for_set_2_ = missing->name;
  data->tables_ = std::move(tables);
  return std::shared_ptr<const RuleData>(std::move(data));
}

bool RuleData::CatalogueLoadedOn(absl::CivilDay day) const {
  return std::any_of(tables_->editions.begin(), tables_->editions.end(),
                     [&](const Edition& edition) { return InForce(edition.validity, day); });
}

const WasteCode* RuleData::FindWasteCode(std::string_view code, absl::CivilDay day) const {
  for (const Edition& edition : tables_->editions) {
    if (InForce(edition.validity, day)) return edition.Find(code);
  }
  return nullptr;
}

const WasteCode* RuleData::FindWasteCodeInLatest(std::string_view code, absl::CivilDay day) const {
  const Edition* latest = nullptr;
  for (const Edition& edition : tables_->editions) {
    if (edition.validity.from <= day) latest = &edition;
  }
  return latest == nullptr ? nullptr : latest->Find(code);
}

std::vector<const WasteCode*> RuleData::WasteCodes(absl::CivilDay day) const {
  std::vector<const WasteCode*> codes;
  for (const Edition& edition : tables_->editions) {
    if (!InForce(edition.validity, day)) continue;
    for (const auto& [name, code] : edition.codes) codes.push_back(&code);
  }
  return codes;
}

std::vector<const WasteCode*> RuleData::WasteCodesInLatest(absl::CivilDay day) const {
  std::vector<const WasteCode*> codes;
  for (const Edition& edition : tables_->editions) {
    if (edition.validity.from > day) continue;
    codes.clear();
    for (const auto& [name, code] : edition.codes) codes.push_back(&code);
  }
  return codes;
}

bool RuleData::Exempts(int64_t item, std::string_view link, std::string_view waste_code,
                       absl::CivilDay day) const {
  const Edition* latest = nullptr;
  for (const Edition& edition : tables_->editions) {
    if (edition.validity.from <= day) latest = &edition;
  }
  if (latest == nullptr) return false;
  return std::any_of(
      latest->exemptions.begin(), latest->exemptions.end(), [&](const ExemptionRow& row) {
        return row.item == item && (row.link == "全部环节" || NamesLink(row.link, link)) &&
               NamesCode(row.codes, waste_code);
      });
}

std::optional<int64_t> RuleData::ZoneOffsetMs(std::string_view zone) const {
  const auto found = tables_->zones.find(zone.empty() ? kLogZone : zone);
  if (found == tables_->zones.end()) return std::nullopt;
  return found->second;
}

std::string_view RuleData::DivisionName(std::string_view division) const {
  const auto found = tables_->divisions.find(division);
  return found == tables_->divisions.end() ? std::string_view() : found->second;
}

std::string RuleData::LegalBasis(std::string_view subject, absl::CivilDay day) const {
  std::string text;
  for (const Basis& basis : tables_->legal_basis) {
    if (basis.subject != subject || !InForce(basis.validity, day)) continue;
    if (!text.empty()) text += "; ";
    text += basis.text;
    // What nobody here read in the primary text is shown so.
    if (basis.mark != "F") text += fmt::format(" [{}]", basis.mark);
  }
  return text;
}

std::vector<RuleData::Citation> RuleData::Citations(std::string_view subject) const {
  std::vector<Citation> citations;
  for (const Basis& basis : tables_->legal_basis) {
    if (basis.subject != subject) continue;
    const bool ends = basis.validity.to != kForEver;
    citations.push_back({basis.text, basis.mark, FormatDate(basis.validity.from),
                         ends ? FormatDate(basis.validity.to) : std::string()});
  }
  return citations;
}

absl::StatusOr<int64_t> RuleData::Limit(std::string_view name, absl::CivilDay day) const {
  for (const LimitRow& limit : tables_->limits) {
    if (limit.name == name && InForce(limit.validity, day)) return limit.value;
  }
  return absl::NotFoundError(
      fmt::format("the rule data has no limit {} in force on {}", name, FormatDate(day)));
}

std::optional<RuleData::Method> RuleData::FindMethod(std::string_view method_code) const {
  const auto found = tables_->methods.find(method_code);
  if (found == tables_->methods.end()) return std::nullopt;
  return found->second;
}

std::string RuleData::LimitMissingFor(uint32_t rule_set) const {
  return rule_set < 2 ? std::string() : limit_missing_for_set_2_;
}

absl::Status RuleData::FitsRuleSet(uint32_t rule_set) const {
  const std::string missing = LimitMissingFor(rule_set);
  if (missing.empty()) return absl::OkStatus();
  return absl::FailedPreconditionError(fmt::format(
      "rule set {} asks for the limit {}, which the rule data bundle {} does not have in "
      "force on every day",
      rule_set, missing, evidence::Hex(sha256_)));
}

const HolidayTable& RuleData::holidays() const { return tables_->holidays; }

ManifestPeriod RuleData::ManifestPeriodFor(std::string_view waste_class, std::string_view division,
                                           absl::CivilDay day) const {
  const ManifestPeriodRow* found = nullptr;
  for (const ManifestPeriodRow& row : tables_->manifest_periods) {
    if (row.waste_class != waste_class || !division.starts_with(row.division_prefix) ||
        !InForce(row.validity, day)) {
      continue;
    }
    const bool longer =
        found == nullptr || row.division_prefix.size() > found->division_prefix.size();
    if (longer) found = &row;
  }
  return found == nullptr ? ManifestPeriod::kTrip : found->period;
}

bool RuleData::MayMerge(std::string_view code_a, std::string_view code_b) const {
  if (code_a == code_b) return true;
  const auto category = [](std::string_view code) {
    return fmt::format("HW{}", code.substr(code.size() - std::min<size_t>(code.size(), 2)));
  };
  for (const std::string& a : {std::string(code_a), category(code_a)}) {
    for (const std::string& b : {std::string(code_b), category(code_b)}) {
      if (tables_->compatible.contains(std::minmax(a, b))) return true;
    }
  }
  return false;
}

const Process* RuleData::FindProcess(std::string_view process_code) const {
  const auto found = tables_->processes.find(process_code);
  return found == tables_->processes.end() ? nullptr : &found->second;
}

const Reason* RuleData::FindReason(std::string_view subject, std::string_view code) const {
  const auto reasons = tables_->reasons.find(subject);
  if (reasons == tables_->reasons.end()) return nullptr;
  const auto found = reasons->second.find(code);
  return found == reasons->second.end() ? nullptr : &found->second;
}

std::vector<const Reason*> RuleData::Reasons(std::string_view subject) const {
  std::vector<const Reason*> all;
  const auto reasons = tables_->reasons.find(subject);
  if (reasons == tables_->reasons.end()) return all;
  for (const auto& [code, reason] : reasons->second) all.push_back(&reason);
  return all;
}

absl::StatusOr<RuleDataLibrary> RuleDataLibrary::FromDirectory(const std::string& directory) {
  absl::StatusOr<std::vector<std::filesystem::path>> paths = ListFiles(directory, ".bundle");
  if (!paths.ok()) return paths.status();
  RuleDataLibrary library;
  for (const std::filesystem::path& path : *paths) {
    absl::StatusOr<std::string> bytes = ReadFile(path);
    if (!bytes.ok()) return bytes.status();
    if (evidence::Hex(evidence::Sha256(*bytes)) != path.stem().string()) {
      return absl::DataLossError(
          fmt::format("{}: its bytes do not have the SHA-256 it is named by", path.string()));
    }
    absl::StatusOr<std::shared_ptr<const RuleData>> data = RuleData::FromBundle(*bytes);
    if (!data.ok()) {
      return absl::DataLossError(
          fmt::format("{}: {}", path.string(), std::string(data.status().message())));
    }
    library.Add(*std::move(data));
  }
  return library;
}

void RuleDataLibrary::Add(std::shared_ptr<const RuleData> data) {
  std::string name(evidence::AsBytes(data->sha256()));
  by_sha256_.insert_or_assign(std::move(name), std::move(data));
}

std::shared_ptr<const RuleData> RuleDataLibrary::Find(std::string_view sha256) const {
  const auto found = by_sha256_.find(sha256);
  return found == by_sha256_.end() ? nullptr : found->second;
}

absl::StatusOr<std::string> PackRuleData(const std::string& directory) {
  absl::StatusOr<std::vector<std::filesystem::path>> paths = ListFiles(directory, ".csv");
  if (!paths.ok()) return paths.status();
  std::string bundle(kHeading);
  for (const std::filesystem::path& path : *paths) {
    absl::StatusOr<std::string> bytes = ReadFile(path);
    if (!bytes.ok()) return bytes.status();
    bundle += fmt::format("file {} {}\n", path.filename().string(), bytes->size());
    bundle += *bytes;
  }
  if (absl::StatusOr<std::shared_ptr<const RuleData>> data = RuleData::FromBundle(bundle);
      !data.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("{}: {}", directory, std::string(data.status().message())));
  }
  return bundle;
}

}  // namespace cradle::rules
