// What the actors do: for every event one function that drafts it from what there is, mostly as it
// may be done. A new event is one function and one row at the end of the file of its area.
#ifndef CRADLE_TESTS_MODEL_ACTS_H_
#define CRADLE_TESTS_MODEL_ACTS_H_

#include <optional>
#include <span>

#include "tests/model/town.h"

namespace cradle::model {

struct Act {
  Event event = Event::EVENT_NOT_SET;
  // nullopt: nothing there to do it with.
  std::optional<Draft> (*draft)(Town& town) = nullptr;
  int weight = 1;  // how often, beside the others
};

std::span<const Act> RegistrationActs();
std::span<const Act> PermitActs();
std::span<const Act> OrderActs();
std::span<const Act> BatchActs();
std::span<const Act> LineageActs();
std::span<const Act> ManifestActs();
std::span<const Act> IncidentActs();
std::span<const Act> RoundActs();
std::span<const Act> MedicalActs();

// One of them all, by weight.
const Act& AnyAct(Town& town);
// Whether one of them drafts the event.
bool HasAct(Event event);

// Changes one thing of it for the worse, whatever the event: a party, a mass, a time, an id, a
// claimed time, a link, any field.
void Spoil(Town& town, Draft& draft);

}  // namespace cradle::model

#endif  // CRADLE_TESTS_MODEL_ACTS_H_
