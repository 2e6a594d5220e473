// The thin edge of a view's unary read: wait for `at_least`, run a plain function over a snapshot,
// map its status.
#ifndef CRADLE_SERVICES_RUNTIME_READ_HANDLER_H_
#define CRADLE_SERVICES_RUNTIME_READ_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include "absl/status/status.h"
#include "services/runtime/follower.h"
#include "services/runtime/status.h"
#include "storage/kv/store.h"

namespace cradle::runtime {

// How long a read without a deadline waits for `at_least`, and how long any does at most.
inline constexpr std::chrono::seconds kDefaultWait{5};
inline constexpr std::chrono::seconds kLongestWait{60};

using TimePoint = std::chrono::system_clock::time_point;

// When a read gives up waiting: ahead of the caller's deadline, so that the answer reaches it.
inline TimePoint WaitUntil(TimePoint deadline, TimePoint now) {
  if (deadline == TimePoint::max()) return now + kDefaultWait;
  return now + std::min<TimePoint::duration>(deadline - now, kLongestWait) * 9 / 10;
}

// `read` is called as read(const kv::Reader& snapshot, uint64_t known, const Request&, Response&)
// → absl::Status, where `known` is the size that the snapshot has folded.
template <typename Request, typename Response, typename Read>
grpc::ServerUnaryReactor* HandleRead(grpc::CallbackServerContext* context, Follower& follower,
                                     const kv::Store& store, const Request* request,
                                     Response* response, Read read) {
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  follower.WhenReached(
      request->at_least(), WaitUntil(context->deadline(), std::chrono::system_clock::now()),
      [reactor, &store, request, response, read = std::move(read)](const absl::Status& reached) {
        if (!reached.ok()) return reactor->Finish(ToGrpc(reached));
        std::unique_ptr<kv::Reader> snapshot = store.Snapshot();
        absl::StatusOr<uint64_t> known = FoldedSize(*snapshot);
        if (!known.ok()) return reactor->Finish(ToGrpc(known.status()));
        reactor->Finish(ToGrpc(read(*snapshot, *known, *request, *response)));
      });
  return reactor;
}

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_READ_HANDLER_H_
