#include "services/audit/service.h"

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <string>
#include <utility>

#include "cradle/v1/audit.grpc.pb.h"
#include "services/audit/core/founded_key.h"
#include "services/audit/core/verify_chain.h"
#include "services/audit/core/verify_log.h"
#include "services/audit/job_queue.h"
#include "services/audit/ledger_source.h"
#include "services/runtime/read_handler.h"
#include "services/runtime/status.h"

namespace cradle::audit {
namespace {

using runtime::TimePoint;
using Ledger = std::shared_ptr<v1::LedgerService::StubInterface>;

constexpr size_t kLogsWaitingMax = 4;
constexpr size_t kChainsWaitingMax = 32;
constexpr int kChainThreads = 2;

absl::Status WaitForSize(const Ledger& ledger, uint64_t size, TimePoint deadline) {
  const TimePoint now = std::chrono::system_clock::now();
  const TimePoint latest = runtime::WaitUntil(deadline, now);
  return LedgerSource(*ledger, std::chrono::duration_cast<std::chrono::milliseconds>(latest - now))
      .WaitForSize(size);
}

// The configured key, or the one that the log founds itself on.
absl::StatusOr<evidence::NoteVerifier> KeyFor(const std::optional<evidence::NoteVerifier>& key,
                                              const LogSource& source) {
  if (key) return *key;
  return FoundedLogKey(source);
}

constexpr char kOwnKey[] =
    " The log's key was taken from its own first entry: whose log it is, this does not show.";

// Progress as it comes, the newest only where the caller reads slowly; then the report.
class VerifyLogReactor : public grpc::ServerWriteReactor<v1::VerifyLogResponse> {
 public:
  explicit VerifyLogReactor(const grpc::CallbackServerContext* context) : context_(context) {}

  TimePoint deadline() const { return context_->deadline(); }
  bool cancelled() const { return cancelled_.load(); }

  void Send(v1::VerifyLogResponse response) {
    std::lock_guard lock(mutex_);
    if (writing_) {
      next_ = std::move(response);
      return;
    }
    Write(std::move(response));
  }

  // The last call; the reactor may be gone when it returns.
  void End(const grpc::Status& status) {
    {
      std::lock_guard lock(mutex_);
      if (writing_) {
        end_ = status;
        return;
      }
    }
    Finish(status);
  }

  void OnWriteDone(bool ok) override {
    std::optional<grpc::Status> end;
    {
      std::lock_guard lock(mutex_);
      writing_ = false;
      if (ok && next_) {
        Write(std::move(*next_));
        next_.reset();
        return;
      }
      end = end_;
      if (!ok) cancelled_ = true;
    }
    if (end) Finish(*end);
  }
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

 private:
  void Write(v1::VerifyLogResponse response) {
    writing_ = true;
    current_ = std::move(response);
    StartWrite(&current_);
  }

  const grpc::CallbackServerContext* const context_;
  std::atomic<bool> cancelled_ = false;
  std::mutex mutex_;
  bool writing_ = false;
  v1::VerifyLogResponse current_;
  std::optional<v1::VerifyLogResponse> next_;
  std::optional<grpc::Status> end_;
};

class Service final : public runtime::FollowingService, public v1::AuditService::CallbackService {
 public:
  explicit Service(std::optional<evidence::NoteVerifier> log_key) : log_key_(std::move(log_key)) {}
  ~Service() override { Stop(); }

  grpc::Service& grpc_service() override { return *this; }

  absl::Status Start(const std::string&, Ledger ledger, runtime::RuleDataSource&,
                     const runtime::Clock&) override {
    std::lock_guard lock(mutex_);
    ledger_ = std::move(ledger);
    return absl::OkStatus();
  }

  void Stop() override {
    stopping_ = true;
    logs_.Stop();
    chains_.Stop();
  }

  absl::Status Health() const override {
    if (stopping_) return absl::UnavailableError("the audit is stopping");
    return ledger() == nullptr ? absl::UnavailableError("the audit is not started yet")
                               : absl::OkStatus();
  }

  grpc::ServerWriteReactor<v1::VerifyLogResponse>* VerifyLog(
      grpc::CallbackServerContext* context, const v1::VerifyLogRequest* request) override {
    auto* reactor = new VerifyLogReactor(context);
    if (absl::Status health = Health(); !health.ok()) {
      reactor->End(runtime::ToGrpc(health));
      return reactor;
    }
    const uint64_t at_least = request->at_least();
    if (!logs_.TryPush([this, reactor, at_least](bool stopping) {
          reactor->End(stopping ? Stopping() : RunVerifyLog(*reactor, at_least));
        })) {
      reactor->End(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                "too many verifications are waiting; try again later"));
    }
    return reactor;
  }

