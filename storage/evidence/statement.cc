#include "storage/evidence/statement.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>

#include "storage/evidence/strict_message.h"

namespace cradle::evidence {
namespace {

using statement::v1::Attestation;
using statement::v1::Link;
using statement::v1::Party;
using statement::v1::Statement;

constexpr size_t kHashBytes = std::tuple_size_v<Hash>;

template <typename... Args>
absl::Status Refuse(fmt::format_string<Args...> format, Args&&... args) {
  return absl::InvalidArgumentError(fmt::format(format, std::forward<Args>(args)...));
}

absl::Status CheckHead(const Statement& message) {
  if (message.format() == 0) return Refuse("format: missing");
  if (message.format() != kStatementFormat) {
    return absl::UnimplementedError(
        fmt::format("format: {} is not known to this build", message.format()));
  }
  if (message.log_origin().empty()) return Refuse("log_origin: missing");
  if (message.nonce().size() != kNonceBytes) {
    return Refuse("nonce: {} bytes, not {}", message.nonce().size(), kNonceBytes);
  }
  if (message.event_case() == Statement::EVENT_NOT_SET) return Refuse("event: missing");
  return absl::OkStatus();
}

absl::Status CheckParties(const Statement& message) {
  if (message.parties().empty() || message.parties_size() > kPartiesMax) {
    return Refuse("parties: {}, not 1 to {}", message.parties_size(), kPartiesMax);
  }
  for (int i = 0; i < message.parties_size(); ++i) {
    const Party& party = message.parties(i);
    if (party.capacity() == statement::v1::CAPACITY_UNSPECIFIED) {
      return Refuse("parties[{}].capacity: missing", i);
    }
    if (party.capacity() == statement::v1::CAPACITY_LOG) {
      if (!party.organisation().empty()) {
        return Refuse("parties[{}].organisation: the log itself is no organisation", i);
      }
    } else if (!IsId(party.organisation())) {
      return Refuse("parties[{}].organisation: '{}' is not an id of 26 characters", i,
                    party.organisation());
    }
    const bool may = party.capacity() != statement::v1::CAPACITY_LOG && IsId(party.delegate());
    if (!party.delegate().empty() && !may) {
      return Refuse("parties[{}].delegate: '{}' is not an id of 26 characters", i,
                    party.delegate());
    }
  }
  return absl::OkStatus();
}

absl::Status CheckLink(int i, const Link& link) {
  if (absl::Status chain = ParseChainName(link.chain()).status(); !chain.ok()) {
    return Refuse("links[{}].chain: {}", i, std::string(chain.message()));
  }
  if (link.height() == 0) {
    if (link.previous().empty()) return absl::OkStatus();
    return Refuse("links[{}].previous: given, though height 0 begins the chain", i);
  }
  if (link.previous().size() == kHashBytes) return absl::OkStatus();
  return Refuse("links[{}].previous: {} bytes, not {}, at height {}", i, link.previous().size(),
                kHashBytes, link.height());
}

absl::Status CheckLinks(const Statement& message) {
  if (message.links().empty()) return Refuse("links: none; a statement extends a chain");
  std::vector<std::string_view> chains;
  chains.reserve(static_cast<size_t>(message.links_size()));
  for (int i = 0; i < message.links_size(); ++i) {
    if (absl::Status link = CheckLink(i, message.links(i)); !link.ok()) return link;
    chains.push_back(message.links(i).chain());
  }
  const auto batches = std::count_if(chains.begin(), chains.end(), [](std::string_view chain) {
    return chain.starts_with("batch:");
  });
  if (batches > kBatchesMax) {
    return Refuse("links: {} batches, at most {}", batches, kBatchesMax);
  }
  std::sort(chains.begin(), chains.end());
  const auto twice = std::adjacent_find(chains.begin(), chains.end());
  if (twice != chains.end()) return Refuse("links: chain {} twice", *twice);
  return absl::OkStatus();
}

absl::Status CheckAttestation(const Attestation& message) {
  if (message.statement_hash().size() != kHashBytes) {
    return Refuse("statement_hash: {} bytes, not {}", message.statement_hash().size(), kHashBytes);
  }
  if (message.party() >= kPartiesMax) {
    return Refuse("party: {}, not 0 to {}", message.party(), kPartiesMax - 1);
  }
  if (message.key_id().size() != kHashBytes) {
    return Refuse("key_id: {} bytes, not {}", message.key_id().size(), kHashBytes);
  }
  if (!message.person().empty() && !IsId(message.person())) {
    return Refuse("person: '{}' is not an id of 26 characters", message.person());
  }
  if (message.seq() == 0) return Refuse("seq: missing; a device counts from 1");
  if (message.has_seen() && message.seen().root().size() != kHashBytes) {
    return Refuse("seen.root: {} bytes, not {}", message.seen().root().size(), kHashBytes);
  }
  return absl::OkStatus();
}

std::string SignedMessage(std::string_view attestation) {
  std::string message(kAttestationDomain);
  message += attestation;
  return message;
}

}  // namespace

Hash StatementHash(std::string_view bytes) { return Sha256({kStatementDomain, bytes}); }

std::string Serialize(const google::protobuf::MessageLite& message) {
  std::string bytes;
  bytes.reserve(message.ByteSizeLong());
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream output(&stream);
    output.SetSerializationDeterministic(true);
    message.SerializeWithCachedSizes(&output);
  }
  return bytes;
}

absl::StatusOr<ParsedStatement> ParseStatement(std::string bytes) {
  if (bytes.empty()) return Refuse("a statement of no bytes");
  if (bytes.size() > kStatementBytesMax) {
    return Refuse("a statement of {} bytes, at most {}", bytes.size(), kStatementBytesMax);
  }
  ParsedStatement parsed;
  absl::Status form = ParseStrictly(bytes, parsed.message);
  if (form.ok()) form = CheckHead(parsed.message);
  if (form.ok()) form = CheckParties(parsed.message);
  if (form.ok()) form = CheckLinks(parsed.message);
  if (!form.ok()) return form;
  parsed.hash = StatementHash(bytes);
  parsed.bytes = std::move(bytes);
  return parsed;
}

absl::StatusOr<SignedAttestation> Attest(const Attestation& attestation, const PrivateKey& key) {
  if (absl::Status form = CheckAttestation(attestation); !form.ok()) return form;
  if (attestation.key_id() != AsBytes(key.public_key().id())) {
    return Refuse("key_id: it is not that of the key that signs");
  }
  SignedAttestation result;
  result.algorithm = key.public_key().algorithm();
  result.attestation = Serialize(attestation);
  auto signature = key.Sign(SignedMessage(result.attestation));
  if (!signature.ok()) return signature.status();
  result.signature = *std::move(signature);
  return result;
}

absl::StatusOr<Attestation> ParseAttestation(std::string_view bytes) {
  Attestation message;
  absl::Status form = ParseStrictly(bytes, message);
  if (form.ok()) form = CheckAttestation(message);
  if (!form.ok()) return form;
  return message;
}

absl::Status VerifyAttestation(const SignedAttestation& attestation, const PublicKey& key) {
  if (attestation.algorithm != key.algorithm()) {
    return Refuse("an attestation of algorithm {} under a key of algorithm {}",
                  static_cast<int>(attestation.algorithm), static_cast<int>(key.algorithm()));
  }
  return key.Verify(SignedMessage(attestation.attestation), attestation.signature);
}

}  // namespace cradle::evidence
