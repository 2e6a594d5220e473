// How what a vehicle weighed is shared over the lines of its manifest.
#ifndef CRADLE_SERVICES_RULES_SHARE_MASS_H_
#define CRADLE_SERVICES_RULES_SHARE_MASS_H_

#include <cstdint>
#include <vector>

namespace cradle::rules {

// `mass_g` in proportion to the weights, in whole grams that add up to it: each share is cut to
// grams, and what that leaves over goes gram by gram to the largest remainders, of equal ones to
// the earlier. Where all weights are 0 the first has all. Needs weights and a mass from 0 to
// kMassMaxG, and at least one weight.
std::vector<int64_t> ShareMass(int64_t mass_g, const std::vector<int64_t>& weights);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_SHARE_MASS_H_
