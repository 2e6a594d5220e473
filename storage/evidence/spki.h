// SubjectPublicKeyInfo (RFC 5280 §4.1.2.7) of the three kinds of key: exactly one encoding each, so
// that a key has one id. Within this folder only.
#ifndef CRADLE_STORAGE_EVIDENCE_SPKI_H_
#define CRADLE_STORAGE_EVIDENCE_SPKI_H_

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "storage/evidence/key.h"

namespace cradle::evidence {

// INVALID_ARGUMENT: not the one encoding of that algorithm. UNIMPLEMENTED: an unknown algorithm.
// Does not look at the point itself.
absl::Status CheckSpkiForm(KeyAlgorithm algorithm, std::string_view spki_der);

// INVALID_ARGUMENT: not a point of the curve, or one of small order, with which signatures verify
// that nobody made. OpenSSL looks at neither when it reads an Ed25519 key.
absl::Status CheckEd25519Point(std::string_view raw_key);

std::string Ed25519Spki(std::string_view raw_key);
// The 32 bytes of RFC 8032. Needs a key of that algorithm.
std::string_view Ed25519Raw(const PublicKey& key);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_SPKI_H_
