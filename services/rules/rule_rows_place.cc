// Organisations, sites, licences, keys, facilities and methods.
#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

using namespace rows;  // NOLINT(google-build-using-namespace): the words of a table

// Use a facility for storage or treatment.
constexpr EventSet kAtFacility =
    kCustody | On(S::kStockDeclared, S::kBatchOpened, S::kBatchesMerged, S::kTreatmentRecorded,
                  S::kBagsHandedOver);

constexpr Rule kRules[] = {
    // Organisations, sites, licences, keys.
    {RuleId::kIdNew, "ID-NEW", "What begins has an id that nothing has had.",
     "新建对象的编号不得已被使用。", "", kExists,
     kBegin | kMade | On(S::kBatchOpened, S::kReceiptConfirmed, S::kPipelineTransferred)},
    {RuleId::kLogRegulator, "LOG-REGULATOR",
     "The founding regulator alone adopts rules, and resolves disputes that no division has.",
     "仅创始监管部门可采用规则，并裁决不属于任何行政区划的争议。", "", kDenied,
     On(S::kRulesAdopted, S::kDisputeResolved)},
    {RuleId::kOrganisationKnown, "ORGANISATION-KNOWN", "The organisation is registered.",
     "单位须已登记。", "", kFailed,
     (kByRegulator &
      ~(kCorrecting | kOfFacility |
        On(S::kStockDeclared, S::kDisputeResolved, S::kLossClosed, S::kEmergencyEnded))) |
         kNamesCarriers |
         On(S::kVehicleRegistered, S::kDelegationGranted, S::kIncidentReported,
            S::kWardRegistered)},
    {RuleId::kOrganisationRole, "ORGANISATION-ROLE",
     "An organisation does what its role says: producers, medical institutions and operators "
     "generate, carriers carry, operators receive.",
     "单位行为须与其类别相符：产废单位、医疗卫生机构和经营单位产生，运输单位运输，经营单位接受。",
     "plan", kFailed,
     kBegunBatch | kNamesCarriers | kBrought |
         On(S::kBatchOpened, S::kLicenceGranted, S::kVehicleRegistered, S::kExitStarted,
            S::kDelegationGranted, S::kWasteFound, S::kWardRegistered)},
    {RuleId::kOrganisationIdentity, "ORGANISATION-IDENTITY",
     "A unified social credit code has the form and check character of GB 32100-2015.",
     "统一社会信用代码须符合GB 32100-2015及其校验码。", "identity", kInvalid,
     On(S::kFounded, S::kOrganisationRegistered)},
    {RuleId::kOrganisationIdentityUnique, "ORGANISATION-IDENTITY-UNIQUE",
     "No two organisations have one identity code.", "同一代码不得登记两个单位。", "identity",
     kExists, On(S::kOrganisationRegistered)},
    {RuleId::kRegulatorAuthority, "REGULATOR-AUTHORITY",
     "A regulator is an ecology or health authority.", "监管方须为生态环境或卫生健康主管部门。", "",
     kDenied, kByRegulator | On(S::kContestResolved)},
    {RuleId::kRegulatorDivision, "REGULATOR-DIVISION",
     "A regulator acts in its division and those below; from rule set 2 on the log's founder "
     "registers the authorities of others too, each with its first key.",
     "监管部门仅在其行政区划及下级区划内行事；自规则集2起，日志创始部门可登记其他区划的主管部门及其"
     "首个密钥。",
     "division", kDenied, (kByRegulator & ~On(S::kFounded)) | On(S::kContestResolved)},
    {RuleId::kPartySelf, "PARTY-SELF", "An organisation acts for itself alone.",
     "单位只能就本单位事项作出陈述。", "", kDenied,
     On(S::kSiteRegistered, S::kVehicleRegistered, S::kDeviceKeyEnrolled, S::kDeviceKeyRevoked,
        S::kFacilityRegistered, S::kFounded, S::kPermitRegistered, S::kFacilityAccepted,
        S::kFacilityLimitSet, S::kTemperatureRead, S::kExitStarted, S::kDelegationGranted,
        S::kDelegationEnded, S::kWardRegistered) |
         kCorrecting},
    {RuleId::kSiteOfOrganisation, "SITE-OF-ORGANISATION",
     "The site is registered and the organisation's.", "场所须已登记且属于该单位。", "", kFailed,
     On(S::kFacilityRegistered, S::kBatchOpened, S::kTransferApproved, S::kPermitRegistered,
        S::kPipelineTransferred, S::kWasteFound, S::kWardRegistered) |
         kBegunBatch | kIssue},
    {RuleId::kSiteZone, "SITE-ZONE", "A site's time zone is in the rule data.",
     "场所时区须在规则数据中。", "", kInvalid, On(S::kSiteRegistered)},
    {RuleId::kLicencePeriod, "LICENCE-PERIOD", "A licence ends no earlier than it begins.",
     "许可证有效期止日不得早于起日。", "operating_licence", kInvalid, On(S::kLicenceGranted)},
    {RuleId::kKeyForm, "KEY-FORM",
     "A key is a valid ECDSA P-256 or Ed25519 key; the log's own is Ed25519.",
     "密钥须为有效的ECDSA P-256或Ed25519密钥；日志密钥为Ed25519。", "", kInvalid,
     On(S::kDeviceKeyEnrolled, S::kFounded)},
    {RuleId::kKeyNew, "KEY-NEW", "A key is enrolled once, for one organisation and person.",
     "一个密钥只能登记一次。", "", kExists, On(S::kDeviceKeyEnrolled)},
    {RuleId::kPersonElsewhere, "PERSON-ENROLLED-ELSEWHERE",
     "A person enrolled for one organisation is enrolled for a further one by a regulator alone.",
     "已登记于一单位的人员，仅可由监管部门再登记于其他单位。", "", kDenied,
     On(S::kDeviceKeyEnrolled)},
    {RuleId::kKeyToRevoke, "KEY-TO-REVOKE",
     "The key revoked is the organisation's and not yet revoked.",
     "被吊销的密钥须属于该单位且尚未吊销。", "", kFailed, On(S::kDeviceKeyRevoked)},
    {RuleId::kRegulatorKeyStands, "REGULATOR-KEY-STANDS",
     "A regulator's key is revoked by another regulator key, never by itself, so that one always "
     "stands.",
     "监管部门的密钥须由另一监管密钥吊销，不得自行吊销，以保证始终至少有一个监管密钥有效。", "",
     kDenied, On(S::kDeviceKeyRevoked)},
    // Facilities and methods.
    {RuleId::kFacilityOfOrganisation, "FACILITY-OF-ORGANISATION",
     "The facility is registered and the organisation's.", "设施须已登记且属于该单位。", "storage",
     kFailed,
     kAtFacility | (kIssue & ~kBrought) |
         On(S::kBatchesPretreated, S::kBulkRegistered, S::kBulkFilled, S::kBulkDrawn,
            S::kBulkLevelRead, S::kBulkEmptied, S::kBatchDisinfected)},
    {RuleId::kFacilitySite, "FACILITY-SITE",
     "The facility is at the site where the waste lies; a move between sites is a transfer.",
     "设施须位于废物所在场所；场所之间的移动属于转移。", "manifest_sites", kFailed,
     kAtFacility | kIssue | On(S::kBatchesPretreated, S::kBulkFilled, S::kBatchDisinfected)},
    {RuleId::kFacilityUse, "FACILITY-USE",
     "Waste is stored in storage, and treated where waste is utilised or disposed of.",
     "废物贮存于贮存设施，利用处置于利用处置设施。", "storage", kFailed, kAtFacility},
    {RuleId::kFacilityAccepted, "FACILITY-ACCEPTED",
     "A facility is used only after its acceptance.", "设施验收后方可使用。", "acceptance", kFailed,
     kIssue, kAtFacility | On(S::kBatchesPretreated, S::kBulkFilled, S::kBatchDisinfected), 1, 0,
     kCollected},
    {RuleId::kFacilityMethod, "FACILITY-METHOD",
     "A facility treats by the methods it is registered with.", "设施按其登记的利用处置方式运行。",
     "storage", kOk, kNone, kTreated},
    {RuleId::kMethodKnown, "METHOD-KNOWN", "A method code is in the table of methods.",
     "利用处置方式代码须在代码表中。", "ledger", kInvalid,
     On(S::kLicenceGranted, S::kFacilityRegistered, S::kTransferApproved) | kIssue,
     kTreated | On(S::kReceiptConfirmed, S::kPipelineTransferred), 1, 0, kCollected},
    {RuleId::kMethodEnding, "METHOD-ENDING",
     "Utilisation methods utilise, disposal methods dispose.",
     "利用方式对应利用，处置方式对应处置。", "ledger", kInvalid,
     kTreated | On(S::kFacilityRegistered)},
};

}  // namespace

std::span<const Rule> PlaceRules() { return kRules; }

}  // namespace cradle::rules
