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
  started_.store(true, std::memory_order_release);
  return absl::OkStatus();
}

void ViewHost::Stop() {
  if (started_.load(std::memory_order_acquire)) follower_->Stop();
}

absl::Status ViewHost::Health() const {
  if (!started_.load(std::memory_order_acquire)) return absl::UnavailableError("not started");
  return follower_->failure();
}

}  // namespace cradle::runtime
