// How the keys of view.h are put together. Private to this folder.
#ifndef CRADLE_SERVICES_MONITORING_KEYS_H_
#define CRADLE_SERVICES_MONITORING_KEYS_H_

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "cradle/state/v1/monitoring_state.pb.h"

namespace cradle::monitoring::keys {

inline constexpr std::string_view kClock = "v/clock/";
inline constexpr std::string_view kRun = "v/run/";
inline constexpr std::string_view kStop = "v/stop/";
inline constexpr std::string_view kRules = "v/rules/";
inline constexpr std::string_view kUnknownDate = "0000-00-00";
inline constexpr size_t kDateLength = 10;
inline constexpr size_t kIndexLength = 8;

inline std::string Name(const state::v1::StorageClock& clock) {
  return fmt::format("{}/{}/{}", clock.batch(), clock.trigger(), clock.organisation());
}

inline std::string BigEndian(uint64_t number) {
  std::string bytes(kIndexLength, '\0');
  for (size_t i = kIndexLength; i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xFF);
  return bytes;
}

inline std::string Clock(std::string_view name) { return fmt::format("{}{}", kClock, name); }
inline std::string Run(std::string_view date, std::string_view name) {
  return fmt::format("{}{}/{}", kRun, date.empty() ? kUnknownDate : date, name);
}
inline std::string Stop(uint64_t index, std::string_view name) {
  return fmt::format("{}{}/{}", kStop, BigEndian(index), name);
}
inline std::string Rules(uint64_t index) { return fmt::format("{}{}", kRules, BigEndian(index)); }

}  // namespace cradle::monitoring::keys

#endif  // CRADLE_SERVICES_MONITORING_KEYS_H_
