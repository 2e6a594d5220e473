// Lives a district's life on a log that has just been made: founds it, registers everyone, declares
// what lies there, and goes through the week of pickups day by day.
#ifndef CRADLE_CLIENTS_DISTRICT_LOAD_H_
#define CRADLE_CLIENTS_DISTRICT_LOAD_H_

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/district/district.h"
#include "clients/sdk/connection.h"
#include "clients/sdk/home.h"
#include "storage/evidence/note.h"

namespace cradle::district {

// Puts the server's clock. Time never goes back.
using SetClock = std::function<absl::Status(int64_t now_ms)>;

struct LoadOptions {
  int64_t now_ms = 0;            // the end of it; today is the day of this in the log's zone
  std::string rule_data_sha256;  // 32 bytes: the bundle that judges
  SetClock set_clock;
  std::function<void(size_t done, size_t all)> progress;
};

struct LoadResult {
  size_t statements = 0;
  uint64_t log_size = 0;
  std::map<std::string, size_t> marks;  // by rule
};

// Directories to make for the devices of organisations, by the key of each.
using LoadHomes = std::map<std::string, std::filesystem::path>;

// The regulator's key is the one in `regulator`, which the log was made for; it keeps the founding
// with its receipt, the last checkpoint, and the short names of the district's files.
// ALREADY_EXISTS: the log has entries. FAILED_PRECONDITION: a statement was not admitted.
absl::StatusOr<LoadResult> LoadDistrict(const District& district, const sdk::Connection& connection,
                                        const LoadOptions& options, sdk::Home& regulator,
                                        const LoadHomes& homes);

// Sizes of what the log holds, counted from its entries.
struct Counts {
  uint64_t entries = 0;
  uint64_t organisations = 0;
  uint64_t batches = 0;
  uint64_t manifests = 0;
};
absl::StatusOr<Counts> CountLog(const sdk::Connection& connection);

}  // namespace cradle::district

#endif  // CRADLE_CLIENTS_DISTRICT_LOAD_H_
