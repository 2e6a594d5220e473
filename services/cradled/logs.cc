#include "services/cradled/logs.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <google/protobuf/stubs/logging.h>
#include <spdlog/details/log_msg.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace cradle::cradled {
namespace {

using nlohmann::ordered_json;

class JsonFormatter : public spdlog::formatter {
 public:
  void format(const spdlog::details::log_msg& message, spdlog::memory_buf_t& line) override {
    const auto since_epoch =
        std::chrono::duration_cast<std::chrono::milliseconds>(message.time.time_since_epoch());
    const auto level = spdlog::level::to_string_view(message.level);
    const ordered_json json = {
        {"time", fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                             fmt::gmtime(spdlog::log_clock::to_time_t(message.time)),
                             since_epoch.count() % 1'000)},
        {"level", std::string(level.data(), level.size())},
        {"message", std::string(message.payload.data(), message.payload.size())}};
    const std::string text = json.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    line.append(std::string_view(text));
    line.push_back('\n');
  }

  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<JsonFormatter>();
  }
};

// Of what a client sent, mostly: the refusal says it to whom it concerns.
void LogProtobuf(google::protobuf::LogLevel, const char*, int, const std::string& message) {
  spdlog::debug("protobuf: {}", message);
}

}  // namespace

std::unique_ptr<spdlog::formatter> NewJsonFormatter() { return std::make_unique<JsonFormatter>(); }

void SetUpLogs() {
  auto logger = spdlog::stderr_logger_mt("cradled");
  logger->set_formatter(NewJsonFormatter());
  spdlog::set_default_logger(logger);
  google::protobuf::SetLogHandler(LogProtobuf);
}

}  // namespace cradle::cradled
