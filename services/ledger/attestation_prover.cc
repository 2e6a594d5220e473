#include "services/ledger/attestation_prover.h"

#include <optional>
#include <string>
#include <utility>

#include "services/ledger/refusals.h"
#include "services/rules/admission.h"
#include "storage/evidence/key.h"

namespace cradle::ledger {

absl::Status AttestationProver::Prove(const rules::StateReader& state,
                                      StatementInFlight& statement) {
  const auto& received = statement.signed_attestations;
  if (received.size() > evidence::kPartiesMax) {
    statement.unattested = RefuseAttestationCount(received.size());
    return absl::OkStatus();
  }
  for (size_t i = 0; i < received.size(); ++i) {
    auto message = evidence::ParseAttestation(received[i].attestation);
    if (!message.ok()) {
      statement.unattested =
          RefuseForm(message.status(), "attestations[" + std::to_string(i) + "]");
      return absl::OkStatus();
    }
    if (message->statement_hash() != evidence::AsBytes(statement.statement.hash) ||
        message->party() != i) {
      statement.unattested = RefuseForeignAttestation(i);
      return absl::OkStatus();
    }
    statement.attestations.push_back({received[i].algorithm, *std::move(message)});
    if (absl::Status status = CheckSeen(i, statement); !status.ok()) return status;
    statement.unproven.push_back(i);
  }
  if (statement.unattested) return absl::OkStatus();
  return ProveRest(state, statement);
}

absl::Status AttestationProver::ProveRest(const rules::StateReader& state,
                                          StatementInFlight& statement) {
  std::vector<size_t> untried = std::exchange(statement.unproven, {});
  for (const size_t attestation : untried) {
    if (absl::Status status = ProveOne(state, attestation, statement); !status.ok()) return status;
    if (statement.unattested) return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status AttestationProver::ProveOne(const rules::StateReader& state, size_t attestation,
                                         StatementInFlight& statement) {
  const std::string& key_id = statement.attestations[attestation].message.key_id();
  std::optional<evidence::PublicKey> key = keys_.Find(key_id);
  if (!key) {
    auto known = rules::FindKey(state, key_id, statement.statement.message);
    if (absl::IsNotFound(known.status())) {
      statement.unproven.push_back(attestation);
      return absl::OkStatus();
    }
    if (!known.ok()) return known.status();
    auto decoded = evidence::PublicKey::FromSpki(known->algorithm, known->spki_der);
    if (!decoded.ok()) {
      statement.unattested = RefuseSignature(attestation, decoded.status());
      return absl::OkStatus();
    }
    keys_.Put(*decoded);
    key = *std::move(decoded);
  }
  absl::Status verified =
      evidence::VerifyAttestation(statement.signed_attestations[attestation], *key);
  if (!verified.ok()) statement.unattested = RefuseSignature(attestation, verified);
  return absl::OkStatus();
}

absl::Status AttestationProver::CheckSeen(size_t attestation, StatementInFlight& statement) const {
  const auto& message = statement.attestations[attestation].message;
  if (!message.has_seen()) return absl::OkStatus();
  auto root = log_->SignedRoot(message.seen().size());
  if (!root.ok()) return root.status();
  if (!*root || evidence::AsBytes(**root) != message.seen().root()) {
    statement.unattested = RefuseSeen(attestation, message.seen().size(), message.seen().root());
  }
  return absl::OkStatus();
}

}  // namespace cradle::ledger
