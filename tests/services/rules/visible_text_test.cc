#include "services/rules/visible_text.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <utility>

namespace cradle::rules::test {
namespace {

TEST(VisibleTextTest, WhatIsFitToReadStaysAsItIs) {
  for (const char* text : {"", "废矿物油 900-214-08", "مرحبا", "𠮷", "a\u00A0b", "\u200D"}) {
    EXPECT_EQ(VisibleText(text), text);
  }
}

TEST(VisibleTextTest, WhatDrivesATerminalOrHidesOrderIsShown) {
  EXPECT_EQ(VisibleText("a\nb\r\t\x1B[2J"), "a<U+000A>b<U+000D><U+0009><U+001B>[2J");
  EXPECT_EQ(VisibleText("\x7F\u009B\u2028\u202E\u2066"),
            "<U+007F><U+009B><U+2028><U+202E><U+2066>");
  EXPECT_EQ(VisibleText(std::string(1, '\0')), "<U+0000>");
}

// RFC 3629: bytes cut short, alone, overlong, surrogates, beyond U+10FFFF.
TEST(VisibleTextTest, WhatIsNoCharacterIsReplacedByteByByte) {
  const std::pair<std::string, std::string> texts[] = {
      {"\xE6\xB1", "\uFFFD\uFFFD"},
      {"\x80", "\uFFFD"},
      {"\xC0\xAF", "\uFFFD\uFFFD"},
      {"\xE0\x80\xAF", "\uFFFD\uFFFD\uFFFD"},
      {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
      {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
      {"\xFF", "\uFFFD"},
      {"\xE6"
       "a",
       "\uFFFDa"}};
  for (const auto& [text, visible] : texts) EXPECT_EQ(VisibleText(text), visible);
}

// What comes out needs no further change, and never more than this much longer.
TEST(VisibleTextTest, IsStableOverRandomBytes) {
  std::mt19937 random(7);
  for (int round = 0; round < 20'000; ++round) {
    std::string text(random() % 12, '\0');
    for (char& c : text) c = static_cast<char>(random());
    const std::string visible = VisibleText(text);
    ASSERT_EQ(VisibleText(visible), visible);
  }
}

TEST(ExcerptTest, CutsBetweenCharactersAndSaysSo) {
  EXPECT_EQ(Excerpt("短"), "短");
  EXPECT_EQ(Excerpt(std::string(60, 'a')), std::string(60, 'a'));
  EXPECT_EQ(Excerpt(std::string(61, 'a')), std::string(60, 'a') + "…");
  std::string text;
  for (int i = 0; i < 30; ++i) text += "汉";
  for (const std::string lead : {"", "1", "12"}) {
    const std::string excerpt = Excerpt(lead + text);
    EXPECT_EQ(excerpt.find("\uFFFD"), std::string::npos);
    EXPECT_TRUE(excerpt.ends_with("汉…"));
    EXPECT_LE(excerpt.size(), 60 + std::string("…").size());
  }
}

}  // namespace
}  // namespace cradle::rules::test
