#include "storage/evidence/hash.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>
#include <vector>

#include "tests/storage/evidence/status_matchers.h"

namespace cradle::evidence {
namespace {

TEST(HashTest, Sha256IsThatOfFips180) {
  EXPECT_EQ(Hex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex(Sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(HashTest, PartsHashAsTheirConcatenation) {
  EXPECT_EQ(Sha256({"a", "", "bc"}), Sha256("abc"));
  EXPECT_EQ(Sha256({}), Sha256(""));
}

TEST(HashTest, LeafAndNodeAreSetApartByTheirFirstByte) {
  EXPECT_EQ(LeafHash("x"), Sha256(std::string("\0x", 2)));
  const Hash left = Sha256("left");
  const Hash right = Sha256("right");
  EXPECT_EQ(NodeHash(left, right), Sha256({"\x01", AsBytes(left), AsBytes(right)}));
  EXPECT_EQ(EmptyRoot(), Sha256(""));
}

TEST(HashTest, ThreadsDoNotDisturbEachOther) {
  const Hash expected = Sha256("one thread's bytes");
  std::vector<std::thread> threads;
  std::array<bool, 4> right{};
  for (bool& ok : right) {
    threads.emplace_back([&ok, &expected] {
      ok = true;
      for (int i = 0; i < 2000; ++i) ok = ok && Sha256("one thread's bytes") == expected;
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (bool ok : right) EXPECT_TRUE(ok);
}

TEST(HashTest, AHashIsThirtyTwoBytes) {
  EXPECT_THAT(HashFromBytes(std::string(31, 'x')), IsRefused(kInvalid, "31"));
  EXPECT_THAT(HashFromBytes(std::string(33, 'x')), IsRefused(kInvalid, "33"));
  EXPECT_THAT(HashFromBytes(""), IsRefused(kInvalid, "0"));
  const auto hash = HashFromBytes(std::string(32, '\x7f'));
  ASSERT_THAT(hash, IsOk());
  EXPECT_EQ(AsBytes(*hash), std::string(32, '\x7f'));
}

TEST(HexTest, RoundTripsAndRefusesWhatItWouldNotWrite) {
  const std::string bytes("\x00\x0f\xa0\xff", 4);
  EXPECT_EQ(Hex(bytes), "000fa0ff");
  EXPECT_EQ(*FromHex("000fa0ff"), bytes);
  EXPECT_THAT(FromHex("000"), IsRefused(kInvalid, "odd"));
  EXPECT_THAT(FromHex("0G"), IsRefused(kInvalid, "digit 1"));
  EXPECT_THAT(FromHex("AB"), IsRefused(kInvalid, "lower-case"));
}

TEST(Base64Test, IsThatOfRfc4648) {
  const std::vector<std::pair<std::string, std::string>> examples = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(Base64(bytes), text);
    EXPECT_EQ(*FromBase64(text), bytes);
  }
}

TEST(Base64Test, RoundTripsRandomBytes) {
  std::mt19937_64 random(1);
  for (size_t size = 0; size < 300; ++size) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = static_cast<char>(random());
    const auto back = FromBase64(Base64(bytes));
    ASSERT_THAT(back, IsOk());
    EXPECT_EQ(*back, bytes);
  }
}

TEST(Base64Test, RefusesEveryOtherTextForTheSameBytes) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", "Z===", "====", "=", "Zg==\n",
                           " Zg=", "Zm9v=", "Zm-_", "Zm=v", "Z=9v", "Zg==Zg=="}) {
    EXPECT_THAT(FromBase64(text), IsRefused(kInvalid, "base64")) << text;
  }
}

}  // namespace
}  // namespace cradle::evidence
