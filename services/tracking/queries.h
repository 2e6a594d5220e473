// Tracking's reads, as plain functions over a snapshot of its view. Each fills `known`.
// INVALID_ARGUMENT names the field that is malformed; NOT_FOUND names the id; DATA_LOSS: the store
// is damaged, delete it and it comes back by replay.
//
// Ages are civil days from the earliest storage start ever asserted to the date asked for, the
// first day not counted: the age of the waste, whoever held it. -1: the start is unknown, which
// every least age includes; 0 for a date before the start. Medical waste says by when it must leave
// where it lies, by the rule data in force. A date left out is today: at the batch's
// or facility's site where one is asked for, else in the log's zone.
#ifndef CRADLE_SERVICES_TRACKING_QUERIES_H_
#define CRADLE_SERVICES_TRACKING_QUERIES_H_

#include "absl/status/status.h"
#include "cradle/v1/tracking.pb.h"
#include "services/runtime/query.h"
#include "storage/kv/store.h"

namespace cradle::tracking {

absl::Status GetBatch(const kv::Reader& reader, const runtime::QueryContext& context,
                      const v1::GetBatchRequest& request, v1::GetBatchResponse& response);

// Oldest first, unknown before all; of one day in order of id. The totals are taken with the first
// page and carried by its token, so that paging through does not read the whole for every page.
absl::Status ListStock(const kv::Reader& reader, const runtime::QueryContext& context,
                       const v1::ListStockRequest& request, v1::ListStockResponse& response);

absl::Status GetManifest(const kv::Reader& reader, const runtime::QueryContext& context,
                         const v1::GetManifestRequest& request, v1::GetManifestResponse& response);

// The last issued first.
absl::Status ListManifests(const kv::Reader& reader, const runtime::QueryContext& context,
                           const v1::ListManifestsRequest& request,
                           v1::ListManifestsResponse& response);

// The age in it is today's.
absl::Status Trace(const kv::Reader& reader, const runtime::QueryContext& context,
                   const v1::TraceRequest& request, v1::TraceResponse& response);

}  // namespace cradle::tracking

#endif  // CRADLE_SERVICES_TRACKING_QUERIES_H_
