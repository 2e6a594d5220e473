#include "tests/storage/kv/contract.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <map>
#include <random>
#include <thread>
#include <utility>

#include "tests/storage/kv/testing.h"

namespace cradle::kv {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Optional;
using testing::Pair;

constexpr Order kBothOrders[] = {Order::kAscending, Order::kDescending};
constexpr Durability kBothDurabilities[] = {Durability::kBuffered, Durability::kSynced};

void ContractTest::SetUp() {
  home_ = GetParam().new_home();
  Reopen();
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
}

void ContractTest::Reopen() {
  writer_.reset();
  store_.reset();
  absl::StatusOr<std::unique_ptr<Store>> opened = home_->Open();
  ASSERT_OK(opened.status());
  store_ = *std::move(opened);
}

void ContractTest::OpenWriter() {
  absl::StatusOr<std::unique_ptr<Writer>> opened = store_->OpenWriter();
  ASSERT_OK(opened.status());
  writer_ = *std::move(opened);
}

void ContractTest::Commit(const Batch& batch, Durability durability) {
  ASSERT_OK(writer_->Commit(batch, durability));
}

void ContractTest::Put(std::string_view key, std::string_view value) {
  Batch batch;
  batch.Put(key, value);
  Commit(batch);
}

TEST_P(ContractTest, GetsWhatWasCommittedLast) {
  EXPECT_EQ(Get(*store_, "batch"), std::nullopt);
  Put("batch", "first");
  EXPECT_THAT(Get(*store_, "batch"), Optional(std::string("first")));
  Put("batch", "second");
  EXPECT_THAT(Get(*store_, "batch"), Optional(std::string("second")));
}

TEST_P(ContractTest, TellsAnEmptyValueFromNone) {
  Put("empty", "");
  EXPECT_THAT(Get(*store_, "empty"), Optional(std::string()));
  EXPECT_EQ(Get(*store_, "none"), std::nullopt);
}

TEST_P(ContractTest, KeepsEveryByteOfKeysAndValues) {
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes.push_back(static_cast<char>(byte));
  Put(all_bytes, all_bytes);
  Put("", "of the empty key");
  EXPECT_THAT(Get(*store_, all_bytes), Optional(all_bytes));
  EXPECT_THAT(Get(*store_, ""), Optional(std::string("of the empty key")));
  EXPECT_EQ(Get(*store_, std::string_view("\0", 1)), std::nullopt);
}

TEST_P(ContractTest, DeletesAndDeletesAgain) {
  Put("batch", "value");
  for (int round = 0; round < 2; ++round) {
    Batch batch;
    batch.Delete("batch");
    Commit(batch);
    EXPECT_EQ(Get(*store_, "batch"), std::nullopt);
  }
}

TEST_P(ContractTest, MultiGetAnswersEachKeyInTheOrderAsked) {
  Put("a", "1");
  Put("b", "2");
  EXPECT_THAT(MultiGet(*store_, {"b", "absent", "a", "b"}),
              ElementsAre(Optional(std::string("2")), std::nullopt, Optional(std::string("1")),
                          Optional(std::string("2"))));
  EXPECT_THAT(MultiGet(*store_, {}), IsEmpty());
}

TEST_P(ContractTest, ScansARangeInBothDirections) {
  for (const char* key : {"c", "a", "e", "b", "d"}) Put(key, std::string("value of ") + key);
  EXPECT_THAT(Scan(*store_, {"b", "d"}, Order::kAscending),
              ElementsAre(Pair("b", "value of b"), Pair("c", "value of c")));
  EXPECT_THAT(Scan(*store_, {"b", "d"}, Order::kDescending),
              ElementsAre(Pair("c", "value of c"), Pair("b", "value of b")));
}

TEST_P(ContractTest, ARangeHasItsBeginAndNotItsEnd) {
  for (const char* key : {"a", "b", "c"}) Put(key, "");
  EXPECT_THAT(ScanKeys(*store_, {"a", "c"}, Order::kAscending), ElementsAre("a", "b"));
  EXPECT_THAT(ScanKeys(*store_, {"a", "c"}, Order::kDescending), ElementsAre("b", "a"));
  EXPECT_THAT(ScanKeys(*store_, {"aa", "bb"}, Order::kAscending), ElementsAre("b"));
  EXPECT_THAT(ScanKeys(*store_, {"aa", "bb"}, Order::kDescending), ElementsAre("b"));
}

TEST_P(ContractTest, AnEmptyEndMeansToTheLastKey) {
  for (const char* key : {"a", "b", "\xff\xff"}) Put(key, "");
  EXPECT_THAT(ScanKeys(*store_, {"", ""}, Order::kAscending), ElementsAre("a", "b", "\xff\xff"));
  EXPECT_THAT(ScanKeys(*store_, {"", ""}, Order::kDescending), ElementsAre("\xff\xff", "b", "a"));
  EXPECT_THAT(ScanKeys(*store_, {"b", ""}, Order::kDescending), ElementsAre("\xff\xff", "b"));
}

TEST_P(ContractTest, ARangeThatEndsBeforeItBeginsIsEmpty) {
  for (const char* key : {"a", "b", "c"}) Put(key, "");
  for (Order order : kBothOrders) {
    EXPECT_THAT(ScanKeys(*store_, {"c", "a"}, order), IsEmpty());
    EXPECT_THAT(ScanKeys(*store_, {"b", "b"}, order), IsEmpty());
    EXPECT_THAT(ScanKeys(*store_, {"d", "x"}, order), IsEmpty());
  }
}

TEST_P(ContractTest, OrdersKeysByUnsignedBytes) {
  const std::string zero(1, '\0');
  for (const std::string& key : {std::string("\x80"), std::string("\x7f"), std::string("\xff"),
                                 zero, std::string("a"), "a" + zero, std::string("aa")}) {
    Put(key, "");
  }
  EXPECT_THAT(ScanKeys(*store_, {"", ""}, Order::kAscending),
              ElementsAre(zero, "a", "a" + zero, "aa", "\x7f", "\x80", "\xff"));
}

TEST_P(ContractTest, ScansAPrefix) {
  for (const char* key : {"batch", "batch/", "batch/1", "batch/2", "batch0", "manifest/1"}) {
    Put(key, "");
  }
  EXPECT_THAT(ScanKeys(*store_, Prefix("batch/"), Order::kAscending),
              ElementsAre("batch/", "batch/1", "batch/2"));
  EXPECT_THAT(ScanKeys(*store_, Prefix("batch/"), Order::kDescending),
              ElementsAre("batch/2", "batch/1", "batch/"));
}

TEST_P(ContractTest, ScansAPrefixOfHighestBytes) {
  for (const char* key : {"a", "a\xff", "a\xff\xff", "b", "\xff", "\xff\xff", "\xff\xff\x01"}) {
    Put(key, "");
  }
  EXPECT_THAT(ScanKeys(*store_, Prefix("a\xff"), Order::kAscending),
              ElementsAre("a\xff", "a\xff\xff"));
  EXPECT_THAT(ScanKeys(*store_, Prefix("\xff\xff"), Order::kAscending),
              ElementsAre("\xff\xff", "\xff\xff\x01"));
  EXPECT_THAT(ScanKeys(*store_, Prefix("\xff\xff"), Order::kDescending),
              ElementsAre("\xff\xff\x01", "\xff\xff"));
}

TEST_P(ContractTest, StopsAScanWhenTheVisitorHasEnough) {
  for (const char* key : {"a", "b", "c", "d"}) Put(key, "");
  for (Order order : kBothOrders) {
    std::vector<std::string> seen;
    ASSERT_OK(store_->Scan({"", ""}, order, [&](std::string_view key, std::string_view) {
      seen.emplace_back(key);
      return seen.size() < 2;
    }));
    EXPECT_EQ(seen, order == Order::kAscending ? std::vector<std::string>({"a", "b"})
                                               : std::vector<std::string>({"d", "c"}));
  }
}

TEST_P(ContractTest, ASnapshotDoesNotSeeLaterCommits) {
  Put("kept", "old");
  Put("removed", "old");
  std::unique_ptr<Reader> snapshot = store_->Snapshot();
  Batch batch;
  batch.Put("kept", "new");
  batch.Delete("removed");
  batch.Put("added", "new");
  Commit(batch);

  EXPECT_THAT(Get(*snapshot, "kept"), Optional(std::string("old")));
  EXPECT_THAT(Get(*snapshot, "removed"), Optional(std::string("old")));
  EXPECT_EQ(Get(*snapshot, "added"), std::nullopt);
  EXPECT_THAT(
      MultiGet(*snapshot, {"kept", "removed", "added"}),
      ElementsAre(Optional(std::string("old")), Optional(std::string("old")), std::nullopt));
  EXPECT_THAT(Scan(*snapshot, {"", ""}, Order::kAscending),
              ElementsAre(Pair("kept", "old"), Pair("removed", "old")));
  EXPECT_THAT(Scan(*snapshot, {"", ""}, Order::kDescending),
              ElementsAre(Pair("removed", "old"), Pair("kept", "old")));
  EXPECT_THAT(Scan(*store_, {"", ""}, Order::kAscending),
              ElementsAre(Pair("added", "new"), Pair("kept", "new")));
}

TEST_P(ContractTest, AScanSeesOneStateEvenWhenItsVisitorCommits) {
  for (const char* key : {"a", "b", "c"}) Put(key, "old");
  std::vector<std::pair<std::string, std::string>> seen;
  ASSERT_OK(
      store_->Scan({"", ""}, Order::kAscending, [&](std::string_view key, std::string_view value) {
        seen.emplace_back(key, value);
        Batch batch;
        batch.Delete("b");
        batch.Put("c", "new");
        batch.Put("d", "new");
        return writer_->Commit(batch, Durability::kBuffered).ok();
      }));
  EXPECT_THAT(seen, ElementsAre(Pair("a", "old"), Pair("b", "old"), Pair("c", "old")));
}

TEST_P(ContractTest, LaterWritesOfAKeyInABatchWin) {
  Put("deleted last", "before");
  Batch batch;
  batch.Put("put twice", "first");
  batch.Put("deleted last", "first");
  batch.Delete("put last");
  batch.Put("put twice", "second");
  batch.Delete("deleted last");
  batch.Put("put last", "second");
  Commit(batch);
  EXPECT_THAT(Scan(*store_, {"", ""}, Order::kAscending),
              ElementsAre(Pair("put last", "second"), Pair("put twice", "second")));
}

TEST_P(ContractTest, ReadersSeeAllOfACommitOrNothing) {
  constexpr int kKeys = 40;
  constexpr int kCommits = 400;
  std::vector<std::string> keys;
  for (int i = 0; i < kKeys; ++i) keys.push_back(fmt::format("key/{:02}", i));
  auto commit = [&](int number) {
    Batch batch;
    for (const std::string& key : keys) batch.Put(key, std::to_string(number));
    return writer_->Commit(batch, Durability::kBuffered);
  };
  ASSERT_OK(commit(0));

  std::atomic<bool> done = false;
  std::atomic<int> mixed = 0;
  auto read = [&](bool with_scan) {
    do {
      std::vector<std::string> values;
      if (with_scan) {
        for (auto& [key, value] : Scan(*store_, Prefix("key/"), Order::kDescending)) {
          values.push_back(value);
        }
      } else {
        for (auto& value : MultiGet(*store_, keys)) values.push_back(value.value_or("none"));
      }
      bool whole = values.size() == kKeys;
      for (const std::string& value : values) whole = whole && value == values.front();
      if (!whole) ++mixed;
    } while (!done);
  };
  std::thread scanning(read, true);
  std::thread getting(read, false);
  absl::Status status;
  for (int i = 1; i <= kCommits && status.ok(); ++i) status = commit(i);
  done = true;
  scanning.join();
  getting.join();
  ASSERT_OK(status);
  EXPECT_EQ(mixed, 0);
}

TEST_P(ContractTest, TakesKeysAndValuesUpToTheirLimits) {
  std::string key(kKeyBytesMax, 'k');
  std::string value(kValueBytesMax, 'v');
  Put(key, value);
  EXPECT_THAT(Get(*store_, key), Optional(value));
}

TEST_P(ContractTest, WritesNothingOfABatchWithAKeyOrValueOverItsLimit) {
  std::string long_key(kKeyBytesMax + 1, 'k');
  Batch with_long_put;
  with_long_put.Put("before", "");
  with_long_put.Put(long_key, "");
  with_long_put.Put("after", "");
  Batch with_long_delete;
  with_long_delete.Put("before", "");
  with_long_delete.Delete(long_key);
  Batch with_long_value;
  with_long_value.Put("before", "");
  with_long_value.Put("value", std::string(kValueBytesMax + 1, 'v'));
  with_long_value.Put("after", "");
  for (Durability durability : kBothDurabilities) {
    for (const Batch* batch : {&with_long_put, &with_long_delete, &with_long_value}) {
      EXPECT_EQ(writer_->Commit(*batch, durability).code(), absl::StatusCode::kInvalidArgument);
    }
  }
  EXPECT_EQ(Get(*store_, long_key), std::nullopt);
  EXPECT_THAT(ScanKeys(*store_, {"", ""}, Order::kAscending), IsEmpty());
  Put("next", "the writer goes on");
  EXPECT_THAT(ScanKeys(*store_, {"", ""}, Order::kAscending), ElementsAre("next"));
}

TEST_P(ContractTest, AnEmptyBatchCommits) {
  for (Durability durability : kBothDurabilities) {
    EXPECT_OK(writer_->Commit(Batch(), durability));
  }
  EXPECT_THAT(ScanKeys(*store_, {"", ""}, Order::kAscending), IsEmpty());
}

TEST_P(ContractTest, ASecondWriterFencesTheFirstForEver) {
  std::unique_ptr<Writer> first = std::move(writer_);
  ASSERT_NO_FATAL_FAILURE(OpenWriter());
  EXPECT_GT(writer_->epoch(), first->epoch());
  Batch batch;
  batch.Put("from the first", "");
  for (int round = 0; round < 2; ++round) {
    for (Durability durability : kBothDurabilities) {
      EXPECT_EQ(first->Commit(batch, durability).code(), absl::StatusCode::kAborted);
      EXPECT_EQ(first->Commit(Batch(), durability).code(), absl::StatusCode::kAborted);
    }
    Put("from the second", "");
  }
  EXPECT_THAT(ScanKeys(*store_, {"", ""}, Order::kAscending), ElementsAre("from the second"));
  writer_.reset();
  EXPECT_EQ(first->Commit(batch, Durability::kBuffered).code(), absl::StatusCode::kAborted);
}

TEST_P(ContractTest, EpochsGrowOverReopening) {
  uint64_t epoch = writer_->epoch();
  EXPECT_GT(epoch, 0u);
  for (int round = 0; round < 3; ++round) {
    ASSERT_NO_FATAL_FAILURE(Reopen());
    ASSERT_NO_FATAL_FAILURE(OpenWriter());
    EXPECT_GT(writer_->epoch(), epoch);
    epoch = writer_->epoch();
    ASSERT_NO_FATAL_FAILURE(OpenWriter());
    EXPECT_GT(writer_->epoch(), epoch);
    epoch = writer_->epoch();
  }
}

// Each thread takes the writer over and over from the others. What it then reads of the writers
// before must be their last word, and every acknowledged commit must be there at the end.
TEST_P(ContractTest, NothingOfAFencedWriterLandsAfterTheNextOneIsOpen) {
  constexpr int kThreads = 4;
  constexpr int kTurns = 20;
  struct Turn {
    uint64_t epoch = 0;
    int acknowledged = 0;
    std::map<std::string, std::string> seen_of_earlier;
    std::string error;
  };
  std::vector<std::vector<Turn>> turns(kThreads);
  auto key_of = [](uint64_t epoch) { return fmt::format("of/{:08}", epoch); };

  auto take_turn = [&](Turn* turn) {
    absl::StatusOr<std::unique_ptr<Writer>> opened = store_->OpenWriter();
    if (!opened.ok()) {
      turn->error = opened.status().ToString();
      return;
    }
    turn->epoch = (*opened)->epoch();
    for (auto& [key, value] : Scan(*store_, {"of/", key_of(turn->epoch)}, Order::kAscending)) {
      turn->seen_of_earlier[key] = value;
    }
    for (int number = 1; number <= 50; ++number) {
      Batch batch;
      batch.Put(key_of(turn->epoch), std::to_string(number));
      absl::Status status = (*opened)->Commit(batch, Durability::kBuffered);
      if (status.code() == absl::StatusCode::kAborted) return;
      if (!status.ok()) turn->error = status.ToString();
      turn->acknowledged = number;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&, i] {
      turns[i].resize(kTurns);
      for (Turn& turn : turns[i]) take_turn(&turn);
    });
  }
  for (std::thread& thread : threads) thread.join();

