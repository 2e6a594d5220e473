// Who logs for whom, who leaves, and what an emergency allows.
#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

using namespace rows;  // NOLINT(google-build-using-namespace): the words of a table

constexpr EventSet kEmergency = On(S::kEmergencyOrdered, S::kEmergencyEnded);

constexpr Rule kRules[] = {
    // Delegation.
    {RuleId::kDelegationInForce, "DELEGATION-IN-FORCE",
     "Who attests in another's name holds its delegation on the day of the act.",
     "代为签署者须在行为之日持有对方的有效委托。", "", kDenied, kAll, kNone, 2},
    {RuleId::kDelegationScope, "DELEGATION-SCOPE",
     "A delegate logs waste and manifests of its principal; it never registers, receives, carries "
     "or regulates in another's name.",
     "受托单位仅可代为登记委托单位的废物和联单，不得代为登记单位事项、接受、运输或监管。", "",
     kDenied, kAll, kNone, 2},
    {RuleId::kDelegateCounterpart, "DELEGATE-COUNTERPART",
     "After its issue a manifest is not attested in the consignor's name by a delegate that is, or "
     "was ever the delegate of, another party of it.",
     "联单填写后，受托单位本身为联单另一方，或现在或曾经受联单另一方委托的，不得代移出人签署。",
     "manifest_parties", kDenied, kAll, kNone, 2},
    {RuleId::kDelegateFit, "DELEGATE-FIT", "A delegate is another organisation, and no authority.",
     "受托单位须为其他单位，且不得为主管部门。", "", kFailed, On(S::kDelegationGranted), kNone, 2},
    {RuleId::kDelegationKnown, "DELEGATION-KNOWN", "Only a delegation that stands is ended.",
     "仅可终止仍然有效的委托。", "", kFailed, On(S::kDelegationEnded), kNone, 2},
    // Exit.
    {RuleId::kOrganisationExiting, "ORGANISATION-EXITING",
     "An organisation that is leaving takes no new work; what is on its way to it is received, "
     "returned or forwarded and shown.",
     "退出中的单位不得承接新业务；已在途的废物予以接受、退回或转送并标注。", "exit", kFailed,
     kNamesCarriers | kBrought |
         On(S::kLicenceGranted, S::kFacilityRegistered, S::kSiteRegistered, S::kVehicleRegistered,
            S::kWasteFound),
     kAfterIssue | kBegunBatch | On(S::kPipelineTransferred), 2, 0, kCollected},
    {RuleId::kOrganisationExited, "ORGANISATION-EXITED",
     "An organisation that has left asserts nothing more.", "已完成退出的单位不得再作出任何陈述。",
     "exit", kDenied, kAll, kNone, 2},
    {RuleId::kExitState, "EXIT-STATE", "An exit begins once, and is completed once after it.",
     "退出只能启动一次，启动后只能完成一次。", "exit", kFailed,
     On(S::kExitStarted, S::kExitCompleted), kNone, 2},
    {RuleId::kExitStock, "EXIT-STOCK",
     "An exit is complete only when nothing is left in custody, lost waste included, and no "
     "manifest is open.",
     "保管的废物（含流失未销案的）清零且无未办结联单后，方可完成退出。", "exit", kFailed,
     On(S::kExitCompleted), kNone, 2},
    // Emergencies.
    {RuleId::kEmergencyBothAuthorities, "EMERGENCY-BOTH-AUTHORITIES",
     "An emergency order is entered by an ecology and a health authority together.",
     "应急处置令由生态环境和卫生健康主管部门共同录入。", "emergency", kDenied, kEmergency, kNone,
     2},
    {RuleId::kEmergencyListed, "EMERGENCY-LISTED",
     "An emergency order lists whom and what it allows, all of it registered.",
     "应急处置令须列明所允许的单位、设施和车辆，且均已登记。", "emergency", kFailed,
     On(S::kEmergencyOrdered), kNone, 2},
    {RuleId::kEmergencyKnown, "EMERGENCY-KNOWN", "Only an emergency order that stands is ended.",
     "仅可终止仍然有效的应急处置令。", "emergency", kFailed, On(S::kEmergencyEnded), kNone, 2},
    {RuleId::kEmergencyUse, "EMERGENCY-USE",
     "What is allowed by an emergency order alone is shown, each time.",
     "仅凭应急处置令而允许的，每次均予标注。", "emergency", kOk, kNone,
     kNamesCarriers | kBrought | kAfterIssue | kTreated | On(S::kLoadReturned), 2},
    // Small producers.
    {RuleId::kServiceFee, "SERVICE-FEE", "A service fee is not below zero and within the limit.",
     "服务费不得小于零，且不超过限额。", "", kInvalid, kIssue, kNone, 2},
};

}  // namespace

std::span<const Rule> OrderRules() { return kRules; }

}  // namespace cradle::rules
