#include "services/registry/queries.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/registry/view.h"
#include "services/rules/identity.h"
#include "storage/evidence/hash.h"
#include "tests/services/runtime/district.h"
#include "tests/services/runtime/folded_view.h"

namespace cradle::registry {
namespace {

using statement::v1::Statement;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class RegistryTest : public ::testing::Test {
 protected:
  // Folds what the district has asserted since, and asks.
  template <typename Request, typename Response>
  absl::Status Ask(absl::Status (*query)(const kv::Reader&, const runtime::QueryContext&,
                                         const Request&, Response&),
                   const Request& request, Response& response) {
    while (folded_.known() < district_.size()) {
      folded_.Fold(district_.library(), district_.entries()[folded_.known()]);
    }
    return query(folded_.reader(), {folded_.known(), now_ms_, district_.library()}, request,
                 response);
  }

  v1::GetOrganisationResponse Get(const std::string& organisation) {
    v1::GetOrganisationRequest request;
    request.set_organisation(organisation);
    v1::GetOrganisationResponse response;
    const absl::Status status = Ask(&GetOrganisation, request, response);
    EXPECT_TRUE(status.ok()) << status;
    return response;
  }

  std::vector<std::string> Names(const v1::ListOrganisationsRequest& request) {
    v1::ListOrganisationsResponse response;
    const absl::Status status = Ask(&ListOrganisations, request, response);
    EXPECT_TRUE(status.ok()) << status;
    std::vector<std::string> names;
    for (const auto& organisation : response.organisations()) {
      names.push_back(organisation.registered().name());
    }
    return names;
  }

  test::District district_;
  test::FoldedView folded_{RegistryView()};
  int64_t now_ms_ = test::UtcMs(2024, 6, 1, 4);
};

TEST_F(RegistryTest, AnOrganisationComesWithAllThatBelongsToIt) {
  const v1::GetOrganisationResponse found = Get(district_.operating.organisation);
  EXPECT_EQ(found.known(), district_.size());
  EXPECT_EQ(found.organisation().registered().name(), district_.operating.name);
  ASSERT_EQ(found.sites_size(), 1);
  EXPECT_EQ(found.sites(0).registered().site(), district_.operating.site);
  std::vector<std::string> facilities;
  for (const auto& facility : found.facilities()) {
    facilities.push_back(facility.registered().facility());
  }
  EXPECT_THAT(facilities,
              ::testing::UnorderedElementsAre(district_.operating.facility, district_.furnace));
  ASSERT_EQ(found.licences_size(), 1);
  EXPECT_EQ(found.licences(0).granted().kind(), statement::v1::LICENCE_KIND_COMPREHENSIVE);
  ASSERT_EQ(found.keys_size(), 1);
  EXPECT_EQ(found.keys(0).enrolled().person(), district_.operating.person);
  EXPECT_THAT(found.vehicles(), IsEmpty());

  const v1::GetOrganisationResponse carrier = Get(district_.carrier.organisation);
  ASSERT_EQ(carrier.vehicles_size(), 1);
  EXPECT_EQ(carrier.vehicles(0).registered().vehicle(), district_.vehicle);
  EXPECT_THAT(carrier.sites(), IsEmpty());
}

TEST_F(RegistryTest, WhatOfAnAmountIsUsedComesWithThePaperThatNamesIt) {
  const auto used = [&](const test::Actor& actor) {
    std::vector<std::string> texts;
    const v1::GetOrganisationResponse found = Get(actor.organisation);
    for (const v1::AmountUsed& it : found.amounts()) {
      texts.push_back(fmt::format("{} {} {} of {} in {}", it.number(), it.waste(), it.used_mass_g(),
                                  it.limit_mass_g(), it.year()));
    }
    return texts;
  };
  EXPECT_THAT(used(district_.carrier), IsEmpty()) << "a licence to transport names none";
  EXPECT_THAT(used(district_.operating), ElementsAre("鲁危证1 HW08 0 of 10000000000 in 2024",
                                                     "鲁危证1 HW49 0 of 10000000000 in 2024"));
  const test::Batch batch = district_.Generate(district_.producer, district_.now_ms());
  district_.Store(district_.producer, batch, district_.now_ms());
  district_.Send(district_.producer, district_.operating, batch);
  EXPECT_THAT(used(district_.operating), ElementsAre("鲁危证1 HW08 250000 of 10000000000 in 2024",
                                                     "鲁危证1 HW49 0 of 10000000000 in 2024"));
  now_ms_ = test::UtcMs(2025, 1, 1);
  EXPECT_THAT(used(district_.operating), Contains("鲁危证1 HW08 0 of 10000000000 in 2025"));
}

TEST_F(RegistryTest, PapersAndWardsComeWithTheirOrganisation) {
  district_.Assert({{district_.regulator, statement::v1::CAPACITY_REGULATOR}},
                   [&](Statement& statement) {
                     auto& pilot = *statement.mutable_pilot_approved();
                     pilot.set_pilot_number("试点1号");
                     pilot.set_producer(district_.producer.organisation);
                     pilot.set_user(district_.operating.organisation);
                     pilot.set_waste_code("900-041-49");
                     pilot.set_cap_mass_g(5'000'000);
                     pilot.set_valid_from_date("2024-01-01");
                     pilot.set_valid_to_date("2024-12-31");
                     pilot.set_document_sha256(std::string(32, 'd'));
                   });
  district_.Assert({{district_.producer, statement::v1::CAPACITY_ORGANISATION}},
                   [&](Statement& statement) {
                     auto& plan = *statement.mutable_permit_registered();
                     plan.set_organisation(district_.producer.organisation);
                     plan.set_site(district_.producer.site);
                     plan.set_kind(statement::v1::PERMIT_KIND_PLAN);
                     plan.set_document_number("GLJH-2024-1");
                     plan.set_year(2024);
                     auto& waste = *plan.add_wastes();
                     waste.set_waste_code("900-214-08");
                     waste.set_annual_mass_g(3'000'000);
                     plan.set_document_sha256(std::string(32, 'p'));
                   });
  district_.Generate(district_.producer, district_.now_ms());
  const v1::AmountUsed plan = Get(district_.producer.organisation).amounts(0);
  EXPECT_EQ(plan.number(), "GLJH-2024-1");
  EXPECT_EQ(plan.used_mass_g(), 250'000);
  EXPECT_EQ(plan.limit_mass_g(), 3'000'000);
  const v1::AmountUsed pilot = Get(district_.operating.organisation).amounts(2);
  EXPECT_EQ(pilot.number(), "试点1号");
  EXPECT_EQ(pilot.limit_mass_g(), 5'000'000);
  EXPECT_EQ(pilot.year(), 0);

  test::Actor hospital = district_.Register("青州医院", "370781",
                                            statement::v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION);
  const std::string site = district_.AddSite(hospital, "门诊楼");
  const std::string ward = district_.NewId();
  district_.Assert({{hospital, statement::v1::CAPACITY_ORGANISATION}}, [&](Statement& statement) {
    auto& registered = *statement.mutable_ward_registered();
    registered.set_organisation(hospital.organisation);
    registered.set_ward(ward);
    registered.set_site(site);
    registered.set_department_code("03");
  });
  ASSERT_EQ(Get(hospital.organisation).wards_size(), 1);
  EXPECT_EQ(Get(hospital.organisation).wards(0).registered().ward(), ward);
}

TEST_F(RegistryTest, TheFoundingRegulatorIsThereWithItsKey) {
  const v1::GetOrganisationResponse found = Get(district_.regulator.organisation);
  EXPECT_EQ(found.organisation().index(), 0U);
  ASSERT_EQ(found.keys_size(), 1);
  EXPECT_EQ(found.keys(0).enrolled().key(), district_.regulator.key.public_key().spki_der());
}

TEST_F(RegistryTest, AnOrganisationIsFoundByUscc) {
  v1::GetOrganisationRequest request;
  v1::GetOrganisationResponse response;
  request.set_uscc("91350100M000100Y43");
  ASSERT_TRUE(Ask(&GetOrganisation, request, response).ok());
  EXPECT_EQ(response.organisation().registered().organisation(), district_.regulator.organisation);
  request.set_uscc("91130200699229617X");
  EXPECT_TRUE(absl::IsNotFound(Ask(&GetOrganisation, request, response)));
  request.set_uscc("91350100M000100Y44");
  EXPECT_THAT(Ask(&GetOrganisation, request, response).ToString(),
              HasSubstr("INVALID_ARGUMENT: uscc:"));
}

TEST_F(RegistryTest, BadOrMissingIdsAreSaidByName) {
  v1::GetOrganisationRequest request;
  v1::GetOrganisationResponse response;
  EXPECT_THAT(Ask(&GetOrganisation, request, response).ToString(),
              HasSubstr("INVALID_ARGUMENT: by:"));
  request.set_organisation("v/list/");
  EXPECT_THAT(Ask(&GetOrganisation, request, response).ToString(),
              HasSubstr("INVALID_ARGUMENT: organisation:"));
  const std::string id = district_.NewId();
  request.set_organisation(id);
  const absl::Status status = Ask(&GetOrganisation, request, response);
  EXPECT_TRUE(absl::IsNotFound(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr(id));
}

TEST_F(RegistryTest, OrganisationsAreListedByDivisionAndAllBelowIt) {
  v1::ListOrganisationsRequest request;
  EXPECT_THAT(Names(request), ElementsAre(district_.regulator.name, district_.workshop.name,
                                          ::testing::_, ::testing::_, ::testing::_))
      << "in order of division";
  request.set_division("370000");
  EXPECT_EQ(Names(request).size(), 5U);
  request.set_division("370700");
  EXPECT_EQ(Names(request).size(), 3U);
  request.set_division("370781");
  EXPECT_EQ(Names(request).size(), 3U);
  request.set_division("370285");
  EXPECT_THAT(Names(request), ElementsAre(district_.workshop.name));
  request.set_division("110000");
  EXPECT_THAT(Names(request), IsEmpty());
}

TEST_F(RegistryTest, ADivisionIsTheRangeThatTheRulesSayItCovers) {
  const char* divisions[] = {"370000", "370700", "370701", "370781", "370200", "110000", "371000"};
  for (const char* authority : divisions) {
    for (const char* division : divisions) {
      const std::string row =
          rows::List(statement::v1::ORGANISATION_ROLE_UNSPECIFIED, "") + division;
      EXPECT_EQ(
          row.starts_with(rows::List(statement::v1::ORGANISATION_ROLE_UNSPECIFIED, authority)),
          rules::DivisionCovers(authority, division))
          << authority << " " << division;
    }
  }
}

TEST_F(RegistryTest, OrganisationsAreListedByRoleAndName) {
  v1::ListOrganisationsRequest request;
  request.set_role(statement::v1::ORGANISATION_ROLE_PRODUCER);
  EXPECT_THAT(Names(request), ElementsAre(district_.workshop.name, district_.producer.name));
  request.set_name_contains("化工");
  EXPECT_THAT(Names(request), ElementsAre(district_.producer.name));
  request.Clear();
  request.set_name_contains("lUCHENG");
  EXPECT_THAT(Names(request), ElementsAre(district_.carrier.name));
  request.set_name_contains("no such name");
  EXPECT_THAT(Names(request), IsEmpty());
}

TEST_F(RegistryTest, PagesOfOrganisationsJoinWithoutGap) {
  const std::vector<std::string> all = Names({});
  v1::ListOrganisationsRequest request;
  request.mutable_page()->set_size(2);
  std::vector<std::string> listed;
  int pages = 0;
  do {
    v1::ListOrganisationsResponse page;
    ASSERT_TRUE(Ask(&ListOrganisations, request, page).ok());
    for (const auto& organisation : page.organisations()) {
      listed.push_back(organisation.registered().name());
    }
    request.mutable_page()->set_token(page.next_token());
    ASSERT_LT(++pages, 10);
  } while (!request.page().token().empty());
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(listed, all);
}

TEST_F(RegistryTest, BadListsNameTheField) {
  const auto refusal = [&](const v1::ListOrganisationsRequest& request) {
    v1::ListOrganisationsResponse response;
    return Ask(&ListOrganisations, request, response).ToString();
  };
  v1::ListOrganisationsRequest request;
  request.set_division("3707");
  EXPECT_THAT(refusal(request), HasSubstr("INVALID_ARGUMENT: division:"));
  request.Clear();
  request.set_role(static_cast<statement::v1::OrganisationRole>(99));
  EXPECT_THAT(refusal(request), HasSubstr("INVALID_ARGUMENT: role:"));
  request.Clear();
  request.mutable_page()->set_size(1'001);
  EXPECT_THAT(refusal(request), HasSubstr("INVALID_ARGUMENT: page.size:"));
  request.Clear();
  request.mutable_page()->set_token("not hex");
  EXPECT_THAT(refusal(request), HasSubstr("INVALID_ARGUMENT: page.token:"));
  request.mutable_page()->set_token(evidence::Hex("s/org/"));
  EXPECT_THAT(refusal(request), HasSubstr("INVALID_ARGUMENT: page.token:"));
}

TEST_F(RegistryTest, AFacilityComesWithItsSite) {
  v1::GetFacilityRequest request;
  v1::GetFacilityResponse response;
  request.set_facility(district_.producer.facility);
  ASSERT_TRUE(Ask(&GetFacility, request, response).ok());
  EXPECT_EQ(response.facility().registered().organisation(), district_.producer.organisation);
  EXPECT_EQ(response.site().registered().site(), district_.producer.site);
  request.set_facility("x");
  EXPECT_THAT(Ask(&GetFacility, request, response).ToString(),
              HasSubstr("INVALID_ARGUMENT: facility:"));
  request.set_facility(district_.NewId());
  EXPECT_TRUE(absl::IsNotFound(Ask(&GetFacility, request, response)));
}

TEST_F(RegistryTest, AKeyIsShownWithItsCounterAlsoOnceRevoked) {
  const std::string key_id(evidence::AsBytes(district_.producer.key.public_key().id()));
  district_.Declare(district_.producer, "2023-01-01");
  district_.Assert({{district_.regulator, statement::v1::CAPACITY_REGULATOR}},
                   [&](Statement& statement) {
                     auto& revoked = *statement.mutable_device_key_revoked();
                     revoked.set_organisation(district_.producer.organisation);
                     revoked.set_key_id(key_id);
                     revoked.set_reason(statement::v1::REVOCATION_REASON_LOST);
                   });
  v1::GetKeyRequest request;
  v1::GetKeyResponse response;
  request.set_key_id(key_id);
  ASSERT_TRUE(Ask(&GetKey, request, response).ok());
  EXPECT_EQ(response.key().revoked_index(), district_.size() - 1);
  EXPECT_EQ(response.sequence().highest(), district_.producer.seq);
  EXPECT_EQ(response.sequence().count(), district_.producer.seq);
  EXPECT_EQ(Get(district_.producer.organisation).keys_size(), 1);

  request.set_key_id("short");
  EXPECT_THAT(Ask(&GetKey, request, response).ToString(), HasSubstr("INVALID_ARGUMENT: key_id:"));
  request.set_key_id(std::string(32, '\x07'));
  EXPECT_TRUE(absl::IsNotFound(Ask(&GetKey, request, response)));
}

TEST_F(RegistryTest, WasteCodesAreThoseOfTheEditionOnTheDate) {
  v1::ListWasteCodesRequest request;
  v1::ListWasteCodesResponse response;
  request.set_on_date("2024-06-01");
  request.set_category("HW01");
  ASSERT_TRUE(Ask(&ListWasteCodes, request, response).ok());
  EXPECT_TRUE(response.edition_in_force());
  std::vector<std::string> codes;
  for (const v1::WasteCode& code : response.codes()) {
    EXPECT_EQ(code.category(), "HW01");
    EXPECT_NE(code.name(), "");
    codes.push_back(code.code());
  }
  EXPECT_THAT(codes, Contains("841-001-01"));
  EXPECT_TRUE(std::is_sorted(codes.begin(), codes.end()));

  response.Clear();
  request.clear_on_date();  // the clock stands in June 2024
  request.clear_category();
  ASSERT_TRUE(Ask(&ListWasteCodes, request, response).ok());
  EXPECT_EQ(response.codes_size(), 467) << "the catalogue of 2021";
}

TEST_F(RegistryTest, AnEditionNotLoadedIsSaidAndTheOneBeforeShown) {
  v1::ListWasteCodesRequest request;
  v1::ListWasteCodesResponse response;
  request.set_on_date("2025-06-01");
  ASSERT_TRUE(Ask(&ListWasteCodes, request, response).ok());
  EXPECT_FALSE(response.edition_in_force());
  EXPECT_EQ(response.codes_size(), 467);
}

TEST_F(RegistryTest, BadWasteCodeRequestsNameTheField) {
  v1::ListWasteCodesRequest request;
  v1::ListWasteCodesResponse response;
  request.set_on_date("2024-02-30");
  EXPECT_THAT(Ask(&ListWasteCodes, request, response).ToString(),
              HasSubstr("INVALID_ARGUMENT: on_date:"));
  request.Clear();
  request.set_category("oil");
  EXPECT_THAT(Ask(&ListWasteCodes, request, response).ToString(),
              HasSubstr("INVALID_ARGUMENT: category:"));

  test::FoldedView empty(RegistryView());
  EXPECT_TRUE(absl::IsFailedPrecondition(
      ListWasteCodes(empty.reader(), {0, now_ms_, district_.library()}, {}, response)));
}

TEST_F(RegistryTest, ARebuiltViewIsTheSameToTheByte) {
  Get(district_.producer.organisation);
  district_.AddSite(district_.producer, "另一厂区", "Asia/Urumqi");
  district_.Register("高密戊医院", "370785", statement::v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION);
  Get(district_.producer.organisation);
  test::FoldedView rebuilt(RegistryView());
  for (const std::string& entry : district_.entries()) rebuilt.Fold(district_.library(), entry);
  EXPECT_EQ(rebuilt.Rows(), folded_.Rows());
}

}  // namespace
}  // namespace cradle::registry
