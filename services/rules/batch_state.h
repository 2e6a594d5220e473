// How the state of a batch is written: one way for all events, which keeps the accounts and the
// time it has lain. Within this folder only; what others read of it is in admission.h.
#ifndef CRADLE_SERVICES_RULES_BATCH_STATE_H_
#define CRADLE_SERVICES_RULES_BATCH_STATE_H_

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "cradle/state/v1/state.pb.h"

namespace cradle::rules {

class Judge;

// Counted in the account of its facility.
bool LiesInStore(const state::v1::BatchState& batch);
// What of it lies in its facility, while LiesInStore.
int64_t MassInStore(const state::v1::BatchState& batch);

// Writes the batch as this entry leaves it, and whether others than its generator have acted on it.
// `before` is the state as it was read; null: it begins.
void PutBatch(Judge& judge, const state::v1::BatchState* before, state::v1::BatchState after);

// How many containers of each packaging it was entered with, in order of first mention.
void SetPackages(state::v1::BatchState& batch,
                 const google::protobuf::RepeatedPtrField<statement::v1::Container>& containers);

// It has lain with `organisation` since that day, or longer: the earliest start ever asserted
// stands: splitting, moving or handing over launders no age. `since_date` empty:
// nobody knows since when, and that is earliest of all.
void HoldSince(state::v1::BatchState& batch, const std::string& organisation,
               const std::string& since_date);
// The same without regard to what was asserted before: a correction.
void SetHolding(state::v1::BatchState& batch, const std::string& organisation,
                const std::string& since_date);
// A child has lain as long as the eldest of its parents, with each of their custodians, is handed
// on as early as any of them, and comes from abroad where one of them does.
void InheritHoldings(state::v1::BatchState& child, const state::v1::BatchState& parent);

// How far the clocks of a site are ahead of UTC; as those of the log where it is not known.
int64_t SiteOffsetMs(Judge& judge, std::string_view site);

// The earliest of the time of act and the times asserted (0: none) as a day at the site: a time
// later than the act would be to the claimer's advantage and does not count.
std::string EarliestDay(Judge& judge, const std::string& site,
                        std::initializer_list<int64_t> asserted_ms);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_BATCH_STATE_H_
