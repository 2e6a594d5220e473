// A store whose disk fails when a test says so; everything else is the store behind it.
#ifndef CRADLE_TESTS_SERVICES_LEDGER_FAULTY_STORE_H_
#define CRADLE_TESTS_SERVICES_LEDGER_FAULTY_STORE_H_

#include <atomic>
#include <memory>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

#include "services/rules/state_keys.h"
#include "storage/kv/store.h"

namespace cradle::ledger::testing {

struct Faults {
  std::atomic<bool> disk_full = false;       // commits write nothing
  std::atomic<bool> commit_unknown = false;  // commits write, and cannot say so
  std::atomic<bool> stop_after_commit =
      false;                               // the next synced commit is the last thing to happen
  std::atomic<bool> forget_tiles = false;  // commits lose the tiles
  std::atomic<bool> stopped = false;
  std::atomic<int> refuse_every = 0;   // of so many synced commits one finds the disk full; 0: none
  std::atomic<int> commits_left = -1;  // then commits find the disk full; -1: never
  std::atomic<bool> hold_commit = false;  // the next synced commit says `held`, then waits
  std::binary_semaphore held{0};
  std::binary_semaphore release{0};
  std::atomic<int> judgements = 0;  // begun: each looks first whether the statement is in the log
};

class FaultyStore : public kv::Store {
 public:
  FaultyStore(kv::Store* store, Faults* faults) : store_(store), faults_(faults) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    if (faults_->stopped) return Stopped();
    if (key.starts_with(rules::keys::Nonce(""))) {
      ++faults_->judgements;
      faults_->judgements.notify_all();
    }
    return store_->Get(key);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      std::span<const std::string> keys) const override {
    if (faults_->stopped) return Stopped();
    return store_->MultiGet(keys);
  }
  absl::Status Scan(const kv::Range& range, kv::Order order,
                    const kv::Visitor& visit) const override {
    if (faults_->stopped) return Stopped();
    return store_->Scan(range, order, visit);
  }
  std::unique_ptr<kv::Reader> Snapshot() const override { return store_->Snapshot(); }
  absl::StatusOr<std::unique_ptr<kv::Writer>> OpenWriter() override {
    auto writer = store_->OpenWriter();
    if (!writer.ok()) return writer.status();
    return std::make_unique<FaultyWriter>(*std::move(writer), faults_);
  }

 private:
  static absl::Status Stopped() { return absl::UnavailableError("the disk is gone"); }

  class FaultyWriter : public kv::Writer {
   public:
    FaultyWriter(std::unique_ptr<kv::Writer> writer, Faults* faults)
        : writer_(std::move(writer)), faults_(faults) {}
    uint64_t epoch() const override { return writer_->epoch(); }
    absl::Status Commit(const kv::Batch& batch, kv::Durability durability) override {
      if (durability == kv::Durability::kSynced && faults_->hold_commit.exchange(false)) {
        faults_->held.release();
        faults_->release.acquire();
      }
      if (faults_->stopped) return absl::UnknownError("the disk is gone");
      if (durability == kv::Durability::kSynced && faults_->refuse_every > 0 &&
          ++synced_commits_ % faults_->refuse_every == 0) {
        return absl::ResourceExhaustedError("the disk is full for a moment");
      }
      if (faults_->commits_left == 0) {
        return absl::ResourceExhaustedError("the disk is full");
      }
      if (faults_->commits_left > 0) --faults_->commits_left;
      if (faults_->disk_full) return absl::ResourceExhaustedError("the disk is full");
      kv::Batch kept;
      for (const auto& write : batch.writes()) {
        if (faults_->forget_tiles && write.key.starts_with("t/")) continue;
        if (write.value) {
          kept.Put(write.key, *write.value);
        } else {
          kept.Delete(write.key);
        }
      }
      const absl::Status status = writer_->Commit(kept, durability);
      if (faults_->commit_unknown) return absl::UnknownError("the disk did not answer");
      if (faults_->stop_after_commit && durability == kv::Durability::kSynced) {
        faults_->stopped = true;
      }
      return status;
    }

   private:
    const std::unique_ptr<kv::Writer> writer_;
    Faults* const faults_;
    int synced_commits_ = 0;
  };

  kv::Store* const store_;
  Faults* const faults_;
};

}  // namespace cradle::ledger::testing

#endif  // CRADLE_TESTS_SERVICES_LEDGER_FAULTY_STORE_H_
