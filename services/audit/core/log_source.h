// Where a log's bytes come from: a directory of tiles, or a ledger over the network.
#ifndef CRADLE_SERVICES_AUDIT_CORE_LOG_SOURCE_H_
#define CRADLE_SERVICES_AUDIT_CORE_LOG_SOURCE_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/evidence/tree.h"

namespace cradle::audit {

// An entry bundle as it is stored (C2SP tlog-tiles).
struct EntryBundle {
  uint64_t width = 0;  // entries it says it has
  std::string bytes;
  std::string name;  // as "tile/entries/000.p/5"
};

// A file of the log as it is stored: a hash tile or an entry bundle.
struct StoredFile {
  bool entries = false;  // an entry bundle; `tile.level` is 0 then
  evidence::TileId tile;
  uint64_t width = 0;
  std::string name;
};

// Nothing it says is trusted: the verifier checks every byte against the checkpoint. All functions
// may be called from many threads.
// Errors: NOT_FOUND: the bytes are not there, the message names them. DATA_LOSS: they are there and
// do not hold, the message names file and place. UNIMPLEMENTED: this source does not have such
// things at all. Others: they cannot be read.
class LogSource {
 public:
  virtual ~LogSource() = default;

  // The newest signed checkpoint, a signed note.
  virtual absl::StatusOr<std::string> Checkpoint() const = 0;

  // The bundle that begins at entry 256 × index; it has at least `width` entries.
  virtual absl::StatusOr<EntryBundle> ReadEntryBundle(uint64_t index, uint64_t width) const = 0;

  // A rule data bundle by its SHA-256, 32 bytes.
  virtual absl::StatusOr<std::string> ReadRuleBundle(std::string_view sha256) const = 0;

  // The stored hash tiles; null where the source has entries only.
  virtual const evidence::TileReader* tiles() const { return nullptr; }

  // Every hash tile and entry bundle that is stored, also those that are not needed. Empty where
  // there are no tiles.
  virtual absl::StatusOr<std::vector<StoredFile>> StoredFiles() const {
    return std::vector<StoredFile>();
  }
  // The bytes of one of them.
  virtual absl::StatusOr<std::string> ReadStoredFile(const StoredFile& file) const;

  // The proof that the tree of `new_size` continues that of `old_size`, 0 < old_size ≤ new_size, as
  // the source gives it.
  virtual absl::StatusOr<std::vector<evidence::Hash>> ConsistencyPath(uint64_t old_size,
                                                                      uint64_t new_size) const;

  // Checkpoints signed before, oldest first: the signer's journal, or what a mirror has seen. Empty
  // where none is kept.
  virtual absl::StatusOr<std::vector<std::string>> JournalCheckpoints() const {
    return std::vector<std::string>();
  }
};

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_LOG_SOURCE_H_
