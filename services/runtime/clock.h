// Time, injected: whatever is written or answered has it from here. Only how long a call may wait
// goes by the system's clock.
#ifndef CRADLE_SERVICES_RUNTIME_CLOCK_H_
#define CRADLE_SERVICES_RUNTIME_CLOCK_H_

#include <atomic>
#include <cstdint>

namespace cradle::runtime {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual int64_t NowMs() const = 0;  // Unix time, UTC; safe to call from any thread
};

class SystemClock : public Clock {
 public:
  int64_t NowMs() const override;
};

// Stands where it is put.
class ManualClock : public Clock {
 public:
  explicit ManualClock(int64_t now_ms) : now_ms_(now_ms) {}
  int64_t NowMs() const override { return now_ms_.load(); }
  void Set(int64_t now_ms) { now_ms_.store(now_ms); }
  void Advance(int64_t by_ms) { now_ms_.fetch_add(by_ms); }

 private:
  std::atomic<int64_t> now_ms_;
};

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_CLOCK_H_
