// What RocksDB's answers mean in the words of store.h and rocksdb_store.h.
#ifndef CRADLE_STORAGE_KV_ROCKSDB_STATUS_H_
#define CRADLE_STORAGE_KV_ROCKSDB_STATUS_H_

#include <rocksdb/status.h>

#include <string>

#include "absl/status/status.h"

namespace cradle::kv {

// An answer other than OK to a read.
absl::Status ReadError(const rocksdb::Status& status, const std::string& directory);

// An answer other than OK to opening or copying a store that is there.
absl::Status OpenError(const rocksdb::Status& status, const std::string& directory);

}  // namespace cradle::kv

#endif  // CRADLE_STORAGE_KV_ROCKSDB_STATUS_H_
