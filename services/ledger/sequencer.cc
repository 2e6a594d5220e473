#include "services/ledger/sequencer.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <string>
#include <utility>

namespace cradle::ledger {

Sequencer::Sequencer(const Parts& parts, const SequencerLimits& limits, RecoveredLog log)
    : parts_(parts),
      limits_(limits),
      stored_(parts.committing.store),
      committed_(&stored_, limits.recent_state_bytes_max),
      group_(std::make_shared<Group>(parts.judging, &committed_, log.frontier.size(),
                                     log.last_recorded_time_ms)),
      committer_(parts.committing, std::move(log)) {
  thread_ = std::thread([this] { Judge(); });
}

absl::Status Sequencer::Reserve(size_t statements, size_t bytes) {
  std::lock_guard lock(mutex_);
  if (!health_.ok()) return health_;
  if (stopping_) return absl::UnavailableError("the ledger is stopping; submit again later");
  if (bytes > limits_.bytes_in_flight_max || statements > limits_.statements_in_flight_max) {
    return absl::InvalidArgumentError(
        fmt::format("a submission of {} statements and {} bytes is more than this ledger holds at "
                    "a time; divide it",
                    statements, bytes));
  }
  if (statements_in_flight_ + statements > limits_.statements_in_flight_max ||
      bytes_in_flight_ + bytes > limits_.bytes_in_flight_max) {
    return absl::ResourceExhaustedError(fmt::format(
        "{} statements are being processed; submit again later", statements_in_flight_));
  }
  statements_in_flight_ += statements;
  bytes_in_flight_ += bytes;
  ++submissions_in_flight_;
  return absl::OkStatus();
}

void Sequencer::Enqueue(Submission submission) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(std::move(submission));
  }
  work_.notify_one();
}

