// A view with its store and its follower: what every service that follows the log is made of.
#ifndef CRADLE_SERVICES_RUNTIME_VIEW_HOST_H_
#define CRADLE_SERVICES_RUNTIME_VIEW_HOST_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "services/runtime/clock.h"
#include "services/runtime/follower.h"
#include "services/runtime/read_handler.h"
#include "services/runtime/view.h"
#include "storage/kv/store.h"

namespace cradle::runtime {

class ViewHost {
 public:
  explicit ViewHost(const View& view) : view_(view) {}

  // Opens or creates the store in `directory` and follows the log; a store that is damaged is moved
  // to `directory`.damaged and made anew, one folded by another version is made anew. The rest must
  // outlive the host.
  absl::Status Start(const std::string& directory,
                     std::shared_ptr<v1::LedgerService::StubInterface> ledger,
                     RuleDataSource& rule_data, const Clock& clock);
  // Folds no more; what waits and what comes is answered UNAVAILABLE. Reads under way end as they
  // would: the store is there until the end of the host.
  void Stop();
  absl::Status Health() const;

  // Valid after Start.
  const Clock& clock() const { return *clock_; }
  RuleDataSource& rule_data() const { return *rule_data_; }

  // HandleRead over this view; UNAVAILABLE before Start and after Stop.
  template <typename Request, typename Response, typename Read>
  grpc::ServerUnaryReactor* Handle(grpc::CallbackServerContext* context, const Request* request,
                                   Response* response, Read read) {
    if (!serving_.load(std::memory_order_acquire)) {
      grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
      reactor->Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE,
                                   std::string(view_.name()) + " is not started yet, or stopped"));
      return reactor;
    }
    return HandleRead(context, *follower_, *store_, request, response, std::move(read));
  }

 private:
  const View& view_;
  std::atomic<bool> serving_ = false;
  const Clock* clock_ = nullptr;
  RuleDataSource* rule_data_ = nullptr;
  std::unique_ptr<kv::Store> store_;
  std::unique_ptr<Follower> follower_;  // before the store goes
};

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_VIEW_HOST_H_
