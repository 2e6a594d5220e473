// What the events of a manifest share. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_RULES_MANIFEST_H_
#define CRADLE_SERVICES_RULES_RULES_MANIFEST_H_

#include <fmt/format.h>

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "services/rules/judge.h"
#include "services/rules/lines.h"

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

// MANIFEST-KNOWN, MANIFEST-STATE: the manifest in hand is in the log, in one of the statuses.
const std::optional<state::v1::ManifestState>& JudgeManifest(
    Judge& judge, std::string_view manifest,
    std::initializer_list<state::v1::ManifestStatus> statuses, std::string_view field = "manifest");
// A batch that a manifest of the log names; nullopt: the state is damaged, which ends the
// judgement.
std::optional<state::v1::BatchState> ReadBatchOfManifest(Judge& judge, std::string_view batch);
// MANIFEST-PARTY: party `place` is that organisation.
void RequireParty(Judge& judge, int place, std::string_view organisation);

// FORM-FIELD: what is said of all lines is neither batch nor mass.
template <typename Event>
void JudgeAllLines(Judge& judge, const Event& event) {
  if (!event.has_all_lines()) return;
  const std::string own = OwnFieldOf(event.all_lines());
  if (own.empty()) return;
  judge.Violate(RuleId::kFormField, judge.Path("all_lines." + own),
                fmt::format("all_lines.{}: each line says its own", own),
                fmt::format("all_lines.{}：须逐行填写", own));
}

// LICENCE-RECEIVER and LICENCE-METHOD, LICENCE-CARRIER: for everything on the manifest. `path` is
// whole.
void JudgeReceiverOf(Judge& judge, std::string_view receiver, const WasteOfLines& wastes,
                     const std::string& path);
void JudgeCarrierOf(Judge& judge, std::string_view carrier, const WasteOfLines& wastes,
                    const std::string& path);

// MANIFEST-PARTIES, MANIFEST-CARRIERS, and for each of `legs` ORGANISATION-KNOWN,
// ORGANISATION-ROLE, LICENCE-CARRIER, VEHICLE-REGISTERED, MEDICAL-VEHICLE. `before`: the carrier
// who hands over to the first of them, or empty; how many carriers have signed already.
using Legs = google::protobuf::RepeatedPtrField<statement::v1::CarrierLeg>;
void JudgeLegParties(Judge& judge, std::string_view consignor, std::string_view receiver,
                     std::string_view before, const Legs& legs);
void JudgeLegs(Judge& judge, size_t before, const Legs& legs, const WasteOfLines& wastes);

// MASS-SUM and FORM-FIELD: the total said is that of the lines; nullopt: the lines have none.
void JudgeTotal(Judge& judge, std::optional<int64_t> total, int64_t said_g, std::string_view field);

// What a manifest rests on: PLAN-DUE, CONTRACT-DUE, EXEMPTION-LISTED, EXEMPTION-USED,
// LABEL-MANIFEST, FORWARD-REFUSED, and the form of its paper. `batches`: those of the lines that
// are known.
void JudgePapers(Judge& judge, const statement::v1::ManifestIssued& event,
                 const std::vector<state::v1::BatchState>& batches);

// What is found as a manifest is issued: as it will be, and the batches of its lines that are
// known, as they were.
struct Issue {
  state::v1::ManifestState manifest;
  std::vector<state::v1::BatchState> batches;
};
// Every rule of the issue of a manifest, from HolderNamed, but for the carriers, whom
// `judge_carriers` judges, and what PutIssue counts. Keeps the official number; puts nothing else.
Issue JudgeIssue(Judge& judge, const statement::v1::ManifestIssued& event,
                 absl::FunctionRef<void(const WasteOfLines&)> judge_carriers);
// The batches are on the manifest. LICENCE-AMOUNT and what else CountIssued finds.
void PutIssue(Judge& judge, Issue issue);

// MANIFEST-STATE, MANIFEST-PARTY, and what holds of carrier and receiver at a delivery: the
// manifest in hand, named in `field`, arrives. Parties: CARRIER, RECEIVER.
void JudgeArrival(Judge& judge, const std::string& manifest, const std::string& field,
                  int64_t delivered_time_ms);

// What is accepted becomes the receiver's, with that mass. `hand_on_by_date`: empty where nothing
// asks for it.
state::v1::BatchState AcceptedOf(const state::v1::BatchState& sent,
                                 const state::v1::ManifestState& manifest, int64_t mass_g,
                                 const std::string& hand_on_by_date);
// RECEIPT-DIFFERENCE and the other differences to what was sent, MASS-POSITIVE, MASS-SUM, and the
// form of one line; `batch` as it was sent.
state::v1::LineDifference JudgeReceivedLine(Judge& judge, const statement::v1::ReceivedLine& line,
                                            const statement::v1::ManifestLine& sent,
                                            const state::v1::BatchState& batch, int place);

// OFFICIAL-NUMBER-DUE: it is expected by load, unless the manifest is on paper or exempt.
void JudgeNumberDue(Judge& judge, state::v1::ManifestState& manifest);

// VEHICLE-REGISTERED, MEDICAL-VEHICLE.
void JudgeVehicle(Judge& judge, std::string_view vehicle, std::string_view carrier, bool medical,
                  std::string_view field);

// OFFICIAL-NUMBER-FORM, OFFICIAL-NUMBER-UNIQUE, of a number that may be empty; `attached` is the
// one the manifest has already. True: the number is new to the manifest and good, and kept as the
// log's: for the manifest to keep.
bool JudgeOfficialNumber(Judge& judge, const std::string& number, std::string_view manifest,
                         std::string_view attached);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_RULES_MANIFEST_H_
