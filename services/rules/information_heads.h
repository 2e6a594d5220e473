// The heads of information that are kept of waste, and from which stage on each is due: kind and
// quantity when it comes up, storage when it goes out of the place where it came up, where it goes
// when it is consigned, and at its end how it was used or disposed of. What is not yet due is not
// missing.
#ifndef CRADLE_SERVICES_RULES_INFORMATION_HEADS_H_
#define CRADLE_SERVICES_RULES_INFORMATION_HEADS_H_

#include <array>

#include "cradle/state/v1/state.pb.h"

namespace cradle::rules {

// 种类、数量、储存、流向、利用、处置
enum class InformationHead { kKind, kQuantity, kStorage, kDestination, kUtilisation, kDisposal };
inline constexpr std::array kInformationHeads = {
    InformationHead::kKind,        InformationHead::kQuantity,    InformationHead::kStorage,
    InformationHead::kDestination, InformationHead::kUtilisation, InformationHead::kDisposal};

enum class InformationStatus {
  kNotYetDue,
  kGiven,
  kMissing,        // due, and not given
  kNotApplicable,  // never due of this batch: it was used and not disposed of, or became another
};

InformationStatus StatusOfHead(const state::v1::BatchState& batch, InformationHead head);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_INFORMATION_HEADS_H_
