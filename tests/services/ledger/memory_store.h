// A store in memory, for what runs under ThreadSanitizer: RocksDB is not instrumented, and its
// races that are none would hide ours.
#ifndef CRADLE_TESTS_SERVICES_LEDGER_MEMORY_STORE_H_
#define CRADLE_TESTS_SERVICES_LEDGER_MEMORY_STORE_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "storage/kv/store.h"

namespace cradle::ledger::testing {

class MemoryStore : public kv::Store {
 public:
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    std::lock_guard lock(mutex_);
    const auto found = values_.find(key);
    if (found == values_.end()) return std::nullopt;
    return found->second;
  }

  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      std::span<const std::string> keys) const override {
    std::lock_guard lock(mutex_);
    std::vector<std::optional<std::string>> values;
    for (const std::string& key : keys) {
      const auto found = values_.find(key);
      values.push_back(found == values_.end() ? std::nullopt : std::optional(found->second));
    }
    return values;
  }

  absl::Status Scan(const kv::Range& range, kv::Order order,
                    const kv::Visitor& visit) const override {
    std::lock_guard lock(mutex_);
    auto begin = values_.lower_bound(range.begin);
    auto end = range.end.empty() ? values_.end() : values_.lower_bound(range.end);
    if (order == kv::Order::kAscending) {
      for (; begin != end && visit(begin->first, begin->second); ++begin) {
      }
    } else {
      while (end != begin) {
        --end;
        if (!visit(end->first, end->second)) break;
      }
    }
    return absl::OkStatus();
  }

  std::unique_ptr<kv::Reader> Snapshot() const override {
    auto copy = std::make_unique<MemoryStore>();
    std::lock_guard lock(mutex_);
    copy->values_ = values_;
    return copy;
  }

  absl::StatusOr<std::unique_ptr<kv::Writer>> OpenWriter() override {
    std::lock_guard lock(mutex_);
    return std::make_unique<MemoryWriter>(this, ++epoch_);
  }

 private:
  class MemoryWriter : public kv::Writer {
   public:
    MemoryWriter(MemoryStore* store, uint64_t epoch) : store_(store), epoch_(epoch) {}
    uint64_t epoch() const override { return epoch_; }
    absl::Status Commit(const kv::Batch& batch, kv::Durability) override {
      std::lock_guard lock(store_->mutex_);
      if (store_->epoch_ != epoch_) return absl::AbortedError("fenced by a later writer");
      for (const auto& write : batch.writes()) {
        if (write.value) {
          store_->values_.insert_or_assign(std::string(write.key), *write.value);
        } else {
          store_->values_.erase(std::string(write.key));
        }
      }
      return absl::OkStatus();
    }

   private:
    MemoryStore* const store_;
    const uint64_t epoch_;
  };

  mutable std::mutex mutex_;
  uint64_t epoch_ = 0;
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace cradle::ledger::testing

#endif  // CRADLE_TESTS_SERVICES_LEDGER_MEMORY_STORE_H_
