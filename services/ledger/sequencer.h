// Group commit: one thread judges what has arrived, commits it, signs, and only then lets the
// answers go.
//
// The order of a group: one atomic synced write of entries, tiles, chain heads, nonces, admission
// state and size; the root computed anew from what was written; the checkpoint signed and put into
// the journal; receipts. The note itself follows into the store with the next group, or buffered
// when nothing waits: until then the tip has it, and after a crash the journal.
#ifndef CRADLE_SERVICES_LEDGER_SEQUENCER_H_
#define CRADLE_SERVICES_LEDGER_SEQUENCER_H_

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "services/ledger/group.h"
#include "services/ledger/group_receipts.h"
#include "services/ledger/log_reader.h"
#include "services/ledger/recovery.h"
#include "services/ledger/serial_executor.h"
#include "services/ledger/signer.h"
#include "services/ledger/submission.h"
#include "services/ledger/tip.h"
#include "services/runtime/view.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

struct SequencerLimits {
  size_t statements_in_flight_max = 8'192;  // submitted and not answered yet
  size_t bytes_in_flight_max = 64 * 1024 * 1024;
  size_t group_statements_max = 512;  // a submission is never divided, so a group may be larger
};

class Sequencer {
 public:
  struct Parts {
    JudgingParts judging;
    const kv::Store* store = nullptr;
    kv::Writer* writer = nullptr;
    Signer* signer = nullptr;
    Tip* tip = nullptr;
    const LogReader* log = nullptr;
  };

  // All parts must outlive the sequencer. `log` is where it goes on.
  Sequencer(const Parts& parts, const SequencerLimits& limits, RecoveredLog log);
  ~Sequencer() { Stop(); }

  // Takes room for statements that will be enqueued. RESOURCE_EXHAUSTED: there is none now.
  // UNAVAILABLE: stopping. Otherwise as health().
  absl::Status Reserve(size_t statements, size_t bytes);
  // After Reserve, exactly once for each. The callback comes on another thread.
  void Enqueue(Submission submission);

  // Answers all that was reserved, then joins. No Reserve succeeds any more.
  void Stop();

  // OK, or why it has stopped for good: fenced, a commit whose end is unknown, a store that does
  // not hold what was written.
  absl::Status health() const;

 private:
  void Run();
  std::vector<Submission> NextGroup();
  void RunGroup(std::vector<Submission> submissions);
  absl::Status SignTree();
  absl::Status CommitGroup(const Group& group);
  absl::Status RollBack();
  void StoreNoteIfIdle();
  void Fail(const absl::Status& why);
  void Reply(std::vector<Submission> submissions, std::shared_ptr<GroupReceipts> receipts);
  void ReplyOne(Submission& submission, GroupReceipts* receipts) const;

  const Parts parts_;
  const SequencerLimits limits_;
  const runtime::StoredState committed_;

  // Of the sequencer's thread.
  evidence::Frontier frontier_;
  int64_t last_recorded_time_ms_ = 0;
  kv::Batch note_;  // the tip's checkpoint, while the store lacks it
  uint64_t signed_size_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable work_;  // the queue has grown, or the end has come
  std::condition_variable answered_;
  std::deque<Submission> queue_;
  size_t statements_in_flight_ = 0;
  size_t bytes_in_flight_ = 0;
  size_t submissions_in_flight_ = 0;
  bool stopping_ = false;
  absl::Status health_;

  SerialExecutor replies_;
  std::thread thread_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_SEQUENCER_H_
