// The entry: the leaf of the log. Bytes in FORMAT.md.
#ifndef CRADLE_STORAGE_EVIDENCE_ENTRY_H_
#define CRADLE_STORAGE_EVIDENCE_ENTRY_H_

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/evidence/statement.h"

namespace cradle::evidence {

inline constexpr size_t kEntryBytesMax = 65'535;  // an entry bundle's length is 16 bits

enum class EntryKind : uint8_t { kAdmitted = 1, kDisputed = 2 };

// Drawn by the ledger, so that a public leaf hash reveals nothing.
using Salt = std::array<uint8_t, 16>;

struct Entry {
  EntryKind kind = EntryKind::kAdmitted;
  int64_t recorded_time_ms = 0;
  Salt salt{};
  SignedStatement signed_statement;
  friend bool operator==(const Entry&, const Entry&) = default;
};

// INVALID_ARGUMENT: over kEntryBytesMax, or over 255 attestations.
absl::StatusOr<std::string> EncodeEntry(const Entry& entry);
// INVALID_ARGUMENT: not an entry, or missing bytes. UNIMPLEMENTED: an entry version or kind that
// this build does not know. Does not look into the statement, which is all that remains: a byte cut
// off or added there is found by ParseStatement and by the leaf hash.
absl::StatusOr<Entry> DecodeEntry(std::string_view bytes);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_ENTRY_H_
