// What a manifest rests on, what comes of it line by line, and weighing: all of rule set 2.
#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

using namespace rows;  // NOLINT(google-build-using-namespace): the words of a table

constexpr EventSet kReceipt = On(S::kReceiptConfirmed);
constexpr EventSet kWeighed = On(S::kLoadTaken, S::kReceiptConfirmed);

constexpr Rule kRules[] = {
    // What it rests on.
    {RuleId::kPlanDue, "PLAN-DUE", "A manifest names the management plan it carries out.",
     "联单应填写所依据的管理计划备案编号。", "plan", kOk, kNone, kIssue, 2},
    {RuleId::kContractDue, "CONTRACT-DUE", "A manifest names the written contract, by its hash.",
     "联单应附书面合同（以哈希标识）。", "contract", kOk, kNone, kIssue, 2},
    {RuleId::kOfficialNumberDue, "OFFICIAL-NUMBER-DUE",
     "A manifest has its official number when the load is taken, unless it is on paper or exempt.",
     "起运时联单应有官方编号，纸质联单和豁免情形除外。", "manifest_number", kOk, kNone,
     On(S::kLoadTaken) | kCollected | kBrought, 2},
    {RuleId::kExemptionListed, "EXEMPTION-LISTED",
     "An exemption is one of the catalogue's list, for that link and every waste on the manifest.",
     "豁免须在名录豁免清单中，且环节及联单所列全部废物均适用。", "catalogue", kFailed, kIssue,
     kNone, 2, 0, kCollected},
    {RuleId::kExemptionUsed, "EXEMPTION-USED", "Every use of an exemption is shown.",
     "使用豁免的均予标注。", "catalogue", kOk, kNone, kIssue, 2},
    {RuleId::kLabelManifest, "LABEL-MANIFEST",
     "Form, packaging and number of packages on a line are those of the batch's containers.",
     "联单行的形态、包装方式和包装数量应与批次的容器一致。", "label", kOk, kNone, kIssue, 2},
    {RuleId::kForwardRefused, "FORWARD-REFUSED",
     "Refused batches go on by a manifest that names the one under which they were refused, with "
     "nothing else on it, to another receiver.",
     "拒收批次另行转移时，新联单须载明原联单，不得混列其他批次，且须更换接受人。",
     "manifest_receipt", kFailed, kIssue, kNone, 2},
    {RuleId::kPaperLate, "PAPER-LATE",
     "A manifest on paper is entered within the working days that the rule data allow (ten) after "
     "the transfer was completed.",
     "纸质联单应在转移完成后规则数据所定工作日（十个）内补录。", "manifest_paper", kOk, kNone,
     On(S::kManifestIssued) | (kAfterIssue & ~On(S::kRoundDelivered)), 2},
    // Receipt.
    {RuleId::kReceiptOutcome, "RECEIPT-OUTCOME",
     "A confirmation has every line of the manifest, in order: accepted; partly, with the mass "
     "accepted, a batch for the rest and a reason; or refused with a reason.",
     "确认须按顺序列出联单各行：接受；部分接受，填写接受量、剩余部分批次和原因；或拒收，填写原因。",
     "manifest_receipt", kInvalid, kReceipt, kNone, 2},
    {RuleId::kDifferencePackaging, "DIFFERENCE-PACKAGING",
     "What is received is packed as it was sent, in as many packages.",
     "接受时的包装方式和数量应与移出时一致。", "manifest_receipt", kOk, kNone, kReceipt, 2},
    {RuleId::kDifferenceForm, "DIFFERENCE-FORM", "What is received has the form it was sent in.",
     "接受时的形态应与移出时一致。", "manifest_receipt", kOk, kNone, kReceipt, 2},
    {RuleId::kDifferenceProperty, "DIFFERENCE-PROPERTY",
     "What is received is the waste that was sent.", "接受的废物性质应与移出时一致。",
     "manifest_receipt", kOk, kNone, kReceipt, 2},
    {RuleId::kDifferenceOther, "DIFFERENCE-OTHER",
     "What is not accepted differs from what was sent; a refusal for anything else is shown.",
     "未予接受的应与移出时有差异；因其他原因未接受的予以标注。", "manifest_receipt", kOk, kNone,
     kReceipt, 2},
    {RuleId::kConfirmationLate, "CONFIRMATION-LATE",
     "A receipt is confirmed within the working days that the rule data allow (five) after the "
     "delivery.",
     "接受人应在送达后规则数据所定工作日（五个）内确认。", "manifest_receipt", kOk, kNone, kReceipt,
     2},
    // After it.
    {RuleId::kReturnBatches, "RETURN-BATCHES",
     "What is returned was refused under the manifest and has gone nowhere since.",
     "退回的须为本联单拒收且尚未另行处理的批次。", "manifest_receipt", kFailed,
     On(S::kLoadReturned), kNone, 2},
    {RuleId::kContestBatches, "CONTEST-BATCHES",
     "What is contested are batches of the manifest, each once.",
     "异议所列须为本联单批次，且不重复。", "manifest_receipt", kInvalid, On(S::kReceiptContested),
     kNone, 2},
    {RuleId::kContestOpen, "CONTEST-OPEN",
     "One contest of a receipt is open at a time, a set number in all, and only an open one is "
     "resolved.",
     "同一接受确认同时只有一项未决异议，总次数不超过上限，仅可处理未决异议。", "manifest_receipt",
     kFailed, On(S::kReceiptContested, S::kContestResolved), kNone, 2},
    {RuleId::kContestLate, "CONTEST-LATE",
     "A receipt is contested within the days that the rule data allow.",
     "异议应在规则数据所定天数内提出。", "", kFailed, On(S::kReceiptContested), kNone, 2},
    // Weighing.
    {RuleId::kWeighTicket, "WEIGH-TICKET", "On a weigh ticket gross less tare is net.",
     "磅单毛重减皮重须等于净重。", "weighing", kInvalid, kWeighed, kNone, 2},
    {RuleId::kWeighScale, "WEIGH-SCALE",
     "A vehicle is weighed on a scale whose verification holds.", "过磅衡器应在检定有效期内。",
     "weighing", kOk, kNone, kWeighed, 2},
    {RuleId::kWeighVehicle, "WEIGH-VEHICLE", "The vehicle weighed is the one that has the load.",
     "过磅车辆应与承运车辆一致。", "manifest_carriers", kOk, kNone, kWeighed, 2},
    // A typed mass is the one that can be made up without another machine noticing.
    {RuleId::kWeighTyped, "WEIGH-TYPED",
     "Masses are taken over from the scale by a machine; typed ones are shown.",
     "称量数据应由衡器自动采集，人工录入的予以标注。", "weighing", kOk, kNone, kWeighed, 2},
    {RuleId::kWeighShare, "WEIGH-SHARE",
     "What the vehicle weighed is shared over the lines by the rule that is named, exactly.",
     "车辆净重须按所填规则准确分摊至各行。", "weighing", kInvalid, kReceipt, kNone, 2},
    {RuleId::kWeightAlert, "WEIGHT-ALERT",
     "No tolerance exists; a difference above the threshold of the rule data raises an alert.",
     "不设允差；差异超过规则数据阈值的予以预警。", "", kOk, kNone,
     kWeighed | kBrought | On(S::kPipelineTransferred), 2},
};

}  // namespace

std::span<const Rule> ManifestRules() { return kRules; }

}  // namespace cradle::rules
