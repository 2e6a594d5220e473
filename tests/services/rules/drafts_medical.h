// Drafts of valid statements about medical waste in the hospital and at the plant; change what a
// test is about.
#ifndef CRADLE_TESTS_SERVICES_RULES_DRAFTS_MEDICAL_H_
#define CRADLE_TESTS_SERVICES_RULES_DRAFTS_MEDICAL_H_

#include <string>
#include <vector>

#include "tests/services/rules/district.h"

namespace cradle::rules::test {

inline constexpr char kInfectious[] = "841-001-01";
inline constexpr char kChemical[] = "841-004-01";

Draft RegisterWard(const Actor& institution, const std::string& site, const std::string& ward);
// To the hospital's store, from its handler to `taker`.
Draft HandOverBags(const District& district, const Device& taker, const std::string& ward,
                   const std::vector<std::string>& batches);
Draft Disinfect(const District& district, const Actor& custodian, const std::string& facility,
                const std::vector<std::string>& batches);
// By the bureau.
Draft AcceptAsRemote(District& district, const std::string& facility);

// Done.
std::string NewWard(District& district);  // the hospital's
Device NewPorter(District& district);     // a second person of the hospital
std::string NewBag(District& district, const std::string& ward,
                   const std::string& code = kInfectious);  // 250 kg of the hospital's

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_DRAFTS_MEDICAL_H_
