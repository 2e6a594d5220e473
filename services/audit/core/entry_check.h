// What one entry shows by itself: form and signatures. Needs no other entry but the enrolments of
// its keys, so bundles are checked in parallel; whether the entry may stand where it stands is
// judged in order afterwards.
#ifndef CRADLE_SERVICES_AUDIT_CORE_ENTRY_CHECK_H_
#define CRADLE_SERVICES_AUDIT_CORE_ENTRY_CHECK_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "services/audit/core/key_ring.h"
#include "services/audit/core/log_source.h"
#include "services/rules/admission.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/statement.h"

namespace cradle::audit {

struct CheckedEntry {
  evidence::Hash leaf{};
  // INVALID_ARGUMENT: the bytes do not hold. UNIMPLEMENTED: a format this build does not know. The
  // rest is filled only if OK.
  absl::Status form;
  evidence::Entry entry;  // without the statement's bytes, which are in `statement`
  evidence::ParsedStatement statement;
  std::vector<rules::ProvenAttestation> attestations;
  // One for each attestation. OK: the key named in it signed it. DATA_LOSS: it did not. NOT_FOUND:
  // unknown key. UNIMPLEMENTED: an algorithm this build does not verify. INVALID_ARGUMENT: the key
  // or the signature has no valid form.
  std::vector<absl::Status> signatures;
};

// Decodes the entry and checks that each attestation is of this statement and of the party in whose
// place it stands. No signature yet.
CheckedEntry ParseEntry(std::string_view bytes);

// Verifies the signatures with the keys known by now.
void ProveAttestations(const KeyRing& keys, CheckedEntry& checked);

struct CheckedBundle {
  uint64_t first_index = 0;
  uint64_t width = 0;  // entries it should have, of those within the checkpoint
  absl::Status read;   // whether the bytes could be had
  absl::Status form;   // INVALID_ARGUMENT: it is not as many entries as its name says
  std::string name;
  uint64_t bytes = 0;
  std::vector<CheckedEntry> entries;  // at most `width`; fewer where `read` or `form` is not OK
};

// Reads and parses a bundle and adds the keys it enrols to `keys`.
CheckedBundle ParseEntryBundle(const LogSource& source, uint64_t index, uint64_t width,
                               KeyRing& keys);

// The leaf hashes of a stored bundle; INVALID_ARGUMENT as `form` above.
absl::StatusOr<std::vector<evidence::Hash>> BundleLeaves(std::string_view bytes, uint64_t width);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_ENTRY_CHECK_H_
