#include "tests/bench/append_client.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

#include "storage/evidence/entry.h"
#include "storage/evidence/receipt.h"
#include "tests/bench/parallel.h"

namespace cradle::bench {
namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void Give(const std::string& why) {
  std::fprintf(stderr, "append_bench: %s\n", why.c_str());
  std::exit(1);
}

// One lane: the next request goes when the one before is answered.
class Sender {
 public:
  Sender(v1::LedgerService::Stub& stub, const Lane& lane,
         std::vector<v1::SubmitResponse>& responses, std::function<void()> done)
      : stub_(stub), lane_(lane), responses_(responses), done_(std::move(done)) {
    responses_.resize(lane_.size());
  }

  void SendNext() {
    if (next_ == lane_.size()) return done_();
    context_ = std::make_unique<grpc::ClientContext>();
    const size_t position = next_++;
    stub_.async()->Submit(context_.get(), &lane_[position], &responses_[position],
                          [this](const grpc::Status& status) {
                            if (!status.ok()) Give(status.error_message());
                            SendNext();
                          });
  }

 private:
  v1::LedgerService::Stub& stub_;
  const Lane& lane_;
  std::vector<v1::SubmitResponse>& responses_;
  const std::function<void()> done_;
  std::unique_ptr<grpc::ClientContext> context_;
  size_t next_ = 0;
};

}  // namespace

std::unique_ptr<v1::LedgerService::Stub> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(64 << 20);
  auto channel = grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
  if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(20)))
    Give("no connection");
  return v1::LedgerService::NewStub(channel);
}

Run Send(v1::LedgerService::Stub& stub, const std::vector<Lane>& lanes) {
  Run run;
  run.responses.resize(lanes.size());
  std::mutex mutex;
  std::condition_variable all_done;
  size_t left = lanes.size();
  std::vector<std::unique_ptr<Sender>> senders;
  for (size_t i = 0; i < lanes.size(); ++i) {
    for (const auto& request : lanes[i]) {
      run.statements += static_cast<size_t>(request.statements_size());
    }
    senders.push_back(std::make_unique<Sender>(stub, lanes[i], run.responses[i], [&] {
      std::lock_guard lock(mutex);
      if (--left == 0) all_done.notify_one();
    }));
  }
  const auto begin = Clock::now();
  for (auto& sender : senders) sender->SendNext();
  std::unique_lock lock(mutex);
  all_done.wait(lock, [&] { return left == 0; });
  run.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  return run;
}

void CheckReceipts(const std::vector<Lane>& lanes, const Run& run,
                   const evidence::NoteVerifier& log) {
  InParallel(lanes.size(), [&](size_t i) {
    for (size_t n = 0; n < lanes[i].size(); ++n) {
      const auto& statements = lanes[i][n].statements();
      for (int k = 0; k < statements.size(); ++k) {
        const v1::SubmitResult& result = run.responses[i][n].results(k);
        if (!result.has_admitted()) Give("refused: " + result.refused().ShortDebugString());
        auto receipt = evidence::ParseReceipt(result.admitted().receipt());
        if (!receipt.ok()) Give(receipt.status().ToString());
        if (auto verified = evidence::VerifyReceipt(*receipt, log); !verified.ok()) {
          Give(verified.status().ToString());
        }
        auto entry = evidence::DecodeEntry(receipt->entry);
        if (!entry.ok() || entry->signed_statement.statement != statements[k].statement()) {
          Give("a receipt of another statement");
        }
      }
    }
  });
}

}  // namespace cradle::bench
