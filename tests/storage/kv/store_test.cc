#include "storage/kv/store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/kv/limits.h"
#include "tests/storage/kv/testing.h"

namespace cradle::kv {
namespace {

TEST(PrefixTest, EndsAtTheFirstKeyThatDoesNotStartWithIt) {
  EXPECT_EQ(Prefix("batch/").begin, "batch/");
  EXPECT_EQ(Prefix("batch/").end, "batch0");
  EXPECT_EQ(Prefix("a\x7f").end, "a\x80");
  EXPECT_EQ(Prefix("a\xff\xff").begin, "a\xff\xff");
  EXPECT_EQ(Prefix("a\xff\xff").end, "b");
}

TEST(PrefixTest, HasNoEndWhereNoKeyCanFollow) {
  EXPECT_EQ(Prefix("").end, "");
  EXPECT_EQ(Prefix("\xff").begin, "\xff");
  EXPECT_EQ(Prefix("\xff").end, "");
  EXPECT_EQ(Prefix("\xff\xff").end, "");
}

TEST(BatchTest, KeepsItsWritesInOrder) {
  Batch batch;
  EXPECT_TRUE(batch.empty());
  batch.Put("a", "1");
  batch.Delete("a");
  ASSERT_EQ(batch.writes().size(), 2u);
  EXPECT_EQ(batch.writes()[0].key, "a");
  EXPECT_EQ(batch.writes()[0].value, "1");
  EXPECT_EQ(batch.writes()[1].key, "a");
  EXPECT_EQ(batch.writes()[1].value, std::nullopt);
}

TEST(LimitsTest, NameTheWriteThatIsOver) {
  Batch batch;
  batch.Put(std::string(kKeyBytesMax, 'k'), std::string(kValueBytesMax, 'v'));
  EXPECT_OK(CheckLimits(batch.writes()));
  batch.Delete(std::string(kKeyBytesMax + 1, 'k'));
  EXPECT_EQ(CheckLimits(batch.writes()).message(),
            "write 1 of 2: a key of 1025 bytes, at most 1024 are allowed");
}

}  // namespace
}  // namespace cradle::kv
