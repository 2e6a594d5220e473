#include "services/audit/core/founded_key.h"

#include <string>
#include <utility>
#include <vector>

#include "storage/evidence/bundle.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/statement.h"

namespace cradle::audit {

absl::StatusOr<evidence::NoteVerifier> FoundedLogKey(const LogSource& source) {
  absl::StatusOr<EntryBundle> bundle = source.ReadEntryBundle(0, 1);
  if (!bundle.ok()) return bundle.status();
  absl::StatusOr<std::vector<std::string_view>> entries = evidence::ParseBundle(bundle->bytes);
  if (!entries.ok()) return entries.status();
  if (entries->empty()) return absl::InvalidArgumentError("the log has no entry 0");
  absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(entries->front());
  if (!entry.ok()) return entry.status();
  absl::StatusOr<evidence::ParsedStatement> statement =
      evidence::ParseStatement(std::move(entry->signed_statement.statement));
  if (!statement.ok()) return statement.status();
  if (!statement->message.has_founded()) {
    return absl::InvalidArgumentError("entry 0 does not found a log");
  }
  absl::StatusOr<evidence::PublicKey> key = evidence::PublicKey::FromSpki(
      statement::v1::KEY_ALGORITHM_ED25519, statement->message.founded().log_key());
  if (!key.ok()) return key.status();
  return evidence::NoteVerifier::Create(statement->message.log_origin(), *key);
}

}  // namespace cradle::audit
