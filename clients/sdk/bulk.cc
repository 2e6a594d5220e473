#include "clients/sdk/bulk.h"

#include <fmt/format.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace cradle::sdk {
namespace {

struct Item {
  size_t place = 0;
  evidence::SignedStatement statement;
};

size_t BytesOf(const evidence::SignedStatement& statement) {
  size_t bytes = statement.statement.size();
  for (const evidence::SignedAttestation& attestation : statement.attestations) {
    bytes += attestation.attestation.size() + attestation.signature.size() + 16;
  }
  return bytes + 16;
}

}  // namespace

struct BulkSubmitter::State {
  State(const Connection& connection_in, evidence::NoteVerifier log_in, BulkOptions options_in)
      : connection(connection_in), log(std::move(log_in)), options(std::move(options_in)) {}

  const Connection& connection;
  const evidence::NoteVerifier log;
  const BulkOptions options;

  // Of the thread that adds.
  std::vector<Item> gathering;
  size_t gathered_bytes = 0;

  std::mutex mutex;
  std::condition_variable changed;
  std::deque<std::vector<Item>> calls;  // waiting for a thread
  size_t under_way = 0;
  bool closed = false;
  absl::Status failure;
  std::vector<Outcome> outcomes;  // by place
  std::vector<Item> without_predecessor;
  size_t done = 0;
  std::vector<std::thread> threads;

  void Work();
  void Perform(std::vector<Item> call);
  absl::Status Gather(Item item);
  absl::Status PushGathered();
  absl::Status Push(std::vector<Item> call);
  void WaitUntilIdle();
};

void BulkSubmitter::State::Work() {
  std::unique_lock<std::mutex> hold(mutex);
  while (true) {
    changed.wait(hold, [&] { return closed || !calls.empty(); });
    if (calls.empty()) return;
    std::vector<Item> call = std::move(calls.front());
    calls.pop_front();
    ++under_way;
    const bool send = failure.ok();
    hold.unlock();
    if (send) Perform(std::move(call));
    hold.lock();
    --under_way;
    changed.notify_all();
  }
}

void BulkSubmitter::State::Perform(std::vector<Item> call) {
  v1::SubmitRequest request;
  for (const Item& item : call) *request.add_statements() = ToProto(item.statement);
  auto answer = connection.Call(connection.ledger(), &v1::LedgerService::Stub::Submit, request);
  absl::Status status = answer.status();
  if (status.ok() && answer->results_size() != static_cast<int>(call.size())) {
    status = absl::DataLossError(fmt::format("the server gave {} results for {} statements",
                                             answer->results_size(), call.size()));
  }
  std::vector<Outcome> checked;
  for (size_t i = 0; status.ok() && i < call.size(); ++i) {
    absl::StatusOr<Outcome> outcome =
        CheckResult(call[i].statement, answer->results(static_cast<int>(i)), log);
    status = outcome.status();
    if (status.ok()) checked.push_back(*std::move(outcome));
  }
  const std::lock_guard<std::mutex> hold(mutex);
  if (!status.ok()) {
    if (failure.ok()) failure = status;
    return;
  }
  for (size_t i = 0; i < call.size(); ++i) {
    if (checked[i].kind != Outcome::Kind::kWaiting) ++done;
    outcomes[call[i].place] = std::move(checked[i]);
    if (outcomes[call[i].place].missing_predecessor.has_value()) {
      without_predecessor.push_back(std::move(call[i]));
    }
  }
  if (options.progress) options.progress(done);
}

absl::Status BulkSubmitter::State::Push(std::vector<Item> call) {
  std::unique_lock<std::mutex> hold(mutex);
  changed.wait(hold, [&] { return !failure.ok() || calls.size() < options.calls_in_flight; });
  if (!failure.ok()) return failure;
  calls.push_back(std::move(call));
  changed.notify_all();
  return absl::OkStatus();
}

void BulkSubmitter::State::WaitUntilIdle() {
  std::unique_lock<std::mutex> hold(mutex);
  changed.wait(hold, [&] { return calls.empty() && under_way == 0; });
}

BulkSubmitter::BulkSubmitter(const Connection& connection, evidence::NoteVerifier log,
                             BulkOptions options)
    : state_(std::make_unique<State>(connection, std::move(log), std::move(options))) {
  for (size_t i = 0; i < state_->options.calls_in_flight; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->Work(); });
  }
}

BulkSubmitter::~BulkSubmitter() {
  {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    state_->calls.clear();
    state_->closed = true;
    state_->changed.notify_all();
  }
  for (std::thread& thread : state_->threads) thread.join();
}

absl::Status BulkSubmitter::State::Gather(Item item) {
  const size_t bytes = BytesOf(item.statement);
  if (gathering.size() >= options.statements_per_call || gathered_bytes + bytes > kCallBytesMax) {
    if (absl::Status status = PushGathered(); !status.ok()) return status;
  }
  gathering.push_back(std::move(item));
  gathered_bytes += bytes;
  return absl::OkStatus();
}

absl::Status BulkSubmitter::State::PushGathered() {
  if (gathering.empty()) return absl::OkStatus();
  gathered_bytes = 0;
  return Push(std::exchange(gathering, {}));
}

absl::Status BulkSubmitter::Add(evidence::SignedStatement statement) {
  size_t place = 0;
  {
    const std::lock_guard<std::mutex> hold(state_->mutex);
    place = state_->outcomes.size();
    state_->outcomes.emplace_back();
  }
  return state_->Gather({place, std::move(statement)});
}

absl::StatusOr<std::vector<Outcome>> BulkSubmitter::Finish() {
  if (absl::Status status = state_->PushGathered(); !status.ok()) return status;
  size_t done_before = 0;
  while (true) {
    state_->WaitUntilIdle();
    std::vector<Item> again;
    {
      const std::lock_guard<std::mutex> hold(state_->mutex);
      if (!state_->failure.ok()) return state_->failure;
      again = std::exchange(state_->without_predecessor, {});
      // Sent again only while that led on.
      if (again.empty() || state_->done == done_before) return state_->outcomes;
      done_before = state_->done;
    }
    for (Item& item : again) {
      if (absl::Status status = state_->Gather(std::move(item)); !status.ok()) return status;
    }
    if (absl::Status status = state_->PushGathered(); !status.ok()) return status;
  }
}

}  // namespace cradle::sdk
