// Whose key attests, as far as the enrolments at hand tell: where a whole log is read the rules
// judge that, here a few entries must do.
#ifndef CRADLE_SERVICES_AUDIT_CORE_ATTESTERS_H_
#define CRADLE_SERVICES_AUDIT_CORE_ATTESTERS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "services/audit/core/entry_check.h"
#include "services/audit/core/key_ring.h"
#include "storage/evidence/note.h"

namespace cradle::audit {

// A device key that a statement enrols, and for whom.
struct Enrolment {
  std::string organisation;
  statement::v1::KeyAlgorithm algorithm = statement::v1::KEY_ALGORITHM_UNSPECIFIED;
  std::string spki_der;
};

// Of DeviceKeyEnrolled or Founded; else none.
std::vector<Enrolment> EnrolmentsIn(const statement::v1::Statement& statement);

// Entries are taken in order of index, so that a key is known only after its enrolment. Not
// thread-safe.
class Attesters {
 public:
  // Knows the log's own key. `log_key` must outlive it.
  explicit Attesters(const evidence::NoteVerifier& log_key);

  // Verifies the attestations of an entry whose form is OK, then enrols the keys it brings; entry
  // 0, the founding, enrols its own first, for nobody could before. `in_log`: the entry is proven
  // to be in the log at `index`; one that is not brings no keys. One status for each attestation:
  // those of CheckedEntry::signatures, or PERMISSION_DENIED: signed, by a key enrolled for another
  // organisation than the party in whose place it stands.
  std::vector<absl::Status> Take(uint64_t index, bool in_log, CheckedEntry& checked);

 private:
  void Enrol(const std::vector<Enrolment>& enrolments);
  bool IsOf(const statement::v1::Party& party, const std::string& key_id) const;

  const evidence::NoteVerifier& log_key_;
  KeyRing keys_;
  std::map<std::string, std::set<std::string>> organisations_;  // by key id
};

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_ATTESTERS_H_
