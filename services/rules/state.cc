#include "services/rules/state.h"

namespace cradle::rules {

absl::StatusOr<std::optional<std::string>> StateOverlay::Get(std::string_view key) const {
  if (const auto found = changed_.find(key); found != changed_.end()) return found->second;
  return base_->Get(key);
}

void StateOverlay::Apply(const Changes& changes) {
  for (const Change& change : changes) changed_.insert_or_assign(change.key, change.value);
}

}  // namespace cradle::rules
