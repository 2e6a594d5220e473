// The order in which the statements of one submission can be judged.
#ifndef CRADLE_SERVICES_LEDGER_REQUEST_ORDER_H_
#define CRADLE_SERVICES_LEDGER_REQUEST_ORDER_H_

#include <cstddef>
#include <vector>

#include "services/ledger/submission.h"

namespace cradle::ledger {

// Positions of the statements that are not refused yet: each after those it links to, otherwise as
// they were submitted.
std::vector<size_t> OrderByLinks(const std::vector<StatementInFlight>& statements);

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_REQUEST_ORDER_H_
