#include "storage/evidence/entry.h"

#include <fmt/format.h>

#include "storage/evidence/big_endian.h"

namespace cradle::evidence {
namespace {

constexpr std::string_view kMagic = "CE";
constexpr uint64_t kVersion = 1;
constexpr size_t kFieldBytesMax = 65'535;  // attestation and signature have lengths of 16 bits
constexpr size_t kAttestationsMax = 255;

absl::Status Refuse(std::string why) {
  return absl::InvalidArgumentError(fmt::format("not an entry: {}", why));
}

absl::StatusOr<SignedAttestation> DecodeAttestation(BigEndianReader& reader) {
  SignedAttestation result;
  const auto algorithm = reader.Number(1);
  const auto attestation_size = reader.Number(2);
  const auto attestation = attestation_size ? reader.Bytes(*attestation_size) : std::nullopt;
  const auto signature_size = attestation ? reader.Number(2) : std::nullopt;
  const auto signature = signature_size ? reader.Bytes(*signature_size) : std::nullopt;
  if (!signature) return Refuse("it ends within an attestation");
  if (*algorithm == 0) return Refuse("an attestation without an algorithm");
  result.algorithm = static_cast<KeyAlgorithm>(*algorithm);
  result.attestation = *attestation;
  result.signature = *signature;
  return result;
}

size_t EncodedSize(const Entry& entry) {
  size_t size = kMagic.size() + 1 + 1 + 8 + entry.salt.size() + 1;
  for (const SignedAttestation& attestation : entry.signed_statement.attestations) {
    size += 1 + 2 + attestation.attestation.size() + 2 + attestation.signature.size();
  }
  return size + entry.signed_statement.statement.size();
}

}  // namespace

absl::StatusOr<std::string> EncodeEntry(const Entry& entry) {
  const auto& [attestations, statement] = entry.signed_statement;
  if (entry.kind != EntryKind::kAdmitted && entry.kind != EntryKind::kDisputed) {
    return Refuse(fmt::format("kind {}", static_cast<int>(entry.kind)));
  }
  if (entry.recorded_time_ms < 0) return Refuse("a recorded time before 1970");
  if (attestations.size() > kAttestationsMax) {
    return Refuse(fmt::format("{} attestations, at most 255 fit", attestations.size()));
  }
  if (statement.empty()) return Refuse("it has no statement");
  std::string bytes;
  bytes.reserve(EncodedSize(entry));
  bytes += kMagic;
  AppendBigEndian(bytes, kVersion, 1);
  AppendBigEndian(bytes, static_cast<uint64_t>(entry.kind), 1);
  AppendBigEndian(bytes, static_cast<uint64_t>(entry.recorded_time_ms), 8);
  bytes.append(entry.salt.begin(), entry.salt.end());
  AppendBigEndian(bytes, attestations.size(), 1);
  for (const SignedAttestation& signed_attestation : attestations) {
    const auto& [algorithm, attestation, signature] = signed_attestation;
    if (algorithm < 1 || algorithm > 255 || attestation.size() > kFieldBytesMax ||
        signature.size() > kFieldBytesMax) {
      return Refuse("an attestation whose algorithm or length does not fit its field");
    }
    AppendBigEndian(bytes, static_cast<uint64_t>(algorithm), 1);
    AppendBigEndian(bytes, attestation.size(), 2);
    bytes += attestation;
    AppendBigEndian(bytes, signature.size(), 2);
    bytes += signature;
  }
  bytes += statement;
  if (bytes.size() > kEntryBytesMax) {
    return Refuse(fmt::format("{} bytes, at most {} fit a bundle", bytes.size(), kEntryBytesMax));
  }
  return bytes;
}

absl::StatusOr<Entry> DecodeEntry(std::string_view bytes) {
  if (bytes.size() > kEntryBytesMax) {
    return Refuse(fmt::format("{} bytes, at most {} fit a bundle", bytes.size(), kEntryBytesMax));
  }
  BigEndianReader reader(bytes);
  if (reader.Bytes(kMagic.size()) != kMagic) return Refuse("it does not begin with 'CE'");
  const auto version = reader.Number(1);
  if (!version) return Refuse("it ends within its head");
  if (*version != kVersion) {
    return absl::UnimplementedError(
        fmt::format("entry version {} is not known to this build", *version));
  }
  Entry entry;
  const auto kind = reader.Number(1);
  const auto recorded_time_ms = reader.Number(8);
  const auto salt = reader.Bytes(entry.salt.size());
  const auto count = reader.Number(1);
  if (!count) return Refuse("it ends within its head");
  if (*kind != static_cast<uint64_t>(EntryKind::kAdmitted) &&
      *kind != static_cast<uint64_t>(EntryKind::kDisputed)) {
    return absl::UnimplementedError(fmt::format("entry kind {} is not known to this build", *kind));
  }
  if (*recorded_time_ms > INT64_MAX) return Refuse("a recorded time before 1970");
  entry.kind = static_cast<EntryKind>(*kind);
  entry.recorded_time_ms = static_cast<int64_t>(*recorded_time_ms);
  std::copy(salt->begin(), salt->end(), entry.salt.begin());
  for (uint64_t i = 0; i < *count; ++i) {
    auto attestation = DecodeAttestation(reader);
    if (!attestation.ok()) return attestation.status();
    entry.signed_statement.attestations.push_back(*std::move(attestation));
  }
  entry.signed_statement.statement = reader.Rest();
  if (entry.signed_statement.statement.empty()) return Refuse("it has no statement");
  return entry;
}

}  // namespace cradle::evidence
