// Entry bundles (C2SP tlog-tiles): up to 256 entries, each as big-endian uint16 length ‖ bytes.
#ifndef CRADLE_STORAGE_EVIDENCE_BUNDLE_H_
#define CRADLE_STORAGE_EVIDENCE_BUNDLE_H_

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cradle::evidence {

// INVALID_ARGUMENT: the entry is over kEntryBytesMax. Does not count the entries.
absl::Status AppendToBundle(std::string& bundle, std::string_view entry);
// INVALID_ARGUMENT: over kTileWidth entries, or one over kEntryBytesMax.
absl::StatusOr<std::string> EncodeBundle(std::span<const std::string> entries);
// The entries' bytes, each a part of `bundle`. INVALID_ARGUMENT: it ends within an entry, or has
// over kTileWidth of them. Does not look into the entries.
absl::StatusOr<std::vector<std::string_view>> ParseBundle(std::string_view bundle);

}  // namespace cradle::evidence

#endif  // CRADLE_STORAGE_EVIDENCE_BUNDLE_H_