  grpc::ServerUnaryReactor* VerifyChain(grpc::CallbackServerContext* context,
                                        const v1::VerifyChainRequest* request,
                                        v1::VerifyChainResponse* response) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    if (absl::Status health = Health(); !health.ok()) {
      reactor->Finish(runtime::ToGrpc(health));
      return reactor;
    }
    if (!chains_.TryPush([this, context, reactor, request, response](bool stopping) {
          reactor->Finish(stopping ? Stopping()
                                   : RunVerifyChain(context->deadline(), *request, *response));
        })) {
      reactor->Finish(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                   "too many verifications are waiting; try again later"));
    }
    return reactor;
  }

 private:
  static grpc::Status Stopping() {
    return grpc::Status(grpc::StatusCode::UNAVAILABLE, "the audit is stopping");
  }

  Ledger ledger() const {
    std::lock_guard lock(mutex_);
    return ledger_;
  }

  grpc::Status RunVerifyLog(VerifyLogReactor& reactor, uint64_t at_least) {
    if (reactor.cancelled()) return grpc::Status(grpc::StatusCode::CANCELLED, "cancelled");
    const Ledger ledger = this->ledger();
    if (absl::Status reached = WaitForSize(ledger, at_least, reactor.deadline()); !reached.ok()) {
      return runtime::ToGrpc(reached);
    }
    const LedgerSource source(*ledger);
    absl::StatusOr<evidence::NoteVerifier> key = KeyFor(log_key_, source);
    if (!key.ok()) return runtime::ToGrpc(key.status());
    uint64_t log_size = 0;
    VerifyOptions options;
    options.progress = [this, &reactor, &log_size](uint64_t entries, uint64_t size) {
      log_size = size;
      v1::VerifyLogResponse progress;
      progress.set_verified_entries(entries);
      progress.set_size(size);
      reactor.Send(std::move(progress));
      return !reactor.cancelled() && !stopping_;
    };
    Report report = audit::VerifyLog(source, *key, options);
    if (stopping_) return Stopping();
    if (reactor.cancelled()) return grpc::Status(grpc::StatusCode::CANCELLED, "cancelled");
    if (!log_key_) report.scope += kOwnKey;
    v1::VerifyLogResponse last;
    last.set_size(log_size);
    *last.mutable_report() = ToProto(report);
    reactor.Send(std::move(last));
    return grpc::Status::OK;
  }

  grpc::Status RunVerifyChain(TimePoint deadline, const v1::VerifyChainRequest& request,
                              v1::VerifyChainResponse& response) {
    const Ledger ledger = this->ledger();
    if (absl::Status reached = WaitForSize(ledger, request.at_least(), deadline); !reached.ok()) {
      return runtime::ToGrpc(reached);
    }
    const LedgerSource source(*ledger);
    absl::StatusOr<evidence::NoteVerifier> key = KeyFor(log_key_, source);
    if (!key.ok()) return runtime::ToGrpc(key.status());
    absl::StatusOr<ChainBundle> bundle = FetchChain(source, request.chain());
    if (!bundle.ok()) return runtime::ToGrpc(bundle.status());
    Report report = audit::VerifyChain(*bundle, *key);
    if (!log_key_) report.scope += kOwnKey;
    *response.mutable_report() = ToProto(report);
    return grpc::Status::OK;
  }

  const std::optional<evidence::NoteVerifier> log_key_;
  mutable std::mutex mutex_;
  Ledger ledger_;
  std::atomic<bool> stopping_ = false;
  JobQueue logs_{1, kLogsWaitingMax};
  JobQueue chains_{kChainThreads, kChainsWaitingMax};
};

v1::Verdict ToProto(Verdict verdict) {
  switch (verdict) {
    case Verdict::kVerified:
      return v1::VERDICT_VERIFIED;
    case Verdict::kUnavailable:
      return v1::VERDICT_UNAVAILABLE;
    case Verdict::kUnverifiable:
      return v1::VERDICT_UNVERIFIABLE;
    case Verdict::kDiverged:
      return v1::VERDICT_DIVERGED;
    case Verdict::kTampered:
      return v1::VERDICT_TAMPERED;
    case Verdict::kForked:
      return v1::VERDICT_FORKED;
  }
  return v1::VERDICT_UNSPECIFIED;
}

}  // namespace

std::unique_ptr<runtime::FollowingService> NewAuditService(
    std::optional<evidence::NoteVerifier> log_key) {
  return std::make_unique<Service>(std::move(log_key));
}

v1::Report ToProto(const Report& report) {
  v1::Report proto;
  proto.set_verdict(ToProto(report.verdict));
  proto.set_scope(report.scope);
  proto.set_entries(report.entries);
  proto.set_attestations(report.attestations);
  proto.set_root(std::string(evidence::AsBytes(report.root)));
  for (const Finding& finding : report.findings) {
    v1::Finding* added = proto.add_findings();
    added->set_verdict(ToProto(finding.verdict));
    added->set_index(finding.index.value_or(0));
    added->set_has_index(finding.index.has_value());
    added->set_subject(finding.subject);
    added->set_reason(finding.reason);
  }
  return proto;
}

}  // namespace cradle::audit
