#include "clients/sdk/outcome.h"

#include <fmt/format.h>

#include <utility>

#include "storage/evidence/entry.h"

namespace cradle::sdk {
namespace {

absl::Status NotOurs(const evidence::Hash& hash, std::string_view what) {
  return absl::DataLossError(
      fmt::format("the receipt for statement {} does not hold: {}", evidence::Hex(hash), what));
}

}  // namespace

absl::StatusOr<Outcome> CheckReceipt(std::string_view statement, uint64_t index,
                                     const std::string& receipt_bytes,
                                     const evidence::NoteVerifier& log) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kAdmitted;
  outcome.statement_hash = evidence::StatementHash(statement);
  absl::StatusOr<evidence::Receipt> receipt = evidence::ParseReceipt(receipt_bytes);
  if (!receipt.ok())
    return NotOurs(outcome.statement_hash, std::string(receipt.status().message()));
  absl::StatusOr<evidence::Checkpoint> checkpoint = evidence::VerifyReceipt(*receipt, log);
  if (!checkpoint.ok()) {
    return NotOurs(outcome.statement_hash, std::string(checkpoint.status().message()));
  }
  if (receipt->index != index) {
    return NotOurs(outcome.statement_hash,
                   fmt::format("it is of entry {}, not {}", receipt->index, index));
  }
  absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(receipt->entry);
  if (!entry.ok()) return NotOurs(outcome.statement_hash, std::string(entry.status().message()));
  if (entry->kind != evidence::EntryKind::kAdmitted) {
    return NotOurs(outcome.statement_hash, "the entry is of another kind than admitted");
  }
  if (entry->signed_statement.statement != statement) {
    return NotOurs(outcome.statement_hash, "the entry holds another statement");
  }
  outcome.index = index;
  outcome.receipt = receipt_bytes;
  outcome.checkpoint_note = std::move(receipt->checkpoint);
  outcome.checkpoint = *std::move(checkpoint);
  return outcome;
}

absl::StatusOr<Outcome> CheckResult(const evidence::SignedStatement& sent,
                                    const v1::SubmitResult& result,
                                    const evidence::NoteVerifier& log) {
  const evidence::Hash hash = evidence::StatementHash(sent.statement);
  if (result.statement_hash() != evidence::AsBytes(hash)) {
    return absl::DataLossError(
        fmt::format("the server answered for another statement than {}", evidence::Hex(hash)));
  }
  if (result.has_admitted()) {
    const v1::Admission& admitted = result.admitted();
    absl::StatusOr<Outcome> outcome =
        CheckReceipt(sent.statement, admitted.index(), admitted.receipt(), log);
    if (!outcome.ok()) return outcome.status();
    outcome->repeated = admitted.repeated_submission();
    outcome->violations.assign(admitted.marks().begin(), admitted.marks().end());
    return outcome;
  }
  if (!result.has_refused()) {
    return absl::UnimplementedError(fmt::format(
        "the server answered for statement {} in a way that this program does not know: use a "
        "newer one",
        evidence::Hex(hash)));
  }
  const v1::Refusal& refused = result.refused();
  Outcome outcome;
  outcome.statement_hash = hash;
  outcome.code = static_cast<absl::StatusCode>(refused.code());
  outcome.violations.assign(refused.violations().begin(), refused.violations().end());
  outcome.heads.assign(refused.heads().begin(), refused.heads().end());
  if (refused.has_missing_predecessor())
    outcome.missing_predecessor = refused.missing_predecessor();
  const bool later = outcome.missing_predecessor.has_value() ||
                     outcome.code == absl::StatusCode::kUnavailable ||
                     outcome.code == absl::StatusCode::kResourceExhausted;
  outcome.kind = later ? Outcome::Kind::kWaiting : Outcome::Kind::kRefused;
  return outcome;
}

v1::SignedStatement ToProto(const evidence::SignedStatement& statement) {
  v1::SignedStatement proto;
  proto.set_statement(statement.statement);
  for (const evidence::SignedAttestation& attestation : statement.attestations) {
    v1::SignedAttestation& to = *proto.add_attestations();
    to.set_algorithm(attestation.algorithm);
    to.set_attestation(attestation.attestation);
    to.set_signature(attestation.signature);
  }
  return proto;
}

evidence::SignedStatement FromProto(const v1::SignedStatement& proto) {
  evidence::SignedStatement statement;
  statement.statement = proto.statement();
  for (const v1::SignedAttestation& attestation : proto.attestations()) {
    statement.attestations.push_back(
        {attestation.algorithm(), attestation.attestation(), attestation.signature()});
  }
  return statement;
}

}  // namespace cradle::sdk
