#include "services/rules/rule_table.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace cradle::rules {
namespace {

using absl::StatusCode;
using S = statement::v1::Statement;

constexpr std::array kEvents = {
    S::kFounded,           S::kRulesAdopted,     S::kOrganisationRegistered,
    S::kSiteRegistered,    S::kLicenceGranted,   S::kVehicleRegistered,
    S::kDeviceKeyEnrolled, S::kDeviceKeyRevoked, S::kFacilityRegistered,
    S::kStockDeclared,     S::kBatchGenerated,   S::kBatchStored,
    S::kBatchMoved,        S::kBatchTreated,     S::kManifestIssued,
    S::kLoadTaken,         S::kLoadHandedOver,   S::kLoadDelivered,
    S::kReceiptConfirmed,
};
static_assert(kEvents.size() <= 32, "EventSet has one bit for each event");

constexpr EventSet Bit(Event event) {
  for (size_t i = 0; i < kEvents.size(); ++i) {
    if (kEvents[i] == event) return EventSet{1} << i;
  }
  return 0;
}

template <typename... More>
constexpr EventSet On(More... events) {
  return (Bit(events) | ... | EventSet{0});
}

constexpr EventSet kNone = 0;
constexpr EventSet kAll = (EventSet{1} << kEvents.size()) - 1;
constexpr EventSet kBegin =
    On(S::kOrganisationRegistered, S::kSiteRegistered, S::kVehicleRegistered,
       S::kFacilityRegistered, S::kStockDeclared, S::kBatchGenerated, S::kManifestIssued);
constexpr EventSet kBegunBatch = On(S::kStockDeclared, S::kBatchGenerated);
constexpr EventSet kCustody = On(S::kBatchStored, S::kBatchMoved, S::kBatchTreated);
constexpr EventSet kIssue = On(S::kManifestIssued);
constexpr EventSet kHandover = On(S::kLoadTaken, S::kLoadHandedOver, S::kLoadDelivered);
constexpr EventSet kAfterIssue = kHandover | On(S::kReceiptConfirmed);
constexpr EventSet kManifest = kIssue | kAfterIssue;
constexpr EventSet kTwoParties = kHandover | On(S::kStockDeclared, S::kFounded);
constexpr EventSet kLoad = On(S::kLoadTaken, S::kLoadHandedOver);
// What a regulator asserts about others.
constexpr EventSet kByRegulator =
    On(S::kOrganisationRegistered, S::kSiteRegistered, S::kLicenceGranted, S::kDeviceKeyEnrolled,
       S::kDeviceKeyRevoked, S::kFacilityRegistered, S::kStockDeclared, S::kFounded);

constexpr auto kInvalid = StatusCode::kInvalidArgument;
constexpr auto kDenied = StatusCode::kPermissionDenied;
constexpr auto kUnauthenticated = StatusCode::kUnauthenticated;
constexpr auto kFailed = StatusCode::kFailedPrecondition;
constexpr auto kExists = StatusCode::kAlreadyExists;
constexpr auto kOk = StatusCode::kOk;  // of rules that only mark

constexpr Rule kRules[] = {
    // Form, origin and identity of the statement itself.
    {RuleId::kLogOrigin, "LOG-ORIGIN", "A statement names the log it is meant for.",
     "陈述应写明其所属日志。", "", kInvalid, kAll},
    {RuleId::kLogFounded, "LOG-FOUNDED", "The founding is entry 0, and only entry 0.",
     "创始陈述是第0条，且仅为第0条。", "", kFailed, kAll},
    {RuleId::kLogTime, "LOG-TIME", "The log's recorded time never goes back, from 1970 to 9999.",
     "日志的登记时间不得倒退，且在1970年至9999年之间。", "", kFailed, kAll},
    {RuleId::kNonceUnique, "NONCE-UNIQUE",
     "A nonce is used once by the first party's key; other bytes under it are an error.",
     "同一密钥的随机数只能使用一次。", "", kExists, kAll},
    // Attestations, keys, parties.
    {RuleId::kAttestationEach, "ATTESTATION-EACH",
     "Every party attests, in the order of the parties.", "各方均须按顺序签署。", "",
     kUnauthenticated, kAll},
    {RuleId::kAttestationBinds, "ATTESTATION-BINDS",
     "An attestation names the hash of this statement and its own party.",
     "签署须载明本陈述的哈希和本方序号。", "", kUnauthenticated, kAll},
    {RuleId::kAttestationSeen, "ATTESTATION-SEEN",
     "A device cannot have seen more entries than there are.",
     "设备所见条目数不得多于日志现有条目数。", "", kFailed, kAll},
    {RuleId::kKeyKnown, "KEY-KNOWN", "The key that attests is enrolled, with that algorithm.",
     "签署密钥须已登记且算法一致。", "", kUnauthenticated, kAll},
    {RuleId::kKeyOfParty, "KEY-OF-PARTY", "The key is enrolled for the party it attests for.",
     "密钥须登记在其所代表的一方名下。", "", kDenied, kAll},
    {RuleId::kKeyPerson, "KEY-PERSON", "The person attesting is the one the key is enrolled to.",
     "签署人须为密钥登记的持有人。", "", kDenied, kAll},
    {RuleId::kKeyRole, "KEY-ROLE",
     "Administrator keys attest registrations, operator keys batches and manifests.",
     "登记类事项由管理员密钥签署，批次和联单由操作员密钥签署。", "", kDenied, kAll},
    {RuleId::kKeyValid, "KEY-VALID", "The key is within its validity at the time of act.",
     "密钥在行为时间须处于有效期内。", "", kDenied, kAll},
    {RuleId::kKeyRevoked, "KEY-REVOKED", "A revoked key attests nothing from its revocation on.",
     "密钥自吊销之条目起不得再签署。", "", kDenied, kAll},
    {RuleId::kKeyRevokedLate, "KEY-REVOKED-LATE",
     "A co-attested handover claimed before the revocation and recorded within the offline window "
     "is admitted and shown.",
     "吊销前发生、在离线时限内登记且双方签署的交接予以受理并标注。", "", kOk, kNone, kHandover},
    {RuleId::kPartyCapacities, "PARTY-CAPACITIES",
     "The parties are those the event needs, in their capacities and order.",
     "陈述各方的身份和顺序须符合事项要求。", "", kDenied, kAll},
    {RuleId::kPartyTwo, "PARTY-TWO",
     "Two parties are two: different organisations, persons and device keys.",
     "双方须为不同单位、不同人员和不同设备密钥。", "manifest_parties", kDenied, kTwoParties},
    {RuleId::kPartyEnrolledTwice, "PARTY-ENROLLED-TWICE",
     "Nobody who attests is or was enrolled for another party of the manifest.",
     "签署人不得同时或曾经登记于联单的另一方。", "manifest_parties", kDenied, kManifest},
    // Links.
    {RuleId::kLinkChains, "LINK-CHAINS",
     "The links name exactly the chains the event extends, in order.",
     "链接须恰为事项所延伸的各链，且顺序一致。", "", kInvalid, kAll},
    {RuleId::kLinkFollows, "LINK-FOLLOWS", "Each link extends the head of its chain.",
     "每个链接须接续该链的最新陈述。", "", StatusCode::kAborted, kAll},
    {RuleId::kLinkPredecessor, "LINK-PREDECESSOR", "The statement before this one is in the log.",
     "前一陈述须已登记。", "", kFailed, kAll},
    // Times.
    {RuleId::kTimeOfAct, "TIME-OF-ACT",
     "The claimed time fits the chain, the checkpoint seen, the recorded time and the offline "
     "window; else the recorded time counts.",
     "所称时间须与链、已见检查点、登记时间和离线时限相符，否则以登记时间为准。", "", kOk, kNone,
     kAll},
    {RuleId::kTimeFact, "TIME-FACT", "What happened is not dated after it was recorded.",
     "事实发生时间不得晚于登记时间。", "ledger", kOk, kNone,
     On(S::kBatchGenerated) | kCustody | kAfterIssue},
    {RuleId::kFormField, "FORM-FIELD", "Every field the event needs is there and well formed.",
     "事项所需字段须齐全且格式正确。", "", kInvalid, kAll},
    // Organisations, sites, licences, keys.
    {RuleId::kIdNew, "ID-NEW", "What begins has an id that nothing has had.",
     "新建对象的编号不得已被使用。", "", kExists, kBegin},
    {RuleId::kLogRegulator, "LOG-REGULATOR", "The founding regulator alone adopts rules.",
     "仅创始监管部门可采用规则。", "", kDenied, On(S::kRulesAdopted)},
    {RuleId::kOrganisationKnown, "ORGANISATION-KNOWN", "The organisation is registered.",
     "单位须已登记。", "", kFailed,
     (kByRegulator & ~On(S::kStockDeclared)) | kIssue | On(S::kVehicleRegistered)},
    {RuleId::kOrganisationRole, "ORGANISATION-ROLE",
     "An organisation does what its role says: producers, medical institutions and operators "
     "generate, carriers carry, operators receive.",
     "单位行为须与其类别相符：产废单位、医疗卫生机构和经营单位产生，运输单位运输，经营单位接受。",
     "plan", kFailed, kBegunBatch | kIssue | On(S::kLicenceGranted, S::kVehicleRegistered)},
    {RuleId::kOrganisationIdentity, "ORGANISATION-IDENTITY",
     "A unified social credit code has the form and check character of GB 32100-2015.",
     "统一社会信用代码须符合GB 32100-2015及其校验码。", "identity", kInvalid,
     On(S::kFounded, S::kOrganisationRegistered)},
    {RuleId::kOrganisationIdentityUnique, "ORGANISATION-IDENTITY-UNIQUE",
     "No two organisations have one identity code.", "同一代码不得登记两个单位。", "identity",
     kExists, On(S::kOrganisationRegistered)},
    {RuleId::kRegulatorAuthority, "REGULATOR-AUTHORITY",
     "A regulator is an ecology or health authority.", "监管方须为生态环境或卫生健康主管部门。", "",
     kDenied, kByRegulator},
    {RuleId::kRegulatorDivision, "REGULATOR-DIVISION",
     "A regulator acts in its division and those below.",
     "监管部门仅在其行政区划及下级区划内行事。", "division", kDenied,
     kByRegulator & ~On(S::kFounded)},
    {RuleId::kPartySelf, "PARTY-SELF", "An organisation acts for itself alone.",
     "单位只能就本单位事项作出陈述。", "", kDenied,
     On(S::kSiteRegistered, S::kVehicleRegistered, S::kDeviceKeyEnrolled, S::kDeviceKeyRevoked,
        S::kFacilityRegistered, S::kFounded)},
    {RuleId::kSiteOfOrganisation, "SITE-OF-ORGANISATION",
     "The site is registered and the organisation's.", "场所须已登记且属于该单位。", "", kFailed,
     On(S::kFacilityRegistered) | kBegunBatch | kIssue},
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
     kFailed, kCustody | On(S::kStockDeclared)},
    {RuleId::kFacilitySite, "FACILITY-SITE",
     "The facility is at the site where the waste lies; a move between sites is a transfer.",
     "设施须位于废物所在场所；场所之间的移动属于转移。", "manifest_sites", kFailed,
     kCustody | On(S::kStockDeclared)},
    {RuleId::kFacilityUse, "FACILITY-USE",
     "Waste is stored in storage, and treated where waste is utilised or disposed of.",
     "废物贮存于贮存设施，利用处置于利用处置设施。", "storage", kFailed,
     kCustody | On(S::kStockDeclared)},
    {RuleId::kFacilityAccepted, "FACILITY-ACCEPTED",
     "A facility is used only after its acceptance.", "设施验收后方可使用。", "acceptance", kOk,
     kNone, kCustody | On(S::kStockDeclared)},
    {RuleId::kFacilityMethod, "FACILITY-METHOD",
     "A facility treats by the methods it is registered with.", "设施按其登记的利用处置方式运行。",
     "storage", kOk, kNone, On(S::kBatchTreated)},
    {RuleId::kMethodKnown, "METHOD-KNOWN", "A method code is in the table of methods.",
     "利用处置方式代码须在代码表中。", "ledger", kInvalid,
     On(S::kLicenceGranted, S::kFacilityRegistered) | kIssue,
     On(S::kBatchTreated, S::kReceiptConfirmed)},
    {RuleId::kMethodEnding, "METHOD-ENDING",
     "Utilisation methods utilise, disposal methods dispose.",
     "利用方式对应利用，处置方式对应处置。", "ledger", kInvalid,
     On(S::kFacilityRegistered, S::kBatchTreated)},
    // Codes and masses.
    {RuleId::kCodeForm, "CODE-FORM", "A waste code has the form NNN-NNN-CC.",
     "废物代码格式须为NNN-NNN-CC。", "catalogue", kInvalid,
     kBegunBatch | kIssue | On(S::kLicenceGranted)},
    {RuleId::kCodeCatalogue, "CODE-CATALOGUE",
     "A waste code is in the catalogue in force on the act's date.",
     "废物代码须在行为之日有效的名录中。", "catalogue", kFailed, kBegunBatch},
    {RuleId::kCodeEdition, "CODE-EDITION",
     "While the edition in force is not loaded, a code that no loaded edition before it has is "
     "admitted and shown.",
     "现行版名录未载入时，此前已载入版本中没有的代码予以受理并标注。", "catalogue", kOk, kNone,
     kBegunBatch},
    {RuleId::kMassPositive, "MASS-POSITIVE",
     "Waste that comes into being has a mass above zero; no mass is below zero.",
     "新产生的废物质量须大于零，任何质量不得为负。", "ledger", kInvalid,
     kBegunBatch | kIssue | On(S::kBatchStored, S::kBatchTreated, S::kReceiptConfirmed)},
    {RuleId::kMassSum, "MASS-SUM",
     "Masses inside one statement add up: lines to the total, containers to the batch, count times "
     "unit to the mass.",
     "同一陈述内的质量须相符：各行之和等于总量，容器之和等于批次，数量乘单重等于质量。", "ledger",
     kInvalid, kBegunBatch | kIssue | On(S::kReceiptConfirmed)},
    {RuleId::kMassExact, "MASS-EXACT", "Within one custody the mass is the batch's, exactly.",
     "在同一保管环节内质量须与批次完全一致。", "ledger", kFailed,
     On(S::kBatchStored, S::kBatchTreated) | kIssue},
    {RuleId::kLabelCode, "LABEL-CODE",
     "A printed digital code has the form of HJ 1276-2022 and names the batch's waste code.",
     "数字识别码须符合HJ 1276-2022且与批次废物代码一致。", "label", kOk, kNone, kBegunBatch},
    // Batches.
    {RuleId::kBatchKnown, "BATCH-KNOWN", "The batch is in the log.", "批次须已登记。", "ledger",
     kFailed, kCustody | kIssue},
    {RuleId::kBatchOnManifest, "BATCH-ON-MANIFEST",
     "A batch on a manifest accepts nothing else until the manifest ends.",
     "联单上的批次在联单结束前不接受其他操作。", "manifest", kFailed, kCustody | kIssue},
    {RuleId::kBatchState, "BATCH-STATE",
     "A batch passes from state to state as waste does, and ends once.",
     "批次状态须依序变化，且只终结一次。", "ledger", kFailed, kCustody | kIssue},
    {RuleId::kBatchSite, "BATCH-SITE", "The batches of a manifest lie at the site it starts from.",
     "联单所列批次须位于移出场所。", "manifest_sites", kFailed, kIssue},
    {RuleId::kCustodyHolder, "CUSTODY-HOLDER", "Only the present custodian acts on a batch.",
     "仅现保管单位可对批次作出操作。", "ledger", kDenied, kCustody | kIssue},
    {RuleId::kStockEvidence, "STOCK-EVIDENCE",
     "Documented stock names its documents, each by a SHA-256.",
     "有文件佐证的库存须列出文件，每份以SHA-256标识。", "plan", kInvalid, On(S::kStockDeclared)},
    {RuleId::kStockStart, "STOCK-START", "Declared stock did not come to lie there in the future.",
     "申报库存的贮存起始日不得在将来。", "plan", kInvalid, On(S::kStockDeclared)},
    // Manifests.
    {RuleId::kManifestLines, "MANIFEST-LINES", "A manifest has 1 to 500 lines, each another batch.",
     "联单须有1至500行，每行一个不同批次。", "manifest", kInvalid, kIssue},
    {RuleId::kManifestLineCode, "MANIFEST-LINE-CODE", "A line names the batch's own waste code.",
     "联单行的废物代码须与批次一致。", "manifest", kFailed, kIssue},
    {RuleId::kManifestCarriers, "MANIFEST-CARRIERS",
     "One to eight carriers, and never one handing over to itself.",
     "承运人一至八个，且不得自行交接给自己。", "manifest_carriers", kInvalid, kIssue},
    {RuleId::kManifestParties, "MANIFEST-PARTIES",
     "Consignor, carriers and receiver are different organisations.",
     "移出人、承运人和接受人须为不同单位。", "manifest_parties", kFailed, kIssue},
    {RuleId::kManifestKnown, "MANIFEST-KNOWN", "The manifest is in the log.", "联单须已登记。",
     "manifest", kFailed, kAfterIssue},
    {RuleId::kManifestState, "MANIFEST-STATE",
     "A manifest is issued, taken, delivered and confirmed, in this order.",
     "联单依次填写、起运、送达、确认。", "manifest", kFailed, kAfterIssue},
    {RuleId::kManifestParty, "MANIFEST-PARTY",
     "Who hands over and who takes are those the manifest names.", "交接双方须为联单所载单位。",
     "manifest_parties", kDenied, kAfterIssue},
    {RuleId::kOfficialNumberForm, "OFFICIAL-NUMBER-FORM",
     "An official manifest number is 14 digits: year, province, city, serial.",
     "官方联单编号为14位数字：年份、省、市、流水号。", "manifest_number", kInvalid, kIssue,
     On(S::kLoadTaken)},
    {RuleId::kOfficialNumberUnique, "OFFICIAL-NUMBER-UNIQUE",
     "An official number belongs to one manifest, and a manifest has one.",
     "一个官方编号对应一份联单，一份联单只有一个编号。", "manifest_number", kExists, kIssue,
     On(S::kLoadTaken)},
    {RuleId::kVehicleRegistered, "VEHICLE-REGISTERED",
     "The vehicle is registered and the carrier's.", "车辆须已登记且属于承运人。", "transport",
     kFailed, kIssue, kLoad},
    {RuleId::kVehicleAsIssued, "VEHICLE-AS-ISSUED",
     "The vehicle that comes is the one the manifest names.", "实际车辆须与联单所载一致。",
     "manifest_carriers", kOk, kNone, kLoad},
    {RuleId::kLicenceCarrier, "LICENCE-CARRIER",
     "The carrier's transport permit covers the waste on the day.",
     "承运人运输许可须在当日覆盖该废物。", "transport", kFailed, kIssue, kHandover},
    {RuleId::kLicenceReceiver, "LICENCE-RECEIVER",
     "Who takes or treats others' waste holds an operating licence that covers it on the day.",
     "接受或利用处置他人废物者须持有当日有效且覆盖该废物的经营许可证。", "licence", kFailed, kIssue,
     kAfterIssue | On(S::kBatchTreated)},
    {RuleId::kLicenceMethod, "LICENCE-METHOD",
     "The licence covers the method, and for medical waste a method for medical waste.",
     "许可证须包含该利用处置方式；医疗废物须包含医疗废物处置方式。", "operating_licence", kFailed,
     kIssue, kAfterIssue | On(S::kBatchTreated)},
    {RuleId::kMedicalMixed, "MEDICAL-MIXED",
     "Medical waste is never on one manifest with other waste.",
     "医疗废物不得与其他废物同列一份联单。", "medical", kFailed, kIssue},
    {RuleId::kMedicalVehicle, "MEDICAL-VEHICLE",
     "Medical waste travels on a vehicle dedicated to it.", "医疗废物须使用专用车辆运送。",
     "medical_vehicle", kFailed, kIssue, kLoad},
    {RuleId::kMedicalMethod, "MEDICAL-METHOD",
     "Chemical and pharmaceutical medical waste never goes to steam, microwave or chemical "
     "disinfection.",
     "化学性、药物性医疗废物不得采用高温蒸汽、微波或化学消毒处理。", "medical_method", kFailed,
     kIssue, On(S::kReceiptConfirmed, S::kBatchTreated)},
    {RuleId::kReceiptLines, "RECEIPT-LINES",
     "A confirmation has every line of the manifest, in order, each accepted whole.",
     "确认须按顺序列出联单各行，且各行全部接受。", "manifest_receipt", kInvalid,
     On(S::kReceiptConfirmed)},
    {RuleId::kReceiptDifference, "RECEIPT-DIFFERENCE",
     "What is received weighs what was sent; any difference is recorded.",
     "接受量应与移出量一致，差异均予记录。", "manifest_receipt", kOk, kNone,
     On(S::kReceiptConfirmed)},
};

