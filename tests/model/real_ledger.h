// The ledger that the statements go to: the real core over a store in memory that notes what is
// written; and what is verified of it from its bytes alone.
#ifndef CRADLE_TESTS_MODEL_REAL_LEDGER_H_
#define CRADLE_TESTS_MODEL_REAL_LEDGER_H_

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "services/ledger/ledger.h"
#include "services/rules/rule_data.h"
#include "services/rules/state.h"
#include "services/runtime/clock.h"
#include "services/runtime/view.h"
#include "storage/evidence/note.h"
#include "tests/services/ledger/memory_store.h"

namespace cradle::model {

// A directory that goes with it, in memory where the machine has such a place: the signer's journal
// is synced with every group, and this test is not about disks.
class Directory {
 public:
  Directory();
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Notes what commits write under "s/".
class NotingStore : public kv::Store {
 public:
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return store_.Get(key);
  }
  absl::StatusOr<std::vector<std::optional<std::string>>> MultiGet(
      std::span<const std::string> keys) const override {
    return store_.MultiGet(keys);
  }
  absl::Status Scan(const kv::Range& range, kv::Order order,
                    const kv::Visitor& visit) const override {
    return store_.Scan(range, order, visit);
  }
  std::unique_ptr<kv::Reader> Snapshot() const override { return store_.Snapshot(); }
  absl::StatusOr<std::unique_ptr<kv::Writer>> OpenWriter() override;

  // What was written under "s/" since the last call.
  rules::Changes TakeWritten();
  // The next batch written weighs one gram less than the ledger says: what the test must notice.
  void DropGram() { drop_gram_ = true; }

 private:
  class NotingWriter;

  std::string Noted(const std::string& key, const std::string& value);

  ledger::testing::MemoryStore store_;
  std::mutex mutex_;
  rules::Changes written_;
  std::atomic<bool> drop_gram_ = false;
};

class RealLedger {
 public:
  RealLedger(const std::string& origin, const evidence::PrivateKey& log_key,
             const evidence::PublicKey& regulator_key, std::shared_ptr<const rules::RuleData> data);
  ~RealLedger();

  // Waits for the answer. Fails the test where there is none.
  ledger::SubmitResult Submit(const evidence::SignedStatement& statement, int64_t now_ms);
  NotingStore& store() { return store_; }
  evidence::Checkpoint Checkpoint() const;

  // Folds the three views entry by entry to the end of the log; then the audit reads every byte
  // anew, judges it again, and compares state, marks, tiles and views with what it gets. Fails the
  // test at anything but "verified".
  void Verify();
  // What is under "s/".
  rules::StateRows State() const;

 private:
  struct FoldedView {
    const runtime::View* view;
    ledger::testing::MemoryStore store;
    std::unique_ptr<kv::Writer> writer;
    uint64_t folded = 0;
  };
  void CatchUp(FoldedView& view);

  const Directory directory_;
  const std::shared_ptr<const rules::RuleData> data_;
  rules::RuleDataLibrary library_;
  runtime::ManualClock clock_{0};
  NotingStore store_;
  const evidence::NoteVerifier verifier_;
  std::unique_ptr<ledger::Ledger> ledger_;
  std::vector<std::unique_ptr<FoldedView>> views_;
};

}  // namespace cradle::model

#endif  // CRADLE_TESTS_MODEL_REAL_LEDGER_H_
