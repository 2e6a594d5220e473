// Statuses in assertions that print what was answered.
#ifndef CRADLE_TESTS_STORAGE_EVIDENCE_STATUS_MATCHERS_H_
#define CRADLE_TESTS_STORAGE_EVIDENCE_STATUS_MATCHERS_H_

#include <gmock/gmock.h>

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cradle::evidence {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return arg.ok();
}

// Refused with this code and a message in which `part` stands.
MATCHER_P2(IsRefused, code, part, "is refused") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).code() == code &&
         std::string(StatusOf(arg).message()).find(part) != std::string::npos;
}

inline constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
inline constexpr absl::StatusCode kUnknown = absl::StatusCode::kUnimplemented;
inline constexpr absl::StatusCode kDataLoss = absl::StatusCode::kDataLoss;
inline constexpr absl::StatusCode kNotFound = absl::StatusCode::kNotFound;

}  // namespace cradle::evidence

#endif  // CRADLE_TESTS_STORAGE_EVIDENCE_STATUS_MATCHERS_H_
