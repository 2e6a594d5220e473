// Keeps one view's store up with the log, and lets reads wait until it is.
#ifndef CRADLE_SERVICES_RUNTIME_FOLLOWER_H_
#define CRADLE_SERVICES_RUNTIME_FOLLOWER_H_

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cradle/v1/ledger.grpc.pb.h"
#include "services/rules/rule_data.h"
#include "services/runtime/view.h"
#include "storage/kv/store.h"

namespace cradle::runtime {

// Bundles by hash: at hand, or fetched from the ledger once and kept. Thread-safe.
class RuleDataSource {
 public:
  explicit RuleDataSource(std::shared_ptr<v1::LedgerService::StubInterface> ledger);
  // NOT_FOUND: the ledger does not have it.
  absl::StatusOr<std::shared_ptr<const rules::RuleData>> Find(std::string_view sha256);
  // The library as it is now, with every bundle found so far.
  rules::RuleDataLibrary library() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// One thread that reads the log from where the view's store ends and folds what comes, committing
// buffered, atomically with the size reached. Reconnects when the stream breaks.
class Follower {
 public:
  // All of them must outlive the follower. `store` is opened for writing here. A store that holds
  // another log's view, or more than the log has, shows in failure() once the stream has begun.
  static absl::StatusOr<std::unique_ptr<Follower>> Start(
      const View& view, kv::Store& store, std::shared_ptr<v1::LedgerService::StubInterface> ledger,
      RuleDataSource& rule_data);
  virtual ~Follower() = default;  // as Stop

  // Folds no more and answers all that waits, now and later; returns once that is so.
  virtual void Stop() = 0;

  // How many entries are folded and committed.
  virtual uint64_t size() const = 0;

  // Calls `ready` once: with OK when size() ≥ at_least, or with UNAVAILABLE, naming the size
  // reached, at the deadline or when the follower stops; at once, on this thread, if it is so
  // already, else on a thread of the follower's.
  virtual void WhenReached(uint64_t at_least, std::chrono::system_clock::time_point deadline,
                           std::function<void(absl::Status)> ready) = 0;

  // Why folding stopped for good, if it did (an entry that cannot be folded); OK otherwise.
  virtual absl::Status failure() const = 0;
};

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_FOLLOWER_H_
