// What only the ledger can check of the statements on `log`: that the founding is the one it was
// set up for, and that it can judge with the rules they name.
#ifndef CRADLE_SERVICES_LEDGER_FOUNDING_H_
#define CRADLE_SERVICES_LEDGER_FOUNDING_H_

#include <optional>

#include "absl/status/status.h"
#include "services/ledger/log_identity.h"
#include "services/ledger/submission.h"
#include "services/rules/rule_data.h"

namespace cradle::ledger {

// `founded`: the log has its first entry. Nullopt: nothing against it here.
std::optional<rules::Refused> CheckLogStatement(const LogIdentity& identity,
                                                const rules::RuleDataLibrary& library,
                                                const statement::v1::Statement& statement,
                                                bool founded);

// Whether this is the founding with the regulator's attestation proven and the log's own to come.
bool AwaitsLogAttestation(const StatementInFlight& statement);
// Adds the log's own attestation: person empty, seq 1.
absl::Status AttestAsLog(const LogIdentity& identity, StatementInFlight& statement);

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_FOUNDING_H_
