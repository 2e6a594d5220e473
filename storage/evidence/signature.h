// Between r‖s, as signatures are kept, and the DER that OpenSSL wants. Within this folder only.
#ifndef CRADLE_STORAGE_EVIDENCE_SIGNATURE_H_
#define CRADLE_STORAGE_EVIDENCE_SIGNATURE_H_

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace cradle::evidence {

inline constexpr size_t kSignatureBytes = 64;

// DER of an Ecdsa-Sig-Value (RFC 3279 §2.2.3), at most 72 bytes.
struct DerSignature {
  unsigned char bytes[72];
  size_t size = 0;
};

// `raw` is 64 bytes. Whether r and s are in [1, n) is the verifier's to say.
DerSignature DerFromRaw(std::string_view raw);

// INTERNAL: OpenSSL made something else than such a signature.
absl::StatusOr<std::string> RawFromDer(std::string_view der);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_SIGNATURE_H_
