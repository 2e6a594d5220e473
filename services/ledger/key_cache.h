// Decoded public keys by key id: decoding costs about three verifications.
#ifndef CRADLE_SERVICES_LEDGER_KEY_CACHE_H_
#define CRADLE_SERVICES_LEDGER_KEY_CACHE_H_

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "storage/evidence/key.h"

namespace cradle::ledger {

// Holds at most `keys_max` keys and forgets those not asked for lately. A key id is the hash of its
// key, so what is kept never goes stale; whether a key may attest is not known here. Safe to call
// from many threads.
class KeyCache {
 public:
  explicit KeyCache(size_t keys_max) : generation_keys_max_(keys_max / 2 + 1) {}

  std::optional<evidence::PublicKey> Find(std::string_view key_id);
  void Put(const evidence::PublicKey& key);
  size_t size() const;

 private:
  using Generation = std::unordered_map<std::string, evidence::PublicKey>;
  void PutLocked(std::string key_id, const evidence::PublicKey& key);

  const size_t generation_keys_max_;
  mutable std::mutex mutex_;
  Generation young_;  // what is asked for moves here
  Generation old_;    // what was not, since young_ was last full
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_KEY_CACHE_H_
