// Counts what Admit returned while this program ran: a rule nobody saw is a rule nobody tested.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "services/rules/rule_table.h"
#include "tests/services/rules/world.h"

namespace cradle::rules::test {
namespace {

// Rules on the statement itself, the same code for every event: some event stands for all.
bool OnAnyEvent(const Rule& rule) {
  size_t events = 0;
  for (const Event event : Events()) events += rule.At(event).has_value() ? 1 : 0;
  return events == Events().size();
}

class Coverage : public testing::Environment {
 public:
  void TearDown() override {
    if (testing::GTEST_FLAG(filter) != "*") return;
    size_t places = 0;
    for (const Rule& rule : Rules()) {
      bool seen = false;
      for (const Event event : Events()) {
        if (!rule.At(event)) continue;
        const bool here = Returned().contains({rule.number, event});
        seen = seen || here;
        places += here ? 1 : 0;
        if (!here && !OnAnyEvent(rule)) {
          ADD_FAILURE() << rule.id << " at " << EventName(event) << ": returned by no test";
        }
      }
      if (!seen) ADD_FAILURE() << rule.id << ": returned by no test";
    }
    RecordProperty(static_cast<int>(places));
    Write();
  }

 private:
  // For `cradle rules list --returned FILE`.
  static void Write() {
    const char* const file = std::getenv("CRADLE_RULES_RETURNED");
    if (file == nullptr) return;
    std::ofstream out(file);
    for (const auto& [rule, event] : Returned()) {
      out << FindRule(rule).id << ' ' << EventName(event) << '\n';
    }
  }
  static void RecordProperty(int places) {
    testing::Test::RecordProperty("rules_at_events_returned", places);
  }
};

[[maybe_unused]] const auto* const kCoverage =
    testing::AddGlobalTestEnvironment(new Coverage);  // GoogleTest owns it

}  // namespace
}  // namespace cradle::rules::test
