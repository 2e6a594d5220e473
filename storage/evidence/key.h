// Device keys and the log's key.
#ifndef CRADLE_STORAGE_EVIDENCE_KEY_H_
#define CRADLE_STORAGE_EVIDENCE_KEY_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cradle/statement/v1/organisation_events.pb.h"
#include "storage/evidence/hash.h"

namespace cradle::evidence {

using statement::v1::KeyAlgorithm;

// A decoded public key. Copies share the decoded key; safe to use from many threads. Decode once
// and keep: decoding costs about three verifications.
class PublicKey {
 public:
  // INVALID_ARGUMENT: not one DER SubjectPublicKeyInfo of that algorithm, or a point not on the
  // curve. UNIMPLEMENTED: an algorithm that this build does not verify.
  static absl::StatusOr<PublicKey> FromSpki(KeyAlgorithm algorithm, std::string_view spki_der);

  KeyAlgorithm algorithm() const;
  const std::string& spki_der() const;
  const Hash& id() const;  // SHA-256 of the SubjectPublicKeyInfo

  // `signature` is 64 bytes: r‖s for P-256 and SM2, as RFC 8032 says for Ed25519.
  // INVALID_ARGUMENT: another length. DATA_LOSS: it does not verify.
  absl::Status Verify(std::string_view message, std::string_view signature) const;

 private:
  struct Decoded;
  std::shared_ptr<const Decoded> decoded_;
};

class PrivateKey {
 public:
  static absl::StatusOr<PrivateKey> Generate(KeyAlgorithm algorithm);
  // PKCS#8 PEM.
  static absl::StatusOr<PrivateKey> FromPem(std::string_view pem);
  absl::StatusOr<std::string> ToPem() const;

  const PublicKey& public_key() const { return public_; }
  // 64 bytes, as PublicKey::Verify takes them.
  absl::StatusOr<std::string> Sign(std::string_view message) const;

 private:
  PublicKey public_;
  std::shared_ptr<void> key_;
};

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_KEY_H_
