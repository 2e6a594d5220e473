#include "services/audit/core/key_ring.h"

#include <fmt/format.h>

#include <mutex>
#include <utility>

#include "storage/evidence/hash.h"

namespace cradle::audit {

void KeyRing::AddFrom(const statement::v1::Statement& statement) {
  switch (statement.event_case()) {
    case statement::v1::Statement::kDeviceKeyEnrolled:
      Add(statement.device_key_enrolled().algorithm(), statement.device_key_enrolled().key());
      break;
    case statement::v1::Statement::kFounded:
      Add(statement::v1::KEY_ALGORITHM_ED25519, statement.founded().log_key());
      Add(statement.founded().regulator_key().algorithm(),
          statement.founded().regulator_key().key());
      break;
    default:
      break;
  }
}

void KeyRing::Add(statement::v1::KeyAlgorithm algorithm, const std::string& spki_der) {
  const evidence::Hash id = evidence::Sha256(spki_der);
  {
    std::shared_lock lock(mutex_);
    const auto found = keys_.find(evidence::AsBytes(id));
    if (found != keys_.end() && found->second.ok()) return;
  }
  absl::StatusOr<evidence::PublicKey> key = evidence::PublicKey::FromSpki(algorithm, spki_der);
  std::unique_lock lock(mutex_);
  keys_.insert_or_assign(std::string(evidence::AsBytes(id)), std::move(key));
}

absl::StatusOr<evidence::PublicKey> KeyRing::Find(std::string_view key_id) const {
  std::shared_lock lock(mutex_);
  const auto found = keys_.find(key_id);
  if (found == keys_.end()) {
    return absl::NotFoundError(
        fmt::format("key {} is not enrolled in what was read", evidence::Hex(key_id)));
  }
  return found->second;
}

}  // namespace cradle::audit
