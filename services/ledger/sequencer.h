// Group commit: one thread judges what has arrived while another writes and signs the group before
// it (committer.h), and only then do the answers go.
//
// A group is judged over the state that the one before will leave. Should the store refuse that
// one, what was judged over it is not answered with a verdict but with the store's reason.
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
#include "services/ledger/committer.h"
#include "services/ledger/group.h"
#include "services/ledger/group_receipts.h"
#include "services/ledger/log_reader.h"
#include "services/ledger/recent_state.h"
#include "services/ledger/recovery.h"
#include "services/ledger/serial_executor.h"
#include "services/ledger/submission.h"
#include "services/ledger/tip.h"
#include "services/runtime/view.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

struct SequencerLimits {
  size_t statements_in_flight_max = 8'192;  // submitted and not answered yet
  size_t bytes_in_flight_max = 64 * 1024 * 1024;
  size_t group_statements_max = 512;  // a submission is never divided, so a group may be larger
  size_t recent_state_bytes_max = 16 * 1024 * 1024;
};

class Sequencer {
 public:
  struct Parts {
    JudgingParts judging;
    Committer::Parts committing;
    const LogReader* log = nullptr;
  };

  // All parts must outlive the sequencer. `log` is where it goes on.
  Sequencer(const Parts& parts, const SequencerLimits& limits, RecoveredLog log);
  ~Sequencer() { Stop(); }

  // Takes room for statements that will be enqueued. RESOURCE_EXHAUSTED: there is none now.
  // INVALID_ARGUMENT: more than there ever is. UNAVAILABLE: stopping. Otherwise as health().
  absl::Status Reserve(size_t statements, size_t bytes);
  // After Reserve, exactly once for each. The callback comes on another thread.
  void Enqueue(Submission submission);

  // Answers all that was reserved, then joins. No Reserve succeeds any more.
  void Stop();

  // OK, or why it has stopped for good: fenced, a commit whose end is unknown, a store that does
  // not hold what was written.
  absl::Status health() const;

 private:
  using Submissions = std::vector<Submission>;

  // On the judging thread.
  void Judge();
  bool NextArrivals(Submissions& arrived);
  bool committing() const;
  void Settle();
  void HandOver();
  void StoreNoteIfIdle();

  // On the committing thread.
  void Commit(Group& group, Submissions submissions);

  void Reply(Submissions submissions, std::shared_ptr<GroupReceipts> receipts);
  void ReplyOne(Submission& submission, GroupReceipts* receipts) const;
  void Fail(const absl::Status& why);

  const Parts parts_;
  const SequencerLimits limits_;
  const runtime::StoredState stored_;

  // Of the judging thread.
  RecentState committed_;
  std::shared_ptr<Group> before_;  // was handed over, and is the ground of group_
  std::shared_ptr<Group> group_;
  Submissions judged_;  // into group_
  size_t judged_statements_ = 0;
  bool note_due_ = false;  // the store lacks the newest checkpoint

  // Of the committing thread.
  Committer committer_;

  mutable std::mutex mutex_;
  std::condition_variable work_;  // the queue has grown, a commit is over, or the end has come
  std::condition_variable answered_;
  std::deque<Submission> queue_;
  size_t statements_in_flight_ = 0;
  size_t bytes_in_flight_ = 0;
  size_t submissions_in_flight_ = 0;
  bool committing_ = false;
  CommitResult last_commit_;
  bool stopping_ = false;
  absl::Status health_;

  SerialExecutor replies_;
  SerialExecutor commits_;
  std::thread thread_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_SEQUENCER_H_
