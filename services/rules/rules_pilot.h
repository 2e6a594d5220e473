// Who may take waste without an operating licence: the user of a point-to-point pilot, and the
// facility that a group shares. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_PILOT_H_
#define CRADLE_SERVICES_RULES_RULES_PILOT_H_

#include <optional>
#include <string>
#include <string_view>

#include "services/rules/judge.h"

namespace cradle::rules {

state::v1::PilotsState ReadPilots(Judge& judge, std::string_view user);

// What is known of one user is read at most once. Not thread-safe.
class WithoutLicence {
 public:
  // `facility` may be empty.
  WithoutLicence(std::string producer, std::string user, std::string facility)
      : producer_(std::move(producer)), user_(std::move(user)), facility_(std::move(facility)) {}
  WithoutLicence(std::string consignor, const statement::v1::ManifestIssued& issued)
      : WithoutLicence(std::move(consignor), issued.receiver(), issued.receiver_facility()) {}

  // The first pilot by which the user may take that waste of the producer on the day of the act, as
  // a place in PilotsState.
  std::optional<int> FindPilot(Judge& judge, std::string_view waste_code);
  // The facility is the user's, and shared with the producer on that day.
  bool IsShared(Judge& judge);
  bool May(Judge& judge, std::string_view waste_code) {
    return FindPilot(judge, waste_code).has_value() || IsShared(judge);
  }

 private:
  std::string producer_;
  std::string user_;
  std::string facility_;
  std::optional<state::v1::PilotsState> pilots_;
  std::optional<bool> shared_;
};

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_PILOT_H_
