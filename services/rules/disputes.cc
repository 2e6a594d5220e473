#include "services/rules/disputes.h"

#include <fmt/format.h>

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
  return ReadMessage<state::v1::ChainElement>(state, keys::Element(chain, height),
                                              "an element of a chain");
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
