// Verifies one chain by itself, without the rest of the log.
#ifndef CRADLE_SERVICES_AUDIT_CORE_VERIFY_CHAIN_H_
#define CRADLE_SERVICES_AUDIT_CORE_VERIFY_CHAIN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "services/audit/core/report.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/note.h"

namespace cradle::audit {

// An entry and its audit path in the tree of the bundle's checkpoint.
struct ProvenEntry {
  uint64_t index = 0;
  std::string entry;
  std::vector<evidence::Hash> path;
};

// A chain with what proves it. Nothing in it is trusted but for the log's key.
struct ChainBundle {
  std::string chain;                    // "batch:…"
  uint64_t first_height = 0;            // of entries[0]
  std::vector<ProvenEntry> entries;     // by height, without holes
  std::vector<ProvenEntry> enrolments;  // entries that bring the keys which attest; in any order
  std::string checkpoint;               // a signed note
};

// Checks each entry's form and inclusion under the signed checkpoint, that the links of `chain`
// follow each other, that order of index and recorded time is that of the chain, and each
// attestation whose key an enrolment in the bundle brings for that organisation before it. The
// rules are not judged again, and the bundle cannot show that nothing came later or that a key was
// not revoked: the report's scope says so.
Report VerifyChain(const ChainBundle& bundle, const evidence::NoteVerifier& log_key);

// The key ids that attest in an entry, and for which organisation, to fetch their enrolments; empty
// where the entry has no valid form.
struct AttestingKey {
  std::string organisation;  // empty: the log itself
  std::string key_id;
};
std::vector<AttestingKey> AttestingKeys(std::string_view entry);
// The ids of the keys that an entry enrols.
std::vector<std::string> EnrolledKeys(std::string_view entry);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_VERIFY_CHAIN_H_
