// Device keys by key id, decoded once: what enrolments read so far bring.
#ifndef CRADLE_SERVICES_AUDIT_CORE_KEY_RING_H_
#define CRADLE_SERVICES_AUDIT_CORE_KEY_RING_H_

#include <map>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cradle/statement/v1/statement.pb.h"
#include "storage/evidence/key.h"

namespace cradle::audit {

// A key id is the hash of the key, so where a key comes from cannot change which key it is; whether
// the key may attest at a place in the log is the rules' to judge. Thread-safe.
class KeyRing {
 public:
  // The keys that a statement brings: of DeviceKeyEnrolled, or of Founded.
  void AddFrom(const statement::v1::Statement& statement);
  void Add(statement::v1::KeyAlgorithm algorithm, const std::string& spki_der);

  // NOT_FOUND: no key of that id was added. Else why it cannot be decoded: INVALID_ARGUMENT, or
  // UNIMPLEMENTED for an algorithm this build does not verify.
  absl::StatusOr<evidence::PublicKey> Find(std::string_view key_id) const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<std::string, absl::StatusOr<evidence::PublicKey>, std::less<>> keys_;
};

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_KEY_RING_H_
