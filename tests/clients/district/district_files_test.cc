// The files of the sample district keep the promises of their README.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "clients/district/district.h"
#include "clients/district/plan.h"
#include "services/rules/calendar.h"
#include "services/rules/identity.h"
#include "services/rules/rule_data.h"
#include "tests/clients/sdk/temporary_directory.h"

namespace cradle::district {
namespace {

using ::testing::HasSubstr;
namespace v1 = statement::v1;

constexpr char kSample[] = "deploy/sample";  // tests run at the root of the tree

class DistrictFilesTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<District> district = ReadDistrict(kSample);
    ASSERT_TRUE(district.ok()) << district.status().message();
    district_ = *std::move(district);
  }

  std::vector<const Organisation*> WithRole(v1::OrganisationRole role) const {
    std::vector<const Organisation*> found;
    for (const auto& [key, organisation] : district_.organisations) {
      const auto& roles = organisation.registered.roles();
      if (std::find(roles.begin(), roles.end(), role) != roles.end()) {
        found.push_back(&organisation);
      }
    }
    return found;
  }

  size_t StockStored(const std::string& days_ago) const {
    return static_cast<size_t>(
        std::count_if(district_.stock.begin(), district_.stock.end(),
                      [&](const auto& stock) { return stock.second.stored_days_ago == days_ago; }));
  }

  District district_;
};

TEST_F(DistrictFilesTest, EveryUsccHasItsCheckCharacter) {
  for (const auto& [key, organisation] : district_.organisations) {
    if (!organisation.registered.has_uscc()) continue;
    EXPECT_TRUE(rules::CheckUscc(organisation.registered.uscc()).ok()) << key;
  }
}

TEST_F(DistrictFilesTest, NoDivisionIsAnyonesOwn) {
  for (const auto& [key, organisation] : district_.organisations) {
    EXPECT_TRUE(organisation.registered.division().starts_with("3799")) << key;
    EXPECT_THAT(organisation.registered.name(), HasSubstr("样例市")) << key;
  }
}

TEST_F(DistrictFilesTest, OneBureauFoundsTheLogAndOneRegistersTheInstitutions) {
  EXPECT_EQ(WithRole(v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY).size(), 1u);
  EXPECT_EQ(WithRole(v1::ORGANISATION_ROLE_HEALTH_AUTHORITY).size(), 1u);
  EXPECT_EQ(district_.organisations.at("ecology").registered_by, "");
}

TEST_F(DistrictFilesTest, TwentyOf603InstitutionsHaveNoUscc) {
  const auto institutions = WithRole(v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION);
  EXPECT_EQ(institutions.size(), 603u);
  size_t exempt = 0;
  size_t registration = 0;
  size_t scoped = 0;
  for (const Organisation* institution : institutions) {
    if (institution->registered.beds() <= 19) ++exempt;
    if (institution->registered.has_medical_registration()) ++registration;
    if (institution->registered.has_scoped()) ++scoped;
    EXPECT_EQ(institution->registered_by, "health") << institution->key;
  }
  EXPECT_GT(exempt, 0u);
  EXPECT_LT(exempt, institutions.size());
  EXPECT_EQ(registration, 10u);
  EXPECT_EQ(scoped, 10u);
}

TEST_F(DistrictFilesTest, FortyProducersOrMoreAndOneHasTwoSites) {
  const auto producers = WithRole(v1::ORGANISATION_ROLE_PRODUCER);
  EXPECT_GE(producers.size(), 40u);
  std::map<std::string, int> sites;
  for (const auto& [key, site] : district_.sites) ++sites[site.organisation];
  size_t with_two = 0;
  for (const Organisation* producer : producers) {
    if (sites[producer->key] == 2) ++with_two;
  }
  EXPECT_EQ(with_two, 1u);
}

TEST_F(DistrictFilesTest, EveryCodeIsInTheCatalogueOf2021) {
  const absl::StatusOr<std::string> bundle = rules::PackRuleData("deploy/rule_data");
  ASSERT_TRUE(bundle.ok()) << bundle.status().message();
  const auto data = rules::RuleData::FromBundle(*bundle);
  ASSERT_TRUE(data.ok()) << data.status().message();
  const absl::CivilDay in_force(2024, 6, 1);
  std::set<std::string> codes;
  for (const auto& [key, stock] : district_.stock) codes.insert(stock.declared.waste_code());
  for (const auto& [key, pickup] : district_.pickups) {
    for (const PickupLine& line : pickup.lines) codes.insert(line.code);
  }
  EXPECT_GE(codes.size(), 20u);
  for (const std::string& code : codes) {
    EXPECT_NE((*data)->FindWasteCode(code, in_force), nullptr) << code;
  }
}

TEST_F(DistrictFilesTest, IncineratorHasOldAshOfItsOwn) {
  const Stock& ash = district_.stock.at("ash-1");
  EXPECT_EQ(ash.organisation, "incinerator");
  EXPECT_EQ(ash.declared.waste_code(), "772-003-18");
  EXPECT_EQ(ash.declared.origin(), v1::STOCK_ORIGIN_OWN);
  EXPECT_GT(std::stoi(ash.stored_days_ago), 366);
}

