// How much of a receiver's licences and pilots and of an approval manifests use: counted when a
// manifest is issued, taken back when it ends without receipt, and put at what was received when it
// is confirmed. A year's amount is what arrived in it and what was issued in it and is not
// confirmed. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_AMOUNTS_H_
#define CRADLE_SERVICES_RULES_RULES_AMOUNTS_H_

#include <cstdint>
#include <span>
#include <string>

#include "services/rules/judge.h"

namespace cradle::rules {

// The manifest as issued, with its consignor: writes `uses`. LICENCE-AMOUNT-NEAR, and
// LICENCE-AMOUNT or, where the rule data lets it be, LICENCE-AMOUNT-OVER; LICENCE-EXCESS,
// PILOT-CAP, APPROVAL-AMOUNT.
void CountIssued(Judge& judge, state::v1::ManifestState& manifest);

// The same of a manifest that is received as it is issued: what has arrived counts, at once.
void CountArrived(Judge& judge, state::v1::ManifestState& manifest);

// What was counted, as it stands now: LICENCE-AMOUNT, LICENCE-EXCESS, PILOT-CAP.
void JudgeCounted(Judge& judge, const state::v1::ManifestState& manifest);

// The manifest ends and nothing of it was received.
void GiveBack(Judge& judge, const state::v1::ManifestState& manifest);

// `received_mass_g`: of each line of the issue, in its order. The same rules as JudgeCounted, and
// APPROVAL-AMOUNT.
void CountReceived(Judge& judge, const state::v1::ManifestState& manifest,
                   std::span<const int64_t> received_mass_g);

// Whether the waste of a line was taken under a licence to collect, and until when what arrived
// with the manifest must then be handed on (危险废物经营许可证管理办法: 90 working days).
bool IsCollected(const state::v1::ManifestState& manifest, int line);
std::string HandOnByDate(Judge& judge, const state::v1::ManifestState& manifest);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_AMOUNTS_H_
