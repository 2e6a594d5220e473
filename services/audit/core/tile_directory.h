// A log as files in a directory, as C2SP tlog-tiles lays them out and any web server can offer
// them:
//   checkpoint                     the newest signed checkpoint
//   tile/<L>/<N>[.p/<W>]           hash tiles
//   tile/entries/<N>[.p/<W>]       entry bundles
//   rule-data/<sha256>.bundle      what the rules judge with
//   journal                        checkpoints signed before (journal.h); may be absent
#ifndef CRADLE_SERVICES_AUDIT_CORE_TILE_DIRECTORY_H_
#define CRADLE_SERVICES_AUDIT_CORE_TILE_DIRECTORY_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/audit/core/log_source.h"

namespace cradle::audit {

class TileDirectory : public LogSource, public evidence::TileReader {
 public:
  explicit TileDirectory(std::string directory) : directory_(std::move(directory)) {}

  const std::string& directory() const { return directory_; }

  absl::StatusOr<std::string> Checkpoint() const override;
  absl::StatusOr<EntryBundle> ReadEntryBundle(uint64_t index, uint64_t width) const override;
  absl::StatusOr<std::string> ReadRuleBundle(std::string_view sha256) const override;
  const evidence::TileReader* tiles() const override { return this; }
  absl::StatusOr<std::vector<StoredFile>> StoredFiles() const override;
  absl::StatusOr<std::string> ReadStoredFile(const StoredFile& file) const override;
  // DATA_LOSS: a record does not hold. OUT_OF_RANGE: the file ends inside one.
  absl::StatusOr<std::vector<std::string>> JournalCheckpoints() const override;

  absl::StatusOr<std::string> ReadTile(const evidence::TileId& tile, uint64_t width) const override;

 private:
  // The file that begins with what is asked for: of that width, or a wider one.
  absl::StatusOr<StoredFile> Locate(bool entries, const evidence::TileId& tile,
                                    uint64_t width) const;

  std::string directory_;
};

// Path of a file within such a directory.
std::string StoredPath(bool entries, const evidence::TileId& tile, uint64_t width);
std::string RuleBundlePath(std::string_view sha256);
inline constexpr std::string_view kCheckpointPath = "checkpoint";
inline constexpr std::string_view kJournalPath = "journal";

// The tile or bundle that a path within the directory stands for; nullopt: none.
std::optional<StoredFile> ParseStoredPath(std::string_view path);

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_TILE_DIRECTORY_H_
