#include "services/ledger/recent_state.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "services/rules/state_keys.h"

namespace cradle::ledger {
namespace {

namespace keys = rules::keys;

// Debian's Abseil hashes its own string_view.
absl::string_view ToFind(std::string_view key) { return {key.data(), key.size()}; }

// "s/entry/" of the key of an entry.
std::string PrefixOf(std::string key) {
  key.resize(key.find('/', keys::kStatePrefix.size()) + 1);
  return key;
}

// What every statement leaves is hardly ever read.
bool IsReadAgain(std::string_view key) {
  static const std::string kRecords[] = {PrefixOf(keys::Statement("")), PrefixOf(keys::Nonce("")),
                                         PrefixOf(keys::Entry(0)), PrefixOf(keys::Element("", 0))};
  return std::none_of(std::begin(kRecords), std::end(kRecords),
                      [&](const std::string& prefix) { return key.starts_with(prefix); });
}

// What a row takes, about: with its place in the table, also where it says that nothing is there.
size_t BytesOf(std::string_view key, const std::optional<std::string>& value) {
  constexpr size_t kPlaceBytes = 96;
  return kPlaceBytes + key.size() + (value ? value->size() : 0);
}

}  // namespace

absl::StatusOr<std::optional<std::string>> RecentState::Get(std::string_view key) const {
  if (const auto found = young_.find(ToFind(key)); found != young_.end()) return found->second;
  if (const auto found = old_.find(ToFind(key)); found != old_.end()) {
    std::optional<std::string> value = std::move(found->second);
    old_.erase(found);
    Keep(key, value);
    return value;
  }
  auto value = stored_->Get(key);
  if (value.ok() && (*value || IsReadAgain(key))) Keep(key, *value);
  return value;
}

void RecentState::Written(rules::StateRows changed) {
  for (auto& [key, value] : changed) {
    if (const auto found = young_.find(key); found != young_.end()) {
      young_bytes_ -= BytesOf(key, found->second);
      found->second = std::move(value);
      young_bytes_ += BytesOf(key, found->second);
    } else if (old_.erase(key) > 0 || IsReadAgain(key)) {
      Keep(key, std::move(value));
    }
  }
}

void RecentState::Keep(std::string_view key, std::optional<std::string> value) const {
  if (young_bytes_ >= generation_bytes_max_) {
    old_ = std::exchange(young_, {});
    young_bytes_ = 0;
  }
  young_bytes_ += BytesOf(key, value);
  young_.emplace(key, std::move(value));
}

}  // namespace cradle::ledger
