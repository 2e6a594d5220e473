#include "services/runtime/view_host.h"

#include "storage/kv/rocksdb_store.h"

namespace cradle::runtime {

absl::Status ViewHost::Start(const std::string& directory,
                             std::shared_ptr<v1::LedgerService::StubInterface> ledger,
                             RuleDataSource& rule_data, const Clock& clock) {
  absl::StatusOr<std::unique_ptr<kv::Store>> store = kv::OpenRocksDb(directory);
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  clock_ = &clock;
  rule_data_ = &rule_data;
  absl::StatusOr<std::unique_ptr<Follower>> follower =
      Follower::Start(view_, *store_, std::move(ledger), rule_data);
  if (!follower.ok()) return follower.status();
  follower_ = *std::move(follower);
  serving_.store(true, std::memory_order_release);
  return absl::OkStatus();
}

void ViewHost::Stop() {
  if (serving_.exchange(false, std::memory_order_acq_rel)) follower_->Stop();
}

absl::Status ViewHost::Health() const {
  if (!serving_.load(std::memory_order_acquire)) {
    return absl::UnavailableError("not started yet, or stopped");
  }
  return follower_->failure();
}

}  // namespace cradle::runtime
