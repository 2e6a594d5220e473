#include "services/runtime/follower.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "services/rules/admission.h"
#include "services/runtime/status.h"
#include "storage/evidence/hash.h"

namespace cradle::runtime {
namespace {

using TimePoint = std::chrono::system_clock::time_point;

// One commit holds at most about so many keys, so that a long replay keeps memory bounded.
constexpr size_t kPendingKeysMax = 20'000;
constexpr std::chrono::milliseconds kReconnectPause{200};

// Which bundle an entry brings into force; empty: none.
std::string BundleAdopted(std::string_view entry_bytes) {
  absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(entry_bytes);
  if (!entry.ok()) return "";
  absl::StatusOr<evidence::ParsedStatement> statement =
      evidence::ParseStatement(entry->signed_statement.statement);
  if (!statement.ok()) return "";
  return rules::RuleDataNamedBy(statement->message);
}

class LogFollower : public Follower {
 public:
  LogFollower(const View& view, kv::Store& store,
              std::shared_ptr<v1::LedgerService::StubInterface> ledger, RuleDataSource& rule_data)
      : view_(view), store_(store), ledger_(std::move(ledger)), rule_data_(rule_data) {}

  ~LogFollower() override { LogFollower::Stop(); }

  void Stop() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      if (context_ != nullptr) context_->TryCancel();
    }
    changed_.notify_all();
    if (follow_thread_.joinable()) follow_thread_.join();
    if (wait_thread_.joinable()) wait_thread_.join();
  }

  absl::Status Begin() {
    absl::StatusOr<uint64_t> size = FoldedSize(store_);
    if (!size.ok()) return size.status();
    size_ = *size;
    absl::StatusOr<std::unique_ptr<kv::Writer>> writer = store_.OpenWriter();
    if (!writer.ok()) return writer.status();
    writer_ = *std::move(writer);
    follow_thread_ = std::thread([this] { Follow(); });
    wait_thread_ = std::thread([this] { AnswerWaiters(); });
    return absl::OkStatus();
  }

  uint64_t size() const override {
    std::lock_guard lock(mutex_);
    return size_;
  }

  absl::Status failure() const override {
    std::lock_guard lock(mutex_);
    return failure_;
  }

  void WhenReached(uint64_t at_least, TimePoint deadline,
                   std::function<void(absl::Status)> ready) override {
    absl::Status answer;
    {
      std::lock_guard lock(mutex_);
      if (size_ < at_least && failure_.ok() && !stopping_) {
        waiters_.push_back({at_least, deadline, std::move(ready)});
        changed_.notify_all();
        return;
      }
      if (size_ < at_least) answer = NotReached(at_least);
    }
    ready(answer);
  }

 private:
  struct Waiter {
    uint64_t at_least;
    TimePoint deadline;
    std::function<void(absl::Status)> ready;
  };

  // Under mutex_.
  absl::Status NotReached(uint64_t at_least) const {
    const std::string why = failure_.ok() ? "" : "; it stopped: " + std::string(failure_.message());
    return absl::UnavailableError(fmt::format("{} has folded {} entries, {} were asked for{}",
                                              view_.name(), size_, at_least, why));
  }

  bool Stopping() const {
    std::lock_guard lock(mutex_);
    return stopping_;
  }

