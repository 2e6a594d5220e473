// Approvals of transfers between provinces. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_APPROVAL_H_
#define CRADLE_SERVICES_RULES_RULES_APPROVAL_H_

#include "services/rules/judge.h"

namespace cradle::rules {

// The manifest names one, by a number that may be one.
bool NamesApproval(const statement::v1::ManifestIssued& issued);

// At issue, and of a day by pipeline. APPROVAL-NEEDED: between provinces an approval of these two
// places is in force on `date` (YYYY-MM-DD), for every code and its method. FORM-FIELD: none is
// named within a province.
void JudgeApproval(Judge& judge, const statement::v1::ManifestIssued& event,
                   const std::string& date);
// APPROVAL-EXPIRED: what the manifest was issued on does not hold on the day any more.
void JudgeApprovalHolds(Judge& judge, const state::v1::ManifestState& manifest);
// APPROVAL-AMOUNT: of each code on the manifest, all that the approval has been used for.
void JudgeApprovalAmount(Judge& judge, const state::v1::ManifestState& manifest);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_APPROVAL_H_
