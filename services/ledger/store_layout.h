// The keys of the ledger's store. Whoever reads a ledger without its service (verification, backup)
// reads through here. Integers in keys and values are 8 bytes, big-endian, so that keys sort as
// numbers do.
//
//   m/size                     number of entries
//   m/root                     32 bytes: root of the tree of that size, as it was committed
//   m/state                    rules::kStateVersion of what is under s/, from the founding on; none
//                              is 1, or a state that is being rebuilt (state_rebuild.h)
//   e/<index>                  the entry's bytes
//   t/<level 1 byte><index>    a tile as it is now, 32 to 8,192 bytes; past sizes are its prefixes
//   c/<size>                   the signed checkpoint of that size. The newest may be missing: it
//                              is written after the tree; the signer's journal is its authority
//   k/<index>                  cradle.v1.Admission with the marks alone; none without marks
//   s/…                        admission state: services/rules/state_keys.h
//   h/…                        the chains, in stores whose state is of version 3 or older: now they
//                              are in the admission state
//
// One synced commit writes everything that a group of statements changes, but for c/.
#ifndef CRADLE_SERVICES_LEDGER_STORE_LAYOUT_H_
#define CRADLE_SERVICES_LEDGER_STORE_LAYOUT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/tree.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

inline constexpr std::string_view kSizeKey = "m/size";
inline constexpr std::string_view kRootKey = "m/root";
inline constexpr std::string_view kStateVersionKey = "m/state";
inline constexpr std::string_view kEntryPrefix = "e/";
inline constexpr std::string_view kCheckpointPrefix = "c/";
inline constexpr std::string_view kFormerChainPrefix = "h/";

std::string EntryKey(uint64_t index);
std::string TileKey(const evidence::TileId& tile);
std::string CheckpointKey(uint64_t size);
std::string MarksKey(uint64_t index);

std::string BigEndian(uint64_t number);
// The number in the last 8 bytes of a key or in a value of 8 bytes; nullopt: fewer bytes.
std::optional<uint64_t> LastNumber(std::string_view bytes);

// 0 for an empty store. DATA_LOSS: the value is not a size.
absl::StatusOr<uint64_t> ReadSize(const kv::Reader& store);
// The version of the admission state of a store that has entries. DATA_LOSS: the value is none.
absl::StatusOr<uint64_t> ReadStateVersion(const kv::Reader& store);
// DATA_LOSS: the log has no such entry although `size` says so.
absl::StatusOr<std::string> ReadEntry(const kv::Reader& store, uint64_t index);

struct StoredCheckpoint {
  uint64_t size = 0;
  std::string note;
};
// The smallest stored checkpoint of at least `size` entries; the newest; nullopt: there is none.
absl::StatusOr<std::optional<StoredCheckpoint>> FirstCheckpointFrom(const kv::Reader& store,
                                                                    uint64_t size);
absl::StatusOr<std::optional<StoredCheckpoint>> NewestCheckpoint(const kv::Reader& store);

// The tiles of a ledger's store, which must outlive it.
class StoreTiles : public evidence::TileReader {
 public:
  explicit StoreTiles(const kv::Reader* store) : store_(store) {}
  absl::StatusOr<std::string> ReadTile(const evidence::TileId& tile, uint64_t width) const override;

 private:
  const kv::Reader* store_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_STORE_LAYOUT_H_
