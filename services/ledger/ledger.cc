#include "services/ledger/ledger.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <utility>

#include "services/ledger/founding.h"
#include "services/ledger/recovery.h"
#include "services/ledger/refusals.h"
#include "services/rules/admission.h"
#include "services/runtime/view.h"

namespace cradle::ledger {
namespace {

size_t BytesOf(const evidence::SignedStatement& statement) {
  size_t bytes = statement.statement.size();
  for (const auto& attestation : statement.attestations) {
    bytes += attestation.attestation.size() + attestation.signature.size();
  }
  return bytes;
}

StatementInFlight Parse(evidence::SignedStatement received) {
  StatementInFlight statement;
  statement.signed_attestations = std::move(received.attestations);
  const evidence::Hash hash = evidence::StatementHash(received.statement);
  auto parsed = evidence::ParseStatement(std::move(received.statement));
  if (parsed.ok()) {
    statement.statement = *std::move(parsed);
  } else {
    statement.statement.hash = hash;
    statement.refused = RefuseForm(parsed.status(), "");
  }
  return statement;
}

}  // namespace

Ledger::Ledger(LedgerOptions options)
    : options_(std::move(options)),
      reader_(options_.store, &tip_),
      prover_(&reader_, options_.cached_keys_max) {}

absl::StatusOr<std::unique_ptr<Ledger>> Ledger::Open(LedgerOptions options) {
  std::unique_ptr<Ledger> ledger(new Ledger(std::move(options)));
  const LedgerOptions& kept = ledger->options_;
  auto journal = SignerJournal::Open(kept.journal_directory, kept.journal);
  if (!journal.ok()) return journal.status();
  ledger->journal_ = *std::move(journal);
  auto writer = kept.store->OpenWriter();
  if (!writer.ok()) return writer.status();
  ledger->writer_ = *std::move(writer);
  auto log = Recover(kept.identity, kept.library, *kept.store, *ledger->writer_, *ledger->journal_);
  if (!log.ok()) return log.status();

  ledger->signer_ = std::make_unique<Signer>(&kept.identity, kept.store, ledger->journal_.get());
  Sequencer::Parts parts;
  parts.judging = {&kept.identity, &kept.library, kept.clock, &ledger->prover_};
  parts.committing = {kept.store, ledger->writer_.get(), ledger->signer_.get(), &ledger->tip_};
  parts.log = &ledger->reader_;
  ledger->sequencer_ = std::make_unique<Sequencer>(parts, kept.limits, *std::move(log));
  return ledger;
}

void Ledger::Submit(std::vector<evidence::SignedStatement> statements, SubmitCallback done) {
  if (statements.empty() || statements.size() > kSubmissionStatementsMax) {
    return done(absl::InvalidArgumentError(
        fmt::format("statements: {}, not 1 to {}", statements.size(), kSubmissionStatementsMax)));
  }
  Submission submission;
  for (const auto& statement : statements) submission.bytes += BytesOf(statement);
  // Room is taken before the costly part, so that a flood is turned away cheaply.
  absl::Status reserved = sequencer_->Reserve(statements.size(), submission.bytes);
  if (!reserved.ok()) return done(std::move(reserved));
  submission.done = std::move(done);
  submission.statements.reserve(statements.size());
  for (auto& received : statements) {
    StatementInFlight& statement = submission.statements.emplace_back(Parse(std::move(received)));
    if (!statement.refused) ProveAttestations(statement, submission.failed);
  }
  sequencer_->Enqueue(std::move(submission));
}

void Ledger::ProveAttestations(StatementInFlight& statement, absl::Status& failed) {
  const runtime::StoredState state(options_.store);
  absl::Status status = prover_.Prove(state, statement);
  const auto& message = statement.statement.message;
  if (status.ok() && tip_.size() == 0 && AwaitsLogAttestation(statement) &&
      !CheckLogStatement(options_.identity, options_.library, message, /*founded=*/false)) {
    status = AttestAsLog(options_.identity, statement);
  }
  if (!status.ok()) failed = std::move(status);
}

absl::StatusOr<Prepared> Ledger::Prepare(statement::v1::Statement statement) const {
  if (absl::Status status = health(); !status.ok()) return status;
  std::string nonce(evidence::kNonceBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(nonce.data()), static_cast<int>(nonce.size())) !=
      1) {
    return absl::UnavailableError("the system gave no random bytes for a nonce");
  }
  const std::unique_ptr<kv::Reader> snapshot = options_.store->Snapshot();
  const runtime::StoredState state(snapshot.get());
  absl::Status completed = rules::Complete(state, options_.identity.origin, nonce, statement);
  if (!completed.ok()) return completed;
  if (statement.claimed_time_ms() == 0) statement.set_claimed_time_ms(options_.clock->NowMs());
  auto parsed = evidence::ParseStatement(evidence::Serialize(statement));
  if (!parsed.ok()) return parsed.status();
  return Prepared{*std::move(parsed), rules::Render(statement, /*chinese=*/false),
                  rules::Render(statement, /*chinese=*/true)};
}

absl::StatusOr<std::string> Ledger::Checkpoint() const {
  if (absl::Status status = health(); !status.ok()) return status;
  SignedTree tip = tip_.Get();
  if (tip.size == 0) return absl::NotFoundError("this log is not founded yet");
  return std::move(tip.note);
}

absl::StatusOr<const LogReader*> Ledger::reader() const {
  if (absl::Status status = health(); !status.ok()) return status;
  return &reader_;
}

absl::StatusOr<std::string> Ledger::RuleData(std::string_view sha256) const {
  const auto data = options_.library.Find(sha256);
  if (data == nullptr) {
    return absl::NotFoundError(fmt::format("no rule data bundle {} here", evidence::Hex(sha256)));
  }
  return data->bundle();
}

void Ledger::Stop() {
  if (sequencer_ != nullptr) sequencer_->Stop();
  tip_.Close();
}

absl::Status Ledger::health() const {
  if (absl::Status status = sequencer_->health(); !status.ok()) return status;
  if (tip_.closed()) return absl::UnavailableError("the ledger has stopped");
  return absl::OkStatus();
}

}  // namespace cradle::ledger
