#include "tests/storage/kv/commits.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/storage/kv/testing.h"

namespace cradle::kv {
namespace {

std::string FirstKey(uint64_t number) { return fmt::format("a/{:010}", number); }
std::string SecondKey(uint64_t number) { return fmt::format("b/{:010}", number); }

std::string ValueOf(uint64_t number, std::string_view key) {
  size_t size = number % 16 == 15 ? 200'000 : 50 + number * 37 % 3000;
  std::string value = fmt::format("{} of {} ", number, key);
  // A linear congruence: bytes that do not compress, or the large values would not fill a log.
  uint64_t state = number + 1;
  while (value.size() < size) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    value.push_back(static_cast<char>(state >> 56));
  }
  return value;
}

}  // namespace

Batch NumberedCommit(uint64_t number) {
  Batch batch;
  batch.Put(FirstKey(number), ValueOf(number, "first"));
  batch.Put("latest", std::to_string(number));
  batch.Put(SecondKey(number), ValueOf(number, "second"));
  return batch;
}

uint64_t CountNumberedCommits(const Reader& reader) {
  uint64_t count = 0;
  for (auto& [key, value] : Scan(reader, Prefix("a/"), Order::kAscending)) {
    EXPECT_EQ(key, FirstKey(count)) << "a hole before it";
    EXPECT_TRUE(value == ValueOf(count, "first")) << key;
    ++count;
  }
  uint64_t second_count = 0;
  for (auto& [key, value] : Scan(reader, Prefix("b/"), Order::kAscending)) {
    EXPECT_EQ(key, SecondKey(second_count)) << "a hole before it";
    EXPECT_TRUE(value == ValueOf(second_count, "second")) << key;
    ++second_count;
  }
  EXPECT_EQ(count, second_count) << "a commit is there in part";
  EXPECT_EQ(Get(reader, "latest"),
            count == 0 ? std::nullopt : std::optional(std::to_string(count - 1)));
  return count;
}

}  // namespace cradle::kv
