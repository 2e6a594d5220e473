// Heights of chains that more than one statement claims: where they are told apart and decided.
#ifndef CRADLE_SERVICES_RULES_DISPUTES_H_
#define CRADLE_SERVICES_RULES_DISPUTES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cradle/state/v1/dispute_state.pb.h"
#include "services/rules/state.h"

namespace cradle::rules {

// Statements that dispute a height are kept since this rule set; before, they were refused.
inline constexpr uint32_t kFirstRuleSetOfDisputes = 2;

// The id of the docket whose chain resolutions of the dispute extend: of the first 16 bytes of
// SHA-256("cradle/dispute/v1\n" chain "\n" height in decimal).
std::string DocketOfDispute(std::string_view chain, uint64_t height);

// The admitted statement at a height of a chain; nullopt: none. Errors: the store's; DATA_LOSS.
absl::StatusOr<std::optional<state::v1::ChainElement>> ReadStanding(const StateReader& state,
                                                                    std::string_view chain,
                                                                    uint64_t height);

// nullopt: nobody disputes that height.
absl::StatusOr<std::optional<state::v1::DisputeState>> ReadDispute(const StateReader& state,
                                                                   std::string_view chain,
                                                                   uint64_t height);

// No regulator has decided it, or a claim arrived after the decision.
bool IsOpen(const state::v1::DisputeState& dispute);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_DISPUTES_H_
