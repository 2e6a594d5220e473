#include "storage/evidence/receipt.h"

#include <fmt/format.h>

#include "storage/evidence/entry.h"
#include "storage/evidence/lines.h"
#include "storage/evidence/proof.h"

namespace cradle::evidence {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr size_t kPathMax = 64;  // a tree of 2^64 leaves

absl::Status BadLine(int number, std::string_view why) {
  return absl::InvalidArgumentError(fmt::format("line {} of the receipt: {}", number, why));
}

}  // namespace

std::string EncodeReceipt(const Receipt& receipt) {
  std::string text = fmt::format("{}\n{}{}\n{}{}\n", kHeader, kExtra, Base64(receipt.entry), kIndex,
                                 receipt.index);
  for (const Hash& node : receipt.path) text += Base64(AsBytes(node)) + "\n";
  text += "\n";
  text += receipt.checkpoint;
  return text;
}

absl::StatusOr<Receipt> ParseReceipt(std::string_view text) {
  Receipt receipt;
  if (TakeLine(text) != kHeader) return BadLine(1, fmt::format("it is not '{}'", kHeader));
  const auto extra = TakeLine(text);
  if (!extra || !extra->starts_with(kExtra)) {
    return BadLine(2, "it does not carry the entry: 'extra ' and base64");
  }
  auto entry = FromBase64(extra->substr(kExtra.size()));
  if (!entry.ok()) return BadLine(2, std::string(entry.status().message()));
  if (entry->empty() || entry->size() > kEntryBytesMax) {
    return BadLine(2, fmt::format("an entry of {} bytes", entry->size()));
  }
  receipt.entry = *std::move(entry);
  const auto index = TakeLine(text);
  const auto number = index && index->starts_with(kIndex)
                          ? ParseDecimal(index->substr(kIndex.size()))
                          : std::nullopt;
  if (!number) return BadLine(3, "it is not 'index ' and a decimal number without leading zeros");
  receipt.index = *number;
  for (int line_number = 4;; ++line_number) {
    const auto line = TakeLine(text);
    if (!line) return BadLine(line_number, "it does not end in LF, or the checkpoint is missing");
    if (line->empty()) break;
    if (receipt.path.size() == kPathMax) return BadLine(line_number, "a path of over 64 hashes");
    auto bytes = FromBase64(*line);
    if (!bytes.ok()) return BadLine(line_number, std::string(bytes.status().message()));
    auto hash = HashFromBytes(*bytes);
    if (!hash.ok()) return BadLine(line_number, std::string(hash.status().message()));
    receipt.path.push_back(*hash);
  }
  if (auto note = ParseNote(text); !note.ok()) {
    return absl::InvalidArgumentError(
        fmt::format("checkpoint of the receipt: {}", std::string(note.status().message())));
  }
  receipt.checkpoint = text;
  return receipt;
}

absl::StatusOr<Checkpoint> VerifyReceipt(const Receipt& receipt, const NoteVerifier& log) {
  auto checkpoint = OpenCheckpoint(receipt.checkpoint, log);
  if (!checkpoint.ok()) return checkpoint.status();
  absl::Status proof = VerifyInclusion(receipt.index, checkpoint->size, LeafHash(receipt.entry),
                                       receipt.path, checkpoint->root);
  if (!proof.ok()) return proof;
  return checkpoint;
}

}  // namespace cradle::evidence
