// The text file that devices hand each other while a statement gathers its attestations, by mail,
// memory stick or as a QR code: FORMAT.md.
#ifndef CRADLE_STORAGE_EVIDENCE_SIGNED_STATEMENT_FILE_H_
#define CRADLE_STORAGE_EVIDENCE_SIGNED_STATEMENT_FILE_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/evidence/statement.h"

namespace cradle::evidence {

// With the attestations so far, none to kPartiesMax. INVALID_ARGUMENT: more of them, no statement
// or one over kStatementBytesMax. UNIMPLEMENTED: an algorithm without a name.
absl::StatusOr<std::string> EncodeSignedStatementFile(const SignedStatement& signed_statement);

// INVALID_ARGUMENT: not such a file; says which line. UNIMPLEMENTED: a version or an algorithm that
// this build does not know. Checks no signature and does not look into the statement.
absl::StatusOr<SignedStatement> ParseSignedStatementFile(std::string_view text);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_SIGNED_STATEMENT_FILE_H_
