// The monitoring view's own keys. <clock> is batch/trigger/organisation.
//   v/clock/<clock>            StorageClock
//   v/run/<date>/<clock>       empty: the clock runs; by its earliest start, or `0000-00-00`
//   v/stop/<index>/<clock>     empty: that entry (8 bytes, big-endian) stopped it
//   v/rules/<index>            32 bytes: the data bundle named by that entry
// A list for today scans only `run` keys old enough to be in it; one for an earlier prefix also the
// clocks stopped since.
#ifndef CRADLE_SERVICES_MONITORING_VIEW_H_
#define CRADLE_SERVICES_MONITORING_VIEW_H_

#include "absl/status/status.h"
#include "cradle/v1/monitoring.pb.h"
#include "services/runtime/query.h"
#include "services/runtime/view.h"
#include "storage/kv/store.h"

namespace cradle::monitoring {

const runtime::View& MonitoringView();

// The list as of a date and a prefix of the log; an empty date is the day of `context.now_ms` in
// the log's zone. INVALID_ARGUMENT: a date or division that is none. OUT_OF_RANGE: a prefix longer
// than what is folded. UNAVAILABLE: the data bundle in force then is not here yet.
absl::Status GetList(const kv::Reader& view, const runtime::QueryContext& context,
                     const v1::GetListRequest& request, v1::GetListResponse& response);

}  // namespace cradle::monitoring

#endif  // CRADLE_SERVICES_MONITORING_VIEW_H_
