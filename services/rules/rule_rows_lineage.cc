// What batches are made of: filling, splitting, merging, treatment, transport units, bulk stores.
#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

using namespace rows;  // NOLINT(google-build-using-namespace): the words of a table

constexpr EventSet kFromBulk = On(S::kBulkDrawn, S::kTreatmentRecorded);

constexpr Rule kRules[] = {
    {RuleId::kLineageBatches, "LINEAGE-BATCHES",
     "One statement names at most 500 batches, those that it makes among them, none twice; a split "
     "has two parts or more, a merge two parents or more, a bulk store is fed from once.",
     "一份陈述至多列出500个批次（含新批次），且不得重复；拆分至少两份，合并至少两个批次，每个散装贮"
     "存设施只列一次。",
     "", kInvalid,
     On(S::kBatchSplit, S::kBatchesMerged, S::kBatchesPretreated, S::kTreatmentRecorded,
        S::kContainersPacked, S::kBulkFilled, S::kBagsHandedOver, S::kBatchDisinfected),
     kNone, 2},
    {RuleId::kLineageCode, "LINEAGE-CODE", "Splitting, merging and drawing change no waste code.",
     "拆分、合并和取出不改变废物代码。", "ledger", kFailed, On(S::kBatchSplit, S::kBatchesMerged),
     On(S::kBulkDrawn), 2},
    {RuleId::kFilledDifference, "FILLED-DIFFERENCE",
     "A batch weighs what was filled into it; any difference is recorded.",
     "批次称重应与装入合计一致，差异均予记录。", "ledger", kOk, kNone, On(S::kBatchSealed), 2},
    {RuleId::kMergeCode, "MERGE-CODE",
     "Only waste of one code, or of codes that the rule data allow, is put together; medical "
     "classes never are. What was mixed is pre-treatment.",
     "仅同一代码或规则数据允许的代码可合并，医疗废物各类别不得合并；混合属于预处理。",
     "segregation", kFailed, On(S::kBatchesMerged), On(S::kBulkFilled), 2},
    {RuleId::kMergeOrigin, "MERGE-ORIGIN",
     "Own waste and waste received from others are not put together.",
     "自产废物与接受的废物不得合并。", "segregation", kFailed, On(S::kBatchesMerged),
     On(S::kBatchesPretreated), 2},
    {RuleId::kPretreatProcess, "PRETREAT-PROCESS",
     "Waste is pre-treated at a facility that is registered for the process.",
     "废物须在登记有该工艺的设施内预处理。", "storage", kOk, kNone, On(S::kBatchesPretreated), 2},
    {RuleId::kPretreatThroughput, "PRETREAT-THROUGHPUT",
     "A facility pre-treats no more in a day than it is registered for.",
     "设施每日预处理量不得超过其登记的处理能力。", "storage", kOk, kNone, On(S::kBatchesPretreated),
     2},
    {RuleId::kPretreatBalance, "PRETREAT-BALANCE",
     "In pre-treatment what goes in comes out, as waste made or as released; any difference is "
     "recorded.",
     "预处理投入应等于产出与释放之和，差异均予记录。", "ledger", kOk, kNone,
     On(S::kBatchesPretreated), 2},
    {RuleId::kOnSiteOrder, "ON-SITE-ORDER",
     "Treatment on site ends medical waste where it came up, by the institution that generated it "
     "and by order of the county government.",
     "就地处置仅适用于医疗卫生机构按县级人民政府命令处置本机构产生的医疗废物。", "medical", kFailed,
     On(S::kTreatmentRecorded, S::kBatchTreated), kNone, 2},
    {RuleId::kTreatmentProduct, "TREATMENT-PRODUCT", "Only utilisation yields products.",
     "仅利用产生产品。", "ledger", kInvalid, On(S::kTreatmentRecorded), kNone, 2},
    {RuleId::kUnitFree, "UNIT-FREE",
     "A batch is in one transport unit at most, and a unit is packed when it is empty.",
     "一个批次至多装入一个运输单元，运输单元清空后方可再次装入。", "ledger", kFailed,
     On(S::kContainersPacked), kNone, 2},
    {RuleId::kUnitClass, "UNIT-CLASS", "A transport unit of medical waste holds one class of it.",
     "医疗废物运输单元内仅可装入同一类别。", "medical", kFailed, On(S::kContainersPacked), kNone,
     2},
    {RuleId::kBulkKnown, "BULK-KNOWN", "A bulk store is registered as one by a regulator.",
     "散装贮存设施须由监管部门登记。", "bulk", kFailed,
     kFromBulk | On(S::kBulkFilled, S::kBulkLevelRead, S::kBulkEmptied), kNone, 2},
    {RuleId::kBulkOnce, "BULK-ONCE", "A facility is registered as a bulk store once.",
     "散装贮存设施只登记一次。", "bulk", kExists, On(S::kBulkRegistered), kNone, 2},
    {RuleId::kBulkLayers, "BULK-LAYERS",
     "A bulk store has no more layers than the limit; batches are merged before they are filled "
     "in.",
     "散装贮存设施的层数不得超过限值；须先合并批次再装入。", "", kFailed, On(S::kBulkFilled), kNone,
     2},
    {RuleId::kBulkMass, "BULK-MASS",
     "No more is drawn from a bulk store than its account has, own waste and received each for "
     "itself.",
     "从散装贮存设施取出的质量不得超过账面，自产与接受的废物分别计算。", "bulk", kFailed, kFromBulk,
     kNone, 2},
    {RuleId::kBulkShortfall, "BULK-SHORTFALL",
     "A bulk store holds what its account has; what is missing stays on the account as "
     "unaccounted, at its age.",
     "散装贮存实有量应与账面一致；短缺部分转为去向不明，仍按其贮存时间计入账内。", "bulk", kOk,
     kNone, On(S::kBulkLevelRead, S::kBulkEmptied), 2},
    {RuleId::kBulkSurplus, "BULK-SURPLUS",
     "A bulk store holds no more than its account has; any surplus is recorded.",
     "散装贮存实有量不应超过账面，盈余均予记录。", "bulk", kOk, kNone, On(S::kBulkLevelRead), 2},
};

}  // namespace

std::span<const Rule> LineageRules() { return kRules; }

}  // namespace cradle::rules
