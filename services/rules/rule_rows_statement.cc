// The statement itself: form, origin, attestations, links, times.
#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

using namespace rows;  // NOLINT(google-build-using-namespace): the words of a table

constexpr Rule kRules[] = {
    // Form, origin and identity of the statement itself.
    {RuleId::kLogOrigin, "LOG-ORIGIN", "A statement names the log it is meant for.",
     "陈述应写明其所属日志。", "", kInvalid, kAll},
    {RuleId::kLogFounded, "LOG-FOUNDED", "The founding is entry 0, and only entry 0.",
     "创始陈述是第0条，且仅为第0条。", "", kFailed, kAll},
    {RuleId::kLogTime, "LOG-TIME", "The log's recorded time never goes back, from 1970 to 9999.",
     "日志的登记时间不得倒退，且在1970年至9999年之间。", "", kFailed, kAll},
    {RuleId::kEventInSet, "EVENT-IN-SET",
     "An event, a field or a value is used from the rule set on that brings it.",
     "事项、字段和取值自引入它的规则集起方可使用。", "", kFailed, kAll},
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
     "吊销前发生、在离线时限内登记且双方签署的交接予以受理并标注。", "", kOk, kNone,
     kHandover | kCollected | kBrought | On(S::kLoadReturned, S::kPipelineTransferred)},
    {RuleId::kPartyCapacities, "PARTY-CAPACITIES",
     "The parties are those the event needs, in their capacities and order.",
     "陈述各方的身份和顺序须符合事项要求。", "", kDenied, kAll},
    {RuleId::kPartyTwo, "PARTY-TWO",
     "Two parties are two: different organisations, persons and device keys.",
     "双方须为不同单位、不同人员和不同设备密钥。", "manifest_parties", kDenied, kTwoParties},
    {RuleId::kPartyEnrolledTwice, "PARTY-ENROLLED-TWICE",
     "Nobody who attests is or was enrolled for another party of the manifest.",
     "签署人不得同时或曾经登记于联单的另一方。", "manifest_parties", kDenied,
     kIssue | kOfManifest | On(S::kPipelineTransferred, S::kIncidentReported)},
    // Links.
    {RuleId::kLinkChains, "LINK-CHAINS",
     "The links name exactly the chains the event extends, in order.",
     "链接须恰为事项所延伸的各链，且顺序一致。", "", kInvalid, kAll},
    {RuleId::kLinkFollows, "LINK-FOLLOWS", "Each link extends the head of its chain.",
     "每个链接须接续该链的最新陈述。", "", absl::StatusCode::kAborted, kAll},
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
     kCustody | kLineage | kAfterIssue | kCollected | kBrought |
         On(S::kBatchGenerated, S::kBatchOpened, S::kBulkDrawn, S::kBulkLevelRead, S::kBulkEmptied,
            S::kInspectionRecorded, S::kTemperatureRead, S::kLoadReturned, S::kPipelineTransferred,
            S::kWasteFound, S::kIncidentReported)},
    {RuleId::kFormField, "FORM-FIELD", "Every field the event needs is there and well formed.",
     "事项所需字段须齐全且格式正确。", "", kInvalid, kAll},
};

}  // namespace

std::span<const Rule> StatementRules() { return kRules; }

}  // namespace cradle::rules
