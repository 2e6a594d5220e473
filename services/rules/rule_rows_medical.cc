// Medical waste inside an institution and a disposer.
#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

using namespace rows;  // NOLINT(google-build-using-namespace): the words of a table

constexpr EventSet kToStore = On(S::kBagsHandedOver);
constexpr EventSet kPickedUp = On(S::kLoadTaken) | kCollected | kBrought;

constexpr Rule kRules[] = {
    {RuleId::kWardKnown, "WARD-KNOWN",
     "A ward is registered, and of the organisation and the site that name it.",
     "科室须已登记，且属于所填单位和场所。", "medical", kFailed,
     kToStore | On(S::kBatchGenerated, S::kBatchOpened), kNone, 2},
    {RuleId::kWardTwoPersons, "WARD-TWO-PERSONS",
     "Who hands bags over and who takes them into the store are two persons of one institution, "
     "each with a device of their own.",
     "科室交出人与暂存间接收人须为同一机构的两名人员，且各用本人设备。", "medical", kDenied,
     kToStore, kNone, 2},
    {RuleId::kBagsOfWard, "BAGS-OF-WARD",
     "What a ward hands over is medical waste that names no other ward.",
     "科室交出的须为医疗废物，且未填写其他科室。", "medical", kFailed, kToStore, kNone, 2},
    {RuleId::kRemoteRegulator, "REMOTE-REGULATOR",
     "That a facility is remote, which lets waste lie longer, a regulator says.",
     "设施处于偏远地区（可延长贮存时间）须由监管部门认定。", "medical_disposer_storage", kDenied,
     On(S::kFacilityAccepted), kNone, 2},
    {RuleId::kMedicalStoredLate, "MEDICAL-STORED-LATE",
     "Medical waste lies with the institution where it came up no more than the days that the rule "
     "data allow (2).",
     "医疗废物在产生机构暂存不得超过规则数据所定天数（2天）。", "medical_storage", kOk, kNone,
     kPickedUp | kTreated, 2},
    {RuleId::kMedicalCollectedLate, "MEDICAL-COLLECTED-LATE",
     "While medical waste lies there, an institution is collected from as often as the rule data "
     "ask, in days (2).",
     "有医疗废物待收的机构，收集间隔不得超过规则数据所定天数（2天）。", "medical_collection", kOk,
     kNone, kPickedUp, 2},
    {RuleId::kMedicalDisposerLate, "MEDICAL-DISPOSER-LATE",
     "Infectious, sharp and pathological waste lies with its receiver no more than the hours that "
     "the rule data allow: 24, 72 where it is below 5 °C, 168 where the facility is remote and it "
     "was disinfected.",
     "感染性、损伤性、病理性废物在接受单位贮存不得超过规则数据所定时限：24小时，低于5℃时72小时，"
     "偏远地区经消毒的168小时。",
     "medical_disposer_storage", kOk, kNone, kTreated, 2},
    {RuleId::kStoreTemperature, "STORE-TEMPERATURE",
     "A store for medical waste stays cool while it is hot outside.",
     "室外高温时医疗废物暂存间须保持低温。", "medical_storage", kOk, kNone, On(S::kTemperatureRead),
     2},
};

}  // namespace

std::span<const Rule> MedicalRules() { return kRules; }

}  // namespace cradle::rules
