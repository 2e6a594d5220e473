#include "services/monitoring/core/storage_clock.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "services/rules/calendar.h"

namespace cradle::monitoring {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr Limits kOneYear{.years = 1, .warn_days = 30};

// A clock told in the order of the log: each call is one more entry.
class ClockBuilder {
 public:
  ClockBuilder& Start(const std::string& date) {
    return Add(state::v1::CLOCK_FACT_KIND_START, date);
  }
  ClockBuilder& Stop(const std::string& date) { return Add(state::v1::CLOCK_FACT_KIND_STOP, date); }
  ClockBuilder& Resume(const std::string& date) {
    return Add(state::v1::CLOCK_FACT_KIND_RESUME, date);
  }
  ClockBuilder& Arrive(const std::string& date) {
    return Add(state::v1::CLOCK_FACT_KIND_ARRIVAL, date);
  }
  ClockBuilder& Correct(const std::string& date) {
    return Add(state::v1::CLOCK_FACT_KIND_CORRECTED, date);
  }
  // The last fact holds only from that day on.
  ClockBuilder& From(const std::string& date) {
    clock_.mutable_facts(clock_.facts_size() - 1)->set_from_date(date);
    return *this;
  }
  ClockBuilder& Mass(int64_t mass_g) {
    mass_g_ = mass_g;
    return *this;
  }
  const state::v1::StorageClock& clock() const { return clock_; }
  uint64_t known() const { return next_; }

  Reading On(const std::string& date) const { return On(date, next_); }
  Reading On(const std::string& date, uint64_t known) const {
    return ReadClock(clock_, known, *rules::ParseDate(date), kOneYear);
  }

 private:
  ClockBuilder& Add(state::v1::ClockFactKind kind, const std::string& date) {
    state::v1::ClockFact& fact = *clock_.add_facts();
    fact.set_kind(kind);
    fact.set_date(date);
    fact.set_index(next_++);
    fact.set_mass_g(mass_g_);
    return *this;
  }

