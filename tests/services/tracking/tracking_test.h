// A district, its log folded by tracking, and the reads over it.
#ifndef CRADLE_TESTS_SERVICES_TRACKING_TRACKING_TEST_H_
#define CRADLE_TESTS_SERVICES_TRACKING_TRACKING_TEST_H_

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/tracking/queries.h"
#include "services/tracking/view.h"
#include "tests/services/runtime/district.h"
#include "tests/services/runtime/folded_view.h"

namespace cradle::tracking {

using test::Batch;
using test::UtcMs;

class TrackingTest : public ::testing::Test {
 protected:
  // Folds what the district has asserted since.
  void CatchUp() {
    while (folded_.known() < district_.size()) {
      folded_.Fold(district_.library(), district_.entries()[folded_.known()]);
    }
  }

  runtime::QueryContext Context() const { return {folded_.known(), now_ms_, district_.library()}; }

  // Catches up and asks.
  template <typename Request, typename Response>
  absl::Status Ask(absl::Status (*query)(const kv::Reader&, const runtime::QueryContext&,
                                         const Request&, Response&),
                   const Request& request, Response& response) {
    CatchUp();
    return query(folded_.reader(), Context(), request, response);
  }

  v1::BatchView Get(const Batch& batch, const std::string& on_date = "") {
    v1::GetBatchRequest request;
    request.set_batch(batch.id);
    request.set_on_date(on_date);
    v1::GetBatchResponse response;
    const absl::Status status = Ask(&GetBatch, request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response.batch();
  }

  v1::ListStockResponse Stock(const v1::ListStockRequest& request) {
    v1::ListStockResponse response;
    const absl::Status status = Ask(&ListStock, request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }

  absl::Status StockRefusal(const v1::ListStockRequest& request) {
    v1::ListStockResponse response;
    return Ask(&ListStock, request, response);
  }

  v1::ManifestView Manifest(const std::string& manifest) {
    v1::GetManifestRequest request;
    request.set_manifest(manifest);
    v1::GetManifestResponse response;
    const absl::Status status = Ask(&GetManifest, request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response.manifest();
  }

  v1::TraceResponse TraceOf(const Batch& batch) {
    v1::TraceRequest request;
    request.set_batch(batch.id);
    v1::TraceResponse response;
    const absl::Status status = Ask(&Trace, request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }

  static std::vector<std::string> Ids(const v1::ListStockResponse& response) {
    std::vector<std::string> ids;
    for (const v1::BatchView& batch : response.batches()) ids.push_back(batch.batch().batch());
    return ids;
  }

  test::District district_;
  test::FoldedView folded_{TrackingView()};
  int64_t now_ms_ = UtcMs(2025, 3, 1, 4);  // noon in Shanghai
};

}  // namespace cradle::tracking

#endif  // CRADLE_TESTS_SERVICES_TRACKING_TRACKING_TEST_H_
