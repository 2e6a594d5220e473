// A statement whose links do not follow: is it a claim to keep? Within this folder only.
#ifndef CRADLE_SERVICES_RULES_CONTESTED_H_
#define CRADLE_SERVICES_RULES_CONTESTED_H_

#include <optional>
#include <string_view>
#include <vector>

#include "cradle/state/v1/dispute_state.pb.h"
#include "services/rules/admission.h"
#include "services/rules/chains.h"
#include "services/rules/judge.h"

namespace cradle::rules {

// The statement that each link names as the one before, admitted or disputed, in the order of the
// links; nullopt: the link is at height 0, or names nothing that is in the log there.
using NamedStatements = std::vector<std::optional<state::v1::ChainElement>>;
NamedStatements FindNamed(Judge& judge, const Heads& heads);

// Asked where JudgeLinks has forbidden. True: the statement has parties of two organisations, and
// every link names a statement in the log, or begins a chain that nobody has begun; LINK-FOLLOWS is
// forgotten, rule LINK-DISPUTED marks each place, and DISPUTE-CLAIMS forbids where there are too
// many already. A link at height 0 of a chain that has begun names nothing: an id used twice is an
// error, not a claim about the same waste.
// False: refused as ever. `missing` is set where one that a link names may still arrive.
bool JudgeContested(Judge& judge, const Heads& heads, const NamedStatements& named,
                    std::optional<Head>& missing);

// What the event needs whoever is right, judged by its row: only what is not well formed
// forbids. All else it says is of a state that this statement does not build on.
void JudgeForm(Judge& judge, Judge& of_event);

// The places that it contests, and its claim put into the record of every height that it names:
// what follows it is found there.
std::vector<ContestedPlace> PutClaims(Judge& judge, const Heads& heads,
                                      std::string_view statement_hash);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_CONTESTED_H_
