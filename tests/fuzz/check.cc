#include "tests/fuzz/check.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "services/rules/visible_text.h"

namespace cradle::fuzz {
namespace {

class EndTheProgram : public testing::EmptyTestEventListener {
  void OnTestPartResult(const testing::TestPartResult& result) override {
    if (!result.failed()) return;
    fmt::print(stderr, "{}:{}: {}\n", result.file_name() == nullptr ? "" : result.file_name(),
               result.line_number(), result.message());
    std::abort();
  }
};

}  // namespace

void Check(bool holds, std::string_view what) {
  if (holds) return;
  fmt::print(stderr, "does not hold: {}\n", what);
  std::abort();
}

void FailedExpectationsEndTheProgram() {
  auto listener = std::make_unique<EndTheProgram>();
  testing::UnitTest::GetInstance()->listeners().Append(listener.release());  // GoogleTest owns it
}

void CheckVisible(std::string_view text, std::string_view what) {
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    Check(rules::VisibleText(line) == line, fmt::format("{} is fit to be shown: {}", what, line));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
}

}  // namespace cradle::fuzz