  std::map<std::string, std::string> at_the_end;
  for (auto& [key, value] : Scan(*store_, Prefix("of/"), Order::kAscending)) {
    at_the_end[key] = value;
  }
  std::map<std::string, std::string> acknowledged;
  size_t fenced = 0;
  for (const std::vector<Turn>& of_thread : turns) {
    for (const Turn& turn : of_thread) {
      ASSERT_EQ(turn.error, "");
      if (turn.acknowledged < 50) ++fenced;
      if (turn.acknowledged > 0) {
        bool added =
            acknowledged.emplace(key_of(turn.epoch), std::to_string(turn.acknowledged)).second;
        EXPECT_TRUE(added) << "epoch " << turn.epoch << " was given twice";
      }
    }
  }
  EXPECT_EQ(at_the_end, acknowledged);
  for (const std::vector<Turn>& of_thread : turns) {
    for (const Turn& turn : of_thread) {
      std::map<std::string, std::string> earlier(at_the_end.begin(),
                                                 at_the_end.lower_bound(key_of(turn.epoch)));
      EXPECT_EQ(turn.seen_of_earlier, earlier) << "when epoch " << turn.epoch << " was opened";
    }
  }
  RecordProperty("fenced_in_the_middle", static_cast<int>(fenced));
}

TEST_P(ContractTest, WhatWasCommittedIsThereAfterReopening) {
  Put("buffered", "b");
  Batch batch;
  batch.Put("synced", "s");
  Commit(batch, Durability::kSynced);
  Put("buffered after", "b");
  ASSERT_NO_FATAL_FAILURE(Reopen());
  EXPECT_THAT(Scan(*store_, {"", ""}, Order::kAscending),
              ElementsAre(Pair("buffered", "b"), Pair("buffered after", "b"), Pair("synced", "s")));
}

