#include "services/rules/chains.h"

#include <utility>

#include "services/rules/event_table.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

uint64_t NextHeight(const std::optional<state::v1::ChainHead>& head) {
  return head ? head->height() + 1 : 0;
}

void JudgeLink(Judge& judge, int i, const std::optional<state::v1::ChainHead>& head,
               std::optional<Head>& missing) {
  const statement::v1::Link& link = judge.statement().links(i);
  const uint64_t next = NextHeight(head);
  if (link.height() > next) {
    if (!missing) missing = Head{link.chain(), head.has_value(), next, {}};
    judge.Violate(
        RuleId::kLinkPredecessor, fmt::format("links[{}].height", i),
        fmt::format("{} is at height {}: the statement of height {} has not arrived", link.chain(),
                    link.height(), next),
        fmt::format("{} 的高度为{}：高度为{}的陈述尚未到达", link.chain(), link.height(), next));
    return;
  }
  if (link.height() < next) {
    judge.Violate(
        RuleId::kLinkFollows, fmt::format("links[{}].height", i),
        fmt::format("height {} of {} is taken; the next is {}", link.height(), link.chain(), next),
        fmt::format("{} 的高度{}已被占用，下一高度为{}", link.chain(), link.height(), next));
    return;
  }
  const bool follows = head ? link.previous() == head->statement_hash() : link.previous().empty();
  if (!follows) {
    judge.Violate(RuleId::kLinkFollows, fmt::format("links[{}].previous", i),
                  fmt::format("the link names another statement than the head of {}", link.chain()),
                  fmt::format("链接所指陈述不是 {} 的最新陈述", link.chain()));
  }
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ChainsExtended(const statement::v1::Statement& message) {
  const EventRow* const row = FindEvent(message.event_case());
  if (row == nullptr) return absl::InvalidArgumentError("the statement has no event");
  ChainList chains;
  row->chains(message, chains);
  return chains.Take();
}

absl::Status Complete(const StateReader& state, std::string_view log_origin, std::string_view nonce,
                      statement::v1::Statement& statement) {
  if (nonce.size() != evidence::kNonceBytes) {
    return absl::InvalidArgumentError(
        fmt::format("a nonce has {} bytes, not {}", evidence::kNonceBytes, nonce.size()));
  }
  absl::StatusOr<std::vector<std::string>> chains = ChainsExtended(statement);
  if (!chains.ok()) return chains.status();
  statement.set_format(evidence::kStatementFormat);
  statement.set_log_origin(std::string(log_origin));
  statement.set_nonce(std::string(nonce));
  statement.clear_links();
  for (std::string& chain : *chains) {
    absl::StatusOr<std::optional<std::string>> bytes = state.Get(keys::Chain(chain));
    if (!bytes.ok()) return bytes.status();
    statement::v1::Link& link = *statement.add_links();
    if (*bytes) {
      state::v1::ChainHead head;
      if (!head.ParseFromString(**bytes)) {
        return absl::DataLossError(fmt::format("the head of {} cannot be read", chain));
      }
      link.set_height(head.height() + 1);
      link.set_previous(head.statement_hash());
    }
    link.set_chain(std::move(chain));
  }
  return absl::OkStatus();
}

Heads ReadHeads(Judge& judge) {
  Heads heads;
  heads.reserve(static_cast<size_t>(judge.statement().links_size()));
  for (const statement::v1::Link& link : judge.statement().links()) {
    heads.push_back(judge.Read<state::v1::ChainHead>(keys::Chain(link.chain())));
  }
  return heads;
}

void JudgeLinks(Judge& judge, const Heads& heads, std::optional<Head>& missing) {
  const absl::StatusOr<std::vector<std::string>> chains = ChainsExtended(judge.statement());
  if (!chains.ok()) {
    const std::string why(chains.status().message());
    judge.Violate(RuleId::kFormField, std::string(EventName(judge.event())), why,
                  fmt::format("编号格式不正确：{}", why));
    return;
  }
  const auto& links = judge.statement().links();
  bool exact = links.size() == static_cast<int>(chains->size());
  for (int i = 0; exact && i < links.size(); ++i) {
    exact = links[i].chain() == (*chains)[static_cast<size_t>(i)];
  }
  if (!exact) {
    judge.Violate(RuleId::kLinkChains, "links",
                  fmt::format("{} links given; the event extends {} chains, the first {}",
                              links.size(), chains->size(), chains->front()),
                  fmt::format("给出{}个链接；该事项延伸{}条链，第一条为 {}", links.size(),
                              chains->size(), chains->front()));
    return;
  }
  // What can never follow comes before what only has to wait.
  for (const bool waiting : {false, true}) {
    for (int i = 0; i < links.size(); ++i) {
      const auto& head = heads[static_cast<size_t>(i)];
      if ((links[i].height() > NextHeight(head)) == waiting) JudgeLink(judge, i, head, missing);
    }
  }
  if (judge.forbidden() && judge.code() == absl::StatusCode::kAborted) missing.reset();
}

std::vector<Head> TellHeads(const statement::v1::Statement& statement, const Heads& heads) {
  std::vector<Head> told;
  told.reserve(heads.size());
  for (int i = 0; i < statement.links_size(); ++i) {
    const auto& head = heads[static_cast<size_t>(i)];
    told.push_back(
        head ? Head{statement.links(i).chain(), true, head->height(), head->statement_hash()}
             : Head{statement.links(i).chain(), false, 0, {}});
  }
  return told;
}

}  // namespace cradle::rules
