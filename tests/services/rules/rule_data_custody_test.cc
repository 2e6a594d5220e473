// The tables and limits that came with the rules of custody, rule set 2.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "services/rules/calendar.h"
#include "services/rules/rule_data.h"
#include "services/rules/rule_data_tables.h"
#include "tests/services/rules/bundle_parts.h"

namespace cradle::rules {
namespace {

using absl::CivilDay;
using test::ErrorOf;
using test::Load;
using test::LoadOwn;
using test::OwnBundle;
using test::Replaced;
using test::Without;
using test::WithRow;

constexpr CivilDay kIn2026(2026, 3, 1);

// As bundles were packed for the first rule set.
std::string OldBundle() {
  std::string bundle = Without(OwnBundle(), {"holidays.csv", "manifest_periods.csv",
                                             "compatibility.csv", "processes.csv", "reasons.csv"});
  const size_t first = bundle.find("merge_inputs_max,");
  const size_t end = bundle.find("file ", first);
  return Replaced(bundle, bundle.substr(first, end - first), "");
}

TEST(CustodyDataTest, ABundleOfTheFirstRuleSetLoadsAndItsMissingTablesAreEmpty) {
  const auto data = Load(OldBundle());
  ASSERT_NE(data, nullptr);
  EXPECT_TRUE(data->holidays().years.empty());
  EXPECT_EQ(AddWorkingDays(data->holidays(), kIn2026, 5).year_without_table, 2026);
  EXPECT_EQ(data->ManifestPeriodFor("medical", "370781", kIn2026), ManifestPeriod::kTrip);
  EXPECT_TRUE(data->MayMerge("900-214-08", "900-214-08"));
  EXPECT_FALSE(data->MayMerge("900-214-08", "900-217-08"));
  EXPECT_EQ(data->FindProcess("drying"), nullptr);
  EXPECT_EQ(data->FindReason("cancel", "wrong_data"), nullptr);
  EXPECT_TRUE(data->Reasons("cancel").empty());
  EXPECT_TRUE(data->FitsRuleSet(1).ok()) << data->FitsRuleSet(1);
}

TEST(CustodyDataTest, TheOwnBundleFitsBothRuleSetsAndAnOldOneOnlyTheFirst) {
  EXPECT_TRUE(LoadOwn()->FitsRuleSet(1).ok());
  EXPECT_TRUE(LoadOwn()->FitsRuleSet(2).ok()) << LoadOwn()->FitsRuleSet(2);
  EXPECT_EQ(LoadOwn()->LimitMissingFor(2), "");
  const auto old = Load(OldBundle());
  EXPECT_EQ(old->LimitMissingFor(2), "merge_inputs_max") << "the first that is missing";
  const absl::Status fits = old->FitsRuleSet(2);
  EXPECT_EQ(fits.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(
      fits.message(),
      fmt::format("rule set 2 asks for the limit merge_inputs_max, which the rule data bundle "
                  "{} does not have in force on every day",
                  evidence::Hex(old->sha256())));
}

TEST(CustodyDataTest, EveryLimitThatRuleSet2AsksForIsMissedByName) {
  for (const NeededLimit& limit : LimitsOfRuleSet2()) {
    const auto data = Load(Replaced(OwnBundle(), fmt::format("\n{},", limit.name), "\nanother,"));
    EXPECT_EQ(data->LimitMissingFor(2), limit.name);
    EXPECT_TRUE(LoadOwn()->Limit(limit.name, limit.from).ok()) << limit.name;
    EXPECT_TRUE(LoadOwn()->Limit(limit.name, CivilDay(9999, 12, 31)).ok()) << limit.name;
  }
}

TEST(CustodyDataTest, ALimitWithAGapOrAnEndDoesNotFit) {
  constexpr std::string_view kRow = "carriers_max,8,1970-01-01,,";
  EXPECT_EQ(Load(Replaced(OwnBundle(), kRow, "carriers_max,8,1970-01-01,2030-12-31,"))
                ->LimitMissingFor(2),
            "carriers_max");
  EXPECT_EQ(Load(Replaced(OwnBundle(), kRow, "carriers_max,8,1970-01-02,,"))->LimitMissingFor(2),
            "carriers_max");
  const std::string ends = "carriers_max,8,1970-01-01,2030-12-31,configuration,R\n";
  EXPECT_EQ(
      Load(Replaced(OwnBundle(), kRow, ends + "carriers_max,9,2031-01-02,,"))->LimitMissingFor(2),
      "carriers_max");
  const auto changed = Load(Replaced(OwnBundle(), kRow, ends + "carriers_max,9,2031-01-01,,"));
  EXPECT_EQ(changed->LimitMissingFor(2), "");
  EXPECT_EQ(changed->Limit("carriers_max", CivilDay(2030, 12, 31)).value_or(0), 8);
  EXPECT_EQ(changed->Limit("carriers_max", CivilDay(2031, 1, 1)).value_or(0), 9);
}

TEST(HolidaysTest, EachYearHasTheDaysOffOfTheLawAndFromTheNextItSaysSo) {
  const auto data = LoadOwn();
  const HolidayTable& table = data->holidays();
  EXPECT_EQ(table.years, (std::set<int64_t>{2022, 2023, 2024, 2025, 2026}));
  // 11 days a year, 13 from 2025 (全国年节及纪念日放假办法): make-up days give back all others.
  for (const int64_t year : table.years) {
    int64_t as_by_weekday = 0;
    for (CivilDay day(year, 1, 1); day.year() == year; ++day)
      as_by_weekday += IsWorkingDay({}, day);
    const int64_t worked =
        WorkingDaysBetween(table, CivilDay(year - 1, 12, 31), CivilDay(year, 12, 31)).working_days;
    EXPECT_EQ(as_by_weekday - worked, year < 2025 ? 11 : 13) << year;
  }
  EXPECT_EQ(AddWorkingDays(table, CivilDay(2026, 12, 25), 4).year_without_table, std::nullopt);
  EXPECT_EQ(AddWorkingDays(table, CivilDay(2026, 12, 25), 5).year_without_table, 2027);
}

TEST(HolidaysTest, SpringFestivalOf2026LastsNineDaysAndTwoSaturdaysAreWorked) {
  const auto data = LoadOwn();
  const HolidayTable& table = data->holidays();
  EXPECT_TRUE(IsWorkingDay(table, CivilDay(2026, 2, 14)));
  for (int day = 15; day <= 23; ++day) EXPECT_FALSE(IsWorkingDay(table, CivilDay(2026, 2, day)));
  EXPECT_TRUE(IsWorkingDay(table, CivilDay(2026, 2, 24)));
  EXPECT_TRUE(IsWorkingDay(table, CivilDay(2026, 2, 28)));
  // Accepted on Thursday 12 February: confirmed by Friday, Saturday and the three days after.
  EXPECT_EQ(AddWorkingDays(table, CivilDay(2026, 2, 12), 5).last_day, CivilDay(2026, 2, 26));
}

TEST(HolidaysTest, ABadRowIsRefusedWithItsLine) {
  const auto with = [](std::string_view row) {
    return ErrorOf(WithRow(OwnBundle(), "holidays.csv", row));
  };
  EXPECT_EQ(with("2027,2028-01-01,holiday,x,R"), "holidays.csv:182: year is not that of the date");
  EXPECT_EQ(with("2027,2027-02-29,holiday,x,R"),
            "holidays.csv:182: 2027-02-29 is not a day that exists");
  EXPECT_EQ(with("2027,2027-01-01,off,x,R"),
            "holidays.csv:182: kind is neither holiday nor workday");
  EXPECT_EQ(with("2027,2027-01-01,workday,x,R"),
            "holidays.csv:182: a workday that is no Saturday or Sunday");
  EXPECT_EQ(with("2026,2026-10-01,holiday,x,R"), "holidays.csv:182: 2026-10-01 is given twice");
  EXPECT_EQ(with("2027,2027-01-01,holiday,,R"), "holidays.csv:182: source is empty");
  EXPECT_EQ(with("2027,2027-01-01,holiday,x,?"), "holidays.csv:182: mark is none of F, F2, R");
}

TEST(LegalBasisTest, NoSubjectHasADayWithoutABasisSinceTheYoungestStandard) {
  const auto data = LoadOwn();
  for (const std::string& subject : test::SubjectsOfLegalBasis()) {
    for (CivilDay day(2023, 7, 1); day < CivilDay(2027, 7, 1); ++day) {
      ASSERT_NE(data->LegalBasis(subject, day), "") << subject << " on " << day;
    }
  }
  EXPECT_EQ(data->LegalBasis("approval", CivilDay(2026, 8, 15)),
            "生态环境法典 第536条 [F2]; 危险废物转移管理办法 第二十一条至第二十八条");
  EXPECT_EQ(data->LegalBasis("incident", CivilDay(2026, 8, 14)),
            "固体废物污染环境防治法 第86条 [R]");
}

TEST(ManifestPeriodsTest, TheLongestPrefixOfTheDivisionCountsWhileItsRowIsInForce) {
  std::string bundle = OwnBundle();
  for (const char* row :
       {"37,medical,month,2022-01-01,,x,R", "3707,medical,day,2024-01-01,2025-12-31,x,R",
        "370781,medical,trip,2025-01-01,,x,R"}) {
    bundle = WithRow(bundle, "manifest_periods.csv", row);
  }
  const auto data = Load(bundle);
  const CivilDay on(2025, 6, 1);
  EXPECT_EQ(data->ManifestPeriodFor("medical", "370285", on), ManifestPeriod::kMonth);
  EXPECT_EQ(data->ManifestPeriodFor("medical", "370702", on), ManifestPeriod::kDay);
  EXPECT_EQ(data->ManifestPeriodFor("medical", "370702", kIn2026), ManifestPeriod::kMonth);
  EXPECT_EQ(data->ManifestPeriodFor("medical", "370702", CivilDay(2025, 12, 31)),
            ManifestPeriod::kDay);
  EXPECT_EQ(data->ManifestPeriodFor("medical", "370781", on), ManifestPeriod::kTrip);
  EXPECT_EQ(data->ManifestPeriodFor("medical", "370781", CivilDay(2024, 6, 1)),
            ManifestPeriod::kDay);
  EXPECT_EQ(data->ManifestPeriodFor("medical", "110000", on), ManifestPeriod::kTrip);
  EXPECT_EQ(data->ManifestPeriodFor("hazardous", "370285", on), ManifestPeriod::kTrip);
  EXPECT_EQ(data->ManifestPeriodFor("medical", "", on), ManifestPeriod::kTrip);
}

TEST(ManifestPeriodsTest, ABadRowIsRefusedWithItsLine) {
  const auto with = [](std::string_view row) {
    return ErrorOf(WithRow(OwnBundle(), "manifest_periods.csv", row));
  };
  for (const char* prefix : {"", "3", "370", "3700", "370700", "37078100", "3A", "99", "００"}) {
    EXPECT_EQ(with(fmt::format("{},medical,day,2024-01-01,,x,R", prefix)),
              "manifest_periods.csv:2: division_prefix is not the first 2, 4 or 6 digits of a "
              "division, without the zeros that end it")
        << prefix;
  }
  EXPECT_EQ(with("37,oil,day,2024-01-01,,x,R"),
            "manifest_periods.csv:2: waste_class is not medical");
  EXPECT_EQ(with("37,medical,week,2024-01-01,,x,R"),
            "manifest_periods.csv:2: period is none of trip, day, month");
  EXPECT_EQ(with("37,medical,day,2024-01-01,2023-01-01,x,R"),
            "manifest_periods.csv:2: valid_to is before valid_from");
  EXPECT_EQ(with("37,medical,day,2024-01-01,,,R"), "manifest_periods.csv:2: source is empty");
  EXPECT_EQ(with("37,medical,day,2024-01-01,,x,R\n37,medical,trip,2025-01-01,,x,R"),
            "manifest_periods.csv:3: 37 has two periods on one day");
}

TEST(CompatibilityTest, OnlyListedPairsMergeInEitherOrder) {
  const auto data = LoadOwn();
  EXPECT_TRUE(data->MayMerge("900-214-08", "900-218-08"));
  EXPECT_TRUE(data->MayMerge("900-218-08", "900-214-08"));
  EXPECT_FALSE(data->MayMerge("900-214-08", "900-220-08")) << "transformer oil may hold PCB";
  EXPECT_FALSE(data->MayMerge("900-214-08", "900-007-09"));
  EXPECT_FALSE(data->MayMerge("841-001-01", "841-002-01"));
  EXPECT_TRUE(data->MayMerge("841-001-01", "841-001-01"));
  EXPECT_FALSE(data->MayMerge("", "8"));
}

TEST(CompatibilityTest, ACategoryStandsForEachOfItsCodes) {
  std::string bundle = WithRow(OwnBundle(), "compatibility.csv", "HW34,HW34,x,R");
  bundle = WithRow(bundle, "compatibility.csv", "HW12,900-041-49,x,R");
  const auto data = Load(bundle);
  EXPECT_TRUE(data->MayMerge("900-300-34", "900-349-34"));
  EXPECT_FALSE(data->MayMerge("900-300-34", "900-352-35"));
  EXPECT_TRUE(data->MayMerge("900-252-12", "900-041-49"));
  EXPECT_TRUE(data->MayMerge("900-041-49", "900-252-12"));
  EXPECT_FALSE(data->MayMerge("900-252-12", "900-039-49"));
  EXPECT_FALSE(data->MayMerge("900-252-12", "900-253-12")) << "with itself it is not listed";
}

TEST(CompatibilityTest, EveryPairOfCodesIsInTheCatalogue) {
  const auto data = LoadOwn();
  for (const WasteCode* a : data->WasteCodesInLatest(kIn2026)) {
    EXPECT_TRUE(data->MayMerge(a->code, a->code));
  }
  for (const char* code : {"900-214-08", "900-217-08", "900-218-08", "900-219-08", "900-005-09",
                           "900-006-09", "900-007-09"}) {
    EXPECT_NE(data->FindWasteCodeInLatest(code, kIn2026), nullptr) << code;
  }
}

TEST(CompatibilityTest, ABadRowIsRefusedWithItsLine) {
  const auto with = [](std::string_view row) {
    return ErrorOf(WithRow(OwnBundle(), "compatibility.csv", row));
  };
  EXPECT_EQ(with("HW8,HW08,x,R"), "compatibility.csv:11: a is neither NNN-NNN-CC nor HWCC");
  EXPECT_EQ(with("HW08,900-214-8,x,R"), "compatibility.csv:11: b is neither NNN-NNN-CC nor HWCC");
  EXPECT_EQ(with("HW08,hw08,x,R"), "compatibility.csv:11: b is neither NNN-NNN-CC nor HWCC");
  EXPECT_EQ(with("900-214-08,900-214-08,x,R"),
            "compatibility.csv:11: waste of one code may always be merged");
  EXPECT_EQ(with("900-217-08,900-214-08,x,R"),
            "compatibility.csv:11: 900-214-08 with 900-217-08 is given twice");
  EXPECT_EQ(with("HW08,HW08,,R"), "compatibility.csv:11: source is empty");
  EXPECT_EQ(with("HW08,HW08,x,F3"), "compatibility.csv:11: mark is none of F, F2, R");
}

TEST(ProcessesTest, NoPreTreatmentBeginsANewAge) {
  const auto data = LoadOwn();
  for (const char* code : {"mixing", "drying", "repacking", "solidifying", "crushing", "dewatering",
                           "neutralisation"}) {
    ASSERT_NE(data->FindProcess(code), nullptr) << code;
    EXPECT_FALSE(data->FindProcess(code)->resets_age) << code;
    EXPECT_FALSE(data->FindProcess(code)->name_zh.empty());
  }
  EXPECT_EQ(data->FindProcess("neutralisation")->method_code, "D9");
  EXPECT_EQ(data->FindProcess("mixing")->method_code, "");
  EXPECT_EQ(data->FindProcess("Mixing"), nullptr);
  const auto other = Load(WithRow(OwnBundle(), "processes.csv", "melting,yes,,熔融,Melting,x,R"));
  EXPECT_TRUE(other->FindProcess("melting")->resets_age);
}

TEST(ProcessesTest, ABadRowIsRefusedWithItsLine) {
  const auto with = [](std::string_view row) {
    return ErrorOf(WithRow(OwnBundle(), "processes.csv", row));
  };
  for (const char* code : {"", "Melting", "2melting", "melt ing", "熔融"}) {
    EXPECT_EQ(
        with(fmt::format("{},no,,熔融,Melting,x,R", code)),
        "processes.csv:16: process_code is not made of small letters, digits and underscores, "
        "a letter first")
        << code;
  }
  EXPECT_EQ(with("melting,never,,熔融,Melting,x,R"),
            "processes.csv:16: resets_age is neither yes nor no");
  EXPECT_EQ(with("melting,no,D99,熔融,Melting,x,R"),
            "processes.csv:16: methods.csv has no method D99");
  EXPECT_EQ(with("melting,no,,,Melting,x,R"), "processes.csv:16: name_zh is empty");
  EXPECT_EQ(with("mixing,no,,混合,Mixing,x,R"),
            "processes.csv:16: the process mixing is given twice");
}

TEST(ReasonsTest, EachSubjectHasReasonsInBothLanguages) {
  const auto data = LoadOwn();
  for (const char* subject : {"cancel", "refusal", "return", "void", "amend", "contest", "dispute",
                              "incident", "paper"}) {
    EXPECT_GE(data->Reasons(subject).size(), 4u) << subject;
    for (const Reason* reason : data->Reasons(subject)) {
      EXPECT_EQ(data->FindReason(subject, reason->code), reason);
      EXPECT_FALSE(reason->name_zh.empty());
      EXPECT_FALSE(reason->name_en.empty());
    }
  }
  ASSERT_NE(data->FindReason("incident", "loss"), nullptr);
  EXPECT_EQ(data->FindReason("incident", "loss")->name_zh, "丢失");
  EXPECT_EQ(data->FindReason("cancel", "loss"), nullptr) << "a reason of another subject";
  EXPECT_EQ(data->FindReason("no_subject", "loss"), nullptr);
}

TEST(ReasonsTest, ABadRowIsRefusedWithItsLine) {
  const auto with = [](std::string_view row) {
    return ErrorOf(WithRow(OwnBundle(), "reasons.csv", row));
  };
  EXPECT_EQ(
      with("Cancel,late,迟到,Late"),
      "reasons.csv:65: subject is not made of small letters, digits and underscores, a letter "
      "first");
  EXPECT_EQ(with("cancel,late!,迟到,Late"),
            "reasons.csv:65: code is not made of small letters, digits and underscores, a letter "
            "first");
  EXPECT_EQ(with("cancel,late,迟到,"), "reasons.csv:65: name_en is empty");
  EXPECT_EQ(with("incident,loss,丢失,Loss"),
            "reasons.csv:65: the reason loss of incident is given twice");
  EXPECT_EQ(with("cancel,late,迟到,Late,R"), "reasons.csv:65: 5 fields where the heading has 4");
}

}  // namespace
}  // namespace cradle::rules