  void Follow() {
    if (absl::Status status = PrepareRuleData(); !status.ok()) return Fail(status);
    while (!Stopping()) {
      absl::Status status = FollowOnce();
      if (!status.ok() && !absl::IsUnavailable(status)) return Fail(status);
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kReconnectPause, [this] { return stopping_; });
    }
  }

  // A restarted view needs the bundle that its state names, and those its answers rest on.
  absl::Status PrepareRuleData() {
    absl::StatusOr<std::optional<state::v1::LogState>> log = rules::ReadLog(StoredState(&store_));
    if (!log.ok()) return log.status();
    if (!log->has_value()) return absl::OkStatus();
    absl::StatusOr<std::vector<std::string>> bundles = view_.BundlesRead(store_);
    if (!bundles.ok()) return bundles.status();
    bundles->push_back((*log)->rule_data_sha256());
    for (const std::string& sha256 : *bundles) {
      if (absl::Status status = WaitForBundle(sha256); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  // The ledger may be starting still: asks until it answers.
  absl::Status WaitForBundle(const std::string& sha256) {
    while (!Stopping()) {
      const absl::Status status = rule_data_.Find(sha256).status();
      if (!absl::IsUnavailable(status)) return status;
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kReconnectPause, [this] { return stopping_; });
    }
    return absl::OkStatus();
  }

  void Fail(const absl::Status& status) {
    spdlog::error("view {} stopped at entry {}: {}", view_.name(), size(),
                  std::string(status.message()));
    {
      std::lock_guard lock(mutex_);
      failure_ = status;
    }
    changed_.notify_all();
  }

  // UNAVAILABLE: the stream broke, try again. Any other error is for good.
  absl::Status FollowOnce() {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    {
      std::lock_guard lock(mutex_);
      if (stopping_) return absl::OkStatus();
      context_ = &context;
    }
    v1::ReadEntriesRequest request;
    request.set_from_index(size());
    request.set_follow(true);
    std::unique_ptr<grpc::ClientReaderInterface<v1::ReadEntriesResponse>> stream =
        ledger_->ReadEntries(&context, request);
    v1::ReadEntriesResponse chunk;
    absl::Status folding;
    while (folding.ok() && stream->Read(&chunk)) folding = FoldChunk(chunk);
    if (!folding.ok()) {  // a stream that has ended by itself keeps its own status
      context.TryCancel();
      while (stream->Read(&chunk)) {
      }
    }
    const absl::Status ended = FromGrpc(stream->Finish());
    {
      std::lock_guard lock(mutex_);
      context_ = nullptr;
    }
    if (!folding.ok()) return folding;
    if (absl::IsOutOfRange(ended) || absl::IsFailedPrecondition(ended)) return ended;
    return absl::UnavailableError(std::string(ended.message()));
  }

  absl::Status FoldChunk(const v1::ReadEntriesResponse& chunk) {
    ViewWriter writer(&store_);
    uint64_t index = chunk.first_index();
    for (const std::string& entry : chunk.entries()) {
      if (const std::string bundle = BundleAdopted(entry); !bundle.empty()) {
        if (absl::Status status = WaitForBundle(bundle); !status.ok()) return status;
        library_ = rule_data_.library();
      } else if (!library_) {
        library_ = rule_data_.library();
      }
      if (absl::Status status = FoldEntry(view_, *library_, index, entry, writer); !status.ok()) {
        return status;
      }
      ++index;
      if (writer.size() > kPendingKeysMax) {
        if (absl::Status status = Commit(writer, index); !status.ok()) return status;
      }
    }
    return Commit(writer, index);
  }

  absl::Status Commit(ViewWriter& writer, uint64_t size) {
    if (absl::Status status = writer_->Commit(writer.ToBatch(), kv::Durability::kBuffered);
        !status.ok()) {
      return {absl::IsUnavailable(status) ? absl::StatusCode::kInternal : status.code(),
              std::string(status.message())};
    }
    writer.Clear();
    {
      std::lock_guard lock(mutex_);
      size_ = size;
    }
    changed_.notify_all();
    return absl::OkStatus();
  }

  void AnswerWaiters() {
    std::unique_lock lock(mutex_);
    for (;;) {
      const TimePoint now = std::chrono::system_clock::now();
      TimePoint next = TimePoint::max();
      std::vector<std::pair<std::function<void(absl::Status)>, absl::Status>> due;
      for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
        const bool reached = size_ >= waiter->at_least;
        if (reached || !failure_.ok() || stopping_ || waiter->deadline <= now) {
          due.emplace_back(std::move(waiter->ready),
                           reached ? absl::OkStatus() : NotReached(waiter->at_least));
          waiter = waiters_.erase(waiter);
        } else {
          next = std::min(next, waiter->deadline);
          ++waiter;
        }
      }
      if (!due.empty()) {
        lock.unlock();
        for (auto& [ready, status] : due) ready(status);
        lock.lock();
        continue;
      }
      if (stopping_) return;
      if (next == TimePoint::max()) {
        changed_.wait(lock);
      } else {
        changed_.wait_until(lock, next);
      }
    }
  }

  const View& view_;
  kv::Store& store_;
  const std::shared_ptr<v1::LedgerService::StubInterface> ledger_;
  RuleDataSource& rule_data_;
  std::unique_ptr<kv::Writer> writer_;
  std::optional<rules::RuleDataLibrary> library_;  // of the follow thread

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  uint64_t size_ = 0;
  absl::Status failure_;
  grpc::ClientContext* context_ = nullptr;
  std::vector<Waiter> waiters_;

  std::thread follow_thread_;
  std::thread wait_thread_;
};

}  // namespace

struct RuleDataSource::State {
  std::shared_ptr<v1::LedgerService::StubInterface> ledger;
  mutable std::mutex mutex;
  rules::RuleDataLibrary library;
};

RuleDataSource::RuleDataSource(std::shared_ptr<v1::LedgerService::StubInterface> ledger)
    : state_(std::make_shared<State>()) {
  state_->ledger = std::move(ledger);
}

absl::StatusOr<std::shared_ptr<const rules::RuleData>> RuleDataSource::Find(
    std::string_view sha256) {
  {
    std::lock_guard lock(state_->mutex);
    if (auto data = state_->library.Find(sha256)) return data;
  }
  grpc::ClientContext context;
  v1::GetRuleDataRequest request;
  request.set_sha256(std::string(sha256));
  v1::GetRuleDataResponse response;
  const grpc::Status status = state_->ledger->GetRuleData(&context, request, &response);
  if (!status.ok()) return FromGrpc(status);
  absl::StatusOr<std::shared_ptr<const rules::RuleData>> data =
      rules::RuleData::FromBundle(response.bundle());
  if (!data.ok()) return data.status();
  if (evidence::AsBytes((*data)->sha256()) != sha256) {
    return absl::DataLossError(
        fmt::format("the ledger sent another data bundle than {}", evidence::Hex(sha256)));
  }
  std::lock_guard lock(state_->mutex);
  state_->library.Add(*data);
  return data;
}

rules::RuleDataLibrary RuleDataSource::library() const {
  std::lock_guard lock(state_->mutex);
  return state_->library;
}

absl::StatusOr<std::unique_ptr<Follower>> Follower::Start(
    const View& view, kv::Store& store, std::shared_ptr<v1::LedgerService::StubInterface> ledger,
    RuleDataSource& rule_data) {
  auto follower = std::make_unique<LogFollower>(view, store, std::move(ledger), rule_data);
  if (absl::Status status = follower->Begin(); !status.ok()) return status;
  return follower;
}

}  // namespace cradle::runtime
