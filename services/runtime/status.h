// absl::Status to gRPC's and back, and the messages of the services' API.
#ifndef CRADLE_SERVICES_RUNTIME_STATUS_H_
#define CRADLE_SERVICES_RUNTIME_STATUS_H_

#include <grpcpp/support/status.h>

#include "absl/status/status.h"
#include "cradle/v1/common.pb.h"
#include "services/rules/admission.h"
#include "services/rules/violation.h"

namespace cradle::runtime {

// Messages are cut so that the trailer stays under 4 KiB.
grpc::Status ToGrpc(const absl::Status& status);
absl::Status FromGrpc(const grpc::Status& status);

v1::Violation ToProto(const rules::Violation& violation);
v1::Head ToProto(const rules::Head& head);

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_STATUS_H_
