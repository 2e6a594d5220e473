#include "clients/sdk/client.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "clients/sdk/compose.h"
#include "clients/sdk/files.h"
#include "clients/sdk/observe.h"
#include "services/rules/admission.h"
#include "storage/evidence/entry.h"

namespace cradle::sdk {
namespace {

using LedgerStub = v1::LedgerService::Stub;

// Takes out attestations in this key's name that it did not make: a file from elsewhere may carry
// one. Says whether one that it made is there.
bool KeepOwnGenuine(evidence::SignedStatement& statement, const evidence::PublicKey& key) {
  bool genuine = false;
  std::erase_if(statement.attestations, [&](const evidence::SignedAttestation& attestation) {
    const auto message = evidence::ParseAttestation(attestation.attestation);
    if (!message.ok() || message->key_id() != evidence::AsBytes(key.id())) return false;
    const bool holds = evidence::VerifyAttestation(attestation, key).ok();
    genuine = genuine || holds;
    return !holds;
  });
  return genuine;
}

std::set<uint32_t> AttestedParties(const evidence::SignedStatement& statement) {
  std::set<uint32_t> parties;
  for (const evidence::SignedAttestation& attestation : statement.attestations) {
    const auto message = evidence::ParseAttestation(attestation.attestation);
    if (message.ok()) parties.insert(message->party());
  }
  return parties;
}

// The organisation for which an entry enrols a key; nullopt: it enrols none such.
std::optional<std::string> EnrolledFor(const statement::v1::Statement& statement,
                                       std::string_view spki_der) {
  const statement::v1::DeviceKeyEnrolled* enrolled = nullptr;
  if (statement.has_device_key_enrolled()) enrolled = &statement.device_key_enrolled();
  if (statement.has_founded()) enrolled = &statement.founded().regulator_key();
  if (enrolled == nullptr || enrolled->key() != spki_der) return std::nullopt;
  return enrolled->organisation();
}

}  // namespace

absl::Status Client::Offline() {
  return absl::UnavailableError(
      "this needs the server: leave --offline away, or name it with --server");
}

// --- preparing ----------------------------------------------------------------------------------

absl::StatusOr<std::string> Client::Organisation() {
  absl::StatusOr<Identity> identity = home_.ReadIdentity();
  if (!identity.ok()) return identity.status();
  if (!identity->organisation.empty()) return identity->organisation;
  if (identity->key_id.empty()) {
    return Local(absl::NotFoundError(
        fmt::format("{} holds no key: make one with `cradle key new`", home_.path().string())));
  }
  absl::StatusOr<evidence::PrivateKey> key = home_.ReadKey();
  if (!key.ok()) return key.status();
  absl::StatusOr<evidence::NoteVerifier> log = identity->Log();
  if (!log.ok()) return Local(log.status());
  if (!online()) return Offline();

  // The enrolment may be the log's newest entry: ask for an answer that knows it.
  absl::StatusOr<evidence::Checkpoint> newest = Refresh();
  if (!newest.ok()) return newest.status();
  v1::GetKeyRequest request;
  request.set_at_least(newest->size);
  request.set_key_id(std::string(evidence::AsBytes(key->public_key().id())));
  auto answer =
      connection_->Call(connection_->registry(), &v1::RegistryService::Stub::GetKey, request);
  if (absl::IsNotFound(answer.status())) {
    return absl::NotFoundError(
        "the key of this device is not enrolled yet: give the file of `cradle key show --out "
        "FILE` to your organisation's administrator, or for its first key to the regulator");
  }
  if (!answer.ok()) return answer.status();
  v1::GetReceiptRequest receipt_request;
  receipt_request.set_index(answer->key().enrolled_index());
  auto receipt = connection_->Call(connection_->ledger(), &LedgerStub::GetReceipt, receipt_request);
  if (!receipt.ok()) return receipt.status();
  const auto entry_of = [](const std::string& bytes) -> absl::StatusOr<evidence::Entry> {
    absl::StatusOr<evidence::Receipt> parsed = evidence::ParseReceipt(bytes);
    if (!parsed.ok()) return parsed.status();
    return evidence::DecodeEntry(parsed->entry);
  };
  absl::StatusOr<evidence::Entry> entry = entry_of(receipt->receipt());
  if (!entry.ok()) return entry.status();
  absl::StatusOr<Outcome> proven = CheckReceipt(
      entry->signed_statement.statement, answer->key().enrolled_index(), receipt->receipt(), *log);
  if (!proven.ok()) return proven.status();
  absl::StatusOr<evidence::ParsedStatement> statement =
      evidence::ParseStatement(entry->signed_statement.statement);
  if (!statement.ok()) return statement.status();
  const std::optional<std::string> organisation =
      EnrolledFor(statement->message, key->public_key().spki_der());
  if (!organisation.has_value()) {
    return absl::DataLossError(
        fmt::format("the server says that entry {} enrols this device's key, but it does not",
                    answer->key().enrolled_index()));
  }
  if (absl::Status status = Observe(home_, *connection_, *log, proven->checkpoint_note);
      !status.ok()) {
    return status;
  }
  absl::StatusOr<HomeLock> lock = home_.Lock();
  if (!lock.ok()) return lock.status();
  if (absl::Status status = home_.RaiseSeq(*lock, answer->sequence().highest()); !status.ok()) {
    return status;
  }
  identity->organisation = *organisation;
  if (absl::Status status = home_.WriteIdentity(*lock, *identity); !status.ok()) return status;
  return *organisation;
}

absl::StatusOr<evidence::ParsedStatement> Client::Prepare(const statement::v1::Statement& asked) {
  absl::StatusOr<Identity> identity = home_.ReadIdentity();
  if (!identity.ok()) return identity.status();
  absl::StatusOr<evidence::NoteVerifier> log = identity->Log();
  if (!log.ok()) return Local(log.status());
  statement::v1::Statement complete = asked;
  if (complete.nonce().empty()) complete.set_nonce(RandomNonce());
  if (complete.claimed_time_ms() == 0) complete.set_claimed_time_ms(clock_.NowMs());

  // Where every chain begins here, or stands at a statement that is still on its way, the log could
  // only answer what is known or wrong.
  absl::StatusOr<std::vector<std::string>> chains = rules::ChainsExtended(complete);
  if (!chains.ok()) return chains.status();
  bool ask = false;
  for (const std::string& chain : *chains) {
    absl::StatusOr<std::optional<ChainHead>> head = home_.heads().Find(chain);
    if (!head.ok()) return head.status();
    const bool ahead = head->has_value() && !(*head)->admitted;
    ask = ask || !(Begins(complete, chain) || ahead);
  }
  if (online() && ask) {
    absl::StatusOr<evidence::ParsedStatement> prepared = PrepareOnline(complete, *log);
    if (prepared.ok() || !IsTransient(prepared.status())) return prepared;
    absl::StatusOr<evidence::ParsedStatement> known =
        Compose(complete, log->name(), clock_.NowMs(), home_.heads());
    return known.ok() ? known : prepared;  // out of reach says more than an unknown head
  }
  return Compose(complete, log->name(), clock_.NowMs(), home_.heads());
}

absl::StatusOr<evidence::ParsedStatement> Client::PrepareOnline(statement::v1::Statement asked,
                                                                const evidence::NoteVerifier& log) {
  v1::PrepareRequest request;
  *request.mutable_statement() = asked;
  auto answer = connection_->Call(connection_->ledger(), &LedgerStub::Prepare, request);
  if (!answer.ok()) return answer.status();
  absl::StatusOr<evidence::ParsedStatement> prepared =
      evidence::ParseStatement(answer->statement());
  if (!prepared.ok()) {
    return absl::DataLossError(fmt::format("what the server prepared is not a statement: {}",
                                           std::string(prepared.status().message())));
  }
  // The nonce is this device's own whatever the server drew.
  statement::v1::Statement compared = asked;
  compared.clear_nonce();
  if (absl::Status status = CheckPrepared(compared, log.name(), *prepared); !status.ok())
    return status;

  // Nothing of the server's but the links goes into what is signed.
  asked.set_format(evidence::kStatementFormat);
  asked.set_log_origin(log.name());
  *asked.mutable_links() = prepared->message.links();
  for (statement::v1::Link& link : *asked.mutable_links()) {
    absl::StatusOr<std::optional<ChainHead>> head = home_.heads().Find(link.chain());
    if (!head.ok()) return head.status();
    if (!head->has_value() || (*head)->height < link.height() || Begins(asked, link.chain()))
      continue;
    if ((*head)->admitted) {
      return absl::DataLossError(fmt::format(
          "the server says that {} goes on at height {}, but this device holds a receipt for "
          "height {}: the server was put back from an older copy, or it lies",
          link.chain(), link.height(), (*head)->height));
    }
    link.set_height((*head)->height + 1);
    link.set_previous((*head)->statement_hash);
  }
  return evidence::ParseStatement(evidence::Serialize(asked));
}

// --- attesting ----------------------------------------------------------------------------------

absl::StatusOr<Pending> Client::Attest(const evidence::ParsedStatement& statement,
                                       const std::vector<evidence::SignedAttestation>& so_far,
                                       const std::string& organisation) {
  absl::StatusOr<std::string> signs_for =
      organisation.empty() ? Organisation() : absl::StatusOr<std::string>(organisation);
  if (!signs_for.ok()) return signs_for.status();
  if (absl::StatusOr<uint32_t> any = PartyOf(statement.message, *signs_for); !any.ok()) {
    return any.status();
  }
  absl::StatusOr<Identity> identity = home_.ReadIdentity();
  if (!identity.ok()) return identity.status();
  absl::StatusOr<evidence::NoteVerifier> log = identity->Log();
  if (!log.ok()) return Local(log.status());
  if (statement.message.log_origin() != log->name()) {
    return absl::FailedPreconditionError(
        fmt::format("the statement is for the log {}; this device trusts {}",
                    statement.message.log_origin(), log->name()));
  }
  absl::StatusOr<evidence::PrivateKey> key = home_.ReadKey();
  if (!key.ok()) return key.status();

  absl::StatusOr<HomeLock> lock = home_.Lock();
  if (!lock.ok()) return lock.status();
  evidence::SignedStatement signed_statement{so_far, statement.bytes};
  KeepOwnGenuine(signed_statement, key->public_key());
  absl::StatusOr<std::optional<Pending>> kept =
      home_.FindStatement(evidence::AsBytes(statement.hash));
  if (!kept.ok()) return kept.status();
  if (kept->has_value()) {
    absl::StatusOr<evidence::SignedStatement> merged =
        Merge(signed_statement, (*kept)->signed_statement);
    if (!merged.ok()) return merged.status();
    signed_statement = *std::move(merged);
  }
  if (!KeepOwnGenuine(signed_statement, key->public_key())) {
    absl::StatusOr<std::optional<evidence::Checkpoint>> seen = HeldCheckpoint(home_, *log);
    if (!seen.ok()) return seen.status();
    HomeCounter counter(home_, *lock);
    absl::StatusOr<uint32_t> party =
        PartyOf(statement.message, *signs_for, AttestedParties(signed_statement));
    if (!party.ok()) return party.status();
    absl::StatusOr<evidence::SignedAttestation> attestation =
        AttestAs(statement, *party, *key, identity->person, *seen, counter);
    if (!attestation.ok()) return attestation.status();
    absl::StatusOr<evidence::SignedStatement> merged =
        Merge(signed_statement, {{*std::move(attestation)}, statement.bytes});
    if (!merged.ok()) return merged.status();
    signed_statement = *std::move(merged);
  }
  Pending pending{statement, signed_statement};
  if (absl::Status status = home_.Enqueue(*lock, signed_statement); !status.ok()) return status;
  if (absl::Status status = home_.KeepStatement(*lock, signed_statement); !status.ok())
    return status;
  if (pending.complete()) {
    if (absl::Status status = home_.heads().Advance(statement, /*admitted=*/false); !status.ok()) {
      return status;
    }
  }
  return pending;
}

absl::StatusOr<Pending> Client::TakeIn(const evidence::SignedStatement& statement, bool enqueue) {
  absl::StatusOr<evidence::ParsedStatement> parsed = evidence::ParseStatement(statement.statement);
  if (!parsed.ok()) return parsed.status();
  if (absl::StatusOr<std::vector<uint32_t>> missing = MissingParties(*parsed, statement);
      !missing.ok()) {
    return missing.status();
  }
  evidence::SignedStatement taken = statement;
  absl::StatusOr<evidence::PrivateKey> key = home_.ReadKey();
  if (!key.ok() && !absl::IsNotFound(key.status())) return key.status();
  if (key.ok()) KeepOwnGenuine(taken, key->public_key());
  absl::StatusOr<HomeLock> lock = home_.Lock();
  if (!lock.ok()) return lock.status();
  if (absl::Status status = home_.KeepStatement(*lock, taken); !status.ok()) return status;
  if (enqueue) {
    if (absl::Status status = home_.Enqueue(*lock, taken); !status.ok()) return status;
  }
  absl::StatusOr<std::optional<Pending>> kept =
      home_.FindStatement(evidence::AsBytes(parsed->hash));
  if (!kept.ok()) return kept.status();
  if (!kept->has_value()) return Local(absl::DataLossError("a statement just kept is not there"));
  if ((*kept)->complete()) {
    if (absl::Status status = home_.heads().Advance(*parsed, /*admitted=*/false); !status.ok()) {
      return status;
    }
  }
  return *std::move(*kept);
}

absl::StatusOr<evidence::Checkpoint> Client::Refresh() {
  absl::StatusOr<Identity> identity = home_.ReadIdentity();
  if (!identity.ok()) return identity.status();
  absl::StatusOr<evidence::NoteVerifier> log = identity->Log();
  if (!log.ok()) return Local(log.status());
  if (!online()) return Offline();
  auto answer = connection_->Call(connection_->ledger(), &LedgerStub::GetCheckpoint,
                                  v1::GetCheckpointRequest());
  if (!answer.ok()) return answer.status();
  if (absl::Status status = Observe(home_, *connection_, *log, answer->checkpoint());
      !status.ok()) {
    return status;
  }
  return evidence::OpenCheckpoint(answer->checkpoint(), *log);
}

absl::StatusOr<uint64_t> Client::SeenSize() const {
  absl::StatusOr<Identity> identity = home_.ReadIdentity();
  if (!identity.ok()) return identity.status();
  if (identity->log_vkey.empty()) return 0;
  absl::StatusOr<evidence::NoteVerifier> log = identity->Log();
  if (!log.ok()) return Local(log.status());
  absl::StatusOr<std::optional<evidence::Checkpoint>> held = HeldCheckpoint(home_, *log);
  if (!held.ok()) return held.status();
  return held->has_value() ? (*held)->size : 0;
}

}  // namespace cradle::sdk
