#include "services/ledger/store_layout.h"

#include <fmt/format.h>

#include <utility>

namespace cradle::ledger {
namespace {

constexpr size_t kNumberBytes = 8;
constexpr size_t kHashBytes = 32;

std::string NumberedKey(std::string_view prefix, uint64_t number) {
  std::string key(prefix);
  key += BigEndian(number);
  return key;
}

absl::StatusOr<std::optional<StoredCheckpoint>> FirstOf(const kv::Reader& store,
                                                        const kv::Range& range, kv::Order order) {
  std::optional<StoredCheckpoint> found;
  absl::Status status =
      store.Scan(range, order, [&found](std::string_view key, std::string_view value) {
        if (const auto size = LastNumber(key)) {
          found = StoredCheckpoint{*size, std::string(value)};
        }
        return false;
      });
  if (!status.ok()) return status;
  return found;
}

}  // namespace

std::string EntryKey(uint64_t index) { return NumberedKey(kEntryPrefix, index); }

std::string TileKey(const evidence::TileId& tile) {
  return NumberedKey(std::string("t/") + static_cast<char>(tile.level), tile.index);
}

std::string CheckpointKey(uint64_t size) { return NumberedKey(kCheckpointPrefix, size); }

std::string MarksKey(uint64_t index) { return NumberedKey("k/", index); }

std::string BigEndian(uint64_t number) {
  std::string bytes(kNumberBytes, '\0');
  for (size_t i = kNumberBytes; i-- > 0; number >>= 8) bytes[i] = static_cast<char>(number & 0xFF);
  return bytes;
}

std::optional<uint64_t> LastNumber(std::string_view bytes) {
  if (bytes.size() < kNumberBytes) return std::nullopt;
  uint64_t number = 0;
  for (const char c : bytes.substr(bytes.size() - kNumberBytes)) {
    number = (number << 8) | static_cast<uint8_t>(c);
  }
  return number;
}

absl::StatusOr<uint64_t> ReadSize(const kv::Reader& store) {
  auto value = store.Get(kSizeKey);
  if (!value.ok()) return value.status();
  if (!value->has_value()) return 0;
  const auto size = LastNumber(**value);
  if (!size || (*value)->size() != kNumberBytes) {
    return absl::DataLossError(fmt::format("{} of the ledger's store is not a size", kSizeKey));
  }
  return *size;
}

absl::StatusOr<uint64_t> ReadStateVersion(const kv::Reader& store) {
  auto value = store.Get(kStateVersionKey);
  if (!value.ok()) return value.status();
  if (!value->has_value()) return 1;
  const auto version = LastNumber(**value);
  if (!version || (*value)->size() != kNumberBytes) {
    return absl::DataLossError(
        fmt::format("{} of the ledger's store is not a version", kStateVersionKey));
  }
  return *version;
}

absl::StatusOr<std::string> ReadEntry(const kv::Reader& store, uint64_t index) {
  auto value = store.Get(EntryKey(index));
  if (!value.ok()) return value.status();
  if (!value->has_value()) {
    return absl::DataLossError(fmt::format("entry {} is missing from the ledger's store", index));
  }
  return **std::move(value);
}

absl::StatusOr<std::optional<StoredCheckpoint>> FirstCheckpointFrom(const kv::Reader& store,
                                                                    uint64_t size) {
  return FirstOf(store, {CheckpointKey(size), kv::Prefix(kCheckpointPrefix).end},
                 kv::Order::kAscending);
}

absl::StatusOr<std::optional<StoredCheckpoint>> NewestCheckpoint(const kv::Reader& store) {
  return FirstOf(store, kv::Prefix(kCheckpointPrefix), kv::Order::kDescending);
}

absl::StatusOr<std::string> StoreTiles::ReadTile(const evidence::TileId& tile,
                                                 uint64_t width) const {
  auto value = store_->Get(TileKey(tile));
  if (!value.ok()) return value.status();
  if (!value->has_value() || (*value)->size() < width * kHashBytes) {
    return absl::NotFoundError(
        fmt::format("{} is missing from the ledger's store", evidence::TilePath(tile, width)));
  }
  return **std::move(value);
}

}  // namespace cradle::ledger
