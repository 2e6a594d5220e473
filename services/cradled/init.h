// `cradled init`: makes the data directory of a new log.
#ifndef CRADLE_SERVICES_CRADLED_INIT_H_
#define CRADLE_SERVICES_CRADLED_INIT_H_

#include <string>

#include "absl/status/statusor.h"
#include "services/cradled/config.h"

namespace cradle::cradled {

struct InitOptions {
  std::string data;
  std::string origin;         // schema-less URL, as "log.example.org/weifang"
  std::string regulator_key;  // file: PEM public key of the regulator's device
  std::string rule_data;      // a bundle file, or a directory to pack; empty: the one installed
};

// Makes the log's key, keeps the rule data, pins the regulator. Nothing is left behind on failure.
// ALREADY_EXISTS: there is a log. INVALID_ARGUMENT: an option, named.
absl::StatusOr<Config> Init(const InitOptions& options);

// The bundle that is installed beside the program, packed at build time.
std::string InstalledRuleData();

}  // namespace cradle::cradled

#endif  // CRADLE_SERVICES_CRADLED_INIT_H_
