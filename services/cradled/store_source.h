// A data directory's log as the verifier reads it.
#ifndef CRADLE_SERVICES_CRADLED_STORE_SOURCE_H_
#define CRADLE_SERVICES_CRADLED_STORE_SOURCE_H_

#include <string>
#include <vector>

#include "services/audit/core/log_source.h"
#include "services/cradled/config.h"
#include "services/ledger/store_layout.h"
#include "storage/kv/store.h"

namespace cradle::cradled {

// An entry that the size counts and the store does not have is read as one of no bytes, so that the
// verifier names it. The checkpoint is the newest of the signer's journal or, where that is absent
// or cannot be read, the newest in the store. `store` must outlive the source.
class StoreSource : public audit::LogSource {
 public:
  StoreSource(const DataDirectory& data, const kv::Reader& store)
      : data_(data), store_(store), tiles_(&store) {}

  absl::StatusOr<std::string> Checkpoint() const override;
  absl::StatusOr<audit::EntryBundle> ReadEntryBundle(uint64_t index, uint64_t width) const override;
  absl::StatusOr<std::string> ReadRuleBundle(std::string_view sha256) const override;
  const evidence::TileReader* tiles() const override { return &tiles_; }
  absl::StatusOr<std::vector<audit::StoredFile>> StoredFiles() const override;
  absl::StatusOr<std::string> ReadStoredFile(const audit::StoredFile& file) const override;
  absl::StatusOr<std::vector<std::string>> JournalCheckpoints() const override;

 private:
  const DataDirectory data_;
  const kv::Reader& store_;
  const ledger::StoreTiles tiles_;
};

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_STORE_SOURCE_H_
