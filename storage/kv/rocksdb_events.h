// What RocksDB tells of its own accord.
#ifndef CRADLE_STORAGE_KV_ROCKSDB_EVENTS_H_
#define CRADLE_STORAGE_KV_ROCKSDB_EVENTS_H_

#include <rocksdb/env.h>
#include <rocksdb/listener.h>

#include <atomic>
#include <cstdarg>
#include <string>

namespace cradle::kv {

// Notices when a write failed in the log or after it: the next recovery may bring that write back.
// A full disk met by a flush or a compaction is another thing: it refuses writes before the log.
class LogWatch final : public rocksdb::EventListener {
 public:
  explicit LogWatch(std::string directory);
  void OnBackgroundError(rocksdb::BackgroundErrorReason reason, rocksdb::Status* error) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason reason, rocksdb::Status error,
                            bool* auto_recovery) override;
  bool failed() const { return failed_; }

 private:
  const std::string directory_;
  std::atomic<bool> failed_ = false;
};

// Hands RocksDB's errors to the program's log, and its warnings, many of which tell of ordinary
// things, at level debug. RocksDB's own logger, a file in the
// store's directory, ends the process when the disk is full: Debian builds it with assertions, and
// one of them forbids to write on after an error.
class ForwardingLogger final : public rocksdb::Logger {
 public:
  explicit ForwardingLogger(std::string directory);
  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override;
  void Logv(rocksdb::InfoLogLevel level, const char* format, va_list arguments) override;
  void LogHeader(const char* format, va_list arguments) override;

 private:
  const std::string directory_;
};

}  // namespace cradle::kv

#endif  // CRADLE_STORAGE_KV_ROCKSDB_EVENTS_H_
