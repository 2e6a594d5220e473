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

// An admission, or one as disputed: its receipt says which it is.
template <typename Kept>
absl::StatusOr<Outcome> CheckKept(const evidence::SignedStatement& sent, const Kept& kept,
                                  Outcome::Kind kind, const evidence::NoteVerifier& log) {
  absl::StatusOr<Outcome> outcome = CheckReceipt(sent.statement, kept.index(), kept.receipt(), log);
  if (!outcome.ok()) return outcome.status();
  if (outcome->kind != kind) {
    return NotOurs(outcome->statement_hash, kind == Outcome::Kind::kAdmitted
                                                ? "the entry is disputed, not admitted"
                                                : "the entry is admitted, not disputed");
  }
  outcome->repeated = kept.repeated_submission();
  outcome->violations.assign(kept.marks().begin(), kept.marks().end());
  return outcome;
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
  if (entry->signed_statement.statement != statement) {
    return NotOurs(outcome.statement_hash, "the entry holds another statement");
  }
  if (entry->kind == evidence::EntryKind::kDisputed) outcome.kind = Outcome::Kind::kDisputed;
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
    return CheckKept(sent, result.admitted(), Outcome::Kind::kAdmitted, log);
  }
  if (result.has_disputed()) {
    absl::StatusOr<Outcome> outcome =
        CheckKept(sent, result.disputed(), Outcome::Kind::kDisputed, log);
    if (!outcome.ok()) return outcome.status();
    outcome->heads.assign(result.disputed().heads().begin(), result.disputed().heads().end());
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
