// HJ 1259 ledgers: good lines become the same statements each time, bad ones are named.
#include "clients/cli/import_ledger.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "storage/evidence/statement.h"

namespace cradle::cli {
namespace {

constexpr char kGenerationHeadings[] =
    "序号,产生批次编码,产生时间,行业俗称/"
    "单位内部名称,国家危险废物名录名称,危险废物类别,危险废物代码,产生量,计量单位,"
    "容器/包装编码,容器/包装类型,容器/包装数量,产生危险废物设施编码,产生部门经办人,去向\n";
constexpr char kStorageHeadings[] =
    "序号,入库批次编码,入库时间,容器/包装编码,容器/包装类型,容器/包装数量,行业俗称/"
    "单位内部名称,国家危险废物名录名称,"
    "危险废物类别,危险废物代码,入库量,计量单位,贮存设施编码,贮存设施类型,运送部门经办人,"
    "贮存部门经办人,产生批次编码\n";

class ImportTest : public ::testing::Test {
 protected:
  ImportTest() {
    generation_.organisation = evidence::RandomId();
    generation_.site = evidence::RandomId();
    generation_.form = statement::v1::PHYSICAL_FORM_LIQUID;
    generation_.basis.set_method(statement::v1::MASS_METHOD_DECLARED);
    storage_ = generation_;
    storage_.table = LedgerTable::kStorageIn;
    storage_.facility_of = [this](std::string_view code) {
      return code == "TS001" ? facility_ : std::string();
    };
  }

  ParsedLedger Generation(const std::string& rows) {
    auto parsed = ParseLedger("b1.csv", kGenerationHeadings + rows, generation_);
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    return *parsed;
  }
  ParsedLedger Storage(const std::string& rows) {
    auto parsed = ParseLedger("b2.csv", kStorageHeadings + rows, storage_);
    EXPECT_TRUE(parsed.ok()) << parsed.status();
    return *parsed;
  }

