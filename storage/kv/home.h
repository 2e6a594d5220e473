// The directory of an embedded store and the file CRADLE in it, which tells our store from anything
// else before an engine touches a byte.
//
// CRADLE is three lines: "cradle key-value store", "engine rocksdb", "format <number>". It is
// written when the engine has made its files; until then a file UNFINISHED says that nothing was
// ever acknowledged here and that making the store may be taken up again.
#ifndef CRADLE_STORAGE_KV_HOME_H_
#define CRADLE_STORAGE_KV_HOME_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cradle::kv {

inline constexpr int kFormat = 1;

enum class Home {
  kNothing,  // absent, empty, or begun and never finished
  kStore,
};

// What is in `directory`. Writes nothing.
// FAILED_PRECONDITION: a file, a foreign directory, another engine, a newer format.
// PERMISSION_DENIED: not readable. DATA_LOSS: CRADLE cannot be understood.
absl::StatusOr<Home> InspectHome(const std::string& directory);

// Makes the directory with its parents and marks it unfinished.
// PERMISSION_DENIED, RESOURCE_EXHAUSTED (disk full), UNAVAILABLE.
absl::Status BeginHome(const std::string& directory);

// Writes CRADLE, on the disk when this returns OK. To be called by the holder of the engine's lock.
absl::Status FinishHome(const std::string& directory);

// Renames a directory and makes that durable. `to` must not exist.
absl::Status MoveDirectory(const std::string& from, const std::string& to);

}  // namespace cradle::kv

#endif  // CRADLE_STORAGE_KV_HOME_H_
