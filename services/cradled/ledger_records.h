// Is what the ledger keeps beside the entries what the log folds to?
#ifndef CRADLE_SERVICES_CRADLED_LEDGER_RECORDS_H_
#define CRADLE_SERVICES_CRADLED_LEDGER_RECORDS_H_

#include "services/audit/core/log_source.h"
#include "services/audit/core/report.h"
#include "services/audit/verify_view.h"
#include "storage/evidence/note.h"
#include "storage/kv/store.h"

namespace cradle::cradled {

// Compares every key of a ledger's store (services/ledger/store_layout.h) that follows from the
// entries with what the stored entries fold to, whether a checkpoint covers them or not: admission
// state, chain index, marks, tiles, size and root. A key that the layout does not have is diverged
// too. Of an admission state of an older version (rules::kStateVersion) nothing is compared, since
// the next start folds it anew, and the report says so; a newer one is unverifiable.
// The stored checkpoints must be signed by the log's key, each with the root of that many
// entries.
// `source` reads `stored`; `log` is what VerifyLog found of it: where the log holds, a signed
// checkpoint with another root is a fork.
audit::Report VerifyLedgerRecords(const audit::LogSource& source, const audit::Report& log,
                                  const evidence::NoteVerifier& log_key, const kv::Reader& stored,
                                  const audit::VerifyViewOptions& options = {});

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_LEDGER_RECORDS_H_
