// Disputes decided by a regulator.
#include <algorithm>

#include "services/rules/disputes.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"
#include "storage/evidence/statement.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;

// Of the consignor's site for a manifest, of the batch's own site; nullopt: of no division.
std::optional<std::string> DivisionOf(Judge& judge, std::string_view chain) {
  const absl::StatusOr<evidence::ChainName> name = evidence::ParseChainName(chain);
  if (!name.ok()) return std::nullopt;
  std::string site;
  if (name->kind == "manifest") {
    const auto manifest = judge.Read<state::v1::ManifestState>(keys::Manifest(name->id));
    if (manifest) site = manifest->issued().consignor_site();
  } else if (name->kind == "batch") {
    const auto batch = judge.Read<state::v1::BatchState>(keys::Batch(name->id));
    if (batch) site = batch->site();
  }
  if (site.empty()) return std::nullopt;
  const auto state = judge.Read<state::v1::SiteState>(keys::Site(site));
  if (!state) return std::nullopt;
  return state->registered().division();
}

void JudgeRegulatorOf(Judge& judge, std::string_view chain) {
  if (const std::optional<std::string> division = DivisionOf(judge, chain)) {
    return JudgeRegulator(judge, 0, *division);
  }
  if (FirstParty(judge) == judge.log().founding_regulator()) return;
  judge.Violate(RuleId::kLogRegulator, "parties[0].organisation",
                fmt::format("a dispute on {} is resolved by {} alone", chain,
                            judge.log().founding_regulator()),
                fmt::format("{} 上的争议仅可由 {} 裁决", chain, judge.log().founding_regulator()));
}

bool Claims(Judge& judge, const state::v1::DisputeState& dispute, std::string_view hash) {
  const auto& claims = dispute.claims();
  if (std::any_of(claims.begin(), claims.end(), [&](const state::v1::DisputedClaim& claim) {
        return claim.statement_hash() == hash;
      })) {
    return true;
  }
  const auto standing = ReadStanding(judge.state(), dispute.chain(), dispute.height());
  if (!standing.ok()) judge.Fail(standing.status());
  return standing.ok() && *standing && (*standing)->statement_hash() == hash;
}

void JudgeDisputeResolved(Judge& judge) {
  const v1::DisputeResolved& event = judge.statement().dispute_resolved();
  RequireText(judge, event.decision_reference(), "decision_reference");
  RequireChosen(judge, event.reason(), "reason");
  const bool hash = RequireSha256(judge, event.upheld(), "upheld");
  JudgeRegulatorOf(judge, event.chain());
  auto dispute = judge.Read<state::v1::DisputeState>(keys::Dispute(event.chain(), event.height()));
  if (!dispute) {
    judge.Violate(RuleId::kDisputeKnown, judge.Path("height"),
                  fmt::format("nobody disputes height {} of {}", event.height(), event.chain()),
                  fmt::format("{} 的高度{}没有争议", event.chain(), event.height()));
    return;
  }
  if (hash && !Claims(judge, *dispute, event.upheld())) {
    judge.Violate(RuleId::kDisputeUpheld, judge.Path("upheld"),
                  fmt::format("no statement {} claims height {} of {}",
                              evidence::Hex(event.upheld()), event.height(), event.chain()),
                  fmt::format("没有陈述 {} 主张 {} 的高度{}", evidence::Hex(event.upheld()),
                              event.chain(), event.height()));
  }
  state::v1::DisputeResolution& resolution = *dispute->mutable_resolution();
  *resolution.mutable_resolved() = event;
  resolution.set_index(judge.index());
  resolution.set_act_time_ms(judge.act_time_ms());
  resolution.set_recorded_time_ms(judge.recorded_time_ms());
  resolution.set_regulator(FirstParty(judge));
  judge.Put(keys::Dispute(event.chain(), event.height()), *dispute);
}

constexpr EventRow kEvents[] = {
    {.event = S::kDisputeResolved,
     .title_en = "Resolution of a dispute",
     .title_zh = "争议裁决",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains =
         [](const S& s, ChainList& chains) {
           const v1::DisputeResolved& event = s.dispute_resolved();
           // What is no chain has no docket: said where an id is missing.
           chains.Add("docket", evidence::ParseChainName(event.chain()).ok()
                                    ? DocketOfDispute(event.chain(), event.height())
                                    : fmt::format("of '{}'", event.chain()));
         },
     .judge = JudgeDisputeResolved,
     .first_set = kFirstRuleSetOfDisputes},
};

}  // namespace

std::span<const EventRow> DisputeEvents() { return kEvents; }

}  // namespace cradle::rules
