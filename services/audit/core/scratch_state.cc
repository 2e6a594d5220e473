#include "services/audit/core/scratch_state.h"

namespace cradle::audit {

absl::StatusOr<std::optional<std::string>> ScratchStateInMemory::Get(std::string_view key) const {
  const auto found = values_.find(absl::string_view(key.data(), key.size()));
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

absl::Status ScratchStateInMemory::Apply(const rules::Changes& changes) {
  for (const rules::Change& change : changes) {
    const auto [place, added] = values_.try_emplace(change.key);
    bytes_ += (added ? change.key.size() : 0) + change.value.size() - place->second.size();
    place->second = change.value;
  }
  return absl::OkStatus();
}

}  // namespace cradle::audit
