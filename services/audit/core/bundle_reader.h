// Reads, parses and proves the entries of a log on all cores, and hands the bundles out in order.
#ifndef CRADLE_SERVICES_AUDIT_CORE_BUNDLE_READER_H_
#define CRADLE_SERVICES_AUDIT_CORE_BUNDLE_READER_H_

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "services/audit/core/entry_check.h"
#include "services/audit/core/key_ring.h"
#include "services/audit/core/log_source.h"

namespace cradle::audit {

// At most three bundles for each thread are in memory.
class BundleReader {
 public:
  // Of the first `size` entries. `source` and `keys` must outlive it. threads ≥ 1.
  BundleReader(const LogSource& source, uint64_t size, int threads, KeyRing& keys);
  // Stops reading.
  ~BundleReader();
  BundleReader(const BundleReader&) = delete;
  BundleReader& operator=(const BundleReader&) = delete;

  // The next bundle, its signatures proven with every key enrolled in it or before. To be called
  // ⌈size / 256⌉ times, by one thread.
  CheckedBundle Next();

 private:
  void Work();

  const LogSource& source_;
  KeyRing& keys_;
  const uint64_t size_;
  const uint64_t count_;   // of bundles
  const uint64_t window_;  // bundles taken and not yet handed out, at most

  std::mutex mutex_;
  std::condition_variable changed_;
  uint64_t next_ = 0;  // to be taken by a worker
  uint64_t handed_out_ = 0;
  uint64_t parsed_ = 0;  // all bundles before this one are parsed
  std::set<uint64_t> parsed_ahead_;
  std::map<uint64_t, CheckedBundle> done_;
  bool stopping_ = false;
  std::vector<std::thread> workers_;
};

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_BUNDLE_READER_H_
