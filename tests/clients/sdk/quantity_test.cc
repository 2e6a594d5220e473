// Masses, times and names as people write them.
#include "clients/sdk/quantity.h"

#include <gtest/gtest.h>

#include <limits>

namespace cradle::sdk {
namespace {

TEST(MassTest, IsExactInEveryUnit) {
  EXPECT_EQ(ParseMass("300g").value(), 300);
  EXPECT_EQ(ParseMass("12.5kg").value(), 12'500);
  EXPECT_EQ(ParseMass("1.2t").value(), 1'200'000);
  EXPECT_EQ(ParseMass("0.000001t").value(), 1);
  EXPECT_EQ(ParseMass("1.2 吨").value(), 1'200'000);
  EXPECT_EQ(ParseMass("3千克").value(), 3'000);
  EXPECT_EQ(ParseMass("3公斤").value(), 3'000);
  EXPECT_EQ(ParseMass("7克").value(), 7);
}

TEST(MassTest, HasNoRoundingThatAFloatWouldHave) {
  EXPECT_EQ(ParseMass("0.1t").value() + ParseMass("0.2t").value(), ParseMass("0.3t").value());
  EXPECT_EQ(ParseMass("8999999999.999999t").value(), 8'999'999'999'999'999);
}

TEST(MassTest, FinerThanAGramIsRefusedAndZerosBehindItAreNot) {
  EXPECT_EQ(ParseMass("1.2345kg").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseMass("0.5g").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ParseMass("1.2340kg").value(), 1'234);
  EXPECT_EQ(ParseMass("5.000g").value(), 5);
}

TEST(MassTest, WhatIsNoPlainDecimalIsRefused) {
  for (const char* text : {"", "kg", "12", "-1kg", "+1kg", "1e3kg", "1,2kg", ".5kg", "5.kg",
                           "1.2.3kg", "0x10kg", "1 2kg", "nankg", "12.5 lb"}) {
    EXPECT_EQ(ParseMass(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
}

TEST(MassTest, WhatDoesNotFitIsRefused) {
  EXPECT_EQ(ParseMass("9000000000t").value(), 9'000'000'000'000'000);
  EXPECT_FALSE(ParseMass("9000000001t").ok());
  EXPECT_FALSE(ParseMass("99999999999999999999999999999g").ok());
}

TEST(MassTest, IsWrittenInTheLargestUnitItFills) {
  EXPECT_EQ(FormatMass(0), "0g");
  EXPECT_EQ(FormatMass(999), "999g");
  EXPECT_EQ(FormatMass(12'500), "12.5kg");
  EXPECT_EQ(FormatMass(1'200'000), "1.2t");
  EXPECT_EQ(FormatMass(1'000'001), "1.000001t");
  EXPECT_EQ(FormatMass(-12'500), "-12.5kg");
  EXPECT_FALSE(FormatMass(std::numeric_limits<int64_t>::min()).empty());
  EXPECT_EQ(FormatTonnes(12'500), "0.0125");
}

TEST(MassTest, IsReadBackAsItWasWritten) {
  for (int64_t mass_g = 1; mass_g < 9'000'000'000'000'000 / 7; mass_g *= 7) {
    EXPECT_EQ(ParseMass(FormatMass(mass_g)).value(), mass_g);
    EXPECT_EQ(ParseDecimalMass(FormatTonnes(mass_g), 1'000'000).value(), mass_g);
  }
}

TEST(TimeTest, HasItsZone) {
  EXPECT_EQ(ParseTime("1970-01-01T08:00:00+08:00", 5).value(), 0);
  EXPECT_EQ(ParseTime("2026-03-01T00:30:00Z", 5).value(), 1'772'325'000'000);
  EXPECT_EQ(ParseTime("now", 5).value(), 5);
  EXPECT_FALSE(ParseTime("2026-03-01T08:30:00", 5).ok());
  EXPECT_FALSE(ParseTime("2026-03-01", 5).ok());
  EXPECT_FALSE(ParseTime("2026-02-30T08:30:00Z", 5).ok());
  EXPECT_FALSE(ParseTime("2026-03-01T00:30:00.0001Z", 5).ok());
}

TEST(TimeTest, IsWrittenAtChinaStandardTimeAndReadBack) {
  EXPECT_EQ(FormatTime(1'772'325'000'000), "2026-03-01T08:30:00+08:00");
  EXPECT_EQ(FormatTimeShort(1'772'325'000'000), "2026-03-01 08:30");
  EXPECT_EQ(FormatTimeShort(0), "-");
  EXPECT_EQ(FormatDay(1'772'325'000'000 - 9 * 3'600'000), "2026-02-28");
  EXPECT_EQ(ParseTime(FormatTime(1'772'325'000'123), 0).value(), 1'772'325'000'123);
}

}  // namespace
}  // namespace cradle::sdk
