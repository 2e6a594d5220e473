// A log's entries behind the reading half of the ledger's API, over an in-process channel: what a
// follower follows, appended to when the test says so.
#ifndef CRADLE_TESTS_SERVICES_RUNTIME_SERVED_LOG_H_
#define CRADLE_TESTS_SERVICES_RUNTIME_SERVED_LOG_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "cradle/v1/ledger.grpc.pb.h"
#include "services/rules/rule_data.h"
#include "storage/evidence/hash.h"

namespace cradle::test {

class ServedLog final : public v1::LedgerService::CallbackService {
 public:
  explicit ServedLog(std::shared_ptr<const rules::RuleData> data) : data_(std::move(data)) {
    grpc::ServerBuilder builder;
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~ServedLog() override { server_->Shutdown(); }

  std::shared_ptr<v1::LedgerService::StubInterface> NewStub() {
    return v1::LedgerService::NewStub(server_->InProcessChannel({}));
  }

  void Append(std::string entry) {
    std::lock_guard lock(mutex_);
    entries_.push_back(std::move(entry));
    for (Stream* stream : streams_) stream->Send();
  }

  grpc::ServerWriteReactor<v1::ReadEntriesResponse>* ReadEntries(
      grpc::CallbackServerContext*, const v1::ReadEntriesRequest* request) override {
    return new Stream(this, request->from_index());
  }

  grpc::ServerUnaryReactor* GetRuleData(grpc::CallbackServerContext* context,
                                        const v1::GetRuleDataRequest* request,
                                        v1::GetRuleDataResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (request->sha256() != evidence::AsBytes(data_->sha256())) {
      reactor->Finish({grpc::StatusCode::NOT_FOUND, "no such bundle"});
    } else {
      response->set_bundle(data_->bundle());
      reactor->Finish(grpc::Status::OK);
    }
    return reactor;
  }

 private:
  // Sends what there is and what is to come until cancelled. Deletes itself when done.
  class Stream : public grpc::ServerWriteReactor<v1::ReadEntriesResponse> {
   public:
    Stream(ServedLog* log, uint64_t next) : log_(log), next_(next) {
      std::lock_guard lock(log_->mutex_);
      log_->streams_.insert(this);
      Send();
    }
    // Under the log's mutex.
    void Send() {
      if (writing_ || cancelled_ || next_ >= log_->entries_.size()) return;
      chunk_.Clear();
      chunk_.set_first_index(next_);
      while (next_ < log_->entries_.size()) chunk_.add_entries(log_->entries_[next_++]);
      chunk_.set_size(next_);
      writing_ = true;
      StartWrite(&chunk_);
    }
    void OnWriteDone(bool) override {
      std::lock_guard lock(log_->mutex_);
      writing_ = false;
      if (cancelled_) return Finish(grpc::Status::CANCELLED);
      Send();
    }
    void OnCancel() override {
      std::lock_guard lock(log_->mutex_);
      cancelled_ = true;
      log_->streams_.erase(this);
      if (!writing_) Finish(grpc::Status::CANCELLED);
    }
    void OnDone() override { delete this; }

   private:
    ServedLog* const log_;
    uint64_t next_;
    bool writing_ = false;
    bool cancelled_ = false;
    v1::ReadEntriesResponse chunk_;
  };

  const std::shared_ptr<const rules::RuleData> data_;
  std::mutex mutex_;
  std::vector<std::string> entries_;
  std::set<Stream*> streams_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace cradle::test

#endif  // CRADLE_TESTS_SERVICES_RUNTIME_SERVED_LOG_H_
