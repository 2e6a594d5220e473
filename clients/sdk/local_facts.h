// What this device itself can say of a batch or a manifest, from the statements it keeps: enough to
// go on with no network.
#ifndef CRADLE_CLIENTS_SDK_LOCAL_FACTS_H_
#define CRADLE_CLIENTS_SDK_LOCAL_FACTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "clients/sdk/home.h"
#include "cradle/statement/v1/manifest_events.pb.h"

namespace cradle::sdk {

struct BatchFacts {
  std::string waste_code;
  int64_t mass_g = 0;
  int64_t filled_mass_g = 0;  // added since its container was opened, as far back as is kept here
  bool ahead = false;  // its last statement is not in the log yet, as far as this device knows
};

struct ManifestFacts {
  statement::v1::ManifestIssued issued;
  std::string consignor;
  uint32_t carrier = 0;  // index into issued.carriers of who holds the load, or will take it first
  bool taken = false;
  bool ahead = false;
};

// nullopt: the statements kept here do not reach back far enough.
absl::StatusOr<std::optional<BatchFacts>> FindBatchFacts(Home& home, std::string_view batch);
absl::StatusOr<std::optional<ManifestFacts>> FindManifestFacts(Home& home,
                                                               std::string_view manifest);

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_LOCAL_FACTS_H_
