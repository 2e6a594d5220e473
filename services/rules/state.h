// What the rules read and what they change: keys and bytes, no store.
#ifndef CRADLE_SERVICES_RULES_STATE_H_
#define CRADLE_SERVICES_RULES_STATE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cradle::rules {

// The version of the admission state (state_keys.h), kept beside it by every store that has one: a
// store with another folds its entries anew. Raise it by one, once for a release, when `Admit` over
// the same log leaves other keys or bytes than the release before did: a key or field with another
// meaning, one that is new for statements that were admitted then too, one that is no more. What
// only statements leave that were refused then needs no new number. No verdict may change by it.
//   1  stores without a number
//   2  the state with which rule set 2 began
//   3  rule set 2 whole: lineage, bulk, papers, medical waste, disputes, exits
//   4  nonces by themselves, every height of a chain
inline constexpr uint32_t kStateVersion = 4;

// Reads the admission state. Keys are those of state_keys.h.
class StateReader {
 public:
  virtual ~StateReader() = default;
  // The bytes, or nullopt. An error is the store's and ends the judgement: it is never a refusal.
  virtual absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const = 0;
};

struct Change {
  std::string key;
  std::string value;
  friend bool operator==(const Change&, const Change&) = default;
};

// What one admitted statement changes: later changes of a key win. Nothing is ever deleted.
using Changes = std::vector<Change>;

// Values by key, in no order.
using StateRows = absl::flat_hash_map<std::string, std::string>;

// Changes not yet committed, over a base that must outlive it. Not thread-safe.
class StateOverlay : public StateReader {
 public:
  explicit StateOverlay(const StateReader* base) : base_(base) {}
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override;
  void Apply(Changes changes);
  void Clear() { changed_.clear(); }
  // The new base must hold what the old one did.
  void Rebase(const StateReader* base) { base_ = base; }
  const StateRows& changed() const { return changed_; }
  // What was changed; nothing is any more.
  StateRows TakeChanged() { return std::exchange(changed_, {}); }

 private:
  const StateReader* base_;
  StateRows changed_;
};

// An empty state; under a StateOverlay it is a whole state in memory.
class EmptyState : public StateReader {
 public:
  absl::StatusOr<std::optional<std::string>> Get(std::string_view) const override {
    return std::nullopt;
  }
};

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_STATE_H_
