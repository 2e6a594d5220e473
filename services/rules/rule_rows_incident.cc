// Waste found, lost, spilled, or from abroad.
#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

using namespace rows;  // NOLINT(google-build-using-namespace): the words of a table

constexpr EventSet kIncident = On(S::kIncidentReported);

constexpr Rule kRules[] = {
    {RuleId::kImportBan, "IMPORT-BAN", "Waste of foreign origin is never consigned.",
     "境外来源的固体废物不得填写联单转移。", "import_ban", kFailed, kIssue, kNone, 2},
    {RuleId::kForeignReported, "FOREIGN-REPORTED",
     "Waste of foreign origin is an incident, and is shown until one that names it is reported.",
     "发现境外来源的固体废物属于事故，报告之前予以标注。", "import_ban", kOk, kNone,
     kBegunBatch | On(S::kWasteFound, S::kBatchTreated), 2},
    {RuleId::kWasteToIdentify, "WASTE-TO-IDENTIFY",
     "Found waste whose code is only presumed is shown.", "代码仅为推定的发现废物予以标注。",
     "catalogue", kOk, kNone, On(S::kWasteFound), 2},
    {RuleId::kIncidentSubject, "INCIDENT-SUBJECT",
     "An incident names what it is about: a loss its batch and mass, foreign waste its batch, and "
     "a "
     "batch of a load is on its manifest.",
     "事故须写明对象：流失写明批次和质量，境外固体废物写明批次，运输中的批次须在所列联单上。",
     "incident", kInvalid, kIncident, kNone, 2},
    {RuleId::kIncidentPlace, "INCIDENT-PLACE", "The vehicle and the site of an incident are known.",
     "事故所涉车辆和场所应已登记。", "incident", kOk, kNone, kIncident, 2},
    {RuleId::kLossMass, "LOSS-MASS", "No more is lost of a batch than there is.",
     "流失量不得超过批次现有质量。", "incident", kInvalid, kIncident, kNone, 2},
    {RuleId::kIncidentNotified, "INCIDENT-NOTIFIED",
     "Every incident is reported to an ecology or health authority.",
     "事故须向生态环境或卫生健康主管部门报告。", "incident", kOk, kNone, kIncident, 2},
    {RuleId::kIncidentBothAuthorities, "INCIDENT-BOTH-AUTHORITIES",
     "A loss or leak of medical waste is reported to an ecology and a health authority.",
     "医疗废物流失、泄漏须同时向生态环境和卫生健康主管部门报告。", "medical_loss", kOk, kNone,
     kIncident, 2},
};

}  // namespace

std::span<const Rule> IncidentRules() { return kRules; }

}  // namespace cradle::rules
