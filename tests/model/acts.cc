#include "tests/model/acts.h"

#include <algorithm>
#include <vector>

namespace cradle::model {
namespace {

// Each as often in it as it weighs.
const std::vector<const Act*>& Weighed() {
  static const std::vector<const Act*> kActs = [] {
    std::vector<const Act*> acts;
    for (const std::span<const Act> area :
         {RegistrationActs(), PermitActs(), OrderActs(), BatchActs(), LineageActs(), ManifestActs(),
          IncidentActs(), RoundActs(), MedicalActs()}) {
      for (const Act& act : area) acts.insert(acts.end(), static_cast<size_t>(act.weight), &act);
    }
    return acts;
  }();
  return kActs;
}

}  // namespace

const Act& AnyAct(Town& town) { return *town.AnyOf(Weighed()); }

bool HasAct(Event event) {
  const auto& acts = Weighed();
  return std::any_of(acts.begin(), acts.end(), [&](const Act* act) { return act->event == event; });
}

}  // namespace cradle::model
