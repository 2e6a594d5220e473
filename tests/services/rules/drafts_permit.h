// Drafts of what authorities allow and take back, of approvals, and of facilities after their
// registration: valid in the district as it is, about its producer, its plant and their facilities.
#ifndef CRADLE_TESTS_SERVICES_RULES_DRAFTS_PERMIT_H_
#define CRADLE_TESTS_SERVICES_RULES_DRAFTS_PERMIT_H_

#include <initializer_list>
#include <string>
#include <vector>

#include "tests/services/rules/district.h"

namespace cradle::rules::test {

// A new organisation with both keys.
Actor EnrolNew(District& district, std::initializer_list<v1::OrganisationRole> roles,
               const std::string& division = "370781");

Draft ChangeLicence(District& district, const Actor& holder, v1::LicenceChange change,
                    const std::string& from = "2024-06-01");

// A plan by the producer itself, all else by the bureau.
Draft RegisterPermit(District& district, v1::PermitKind kind,
                     const std::string& code = "900-214-08", int64_t annual_mass_g = 1'000'000);

Draft ApprovePilot(District& district, const Actor& user, const std::string& code,
                   int64_t cap_mass_g);
Draft ShareFacility(District& district, const std::string& facility,
                    const std::vector<std::string>& members);

// The log was founded by the province: the bureau is its authority.
void RaiseToProvince(District& district);
// A new site of the plant in another province.
std::string PlantElsewhere(District& district);
// From the producer to that site. Needs the province.
Draft ApproveTransfer(District& district, const std::string& number,
                      const std::string& receiver_site, int64_t mass_g = 1'000'000);

Draft AcceptFacility(District& district, const Actor& owner, const std::string& facility,
                     const std::string& date = "2024-05-01");
Draft LimitFacility(District& district, const Actor& owner, const std::string& facility,
                    v1::LimitKind kind, int64_t mass_g, bool with_regulator = false);
// By the bureau's handler and `second`; nobody signs with them: `inspected` null.
Draft Inspect(District& district, const Device& second, const Actor* inspected,
              const std::string& facility);
Draft ReadTemperature(District& district, const Actor& owner, const std::string& facility,
                      int64_t milli_celsius);

// Puts another organisation in the place of a party.
void SetParty(Draft& draft, int place, const std::string& organisation, const Device& device);

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_DRAFTS_PERMIT_H_