void Sequencer::Stop() {
  {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    answered_.wait(lock, [this] { return submissions_in_flight_ == 0; });
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
  commits_.Stop();
  replies_.Stop();
}

absl::Status Sequencer::health() const {
  std::lock_guard lock(mutex_);
  return health_;
}

void Sequencer::Judge() {
  for (Submissions arrived; NextArrivals(arrived); arrived.clear()) {
    if (!committing()) Settle();
    for (Submission& submission : arrived) {
      if (submission.failed.ok()) group_->Judge(submission);
      judged_statements_ += submission.statements.size();
      judged_.push_back(std::move(submission));
    }
    if (committing()) continue;
    Settle();
    HandOver();
    StoreNoteIfIdle();
  }
}

// Waits for something to do. False: the end has come.
bool Sequencer::NextArrivals(Submissions& arrived) {
  std::unique_lock lock(mutex_);
  const auto has_room = [&] { return judged_statements_ < limits_.group_statements_max; };
  work_.wait(lock, [&] {
    return (!queue_.empty() && has_room()) || (!committing_ && (before_ || !judged_.empty())) ||
           (stopping_ && submissions_in_flight_ == 0 && !committing_);
  });
  size_t statements = judged_statements_;
  while (!queue_.empty() && statements < limits_.group_statements_max) {
    statements += queue_.front().statements.size();
    arrived.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return !arrived.empty() || before_ || !judged_.empty();
}

bool Sequencer::committing() const {
  std::lock_guard lock(mutex_);
  return committing_;
}

// The group before, if there is one, has come to its end: what was judged over it stands or falls.
void Sequencer::Settle() {
  if (!before_) return;
  const std::shared_ptr<Group> before = std::exchange(before_, nullptr);
  CommitResult result;
  {
    std::lock_guard lock(mutex_);
    result = last_commit_;
  }
  if (result.end != CommitResult::End::kNotWritten) {
    committed_.Written(before->TakeRows());
    group_->Rebase(&committed_);
    return;
  }
  group_ = std::make_shared<Group>(parts_.judging, &committed_, before->first_index(),
                                   group_->last_recorded_time_ms());
  for (Submission& submission : judged_) submission.failed = result.status;
  Reply(std::exchange(judged_, {}), nullptr);
  judged_statements_ = 0;
}

// What was judged goes to the committing thread, which is idle.
void Sequencer::HandOver() {
  if (judged_.empty()) return;
  {
    std::lock_guard lock(mutex_);
    committing_ = true;
  }
  before_ = std::exchange(
      group_, std::make_shared<Group>(parts_.judging, &group_->state(), group_->end_index(),
                                      group_->last_recorded_time_ms()));
  auto judged = std::make_shared<Submissions>(std::exchange(judged_, {}));
  commits_.Post([this, group = before_, judged] { Commit(*group, std::move(*judged)); });
  judged_statements_ = 0;
  note_due_ = true;
}

void Sequencer::StoreNoteIfIdle() {
  if (!note_due_ || committing()) return;
  {
    std::lock_guard lock(mutex_);
    if (!queue_.empty() || !health_.ok()) return;
  }
  note_due_ = false;
  commits_.Post([this] {
    const CommitResult result = committer_.StoreNote();
    if (result.end == CommitResult::End::kBroken) Fail(result.status);
  });
}

void Sequencer::Commit(Group& group, Submissions submissions) {
  CommitResult result{CommitResult::End::kNotWritten, health()};
  if (result.status.ok()) result = committer_.Commit(group);
  if (result.end == CommitResult::End::kBroken) {
    Fail(result.status);
    result.status = health();
  }
  std::shared_ptr<GroupReceipts> receipts;
  if (result.end == CommitResult::End::kSigned) {
    if (!group.empty()) {
      receipts =
          std::make_shared<GroupReceipts>(group.first_index(), group.TakeEntries(),
                                          parts_.committing.tip->Get(), parts_.committing.store);
    }
  } else {
    for (Submission& submission : submissions) submission.failed = result.status;
  }
  {
    std::lock_guard lock(mutex_);
    committing_ = false;
    last_commit_ = std::move(result);
  }
  work_.notify_one();
  Reply(std::move(submissions), std::move(receipts));
}

void Sequencer::Fail(const absl::Status& why) {
  spdlog::critical("ledger: stopped serving: {}", why.ToString());
  {
    std::lock_guard lock(mutex_);
    health_ = {absl::IsDataLoss(why) ? absl::StatusCode::kDataLoss : absl::StatusCode::kUnavailable,
               fmt::format("the ledger has stopped serving and must be started anew: {}",
                           std::string(why.message()))};
  }
  parts_.committing.tip->Close();
}

void Sequencer::Reply(Submissions submissions, std::shared_ptr<GroupReceipts> receipts) {
  auto shared = std::make_shared<Submissions>(std::move(submissions));
  replies_.Post([this, shared, receipts = std::move(receipts)] {
    for (Submission& submission : *shared) ReplyOne(submission, receipts.get());
    {
      std::lock_guard lock(mutex_);
      for (const Submission& submission : *shared) {
        statements_in_flight_ -= submission.statements.size();
        bytes_in_flight_ -= submission.bytes;
        --submissions_in_flight_;
      }
    }
    answered_.notify_all();
    parts_.committing.tip->Wake();
  });
}

void Sequencer::ReplyOne(Submission& submission, GroupReceipts* receipts) const {
  if (!submission.failed.ok()) return submission.done(submission.failed);
  std::vector<SubmitResult> results;
  results.reserve(submission.statements.size());
  for (StatementInFlight& statement : submission.statements) {
    SubmitResult result;
    result.statement_hash = statement.statement.hash;
    if (statement.refused) {
      result.outcome = *std::move(statement.refused);
    } else {
      const uint64_t index = *statement.index;
      auto receipt = receipts != nullptr && receipts->Has(index)
                         ? receipts->Of(index)
                         : parts_.log->Receipt(index, /*newest=*/false);
      if (!receipt.ok()) return submission.done(receipt.status());
      if (statement.repeated) {
        auto marks = parts_.log->Marks(index);
        if (!marks.ok()) return submission.done(marks.status());
        statement.marks = *std::move(marks);
      }
      Admission kept{index, *std::move(receipt), std::move(statement.marks), statement.repeated};
      if (statement.disputed) {
        result.outcome = DisputedAdmission{std::move(kept), std::move(statement.heads)};
      } else {
        result.outcome = std::move(kept);
      }
    }
    results.push_back(std::move(result));
  }
  submission.done(std::move(results));
}

}  // namespace cradle::ledger
