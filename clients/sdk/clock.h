// Time, injected: nothing in the clients asks the system clock but SystemClock.
#ifndef CRADLE_CLIENTS_SDK_CLOCK_H_
#define CRADLE_CLIENTS_SDK_CLOCK_H_

#include <cstdint>

namespace cradle::sdk {

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
class FixedClock : public Clock {
 public:
  explicit FixedClock(int64_t now_ms) : now_ms_(now_ms) {}
  int64_t NowMs() const override { return now_ms_; }
  void Set(int64_t now_ms) { now_ms_ = now_ms; }

 private:
  int64_t now_ms_;
};

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_CLOCK_H_
