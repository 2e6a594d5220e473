#include "services/ledger/key_cache.h"

#include <utility>

namespace cradle::ledger {

std::optional<evidence::PublicKey> KeyCache::Find(std::string_view key_id) {
  std::string id(key_id);
  std::lock_guard lock(mutex_);
  if (const auto found = young_.find(id); found != young_.end()) return found->second;
  const auto found = old_.find(id);
  if (found == old_.end()) return std::nullopt;
  evidence::PublicKey key = found->second;
  PutLocked(std::move(id), key);
  return key;
}

void KeyCache::Put(const evidence::PublicKey& key) {
  std::lock_guard lock(mutex_);
  PutLocked(std::string(evidence::AsBytes(key.id())), key);
}

size_t KeyCache::size() const {
  std::lock_guard lock(mutex_);
  return young_.size() + old_.size();
}

void KeyCache::PutLocked(std::string key_id, const evidence::PublicKey& key) {
  if (young_.size() >= generation_keys_max_) {
    old_ = std::move(young_);
    young_.clear();
  }
  young_.insert_or_assign(std::move(key_id), key);
}

}  // namespace cradle::ledger