  LedgerImport generation_;
  LedgerImport storage_;
  const std::string facility_ = evidence::RandomId();
};

constexpr char kOil[] =
    "1,HWCS20211031001,2021-10-31 "
    "08:30,废油,废矿物油,HW08,900-214-08,1.2,吨,,铁桶,6,MF001,张三,贮存\n";

TEST_F(ImportTest, LineOfGenerationIsABatchGenerated) {
  const ParsedLedger ledger = Generation(kOil);
  ASSERT_EQ(ledger.lines.size(), 1u);
  EXPECT_TRUE(ledger.errors.empty());
  const statement::v1::Statement& asked = ledger.lines[0].asked;
  const statement::v1::BatchGenerated& generated = asked.batch_generated();
  EXPECT_EQ(asked.parties(0).organisation(), generation_.organisation);
  EXPECT_EQ(generated.site(), generation_.site);
  EXPECT_EQ(generated.waste_code(), "900-214-08");
  EXPECT_EQ(generated.generated_mass_g(), 1'200'000);
  EXPECT_EQ(generated.form(), statement::v1::PHYSICAL_FORM_LIQUID);
  EXPECT_EQ(generated.batch_code(), "HWCS20211031001");
  EXPECT_EQ(generated.generated_time_ms(), 1'635'640'200'000);  // 2021-10-31T08:30+08:00
  EXPECT_EQ(asked.claimed_time_ms(), generated.generated_time_ms());
  ASSERT_EQ(generated.containers_size(), 6);
  EXPECT_EQ(generated.containers(0).packaging(), statement::v1::PACKAGING_DRUM);
}

TEST_F(ImportTest, SameLineIsTheSameStatementHoweverItIsWritten) {
  const ParsedLedger first = Generation(kOil);
  const ParsedLedger again = Generation(kOil);
  EXPECT_EQ(evidence::Serialize(first.lines[0].asked), evidence::Serialize(again.lines[0].asked));
  const ParsedLedger respaced = Generation(
      "77,HWCS20211031001,2021/10/31 8:30, 废油 "
      ",废矿物油,HW08,900-214-08,1200.0,千克,,铁桶,6,,,\n");
  EXPECT_EQ(evidence::Serialize(first.lines[0].asked),
            evidence::Serialize(respaced.lines[0].asked));
}

TEST_F(ImportTest, AnotherMassUnderTheSameCodeIsTheSameBatchAndAnotherStatement) {
  const ParsedLedger first = Generation(kOil);
  const ParsedLedger changed =
      Generation("1,HWCS20211031001,2021-10-31 08:30,,,HW08,900-214-08,1.3,吨,,铁桶,6,,,\n");
  EXPECT_EQ(first.lines[0].asked.batch_generated().batch(),
            changed.lines[0].asked.batch_generated().batch());
  EXPECT_NE(first.lines[0].asked.nonce(), changed.lines[0].asked.nonce());
}

TEST_F(ImportTest, AnotherOrganisationsCodeIsAnotherBatch) {
  const std::string mine = ImportedBatchId(generation_.organisation, "HWCS20211031001");
  EXPECT_TRUE(evidence::IsId(mine));
  EXPECT_NE(mine, ImportedBatchId(evidence::RandomId(), "HWCS20211031001"));
}

TEST_F(ImportTest, MarkOfByteOrderAndCarriageReturnsAreTolerated) {
  std::string csv = std::string("\xEF\xBB\xBF") + kGenerationHeadings + kOil;
  for (size_t at = 0; (at = csv.find('\n', at)) != std::string::npos; at += 2) csv.insert(at, "\r");
  const auto ledger = ParseLedger("b1.csv", csv, generation_);
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  EXPECT_EQ(evidence::Serialize(ledger->lines[0].asked),
            evidence::Serialize(Generation(kOil).lines[0].asked));
}

TEST_F(ImportTest, BadLinesAreNamedByLineAndColumnAndGoodOnesStillGo) {
  const ParsedLedger ledger = Generation(
      std::string(kOil) +
      "2,,2021-10-31,,,HW08,900-214-08,1,吨,,,,,,\n"                         // no code
      "3,HWCS20211031003,31.10.2021,,,HW08,900-214-08,1,吨,,,,,,\n"          // no time
      "4,HWCS20211031004,2021-10-31,,,HW08,900-214-8,1,吨,,,,,,\n"           // no waste code
      "5,HWCS20211031005,2021-10-31,,,HW49,900-214-08,1,吨,,,,,,\n"          // other category
      "6,HWCS20211031006,2021-10-31,,,HW08,900-214-08,1.0000001,吨,,,,,,\n"  // finer than a gram
      "7,HWCS20211031007,2021-10-31,,,HW08,900-214-08,0,吨,,,,,,\n"          // nothing
      "8,HWCS20211031008,2021-10-31,,,HW08,900-214-08,3,升,,,,,,\n"          // a volume
      "9,HWCS20211031009,2021-10-31,,,HW08,900-214-08,1,吨,,桶,六,,,\n"      // no number
      "10,HWCS20211031001,2021-10-31,,,HW08,900-214-08,1,吨,,,,,,\n"         // code again
      "11,HWCS20211031011,2021-10-31,,,HW08,900-214-08,0.5,吨,,吨桶,,,,\n");
  ASSERT_EQ(ledger.lines.size(), 2u);
  EXPECT_EQ(ledger.lines[0].line, 2u);
  EXPECT_EQ(ledger.lines[1].line, 12u);
  EXPECT_EQ(ledger.lines[1].asked.batch_generated().containers(0).packaging(),
            statement::v1::PACKAGING_IBC);
  const std::vector<std::pair<size_t, std::string>> expected = {
      {3, "产生批次编码"}, {4, "产生时间"},       {5, "危险废物代码"},
      {6, "危险废物类别"}, {7, "产生量"},         {8, "产生量"},
      {9, "计量单位"},     {10, "容器/包装数量"}, {11, "产生批次编码"}};
  ASSERT_EQ(ledger.errors.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(ledger.errors[i].line, expected[i].first);
    EXPECT_EQ(ledger.errors[i].column, expected[i].second) << ledger.errors[i].message;
    EXPECT_FALSE(ledger.errors[i].message.empty());
  }
}

TEST_F(ImportTest, EachContainerMayHaveItsCode) {
  const ParsedLedger ledger = Generation(
      "1,HWCS1,2021-10-31,,,,900-214-08,1,吨,A1;A2,袋,2,,,\n2,HWCS2,2021-10-31,,,,900-214-08,1,吨,"
      "A1,袋,2,,,\n");
  ASSERT_EQ(ledger.lines.size(), 1u);
  EXPECT_EQ(ledger.lines[0].asked.batch_generated().containers(1).label_code(), "A2");
  ASSERT_EQ(ledger.errors.size(), 1u);
  EXPECT_EQ(ledger.errors[0].column, "容器/包装编码");
}

TEST_F(ImportTest, FormIsTakenFromTheLedgerWhereItHasOne) {
  const auto ledger = ParseLedger("b1.csv",
                                  "产生批次编码,产生时间,危险废物代码,产生量,计量单位,形态\nA,2021-"
                                  "10-31,900-214-08,1,t,半固态\n"
                                  "B,2021-10-31,900-214-08,1,t,滑\n",
                                  generation_);
  ASSERT_TRUE(ledger.ok()) << ledger.status();
  EXPECT_EQ(ledger->lines[0].asked.batch_generated().form(),
            statement::v1::PHYSICAL_FORM_SEMI_SOLID);
  EXPECT_EQ(ledger->errors[0].column, "形态");
}

TEST_F(ImportTest, LineOfStorageIsTheStoringOfTheBatchGenerated) {
  const ParsedLedger ledger = Storage(
      "1,HWRK20211101001,2021-11-01,,,,,,HW08,900-214-08,1.2,吨,TS001,贮存库,李四,王五,"
      "HWCS20211031001\n"
      "2,HWRK20211101002,2021-11-01,,,,,,HW08,900-214-08,1.2,吨,TS999,贮存库,,,HWCS20211031001\n"
      "3,HWRK20211101003,2021-11-01,,,,,,HW08,900-214-08,1.2,吨,TS001,贮存库,,,\n");
  ASSERT_EQ(ledger.lines.size(), 1u);
  const statement::v1::BatchStored& stored = ledger.lines[0].asked.batch_stored();
  EXPECT_EQ(stored.batch(), ImportedBatchId(storage_.organisation, "HWCS20211031001"));
  EXPECT_EQ(stored.facility(), facility_);
  EXPECT_EQ(stored.stored_mass_g(), 1'200'000);
  EXPECT_EQ(stored.storage_code(), "HWRK20211101001");
  ASSERT_EQ(ledger.errors.size(), 2u);
  EXPECT_EQ(ledger.errors[0].column, "贮存设施编码");
  EXPECT_EQ(ledger.errors[1].column, "产生批次编码");
}

TEST_F(ImportTest, BatchLoggedOtherwiseIsFoundByItsCode) {
  const std::string batch = evidence::RandomId();
  storage_.batch_of = [&](std::string_view code) {
    return code == "HWCS9" ? batch : std::string();
  };
  const ParsedLedger ledger =
      Storage("1,HWRK1,2021-11-01,,,,,,,900-214-08,1.2,吨,TS001,,,,HWCS9\n");
  ASSERT_EQ(ledger.lines.size(), 1u);
  EXPECT_EQ(ledger.lines[0].asked.batch_stored().batch(), batch);
}

TEST_F(ImportTest, FileWithoutTheHeadingsOrLinesIsRefusedAsAWhole) {
  EXPECT_FALSE(ParseLedger("b1.csv", "", generation_).ok());
  EXPECT_FALSE(ParseLedger("b1.csv", kGenerationHeadings, generation_).ok());
  const absl::Status status =
      ParseLedger("b1.csv", "产生批次编码,产生时间\nA,2021-10-31\n", generation_).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status));
  EXPECT_NE(std::string(status.message()).find("危险废物代码, 产生量, 计量单位"), std::string::npos)
      << status;
}

TEST(LedgerTimeTest, ReadsWhatLedgersHold) {
  constexpr int64_t kMidnight_ms = 1'635'609'600'000;  // 2021-10-31T00:00+08:00
  for (const char* text : {"2021-10-31", "2021/10/31", "2021年10月31日", "2021-10-31 00:00",
                           "2021-10-31T00:00:00+08:00", "2021年10月31日 0时0分"}) {
    EXPECT_EQ(ParseLedgerTime(text).value_or(-1), kMidnight_ms) << text;
  }
  EXPECT_EQ(ParseLedgerTime("2021-10-31 08:30:05").value(),
            kMidnight_ms + (8 * 60 + 30) * 60'000 + 5'000);
  for (const char* text : {"", "2021-02-29", "2021-13-01", "20211031", "2021-10-31 25:00",
                           "2021-10-31x", "2021-10-31 08:30:05 pm", "31-10-2021"}) {
    EXPECT_FALSE(ParseLedgerTime(text).ok()) << text;
  }
}

}  // namespace
}  // namespace cradle::cli
