// Statements that claim a place another has, and their resolution.
#include "services/rules/disputes.h"
#include "services/rules/rule_rows.h"

namespace cradle::rules {
namespace {

using namespace rows;  // NOLINT(google-build-using-namespace): the words of a table

constexpr uint32_t kFirst = kFirstRuleSetOfDisputes;

constexpr Rule kRules[] = {
    {RuleId::kLinkDisputed, "LINK-DISPUTED",
     "A statement of two organisations whose place another has is kept as disputed where all that "
     "it follows is in the log; it changes no custody.",
     "双方签署、所接续陈述均已登记而位置已被占用的陈述，作为有争议陈述保存，不改变保管关系。",
     "dispute", kOk, kNone, kAll, kFirst},
    {RuleId::kDisputeClaims, "DISPUTE-CLAIMS",
     "At one height of a chain no more disputed statements are kept than the rule data says.",
     "一条链同一高度保存的有争议陈述数量以规则数据为限。", "", kFailed, kAll, kNone, kFirst},
    {RuleId::kDisputeKnown, "DISPUTE-KNOWN",
     "What is resolved is a height of a chain that a disputed statement claims.",
     "所裁决的须为有争议陈述所主张的链上高度。", "dispute", kFailed, On(S::kDisputeResolved), kNone,
     kFirst},
    {RuleId::kDisputeUpheld, "DISPUTE-UPHELD",
     "The statement upheld is the one admitted there, or one kept as disputed.",
     "予以确认的须为该处已受理的陈述或所保存的有争议陈述之一。", "dispute", kFailed,
     On(S::kDisputeResolved), kNone, kFirst},
};

}  // namespace

std::span<const Rule> DisputeRules() { return kRules; }

}  // namespace cradle::rules
