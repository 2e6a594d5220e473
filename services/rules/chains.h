// Links and the heads they extend. Within this folder only; ChainsExtended is in admission.h.
#ifndef CRADLE_SERVICES_RULES_CHAINS_H_
#define CRADLE_SERVICES_RULES_CHAINS_H_

#include <optional>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/judge.h"

namespace cradle::rules {

// The heads of the chains that the statement's links name, in the order of the links.
using Heads = std::vector<std::optional<state::v1::ChainHead>>;
Heads ReadHeads(Judge& judge);

// Rules LINK-…: the links are the event's chains, each extending its head. Sets `missing` when all
// that fails is that a statement before this one has not arrived.
void JudgeLinks(Judge& judge, const Heads& heads, std::optional<Head>& missing);

// As told in a refusal.
std::vector<Head> TellHeads(const statement::v1::Statement& statement, const Heads& heads);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_CHAINS_H_