  state::v1::StorageClock clock_;
  uint64_t next_ = 10;
  int64_t mass_g_ = 1'000;
};

TEST(StorageClock, TheAnniversaryItselfIsNotOver) {
  const ClockBuilder clock = ClockBuilder().Start("2025-11-22");
  EXPECT_EQ(clock.On("2026-11-22").standing, Standing::kWarned);
  EXPECT_EQ(clock.On("2026-11-22").last_day, absl::CivilDay(2026, 11, 22));
  EXPECT_EQ(clock.On("2026-11-23").standing, Standing::kOver);
  EXPECT_EQ(clock.On("2026-11-23").age_days, 366);
}

TEST(StorageClock, StoredOnALeapDayIsOverOnTheFirstOfMarch) {
  const ClockBuilder clock = ClockBuilder().Start("2024-02-29");
  EXPECT_NE(clock.On("2025-02-28").standing, Standing::kOver);
  EXPECT_EQ(clock.On("2025-03-01").standing, Standing::kOver);
}

TEST(StorageClock, WarnsWhenTheLastDayIsNear) {
  const ClockBuilder clock = ClockBuilder().Start("2025-06-30");
  EXPECT_EQ(clock.On("2026-05-30").standing, Standing::kWithin);
  EXPECT_EQ(clock.On("2026-05-31").standing, Standing::kWarned);
}

TEST(StorageClock, DoesNotRunBeforeItBegan) {
  const ClockBuilder clock = ClockBuilder().Start("2025-06-30");
  EXPECT_EQ(clock.On("2025-06-29").standing, Standing::kNotRunning);
  EXPECT_EQ(clock.On("2025-06-30").age_days, 0);
}

TEST(StorageClock, TheEarliestBeginningEverAssertedCounts) {
  const ClockBuilder clock =
      ClockBuilder().Start("2025-03-10").Start("2025-03-01").Start("2025-04-01");
  EXPECT_EQ(clock.On("2026-03-01").standing, Standing::kWarned);
  EXPECT_EQ(clock.On("2026-03-02").standing, Standing::kOver);
  EXPECT_THAT(clock.On("2026-03-02").entries, ElementsAre(10, 11, 12));
}

TEST(StorageClock, APrefixKnowsOnlyItsOwnEntries) {
  const ClockBuilder clock = ClockBuilder().Start("2025-03-10").Start("2025-03-01");
  EXPECT_EQ(clock.On("2026-03-05", 10).standing, Standing::kNotRunning);
  EXPECT_EQ(clock.On("2026-03-05", 11).standing, Standing::kWarned);
  EXPECT_EQ(clock.On("2026-03-05", 12).standing, Standing::kOver);
  EXPECT_THAT(clock.On("2026-03-05", 11).entries, ElementsAre(10));
}

TEST(StorageClock, AnUnknownBeginningCountsAsOver) {
  const Reading reading = ClockBuilder().Start("").On("2026-01-01");
  EXPECT_EQ(reading.standing, Standing::kOver);
  EXPECT_EQ(reading.age_days, -1);
  EXPECT_FALSE(reading.start.has_value());
}

TEST(StorageClock, StopsOnTheDayOfItsEndAndNotBefore) {
  const ClockBuilder clock = ClockBuilder().Start("2024-01-01").Stop("2026-05-05");
  EXPECT_EQ(clock.On("2026-05-04").standing, Standing::kOver);
  EXPECT_EQ(clock.On("2026-05-05").standing, Standing::kNotRunning);
  EXPECT_THAT(clock.On("2026-05-05").entries, IsEmpty());
}

TEST(StorageClock, WhoComesBackResumesTheClockItHad) {
  const ClockBuilder clock =
      ClockBuilder().Start("2025-01-01").Stop("2025-06-01").Mass(900).Resume("2025-07-01");
  EXPECT_EQ(clock.On("2025-06-15").standing, Standing::kNotRunning);
  EXPECT_EQ(clock.On("2025-07-01").start, absl::CivilDay(2025, 1, 1));
  EXPECT_EQ(clock.On("2026-01-02").standing, Standing::kOver);
  EXPECT_EQ(clock.On("2026-01-02").mass_g, 900);
  EXPECT_TRUE(Running(clock.clock()));
}

TEST(StorageClock, AnArrivalBeginsAClock) {
  const ClockBuilder clock = ClockBuilder().Arrive("2025-01-01").Arrive("2025-01-03");
  EXPECT_EQ(clock.On("2024-12-31").standing, Standing::kNotRunning);
  EXPECT_EQ(clock.On("2025-01-03").start, absl::CivilDay(2025, 1, 1));
  EXPECT_EQ(clock.On("2026-01-02").standing, Standing::kOver);
}

TEST(StorageClock, AnArrivalRunsOnAClockThatHadStopped) {
  const ClockBuilder clock =
      ClockBuilder().Arrive("2025-01-01").Stop("2025-06-01").Mass(900).Arrive("2025-07-01");
  EXPECT_EQ(clock.On("2025-06-15").standing, Standing::kNotRunning);
  EXPECT_EQ(clock.On("2025-07-01").start, absl::CivilDay(2025, 1, 1));
  EXPECT_EQ(clock.On("2026-01-02").standing, Standing::kOver);
  EXPECT_EQ(clock.On("2026-01-02").mass_g, 900);
  EXPECT_THAT(clock.On("2026-01-02").entries, ElementsAre(10, 11, 12));
  EXPECT_EQ(clock.On("2026-01-02", 12).standing, Standing::kNotRunning) << "by a prefix";
  EXPECT_TRUE(Running(clock.clock()));
}

TEST(StorageClock, ReceivedStockOfUnknownBeginningStaysSoWhenItComesBack) {
  const Reading reading =
      ClockBuilder().Start("").Stop("2025-06-01").Arrive("2025-07-01").On("2025-07-02");
  EXPECT_EQ(reading.standing, Standing::kOver);
  EXPECT_FALSE(reading.start.has_value());
}

TEST(StorageClock, ALaterAssertionAfterTheEndDoesNotReviveIt) {
  const ClockBuilder clock =
      ClockBuilder().Start("2025-01-01").Stop("2025-06-01").Start("2024-12-01");
  EXPECT_FALSE(Running(clock.clock()));
  EXPECT_EQ(clock.On("2026-06-01").standing, Standing::kNotRunning);
}

TEST(StorageClock, TheLatestStartThatMattersIsThatOfTheWidestTrigger) {
  const absl::CivilDay date(2026, 11, 22);
  const Limits year{.years = 1, .warn_days = 30};
  const Limits all{.years = 1, .warn_days = 363};  // every clock but the youngest is warned
  EXPECT_EQ(LatestStart({all}, date), date);
  EXPECT_EQ(LatestStart({all, year}, date), date);
  EXPECT_EQ(LatestStart({year, all}, date), date);
  EXPECT_EQ(LatestStart({{.years = 1, .warn_days = 1'000}}, date), date) << "none begins after it";
}

TEST(StorageClock, NoClockToBeToldStartsAfterTheLatestStart) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 2'000; ++round) {
    const Limits limits{.years = 1 + static_cast<int>(random() % 3),
                        .warn_days = static_cast<int>(random() % 400)};
    const absl::CivilDay start = absl::CivilDay(2023, 1, 1) + random() % 800;
    const absl::CivilDay date = start + random() % 1'500;
    const Reading reading =
        ReadClock(ClockBuilder().Start(rules::FormatDate(start)).clock(), 100, date, limits);
    if (reading.standing == Standing::kWithin) continue;
    ASSERT_LE(start, LatestStart({limits}, date)) << "round " << round;
  }
}

// Whatever is added to a running clock, its start never moves later.
TEST(StorageClock, NoAssertionMakesAClockYounger) {
  std::mt19937 random(20261122);
  for (int round = 0; round < 500; ++round) {
    ClockBuilder clock;
    absl::CivilDay day(2024, 1, 1);
    clock.Start(rules::FormatDate(day + random() % 400));
    std::optional<absl::CivilDay> start = EarliestStart(clock.clock());
    for (int fact = 0; fact < 8; ++fact) {
      const std::string date = rules::FormatDate(day + random() % 800);
      switch (random() % 4) {
        case 0:
          clock.Start(date);
          break;
        case 1:
          clock.Stop(date);
          break;
        case 2:
          clock.Arrive(date);
          break;
        default:
          clock.Resume(date);
          break;
      }
      const std::optional<absl::CivilDay> now = EarliestStart(clock.clock());
      ASSERT_TRUE(now && start);
      ASSERT_LE(*now, *start) << "round " << round;
      start = now;
    }
  }
}

TEST(StorageClock, ACorrectionStandsInPlaceOfWhatWasKnownBefore) {
  const ClockBuilder clock = ClockBuilder().Start("2024-01-01").Correct("2025-06-30");
  EXPECT_EQ(clock.On("2025-12-01").standing, Standing::kWithin);
  EXPECT_EQ(clock.On("2025-12-01", 11).standing, Standing::kOver) << "as it was known before";
  EXPECT_EQ(clock.On("2026-07-01").standing, Standing::kOver);
  EXPECT_EQ(EarliestStart(clock.clock()), absl::CivilDay(2024, 1, 1))
      << "an answer as of then still finds it";
}

TEST(StorageClock, WhatIsMadeOnADayWasNotThereBefore) {
  const ClockBuilder clock = ClockBuilder().Start("2024-01-01").From("2025-03-01");
  EXPECT_EQ(clock.On("2025-02-28").standing, Standing::kNotRunning);
  EXPECT_EQ(clock.On("2025-03-01").standing, Standing::kOver) << "and is as old as its parents";
  EXPECT_EQ(clock.On("2025-03-01").start, absl::CivilDay(2024, 1, 1));
}

}  // namespace
}  // namespace cradle::monitoring