constexpr bool InOrder() {
  for (size_t i = 0; i < std::size(kRules); ++i) {
    if (kRules[i].number != static_cast<RuleId>(i)) return false;
    if ((kRules[i].forbids & kRules[i].marks) != 0) return false;
    if ((kRules[i].forbids | kRules[i].marks) == 0) return false;
    if ((kRules[i].forbids != 0) != (kRules[i].code != kOk)) return false;
  }
  return std::size(kRules) == static_cast<size_t>(RuleId::kCount);
}
static_assert(InOrder(), "each rule at its number, forbidding or marking an event, never both");

}  // namespace

std::optional<Effect> Rule::At(Event event) const {
  const EventSet bit = Bit(event);
  if ((forbids & bit) != 0) return Effect::kForbids;
  if ((marks & bit) != 0) return Effect::kMarks;
  return std::nullopt;
}

std::span<const Rule> Rules() { return kRules; }

const Rule& FindRule(RuleId number) { return kRules[static_cast<size_t>(number)]; }

const Rule* FindRule(std::string_view id) {
  const auto* found = std::find_if(std::begin(kRules), std::end(kRules),
                                   [&](const Rule& rule) { return rule.id == id; });
  return found == std::end(kRules) ? nullptr : found;
}

std::span<const Event> Events() { return kEvents; }

std::string_view EventName(Event event) {
  const auto* field = S::descriptor()->FindFieldByNumber(static_cast<int>(event));
  return field == nullptr ? std::string_view() : std::string_view(field->name());
}

}  // namespace cradle::rules
