// What the events of a manifest share. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_MANIFEST_H_
#define CRADLE_SERVICES_RULES_RULES_MANIFEST_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "services/rules/judge.h"

namespace cradle::rules {

// What is on a manifest, each pair of code and method once: licences are judged by these.
struct WasteOfLines {
  struct Waste {
    std::string code;
    std::string method_code;
    friend bool operator==(const Waste&, const Waste&) = default;
  };
  std::vector<Waste> distinct;
  bool medical = false;  // any line of HW01
};
WasteOfLines WastesOf(const statement::v1::ManifestIssued& issued);

// MANIFEST-KNOWN, MANIFEST-STATE: the manifest is in the log, in that status.
const std::optional<state::v1::ManifestState>& JudgeManifest(Judge& judge,
                                                             std::string_view manifest,
                                                             state::v1::ManifestStatus status);
// A batch that a manifest of the log names; nullopt: the state is damaged, which ends the
// judgement.
std::optional<state::v1::BatchState> ReadBatchOfManifest(Judge& judge, std::string_view batch);
// MANIFEST-PARTY: party `place` is that organisation.
void RequireParty(Judge& judge, int place, std::string_view organisation);

// LICENCE-RECEIVER and LICENCE-METHOD, LICENCE-CARRIER: for everything on the manifest. `path` is
// whole.
void JudgeReceiverOf(Judge& judge, std::string_view receiver, const WasteOfLines& wastes,
                     const std::string& path);
void JudgeCarrierOf(Judge& judge, std::string_view carrier, const WasteOfLines& wastes,
                    const std::string& path);

// VEHICLE-REGISTERED, MEDICAL-VEHICLE.
void JudgeVehicle(Judge& judge, std::string_view vehicle, std::string_view carrier, bool medical,
                  std::string_view field);

// OFFICIAL-NUMBER-FORM, OFFICIAL-NUMBER-UNIQUE, of a number that may be empty; `attached` is the
// one the manifest has already. True: the number is new and good, so keep it.
bool JudgeOfficialNumber(Judge& judge, const std::string& number, std::string_view manifest,
                         std::string_view attached);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_MANIFEST_H_
