#include <gtest/gtest.h>

#include "services/tracking/view.h"

namespace cradle::tracking::rows {
namespace {

const std::string kId(26, '7');

TEST(DayRows, SortAsDaysDoWithUnknownBeforeAll) {
  const std::vector<std::optional<absl::CivilDay>> in_order = {std::nullopt,
                                                               absl::CivilDay(1, 1, 1),
                                                               absl::CivilDay(1969, 12, 31),
                                                               absl::CivilDay(1970, 1, 1),
                                                               absl::CivilDay(2024, 2, 29),
                                                               absl::CivilDay(2024, 3, 1),
                                                               absl::CivilDay(9999, 12, 31)};
  for (size_t i = 0; i + 1 < in_order.size(); ++i) {
    EXPECT_LT(DayBytes(EncodeDay(in_order[i])), DayBytes(EncodeDay(in_order[i + 1]))) << i;
  }
  for (const auto& day : in_order) EXPECT_EQ(DecodeDay(EncodeDay(day)), day);
}

TEST(DayRows, HoldDaysBeyondTheirRangeAtItsEnds) {
  EXPECT_EQ(EncodeDay(absl::CivilDay(-99'999'999, 1, 1)), 1U);
  EXPECT_EQ(EncodeDay(absl::CivilDay(99'999'999, 1, 1)), UINT32_MAX);
}

TEST(StockRows, ComeBackAsWritten) {
  const auto row = DecodeStockRow(Encode(StockRow{1'234'567'890'123, kId, "900-214-08"}));
  ASSERT_TRUE(row.ok()) << row.status();
  EXPECT_EQ(row->mass_g, 1'234'567'890'123);
  EXPECT_EQ(row->custodian, kId);
  EXPECT_EQ(row->waste_code, "900-214-08");
}

TEST(BatchStepRows, ComeBackAsWritten) {
  for (const std::string& manifest : {kId, std::string()}) {
    for (const bool marked : {false, true}) {
      const auto row = DecodeBatchStepRow(Encode(BatchStepRow{250'000, marked, manifest}));
      ASSERT_TRUE(row.ok()) << row.status();
      EXPECT_EQ(row->mass_g, 250'000);
      EXPECT_EQ(row->marked, marked);
      EXPECT_EQ(row->manifest, manifest);
    }
  }
}

TEST(TruncatedRows, AreDataLoss) {
  const std::string stock = Encode(StockRow{1, kId, ""});
  EXPECT_TRUE(absl::IsDataLoss(DecodeStockRow(stock.substr(1)).status()));
  const std::string step = Encode(BatchStepRow{1, true, ""});
  EXPECT_TRUE(absl::IsDataLoss(DecodeBatchStepRow(step.substr(1)).status()));
}

TEST(Category, IsTheEndOfTheWasteCode) {
  EXPECT_EQ(CategoryOf("900-214-08"), "08");
  EXPECT_EQ(CategoryOf("HW49"), "49");
  EXPECT_EQ(CategoryOf("8"), "8");
  EXPECT_EQ(CategoryOf(""), "");
}

}  // namespace
}  // namespace cradle::tracking::rows
