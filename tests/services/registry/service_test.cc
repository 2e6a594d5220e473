// The registry behind its channel.
#include "services/registry/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include "cradle/v1/registry.grpc.pb.h"
#include "tests/services/runtime/district.h"
#include "tests/services/runtime/folded_view.h"
#include "tests/services/runtime/served_log.h"

namespace cradle::registry {
namespace {

using ::testing::HasSubstr;

class RegistryServiceTest : public ::testing::Test {
 protected:
  RegistryServiceTest() {
    grpc::ServerBuilder builder;
    builder.RegisterService(&service_->grpc_service());
    server_ = builder.BuildAndStart();
    stub_ = v1::RegistryService::NewStub(server_->InProcessChannel({}));
    for (const std::string& entry : district_.entries()) log_.Append(entry);
  }
  ~RegistryServiceTest() override {
    server_->Shutdown();
    service_->Stop();
  }

  void Start() {
    const absl::Status started =
        service_->Start(directory_.path() + "/view", log_.NewStub(), rule_data_, clock_);
    ASSERT_TRUE(started.ok()) << started;
  }

  grpc::Status List(uint64_t at_least, std::chrono::milliseconds patience,
                    v1::ListOrganisationsResponse& response) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience);
    v1::ListOrganisationsRequest request;
    request.set_at_least(at_least);
    return stub_->ListOrganisations(&context, request, &response);
  }

  static constexpr std::chrono::milliseconds kPatient{60'000};

  test::TemporaryDirectory directory_;
  test::District district_;
  test::ServedLog log_{district_.data()};
  runtime::RuleDataSource rule_data_{log_.NewStub()};
  runtime::ManualClock clock_{test::UtcMs(2024, 6, 1)};
  std::unique_ptr<runtime::FollowingService> service_ = NewRegistryService();
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<v1::RegistryService::Stub> stub_;
};

TEST_F(RegistryServiceTest, AnswersUnavailableBeforeItStartsAndAfterItStops) {
  v1::ListOrganisationsResponse response;
  EXPECT_EQ(List(0, kPatient, response).error_code(), grpc::StatusCode::UNAVAILABLE);
  Start();
  EXPECT_TRUE(List(district_.size(), kPatient, response).ok());
  service_->Stop();
  EXPECT_EQ(List(0, kPatient, response).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(RegistryServiceTest, AnswersOnceItHasFoldedWhatTheCallerKnows) {
  Start();
  v1::ListOrganisationsResponse response;
  const grpc::Status status = List(district_.size(), kPatient, response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.known(), district_.size());
  EXPECT_EQ(response.organisations_size(), 5);
}

TEST_F(RegistryServiceTest, SaysHowFarItIsWhenTheDeadlinePasses) {
  Start();
  v1::ListOrganisationsResponse response;
  ASSERT_TRUE(List(district_.size(), kPatient, response).ok());
  // On a loaded machine the caller's own deadline may pass before the answer is there.
  grpc::Status status;
  for (std::chrono::milliseconds patience{100};; patience *= 2) {
    status = List(district_.size() + 1, patience, response);
    if (status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED) break;
  }
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr(std::to_string(district_.size()) + " entries"));
}

TEST_F(RegistryServiceTest, AnswersFromTheBundleInForce) {
  Start();
  grpc::ClientContext context;
  v1::ListWasteCodesRequest request;
  v1::ListWasteCodesResponse response;
  request.set_at_least(district_.size());
  const grpc::Status status = stub_->ListWasteCodes(&context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.codes_size(), 467);
}

TEST_F(RegistryServiceTest, MapsEachReadToItsQuery) {
  Start();
  grpc::ClientContext organisation_context;
  v1::GetOrganisationRequest organisation;
  v1::GetOrganisationResponse organisation_found;
  organisation.set_at_least(district_.size());
  organisation.set_organisation(district_.carrier.organisation);
  ASSERT_TRUE(
      stub_->GetOrganisation(&organisation_context, organisation, &organisation_found).ok());
  EXPECT_EQ(organisation_found.vehicles_size(), 1);

  grpc::ClientContext facility_context;
  v1::GetFacilityRequest facility;
  v1::GetFacilityResponse facility_found;
  facility.set_facility(district_.furnace);
  ASSERT_TRUE(stub_->GetFacility(&facility_context, facility, &facility_found).ok());
  EXPECT_EQ(facility_found.site().registered().site(), district_.operating.site);

  grpc::ClientContext key_context;
  v1::GetKeyRequest key;
  v1::GetKeyResponse key_found;
  key.set_key_id("short");
  EXPECT_EQ(stub_->GetKey(&key_context, key, &key_found).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace cradle::registry
