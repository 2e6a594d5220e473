// The embedded engine: one directory on the local disk, in RocksDB.
#ifndef CRADLE_STORAGE_KV_ROCKSDB_STORE_H_
#define CRADLE_STORAGE_KV_ROCKSDB_STORE_H_

#include <memory>
#include <string>

#include "storage/kv/store.h"

namespace cradle::kv {

struct RocksDbOptions {
  bool create_if_missing = true;
  bool read_only = false;  // for looking into a store that nobody serves, or a copy
};

// Opens the store in `directory` and, unless read-only, holds its lock until destroyed.
// FAILED_PRECONDITION: another process has it open; or its format is newer than this program; or
//   the directory holds something that is not a Cradle store.
// PERMISSION_DENIED: not readable or not writable. RESOURCE_EXHAUSTED: the disk is full.
// DATA_LOSS: a checksum does not hold. NOT_FOUND: nothing there, and create_if_missing is false.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksDb(const std::string& directory,
                                                   const RocksDbOptions& options = {});

// A consistent copy of a store that may be in use, made of hard links where the file system has
// them. `target` must not exist.
absl::Status CheckpointRocksDb(const Store& store, const std::string& target);

}  // namespace cradle::kv

#endif  // CRADLE_STORAGE_KV_ROCKSDB_STORE_H_
