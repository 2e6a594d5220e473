#include "services/runtime/view_host.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <system_error>

#include "storage/kv/rocksdb_store.h"

namespace cradle::runtime {
namespace {

// A view is only what the log folds to: one that is damaged is kept aside and folded anew.
absl::StatusOr<std::unique_ptr<kv::Store>> OpenOrSetAside(const std::string& directory) {
  absl::StatusOr<std::unique_ptr<kv::Store>> store = kv::OpenRocksDb(directory);
  if (!absl::IsDataLoss(store.status())) return store;
  const std::string aside = directory + ".damaged";
  spdlog::error("{}; it is kept as {} and the view is folded anew",
                std::string(store.status().message()), aside);
  std::error_code error;
  std::filesystem::remove_all(aside, error);
  std::filesystem::rename(directory, aside, error);
  if (error) return store;
  return kv::OpenRocksDb(directory);
}

// Another version may keep other keys, or the same with another meaning.
absl::StatusOr<std::unique_ptr<kv::Store>> OpenView(const View& view,
                                                    const std::string& directory) {
  // What a stop left of an earlier removal. Moved first, because half a store is a damaged one.
  const std::string outdated = directory + ".outdated";
  std::error_code error;
  std::filesystem::remove_all(outdated, error);
  absl::StatusOr<std::unique_ptr<kv::Store>> store = OpenOrSetAside(directory);
  if (!store.ok()) return store;
  const absl::StatusOr<bool> fits = IsOfThisVersion(view, **store);
  if (!fits.ok()) return fits.status();
  if (*fits) return store;
  spdlog::info("view {} was folded by another version of this program: it is folded anew",
               view.name());
  store->reset();
  std::filesystem::rename(directory, outdated, error);
  if (error) {
    return absl::UnavailableError(
        fmt::format("cannot move {} away to fold the view anew: {}", directory, error.message()));
  }
  std::filesystem::remove_all(outdated, error);  // else it goes at the next start
  return kv::OpenRocksDb(directory);
}

}  // namespace

absl::Status ViewHost::Start(const std::string& directory,
                             std::shared_ptr<v1::LedgerService::StubInterface> ledger,
                             RuleDataSource& rule_data, const Clock& clock) {
  absl::StatusOr<std::unique_ptr<kv::Store>> store = OpenView(view_, directory);
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
