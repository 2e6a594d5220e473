#include "tests/services/rules/bundle_parts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <utility>

namespace cradle::rules::test {
namespace {

// Where the length of a file is written in its header, which begins at `header`.
void AddToLength(std::string& bundle, size_t header, long long bytes) {
  const size_t space = bundle.find(' ', header + 6);
  const size_t end = bundle.find('\n', space);
  const auto old = std::stoll(bundle.substr(space + 1, end - space - 1));
  bundle.replace(space + 1, end - space - 1, fmt::format("{}", old + bytes));
}

// First byte of the header of a file, and the first behind its content.
std::pair<size_t, size_t> PlaceOf(const std::string& bundle, std::string_view file) {
  const size_t header = bundle.find(fmt::format("\nfile {} ", file)) + 1;
  EXPECT_NE(header, 0u) << file;
  const size_t next = bundle.find("\nfile ", header);
  return {header, next == std::string::npos ? bundle.size() : next + 1};
}

}  // namespace

const std::string& OwnBundle() {
  static const std::string kBundle = [] {
    const auto bundle = PackRuleData("deploy/rule_data");
    EXPECT_TRUE(bundle.ok()) << bundle.status();
    return bundle.value_or("");
  }();
  return kBundle;
}

std::shared_ptr<const RuleData> LoadOwn() { return Load(OwnBundle()); }

std::set<std::string> SubjectsOfLegalBasis() {
  std::ifstream file("deploy/rule_data/legal_basis.csv");
  std::set<std::string> subjects;
  std::string row;
  std::getline(file, row);  // the names of the columns
  while (std::getline(file, row)) subjects.insert(row.substr(0, row.find(',')));
  EXPECT_FALSE(subjects.empty());
  return subjects;
}

std::string Replaced(std::string bundle, std::string_view from, std::string_view to) {
  const size_t at = bundle.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  if (at == std::string::npos) return bundle;
  const size_t header = bundle.rfind("\nfile ", at);
  bundle.replace(at, from.size(), to);
  AddToLength(bundle, header,
              static_cast<long long>(to.size()) - static_cast<long long>(from.size()));
  return bundle;
}

std::string Without(std::string bundle, std::initializer_list<std::string_view> files) {
  for (const std::string_view file : files) {
    const auto [begin, end] = PlaceOf(bundle, file);
    bundle.erase(begin, end - begin);
  }
  return bundle;
}

std::string WithRow(std::string bundle, std::string_view file, std::string_view row) {
  const auto [begin, end] = PlaceOf(bundle, file);
  const std::string line = fmt::format("{}\n", row);
  bundle.insert(end, line);
  AddToLength(bundle, begin - 1, static_cast<long long>(line.size()));
  return bundle;
}

std::shared_ptr<const RuleData> Load(std::string_view bundle) {
  auto data = RuleData::FromBundle(bundle);
  EXPECT_TRUE(data.ok()) << data.status();
  return data.value_or(nullptr);
}

std::string ErrorOf(std::string_view bundle) {
  const auto data = RuleData::FromBundle(bundle);
  EXPECT_EQ(data.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(data.status().message());
}

}  // namespace cradle::rules::test