TEST_F(DistrictFilesTest, StockIsFromOneDayToTwoYearsOldAndSomeOnTheAnniversary) {
  EXPECT_GE(StockStored("1"), 1u);
  EXPECT_GE(StockStored("730"), 1u);
  EXPECT_GE(StockStored("unknown"), 1u);
  EXPECT_GE(StockStored("anniversary"), 3u);
  EXPECT_GE(StockStored("anniversary+1"), 3u);
  std::map<v1::EvidenceGrade, size_t> grades;
  for (const auto& [key, stock] : district_.stock) ++grades[stock.declared.evidence_grade()];
  EXPECT_GT(grades[v1::EVIDENCE_GRADE_OWNER_WORD], 5u);
  EXPECT_GT(grades[v1::EVIDENCE_GRADE_DOCUMENTED], 5u);
  EXPECT_GT(grades[v1::EVIDENCE_GRADE_INSPECTED], 5u);
}

TEST_F(DistrictFilesTest, OneLoadWeighsLessOnArrival) {
  size_t different = 0;
  for (const auto& [key, pickup] : district_.pickups) {
    for (const PickupLine& line : pickup.lines) {
      if (line.received_mass_g != line.sent_mass_g) ++different;
    }
  }
  EXPECT_EQ(different, 1u);
}

TEST_F(DistrictFilesTest, OneLicenceEndsWhileTheLoadIsOnTheRoad) {
  std::map<std::string, int64_t> ends;  // carrier → days ago
  for (const Licence& licence : district_.licences) {
    if (licence.granted.kind() == v1::LICENCE_KIND_TRANSPORT) {
      ends[licence.organisation] = licence.to_days_ago;
    }
  }
  size_t on_the_road = 0;
  for (const auto& [key, pickup] : district_.pickups) {
    const int64_t end = ends.at(pickup.carrier);
    EXPECT_GE(pickup.taken_days_ago, end) << key << ": could not have been issued";
    if (pickup.delivered_days_ago < end) ++on_the_road;
  }
  EXPECT_EQ(on_the_road, 1u);
}

TEST_F(DistrictFilesTest, MedicalWasteTravelsOnItsOwnVehicles) {
  for (const auto& [key, pickup] : district_.pickups) {
    const bool medical = pickup.lines[0].code.starts_with("841-");
    const Vehicle& vehicle = district_.vehicles.at(pickup.vehicle);
    EXPECT_EQ(vehicle.organisation, pickup.carrier) << key;
    EXPECT_EQ(vehicle.registered.medical_waste_dedicated(), medical) << key;
  }
}

TEST_F(DistrictFilesTest, EveryInstitutionIsCollectedFromInTheWeek) {
  std::set<std::string> collected;
  for (const auto& [key, pickup] : district_.pickups) collected.insert(pickup.consignor);
  for (const Organisation* institution : WithRole(v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION)) {
    EXPECT_TRUE(collected.contains(institution->key)) << institution->key;
  }
}

std::string Start(const std::string& word, absl::CivilDay today) {
  return StorageStartDate(word, today).value_or("refused");
}

TEST(StorageStartDateTest, CountsDaysBackAndKnowsUnknown) {
  EXPECT_EQ(Start("1", absl::CivilDay(2026, 3, 1)), "2026-02-28");
  EXPECT_EQ(Start("unknown", absl::CivilDay(2026, 3, 1)), "");
  for (const char* word : {"", "-1", "1.5", "soon", "anniversary+2"}) {
    EXPECT_EQ(Start(word, absl::CivilDay(2026, 3, 1)), "refused") << word;
  }
}

TEST(StorageStartDateTest, AnniversaryIsNotOverTodayAndTheDayBeforeIs) {
  absl::CivilDay today(2023, 12, 1);
  for (; today < absl::CivilDay(2029, 1, 1); ++today) {
    const absl::CivilDay start = *rules::ParseDate(Start("anniversary", today));
    EXPECT_FALSE(rules::PeriodIsOver(start, 1, today)) << rules::FormatDate(today);
    const absl::CivilDay before = *rules::ParseDate(Start("anniversary+1", today));
    EXPECT_TRUE(rules::PeriodIsOver(before, 1, today)) << rules::FormatDate(today);
    // With 29 February no year ends.
    if (today.month() == 2 && today.day() == 29) continue;
    EXPECT_TRUE(rules::PeriodIsOver(start, 1, today + 1)) << rules::FormatDate(today);
  }
}

TEST(ReadDistrictTest, NamesFileAndLineOfWhatIsWrong) {
  const sdk::TemporaryDirectory directory;
  std::filesystem::copy(kSample, directory.path(), std::filesystem::copy_options::recursive);
  std::ofstream(directory.path() / "vehicles.csv", std::ios::app)
      << "truck,haulage,样9,样9,perhaps,100\n";
  const absl::StatusOr<District> district = ReadDistrict(directory.path());
  EXPECT_EQ(district.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(district.status().message()),
              HasSubstr("vehicles.csv:20: medical: yes or no, not 'perhaps'"));
}

TEST(ReadDistrictTest, SaysWhichFileIsMissing) {
  const sdk::TemporaryDirectory directory;
  const absl::StatusOr<District> district = ReadDistrict(directory.path());
  EXPECT_EQ(district.status().code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(district.status().message()), HasSubstr("organisations.csv"));
}

}  // namespace
}  // namespace cradle::district
