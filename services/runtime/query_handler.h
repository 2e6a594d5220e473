// A plain query as a gRPC read: HandleRead with what a QueryContext needs.
#ifndef CRADLE_SERVICES_RUNTIME_QUERY_HANDLER_H_
#define CRADLE_SERVICES_RUNTIME_QUERY_HANDLER_H_

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "services/runtime/query.h"
#include "services/runtime/view_host.h"

namespace cradle::runtime {

template <typename Request, typename Response>
using Query = absl::Status (*)(const kv::Reader&, const QueryContext&, const Request&, Response&);

// `host` must outlive the call.
template <typename Request, typename Response>
grpc::ServerUnaryReactor* HandleQuery(ViewHost& host, grpc::CallbackServerContext* context,
                                      const Request* request, Response* response,
                                      Query<Request, Response> query) {
  return host.Handle(context, request, response,
                     [&host, query](const kv::Reader& snapshot, uint64_t known,
                                    const Request& asked, Response& answer) {
                       const rules::RuleDataLibrary library = host.rule_data().library();
                       return query(snapshot, {known, host.clock().NowMs(), library}, asked,
                                    answer);
                     });
}

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_QUERY_HANDLER_H_
