#include "services/rules/time_of_act.h"

#include <gtest/gtest.h>

#include "services/rules/calendar.h"

namespace cradle::rules {
namespace {

constexpr int64_t kRecorded = 1'000'000'000'000;
constexpr int64_t kWindow = 72 * kHourMs;

struct Row {
  const char* what;
  int64_t claimed;
  std::optional<int64_t> predecessor;
  std::optional<int64_t> seen;
  int64_t expected;
  ClaimFault fault;
};

TEST(TimeOfActTest, TheClaimCountsUnlessSomethingSpeaksAgainstIt) {
  const int64_t claimed = kRecorded - kHourMs;
  const Row rows[] = {
      {"nothing known", claimed, {}, {}, claimed, ClaimFault::kNone},
      {"the moment it is recorded", kRecorded, {}, {}, kRecorded, ClaimFault::kNone},
      {"in the future", kRecorded + 1, {}, {}, kRecorded, ClaimFault::kAfterRecorded},
      {"far in the future", INT64_MAX, {}, {}, kRecorded, ClaimFault::kAfterRecorded},
      {"with its predecessor", claimed, claimed, {}, claimed, ClaimFault::kNone},
      {"before its predecessor",
       claimed,
       claimed + 1,
       {},
       kRecorded,
       ClaimFault::kBeforePredecessor},
      {"with the checkpoint seen", claimed, {}, claimed, claimed, ClaimFault::kNone},
      {"before the checkpoint seen", claimed, {}, claimed + 1, kRecorded, ClaimFault::kBeforeSeen},
      {"at the edge of the window",
       kRecorded - kWindow,
       {},
       {},
       kRecorded - kWindow,
       ClaimFault::kNone},
      {"outside the window",
       kRecorded - kWindow - 1,
       {},
       {},
       kRecorded,
       ClaimFault::kOutsideWindow},
      {"the smallest of times", INT64_MIN, {}, {}, kRecorded, ClaimFault::kOutsideWindow},
      {"several faults: the first is said", claimed, claimed + 1, claimed + 1, kRecorded,
       ClaimFault::kBeforePredecessor},
  };
  for (const Row& row : rows) {
    const ActTime act = TimeOfAct({row.claimed, kRecorded, row.predecessor, row.seen, kWindow});
    EXPECT_EQ(act.time_ms, row.expected) << row.what;
    EXPECT_EQ(act.fault, row.fault) << row.what;
  }
}

class StorageStartTest : public testing::Test {
 protected:
  StorageClaim Start() const {
    const auto claim = StorageStart(statement_, kRecorded, kLogZoneOffsetMs);
    EXPECT_TRUE(claim.has_value());
    return claim.value_or(StorageClaim());
  }
  statement::v1::Statement statement_;
};

TEST_F(StorageStartTest, IsTheEarliestTimeAsserted) {
  statement_.set_claimed_time_ms(kRecorded - 10);
  auto& generated = *statement_.mutable_batch_generated();
  generated.set_generated_time_ms(kRecorded - 20);
  EXPECT_EQ(Start().time_ms, kRecorded - 20);
  generated.set_opened_time_ms(kRecorded - 1000);
  EXPECT_EQ(Start().time_ms, kRecorded - 1000);
  statement_.set_claimed_time_ms(kRecorded - 5000);
  EXPECT_EQ(Start().time_ms, kRecorded - 5000);
  auto& stored = *statement_.mutable_batch_stored();
  stored.set_stored_time_ms(kRecorded - 6000);
  EXPECT_EQ(Start().time_ms, kRecorded - 6000);
}

TEST_F(StorageStartTest, IsNeverLaterThanTheRecord) {
  statement_.set_claimed_time_ms(kRecorded + 10);
  statement_.mutable_batch_generated()->set_generated_time_ms(kRecorded + 20);
  EXPECT_EQ(Start().time_ms, kRecorded);
}

TEST_F(StorageStartTest, OfDeclaredStockIsTheBeginningOfItsDayOrUnknown) {
  statement_.set_claimed_time_ms(kRecorded);
  auto& declared = *statement_.mutable_stock_declared();
  EXPECT_FALSE(Start().known) << "counts as over a year";
  declared.set_storage_start_date("2001-01-02");
  EXPECT_TRUE(Start().known);
  EXPECT_EQ(Start().time_ms, StartOfDayMs(absl::CivilDay(2001, 1, 2), kLogZoneOffsetMs));
  declared.set_storage_start_date("garbled");
  EXPECT_FALSE(Start().known);
}

TEST_F(StorageStartTest, OtherEventsAssertNoStorage) {
  statement_.mutable_batch_treated();
  EXPECT_FALSE(StorageStart(statement_, kRecorded, 0).has_value());
  statement_.mutable_load_delivered();
  EXPECT_FALSE(StorageStart(statement_, kRecorded, 0).has_value());
}

TEST_F(StorageStartTest, TheOlderOfTwoClaimsCountsAndUnknownIsOldest) {
  EXPECT_EQ(Older({true, 5}, {true, 3}).time_ms, 3);
  EXPECT_EQ(Older({true, 3}, {true, 5}).time_ms, 3);
  EXPECT_FALSE(Older({true, 3}, {false, 0}).known);
  EXPECT_FALSE(Older({false, 0}, {true, 3}).known);
}

}  // namespace
}  // namespace cradle::rules
