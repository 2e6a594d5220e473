#include "services/rules/rule_data.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "services/rules/calendar.h"
#include "tests/services/rules/bundle_parts.h"

namespace cradle::rules {
namespace {

constexpr absl::CivilDay kIn2021Edition(2023, 6, 1);
constexpr absl::CivilDay kIn2026(2026, 3, 1);

std::shared_ptr<const RuleData> Load() { return test::LoadOwn(); }

TEST(RuleDataTest, AnExemptionIsOfAnItemALinkAndAWaste) {
  const auto data = Load();
  EXPECT_TRUE(data->Exempts(2, "运输", "841-001-01", kIn2021Edition)) << "by category";
  EXPECT_FALSE(data->Exempts(2, "利用", "841-001-01", kIn2021Edition));
  EXPECT_FALSE(data->Exempts(2, "运输", "900-214-08", kIn2021Edition));
  EXPECT_TRUE(data->Exempts(24, "运输", "900-041-49", kIn2021Edition)) << "all links are exempt";
  EXPECT_FALSE(data->Exempts(99, "运输", "900-041-49", kIn2021Edition));
  EXPECT_TRUE(data->Exempts(2, "运输", "841-001-01", kIn2026)) << "of the newest edition loaded";
  EXPECT_FALSE(data->Exempts(2, "运输", "841-001-01", absl::CivilDay(2019, 1, 1)));
}

TEST(RuleDataTest, SameFilesGiveTheSameBytes) {
  EXPECT_EQ(*PackRuleData("deploy/rule_data"), *PackRuleData("deploy/rule_data"));
  EXPECT_EQ(Load()->sha256(), evidence::Sha256(Load()->bundle()));
}

TEST(RuleDataTest, TheCatalogueOf2021Has467CodesIn46Categories) {
  const auto data = Load();
  const auto codes = data->WasteCodes(kIn2021Edition);
  EXPECT_EQ(codes.size(), 467u);
  std::set<std::string> categories;
  for (const WasteCode* code : codes) categories.insert(code->category);
  EXPECT_EQ(categories.size(), 46u);
  ASSERT_NE(data->FindWasteCode("841-001-01", kIn2021Edition), nullptr);
  EXPECT_EQ(data->FindWasteCode("841-001-01", kIn2021Edition)->name, "感染性废物");
  EXPECT_EQ(data->FindWasteCode("841-009-01", kIn2021Edition), nullptr);
}

TEST(RuleDataTest, AnIdentifiedButUnlistedWasteHasACodeInEachCategoryThereIs) {
  const auto data = Load();
  ASSERT_NE(data->FindWasteCode("900-000-08", kIn2021Edition), nullptr);
  EXPECT_EQ(data->FindWasteCode("900-000-08", kIn2021Edition)->category, "HW08");
  EXPECT_EQ(data->FindWasteCode("900-000-41", kIn2021Edition), nullptr) << "there is no HW41";
}

TEST(RuleDataTest, AnEditionHoldsFromItsFirstToItsLastDay) {
  const auto data = Load();
  EXPECT_FALSE(data->CatalogueLoadedOn(absl::CivilDay(2020, 12, 31)));
  EXPECT_TRUE(data->CatalogueLoadedOn(absl::CivilDay(2021, 1, 1)));
  EXPECT_TRUE(data->CatalogueLoadedOn(absl::CivilDay(2024, 12, 31)));
  EXPECT_FALSE(data->CatalogueLoadedOn(absl::CivilDay(2025, 1, 1)));
  EXPECT_EQ(data->FindWasteCode("841-001-01", kIn2026), nullptr);
  EXPECT_NE(data->FindWasteCodeInLatest("841-001-01", kIn2026), nullptr);
  EXPECT_EQ(data->FindWasteCodeInLatest("841-001-01", absl::CivilDay(2020, 1, 1)), nullptr);
  EXPECT_TRUE(data->WasteCodes(kIn2026).empty());
}

TEST(RuleDataTest, TheLawChangesOn15August2026) {
  const auto data = Load();
  const std::string before = data->LegalBasis("licence", absl::CivilDay(2026, 8, 14));
  const std::string after = data->LegalBasis("licence", absl::CivilDay(2026, 8, 15));
  EXPECT_EQ(before, "固体废物污染环境防治法 第80条");
  EXPECT_EQ(after, "生态环境法典 第534条 [F2]") << "what nobody read in the primary text says so";
  EXPECT_EQ(data->LegalBasis("no such subject", kIn2026), "");
}

TEST(RuleDataTest, LimitsMethodsZonesAndDivisionsAreFound) {
  const auto data = Load();
  EXPECT_EQ(data->Limit("offline_window_hours", kIn2026).value_or(0), 72);
  EXPECT_EQ(data->Limit("storage_limit_years_producer", kIn2026).value_or(0), 1);
  EXPECT_EQ(data->Limit("no_such_limit", kIn2026).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(data->Limit("storage_point_mass_g", absl::CivilDay(2023, 6, 30)).status().code(),
            absl::StatusCode::kNotFound)
      << "GB 18597-2023 is in force from 1 July 2023";
  ASSERT_TRUE(data->FindMethod("Y11").has_value());
  EXPECT_TRUE(data->FindMethod("Y11")->medical);
  EXPECT_FALSE(data->FindMethod("Y11")->utilises);
  EXPECT_TRUE(data->FindMethod("R9")->utilises);
  EXPECT_FALSE(data->FindMethod("R99").has_value());
  EXPECT_EQ(data->ZoneOffsetMs("").value_or(0), 8 * kHourMs);
  EXPECT_EQ(data->ZoneOffsetMs("Asia/Urumqi").value_or(0), 6 * kHourMs);
  EXPECT_FALSE(data->ZoneOffsetMs("Asia/Shangai").has_value());
  EXPECT_EQ(data->DivisionName("370781"), "青州市");
  EXPECT_EQ(data->DivisionName("999999"), "");
}

// What the parser says of the bundle with one part replaced.
std::string ErrorOf(std::string_view from, std::string_view to) {
  return test::ErrorOf(test::Replaced(test::OwnBundle(), from, to));
}

TEST(RuleDataTest, ABadBundleIsRefusedWithFileAndLine) {
  EXPECT_EQ(test::ErrorOf("cradle rule data 2\n" + Load()->bundle().substr(19)),
            "bundle:1: does not begin \"cradle rule data 1\"");
  EXPECT_EQ(ErrorOf("841-002-01,HW01", "841-002-1,HW01"),
            "waste_codes_2021.csv:3: waste code \"841-002-1\": not of the form NNN-NNN-CC");
  EXPECT_EQ(ErrorOf("841-002-01,HW01", "841-002-01,HW02"),
            "waste_codes_2021.csv:3: the category is not that of the code");
  EXPECT_EQ(ErrorOf("841-002-01,HW01", "841-001-01,HW01"),
            "waste_codes_2021.csv:3: the code 841-001-01 is given twice");
  EXPECT_EQ(ErrorOf("损伤性废物,In,single", "损伤性废物,In|X,single"),
            "waste_codes_2021.csv:3: hazards is not made of T, C, I, R, In with | between");
  EXPECT_EQ(ErrorOf("损伤性废物,In,single", "损伤性废物,In,single,"),
            "waste_codes_2021.csv:3: 8 fields where the heading has 7");
  EXPECT_EQ(ErrorOf("01,HW01,医疗废物,卫生,损伤性", "01,HW01,医疗废物,卫生,损伤\xFF"),
            "waste_codes_2021.csv:3: not UTF-8: save the file as UTF-8");
  EXPECT_EQ(ErrorOf("offline_window_hours,72", "offline_window_hours,-72"),
            "limits.csv:2: value is no whole number from 0 to 10^12");
  EXPECT_EQ(ErrorOf("offline_window_hours,72,1970-01-01", "offline_window_hours,72,1970-01-02"),
            "limits.csv:1: offline_window_hours does not hold on every day from 1970-01-01 on");
  EXPECT_EQ(ErrorOf("offline_window_hours,72,1970-01-01", "offline_window_hours,72,1970-02-30"),
            "limits.csv:2: 1970-02-30 is not a day that exists");
  EXPECT_EQ(ErrorOf("2021-01-01,2024-12-31,生态", "2021-01-01,2020-12-31,生态"),
            "catalogue.csv:2: valid_to is before valid_from");
  EXPECT_EQ(ErrorOf("Asia/Shanghai,480", "Asia/Shanghai,540"),
            "zones.csv:1: Asia/Shanghai must be there, at 480 minutes");
  EXPECT_EQ(ErrorOf("R1,U,no", "R1,V,no"), "methods.csv:2: ending is neither U nor D");
  EXPECT_EQ(ErrorOf("370781,青州市,county", "370781,青州市,prefecture"),
            "divisions.csv:44: by its code the level is county");
  EXPECT_EQ(ErrorOf("name,value,valid_from", "names,value,valid_from"),
            "limits.csv:1: the headings must be name,value,valid_from,valid_to,source,mark");
}

TEST(RuleDataTest, ABundleWithAFileMissingOrTooMuchIsRefused) {
  const std::string bundle = Load()->bundle();
  const size_t zones = bundle.find("\nfile zones.csv") + 1;
  EXPECT_EQ(RuleData::FromBundle(bundle.substr(0, zones)).status().message(),
            "zones.csv:1: missing from the bundle");
  EXPECT_EQ(RuleData::FromBundle(bundle + "file zz.csv 2\nab").status().message(),
            "zz.csv:1: no table of this name is known");
  EXPECT_FALSE(RuleData::FromBundle(bundle + "file zones.csv 0\n").ok());
  EXPECT_FALSE(RuleData::FromBundle(bundle + "file zz.csv 99999999\n").ok());
  EXPECT_FALSE(RuleData::FromBundle(bundle + "file zz.csv 99999999999999999999\n").ok());
}

TEST(RuleDataTest, NoCutOfABundleIsACrashOrABundle) {
  const std::string bundle = Load()->bundle();
  for (size_t length = 0; length < bundle.size(); length += 997) {
    EXPECT_FALSE(RuleData::FromBundle(bundle.substr(0, length)).ok()) << length;
  }
}

class LibraryTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = testing::TempDir() + "rule_library";
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }
  void Write(const std::string& name, std::string_view bytes) {
    std::ofstream(directory_ + "/" + name, std::ios::binary) << bytes;
  }
  std::string directory_;
};

TEST_F(LibraryTest, FindsABundleByItsSha256) {
  const auto data = Load();
  Write(evidence::Hex(data->sha256()) + ".bundle", data->bundle());
  const auto library = RuleDataLibrary::FromDirectory(directory_);
  ASSERT_TRUE(library.ok()) << library.status();
  ASSERT_NE(library->Find(evidence::AsBytes(data->sha256())), nullptr);
  EXPECT_EQ(library->Find(std::string(32, 'x')), nullptr);
}

TEST_F(LibraryTest, RefusesAFileThatIsNotWhatItsNameSays) {
  Write(std::string(64, 'a') + ".bundle", Load()->bundle());
  EXPECT_EQ(RuleDataLibrary::FromDirectory(directory_).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(LibraryTest, RefusesADirectoryThatIsNotThere) {
  EXPECT_EQ(RuleDataLibrary::FromDirectory(directory_ + "/none").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_FALSE(PackRuleData(directory_).ok()) << "an empty directory holds no rule data";
}

}  // namespace
}  // namespace cradle::rules
