#include "storage/evidence/bundle.h"

#include <gtest/gtest.h>

#include "storage/evidence/hash.h"
#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

TEST(BundleTest, EachEntryFollowsItsLength) {
  const std::vector<std::string> entries = {"ab", "", "c"};
  EXPECT_EQ(Hex(*EncodeBundle(entries)),
            "0002"
            "6162"
            "0000"
            "0001"
            "63");
}

TEST(BundleTest, RoundTripsFromNoneToAFullOne) {
  std::vector<std::string> entries;
  for (size_t count = 0; count <= 256; ++count) {
    const auto bundle = EncodeBundle(entries);
    ASSERT_THAT(bundle, IsOk());
    const auto parsed = ParseBundle(*bundle);
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(std::vector<std::string>(parsed->begin(), parsed->end()), entries);
    entries.push_back(std::string(count * 7 % 400, static_cast<char>(count)));
  }
  EXPECT_THAT(EncodeBundle(entries), IsRefused(kInvalid, "257 entries"));
}

TEST(BundleTest, CutWithinAnEntryItIsRefused) {
  const std::string bundle = EncodeBundle(std::vector<std::string>{"first", "second"}).value();
  for (size_t size = 0; size < bundle.size(); ++size) {
    const auto parsed = ParseBundle(std::string_view(bundle).substr(0, size));
    if (size == 0 || size == 7) {
      EXPECT_THAT(parsed, IsOk()) << "a bundle of fewer entries";
    } else {
      EXPECT_THAT(parsed, IsRefused(kInvalid, "ends within entry")) << size;
    }
  }
}

TEST(BundleTest, TheLongestEntryIs65535Bytes) {
  std::string bundle;
  EXPECT_THAT(AppendToBundle(bundle, std::string(65'535, 'x')), IsOk());
  EXPECT_EQ(bundle.size(), 65'537U);
  EXPECT_EQ(ParseBundle(bundle)->at(0).size(), 65'535U);
  EXPECT_THAT(AppendToBundle(bundle, std::string(65'536, 'x')), IsRefused(kInvalid, "65536"));
  EXPECT_EQ(bundle.size(), 65'537U);
}

TEST(BundleTest, MoreEntriesThanATileHasAreRefused) {
  EXPECT_THAT(ParseBundle(std::string(2 * 256, '\0')), IsOk());
  EXPECT_THAT(ParseBundle(std::string(2 * 257, '\0')), IsRefused(kInvalid, "256"));
}

}  // namespace
}  // namespace cradle::evidence
