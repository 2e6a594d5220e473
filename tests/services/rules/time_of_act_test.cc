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

}  // namespace
}  // namespace cradle::rules
