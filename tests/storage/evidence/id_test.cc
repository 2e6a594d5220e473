#include <gtest/gtest.h>

#include <set>

#include "storage/evidence/statement.h"
#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

TEST(IdTest, IsABigEndianNumberInCrockfordBase32) {
  EXPECT_EQ(IdFromBytes(std::string(16, '\0')), "00000000000000000000000000");
  EXPECT_EQ(IdFromBytes(std::string(16, '\xff')), "7zzzzzzzzzzzzzzzzzzzzzzzzz");
  EXPECT_EQ(IdFromBytes(std::string(15, '\0') + '\x01'), "00000000000000000000000001");
  EXPECT_EQ(IdFromBytes(std::string(15, '\0') + '\x20'), "00000000000000000000000010");
  EXPECT_EQ(IdFromBytes(std::string(1, '\x80') + std::string(15, '\0')),
            "40000000000000000000000000");
}

TEST(IdTest, WhatIsMadeIsAnId) {
  EXPECT_TRUE(IsId(IdFromBytes("0123456789abcdef")));
  std::set<std::string> ids;
  for (int i = 0; i < 100; ++i) ids.insert(RandomId());
  EXPECT_EQ(ids.size(), 100U);
  for (const std::string& id : ids) EXPECT_TRUE(IsId(id)) << id;
}

TEST(IdTest, ThereIsOneTextForAnId) {
  const std::string id = "0123456789abcdefghjkmnpqrs";
  EXPECT_TRUE(IsId(id));
  EXPECT_FALSE(IsId(""));
  EXPECT_FALSE(IsId(id.substr(1)));
  EXPECT_FALSE(IsId(id + "0"));
  EXPECT_FALSE(IsId("8" + id.substr(1))) << "over 128 bits";
  for (char c : {'i', 'l', 'o', 'u', 'A', 'Z', '-', ' ', ':', '\0'}) {
    EXPECT_FALSE(IsId(id.substr(0, 25) + c)) << c;
  }
}

TEST(ChainNameTest, IsLogOrAKindAndAnId) {
  const std::string id = IdFromBytes("0123456789abcdef");
  for (const char* kind : {"org", "facility", "batch", "manifest", "docket"}) {
    const auto name = ParseChainName(std::string(kind) + ":" + id);
    ASSERT_THAT(name, IsOk());
    EXPECT_EQ(name->kind, kind);
    EXPECT_EQ(name->id, id);
  }
  const auto log = ParseChainName("log");
  ASSERT_THAT(log, IsOk());
  EXPECT_EQ(log->kind, "log");
  EXPECT_EQ(log->id, "");
  for (const std::string& bad :
       {std::string(), "log:" + id, std::string("log:"), "org:" + id + "0", ":" + id, "batch" + id,
        "Batch:" + id, "truck:" + id, "batch: " + id}) {
    EXPECT_THAT(ParseChainName(bad), IsRefused(kInvalid, "chain")) << bad;
  }
}

}  // namespace
}  // namespace cradle::evidence
