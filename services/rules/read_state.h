// One message of the admission state. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_READ_STATE_H_
#define CRADLE_SERVICES_RULES_READ_STATE_H_

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/rules/state.h"

namespace cradle::rules {

// The message under a key, or nullopt. DATA_LOSS: what is there is no such message; names `what`.
template <typename Message>
absl::StatusOr<std::optional<Message>> ReadMessage(const StateReader& state, const std::string& key,
                                                   std::string_view what) {
  absl::StatusOr<std::optional<std::string>> bytes = state.Get(key);
  if (!bytes.ok()) return bytes.status();
  if (!*bytes) return std::nullopt;
  Message message;
  if (!message.ParseFromString(**bytes)) {
    return absl::DataLossError(fmt::format("the state of {} cannot be read", what));
  }
  return message;
}

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_READ_STATE_H_
