// Tracking behind its channel: waiting for the log, and what a caller is told when it does not
// come.
#include "services/tracking/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <future>

#include "cradle/v1/tracking.grpc.pb.h"
#include "services/runtime/status.h"
#include "tests/services/runtime/district.h"
#include "tests/services/runtime/folded_view.h"
#include "tests/services/runtime/served_log.h"

namespace cradle::tracking {
namespace {

using ::testing::HasSubstr;

class TrackingServiceTest : public ::testing::Test {
 protected:
  TrackingServiceTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_->grpc_service());
    server_ = builder.BuildAndStart();
    stub_ = v1::TrackingService::NewStub(server_->InProcessChannel({}));
  }
  ~TrackingServiceTest() override {
    server_->Shutdown();
    service_->Stop();
  }

  void Start() {
    const absl::Status started =
        service_->Start(directory_.path() + "/view", log_.NewStub(), rule_data_, clock_);
    ASSERT_TRUE(started.ok()) << started;
  }

  // Lets the log have what the district has asserted up to `size`.
  void Publish(uint64_t size) {
    for (; published_ < size; ++published_) log_.Append(district_.entries()[published_]);
  }

  grpc::Status Stock(uint64_t at_least, std::chrono::milliseconds patience,
                     v1::ListStockResponse& response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience);
    v1::ListStockRequest request;
    request.set_at_least(at_least);
    return stub_->ListStock(&context, request, &response);
  }

  static constexpr std::chrono::milliseconds kPatient{60'000};

  test::TemporaryDirectory directory_;
  test::District district_;
  test::ServedLog log_{district_.data()};
  runtime::RuleDataSource rule_data_{log_.NewStub()};
  runtime::ManualClock clock_{test::UtcMs(2025, 3, 1)};
  uint64_t published_ = 0;
  std::unique_ptr<runtime::FollowingService> service_ = NewTrackingService();
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::TrackingService::Stub> stub_;
};

TEST_F(TrackingServiceTest, AnswersUnavailableBeforeItStarts) {
  v1::ListStockResponse response;
  const grpc::Status status = Stock(0, kPatient, response);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE) << status.error_message();
  EXPECT_FALSE(service_->Health().ok());
}

TEST_F(TrackingServiceTest, WaitsUntilTheViewHasFoldedWhatTheCallerKnows) {
  district_.Declare(district_.producer, "2023-01-01");
  Publish(district_.size() - 1);
  Start();
  // Asked before the entry is there: the answer comes because the entry does.
  v1::ListStockRequest request;
  request.set_at_least(district_.size());
  v1::ListStockResponse response;
  grpc::ClientContext context;
  std::promise<grpc::Status> answered;
  stub_->async()->ListStock(&context, &request, &response,
                            [&](grpc::Status status) { answered.set_value(std::move(status)); });
  Publish(district_.size());
  const grpc::Status status = answered.get_future().get();
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.known(), district_.size());
  EXPECT_EQ(response.total_batches(), 1U);
  EXPECT_TRUE(service_->Health().ok());
}

TEST_F(TrackingServiceTest, SaysHowFarItIsWhenTheDeadlinePasses) {
  Publish(district_.size());
  Start();
  v1::ListStockResponse response;
  ASSERT_TRUE(Stock(district_.size(), kPatient, response).ok());
  // On a loaded machine the caller's own deadline may pass before the answer is there.
  grpc::Status status;
  for (std::chrono::milliseconds patience{100};; patience *= 2) {
    status = Stock(district_.size() + 1, patience, response);
    if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) break;
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr(std::to_string(district_.size()) + " entries"));
}

TEST_F(TrackingServiceTest, TellsABadRequestFromAnUnknownId) {
  Publish(district_.size());
  Start();
  grpc::ClientContext bad_context;
  v1::GetBatchRequest request;
  v1::GetBatchResponse response;
  request.set_at_least(district_.size());
  request.set_batch("nonsense");
  EXPECT_EQ(stub_->GetBatch(&bad_context, request, &response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  grpc::ClientContext unknown_context;
  request.set_batch(district_.NewId());
  EXPECT_EQ(stub_->GetBatch(&unknown_context, request, &response).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

TEST_F(TrackingServiceTest, AnswersUnavailableAfterItStops) {
  Publish(district_.size());
  Start();
  service_->Stop();
  v1::ListStockResponse response;
  EXPECT_EQ(Stock(0, kPatient, response).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TrackingServiceTest, StoppingAnswersThoseWhoWait) {
  Publish(district_.size());
  Start();
  v1::ListStockResponse ready;
  ASSERT_TRUE(Stock(district_.size(), kPatient, ready).ok());
  v1::ListStockRequest request;
  request.set_at_least(district_.size() + 1'000);
  v1::ListStockResponse response;
  grpc::ClientContext context;
  std::promise<grpc::Status> answered;
  stub_->async()->ListStock(&context, &request, &response,
                            [&](grpc::Status status) { answered.set_value(std::move(status)); });
  service_->Stop();
  EXPECT_EQ(answered.get_future().get().error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(TrackingServiceTest, ContinuesWhereItsStoreEnds) {
  district_.Declare(district_.producer, "2023-01-01");
  Publish(district_.size());
  Start();
  v1::ListStockResponse before;
  ASSERT_TRUE(Stock(district_.size(), kPatient, before).ok());
  service_->Stop();
  server_->Shutdown();

  district_.Declare(district_.producer, "2023-01-02");
  service_ = NewTrackingService();
  grpc::ServerBuilder builder;
  builder.RegisterService(&service_->grpc_service());
  server_ = builder.BuildAndStart();
  stub_ = v1::TrackingService::NewStub(server_->InProcessChannel({}));
  Start();
  Publish(district_.size());
  v1::ListStockResponse after;
  const grpc::Status status = Stock(district_.size(), kPatient, after);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(after.total_batches(), before.total_batches() + 1);
}

}  // namespace
}  // namespace cradle::tracking
