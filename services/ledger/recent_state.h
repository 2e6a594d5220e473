// The admission state that was read or written lately, kept in memory over a store: most statements
// read the same organisations, keys and licences as those before them, and the batches, manifests
// and chains that those left. What is not there is remembered too: that a site has no permit, say.
#ifndef CRADLE_SERVICES_LEDGER_RECENT_STATE_H_
#define CRADLE_SERVICES_LEDGER_RECENT_STATE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "services/rules/state.h"

namespace cradle::ledger {

// Not thread-safe.
class RecentState : public rules::StateReader {
 public:
  // `stored` must outlive this. What is kept takes at most about `bytes_max`.
  RecentState(const rules::StateReader* stored, size_t bytes_max)
      : stored_(stored), generation_bytes_max_(bytes_max / 2) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override;

  // Must be told all that is written to the store, once it is.
  void Written(rules::StateRows changed);

 private:
  using Generation = absl::flat_hash_map<std::string, std::optional<std::string>>;

  void Keep(std::string_view key, std::optional<std::string> value) const;

  const rules::StateReader* stored_;
  const size_t generation_bytes_max_;
  // What is read or written moves to the young; when it is full, the old is dropped and the young
  // grows old. A key is in one of them at most.
  mutable Generation young_;
  mutable Generation old_;
  mutable size_t young_bytes_ = 0;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_RECENT_STATE_H_
