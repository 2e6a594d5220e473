#include "services/ledger/recent_state.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <random>
#include <string>

namespace cradle::ledger {
namespace {

// A store in memory that counts how often it is read.
class CountingState : public rules::StateReader {
 public:
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    ++reads;
    if (fail) return absl::UnavailableError("the disk is gone");
    const auto found = values.find(key);
    if (found == values.end()) return std::nullopt;
    return found->second;
  }

  std::map<std::string, std::string, std::less<>> values;
  bool fail = false;
  mutable int reads = 0;
};

class RecentStateTest : public ::testing::Test {
 protected:
  void Write(const rules::StateRows& changed) {
    for (const auto& [key, value] : changed) stored_.values[key] = value;
  }

  CountingState stored_;
};

TEST_F(RecentStateTest, ReadsTheStoreOnceForAKeyThatIsThere) {
  const RecentState recent(&stored_, 1'000);
  stored_.values["a"] = "1";
  for (int i = 0; i < 3; ++i) EXPECT_EQ(recent.Get("a").value(), "1");
  EXPECT_EQ(stored_.reads, 1);
}

TEST_F(RecentStateTest, WhatIsWrittenIsReadWithoutTheStore) {
  RecentState recent(&stored_, 1'000);
  recent.Written({{"s/batch/a", "1"}, {"s/nonce/a", "2"}});
  EXPECT_EQ(recent.Get("s/batch/a").value(), "1");
  EXPECT_EQ(stored_.reads, 0);
  stored_.values["s/nonce/a"] = "2";
  EXPECT_EQ(recent.Get("s/nonce/a").value(), "2");
  EXPECT_EQ(stored_.reads, 1) << "that is hardly ever read";
}

TEST_F(RecentStateTest, ThatAKeyIsAbsentIsRememberedUntilItIsWritten) {
  RecentState recent(&stored_, 1'000);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(recent.Get("s/permits/a").value(), std::nullopt);
  EXPECT_EQ(stored_.reads, 1);
  recent.Written({{"s/permits/a", "1"}});
  EXPECT_EQ(recent.Get("s/permits/a").value(), "1");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(recent.Get("s/nonce/a").value(), std::nullopt);
  EXPECT_EQ(stored_.reads, 4) << "that is asked once for every statement, and never again";
}

TEST_F(RecentStateTest, TheStoresErrorIsPassedOnAndNotRemembered) {
  const RecentState recent(&stored_, 1'000);
  stored_.values["a"] = "1";
  stored_.fail = true;
  EXPECT_TRUE(absl::IsUnavailable(recent.Get("a").status()));
  stored_.fail = false;
  EXPECT_EQ(recent.Get("a").value(), "1");
}

TEST_F(RecentStateTest, WhatWasAbsentAndIsWrittenCountsWithItsValue) {
  RecentState recent(&stored_, 2'000);
  const auto key_of = [](int i) { return "s/batch/" + std::to_string(i); };
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(recent.Get(key_of(i)).value(), std::nullopt);
    const rules::StateRows changed = {{key_of(i), std::string(1'000, 'v')}};
    Write(changed);
    recent.Written(changed);
  }
  stored_.reads = 0;
  for (int i = 0; i < 50; ++i) EXPECT_TRUE(recent.Get(key_of(i)).value().has_value());
  EXPECT_GE(stored_.reads, 46) << "two thousand bytes have no room for more than a few";
}

TEST_F(RecentStateTest, ForgetsWhatWasNotReadForLong) {
  const RecentState recent(&stored_, 100);
  const auto key_of = [](int i) { return "key/" + std::to_string(100 + i); };
  for (int i = 0; i < 200; ++i) stored_.values[key_of(i)] = "value";
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(recent.Get(key_of(i)).value(), "value");
    EXPECT_EQ(recent.Get(key_of(0)).value(), "value");  // always recent
  }
  EXPECT_EQ(stored_.reads, 200);
  EXPECT_EQ(recent.Get(key_of(1)).value(), "value");
  EXPECT_EQ(stored_.reads, 201);
}

// Whatever is read and written in whatever order: the same answers as the store's.
TEST_F(RecentStateTest, AnswersAsTheStoreDoes) {
  std::mt19937 random(20'260'921);
  for (const size_t bytes_max : {0u, 40u, 400u, 40'000u}) {
    RecentState recent(&stored_, bytes_max);
    for (int step = 0; step < 5'000; ++step) {
      // Half of them as what is written and hardly ever read.
      const auto any_key = [&random] {
        return (random() % 2 == 0 ? "s/batch/" : "s/nonce/") + std::to_string(random() % 50);
      };
      const std::string key = any_key();
      if (random() % 4 == 0) {
        const rules::StateRows changed = {
            {key, std::string(random() % 20, 'v') + std::to_string(step)},
            {any_key(), std::to_string(step)}};
        Write(changed);
        recent.Written(changed);
      }
      ASSERT_EQ(recent.Get(key).value(), stored_.Get(key).value()) << "at step " << step;
    }
  }
}

}  // namespace
}  // namespace cradle::ledger
