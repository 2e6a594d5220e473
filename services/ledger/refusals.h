// What the ledger itself refuses, before and beside the rules: form, attestations, founding. Where
// the rules would say the same, the rule's id is theirs.
#ifndef CRADLE_SERVICES_LEDGER_REFUSALS_H_
#define CRADLE_SERVICES_LEDGER_REFUSALS_H_

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "services/rules/admission.h"

namespace cradle::ledger {

// FORM. `form` is INVALID_ARGUMENT or UNIMPLEMENTED and says "field: why". `within` goes before the
// field: "" for the statement itself, "attestations[1]" for an attestation.
rules::Refused RefuseForm(const absl::Status& form, std::string_view within);
// ATTESTATION-EACH: more attestations than any statement has parties.
rules::Refused RefuseAttestationCount(size_t count);
// ATTESTATION-BINDS: the attestation is about other bytes or another party's place.
rules::Refused RefuseForeignAttestation(size_t attestation);
// KEY-KNOWN: no enrolment of the key is in the log or came with the statement.
rules::Refused RefuseUnknownKey(size_t attestation, std::string_view key_id);
// ATTESTATION-SIGNATURE: the key did not sign it.
rules::Refused RefuseSignature(size_t attestation, const absl::Status& why);
// ATTESTATION-SEEN: the device holds a checkpoint that this log never signed.
rules::Refused RefuseSeen(size_t attestation, uint64_t seen_size, std::string_view seen_root);
// LOG-FOUNDED: an empty log accepts its founding alone.
rules::Refused RefuseNotFounded();
// FOUNDING-PIN: the founding is not the one this ledger was set up for.
rules::Refused RefuseFounding(std::string_view field, std::string_view en, std::string_view zh);
// RULES-AT-HAND: a rule set or data bundle this ledger cannot judge with.
rules::Refused RefuseRules(std::string_view field, std::string_view en, std::string_view zh);
// STATE-SIZE: what the statement changes would no longer fit the store.
rules::Refused RefuseStateSize();

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_REFUSALS_H_
