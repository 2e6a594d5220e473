// No file of this process may grow beyond a size, as if its disk were full there.
#ifndef CRADLE_TESTS_SERVICES_LEDGER_FILE_SIZE_LIMIT_H_
#define CRADLE_TESTS_SERVICES_LEDGER_FILE_SIZE_LIMIT_H_

#include <signal.h>
#include <sys/resource.h>

#include <cstdint>

namespace cradle::ledger::testing {

class FileSizeLimit {
 public:
  explicit FileSizeLimit(uint64_t bytes) {
    handler_ = signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &before_);
    signal(SIGXFSZ, handler_);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int) = nullptr;
};

}  // namespace cradle::ledger::testing

#endif  // CRADLE_TESTS_SERVICES_LEDGER_FILE_SIZE_LIMIT_H_
