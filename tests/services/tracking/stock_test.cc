// Ages and stock: what is held, by whom, since when.
#include "tests/services/tracking/tracking_test.h"

namespace cradle::tracking {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

TEST_F(TrackingTest, ABatchAgesFromTheEarliestTimeEverAsserted) {
  district_.SetTime(UtcMs(2024, 3, 10, 6));
  const Batch batch = district_.Generate(district_.producer, UtcMs(2024, 3, 9, 6), 250'000,
                                         "900-214-08", UtcMs(2024, 3, 1, 6));
  EXPECT_EQ(Get(batch).storage_start_date(), "2024-03-01") << "opened before it was generated";
  EXPECT_EQ(Get(batch, "2025-03-01").age_days(), 365);

  district_.SetTime(UtcMs(2024, 3, 11, 6));
  district_.Store(district_.producer, batch, UtcMs(2024, 2, 20, 6));
  EXPECT_EQ(Get(batch).storage_start_date(), "2024-02-20") << "stored earlier than all";
}

TEST_F(TrackingTest, ALaterTimeDoesNotMakeABatchYounger) {
  district_.SetTime(UtcMs(2024, 3, 10, 6));
  const Batch batch = district_.Generate(district_.producer, UtcMs(2024, 3, 9, 6));
  district_.SetTime(UtcMs(2024, 6, 1, 6));
  district_.Store(district_.producer, batch, UtcMs(2024, 6, 1, 5));
  EXPECT_EQ(Get(batch).storage_start_date(), "2024-03-09");
}

TEST_F(TrackingTest, ABatchIsNoYoungerThanItsFirstStatement) {
  district_.SetTime(UtcMs(2024, 3, 10, 6));
  const Batch batch = district_.Generate(district_.producer, UtcMs(2030, 1, 1));
  EXPECT_EQ(Get(batch).storage_start_date(), "2024-03-10");
}

TEST_F(TrackingTest, ABatchShowsTheMarksOfItsOwnStatements) {
  district_.SetTime(UtcMs(2024, 3, 10, 6));
  const Batch batch = district_.Generate(district_.producer, UtcMs(2030, 1, 1));
  const v1::BatchView view = Get(batch);
  ASSERT_EQ(view.marks_size(), 1) << "generated after it was recorded";
  EXPECT_EQ(view.marks(0).rule(), "TIME-FACT");
  EXPECT_EQ(view.marks(0).field(), "batch_generated.generated_time_ms");
}

TEST_F(TrackingTest, TheStartIsADayAtTheSite) {
  district_.SetTime(UtcMs(2024, 3, 10, 20));
  const Batch batch = district_.Generate(district_.producer, UtcMs(2024, 3, 10, 16, 30));
  EXPECT_EQ(Get(batch).storage_start_date(), "2024-03-11") << "half past midnight in Shanghai";
}

TEST_F(TrackingTest, MedicalWasteSaysByWhenItMustLeaveUntilItHas) {
  district_.SetTime(UtcMs(2024, 3, 10, 6));
  const Batch bag =
      district_.Generate(district_.producer, UtcMs(2024, 3, 10, 6), 5'000, "841-001-01");
  now_ms_ = UtcMs(2024, 3, 12, 15, 59);
  EXPECT_EQ(Get(bag).due_time_ms(), UtcMs(2024, 3, 12, 16) - 1) << "midnight in Shanghai";
  EXPECT_FALSE(Get(bag).overdue());
  EXPECT_TRUE(Get(bag, "2024-03-13").overdue());
  now_ms_ = UtcMs(2024, 3, 12, 16);
  v1::ListStockRequest of_producer;
  of_producer.set_organisation(district_.producer.organisation);
  ASSERT_EQ(Stock(of_producer).batches_size(), 1);
  EXPECT_TRUE(Stock(of_producer).batches(0).overdue());

  const Batch received = district_.Declare(district_.operating, "2024-03-10", 5'000, "841-001-01",
                                           statement::v1::STOCK_ORIGIN_RECEIVED);
  EXPECT_EQ(Get(received).due_time_ms(), UtcMs(2024, 3, 10, 16)) << "a day since it can have come";
  EXPECT_TRUE(Get(received).overdue());

  const Batch oil = district_.Generate(district_.producer, UtcMs(2024, 3, 10, 6));
  EXPECT_FALSE(Get(oil).has_due_time_ms());
}

TEST_F(TrackingTest, TodayIsTheClocksDayAtTheSite) {
  const Batch batch = district_.Declare(district_.producer, "2023-12-01");
  now_ms_ = UtcMs(2023, 12, 31, 15, 59);
  EXPECT_EQ(Get(batch).age_days(), 30);
  now_ms_ = UtcMs(2023, 12, 31, 16, 0);
  EXPECT_EQ(Get(batch).age_days(), 31);
}

TEST_F(TrackingTest, ASiteInAnotherZoneHasItsOwnDays) {
  test::Actor western = district_.producer;
  western.site = district_.AddSite(western, "乌鲁木齐厂区", "Asia/Urumqi");
  district_.SetTime(UtcMs(2024, 3, 10, 20));
  // 00:30 of the 11th in Shanghai is 22:30 of the 10th in Urumqi.
  const Batch batch = district_.Generate(western, UtcMs(2024, 3, 10, 16, 30));
  now_ms_ = UtcMs(2024, 3, 12, 17);
  const v1::BatchView view = Get(batch);
  EXPECT_EQ(view.storage_start_date(), "2024-03-10");
  EXPECT_EQ(view.age_days(), 2) << "it is the 12th there, the 13th in Shanghai";
}

TEST_F(TrackingTest, AnUnknownStartHasNoAgeAndStaysUnknown) {
  const Batch batch = district_.Declare(district_.producer, "");
  const v1::BatchView view = Get(batch);
  EXPECT_EQ(view.storage_start_date(), "");
  EXPECT_EQ(view.age_days(), -1);

  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  district_.Deliver(manifest);
  district_.Confirm(manifest, {batch});
  district_.Store(district_.operating, batch, district_.now_ms());
  EXPECT_EQ(Get(batch).age_days(), -1);
}

TEST_F(TrackingTest, ADateBeforeTheStartGivesAgeZero) {
  const Batch batch = district_.Declare(district_.producer, "2023-12-01");
  EXPECT_EQ(Get(batch, "2023-11-01").age_days(), 0);
}

TEST_F(TrackingTest, HandingOverDoesNotMakeWasteYoung) {
  const Batch batch = district_.Declare(district_.producer, "2023-02-01");
  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  district_.Deliver(manifest);
  district_.Confirm(manifest, {batch}, 500);
  const v1::BatchView view = Get(batch, "2024-02-02");
  EXPECT_EQ(view.batch().custodian(), district_.operating.organisation);
  EXPECT_EQ(view.custodian_name(), district_.operating.name);
  EXPECT_EQ(view.generator_name(), district_.producer.name);
  EXPECT_EQ(view.batch().mass_g(), batch.mass_g + 500);
  EXPECT_EQ(view.age_days(), 366);
}

TEST_F(TrackingTest, StockIsOldestFirstWithUnknownBeforeAll) {
  const Batch young = district_.Declare(district_.producer, "2023-12-01");
  const Batch unknown = district_.Declare(district_.workshop, "");
  const Batch old = district_.Declare(district_.workshop, "2022-07-15");
  const v1::ListStockResponse stock = Stock({});
  EXPECT_THAT(Ids(stock), ElementsAre(unknown.id, old.id, young.id));
  EXPECT_EQ(stock.total_batches(), 3U);
  EXPECT_EQ(stock.total_mass_g(), 750'000);
  EXPECT_EQ(stock.known(), district_.size());
  EXPECT_EQ(stock.on_date(), "2025-03-01");
  EXPECT_EQ(stock.next_token(), "");
}

TEST_F(TrackingTest, StockOnAManifestIsItsConsignorsUntilTheReceiptIsConfirmed) {
  const Batch batch = district_.Declare(district_.producer, "2023-12-01");
  v1::ListStockRequest of_producer;
  of_producer.set_organisation(district_.producer.organisation);
  v1::ListStockRequest of_operator;
  of_operator.set_organisation(district_.operating.organisation);
  const auto status_at_producer = [&] {
    const v1::ListStockResponse stock = Stock(of_producer);
    EXPECT_EQ(stock.batches_size(), 1);
    EXPECT_THAT(Ids(Stock(of_operator)), IsEmpty());
    return stock.batches_size() == 1 ? stock.batches(0).status()
                                     : state::v1::BATCH_STATUS_UNSPECIFIED;
  };

  EXPECT_EQ(status_at_producer(), state::v1::BATCH_STATUS_STORED);
  const std::string manifest = district_.Issue({batch});
  EXPECT_EQ(status_at_producer(), state::v1::BATCH_STATUS_CONSIGNED);
  district_.Take(manifest);
  EXPECT_EQ(status_at_producer(), state::v1::BATCH_STATUS_IN_TRANSIT);
  district_.Deliver(manifest);
  status_at_producer();

  district_.Confirm(manifest, {batch}, -1'000);
  EXPECT_THAT(Ids(Stock(of_producer)), IsEmpty());
  const v1::ListStockResponse received = Stock(of_operator);
  ASSERT_THAT(Ids(received), ElementsAre(batch.id));
  EXPECT_EQ(received.batches(0).status(), state::v1::BATCH_STATUS_RECEIVED);
  EXPECT_EQ(received.total_mass_g(), 249'000);
}

TEST_F(TrackingTest, WhatIsTreatedIsNoStockAndLeavesNoRow) {
  const Batch batch = district_.Declare(district_.producer, "2023-12-01");
  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  district_.Deliver(manifest);
  district_.Confirm(manifest, {batch});
  district_.Store(district_.operating, batch, district_.now_ms());
  CatchUp();
  EXPECT_EQ(folded_.Count("v/stock/"), 4U);
  district_.Treat(batch);
  EXPECT_THAT(Ids(Stock({})), IsEmpty());
  EXPECT_EQ(folded_.Count("v/stock/"), 0U);
  EXPECT_EQ(Get(batch).status(), state::v1::BATCH_STATUS_TREATED);
}

TEST_F(TrackingTest, WhatIsLostOnTheRoadStaysInTheConsignorsStockAndIsAsOld) {
  const Batch batch = district_.Declare(district_.producer, "2023-12-01");
  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  const Batch lost{district_.NewId(), batch.waste_code, 100'000};
  district_.Assert({{district_.carrier, statement::v1::CAPACITY_ORGANISATION}},
                   [&](statement::v1::Statement& statement) {
                     statement::v1::IncidentReported& event =
                         *statement.mutable_incident_reported();
                     event.set_incident(district_.NewId());
                     event.set_kind(statement::v1::INCIDENT_KIND_LOSS);
                     event.set_manifest(manifest);
                     event.set_batch(batch.id);
                     event.set_lost_mass_g(lost.mass_g);
                     event.mutable_mass_basis()->set_method(statement::v1::MASS_METHOD_ESTIMATED);
                     event.set_lost_batch(lost.id);
                     event.set_happened_time_ms(district_.now_ms());
                     event.add_notified(district_.regulator.organisation);
                   });
  v1::ListStockRequest request;
  request.set_organisation(district_.producer.organisation);
  EXPECT_EQ(Stock(request).total_mass_g(), 250'000) << "LOST is no exit";
  EXPECT_EQ(Get(lost).status(), state::v1::BATCH_STATUS_LOST);
  EXPECT_EQ(Get(lost).storage_start_date(), "2023-12-01");
  EXPECT_EQ(Get(batch).batch().mass_g(), 150'000);
  district_.Deliver(manifest);
  district_.Confirm(manifest, {batch}, -100'000);
  EXPECT_THAT(Ids(Stock(request)), ElementsAre(lost.id));
}

TEST_F(TrackingTest, StockIsFilteredByFacilityCodeCategoryAndAge) {
  const Batch oil = district_.Declare(district_.producer, "2024-01-01", 1'000);
  const Batch rags = district_.Declare(district_.producer, "2023-06-01", 2'000, "900-041-49");
  const Batch other_oil = district_.Declare(district_.workshop, "2023-03-01", 4'000, "900-249-08");

  v1::ListStockRequest request;
  request.set_facility(district_.producer.facility);
  EXPECT_THAT(Ids(Stock(request)), ElementsAre(rags.id, oil.id));
  request.set_organisation(district_.workshop.organisation);
  EXPECT_THAT(Ids(Stock(request)), IsEmpty()) << "the facility is another's";

  request.Clear();
  request.set_waste_code("HW08");
  EXPECT_THAT(Ids(Stock(request)), ElementsAre(other_oil.id, oil.id));
  EXPECT_EQ(Stock(request).total_mass_g(), 5'000);
  request.set_waste_code("900-249-08");
  EXPECT_THAT(Ids(Stock(request)), ElementsAre(other_oil.id));
  request.set_organisation(district_.producer.organisation);
  EXPECT_THAT(Ids(Stock(request)), IsEmpty());

  request.Clear();
  request.set_on_date("2024-06-01");
  request.set_min_age_days(366);
  EXPECT_THAT(Ids(Stock(request)), ElementsAre(other_oil.id, rags.id)) << "that day counts";
  request.set_min_age_days(367);
  EXPECT_THAT(Ids(Stock(request)), ElementsAre(other_oil.id));
  EXPECT_EQ(Stock(request).total_batches(), 1U);
}

TEST_F(TrackingTest, AnUnknownAgeIsOverEveryLeastAge) {
  const Batch unknown = district_.Declare(district_.producer, "");
  district_.Declare(district_.producer, "2023-12-01");
  v1::ListStockRequest request;
  request.set_min_age_days(4'000'000);
  EXPECT_THAT(Ids(Stock(request)), ElementsAre(unknown.id));
}

TEST_F(TrackingTest, PagesOfStockJoinWithoutGapAndKeepTheTotals) {
  std::vector<std::string> declared;
  for (const char* day : {"2023-01-01", "2023-02-01", "2023-02-02", "2023-03-01", "2023-12-31"}) {
    declared.push_back(district_.Declare(district_.producer, day, 1'000).id);
  }
  v1::ListStockRequest request;
  request.mutable_page()->set_size(2);
  std::vector<std::string> listed;
  int pages = 0;
  do {
    const v1::ListStockResponse page = Stock(request);
    EXPECT_EQ(page.total_batches(), 5U);
    EXPECT_EQ(page.total_mass_g(), 5'000);
    for (const std::string& id : Ids(page)) listed.push_back(id);
    request.mutable_page()->set_token(page.next_token());
    ASSERT_LT(++pages, 10);
  } while (!request.page().token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(listed, declared);
}

TEST_F(TrackingTest, APageThatHoldsAllHasNoNext) {
  district_.Declare(district_.producer, "2023-01-01");
  district_.Declare(district_.producer, "2023-01-02");
  v1::ListStockRequest request;
  request.mutable_page()->set_size(2);
  EXPECT_EQ(Stock(request).next_token(), "");
}

TEST_F(TrackingTest, BadStockRequestsNameTheField) {
  district_.Declare(district_.producer, "2023-01-01");
  district_.Declare(district_.workshop, "2023-01-01");
  const auto expect_invalid = [&](const v1::ListStockRequest& request, const char* field) {
    const absl::Status status = StockRefusal(request);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(Message(status), ::testing::StartsWith(field));
  };
  v1::ListStockRequest request;
  request.set_organisation("nobody");
  expect_invalid(request, "organisation:");
  request.Clear();
  request.set_facility(std::string(26, '!'));
  expect_invalid(request, "facility:");
  for (const char* waste : {"oil", "HW8", "HWxx", "900-214-8", "hw08"}) {
    request.Clear();
    request.set_waste_code(waste);
    expect_invalid(request, "waste_code:");
  }
  for (const char* date : {"2025-02-29", "yesterday", "2025-2-1", "0000-01-01"}) {
    request.Clear();
    request.set_on_date(date);
    expect_invalid(request, "on_date:");
  }
  for (const int64_t age_days : {int64_t{-1}, INT64_MAX}) {
    request.Clear();
    request.set_min_age_days(age_days);
    expect_invalid(request, "min_age_days:");
  }
  request.Clear();
  request.mutable_page()->set_size(1'001);
  expect_invalid(request, "page.size:");
  for (const char* token : {"zz", "00", "762f73746f636b2f616c6c2f"}) {
    request.Clear();
    request.mutable_page()->set_token(token);
    expect_invalid(request, "page.token:");
  }
  request.Clear();
  request.mutable_page()->set_size(1);
  const std::string token_of_all = Stock(request).next_token();
  ASSERT_NE(token_of_all, "");
  request.set_organisation(district_.producer.organisation);
  request.mutable_page()->set_token(token_of_all);
  expect_invalid(request, "page.token:");
}

TEST_F(TrackingTest, WhatIsNotRegisteredIsNotFoundByName) {
  const std::string id = district_.NewId();
  v1::ListStockRequest request;
  request.set_organisation(id);
  EXPECT_TRUE(absl::IsNotFound(StockRefusal(request)));
  EXPECT_THAT(Message(StockRefusal(request)), HasSubstr(id));
  request.Clear();
  request.set_facility(id);
  EXPECT_TRUE(absl::IsNotFound(StockRefusal(request)));
  EXPECT_THAT(Message(StockRefusal(request)), HasSubstr(id));

  v1::GetBatchRequest batch;
  v1::GetBatchResponse response;
  batch.set_batch(id);
  const absl::Status status = Ask(&GetBatch, batch, response);
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(Message(status), HasSubstr(id));
  batch.set_batch("HWCS20250101001");
  EXPECT_THAT(Message(Ask(&GetBatch, batch, response)), HasSubstr("batch:"));
}

TEST_F(TrackingTest, AnEmptyLogHasNoStock) {
  test::FoldedView empty(TrackingView());
  v1::ListStockResponse response;
  const absl::Status status =
      ListStock(empty.reader(), {0, now_ms_, district_.library()}, {}, response);
  EXPECT_TRUE(status.ok()) << status;
  EXPECT_EQ(response.known(), 0U);
  EXPECT_EQ(response.total_batches(), 0U);
}

}  // namespace
}  // namespace cradle::tracking
