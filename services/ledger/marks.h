// The marks of an entry as the ledger keeps them, to tell them again to whoever retries.
#ifndef CRADLE_SERVICES_LEDGER_MARKS_H_
#define CRADLE_SERVICES_LEDGER_MARKS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/rules/violation.h"

namespace cradle::ledger {

// cradle.v1.Admission with the marks alone.
std::string EncodeMarks(const std::vector<rules::Violation>& marks);
// DATA_LOSS: not such bytes.
absl::StatusOr<std::vector<rules::Violation>> DecodeMarks(std::string_view bytes);

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_MARKS_H_
