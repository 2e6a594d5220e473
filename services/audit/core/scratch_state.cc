#include "services/audit/core/scratch_state.h"

#include <utility>

namespace cradle::audit {

absl::StatusOr<std::optional<std::string>> ScratchStateInMemory::Get(std::string_view key) const {
  const auto found = values_.find(absl::string_view(key.data(), key.size()));
  if (found == values_.end()) return std::nullopt;
  return found->second;
}

absl::Status ScratchStateInMemory::Apply(rules::Changes changes) {
  for (rules::Change& change : changes) {
    const size_t key_bytes = change.key.size();
    const auto [place, added] = values_.try_emplace(std::move(change.key));
    bytes_ += (added ? key_bytes : 0) + change.value.size() - place->second.size();
    place->second = std::move(change.value);
  }
  return absl::OkStatus();
}

}  // namespace cradle::audit
