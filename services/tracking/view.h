// Where: tracking's fold. Batches and manifests themselves are the admission state; the rows here
// say how old, in whose hands, and what happened.
//
//   v/start/<batch>                             day   the earliest storage start ever asserted
//     opened, generated, stored or declared, as a civil day at the site; only ever gets earlier, so
//     that no handover makes waste young. Unknown is earlier than every day: it counts as oldest
//   v/stock/all/<day><batch>                    StockRow
//   v/stock/organisation/<custodian><day><batch>
//   v/stock/facility/<facility><day><batch>
//   v/stock/category/<two digits><day><batch>
//     batches not ended, oldest first; a batch on a manifest is its consignor's until the receipt
//     is confirmed. Ended batches have no row, so a list costs what it returns, not what the log
//     holds
//   v/step/<index>                              v1.TraceStep
//     each statement that concerns a batch or manifest, once, without names and mass
//   v/batch-steps/<batch><index>                BatchStepRow
//   v/manifest-steps/<manifest><index>          1 byte: marked
//     a pickup writes one row however many batches are on the manifest: a trace takes the
//     manifest's steps in where the batch's own say that it is on it
//   v/issued/<manifest>                         8 bytes: index of its issue
//   v/manifests/<party or ->/<status><index>    manifest id
//     by party (`-`: every manifest), status (1 byte; 0: whatever it is) and index of issue
//
// Ids are 26 characters, indexes 8 bytes big-endian, a day 4 (EncodeDay).
#ifndef CRADLE_SERVICES_TRACKING_VIEW_H_
#define CRADLE_SERVICES_TRACKING_VIEW_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "cradle/state/v1/state.pb.h"
#include "services/runtime/view.h"

namespace cradle::tracking {

const runtime::View& TrackingView();

namespace rows {

inline constexpr size_t kIdBytes = 26;
inline constexpr size_t kDayBytes = 4;
inline constexpr size_t kIndexBytes = 8;

// A day as a number that sorts; 0: unknown.
uint32_t EncodeDay(std::optional<absl::CivilDay> day);
std::optional<absl::CivilDay> DecodeDay(uint32_t encoded);
// As 4 bytes.
std::string DayBytes(uint32_t encoded);

// Prefixes; day and batch follow.
std::string StockOfAll();
std::string StockOf(std::string_view organisation);
std::string StockIn(std::string_view facility);
std::string StockOfCategory(std::string_view two_digits);
std::string Step(uint64_t index);
// Prefixes; the index follows.
std::string BatchSteps(std::string_view batch);
std::string ManifestSteps(std::string_view manifest);
std::string Issued(std::string_view manifest);
// Prefix; the index follows. An empty party is every manifest.
std::string Manifests(std::string_view party, state::v1::ManifestStatus status);
// The same, of manifests whose collection waits for its consignor's answer.
std::string Unconfirmed(std::string_view party);

// The two digits that end a waste code: its category without HW.
std::string_view CategoryOf(std::string_view waste_code);

// What filters and sums need of a batch in stock, so that they read no other row.
struct StockRow {
  int64_t mass_g = 0;
  std::string custodian;
  std::string waste_code;
};
std::string Encode(const StockRow& row);
// DATA_LOSS: not such a row. So for the other.
absl::StatusOr<StockRow> DecodeStockRow(std::string_view bytes);

struct BatchStepRow {
  int64_t mass_g = 0;    // of the batch after it; 0 where it says nothing of mass
  bool marked = false;   // the step has marks
  std::string manifest;  // the one the batch is on after it; empty: none
};
std::string Encode(const BatchStepRow& row);
absl::StatusOr<BatchStepRow> DecodeBatchStepRow(std::string_view bytes);

}  // namespace rows
}  // namespace cradle::tracking

#endif  // CRADLE_SERVICES_TRACKING_VIEW_H_
