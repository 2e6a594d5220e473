// Proves "attested by this key". Whether the key may, the rules say.
#ifndef CRADLE_SERVICES_LEDGER_ATTESTATION_PROVER_H_
#define CRADLE_SERVICES_LEDGER_ATTESTATION_PROVER_H_

#include "absl/status/status.h"
#include "services/ledger/key_cache.h"
#include "services/ledger/log_reader.h"
#include "services/ledger/submission.h"
#include "services/rules/state.h"

namespace cradle::ledger {

// Safe to call from many threads, each with its own statement.
class AttestationProver {
 public:
  // `log` must outlive the prover.
  AttestationProver(const LogReader* log, size_t cached_keys_max)
      : log_(log), keys_(cached_keys_max) {}

  // Parses all attestations and verifies those whose key `state` or the cache knows; the rest stays
  // in `unproven`. What does not hold is put into `unattested`. Errors are the store's.
  absl::Status Prove(const rules::StateReader& state, StatementInFlight& statement);
  // Another try at `unproven` when `state` may know more.
  absl::Status ProveRest(const rules::StateReader& state, StatementInFlight& statement);

 private:
  absl::Status ProveOne(const rules::StateReader& state, size_t attestation,
                        StatementInFlight& statement);
  absl::Status CheckSeen(size_t attestation, StatementInFlight& statement) const;

  const LogReader* log_;
  KeyCache keys_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_ATTESTATION_PROVER_H_
