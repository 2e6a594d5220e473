#include "clients/sdk/clock.h"

#include <chrono>

namespace cradle::sdk {

int64_t SystemClock::NowMs() const {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace cradle::sdk
