#include "clients/sdk/compose.h"

#include <fmt/format.h>
#include <openssl/rand.h>

#include <utility>
#include <vector>

#include "clients/sdk/files.h"
#include "services/rules/admission.h"
#include "services/rules/event_table.h"

namespace cradle::sdk {
namespace {

bool SameBytes(const google::protobuf::MessageLite& one,
               const google::protobuf::MessageLite& other) {
  return evidence::Serialize(one) == evidence::Serialize(other);
}

// The statement with nothing but its event.
statement::v1::Statement EventOf(statement::v1::Statement statement) {
  statement.clear_format();
  statement.clear_log_origin();
  statement.clear_nonce();
  statement.clear_claimed_time_ms();
  statement.clear_parties();
  statement.clear_links();
  return statement;
}

absl::Status NotAsAsked(std::string_view what) {
  return absl::DataLossError(fmt::format(
      "the server prepared something else than was asked: {}; nothing was signed", what));
}

}  // namespace

std::string RandomNonce() {
  std::string nonce(evidence::kNonceBytes, '\0');
  // It fails only where the system has no entropy at all: then no key could be made either.
  if (RAND_bytes(reinterpret_cast<unsigned char*>(nonce.data()), static_cast<int>(nonce.size())) !=
      1) {
    nonce.clear();  // refused as no nonce
  }
  return nonce;
}

absl::StatusOr<evidence::ParsedStatement> Compose(statement::v1::Statement asked,
                                                  std::string_view log_origin, int64_t now_ms,
                                                  const Heads& heads) {
  asked.set_format(evidence::kStatementFormat);
  asked.set_log_origin(std::string(log_origin));
  if (asked.nonce().empty()) asked.set_nonce(RandomNonce());
  if (asked.claimed_time_ms() == 0) asked.set_claimed_time_ms(now_ms);
  if (absl::Status status = LinkFrom(heads, asked); !status.ok()) return status;
  return evidence::ParseStatement(evidence::Serialize(asked));
}

absl::Status CheckPrepared(const statement::v1::Statement& asked, std::string_view log_origin,
                           const evidence::ParsedStatement& prepared) {
  const statement::v1::Statement& message = prepared.message;
  if (message.log_origin() != log_origin) {
    return NotAsAsked(
        fmt::format("it is for the log {}, not {}", message.log_origin(), log_origin));
  }
  if (!SameBytes(EventOf(asked), EventOf(message))) return NotAsAsked("the event differs");
  if (asked.parties_size() != message.parties_size()) return NotAsAsked("the parties differ");
  for (int party = 0; party < asked.parties_size(); ++party) {
    if (!SameBytes(asked.parties(party), message.parties(party))) {
      return NotAsAsked(fmt::format("party {} differs", party));
    }
  }
  if (!asked.nonce().empty() && asked.nonce() != message.nonce())
    return NotAsAsked("the nonce differs");
  if (asked.claimed_time_ms() != 0 && asked.claimed_time_ms() != message.claimed_time_ms()) {
    return NotAsAsked("the claimed time differs");
  }
  absl::StatusOr<std::vector<std::string>> chains = rules::ChainsExtended(message);
  if (!chains.ok()) return chains.status();
  if (static_cast<int>(chains->size()) != message.links_size()) {
    return NotAsAsked(fmt::format("{} links where the event extends {} chains",
                                  message.links_size(), chains->size()));
  }
  for (int link = 0; link < message.links_size(); ++link) {
    const std::string& chain = (*chains)[static_cast<size_t>(link)];
    if (message.links(link).chain() != chain) {
      return NotAsAsked(
          fmt::format("link {} extends {}, not {}", link, message.links(link).chain(), chain));
    }
    if (Begins(message, chain) && message.links(link).height() != 0) {
      return NotAsAsked(fmt::format("link {} does not begin {}", link, chain));
    }
  }
  return absl::OkStatus();
}

void AddParty(statement::v1::Statement& statement, const std::string& organisation,
              statement::v1::Capacity capacity) {
  statement::v1::Party& party = *statement.add_parties();
  party.set_organisation(organisation);
  party.set_capacity(capacity);
}

absl::StatusOr<evidence::SignedAttestation> AttestAs(
    const evidence::ParsedStatement& statement, uint32_t party, const evidence::PrivateKey& key,
    std::string_view person, const std::optional<evidence::Checkpoint>& seen,
    SequenceCounter& counter) {
  if (party >= static_cast<uint32_t>(statement.message.parties_size())) {
    return absl::InvalidArgumentError(fmt::format("the statement has {} parties, none numbered {}",
                                                  statement.message.parties_size(), party));
  }
  statement::v1::Attestation attestation;
  attestation.set_statement_hash(std::string(evidence::AsBytes(statement.hash)));
  attestation.set_party(party);
  attestation.set_key_id(std::string(evidence::AsBytes(key.public_key().id())));
  attestation.set_person(std::string(person));
  if (seen.has_value() && seen->size > 0) {
    attestation.mutable_seen()->set_size(seen->size);
    attestation.mutable_seen()->set_root(std::string(evidence::AsBytes(seen->root)));
  }
  // Last, and before the signature: a number is spent even if the signature never leaves.
  absl::StatusOr<uint64_t> seq = counter.Next();
  if (!seq.ok()) return seq.status();
  attestation.set_seq(*seq);
  return evidence::Attest(attestation, key);
}

absl::StatusOr<uint32_t> PartyOf(const statement::v1::Statement& statement,
                                 std::string_view organisation,
                                 const std::set<uint32_t>& attested) {
  const rules::EventRow* const row = rules::FindEvent(statement.event_case());
  std::optional<uint32_t> found;
  for (int party = 0; party < statement.parties_size(); ++party) {
    const statement::v1::Party& who = statement.parties(party);
    if ((who.delegate().empty() ? who.organisation() : who.delegate()) != organisation) continue;
    const bool colleague =
        row != nullptr && (row->one_authority || row->one_organisation) && found.has_value();
    if (colleague && !attested.contains(*found)) break;
    if (found.has_value() && !colleague) {
      return absl::FailedPreconditionError(fmt::format(
          "organisation {} is two parties of this statement; two parties are two organisations",
          organisation));
    }
    found = static_cast<uint32_t>(party);
  }
  if (!found.has_value()) {
    return absl::NotFoundError(
        fmt::format("organisation {}, for which this device signs, is no party of this statement",
                    organisation));
  }
  return *found;
}

}  // namespace cradle::sdk
