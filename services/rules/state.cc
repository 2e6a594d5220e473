#include "services/rules/state.h"

#include <utility>

namespace cradle::rules {

absl::StatusOr<std::optional<std::string>> StateOverlay::Get(std::string_view key) const {
  // Debian's Abseil hashes its own string_view.
  const auto found = changed_.find(absl::string_view(key.data(), key.size()));
  if (found != changed_.end()) return found->second;
  return base_->Get(key);
}

void StateOverlay::Apply(Changes changes) {
  for (Change& change : changes) {
    changed_.insert_or_assign(std::move(change.key), std::move(change.value));
  }
}

}  // namespace cradle::rules
