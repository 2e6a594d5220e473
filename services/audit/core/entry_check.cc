#include "services/audit/core/entry_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "storage/evidence/tree.h"

namespace cradle::audit {
namespace {

using evidence::AsBytes;

// The entries of a bundle as far as its lengths make sense: what stands before a broken length is
// still worth checking.
absl::Status SplitBundle(std::string_view bytes, uint64_t width,
                         std::vector<std::string_view>& entries) {
  while (!bytes.empty()) {
    if (entries.size() == width) {
      return absl::InvalidArgumentError(
          fmt::format("{} bytes follow its {} entries", bytes.size(), width));
    }
    const size_t length = bytes.size() < 2
                              ? 0
                              : static_cast<size_t>(static_cast<uint8_t>(bytes[0])) << 8 |
                                    static_cast<uint8_t>(bytes[1]);
    if (bytes.size() < 2 + length) break;
    entries.push_back(bytes.substr(2, length));
    bytes.remove_prefix(2 + length);
  }
  if (entries.size() < width) {
    return absl::InvalidArgumentError(
        fmt::format("it ends after {} of its {} entries", entries.size(), width));
  }
  return absl::OkStatus();
}

absl::Status ParseAttestations(CheckedEntry& checked) {
  const auto& sent = checked.entry.signed_statement.attestations;
  const int parties = checked.statement.message.parties_size();
  if (sent.size() != static_cast<size_t>(parties)) {
    return absl::InvalidArgumentError(
        fmt::format("{} attestations where {} parties must attest", sent.size(), parties));
  }
  for (size_t i = 0; i < sent.size(); ++i) {
    absl::StatusOr<statement::v1::Attestation> parsed =
        evidence::ParseAttestation(sent[i].attestation);
    if (!parsed.ok()) {
      return absl::Status(
          parsed.status().code(),
          fmt::format("attestation {}: {}", i, std::string(parsed.status().message())));
    }
    if (parsed->statement_hash() != AsBytes(checked.statement.hash)) {
      return absl::InvalidArgumentError(fmt::format("attestation {} is of another statement, {}", i,
                                                    evidence::Hex(parsed->statement_hash())));
    }
    if (parsed->party() != i) {
      return absl::InvalidArgumentError(
          fmt::format("attestation {} is of party {}", i, parsed->party()));
    }
    checked.attestations.push_back({sent[i].algorithm, std::move(*parsed)});
  }
  return absl::OkStatus();
}

}  // namespace

CheckedEntry ParseEntry(std::string_view bytes) {
  CheckedEntry checked;
  checked.leaf = evidence::LeafHash(bytes);
  absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(bytes);
  if (!entry.ok()) {
    checked.form = entry.status();
    return checked;
  }
  checked.entry = std::move(*entry);
  absl::StatusOr<evidence::ParsedStatement> statement =
      evidence::ParseStatement(std::move(checked.entry.signed_statement.statement));
  if (!statement.ok()) {
    checked.form = statement.status();
    return checked;
  }
  checked.statement = std::move(*statement);
  checked.form = ParseAttestations(checked);
  return checked;
}

void ProveAttestations(const KeyRing& keys, CheckedEntry& checked) {
  if (!checked.form.ok()) return;
  checked.signatures.reserve(checked.attestations.size());
  for (size_t i = 0; i < checked.attestations.size(); ++i) {
    const absl::StatusOr<evidence::PublicKey> key =
        keys.Find(checked.attestations[i].message.key_id());
    checked.signatures.push_back(
        key.ok() ? evidence::VerifyAttestation(checked.entry.signed_statement.attestations[i], *key)
                 : key.status());
  }
  checked.entry.signed_statement.attestations
      .clear();  // proven: only what they say is still needed
}

CheckedBundle ParseEntryBundle(const LogSource& source, uint64_t index, uint64_t width,
                               KeyRing& keys) {
  CheckedBundle checked;
  checked.first_index = index * evidence::kTileWidth;
  checked.width = width;
  absl::StatusOr<EntryBundle> bundle = source.ReadEntryBundle(index, width);
  if (!bundle.ok()) {
    checked.read = bundle.status();
    checked.name = evidence::EntryBundlePath(index, width);
    return checked;
  }
  checked.name = std::move(bundle->name);
  checked.bytes = bundle->bytes.size();
  std::vector<std::string_view> entries;
  checked.form = SplitBundle(bundle->bytes, bundle->width, entries);
  // What a wider bundle holds beyond the checkpoint is not covered by it.
  if (entries.size() > width) entries.resize(width);
  checked.entries.reserve(entries.size());
  for (std::string_view entry : entries) {
    checked.entries.push_back(ParseEntry(entry));
    if (checked.entries.back().form.ok()) keys.AddFrom(checked.entries.back().statement.message);
  }
  return checked;
}

absl::StatusOr<std::vector<evidence::Hash>> BundleLeaves(std::string_view bytes, uint64_t width) {
  std::vector<std::string_view> entries;
  if (absl::Status split = SplitBundle(bytes, width, entries); !split.ok()) return split;
  std::vector<evidence::Hash> leaves;
  leaves.reserve(entries.size());
  for (std::string_view entry : entries) leaves.push_back(evidence::LeafHash(entry));
  return leaves;
}

}  // namespace cradle::audit
