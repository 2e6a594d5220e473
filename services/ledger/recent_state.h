// The admission state that was read lately, kept in memory over a store: most statements read the
// same organisations, keys, licences and chains as those before them.
#ifndef CRADLE_SERVICES_LEDGER_RECENT_STATE_H_
#define CRADLE_SERVICES_LEDGER_RECENT_STATE_H_

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "services/rules/state.h"

namespace cradle::ledger {

// Not thread-safe.
class RecentState : public rules::StateReader {
 public:
  // `stored` must outlive this. Keys and values kept take at most about `bytes_max`.
  RecentState(const rules::StateReader* stored, size_t bytes_max)
      : stored_(stored), generation_bytes_max_(bytes_max / 2) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override;

  // Must be told all that is written to the store, once it is.
  void Written(const std::map<std::string, std::string, std::less<>>& changed);

 private:
  struct HashOfView : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Generation = std::unordered_map<std::string, std::string, HashOfView, std::equal_to<>>;

  void Keep(std::string_view key, std::string_view value) const;

  const rules::StateReader* stored_;
  const size_t generation_bytes_max_;
  // What is read moves to the young; when it is full, the old is dropped and the young grows old.
  // A key is in one of them at most.
  mutable Generation young_;
  mutable Generation old_;
  mutable size_t young_bytes_ = 0;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_RECENT_STATE_H_
