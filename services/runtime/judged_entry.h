// An entry of the log, judged again as it was when it came in: by the rule set and the data bundle
// that the log names at its place.
#ifndef CRADLE_SERVICES_RUNTIME_JUDGED_ENTRY_H_
#define CRADLE_SERVICES_RUNTIME_JUDGED_ENTRY_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/rules/admission.h"
#include "services/rules/rule_data.h"
#include "services/rules/state.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/statement.h"

namespace cradle::runtime {

struct JudgedEntry {
  evidence::Entry entry;
  evidence::ParsedStatement statement;
  rules::Verdict verdict;  // Admitted or Disputed, as the entry's kind says

  // What it changes in the state, and its marks.
  const rules::Changes& changes() const;
  const std::vector<rules::Violation>& marks() const;
};

// `state` is the admission state before the entry. Signatures are not verified here: the ledger
// proved them, and the audit does.
// DATA_LOSS: the rules do not admit, or dispute, the entry at this place as it is kept.
// UNIMPLEMENTED: its rule set, data bundle or format is not known here. Both name the entry. Other
// errors are those of `state`.
absl::StatusOr<JudgedEntry> JudgeAgain(const rules::StateReader& state,
                                       const rules::RuleDataLibrary& library, uint64_t index,
                                       std::string_view entry_bytes);

// The same error, with the entry that it is about.
absl::Status AtEntry(uint64_t index, const absl::Status& status);

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_JUDGED_ENTRY_H_
