#include "services/rules/contested.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "services/rules/calendar.h"
#include "services/rules/disputes.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

using state::v1::ChainElement;
using state::v1::ChainHead;
using state::v1::DisputeState;
using statement::v1::Link;

constexpr std::string_view kClaimsMax = "dispute_claims_max";

std::optional<ChainElement> Standing(Judge& judge, std::string_view chain, uint64_t height) {
  absl::StatusOr<std::optional<ChainElement>> standing = ReadStanding(judge.state(), chain, height);
  if (standing.ok()) return *std::move(standing);
  judge.Fail(standing.status());
  return std::nullopt;
}

DisputeState Record(Judge& judge, const Link& link, uint64_t height) {
  auto record = judge.Read<DisputeState>(keys::Dispute(link.chain(), height));
  if (record) return *std::move(record);
  DisputeState none;
  none.set_chain(link.chain());
  none.set_height(height);
  return none;
}

bool Follows(const Link& link, const std::optional<ChainHead>& head) {
  if (!head) return link.height() == 0;
  return link.height() == head->height() + 1 && link.previous() == head->statement_hash();
}

std::optional<ChainElement> Named(Judge& judge, const Link& link) {
  if (link.height() == 0) return std::nullopt;
  std::optional<ChainElement> standing = Standing(judge, link.chain(), link.height() - 1);
  if (standing && standing->statement_hash() == link.previous()) return standing;
  const DisputeState record = Record(judge, link, link.height() - 1);
  for (const state::v1::DisputedClaim& claim : record.claims()) {
    if (claim.statement_hash() != link.previous()) continue;
    ChainElement named;
    named.set_statement_hash(claim.statement_hash());
    named.set_index(claim.index());
    named.set_act_time_ms(claim.act_time_ms());
    return named;
  }
  return std::nullopt;
}

bool OfTwoOrganisations(const statement::v1::Statement& statement) {
  std::set<std::string_view> organisations;
  for (const statement::v1::Party& party : statement.parties()) {
    if (!party.organisation().empty()) organisations.insert(party.organisation());
  }
  return organisations.size() >= 2;
}

bool OnlyLinksFail(Judge& judge) {
  return std::all_of(judge.forbids().begin(), judge.forbids().end(), [](const Violation& v) {
    return v.rule == FindRule(RuleId::kLinkFollows).id ||
           v.rule == FindRule(RuleId::kLinkPredecessor).id;
  });
}

void MarkPlace(Judge& judge, int i, const std::optional<ChainElement>& named) {
  const Link& link = judge.statement().links(i);
  if (const auto standing = Standing(judge, link.chain(), link.height())) {
    judge.Violate(RuleId::kLinkDisputed, fmt::format("links[{}]", i),
                  fmt::format("height {} of {} is claimed by the statement of entry {} too, which "
                              "was admitted",
                              link.height(), link.chain(), standing->index()),
                  fmt::format("{} 的高度{}另有已受理的第{}条陈述", link.chain(), link.height(),
                              standing->index()));
    return;
  }
  if (!named) return;
  judge.Violate(RuleId::kLinkDisputed, fmt::format("links[{}].previous", i),
                fmt::format("it follows the disputed statement of entry {} on {}", named->index(),
                            link.chain()),
                fmt::format("在 {} 上接续第{}条有争议的陈述", link.chain(), named->index()));
}

void LimitClaims(Judge& judge, int i) {
  const Link& link = judge.statement().links(i);
  const absl::StatusOr<int64_t> most =
      judge.data().Limit(kClaimsMax, DayOf(judge.recorded_time_ms(), kLogZoneOffsetMs));
  if (!most.ok()) return judge.Fail(most.status());  // no bundle of this set is without it
  const int kept = Record(judge, link, link.height()).claims_size();
  if (kept < *most) return;
  judge.Violate(RuleId::kDisputeClaims, fmt::format("links[{}]", i),
                fmt::format("height {} of {} has {} disputed statements, and {} is {}",
                            link.height(), link.chain(), kept, kClaimsMax, *most),
                fmt::format("{} 的高度{}已有{}条有争议的陈述，{} 为{}", link.chain(), link.height(),
                            kept, kClaimsMax, *most));
}

}  // namespace

NamedStatements FindNamed(Judge& judge, const Heads& heads) {
  NamedStatements named;
  named.reserve(heads.size());
  for (int i = 0; i < judge.statement().links_size(); ++i) {
    const Link& link = judge.statement().links(i);
    const std::optional<ChainHead>& head = heads[static_cast<size_t>(i)];
    if (head && Follows(link, head)) {
      ChainElement& element = named.emplace_back().emplace();
      element.set_statement_hash(head->statement_hash());
      element.set_index(head->index());
      element.set_act_time_ms(head->act_time_ms());
    } else {
      named.push_back(Named(judge, link));
    }
  }
  return named;
}

bool JudgeContested(Judge& judge, const Heads& heads, const NamedStatements& named,
                    std::optional<Head>& missing) {
  if (!OnlyLinksFail(judge) || !OfTwoOrganisations(judge.statement())) return false;
  const auto& links = judge.statement().links();
  std::optional<Head> awaited;
  for (int i = 0; i < links.size(); ++i) {
    const std::optional<ChainHead>& head = heads[static_cast<size_t>(i)];
    if (named[static_cast<size_t>(i)] || Follows(links[i], head)) continue;
    // What it names may be a claim that has not arrived; before the first there is none.
    if (links[i].height() == 0) return false;
    const uint64_t next = head ? head->height() + 1 : 0;
    if (!awaited) {
      awaited = Head{links[i].chain(), head.has_value(), std::min(next, links[i].height() - 1), {}};
    }
  }
  missing = awaited;
  if (awaited || !judge.status().ok()) return false;
  judge.ForgetForbids();
  for (int i = 0; i < links.size(); ++i) {
    if (!Follows(links[i], heads[static_cast<size_t>(i)])) {
      MarkPlace(judge, i, named[static_cast<size_t>(i)]);
    }
    LimitClaims(judge, i);
  }
  return true;
}

void JudgeForm(Judge& judge, Judge& of_event) {
  for (Violation& violation : of_event.forbids()) {
    if (FindRule(violation.rule)->code == absl::StatusCode::kInvalidArgument) {
      judge.Forbid(absl::StatusCode::kInvalidArgument, std::move(violation));
    }
  }
  if (!of_event.status().ok()) judge.Fail(of_event.status());
}

std::vector<ContestedPlace> PutClaims(Judge& judge, const Heads& heads,
                                      std::string_view statement_hash) {
  const statement::v1::Statement& statement = judge.statement();
  state::v1::DisputedClaim claim;
  claim.set_index(judge.index());
  claim.set_statement_hash(std::string(statement_hash));
  for (const statement::v1::Party& party : statement.parties()) {
    claim.add_organisations(party.organisation());
  }
  claim.set_act_time_ms(judge.act_time_ms());
  claim.set_recorded_time_ms(judge.recorded_time_ms());
  std::vector<ContestedPlace> places;
  for (int i = 0; i < statement.links_size(); ++i) {
    const Link& link = statement.links(i);
    DisputeState record = Record(judge, link, link.height());
    *record.add_claims() = claim;
    judge.Put(keys::Dispute(link.chain(), link.height()), record);
    if (Follows(link, heads[static_cast<size_t>(i)])) continue;
    ContestedPlace& place = places.emplace_back();
    place.chain = link.chain();
    place.height = link.height();
    if (const auto standing = Standing(judge, link.chain(), link.height())) {
      place.standing_index = standing->index();
    }
  }
  return places;
}

}  // namespace cradle::rules
