// The key that a log says is its own.
#ifndef CRADLE_SERVICES_AUDIT_CORE_FOUNDED_KEY_H_
#define CRADLE_SERVICES_AUDIT_CORE_FOUNDED_KEY_H_

#include "absl/status/statusor.h"
#include "services/audit/core/log_source.h"
#include "storage/evidence/note.h"

namespace cradle::audit {

// From entry 0. Whoever forges a log puts his own key there: it is worth showing to a person who
// can compare it, and no more. INVALID_ARGUMENT: entry 0 does not found a log.
absl::StatusOr<evidence::NoteVerifier> FoundedLogKey(const LogSource& source);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_FOUNDED_KEY_H_
