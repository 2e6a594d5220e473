// Disputes beside the batches and manifests that they are about.
#include "storage/evidence/hash.h"
#include "tests/services/tracking/tracking_test.h"

namespace cradle::tracking {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class DisputesTest : public TrackingTest {
 protected:
  v1::GetManifestResponse ManifestAnswer(const std::string& manifest) {
    v1::GetManifestRequest request;
    request.set_manifest(manifest);
    v1::GetManifestResponse response;
    const absl::Status status = Ask(&GetManifest, request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }
  v1::GetBatchResponse BatchAnswer(const Batch& batch) {
    v1::GetBatchRequest request;
    request.set_batch(batch.id);
    v1::GetBatchResponse response;
    const absl::Status status = Ask(&GetBatch, request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }
};

TEST_F(DisputesTest, ADisputedPickupMovesNothingAndIsListedWithBothSides) {
  const Batch batch = district_.Declare(district_.producer, "2023-01-01");
  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  const uint64_t taken = district_.size() - 1;
  const v1::TraceResponse before = TraceOf(batch);
  const rules::Disputed disputed = district_.TakeAgain(manifest);
  ASSERT_EQ(disputed.places.size(), 1U);

  const v1::TraceResponse trace = TraceOf(batch);
  EXPECT_EQ(trace.steps_size(), before.steps_size()) << "it is no step of the batch's life";
  EXPECT_EQ(trace.batch().SerializeAsString(), before.batch().SerializeAsString());
  ASSERT_EQ(trace.disputes_size(), 1);
  const v1::DisputeView& view = trace.disputes(0);
  EXPECT_TRUE(view.open());
  EXPECT_EQ(view.dispute().chain(), "manifest:" + manifest);
  EXPECT_EQ(view.dispute().height(), 1U);
  EXPECT_EQ(view.admitted_index(), taken);
  EXPECT_EQ(view.admitted_statement_hash(), trace.steps(2).statement_hash());
  ASSERT_EQ(view.dispute().claims_size(), 1);
  EXPECT_EQ(view.dispute().claims(0).index(), taken + 1);
  EXPECT_THAT(view.organisation_names(),
              ElementsAre(district_.producer.name, district_.carrier.name));
  EXPECT_EQ(ManifestAnswer(manifest).disputes(0).SerializeAsString(), view.SerializeAsString());
  EXPECT_EQ(BatchAnswer(batch).disputes(0).SerializeAsString(), view.SerializeAsString());
}

TEST_F(DisputesTest, AResolvedDisputeStaysListedWithWhatWasDecided) {
  const Batch batch = district_.Declare(district_.producer, "2023-01-01");
  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  district_.TakeAgain(manifest);
  const std::string upheld =
      ManifestAnswer(manifest).disputes(0).dispute().claims(0).statement_hash();
  district_.Deliver(manifest);
  district_.Assert({{district_.regulator, statement::v1::CAPACITY_REGULATOR}},
                   [&](statement::v1::Statement& statement) {
                     auto& resolved = *statement.mutable_dispute_resolved();
                     resolved.set_chain("manifest:" + manifest);
                     resolved.set_height(1);
                     resolved.set_upheld(upheld);
                     resolved.set_decision_reference("鲁环争〔2025〕1号");
                     resolved.set_reason(statement::v1::DISPUTE_REASON_INSPECTION);
                   });
  const v1::GetManifestResponse answer = ManifestAnswer(manifest);
  ASSERT_EQ(answer.disputes_size(), 1);
  EXPECT_FALSE(answer.disputes(0).open());
  const auto& resolution = answer.disputes(0).dispute().resolution();
  EXPECT_EQ(resolution.resolved().upheld(), upheld);
  EXPECT_EQ(resolution.regulator(), district_.regulator.organisation);
  EXPECT_EQ(answer.manifest().manifest().status(), state::v1::MANIFEST_STATUS_DELIVERED)
      << "the decision folds nothing again";
}

TEST_F(DisputesTest, AnotherManifestHasNoneOfThem) {
  const Batch batch = district_.Declare(district_.producer, "2023-01-01");
  const Batch other = district_.Declare(district_.producer, "2023-01-01");
  const std::string manifest = district_.Issue({batch});
  const std::string other_manifest = district_.Issue({other});
  district_.Take(manifest);
  district_.TakeAgain(manifest);
  EXPECT_THAT(ManifestAnswer(other_manifest).disputes(), IsEmpty());
  EXPECT_THAT(TraceOf(other).disputes(), IsEmpty());
}

}  // namespace
}  // namespace cradle::tracking
