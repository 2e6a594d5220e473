// What arrives as bytes: a statement, an attestation, an entry, a signed statement's file. Nothing
// crashes; what parses is written again as the same bytes, and is refused with a byte more.
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "services/rules/admission.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/signed_statement_file.h"
#include "storage/evidence/statement.h"
#include "tests/fuzz/check.h"

namespace cradle::fuzz {
namespace {

using evidence::Serialize;

// An error is one a person can act on.
void CheckError(const absl::Status& status) {
  const bool known = status.code() == absl::StatusCode::kInvalidArgument ||
                     status.code() == absl::StatusCode::kUnimplemented;
  Check(known, "bytes that do not parse are malformed or not known to this build");
  Check(!status.message().empty(), "an error says what is wrong");
}

void FuzzStatement(std::string_view bytes) {
  const auto parsed = evidence::ParseStatement(std::string(bytes));
  if (!parsed.ok()) return CheckError(parsed.status());
  Check(parsed->bytes == bytes, "the bytes are those received");
  Check(Serialize(parsed->message) == bytes, "a statement's bytes are canonical");
  Check(parsed->hash == evidence::StatementHash(bytes), "the hash is that of the bytes");
  const auto again = evidence::ParseStatement(parsed->bytes);
  Check(again.ok() && again->hash == parsed->hash, "what parses parses again");
  Check(!evidence::ParseStatement(std::string(bytes) + '\0').ok(), "a byte more does not parse");
  const auto chains = rules::ChainsExtended(parsed->message);
  if (!chains.ok()) CheckError(chains.status());
}

void FuzzAttestation(std::string_view bytes) {
  const auto parsed = evidence::ParseAttestation(bytes);
  if (!parsed.ok()) return CheckError(parsed.status());
  Check(Serialize(*parsed) == bytes, "an attestation's bytes are canonical");
  Check(!evidence::ParseAttestation(std::string(bytes) + '\0').ok(), "a byte more does not parse");
}

void FuzzEntry(std::string_view bytes) {
  const auto entry = evidence::DecodeEntry(bytes);
  if (!entry.ok()) return CheckError(entry.status());
  const auto encoded = evidence::EncodeEntry(*entry);
  // Decoding knows no limit of its own: a bundle cannot hold a longer one.
  if (bytes.size() > evidence::kEntryBytesMax) return CheckError(encoded.status());
  Check(encoded.ok() && *encoded == bytes, "an entry is written as it was read");
  FuzzStatement(entry->signed_statement.statement);
  for (const auto& signed_attestation : entry->signed_statement.attestations) {
    FuzzAttestation(signed_attestation.attestation);
  }
}

void FuzzFile(std::string_view text) {
  const auto file = evidence::ParseSignedStatementFile(text);
  if (!file.ok()) return CheckError(file.status());
  const auto encoded = evidence::EncodeSignedStatementFile(*file);
  Check(encoded.ok() && *encoded == text, "a signed statement's file is written as it was read");
}

// The same bytes as a message that need not be canonical, written as it should be: this reaches
// behind the lengths, which a fuzzer seldom gets right.
template <typename Message>
std::string Canonical(std::string_view bytes) {
  Message message;
  if (!message.ParsePartialFromArray(bytes.data(), static_cast<int>(bytes.size()))) return "";
  message.DiscardUnknownFields();
  return Serialize(message);
}

}  // namespace
}  // namespace cradle::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace cradle::fuzz;
  // protobuf tells of every text that is not UTF-8.
  const google::protobuf::LogSilencer silencer;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  FuzzStatement(bytes);
  FuzzStatement(Canonical<cradle::statement::v1::Statement>(bytes));
  FuzzAttestation(bytes);
  FuzzAttestation(Canonical<cradle::statement::v1::Attestation>(bytes));
  FuzzEntry(bytes);
  FuzzFile(bytes);
  return 0;
}
