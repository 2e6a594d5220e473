#include "services/ledger/recent_state.h"

#include <utility>

namespace cradle::ledger {

absl::StatusOr<std::optional<std::string>> RecentState::Get(std::string_view key) const {
  if (const auto found = young_.find(key); found != young_.end()) return found->second;
  if (const auto found = old_.find(key); found != old_.end()) {
    std::string value = std::move(found->second);
    old_.erase(found);
    Keep(key, value);
    return value;
  }
  auto value = stored_->Get(key);
  if (value.ok() && *value) Keep(key, **value);
  return value;
}

void RecentState::Written(const std::map<std::string, std::string, std::less<>>& changed) {
  for (const auto& [key, value] : changed) {
    for (Generation* generation : {&young_, &old_}) {
      if (const auto found = generation->find(key); found != generation->end()) {
        found->second = value;
      }
    }
  }
}

void RecentState::Keep(std::string_view key, std::string_view value) const {
  if (young_bytes_ >= generation_bytes_max_) {
    old_ = std::exchange(young_, {});
    young_bytes_ = 0;
  }
  young_bytes_ += key.size() + value.size();
  young_.emplace(key, value);
}

}  // namespace cradle::ledger