TEST_P(ContractTest, AgreesWithASortedMapOverRandomCommitsAndReopenings) {
  constexpr uint32_t kSeed = 20240229;
  std::mt19937 random(kSeed);
  auto below = [&](uint32_t limit) { return random() % limit; };
  auto random_key = [&] {
    std::string key(below(4), '\0');
    for (char& byte : key) byte = "\x00\x01m\xfe\xff"[below(5)];
    return key;
  };
  std::map<std::string, std::string> model;
  for (int step = 0; step < 600; ++step) {
    Batch batch;
    for (uint32_t writes = below(8); writes > 0; --writes) {
      std::string key = random_key();
      if (below(3) == 0) {
        batch.Delete(key);
        model.erase(key);
      } else {
        model[key] = std::string(below(2000), static_cast<char>(random()));
        batch.Put(key, model[key]);
      }
    }
    ASSERT_NO_FATAL_FAILURE(Commit(batch));
    if (below(100) == 0) {
      ASSERT_NO_FATAL_FAILURE(Reopen());
      ASSERT_NO_FATAL_FAILURE(OpenWriter());
    }
    Range range = below(2) == 0 ? Prefix(random_key()) : Range{random_key(), random_key()};
    std::vector<std::pair<std::string, std::string>> expected;
    for (const auto& [key, value] : model) {
      if (key >= range.begin && (range.end.empty() || key < range.end)) {
        expected.emplace_back(key, value);
      }
    }
    ASSERT_EQ(Scan(*store_, range, Order::kAscending), expected) << "step " << step;
    ASSERT_EQ(Scan(*store_, range, Order::kDescending),
              decltype(expected)(expected.rbegin(), expected.rend()))
        << "step " << step;
    std::string key = random_key();
    auto found = model.find(key);
    ASSERT_EQ(Get(*store_, key),
              found == model.end() ? std::nullopt : std::optional(found->second));
  }
}

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(ContractTest);

}  // namespace cradle::kv
