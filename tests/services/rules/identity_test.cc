#include "services/rules/identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace cradle::rules {
namespace {

using testing::HasSubstr;

TEST(UsccTest, RealCodesPass) {
  for (const char* uscc : {"91350100M000100Y43", "91130200699229617X"}) {
    EXPECT_TRUE(CheckUscc(uscc).ok()) << CheckUscc(uscc);
  }
}

TEST(UsccTest, EveryOtherCheckCharacterFailsAndTheExpectedOneIsSaid) {
  const std::string valid = "91350100M000100Y43";
  for (const char c : std::string("0123456789ABCDEFGHJKLMNPQRTUWXYIOSVZ")) {
    if (c == '3') continue;
    std::string uscc = valid;
    uscc[17] = c;
    EXPECT_THAT(std::string(CheckUscc(uscc).message()), HasSubstr("expected 3")) << c;
  }
}

TEST(UsccTest, AnyOneCharacterChangedFails) {
  const std::string valid = "91350100M000100Y43";
  for (size_t i = 0; i < 17; ++i) {
    for (const char c : std::string("0123456789ABCDEFGHJKLMNPQRTUWXY")) {
      if (c == valid[i]) continue;
      std::string uscc = valid;
      uscc[i] = c;
      EXPECT_FALSE(CheckUscc(uscc).ok()) << uscc;
    }
  }
}

TEST(UsccTest, WrongLengthAndLettersAreSaid) {
  EXPECT_THAT(std::string(CheckUscc("9135").message()), HasSubstr("4 characters, not 18"));
  EXPECT_THAT(std::string(CheckUscc("91350100M000100Y4O").message()), HasSubstr("expected 3"));
  EXPECT_THAT(std::string(CheckUscc("91350100MO00100Y43").message()), HasSubstr("character 10"));
  EXPECT_THAT(std::string(CheckUscc("91350100m000100Y43").message()), HasSubstr("character 9"));
  EXPECT_FALSE(CheckUscc("").ok());
}

TEST(OfficialNumberTest, FourteenDigitsOfYearProvinceCitySerial) {
  EXPECT_TRUE(CheckOfficialNumber("20263707000001").ok());
  for (const char* wrong :
       {"", "2026370700000", "202637070000011", "2026370700000a", "20213707000001",
        "30263707000001", "20260907000001", "20268307000001", "20263707000000"}) {
    EXPECT_FALSE(CheckOfficialNumber(wrong).ok()) << wrong;
  }
}

TEST(WasteCodeTest, IndustrySequenceCategory) {
  for (const char* valid : {"900-214-08", "841-001-01", "900-000-50"}) {
    EXPECT_TRUE(CheckWasteCodeForm(valid).ok()) << valid;
  }
  for (const char* wrong : {"", "900-214-8", "90021408", "900-214-51", "900-214-00", "9OO-214-08",
                            "900-214-08 ", "HW08"}) {
    EXPECT_FALSE(CheckWasteCodeForm(wrong).ok()) << wrong;
  }
}

TEST(DivisionTest, SixDigitsOfAProvince) {
  for (const char* valid : {"370000", "370700", "370781", "110101", "820000"}) {
    EXPECT_TRUE(CheckDivisionForm(valid).ok()) << valid;
  }
  for (const char* wrong : {"", "3707", "3707811", "37078a", "000000", "990000", "370081"}) {
    EXPECT_FALSE(CheckDivisionForm(wrong).ok()) << wrong;
  }
}

TEST(DivisionTest, AnAuthorityCoversItselfAndWhatLiesBelow) {
  EXPECT_TRUE(DivisionCovers("370000", "370781"));
  EXPECT_TRUE(DivisionCovers("370000", "370000"));
  EXPECT_TRUE(DivisionCovers("370700", "370781"));
  EXPECT_TRUE(DivisionCovers("370781", "370781"));
  EXPECT_FALSE(DivisionCovers("370781", "370700")) << "not what lies above";
  EXPECT_FALSE(DivisionCovers("370781", "370782"));
  EXPECT_FALSE(DivisionCovers("370700", "370602"));
  EXPECT_FALSE(DivisionCovers("370000", "360000"));
  EXPECT_FALSE(DivisionCovers("", ""));
  EXPECT_FALSE(DivisionCovers("3700", "370781"));
}

TEST(LabelCodeTest, UsccWasteCodeDateSerial) {
  const std::string uscc = "91350100M000100Y43";
  EXPECT_TRUE(CheckLabelCode(uscc + "9002140820240603001").ok());
  EXPECT_FALSE(CheckLabelCode(uscc + "900214082024060300").ok()) << "36 characters";
  EXPECT_FALSE(CheckLabelCode(uscc + "9002149920240603001").ok()) << "no category 99";
  EXPECT_FALSE(CheckLabelCode(uscc + "9002140820240631001").ok()) << "no 31 June";
  EXPECT_FALSE(CheckLabelCode(uscc + "90021408202406030a1").ok());
  EXPECT_FALSE(CheckLabelCode("91350100M000100Y449002140820240603001").ok()) << "check character";
}

}  // namespace
}  // namespace cradle::rules
