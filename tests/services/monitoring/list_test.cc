#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "services/monitoring/view.h"
#include "services/rules/calendar.h"
#include "tests/services/runtime/district.h"
#include "tests/services/runtime/folded_view.h"

namespace cradle::monitoring {
namespace {

using test::Batch;
using test::UtcMs;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

// A log and its monitoring view, asked as of days.
class MonitoringList : public ::testing::Test {
 protected:
  void CatchUp() {
    while (view_.known() < district_.size()) {
      view_.Fold(district_.library(), district_.entries()[view_.known()]);
    }
  }

  absl::Status Ask(const v1::GetListRequest& request, v1::GetListResponse& response) {
    CatchUp();
    const int64_t now_ms =
        rules::StartOfDayMs(absl::CivilDay(2026, 11, 22), rules::kLogZoneOffsetMs);
    return GetList(view_.reader(), {view_.known(), now_ms, district_.library()}, request, response);
  }

  v1::GetListResponse On(const std::string& date, uint64_t known = 0) {
    v1::GetListRequest request;
    request.set_on_date(date);
    request.set_known_size(known);
    v1::GetListResponse response;
    const absl::Status status = Ask(request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }

  // "T1 <name of the enterprise>" for each batch listed.
  static std::vector<std::string> Reasons(
      const google::protobuf::RepeatedPtrField<v1::ListedEnterprise>& list) {
    std::vector<std::string> reasons;
    for (const v1::ListedEnterprise& enterprise : list) {
      for (const v1::ListedBatch& batch : enterprise.batches()) {
        reasons.push_back("T" + std::to_string(static_cast<int>(batch.trigger())) + " " +
                          enterprise.name());
      }
    }
    return reasons;
  }

  std::vector<std::string> ListedOn(const std::string& date, uint64_t known = 0) {
    return Reasons(On(date, known).listed());
  }

  // Half past midnight in Shanghai is the day before in UTC: the site's day counts.
  static int64_t ShanghaiNight(int year, int month, int day) {
    return UtcMs(year, month, day) - 7 * rules::kHourMs - rules::kHourMs / 2;
  }

  // Another operator, so that waste can go to and fro between licensed ones.
  test::Actor RegisterCollector() {
    test::Actor collector =
        district_.Register("潍坊戊收集", "370781", statement::v1::ORGANISATION_ROLE_OPERATOR);
    collector.site = district_.AddSite(collector, "戊收集厂区");
    collector.facility = district_.AddFacility(collector, collector.site, "收集库",
                                               statement::v1::FACILITY_KIND_STORAGE_WAREHOUSE);
    district_.GrantLicence(collector, statement::v1::LICENCE_KIND_COMPREHENSIVE);
    return collector;
  }

  test::District district_;
  test::FoldedView view_{MonitoringView()};
  const std::string own_ = "T1 " + district_.producer.name;
  const std::string collected_ = "T5 " + district_.operating.name;
};

TEST_F(MonitoringList, TheAnniversaryDoesNotListAndTheDayAfterDoes) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  const Batch batch = district_.Generate(district_.producer, district_.now_ms());
  district_.Store(district_.producer, batch, district_.now_ms());
  EXPECT_THAT(ListedOn("2026-03-10"), IsEmpty());
  EXPECT_THAT(Reasons(On("2026-03-10").warned()), ElementsAre(own_));
  EXPECT_THAT(ListedOn("2026-03-11"), ElementsAre(own_));
}

TEST_F(MonitoringList, StoredOnALeapDayIsOverOnTheFirstOfMarch) {
  district_.SetTime(ShanghaiNight(2024, 2, 29));
  district_.Generate(district_.producer, district_.now_ms());
  EXPECT_THAT(ListedOn("2025-02-28"), IsEmpty());
  EXPECT_THAT(ListedOn("2025-03-01"), ElementsAre(own_));
}

TEST_F(MonitoringList, ABatchNeverLoggedAsStoredAgesAllTheSame) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  district_.Generate(district_.producer, district_.now_ms());
  EXPECT_THAT(ListedOn("2026-03-11"), ElementsAre(own_));
}

TEST_F(MonitoringList, TheEarliestOfOpenedGeneratedAndStoredCounts) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  const int64_t opened_ms = district_.now_ms() - 5 * rules::kDayMs;
  const Batch batch =
      district_.Generate(district_.producer, district_.now_ms(), 250'000, "900-214-08", opened_ms);
  const v1::GetListResponse list = On("2026-03-06");
  ASSERT_THAT(Reasons(list.listed()), ElementsAre(own_));
  EXPECT_EQ(list.listed(0).batches(0).start_date(), "2025-03-05");
  EXPECT_EQ(list.listed(0).batches(0).last_day_date(), "2026-03-05");
  EXPECT_EQ(list.listed(0).batches(0).batch(), batch.id);
}

TEST_F(MonitoringList, DeliveredAndNotConfirmedCountsForBoth) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  const Batch batch = district_.Generate(district_.producer, district_.now_ms());
  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  district_.SetTime(UtcMs(2025, 3, 12, 4));
  district_.Deliver(manifest);
  EXPECT_THAT(ListedOn("2026-03-13"), ElementsAre(own_, collected_));

