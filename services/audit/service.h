// The audit as a gRPC service: verifies what the ledger serves, through the ledger's API alone.
#ifndef CRADLE_SERVICES_AUDIT_SERVICE_H_
#define CRADLE_SERVICES_AUDIT_SERVICE_H_

#include <memory>
#include <optional>

#include "cradle/v1/audit.pb.h"
#include "services/audit/core/report.h"
#include "services/runtime/service.h"
#include "storage/evidence/note.h"

namespace cradle::audit {

// Keeps no view, so it needs no directory. `log_key`: the log's key, from the configuration;
// without it the key that entry 0 founds is taken, and reports say so: such a report shows that the
// log is true to itself, not whose it is. One log is verified at a time and a few calls wait; more
// are told RESOURCE_EXHAUSTED.
std::unique_ptr<runtime::FollowingService> NewAuditService(
    std::optional<evidence::NoteVerifier> log_key = std::nullopt);

v1::Report ToProto(const Report& report);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_SERVICE_H_
