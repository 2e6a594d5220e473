// How the engine uses RocksDB. For the engine and its tests only.
#ifndef CRADLE_STORAGE_KV_ROCKSDB_OPTIONS_H_
#define CRADLE_STORAGE_KV_ROCKSDB_OPTIONS_H_

#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/kv/rocksdb_store.h"

namespace cradle::kv {

// A commit is refused when it would leave less than this free on the disk. RocksDB needs room to
// flush and to open again; and 7.8 does not write again after its log met a full disk
// (facebook/rocksdb issue 11643), so we stop while the answer can still be "nothing was written".
inline constexpr uint64_t kFreeBytesMin = 64 << 20;

// The same for opening, besides the bytes of the logs to be recovered. Lower, so that a store which
// ran into the limit above opens again.
inline constexpr uint64_t kFreeBytesMinToOpen = 8 << 20;

// The engine's own data (the epoch) lives in a column family apart: keys of users go in unchanged.
inline constexpr char kEngineColumnFamily[] = "cradle";
inline constexpr char kEpochKey[] = "epoch";

rocksdb::DBOptions DatabaseOptions(rocksdb::Env* env);

// Of the users' keys and of the engine's, in this order.
std::vector<rocksdb::ColumnFamilyDescriptor> ColumnFamilies();

// OpenRocksDb on an environment other than the machine's, which must outlive the store.
absl::StatusOr<std::unique_ptr<Store>> OpenRocksDbIn(rocksdb::Env* env,
                                                     const std::string& directory,
                                                     const RocksDbOptions& options);

}  // namespace cradle::kv

#endif  // CRADLE_STORAGE_KV_ROCKSDB_OPTIONS_H_