  district_.SetTime(UtcMs(2025, 3, 14, 4));
  district_.Confirm(manifest, {batch});
  EXPECT_THAT(ListedOn("2026-03-13"), ElementsAre(collected_));
  EXPECT_THAT(Reasons(On("2026-03-12").warned()), ElementsAre(collected_));
}

TEST_F(MonitoringList, WhatIsRefusedAgesOnWithItsConsignorAndNeverWithTheReceiver) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  const Batch refused = district_.Generate(district_.producer, district_.now_ms(), 250'000);
  const Batch partly = district_.Generate(district_.producer, district_.now_ms(), 250'000);
  const std::string manifest = district_.Issue({refused, partly});
  district_.Take(manifest);
  district_.SetTime(UtcMs(2025, 3, 12, 4));
  district_.Deliver(manifest);
  const std::string rest = district_.Refuse(manifest, {refused, partly});
  const v1::GetListResponse list = On("2026-03-11");
  ASSERT_THAT(Reasons(list.listed()), ElementsAre(own_, own_));
  EXPECT_EQ(list.listed(0).total_mass_g(), 250'001)
      << "the refused batch and the rest of the other";
  const v1::GetListResponse later = On("2026-03-13");
  ASSERT_THAT(Reasons(later.listed()), ElementsAre(own_, own_, collected_));
  EXPECT_EQ(later.listed(1).total_mass_g(), 249'999) << "what was accepted";
}

TEST_F(MonitoringList, NeitherConsignmentNorTransitEndsTheProducersClock) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  const Batch batch = district_.Generate(district_.producer, district_.now_ms());
  const std::string manifest = district_.Issue({batch});
  EXPECT_THAT(ListedOn("2026-03-11"), ElementsAre(own_));
  district_.Take(manifest);
  EXPECT_THAT(ListedOn("2026-03-11"), ElementsAre(own_));
}

TEST_F(MonitoringList, TreatmentEndsTheReceiversClockOnItsDay) {
  district_.SetTime(UtcMs(2024, 3, 10, 4));
  Batch batch = district_.Generate(district_.producer, district_.now_ms());
  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  district_.Deliver(manifest);
  district_.Confirm(manifest, {batch}, 1'000);
  batch.mass_g += 1'000;
  district_.SetTime(UtcMs(2025, 5, 1, 4));
  district_.Treat(batch);
  EXPECT_THAT(ListedOn("2025-04-30"), ElementsAre(collected_));
  EXPECT_EQ(On("2025-04-30").listed(0).total_mass_g(), 251'000) << "the weight at receipt counts";
  EXPECT_THAT(ListedOn("2025-05-01"), IsEmpty());
}

TEST_F(MonitoringList, CollectedWasteThatComesBackResumesTheClockItHadThere) {
  test::Actor collector = RegisterCollector();
  district_.SetTime(UtcMs(2025, 1, 10, 4));
  const Batch batch = district_.Generate(district_.producer, district_.now_ms());
  district_.Send(district_.producer, district_.operating, batch);
  district_.SetTime(UtcMs(2025, 4, 1, 4));
  district_.Send(district_.operating, collector, batch);
  const uint64_t away = district_.size();
  district_.SetTime(UtcMs(2025, 6, 1, 4));
  const std::string manifest = district_.IssueBetween(collector, district_.operating, {batch});
  district_.Take(manifest);
  EXPECT_THAT(ListedOn("2026-06-02"), ElementsAre("T5 " + collector.name));
  const uint64_t arrives = district_.size();
  district_.Deliver(manifest);
  EXPECT_THAT(ListedOn("2026-06-02"), ElementsAre(collected_, "T5 " + collector.name))
      << "from its arrival, confirmed or not";

  const uint64_t confirms = district_.size();
  district_.Confirm(manifest, {batch}, 1'000);
  const v1::GetListResponse list = On("2026-01-11");
  ASSERT_THAT(Reasons(list.listed()), ElementsAre(collected_));
  const v1::ListedBatch& listed = list.listed(0).batches(0);
  EXPECT_EQ(listed.start_date(), "2025-01-10") << "handing over does not launder age";
  EXPECT_EQ(listed.mass_g(), 251'000);
  EXPECT_THAT(listed.entries(), Contains(arrives));
  EXPECT_THAT(listed.entries(), Contains(confirms));
  EXPECT_THAT(Reasons(On("2026-01-10").warned()), ElementsAre(collected_));
  EXPECT_THAT(ListedOn("2026-01-11", away), IsEmpty()) << "by what was known while it was away";
  EXPECT_THAT(Reasons(On("2025-05-01", district_.size()).warned()), IsEmpty());
}

TEST_F(MonitoringList, StockDeclaredAsReceivedThatComesBackStaysCollected) {
  test::Actor collector = RegisterCollector();
  district_.SetTime(UtcMs(2025, 1, 10, 4));
  Batch batch = district_.Declare(district_.operating, "2024-12-01", 250'000, "900-214-08",
                                  statement::v1::STOCK_ORIGIN_RECEIVED);
  district_.Send(district_.operating, collector, batch);
  EXPECT_THAT(Reasons(On("2026-01-11").to_verify()), ElementsAre("T5 " + collector.name));
  district_.SetTime(UtcMs(2025, 6, 1, 4));
  district_.Send(collector, district_.operating, batch);
  const v1::GetListResponse list = On("2025-12-02");
  ASSERT_THAT(Reasons(list.to_verify()), ElementsAre(collected_));
  EXPECT_EQ(list.to_verify(0).batches(0).start_date(), "2024-12-01");
  district_.Treat(batch);
  EXPECT_THAT(Reasons(On("2025-12-02").to_verify()), IsEmpty()) << "and its end ends that clock";
}

TEST_F(MonitoringList, OwnWasteThatComesBackResumesItsOwnClock) {
  test::Actor collector = RegisterCollector();
  const std::string own = "T1 " + district_.operating.name;
  district_.SetTime(UtcMs(2025, 1, 10, 4));
  const Batch ash = district_.Generate(district_.operating, district_.now_ms());
  district_.Send(district_.operating, collector, ash);
  EXPECT_THAT(ListedOn("2026-01-11"), ElementsAre("T5 " + collector.name));
  district_.SetTime(UtcMs(2025, 6, 1, 4));
  district_.Send(collector, district_.operating, ash);
  EXPECT_THAT(ListedOn("2026-01-11"), ElementsAre(own));
}

TEST_F(MonitoringList, AnEarlierPrefixGivesTheListAsItWasKnown) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  const Batch batch = district_.Generate(district_.producer, district_.now_ms());
  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  const uint64_t before = district_.size();
  district_.Deliver(manifest);
  district_.Confirm(manifest, {batch});
  district_.Treat(batch);
  EXPECT_THAT(ListedOn("2026-04-01"), IsEmpty());
  EXPECT_THAT(ListedOn("2026-04-01", before), ElementsAre(own_));
  EXPECT_THAT(ListedOn("2026-04-01", before + 1), UnorderedElementsAre(own_, collected_));
  EXPECT_EQ(On("2026-04-01", before).known(), before);
}

TEST_F(MonitoringList, ADateAloneMeansWhatWasRecordedByItsEnd) {
  const uint64_t founded = district_.size();
  district_.SetTime(UtcMs(2025, 3, 10, 15, 59));  // 23:59 in Shanghai
  district_.Declare(district_.producer, "2023-01-01");
  EXPECT_EQ(On("2025-03-09").known(), founded);
  EXPECT_THAT(Reasons(On("2025-03-09").to_verify()), IsEmpty());
  EXPECT_EQ(On("2025-03-10").known(), founded + 1);
  EXPECT_THAT(Reasons(On("2025-03-10").to_verify()), ElementsAre(own_));
}

TEST_F(MonitoringList, WhatRestsOnTheOwnersWordAloneIsListedApart) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  district_.Declare(district_.producer, "2023-01-01");
  const v1::GetListResponse list = On("2025-03-10");
  EXPECT_THAT(Reasons(list.listed()), IsEmpty());
  EXPECT_THAT(Reasons(list.to_verify()), ElementsAre(own_));
}

TEST_F(MonitoringList, NamesTheEntriesThatProveIt) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  const uint64_t first = district_.size();
  const Batch batch = district_.Generate(district_.producer, district_.now_ms());
  district_.Store(district_.producer, batch, district_.now_ms());
  const v1::GetListResponse list = On("2026-06-01");
  ASSERT_EQ(list.listed_size(), 1);
  EXPECT_THAT(list.listed(0).batches(0).entries(), ElementsAre(first, first + 1));
}

TEST_F(MonitoringList, FiltersByDivisionAndBelow) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  district_.Declare(district_.producer, "2023-01-01");
  district_.Declare(district_.workshop, "2023-02-01");
  const auto listed_in = [&](const std::string& division) {
    v1::GetListRequest request;
    request.set_on_date("2025-03-10");
    request.set_division(division);
    v1::GetListResponse response;
    EXPECT_TRUE(Ask(request, response).ok());
    return Reasons(response.to_verify());
  };
  EXPECT_THAT(listed_in("370000"), ElementsAre(own_, "T1 " + district_.workshop.name));
  EXPECT_THAT(listed_in("370700"), ElementsAre(own_));
  EXPECT_THAT(listed_in("370285"), ElementsAre("T1 " + district_.workshop.name));
}

TEST_F(MonitoringList, RefusesWhatItCannotRead) {
  v1::GetListResponse response;
  v1::GetListRequest date;
  date.set_on_date("2025-02-30");
  EXPECT_EQ(Ask(date, response).code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(Ask(date, response).message()), HasSubstr("on_date"));
  v1::GetListRequest division;
  division.set_division("37");
  EXPECT_THAT(std::string(Ask(division, response).message()), HasSubstr("division"));
  v1::GetListRequest known;
  known.set_known_size(district_.size() + 1);
  EXPECT_EQ(Ask(known, response).code(), absl::StatusCode::kOutOfRange);
}

TEST_F(MonitoringList, ARebuiltViewHasTheSameKeysAndValues) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  const Batch batch = district_.Generate(district_.producer, district_.now_ms());
  const std::string manifest = district_.Issue({batch});
  district_.Take(manifest);
  district_.Deliver(manifest);
  district_.Confirm(manifest, {batch});
  CatchUp();
  test::FoldedView again(MonitoringView());
  for (const std::string& entry : district_.entries()) again.Fold(district_.library(), entry);
  EXPECT_EQ(again.Rows(), view_.Rows());
}

TEST_F(MonitoringList, FoundWasteCountsAsOverAYearFromTheDayItIsKept) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  const std::string batch = district_.NewId();
  district_.Assert({{district_.regulator, statement::v1::CAPACITY_REGULATOR},
                    {district_.operating, statement::v1::CAPACITY_ORGANISATION}},
                   [&](statement::v1::Statement& statement) {
                     statement::v1::WasteFound& found = *statement.mutable_waste_found();
                     found.set_batch(batch);
                     found.set_division("370781");
                     found.set_waste_code("900-214-08");
                     found.set_identification(statement::v1::IDENTIFICATION_IDENTIFIED);
                     found.set_found_mass_g(400'000);
                     found.mutable_mass_basis()->set_method(statement::v1::MASS_METHOD_WEIGHED);
                     found.set_form(statement::v1::PHYSICAL_FORM_LIQUID);
                     found.set_found_time_ms(district_.now_ms());
                     found.set_custodian(district_.operating.organisation);
                     found.set_site(district_.operating.site);
                   });
  EXPECT_THAT(ListedOn("2025-03-09"), IsEmpty());
  EXPECT_THAT(ListedOn("2025-03-10"), ElementsAre(collected_));
}

TEST_F(MonitoringList, WhatIsLostAgesUntilARegulatorClosesIt) {
  district_.SetTime(UtcMs(2025, 3, 10, 4));
  const Batch batch = district_.Generate(district_.producer, district_.now_ms());
  district_.SetTime(UtcMs(2025, 9, 1, 4));
  const std::string lost = district_.NewId();
  district_.Assert({{district_.producer, statement::v1::CAPACITY_ORGANISATION}},
                   [&](statement::v1::Statement& statement) {
                     statement::v1::IncidentReported& event =
                         *statement.mutable_incident_reported();
                     event.set_incident(district_.NewId());
                     event.set_kind(statement::v1::INCIDENT_KIND_LOSS);
                     event.set_batch(batch.id);
                     event.set_lost_mass_g(50'000);
                     event.mutable_mass_basis()->set_method(statement::v1::MASS_METHOD_ESTIMATED);
                     event.set_lost_batch(lost);
                     event.set_happened_time_ms(district_.now_ms());
                     event.add_notified(district_.regulator.organisation);
                   });
  EXPECT_THAT(ListedOn("2026-03-10"), IsEmpty());
  EXPECT_THAT(ListedOn("2026-03-11"), ElementsAre(own_, own_)) << "what is left, and what is lost";
  EXPECT_EQ(On("2026-03-11").listed(0).total_mass_g(), 250'000);
  district_.SetTime(UtcMs(2026, 4, 1, 4));
  district_.Assert({{district_.regulator, statement::v1::CAPACITY_REGULATOR}},
                   [&](statement::v1::Statement& statement) {
                     statement::v1::LossClosed& event = *statement.mutable_loss_closed();
                     event.set_batch(lost);
                     event.set_finding(statement::v1::LOSS_FINDING_WRITTEN_OFF);
                     event.set_decision_number("潍环罚〔2026〕7号");
                     event.set_evidence_sha256(std::string(32, 'v'));
                   });
  EXPECT_THAT(ListedOn("2026-04-02"), ElementsAre(own_));
  EXPECT_EQ(On("2026-04-02").listed(0).total_mass_g(), 200'000);
}

}  // namespace
}  // namespace cradle::monitoring
