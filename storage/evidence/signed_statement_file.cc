#include "storage/evidence/signed_statement_file.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "storage/evidence/lines.h"
#include "storage/evidence/signature.h"

namespace cradle::evidence {
namespace {

constexpr std::string_view kKind = "cradle-statement/";
constexpr std::string_view kHeader = "cradle-statement/v1";
constexpr std::string_view kStatement = "statement ";
constexpr std::string_view kAttestation = "attestation ";

constexpr std::array<std::pair<KeyAlgorithm, std::string_view>, 3> kAlgorithms = {{
    {statement::v1::KEY_ALGORITHM_ECDSA_P256, "ecdsa-p256"},
    {statement::v1::KEY_ALGORITHM_ED25519, "ed25519"},
    {statement::v1::KEY_ALGORITHM_SM2, "sm2"},
}};

absl::Status BadLine(size_t number, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("line {} of the statement file: {}", number, why));
}

absl::StatusOr<std::string> Field(size_t line_number, std::string_view what,
                                  std::string_view base64) {
  auto bytes = FromBase64(base64);
  if (!bytes.ok()) {
    return BadLine(line_number, fmt::format("{}: {}", what, std::string(bytes.status().message())));
  }
  if (bytes->empty()) return BadLine(line_number, fmt::format("{} is empty", what));
  return bytes;
}

// What follows "attestation ".
absl::StatusOr<SignedAttestation> ParseAttestationFields(size_t line_number,
                                                         std::string_view fields) {
  const size_t first = fields.find(' ');
  const size_t second = first == std::string_view::npos ? first : fields.find(' ', first + 1);
  if (second == std::string_view::npos) {
    return BadLine(line_number,
                   "'attestation' is followed by algorithm, attestation and signature");
  }
  SignedAttestation result;
  const std::string_view name = fields.substr(0, first);
  for (const auto& [algorithm, known_name] : kAlgorithms) {
    if (name == known_name) result.algorithm = algorithm;
  }
  if (result.algorithm == statement::v1::KEY_ALGORITHM_UNSPECIFIED) {
    return absl::UnimplementedError(
        fmt::format("line {} of the statement file: algorithm '{}' is not known to this build",
                    line_number, name));
  }
  auto attestation =
      Field(line_number, "the attestation", fields.substr(first + 1, second - first - 1));
  if (!attestation.ok()) return attestation.status();
  auto signature = Field(line_number, "the signature", fields.substr(second + 1));
  if (!signature.ok()) return signature.status();
  if (signature->size() != kSignatureBytes) {
    return BadLine(line_number, fmt::format("the signature is {} bytes, not {}", signature->size(),
                                            kSignatureBytes));
  }
  result.attestation = *std::move(attestation);
  result.signature = *std::move(signature);
  return result;
}

}  // namespace

absl::StatusOr<std::string> EncodeSignedStatementFile(const SignedStatement& signed_statement) {
  const auto& [attestations, statement] = signed_statement;
  if (statement.empty() || statement.size() > kStatementBytesMax) {
    return absl::InvalidArgumentError(fmt::format("a statement of {} bytes, not of 1 to {}",
                                                  statement.size(), kStatementBytesMax));
  }
  if (attestations.size() > kPartiesMax) {
    return absl::InvalidArgumentError(
        fmt::format("{} attestations: at most {}", attestations.size(), kPartiesMax));
  }
  std::string text = fmt::format("{}\n{}{}\n", kHeader, kStatement, Base64(statement));
  for (const SignedAttestation& attestation : attestations) {
    std::string_view name;
    for (const auto& [algorithm, known_name] : kAlgorithms) {
      if (attestation.algorithm == algorithm) name = known_name;
    }
    if (name.empty()) {
      return absl::UnimplementedError(fmt::format("algorithm {} is not known to this build",
                                                  static_cast<int>(attestation.algorithm)));
    }
    if (attestation.attestation.empty() || attestation.signature.size() != kSignatureBytes) {
      return absl::InvalidArgumentError("an attestation without bytes or signature");
    }
    text += fmt::format("{}{} {} {}\n", kAttestation, name, Base64(attestation.attestation),
                        Base64(attestation.signature));
  }
  return text;
}

absl::StatusOr<SignedStatement> ParseSignedStatementFile(std::string_view text) {
  const auto header = TakeLine(text);
  if (!header || !header->starts_with(kKind)) {
    return BadLine(1, fmt::format("it is not '{}'", kHeader));
  }
  if (header->ends_with('\r')) {
    return BadLine(1, "it ends in CR LF; was the file sent as text? Send it as an attachment");
  }
  if (*header != kHeader) {
    return absl::UnimplementedError(fmt::format(
        "statement file version '{}' is not known to this build", header->substr(kKind.size())));
  }
  const auto statement_line = TakeLine(text);
  if (!statement_line || !statement_line->starts_with(kStatement)) {
    return BadLine(2, "it is not 'statement ' and base64, ending in LF");
  }
  auto statement = Field(2, "the statement", statement_line->substr(kStatement.size()));
  if (!statement.ok()) return statement.status();
  if (statement->size() > kStatementBytesMax) {
    return BadLine(2, fmt::format("a statement of {} bytes, at most {}", statement->size(),
                                  kStatementBytesMax));
  }
  SignedStatement result;
  result.statement = *std::move(statement);
  for (size_t line_number = 3; !text.empty(); ++line_number) {
    const auto line = TakeLine(text);
    if (!line || !line->starts_with(kAttestation)) {
      return BadLine(line_number, "it is not 'attestation …', ending in LF");
    }
    if (result.attestations.size() == kPartiesMax) {
      return BadLine(line_number, fmt::format("over {} attestations", kPartiesMax));
    }
    auto attestation = ParseAttestationFields(line_number, line->substr(kAttestation.size()));
    if (!attestation.ok()) return attestation.status();
    result.attestations.push_back(*std::move(attestation));
  }
  return result;
}

}  // namespace cradle::evidence
