// Sets of events: what a rule of the table holds at.
#ifndef CRADLE_SERVICES_RULES_EVENT_SET_H_
#define CRADLE_SERVICES_RULES_EVENT_SET_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "cradle/statement/v1/statement.pb.h"

namespace cradle::rules {

using Event = statement::v1::Statement::EventCase;

// Numbers of events in `Statement.event` are below this.
inline constexpr size_t kEventNumbers = 256;

// One bit for each number an event may have.
class EventSet {
 public:
  constexpr EventSet() = default;
  // The complement of the empty set: every event there is or will be.
  static constexpr EventSet All() { return ~EventSet(); }

  constexpr bool Has(Event event) const {
    const auto number = static_cast<size_t>(event);
    return number < kEventNumbers && ((words_[number / 64] >> (number % 64)) & 1) != 0;
  }
  constexpr bool empty() const { return *this == EventSet(); }
  constexpr EventSet& Add(Event event) {
    const auto number = static_cast<size_t>(event);
    words_[number / 64] |= uint64_t{1} << (number % 64);
    return *this;
  }

  friend constexpr EventSet operator|(EventSet a, const EventSet& b) {
    for (size_t i = 0; i < a.words_.size(); ++i) a.words_[i] |= b.words_[i];
    return a;
  }
  friend constexpr EventSet operator&(EventSet a, const EventSet& b) {
    for (size_t i = 0; i < a.words_.size(); ++i) a.words_[i] &= b.words_[i];
    return a;
  }
  friend constexpr EventSet operator~(EventSet a) {
    for (uint64_t& word : a.words_) word = ~word;
    return a;
  }
  friend constexpr bool operator==(const EventSet&, const EventSet&) = default;

 private:
  std::array<uint64_t, kEventNumbers / 64> words_{};
};

template <typename... Events>
constexpr EventSet On(Events... events) {
  EventSet set;
  (set.Add(events), ...);
  return set;
}

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_EVENT_SET_H_
