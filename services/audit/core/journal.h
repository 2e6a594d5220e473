// A file of checkpoints signed before, oldest first, in the records that a ledger's signer journal
// has, so that its files, one after the other, are such a file too:
//   note <length in decimal> <first 8 hex digits of the note's SHA-256> LF, the note, LF
#ifndef CRADLE_SERVICES_AUDIT_CORE_JOURNAL_H_
#define CRADLE_SERVICES_AUDIT_CORE_JOURNAL_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"

namespace cradle::audit {

std::string JournalRecord(std::string_view note);

// The notes up to the first record that does not hold. DATA_LOSS: a record is not one; says where.
// OUT_OF_RANGE: the bytes end inside the last one.
absl::Status ParseJournal(std::string_view bytes, std::vector<std::string>& notes);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_JOURNAL_H_
