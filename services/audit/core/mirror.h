// Copies a log into a tile directory and keeps the copy up with it.
#ifndef CRADLE_SERVICES_AUDIT_CORE_MIRROR_H_
#define CRADLE_SERVICES_AUDIT_CORE_MIRROR_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/audit/core/log_source.h"
#include "storage/evidence/note.h"

namespace cradle::audit {

struct MirrorResult {
  uint64_t size_before = 0;
  uint64_t size = 0;                           // as the newest checkpoint in the directory says
  std::vector<std::string> missing_rule_data;  // SHA-256s of bundles the source does not have
};

struct MirrorOptions {
  // Called on the caller's thread; false stops: the next run goes on from there.
  std::function<bool(uint64_t entries, uint64_t size)> progress;
};

// Brings `directory` (tile_directory.h) to the source's newest checkpoint. The tiles are built
// here, from the entries. What the directory holds is only added to: the new checkpoint replaces
// the old one after everything it covers is on the disk and leads to its root, and every checkpoint
// ever taken stays in the journal. Attestations and rules are not looked at: that is VerifyLog.
// DATA_LOSS: the log does not continue what the directory holds (the conflicting checkpoint is kept
//   beside it as `conflict-<size>-<root>`), or the entries sent are not those of the checkpoint.
// FAILED_PRECONDITION: the source is behind the directory; or the directory holds another log, or
//   is damaged.
// CANCELLED: stopped by `progress`.
// NOT_FOUND, UNAVAILABLE: the source cannot be read.
absl::StatusOr<MirrorResult> Mirror(const LogSource& source, const std::string& directory,
                                    const evidence::NoteVerifier& log_key,
                                    const MirrorOptions& options = {});

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_CORE_MIRROR_H_
