// Writes what the fuzzers begin with: every statement of the rules' tests as bytes, as an entry and
// as a file; the rule data cut short; for `judge` and `render` the choice of each.
// usage: fuzz_seeds CORPUS-DIRECTORY, from the root of the tree
#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "services/rules/rule_data.h"
#include "services/rules/rule_table.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/signed_statement_file.h"
#include "tests/services/rules/one_of_each.h"

namespace cradle::fuzz {
namespace {

using rules::test::Draft;

bool Write(const std::filesystem::path& path, const std::string& bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << bytes;
  return file.flush().good();
}

bool WriteStatements(const std::filesystem::path& corpus) {
  rules::test::District district;
  const auto drafts = rules::test::OneOfEach(district);
  bool written = true;
  for (size_t i = 0; i < drafts.size(); ++i) {
    const auto [parsed, attestations] = district.Complete(drafts[i]);
    const std::string name =
        fmt::format("{:02}_{}", i, rules::EventName(parsed.message.event_case()));
    evidence::Entry entry;
    entry.recorded_time_ms = district.now_ms;
    entry.signed_statement.statement = parsed.bytes;
    for (const auto& attestation : attestations) {
      evidence::SignedAttestation& each = entry.signed_statement.attestations.emplace_back();
      each.algorithm = attestation.algorithm;
      each.attestation = evidence::Serialize(attestation.message);
      each.signature = std::string(64, 's');
    }
    written = written && Write(corpus / "statement" / name, parsed.bytes);
    // What is around the statement is the same for all.
    if (i % 8 == 0) {
      written = written &&
                Write(corpus / "statement" / (name + "_entry"),
                      evidence::EncodeEntry(entry).value_or("")) &&
                Write(corpus / "statement" / (name + "_file"),
                      evidence::EncodeSignedStatementFile(entry.signed_statement).value_or("")) &&
                Write(corpus / "statement" / (name + "_attestation"),
                      entry.signed_statement.attestations[0].attestation);
    }
    const auto chosen = static_cast<char>(i);
    // Of the rule sets, as a byte of the input chooses.
    constexpr auto newest = static_cast<char>(rules::kLastRuleSet - rules::kFirstRuleSet);
    written =
        written && Write(corpus / "render" / name, std::string({'\0', chosen})) &&
        // Said as it is, then again, then with a new id.
        Write(corpus / "judge" / name, std::string({newest, '\0', '\1', chosen, '\0', '\0', '\7',
                                                    '\0', '\0', '\0', '\1', chosen, '\3', '\0'}));
  }
  // Fixed once: the day of this time begins before any time there is.
  Draft smallest = drafts[0];
  smallest.Claimed(INT64_MIN);
  return written && Write(corpus / "render" / "time_of_the_smallest_integer",
                          district.Complete(smallest).first.bytes);
}

// The project's rule data with one row in each table that may be short.
std::string SmallBundle() {
  constexpr std::string_view kWhole[] = {"catalogue.csv", "limits.csv", "zones.csv"};
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator("deploy/rule_data")) {
    if (entry.path().extension() == ".csv") paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  std::string bundle = "cradle rule data 1\n";
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const std::string name = path.filename().string();
    if (std::find(std::begin(kWhole), std::end(kWhole), name) == std::end(kWhole)) {
      // Heading and one row, if there is one.
      const size_t end = text.find('\n', text.find('\n') + 1);
      if (end != std::string::npos) text.resize(end + 1);
    }
    bundle += fmt::format("file {} {}\n{}", name, text.size(), text);
  }
  return bundle;
}

bool WriteBundles(const std::filesystem::path& corpus) {
  const std::string bundle = SmallBundle();
  const auto parsed = rules::RuleData::FromBundle(bundle);
  if (!parsed.ok()) {
    fmt::print(stderr, "the small bundle is none: {}\n", parsed.status().ToString());
    return false;
  }
  const std::string change("b\0\0\0\0\0\0\x10\0\x02", 10);
  return Write(corpus / "rule_data" / "bundle", bundle) &&
         Write(corpus / "rule_data" / "changed", change + "9999-12-31") &&
         Write(corpus / "rule_data" / "csv", "a,b\r\n\"x, \"\"y\"\"\",\n\"two\nlines\",2\n");
}

}  // namespace
}  // namespace cradle::fuzz

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: {} CORPUS-DIRECTORY\n", argv[0]);
    return 2;
  }
  if (!cradle::fuzz::WriteStatements(argv[1]) || !cradle::fuzz::WriteBundles(argv[1])) {
    fmt::print(stderr, "cannot write to {}\n", argv[1]);
    return 1;
  }
  return 0;
}
