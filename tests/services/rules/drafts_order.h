// Drafts of delegations, exits, emergencies and incidents; change what a test is about.
#ifndef CRADLE_TESTS_SERVICES_RULES_DRAFTS_ORDER_H_
#define CRADLE_TESTS_SERVICES_RULES_DRAFTS_ORDER_H_

#include <initializer_list>
#include <string>

#include "tests/services/rules/district.h"

namespace cradle::rules::test {

// Registered, with both its keys.
Actor NewActor(District& district, std::initializer_list<v1::OrganisationRole> roles,
               const std::string& division = "370781");
// A site of it, registered.
std::string NewSite(District& district, const Actor& actor);

// For all of 2024.
Draft GrantDelegation(const Actor& principal, const Actor& delegate);
Draft EndDelegation(const Actor& principal, const Actor& delegate);
// The first party's attestation becomes the delegate's, in its name.
Draft InTheNameOf(Draft draft, const Actor& delegate);

Draft StartExit(const Actor& actor);  // by itself
Draft CompleteExit(const District& district, const Actor& actor);

// For June 2024 in Qingzhou; list whom and what it allows.
Draft OrderEmergency(const District& district, const Actor& health, const std::string& order);
Draft EndEmergency(const District& district, const Actor& health, const std::string& order);

// 400 kg found by the bureau and kept by the plant.
Draft FindWaste(const District& district, const std::string& batch);
// An accident with nothing lost, of which the bureau was told; of `batch` where it is not empty.
Draft ReportIncident(District& district, const Actor& reporter, const std::string& batch);
// A loss: of a part where `lost_batch` is not empty, else of the whole.
Draft ReportLoss(District& district, const Actor& reporter, const std::string& batch,
                 int64_t lost_mass_g, const std::string& lost_batch);
Draft CloseLoss(const District& district, const std::string& batch, v1::LossFinding finding);

// Enters it: someone of `actor`'s who also works for `other`, as the bureau enrolled them.
Device EnrolInBoth(District& district, const Actor& actor, const Actor& other);

}  // namespace cradle::rules::test

#endif  // CRADLE_TESTS_SERVICES_RULES_DRAFTS_ORDER_H_
