#include "storage/evidence/bundle.h"

#include <fmt/format.h>

#include "storage/evidence/big_endian.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/tree.h"

namespace cradle::evidence {

absl::Status AppendToBundle(std::string& bundle, std::string_view entry) {
  if (entry.size() > kEntryBytesMax) {
    return absl::InvalidArgumentError(
        fmt::format("an entry of {} bytes: at most {} fit a bundle", entry.size(), kEntryBytesMax));
  }
  AppendBigEndian(bundle, entry.size(), 2);
  bundle += entry;
  return absl::OkStatus();
}

absl::StatusOr<std::string> EncodeBundle(std::span<const std::string> entries) {
  if (entries.size() > kTileWidth) {
    return absl::InvalidArgumentError(
        fmt::format("{} entries: at most {} fit a bundle", entries.size(), kTileWidth));
  }
  std::string bundle;
  for (const std::string& entry : entries) {
    if (absl::Status appended = AppendToBundle(bundle, entry); !appended.ok()) return appended;
  }
  return bundle;
}

absl::StatusOr<std::vector<std::string_view>> ParseBundle(std::string_view bundle) {
  std::vector<std::string_view> entries;
  BigEndianReader reader(bundle);
  while (!reader.Rest().empty()) {
    if (entries.size() == kTileWidth) {
      return absl::InvalidArgumentError(
          fmt::format("an entry bundle with over {} entries", kTileWidth));
    }
    const auto size = reader.Number(2);
    const auto entry = size ? reader.Bytes(*size) : std::nullopt;
    if (!entry) {
      return absl::InvalidArgumentError(
          fmt::format("an entry bundle that ends within entry {}", entries.size()));
    }
    entries.push_back(*entry);
  }
  return entries;
}

}  // namespace cradle::evidence
