#include "services/ledger/sequencer.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <string>
#include <utility>

#include "services/ledger/store_layout.h"

namespace cradle::ledger {
namespace {

// Nothing was written, so the statements are refused and the ledger goes on.
bool LeavesStoreAsItWas(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsInvalidArgument(status);
}

}  // namespace

Sequencer::Sequencer(const Parts& parts, const SequencerLimits& limits, RecoveredLog log)
    : parts_(parts),
      limits_(limits),
      committed_(parts.store),
      frontier_(std::move(log.frontier)),
      last_recorded_time_ms_(log.last_recorded_time_ms),
      signed_size_(log.tip.size) {
  parts_.tip->Publish(std::move(log.tip));
  thread_ = std::thread([this] { Run(); });
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
  replies_.Stop();
}

absl::Status Sequencer::health() const {
  std::lock_guard lock(mutex_);
  return health_;
}

void Sequencer::Run() {
  while (true) {
    std::vector<Submission> submissions = NextGroup();
    if (submissions.empty()) return;
    RunGroup(std::move(submissions));
    StoreNoteIfIdle();
  }
}

std::vector<Submission> Sequencer::NextGroup() {
  std::vector<Submission> group;
  std::unique_lock lock(mutex_);
  work_.wait(lock,
             [this] { return !queue_.empty() || (stopping_ && submissions_in_flight_ == 0); });
  size_t statements = 0;
  while (!queue_.empty() && statements < limits_.group_statements_max) {
    statements += queue_.front().statements.size();
    group.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return group;
}

void Sequencer::RunGroup(std::vector<Submission> submissions) {
  absl::Status status = health();
  // What an earlier group left unsigned, because the journal's disk was full, comes first.
  if (status.ok() && signed_size_ < frontier_.size()) status = SignTree();
  std::shared_ptr<GroupReceipts> receipts;
  if (status.ok()) {
    Group group(parts_.judging, &committed_, frontier_.size(), last_recorded_time_ms_);
    for (Submission& submission : submissions) {
      if (submission.failed.ok()) group.Judge(submission);
    }
    if (!group.empty()) status = CommitGroup(group);
    if (!group.empty() && status.ok()) {
      receipts = std::make_shared<GroupReceipts>(group.first_index(), group.TakeEntries(),
                                                 parts_.tip->Get(), parts_.store);
    }
  }
  if (!status.ok()) {
    for (Submission& submission : submissions) submission.failed = status;
  }
  Reply(std::move(submissions), std::move(receipts));
}

absl::Status Sequencer::CommitGroup(const Group& group) {
  kv::Batch batch = note_;
  group.Write(frontier_, batch);
  absl::Status status = parts_.writer->Commit(batch, kv::Durability::kSynced);
  if (!status.ok()) {
    if (!LeavesStoreAsItWas(status)) {
      Fail(status);
      return health();
    }
    if (absl::Status back = RollBack(); !back.ok()) {
      Fail(back);
      return health();
    }
    return status;
  }
  note_ = {};
  last_recorded_time_ms_ = group.last_recorded_time_ms();
  return SignTree();
}

absl::Status Sequencer::SignTree() {
  auto tip = parts_.signer->Sign(frontier_.size(), frontier_.Root());
  if (!tip.ok()) {
    if (absl::IsResourceExhausted(tip.status())) return tip.status();
    Fail(tip.status());
    return health();
  }
  signed_size_ = tip->size;
  note_ = {};
  note_.Put(CheckpointKey(tip->size), tip->note);
  parts_.tip->Publish(*std::move(tip));
  return absl::OkStatus();
}

absl::Status Sequencer::RollBack() {
  auto size = ReadSize(*parts_.store);
  if (!size.ok()) return size.status();
  auto frontier = evidence::Frontier::Load(*size, StoreTiles(parts_.store));
  if (!frontier.ok()) return frontier.status();
  frontier_ = *std::move(frontier);
  return absl::OkStatus();
}

void Sequencer::StoreNoteIfIdle() {
  if (note_.empty()) return;
  {
    std::lock_guard lock(mutex_);
    if (!queue_.empty() || !health_.ok()) return;
  }
  const absl::Status status = parts_.writer->Commit(note_, kv::Durability::kBuffered);
  if (status.ok()) {
    note_ = {};
  } else if (!LeavesStoreAsItWas(status)) {
    Fail(status);
  }
}

void Sequencer::Fail(const absl::Status& why) {
  spdlog::critical("ledger: stopped serving: {}", why.ToString());
  {
    std::lock_guard lock(mutex_);
    health_ = {absl::IsDataLoss(why) ? absl::StatusCode::kDataLoss : absl::StatusCode::kUnavailable,
               fmt::format("the ledger has stopped serving and must be started anew: {}",
                           std::string(why.message()))};
  }
  parts_.tip->Close();
}

void Sequencer::Reply(std::vector<Submission> submissions,
                      std::shared_ptr<GroupReceipts> receipts) {
  auto shared = std::make_shared<std::vector<Submission>>(std::move(submissions));
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
    parts_.tip->Wake();
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
      result.outcome =
          Admission{index, *std::move(receipt), std::move(statement.marks), statement.repeated};
    }
    results.push_back(std::move(result));
  }
  submission.done(std::move(results));
}

}  // namespace cradle::ledger
