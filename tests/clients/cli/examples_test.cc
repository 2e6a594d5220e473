// What help texts and READMEs show can be typed as it stands.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

#include "services/rules/identity.h"

namespace cradle::cli {
namespace {

namespace fs = std::filesystem;

std::string TextOf(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// How many codes of a file have the form of a unified social credit code; each must hold.
size_t CheckCodes(const fs::path& path) {
  static const std::regex kForm("\\b[0-9A-Z]{2}[0-9]{6}[0-9A-Z]{10}\\b");
  const std::string text = TextOf(path);
  size_t codes = 0;
  for (std::sregex_iterator found(text.begin(), text.end(), kForm), end; found != end; ++found) {
    ++codes;
    EXPECT_EQ(rules::CheckUscc(found->str()), absl::OkStatus()) << path << ": " << found->str();
  }
  return codes;
}

// Help texts are in the sources of the programs; tests may well name a wrong code.
bool IsShown(const fs::path& path) {
  return path.extension() == ".md" || path.extension() == ".cc" || path.extension() == ".proto" ||
         path.extension() == ".csv";
}

TEST(ExamplesTest, EveryCreditCodeInHelpTextsAndReadmesHolds) {
  size_t in_commands = 0;
  size_t codes = CheckCodes("README.md") + CheckCodes("DEVELOPMENT.md");
  for (const char* folder : {"clients", "deploy", "proto", "services", "storage"}) {
    for (const auto& file : fs::recursive_directory_iterator(folder)) {
      if (!file.is_regular_file() || !IsShown(file.path())) continue;
      const size_t here = CheckCodes(file.path());
      codes += here;
      if (file.path().parent_path() == "clients/cli") in_commands += here;
    }
  }
  EXPECT_GE(in_commands, 2u) << "the examples of `cradle found` and `cradle org register`";
  EXPECT_GT(codes, in_commands) << "the sample district";
}

}  // namespace
}  // namespace cradle::cli
