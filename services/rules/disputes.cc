#include "services/rules/disputes.h"

#include <fmt/format.h>

#include "cradle/state/v1/state.pb.h"
#include "services/rules/read_state.h"
#include "services/rules/state_keys.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/statement.h"

namespace cradle::rules {

std::string DocketOfDispute(std::string_view chain, uint64_t height) {
  const evidence::Hash hash =
      evidence::Sha256(fmt::format("cradle/dispute/v1\n{}\n{}", chain, height));
  return evidence::IdFromBytes(evidence::AsBytes(hash).substr(0, 16));
}

absl::StatusOr<std::optional<state::v1::ChainElement>> ReadStanding(const StateReader& state,
                                                                    std::string_view chain,
                                                                    uint64_t height) {
  const auto head = ReadMessage<state::v1::ChainHead>(state, keys::Chain(chain), "a chain's head");
  if (!head.ok()) return head.status();
  if (!*head || height > (*head)->height()) return std::nullopt;
  if (height < (*head)->height()) {
    return ReadMessage<state::v1::ChainElement>(state, keys::Element(chain, height),
                                                "an element of a chain");
  }
  state::v1::ChainElement element;
  element.set_statement_hash((*head)->statement_hash());
  element.set_index((*head)->index());
  element.set_act_time_ms((*head)->act_time_ms());
  return element;
}

absl::StatusOr<std::optional<state::v1::DisputeState>> ReadDispute(const StateReader& state,
                                                                   std::string_view chain,
                                                                   uint64_t height) {
  return ReadMessage<state::v1::DisputeState>(state, keys::Dispute(chain, height), "a dispute");
}

bool IsOpen(const state::v1::DisputeState& dispute) {
  if (!dispute.has_resolution()) return true;
  return !dispute.claims().empty() &&
         dispute.claims().rbegin()->index() > dispute.resolution().index();
}

}  // namespace cradle::rules
