#include "storage/kv/rocksdb_events.h"

#include <spdlog/spdlog.h>

#include <cstdio>
#include <string_view>
#include <utility>

namespace cradle::kv {

LogWatch::LogWatch(std::string directory) : directory_(std::move(directory)) {}

void LogWatch::OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) {
  spdlog::error("the store in '{}' met an error: {}", directory_, error->ToString());
  if (reason == rocksdb::BackgroundErrorReason::kWriteCallback ||
      reason == rocksdb::BackgroundErrorReason::kMemTable) {
    failed_ = true;
  }
}

void LogWatch::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status error,
                                    bool* auto_recovery) {
  error.PermitUncheckedError();
  // Only reopening settles what became of the write.
  if (failed_) *auto_recovery = false;
}

ForwardingLogger::ForwardingLogger(std::string directory)
    : Logger(rocksdb::InfoLogLevel::WARN_LEVEL), directory_(std::move(directory)) {}

void ForwardingLogger::Logv(const char* format, va_list arguments) {
  Logv(rocksdb::InfoLogLevel::INFO_LEVEL, format, arguments);
}

void ForwardingLogger::Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) {
  if (level < rocksdb::InfoLogLevel::WARN_LEVEL || level == rocksdb::InfoLogLevel::HEADER_LEVEL) {
    return;
  }
  char text[1000];  // a longer one is cut
  std::vsnprintf(text, sizeof(text), format, arguments);
  std::string_view line(text);
  line = line.substr(0, line.find('\n'));  // dumps of RocksDB's inner state follow
  spdlog::log(
      level == rocksdb::InfoLogLevel::WARN_LEVEL ? spdlog::level::debug : spdlog::level::err,
      "rocksdb in '{}': {}", directory_, line);
}

void ForwardingLogger::LogHeader(const char*, va_list) {}

}  // namespace cradle::kv
