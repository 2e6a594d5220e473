// The client's way of sending: calls of a bounded size, and what their results do to the home.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <utility>

#include "clients/sdk/client.h"
#include "clients/sdk/files.h"
#include "clients/sdk/observe.h"
#include "storage/evidence/entry.h"

namespace cradle::sdk {
namespace {

using LedgerStub = v1::LedgerService::Stub;

// What a refusal names first: the rule that forbids, else the code.
std::string RuleOf(const Outcome& outcome) {
  for (const v1::Violation& violation : outcome.violations) {
    if (violation.effect() != v1::EFFECT_MARKS) return violation.rule();
  }
  return absl::StatusCodeToString(outcome.code);
}

// Pieces of at most kStatementsPerCall statements and kCallBytesMax bytes, in order.
std::vector<std::vector<Pending>> Calls(std::vector<Pending> statements) {
  std::vector<std::vector<Pending>> calls;
  size_t bytes = 0;
  for (Pending& pending : statements) {
    const size_t size =
        pending.parsed.bytes.size() + 400 * pending.signed_statement.attestations.size();
    if (calls.empty() || calls.back().size() == kStatementsPerCall ||
        bytes + size > kCallBytesMax) {
      calls.emplace_back();
      bytes = 0;
    }
    bytes += size;
    calls.back().push_back(std::move(pending));
  }
  return calls;
}

// The distinct checkpoints of the receipts, oldest first.
std::map<uint64_t, std::string> CheckpointsOf(const std::vector<Outcome>& outcomes) {
  std::map<uint64_t, std::string> notes;
  for (const Outcome& outcome : outcomes) {
    if (outcome.receipted()) {
      notes.emplace(outcome.checkpoint.size, outcome.checkpoint_note);
    }
  }
  return notes;
}

Outcome OutcomeOf(const RestsOn& resting) {
  Outcome outcome;
  outcome.kind = Outcome::Kind::kSetAside;
  outcome.statement_hash = resting.statement_hash;
  outcome.code = absl::StatusCode::kFailedPrecondition;
  outcome.rests_on = resting.refused;
  outcome.rests_on_rule = resting.rule;
  return outcome;
}

}  // namespace

std::string ReasonsJson(const Outcome& outcome) {
  nlohmann::ordered_json json = {{"code", absl::StatusCodeToString(outcome.code)}};
  json["violations"] = nlohmann::ordered_json::array();
  for (const v1::Violation& violation : outcome.violations) {
    json["violations"].push_back(
        {{"rule", violation.rule()},
         {"effect", violation.effect() == v1::EFFECT_MARKS ? "marks" : "forbids"},
         {"field", violation.field()},
         {"message_en", violation.message_en()},
         {"message_zh", violation.message_zh()},
         {"legal_basis", violation.legal_basis()}});
  }
  json["heads"] = nlohmann::ordered_json::array();
  for (const v1::Head& head : outcome.heads) {
    json["heads"].push_back({{"chain", head.chain()},
                             {"begun", head.begun()},
                             {"height", head.height()},
                             {"statement_hash", evidence::Hex(head.statement_hash())}});
  }
  return json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

absl::StatusOr<std::vector<Outcome>> Client::SubmitCall(const std::vector<Pending>& statements,
                                                        const evidence::NoteVerifier& log) {
  v1::SubmitRequest request;
  for (const Pending& pending : statements)
    *request.add_statements() = ToProto(pending.signed_statement);
  auto answer = connection_->Call(connection_->ledger(), &LedgerStub::Submit, request);
  if (!answer.ok()) return answer.status();
  if (answer->results_size() != static_cast<int>(statements.size())) {
    return absl::DataLossError(fmt::format("the server gave {} results for {} statements",
                                           answer->results_size(), statements.size()));
  }
  std::vector<Outcome> outcomes;
  for (int i = 0; i < answer->results_size(); ++i) {
    absl::StatusOr<Outcome> outcome =
        CheckResult(statements[static_cast<size_t>(i)].signed_statement, answer->results(i), log);
    if (!outcome.ok()) return outcome.status();
    outcomes.push_back(*std::move(outcome));
  }
  return outcomes;
}

absl::StatusOr<Outcome> Client::AskReceipt(const Pending& pending,
                                           const evidence::NoteVerifier& log) {
  v1::GetReceiptRequest request;
  request.set_statement_hash(std::string(evidence::AsBytes(pending.parsed.hash)));
  auto answer = connection_->Call(connection_->ledger(), &LedgerStub::GetReceipt, request);
  if (answer.ok()) {
    return CheckReceipt(pending.parsed.bytes, answer->index(), answer->receipt(), log);
  }
  if (!absl::IsNotFound(answer.status())) return answer.status();
  absl::StatusOr<std::vector<uint32_t>> missing =
      MissingParties(pending.parsed, pending.signed_statement);
  if (!missing.ok()) return missing.status();
  Outcome outcome;
  outcome.statement_hash = pending.parsed.hash;
  outcome.code = absl::StatusCode::kUnauthenticated;
  outcome.missing_parties = *std::move(missing);
  return outcome;
}

absl::Status Client::CheckOwnAttestation(const Outcome& outcome) const {
  absl::StatusOr<evidence::PrivateKey> key = home_.ReadKey();
  if (absl::IsNotFound(key.status())) return absl::OkStatus();  // this device only passes on
  if (!key.ok()) return key.status();
  absl::StatusOr<evidence::Receipt> receipt = evidence::ParseReceipt(outcome.receipt);
  if (!receipt.ok()) return receipt.status();
  absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(receipt->entry);
  if (!entry.ok()) return entry.status();
  for (const evidence::SignedAttestation& attestation : entry->signed_statement.attestations) {
    const auto message = evidence::ParseAttestation(attestation.attestation);
    if (!message.ok() || message->key_id() != evidence::AsBytes(key->public_key().id())) continue;
    if (!evidence::VerifyAttestation(attestation, key->public_key()).ok()) {
      return absl::DataLossError(fmt::format(
          "entry {} carries an attestation in this device's name that this device did not make",
          outcome.index));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<RestsOn>> Client::Settle(const std::vector<Pending>& sent,
                                                    const std::vector<Outcome>& results) {
  for (const Outcome& outcome : results) {
    if (!outcome.receipted()) continue;
    if (absl::Status status = CheckOwnAttestation(outcome); !status.ok()) return status;
  }
  absl::StatusOr<HomeLock> lock = home_.Lock();
  if (!lock.ok()) return lock.status();
  std::vector<Refusal> refusals;
  std::vector<evidence::ParsedStatement> without_predecessor;
  for (size_t i = 0; i < sent.size(); ++i) {
    const Outcome& outcome = results[i];
    if (outcome.receipted()) {
      // What was built on a disputed statement here goes on from it, not from the other one.
      const bool admitted = outcome.kind == Outcome::Kind::kAdmitted;
      if (absl::Status status = home_.Receipted(*lock, sent[i].parsed, outcome.receipt, admitted);
          !status.ok()) {
        return status;
      }
    } else if (outcome.kind == Outcome::Kind::kRefused) {
      refusals.push_back({sent[i].parsed, RuleOf(outcome), ReasonsJson(outcome)});
    } else if (outcome.missing_predecessor.has_value()) {
      without_predecessor.push_back(sent[i].parsed);
    }
  }
  absl::StatusOr<std::vector<RestsOn>> aside = home_.Refused(*lock, refusals);
  if (!aside.ok()) return aside;
  absl::StatusOr<std::vector<RestsOn>> more = home_.SetAsideResting(*lock, without_predecessor);
  if (!more.ok()) return more;
  aside->insert(aside->end(), more->begin(), more->end());
  return aside;
}

absl::StatusOr<std::vector<Outcome>> Client::SendOutbox(
    const std::function<void(size_t done, size_t all)>& progress) {
  absl::StatusOr<Identity> identity = home_.ReadIdentity();
  if (!identity.ok()) return identity.status();
  absl::StatusOr<evidence::NoteVerifier> log = identity->Log();
  if (!log.ok()) return Local(log.status());
  absl::StatusOr<std::vector<Pending>> outbox = home_.ReadOutbox();
  if (!outbox.ok()) return outbox.status();
  if (outbox->empty()) return std::vector<Outcome>{};
  if (!online()) return Offline();

  const size_t all = outbox->size();
  std::map<evidence::Hash, Outcome> outcomes;
  const auto settle = [&](const std::vector<Pending>& sent, std::vector<Outcome> results) {
    for (const auto& [size, note] : CheckpointsOf(results)) {
      if (absl::Status status = Observe(home_, *connection_, *log, note); !status.ok())
        return status;
    }
    absl::StatusOr<std::vector<RestsOn>> aside = Settle(sent, results);
    if (!aside.ok()) return aside.status();
    for (Outcome& outcome : results) {
      const auto [known, added] = outcomes.emplace(outcome.statement_hash, outcome);
      // What was set aside with one before it stays so, whatever a later call said of it.
      if (!added && known->second.kind != Outcome::Kind::kSetAside) known->second = outcome;
    }
    for (const RestsOn& resting : *aside) {
      outcomes.insert_or_assign(resting.statement_hash, OutcomeOf(resting));
    }
    if (progress) progress(std::min(outcomes.size(), all), all);
    return absl::OkStatus();
  };

  std::vector<Pending> complete;
  for (Pending& pending : *outbox) {
    if (pending.complete()) {
      complete.push_back(std::move(pending));
      continue;
    }
    absl::StatusOr<Outcome> outcome = AskReceipt(pending, *log);
    if (!outcome.ok()) return outcome.status();
    if (absl::Status status = settle({pending}, {*std::move(outcome)}); !status.ok()) return status;
  }
  // A statement and its predecessor may fall into different calls: go on while any is settled.
  while (!complete.empty()) {
    std::vector<Pending> waiting;
    const size_t before = complete.size();
    for (const std::vector<Pending>& call : Calls(std::move(complete))) {
      absl::StatusOr<std::vector<Outcome>> results = SubmitCall(call, *log);
      if (!results.ok()) return results.status();
      if (absl::Status status = settle(call, *std::move(results)); !status.ok()) return status;
      for (const Pending& pending : call) {
        if (outcomes[pending.parsed.hash].missing_predecessor.has_value()) {
          waiting.push_back(pending);
        }
      }
    }
    if (waiting.size() == before) break;
    complete = std::move(waiting);
  }
  std::vector<Outcome> ordered;
  for (auto& [hash, outcome] : outcomes) ordered.push_back(std::move(outcome));
  return ordered;
}

}  // namespace cradle::sdk
