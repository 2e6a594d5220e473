// Manifests, and traces of batches through them.
#include "storage/evidence/hash.h"
#include "tests/services/tracking/tracking_test.h"

namespace cradle::tracking {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> Events(const v1::TraceResponse& trace) {
  std::vector<std::string> events;
  for (const v1::TraceStep& step : trace.steps()) events.push_back(step.event());
  return events;
}

TEST_F(TrackingTest, ATraceTellsTheWholeLifeThroughTheManifest) {
  const int64_t generated_ms = district_.now_ms();
  const Batch batch = district_.Generate(district_.producer, generated_ms);
  const uint64_t first = district_.size() - 1;
  district_.Store(district_.producer, batch, district_.now_ms());
  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  district_.Deliver(manifest);
  district_.Confirm(manifest, {batch}, -2'000);
  const Batch received{batch.id, batch.waste_code, batch.mass_g - 2'000};
  district_.Store(district_.operating, received, district_.now_ms());
  district_.Treat(received);

  const v1::TraceResponse trace = TraceOf(batch);
  EXPECT_THAT(Events(trace),
              ElementsAre("batch_generated", "batch_stored", "manifest_issued", "load_taken",
                          "load_delivered", "receipt_confirmed", "batch_stored", "batch_treated"));
  EXPECT_THAT(trace.manifests(), ElementsAre(manifest));
  EXPECT_EQ(trace.batch().status(), state::v1::BATCH_STATUS_TREATED);
  const int64_t masses_g[] = {250'000, 250'000, 250'000, 0, 0, 248'000, 248'000, 248'000};
  for (int i = 0; i < trace.steps_size(); ++i) {
    const v1::TraceStep& step = trace.steps(i);
    EXPECT_EQ(step.index(), first + i);
    EXPECT_EQ(step.mass_g(), masses_g[i]) << step.event();
    EXPECT_EQ(step.statement_hash().size(), 32U);
    EXPECT_EQ(step.recorded_time_ms(), generated_ms + i * 1'000);
    EXPECT_EQ(step.claimed_time_ms(), step.recorded_time_ms());
    EXPECT_EQ(step.act_time_ms(), step.recorded_time_ms());
  }
  EXPECT_EQ(trace.steps(2).chain(), "batch:" + batch.id);
  EXPECT_EQ(trace.steps(3).chain(), "manifest:" + manifest);
  EXPECT_THAT(trace.steps(3).organisations(),
              ElementsAre(district_.producer.organisation, district_.carrier.organisation));
  EXPECT_THAT(trace.steps(3).organisation_names(),
              ElementsAre(district_.producer.name, district_.carrier.name));
  EXPECT_EQ(trace.steps(1).facility(), district_.producer.facility);
  EXPECT_EQ(trace.steps(3).site(), district_.producer.site);
  EXPECT_EQ(trace.steps(4).site(), district_.operating.site);
  EXPECT_EQ(trace.steps(7).facility(), district_.furnace);
}

TEST_F(TrackingTest, ATraceTakesInOnlyItsOwnManifest) {
  const Batch one = district_.Declare(district_.producer, "2023-01-01");
  const Batch other = district_.Declare(district_.producer, "2023-01-01");
  const std::string manifest = district_.Issue({one});
  const std::string other_manifest = district_.Issue({other});
  district_.Take(other_manifest);
  EXPECT_THAT(Events(TraceOf(one)), ElementsAre("stock_declared", "manifest_issued"));
  EXPECT_THAT(Events(TraceOf(other)),
              ElementsAre("stock_declared", "manifest_issued", "load_taken"));
}

TEST_F(TrackingTest, BatchesOfOneManifestShareItsStepsAndKeepTheirOwnMass) {
  const Batch small = district_.Declare(district_.producer, "2023-01-01", 1'000);
  const Batch large = district_.Declare(district_.producer, "2023-01-01", 9'000);
  const std::string manifest = district_.Issue({small, large});
  district_.Take(manifest);
  const v1::TraceResponse trace_of_small = TraceOf(small);
  const v1::TraceResponse trace_of_large = TraceOf(large);
  ASSERT_EQ(trace_of_small.steps_size(), 3);
  ASSERT_EQ(trace_of_large.steps_size(), 3);
  EXPECT_EQ(trace_of_small.steps(1).mass_g(), 1'000);
  EXPECT_EQ(trace_of_large.steps(1).mass_g(), 9'000);
  EXPECT_EQ(trace_of_small.steps(2).index(), trace_of_large.steps(2).index());
}

TEST_F(TrackingTest, MarksOnTheRoadAreShownByBatchManifestAndTrace) {
  const Batch batch = district_.Declare(district_.producer, "2023-01-01");
  const Batch at_home = district_.Declare(district_.producer, "2023-01-01");
  district_.SetTime(UtcMs(2025, 12, 31, 2));
  const std::string manifest = district_.Issue({batch});
  EXPECT_THAT(Manifest(manifest).marks(), IsEmpty());
  district_.SetTime(UtcMs(2026, 1, 1, 2));  // the licences ended with the year
  const rules::Admitted taken = district_.Take(manifest);
  ASSERT_FALSE(taken.marks.empty());

  const v1::ManifestView on_manifest = Manifest(manifest);
  ASSERT_EQ(on_manifest.marks_size(), static_cast<int>(taken.marks.size()));
  EXPECT_EQ(on_manifest.marks(0).rule(), taken.marks[0].rule);
  EXPECT_EQ(on_manifest.marks(0).effect(), v1::EFFECT_MARKS);
  EXPECT_EQ(on_manifest.marks(0).message_zh(), taken.marks[0].message_zh);
  EXPECT_EQ(Get(batch).marks_size(), on_manifest.marks_size());
  EXPECT_THAT(Get(at_home).marks(), IsEmpty());
  const v1::TraceResponse trace = TraceOf(batch);
  ASSERT_EQ(trace.steps_size(), 3);
  EXPECT_EQ(trace.steps(2).marks_size(), on_manifest.marks_size());
  EXPECT_THAT(trace.steps(1).marks(), IsEmpty());
}

TEST_F(TrackingTest, AManifestIsFoundByIdAndByOfficialNumber) {
  const Batch batch = district_.Declare(district_.producer, "2023-01-01");
  const std::string manifest = district_.Issue({batch}, "20243707000001");
  const v1::ManifestView view = Manifest(manifest);
  EXPECT_EQ(view.consignor_name(), district_.producer.name);
  EXPECT_THAT(view.carrier_names(), ElementsAre(district_.carrier.name));
  EXPECT_EQ(view.receiver_name(), district_.operating.name);
  EXPECT_EQ(view.manifest().status(), state::v1::MANIFEST_STATUS_ISSUED);

  v1::GetManifestRequest request;
  v1::GetManifestResponse response;
  request.set_official_number("20243707000001");
  ASSERT_TRUE(Ask(&GetManifest, request, response).ok());
  EXPECT_EQ(response.manifest().manifest().issued().manifest(), manifest);
  EXPECT_EQ(response.known(), district_.size());
}

TEST_F(TrackingTest, TheDifferenceIsWhatWasReceivedLessWhatWasSent) {
  const Batch one = district_.Declare(district_.producer, "2023-01-01", 5'000);
  const Batch two = district_.Declare(district_.producer, "2023-01-01", 7'000);
  const std::string manifest = district_.Issue({one, two});
  district_.Take(manifest);
  district_.Deliver(manifest);
  EXPECT_EQ(Manifest(manifest).difference_mass_g(), 0);
  district_.Confirm(manifest, {one, two}, -300);
  EXPECT_EQ(Manifest(manifest).difference_mass_g(), -600);
}

TEST_F(TrackingTest, WhatIsRefusedIsStillTheConsignorsAndAsOld) {
  const Batch refused = district_.Declare(district_.producer, "2023-01-01", 5'000);
  const Batch partly = district_.Declare(district_.producer, "2023-02-01", 7'000);
  const std::string manifest = district_.Issue({refused, partly});
  district_.Take(manifest);
  district_.Deliver(manifest);
  const std::string rest = district_.Refuse(manifest, {refused, partly});
  EXPECT_EQ(Get(refused).status(), state::v1::BATCH_STATUS_REFUSED);
  EXPECT_EQ(Get(refused).custodian_name(), district_.producer.name);
  EXPECT_EQ(Get(Batch{rest, "", 0}).storage_start_date(), "2023-02-01");
  EXPECT_EQ(Get(Batch{rest, "", 0}).custodian_name(), district_.producer.name);
  EXPECT_EQ(Get(partly).custodian_name(), district_.operating.name);
  const v1::ManifestView view = Manifest(manifest);
  EXPECT_EQ(view.difference_mass_g(), 0) << "turned away unweighed is no loss";
  EXPECT_EQ(view.manifest().differences_size(), 2);
  EXPECT_NE(view.manifest().report_division(), "");
}

class ManifestListTest : public TrackingTest {
 protected:
  std::vector<std::string> List(const std::string& party, state::v1::ManifestStatus status) {
    v1::ListManifestsRequest request;
    request.set_party(party);
    request.set_status(status);
    v1::ListManifestsResponse response;
    const absl::Status answer = Ask(&ListManifests, request, response);
    EXPECT_TRUE(answer.ok()) << answer;
    std::vector<std::string> ids;
    for (const v1::ManifestView& view : response.manifests()) {
      ids.push_back(view.manifest().issued().manifest());
    }
    return ids;
  }

  std::string IssueOne() { return district_.Issue({district_.Declare(district_.producer, "")}); }
};

TEST_F(ManifestListTest, ACarrierThatIsDroppedHasItNoMore) {
  const std::string manifest = IssueOne();
  test::Actor other =
      district_.Register("另一运输公司", "370781", statement::v1::ORGANISATION_ROLE_CARRIER);
  district_.GrantLicence(other, statement::v1::LICENCE_KIND_TRANSPORT);
  const auto none = state::v1::MANIFEST_STATUS_UNSPECIFIED;
  EXPECT_THAT(List(district_.carrier.organisation, none), ElementsAre(manifest));
  district_.Assert({{district_.producer, statement::v1::CAPACITY_CONSIGNOR}},
                   [&](statement::v1::Statement& statement) {
                     auto& changed = *statement.mutable_carriers_changed();
                     changed.set_manifest(manifest);
                     changed.add_carriers()->set_organisation(other.organisation);
                   });
  for (const auto status : {none, state::v1::MANIFEST_STATUS_ISSUED}) {
    EXPECT_THAT(List(district_.carrier.organisation, status), IsEmpty());
    EXPECT_THAT(List(other.organisation, status), ElementsAre(manifest));
  }
}

TEST_F(ManifestListTest, ManifestsAreListedByPartyAndPresentStatusLastIssuedFirst) {
  const std::string first = IssueOne();
  const std::string second = IssueOne();
  const std::string third = IssueOne();
  district_.Take(second);
  using namespace state::v1;  // NOLINT(google-build-using-namespace): the statuses
  EXPECT_THAT(List("", MANIFEST_STATUS_UNSPECIFIED), ElementsAre(third, second, first));
  EXPECT_THAT(List("", MANIFEST_STATUS_ISSUED), ElementsAre(third, first));
  EXPECT_THAT(List("", MANIFEST_STATUS_IN_TRANSIT), ElementsAre(second));
  for (const auto* party : {&district_.producer, &district_.carrier, &district_.operating}) {
    EXPECT_THAT(List(party->organisation, MANIFEST_STATUS_UNSPECIFIED),
                ElementsAre(third, second, first));
    EXPECT_THAT(List(party->organisation, MANIFEST_STATUS_IN_TRANSIT), ElementsAre(second));
  }
  EXPECT_THAT(List(district_.workshop.organisation, MANIFEST_STATUS_UNSPECIFIED), IsEmpty());
  EXPECT_THAT(List("", MANIFEST_STATUS_CONFIRMED), IsEmpty());
}

TEST_F(ManifestListTest, PagesOfManifestsJoinWithoutGap) {
  std::vector<std::string> issued;
  for (int i = 0; i < 5; ++i) issued.insert(issued.begin(), IssueOne());
  v1::ListManifestsRequest request;
  request.set_party(district_.carrier.organisation);
  request.mutable_page()->set_size(2);
  std::vector<std::string> listed;
  int pages = 0;
  do {
    v1::ListManifestsResponse page;
    ASSERT_TRUE(Ask(&ListManifests, request, page).ok());
    for (const v1::ManifestView& view : page.manifests()) {
      listed.push_back(view.manifest().issued().manifest());
    }
    request.mutable_page()->set_token(page.next_token());
    ASSERT_LT(++pages, 10);
  } while (!request.page().token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(listed, issued);
}

TEST_F(ManifestListTest, BadManifestRequestsNameTheField) {
  const auto refusal = [&](const v1::ListManifestsRequest& request) {
    v1::ListManifestsResponse response;
    return Ask(&ListManifests, request, response);
  };
  v1::ListManifestsRequest request;
  request.set_party("nobody");
  EXPECT_THAT(refusal(request).ToString(), HasSubstr("INVALID_ARGUMENT: party:"));
  request.set_party(district_.NewId());
  EXPECT_TRUE(absl::IsNotFound(refusal(request)));
  request.Clear();
  request.set_status(static_cast<state::v1::ManifestStatus>(77));
  EXPECT_THAT(refusal(request).ToString(), HasSubstr("INVALID_ARGUMENT: status:"));
  request.Clear();
  request.mutable_page()->set_token("0");
  EXPECT_THAT(refusal(request).ToString(), HasSubstr("INVALID_ARGUMENT: page.token:"));

  v1::GetManifestRequest get;
  v1::GetManifestResponse response;
  EXPECT_THAT(Ask(&GetManifest, get, response).ToString(), HasSubstr("INVALID_ARGUMENT: by:"));
  get.set_manifest("CM-1");
  EXPECT_THAT(Ask(&GetManifest, get, response).ToString(),
              HasSubstr("INVALID_ARGUMENT: manifest:"));
  get.set_manifest(district_.NewId());
  EXPECT_TRUE(absl::IsNotFound(Ask(&GetManifest, get, response)));
  get.set_official_number("2024");
  EXPECT_THAT(Ask(&GetManifest, get, response).ToString(),
              HasSubstr("INVALID_ARGUMENT: official_number:"));
  get.set_official_number("20243707999999");
  EXPECT_TRUE(absl::IsNotFound(Ask(&GetManifest, get, response)));

  v1::TraceRequest trace;
  v1::TraceResponse traced;
  trace.set_batch("x");
  EXPECT_THAT(Ask(&Trace, trace, traced).ToString(), HasSubstr("INVALID_ARGUMENT: batch:"));
  trace.set_batch(district_.NewId());
  EXPECT_TRUE(absl::IsNotFound(Ask(&Trace, trace, traced)));
}

TEST_F(TrackingTest, ARebuiltViewIsTheSameToTheByte) {
  const Batch batch = district_.Generate(district_.producer, district_.now_ms());
  const Batch declared = district_.Declare(district_.workshop, "");
  const std::string manifest = district_.Issue({batch}, "20243707000001");
  CatchUp();
  district_.Take(manifest);
  district_.Deliver(manifest);
  district_.Confirm(manifest, {batch}, 10);
  CatchUp();

  test::FoldedView rebuilt(TrackingView());
  for (const std::string& entry : district_.entries()) rebuilt.Fold(district_.library(), entry);
  EXPECT_EQ(rebuilt.Rows(), folded_.Rows());
  EXPECT_EQ(rebuilt.known(), district_.size());
}

}  // namespace
}  // namespace cradle::tracking
