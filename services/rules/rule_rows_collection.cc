// Rounds, one-sided collection, self-delivery, and where medical waste may never go: all of rule
// set 2.
#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

using namespace rows;  // NOLINT(google-build-using-namespace): the words of a table

constexpr Rule kRules[] = {
    {RuleId::kMedicalRecycler, "MEDICAL-RECYCLER",
     "Medical waste is never sent to who may only utilise it, nor to be utilised, whatever else is "
     "licensed.",
     "医疗废物不得送往仅可利用的单位，也不得用于利用，无论其持有何种其他许可。",
     "medical_recycling", kFailed, kIssue, kNone, 2, 0, kCollected},
    {RuleId::kMedicalOnly, "MEDICAL-ONLY",
     "Only medical waste is collected where nobody is there, brought by its producer, or "
     "disinfected to lie longer.",
     "仅医疗废物可单方收集、自行送交或消毒后延长贮存。", "medical_collection", kFailed,
     kCollected | kBrought | On(S::kBatchDisinfected), kNone, 2},
    {RuleId::kCollectedMass, "COLLECTED-MASS",
     "What a driver weighs where nobody else is there is what was logged.",
     "单方收集的称量应与登记质量一致。", "ledger", kOk, kNone, kCollected, 2},
    {RuleId::kRoundCarrier, "ROUND-CARRIER", "A round is that of one carrier and one vehicle.",
     "一趟收运只有一个承运人和一辆车。", "transport", kFailed, kCollected, kNone, 2},
    {RuleId::kRoundManifests, "ROUND-MANIFESTS",
     "What is delivered are 1 to 500 manifests of the round, each once.",
     "送达的须为该趟收运的1至500份联单，且不重复。", "", kFailed, On(S::kRoundDelivered), kNone, 2},
    {RuleId::kCollectionAnswered, "COLLECTION-ANSWERED",
     "The consignor countersigns or contests a collection where nobody was there, once.",
     "移出人仅可对单方收集补签或提出异议，且仅限一次。", "manifest_parties", kFailed, kAnswers,
     kNone, 2},
    {RuleId::kCountersignLate, "COUNTERSIGN-LATE",
     "A collection where nobody was there is answered within the hours that the rule data allow "
     "(24).",
     "单方收集应在规则数据所定小时数（24）内补签或提出异议。", "", kOk, kNone, kAnswers, 2},
    {RuleId::kSelfDeliveryPoint, "SELF-DELIVERY-POINT",
     "Waste is brought to a collection point of the receiver.", "自行送交须送至接受人的收集网点。",
     "medical_collection", kFailed, kBrought, kNone, 2},
    {RuleId::kSelfDeliverySmall, "SELF-DELIVERY-SMALL",
     "Who brings its waste itself is a medical institution of at most as many beds as the rule "
     "data "
     "allow (19).",
     "自行送交者应为床位不超过规则数据所定数量（19张）的医疗卫生机构。", "catalogue", kOk, kNone,
     kBrought, 2},
};

}  // namespace

std::span<const Rule> CollectionRules() { return kRules; }

}  // namespace cradle::rules
