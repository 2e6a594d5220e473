#include "services/cradled/logs.h"

#include <gtest/gtest.h>
#include <spdlog/details/log_msg.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

namespace cradle::cradled {
namespace {

std::string LineOf(const std::string& message) {
  const auto time = spdlog::log_clock::time_point(std::chrono::milliseconds(1'795'336'496'007));
  const spdlog::details::log_msg logged(time, {}, "cradled", spdlog::level::warn, message);
  spdlog::memory_buf_t line;
  NewJsonFormatter()->format(logged, line);
  return {line.data(), line.size()};
}

TEST(LogsTest, OneObjectALine) {
  EXPECT_EQ(
      LineOf("serving on port 7070"),
      R"({"time":"2026-11-22T08:34:56.007Z","level":"warning","message":"serving on port 7070"})"
      "\n");
}

TEST(LogsTest, AnyMessageIsOneLineThatParses) {
  for (const std::string message : {"a \"quoted\" name", "two\nlines\r\n", "back\\slash",
                                    "东风化工厂", "bell \a and \x1B[31m"}) {
    const std::string line = LineOf(message);
    EXPECT_EQ(line.find('\n'), line.size() - 1) << line;
    EXPECT_EQ(nlohmann::json::parse(line)["message"], message);
  }
  EXPECT_NO_THROW(nlohmann::json::parse(LineOf("not UTF-8: \xFF\xFE")));
}

}  // namespace
}  // namespace cradle::cradled
