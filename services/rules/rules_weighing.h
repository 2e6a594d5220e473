// Weigh tickets: their form, and that what a vehicle weighed is shared over the lines of its
// manifest as it says. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_WEIGHING_H_
#define CRADLE_SERVICES_RULES_RULES_WEIGHING_H_

#include <cstdint>
#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

// WEIGH-TICKET, WEIGH-SCALE, WEIGH-VEHICLE, WEIGH-TYPED and FORM-FIELD of the event's
// `weigh_ticket`, of the vehicle that carried the load.
void JudgeWeighTicket(Judge& judge, const statement::v1::WeighTicket& ticket,
                      std::string_view vehicle);

// WEIGHT-ALERT: the difference to what was sent is over the threshold of the rule data.
void JudgeWeightDifference(Judge& judge, int64_t mass_g, int64_t sent_g, std::string_view field);

// WEIGH-SHARE: the lines received are the ticket's net mass, shared by the rule that is named.
void JudgeWeighShare(Judge& judge, const statement::v1::ReceiptConfirmed& event,
                     const statement::v1::ManifestIssued& issued);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_WEIGHING_H_
