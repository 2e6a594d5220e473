// Licences after their grant, permits, plans, approvals, pilots, and what a facility may hold.
#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

using namespace rows;  // NOLINT(google-build-using-namespace): the words of a table

// Where the waste of a manifest is seen to go to the receiver, after the issue.
constexpr EventSet kLoadToReceipt =
    On(S::kLoadTaken, S::kLoadDelivered, S::kReceiptConfirmed, S::kRoundDelivered);
// Where a receiver's amounts are seen to be used, after the issue.
constexpr EventSet kArrives = kLoadToReceipt | On(S::kPipelineTransferred);
constexpr EventSet kComesToLie =
    On(S::kStockDeclared, S::kBatchStored, S::kBatchMoved, S::kBagsHandedOver);

constexpr Rule kRules[] = {
    // Licences.
    {RuleId::kLicenceKnown, "LICENCE-KNOWN", "The licence is in the log.", "许可证须已登记。",
     "operating_licence", kFailed, On(S::kLicenceStatusChanged), kNone, 2},
    {RuleId::kLicenceChange, "LICENCE-CHANGE",
     "A licence that is suspended is reinstated, and one that is revoked stays so.",
     "暂扣的许可证方可恢复，吊销后不再变更。", "operating_licence", kFailed,
     On(S::kLicenceStatusChanged), kNone, 2},
    {RuleId::kLicenceStands, "LICENCE-STANDS",
     "The licence that covers the waste is neither suspended nor revoked on the day.",
     "覆盖该废物的许可证当日不得处于暂扣或吊销状态。", "licence", kFailed,
     kNamesCarriers | kBrought,
     kAfterIssue | kTreated | On(S::kLoadReturned, S::kPipelineTransferred), 2, 0, kCollected},
    {RuleId::kLicenceTerm, "LICENCE-TERM",
     "A licence holds no longer than its kind is granted for.",
     "许可证有效期不得超过该类许可证的期限。", "operating_licence", kFailed, On(S::kLicenceGranted),
     kNone, 2},
    {RuleId::kLicenceCollection, "LICENCE-COLLECTION",
     "A licence to collect names no method of treatment.", "收集许可证不得载明利用处置方式。",
     "collection_licence", kFailed, On(S::kLicenceGranted), kNone, 2},
    {RuleId::kLicenceAmount, "LICENCE-AMOUNT",
     "What a receiver was sent and has received in a year is within the annual amount of its "
     "licence.",
     "接受人当年在途和已接受量不得超过许可证年规模。", "operating_licence", kFailed, kIssue,
     kArrives, 2, 0, kCollected},
    {RuleId::kLicenceAmountOver, "LICENCE-AMOUNT-OVER",
     "Where the rule data lets it be issued, a manifest over the annual amount is shown.",
     "规则数据允许填写时，超过年规模的联单予以标注。", "operating_licence", kOk, kNone, kIssue, 2},
    {RuleId::kLicenceAmountNear, "LICENCE-AMOUNT-NEAR",
     "A manifest that brings a licence near its annual amount is shown.",
     "使许可证接近年规模的联单予以标注。", "operating_licence", kOk, kNone, kIssue, 2},
    {RuleId::kLicenceExcess, "LICENCE-EXCESS",
     "An annual amount exceeded by the share that the rule data name (20%) or more needs a new "
     "licence.",
     "超出年规模达到规则数据所定比例（20%）的，须重新申领许可证。", "excess", kOk, kNone,
     kIssue | kArrives, 2},
    {RuleId::kCollectionHandOn, "COLLECTION-HAND-ON",
     "Who holds a licence to collect hands waste on within its time.",
     "持收集许可证者须在期限内转交废物。", "collection_licence", kOk, kNone, kIssue, 2},
    // Permits and plans of the producer.
    {RuleId::kPermitCode, "PERMIT-CODE",
     "The waste is in each EIA, discharge permit and plan that its site has registered.",
     "废物须列入所在场所已登记的环评、排污许可证和管理计划。", "declared_waste", kOk, kNone,
     kBegunBatch, 2},
    {RuleId::kPermitAmount, "PERMIT-AMOUNT",
     "What a site generates in a year is within the amount of its EIA, permit and plan.",
     "场所年产生量不得超过环评、排污许可证和管理计划所载数量。", "declared_waste", kOk, kNone,
     On(S::kBatchGenerated), 2},
    // Transfers between provinces.
    {RuleId::kApprovalProvince, "APPROVAL-PROVINCE",
     "A transfer between provinces is approved by an authority of the province it leaves.",
     "跨省转移由移出地省级主管部门批准。", "approval", kDenied, On(S::kTransferApproved), kNone, 2},
    {RuleId::kApprovalPeriod, "APPROVAL-PERIOD",
     "An approval holds no longer than the law lets it.", "批准有效期不得超过法定期限。",
     "approval", kFailed, On(S::kTransferApproved), kNone, 2},
    {RuleId::kApprovalLicence, "APPROVAL-LICENCE",
     "While an approval holds, a licence of the receiver covers each waste.",
     "批准有效期内接受人的许可证须覆盖各类废物。", "approval", kFailed, On(S::kTransferApproved),
     kNone, 2},
    {RuleId::kApprovalNeeded, "APPROVAL-NEEDED",
     "A manifest between provinces names an approval that holds for its places and wastes.",
     "跨省联单须填写对其场所和废物有效的批准文号。", "approval", kFailed, kIssue,
     On(S::kPipelineTransferred), 2, 0, kCollected},
    {RuleId::kApprovalAmount, "APPROVAL-AMOUNT",
     "What goes between provinces is within the amount approved.", "跨省转移量不得超过批准量。",
     "approval", kFailed, On(S::kManifestIssued), On(S::kReceiptConfirmed, S::kPipelineTransferred),
     2},
    {RuleId::kApprovalExpired, "APPROVAL-EXPIRED",
     "The approval still holds when the waste is taken, delivered and received.",
     "起运、送达和确认时批准仍须有效。", "approval", kOk, kNone,
     kLoadToReceipt & ~On(S::kRoundDelivered), 2},
    {RuleId::kPilotCap, "PILOT-CAP", "A point-to-point pilot stays within its cap.",
     "点对点试点不得超过限额。", "pilot", kFailed, kIssue, kArrives, 2, 0, kCollected},
    // Storage.
    {RuleId::kFacilityKnown, "FACILITY-KNOWN", "The facility is registered.", "设施须已登记。",
     "storage", kFailed, kOfFacility | On(S::kFacilityShared, S::kTemperatureRead), kNone, 2},
    {RuleId::kLimitRaise, "LIMIT-RAISE", "A regulator attests that a limit is raised.",
     "提高贮存限额须监管部门一并签署。", "storage", kDenied, On(S::kFacilityLimitSet), kNone, 2},
    {RuleId::kStorageCapacity, "STORAGE-CAPACITY", "No more lies in a facility than fits.",
     "设施贮存量不得超过其容量。", "storage", kOk, kNone, kComesToLie | kBrought, 2},
    {RuleId::kStoragePermitted, "STORAGE-PERMITTED",
     "No more lies in a facility than EIA, acceptance or permit allow.",
     "设施贮存量不得超过环评、验收或许可的限额。", "storage", kOk, kNone, kComesToLie | kBrought,
     2},
    {RuleId::kStoragePoint, "STORAGE-POINT",
     "No more lies at a storage point than the standard lets.", "贮存点贮存量不得超过标准限额。",
     "storage", kOk, kNone, kComesToLie & ~On(S::kBagsHandedOver), 2},
    {RuleId::kInspectionParties, "INSPECTION-PARTIES",
     "Two inspectors are of one authority, and who signs with them is whom they inspected.",
     "两名检查人员属同一主管部门，会同签字者为被检查单位。", "inspection", kDenied,
     On(S::kInspectionRecorded), kNone, 2},
};

}  // namespace

std::span<const Rule> PermitRules() { return kRules; }

}  // namespace cradle::rules
