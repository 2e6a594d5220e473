// A round of one vehicle over many places: each stop issues a manifest and takes its load, and what
// a round has for one receiver is delivered at once. Where nobody was at a stop, the consignor
// answers afterwards.
#include "services/rules/rules_collection.h"

#include <algorithm>
#include <set>
#include <tuple>

#include "services/rules/calendar.h"
#include "services/rules/collection.h"
#include "services/rules/event_rules.h"
#include "services/rules/identity.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_manifest.h"
#include "services/rules/rules_medical.h"
#include "services/rules/rules_self_delivery.h"
#include "services/rules/state_keys.h"
#include "storage/evidence/statement.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::ManifestState;

int CarrierPlace(const S& statement) { return statement.parties_size() - 1; }

v1::ManifestIssued IssuedOf(const S& statement) {
  const v1::WasteCollected& event = statement.waste_collected();
  v1::ManifestIssued issued;
  issued.set_manifest(event.manifest());
  issued.set_consignor_site(event.consignor_site());
  *issued.mutable_lines() = event.lines();
  if (event.has_all_lines()) *issued.mutable_all_lines() = event.all_lines();
  if (statement.parties_size() > 0) {
    v1::CarrierLeg& leg = *issued.add_carriers();
    leg.set_organisation(statement.parties(CarrierPlace(statement)).organisation());
    leg.set_vehicle(event.vehicle());
  }
  issued.set_receiver(event.receiver());
  issued.set_receiver_site(event.receiver_site());
  issued.set_total_sent_mass_g(event.total_sent_mass_g());
  issued.set_official_number(event.official_number());
  issued.set_plan_reference(event.plan_reference());
  issued.set_contract_sha256(event.contract_sha256());
  if (event.has_exemption()) *issued.mutable_exemption() = event.exemption();
  issued.set_receiver_facility(event.receiver_facility());
  issued.set_fee_fen(event.fee_fen());
  return issued;
}

// What shows that it was collected, where nobody else was there.
void JudgeEvidence(Judge& judge, const v1::WasteCollected& event) {
  if (judge.one_sided() || !event.photo_sha256().empty()) {
    RequireSha256(judge, event.photo_sha256(), "photo_sha256");
  }
  if (judge.one_sided() || event.has_mass_basis()) {
    JudgeMassBasis(judge, event.mass_basis(), event.total_sent_mass_g(), "mass_basis");
  }
  JudgePoint(judge, event.latitude_e7(), event.longitude_e7());
  if (judge.one_sided() && event.latitude_e7() == 0 && event.longitude_e7() == 0) {
    judge.Violate(RuleId::kFormField, judge.Path("latitude_e7"),
                  "latitude_e7: where nobody else was there, the place is told",
                  "latitude_e7：单方收集须填写地点");
  }
}

void JudgeCarrier(Judge& judge, const v1::WasteCollected& event, const WasteOfLines& wastes) {
  const int place = CarrierPlace(judge.statement());
  const std::string& carrier = judge.statement().parties(place).organisation();
  const std::string path = fmt::format("parties[{}].organisation", place);
  if (carrier == event.consignor() || carrier == event.receiver()) {
    judge.Violate(RuleId::kManifestParties, path,
                  fmt::format("{} is two parties of the manifest", carrier),
                  fmt::format("{} 在联单中同为两方", carrier));
  }
  if (const auto* const found = FindOrganisation(judge, carrier, path)) {
    RequireRole(judge, *found, {v1::ORGANISATION_ROLE_CARRIER}, path);
  }
  JudgeCarrierOf(judge, carrier, wastes, path);
  JudgeVehicle(judge, event.vehicle(), carrier, wastes.medical, "vehicle");
}

// ROUND-CARRIER.
void JudgeRound(Judge& judge, const v1::WasteCollected& event) {
  if (!RequireId(judge, event.round(), "round")) return;
  const std::string& carrier =
      judge.statement().parties(CarrierPlace(judge.statement())).organisation();
  const auto round = judge.Read<state::v1::RoundState>(keys::Round(event.round()));
  if (!round) {
    state::v1::RoundState begun;
    begun.set_carrier(carrier);
    begun.set_vehicle(event.vehicle());
    judge.Put(keys::Round(event.round()), begun);
  } else if (round->carrier() != carrier || round->vehicle() != event.vehicle()) {
    judge.Violate(RuleId::kRoundCarrier, judge.Path("round"),
                  fmt::format("this round is that of {} with the vehicle {}", round->carrier(),
                              round->vehicle()),
                  fmt::format("该趟收运属于 {}，车辆 {}", round->carrier(), round->vehicle()));
  }
}

void JudgeWasteCollected(Judge& judge) {
  const v1::WasteCollected& event = judge.statement().waste_collected();
  RequireFactTime(judge, event.collected_time_ms(), "collected_time_ms");
  AllowText(judge, event.vehicle(), "vehicle");
  JudgeEvidence(judge, event);
  JudgeAllLines(judge, event);
  if (judge.one_sided()) {
    JudgeMedicalOnly(judge, *judge.Issue());
  } else {
    RequireParty(judge, 0, event.consignor());
  }
  Issue issue = JudgeIssue(judge, *judge.Issue(),
                           [&](const WasteOfLines& wastes) { JudgeCarrier(judge, event, wastes); });
  JudgeRound(judge, event);
  ManifestState& manifest = issue.manifest;
  JudgeNumberDue(judge, manifest);
  manifest.set_status(state::v1::MANIFEST_STATUS_IN_TRANSIT);
  manifest.add_vehicles(event.vehicle());
  manifest.set_taken_time_ms(judge.act_time_ms());
  manifest.set_unconfirmed(judge.one_sided());
  state::v1::Collection& collection = *manifest.mutable_collection();
  collection.set_round(event.round());
  collection.set_one_sided(judge.one_sided());
  collection.set_recorded_time_ms(judge.recorded_time_ms());
  if (event.has_mass_basis()) *collection.mutable_mass_basis() = event.mass_basis();
  collection.set_photo_sha256(event.photo_sha256());
  collection.set_latitude_e7(event.latitude_e7());
  collection.set_longitude_e7(event.longitude_e7());
  JudgeMedicalPickup(judge, manifest, "manifest");
  PutIssue(judge, std::move(issue));
}

// What holds of every manifest of a round for the same reason is said once.
void ForgetRepeated(std::vector<Violation>& marks) {
  std::set<std::tuple<std::string, std::string, std::string>> seen;
  std::erase_if(marks, [&](const Violation& mark) {
    return !seen.emplace(mark.rule, mark.field, mark.message_en).second;
  });
}

void JudgeRoundDelivered(Judge& judge) {
  const v1::RoundDelivered& event = judge.statement().round_delivered();
  RequireFactTime(judge, event.delivered_time_ms(), "delivered_time_ms");
  if (!RequireId(judge, event.round(), "round")) return;
  if (event.manifests().empty() || event.manifests_size() > evidence::kBatchesMax) {
    judge.Violate(
        RuleId::kRoundManifests, judge.Path("manifests"),
        fmt::format("{} manifests, not 1 to {}", event.manifests_size(), evidence::kBatchesMax),
        fmt::format("{}份联单，应为1至{}份", event.manifests_size(), evidence::kBatchesMax));
    return;
  }
  std::set<std::string_view> distinct;
  for (int i = 0; i < event.manifests_size(); ++i) {
    const std::string field = fmt::format("manifests[{}]", i);
    const auto& manifest = judge.TakeUp(event.manifests(i));
    const bool again = !distinct.insert(event.manifests(i)).second;
    if (again || (manifest && manifest->collection().round() != event.round())) {
      judge.Violate(
          RuleId::kRoundManifests, judge.Path(field),
          fmt::format("{} {}", event.manifests(i),
                      again ? "is named twice" : "is not of this round"),
          fmt::format("{} {}", event.manifests(i), again ? "重复列出" : "不属于该趟收运"));
      continue;
    }
    JudgeArrival(judge, event.manifests(i), field, event.delivered_time_ms());
  }
  ForgetRepeated(judge.marks());
}

// COLLECTION-ANSWERED, COUNTERSIGN-LATE, and that it is the consignor's: of the manifest in hand,
// which the consignor answers. nullopt: there is nothing to answer.
std::optional<ManifestState> JudgeAnswer(Judge& judge, const std::string& id) {
  const auto& found = judge.Manifest();
  if (!found) {
    JudgeManifest(judge, id, {});
    return std::nullopt;
  }
  RequireParty(judge, 0, found->consignor());
  const state::v1::Collection& collection = found->collection();
  if (!collection.one_sided() || collection.countersigned_index() != 0 ||
      collection.has_contest()) {
    judge.Violate(RuleId::kCollectionAnswered, judge.Path("manifest"),
                  collection.one_sided()
                      ? "the consignor has countersigned or contested this collection"
                      : "nothing of this manifest was collected with nobody there",
                  collection.one_sided() ? "移出人已对该次收集补签或提出异议"
                                         : "该联单没有单方收集，无需补签");
    return std::nullopt;
  }
  const int hours = LimitOf(judge, "countersign_hours");
  // By the recorded time: to have answered in time is in the consignor's own interest.
  if (judge.recorded_time_ms() > collection.recorded_time_ms() + hours * kHourMs) {
    judge.Violate(RuleId::kCountersignLate, judge.Path("manifest"),
                  fmt::format("a collection is answered within {} hours", hours),
                  fmt::format("单方收集应在{}小时内补签或提出异议", hours));
  }
  ManifestState manifest = *found;
  manifest.set_index(judge.index());
  return manifest;
}

void JudgeCollectionCountersigned(Judge& judge) {
  const std::string& id = judge.statement().collection_countersigned().manifest();
  auto manifest = JudgeAnswer(judge, id);
  if (!manifest) return;
  manifest->set_unconfirmed(false);
  manifest->mutable_collection()->set_countersigned_index(judge.index());
  judge.Put(keys::Manifest(id), *manifest);
}

void JudgeCollectionContested(Judge& judge) {
  const v1::CollectionContested& event = judge.statement().collection_contested();
  RequireChosen(judge, event.reason(), "reason");
  RequireDocuments(judge, event.evidence_sha256(), "evidence_sha256");
  if (event.reason() == v1::COLLECTION_CONTEST_REASON_OTHER_WEIGHT) {
    RequireMassLimit(judge, event.stated_mass_g(), "stated_mass_g");
  } else {
    AllowMass(judge, event.stated_mass_g(), "stated_mass_g");
  }
  auto manifest = JudgeAnswer(judge, event.manifest());
  if (!manifest) return;
  state::v1::CollectionContest& contest = *manifest->mutable_collection()->mutable_contest();
  *contest.mutable_contested() = event;
  contest.set_index(judge.index());
  contest.set_contested_time_ms(judge.act_time_ms());
  judge.Put(keys::Manifest(event.manifest()), *manifest);
}

}  // namespace

void AddDocket(const std::string& manifest, ChainList& chains) {
  // What is no id has no docket: said where it is missing.
  chains.Add("docket", evidence::IsId(manifest) ? DocketOfCollection(manifest)
                                                : fmt::format("of '{}'", manifest));
}

void JudgeCollectionResolved(Judge& judge, const v1::ContestResolved& event) {
  const auto& found = judge.Manifest();
  if (!found) {
    JudgeManifest(judge, event.manifest(), {});
    return;
  }
  if (judge.statement().parties(0).capacity() == v1::CAPACITY_REGULATOR) {
    const auto site =
        judge.Read<state::v1::SiteState>(keys::Site(found->issued().consignor_site()));
    JudgeRegulator(judge, 0, site ? site->registered().division() : std::string());
  } else {
    RequireParty(judge, 0, found->consignor());
    RequireParty(judge, 1,
                 found->issued().carriers().empty() ? std::string()
                                                    : found->issued().carriers(0).organisation());
  }
  const state::v1::Collection& collection = found->collection();
  if (!collection.has_contest() || collection.contest().resolved_index() != 0) {
    judge.Violate(RuleId::kContestOpen, judge.Path("manifest"),
                  "no contest of this collection is open", "该次收集没有未决异议");
    return;
  }
  ManifestState manifest = *found;
  manifest.set_unconfirmed(event.resolution() == v1::CONTEST_RESOLUTION_UPHELD);
  state::v1::CollectionContest& contest = *manifest.mutable_collection()->mutable_contest();
  contest.set_resolved_index(judge.index());
  contest.set_resolution(event.resolution());
  manifest.set_index(judge.index());
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

namespace {

constexpr EventRow kEvents[] = {
    {.event = S::kWasteCollected,
     .title_en = "Waste collected on a round",
     .title_zh = "上门收集",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kPickupOrCarrier>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("manifest", s.waste_collected().manifest());
           for (const auto& line : s.waste_collected().lines()) chains.Add("batch", line.batch());
         },
     .judge = JudgeWasteCollected,
     .issues = IssuedOf,
     .handover = true,
     .first_set = 2},
    {.event = S::kRoundDelivered,
     .title_en = "Delivery of a round",
     .title_zh = "收运送达",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kArrival>,
     .chains =
         [](const S& s, ChainList& chains) {
           for (const std::string& manifest : s.round_delivered().manifests()) {
             chains.Add("manifest", manifest);
           }
         },
     .judge = JudgeRoundDelivered,
     .handover = true,
     .first_set = 2},
    {.event = S::kCollectionCountersigned,
     .title_en = "Collection countersigned",
     .title_zh = "收集补签",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kConsignor>,
     .chains =
         [](const S& s, ChainList& chains) {
           AddDocket(s.collection_countersigned().manifest(), chains);
         },
     .judge = JudgeCollectionCountersigned,
     .manifest = [](const S& s) -> const std::string& {
       return s.collection_countersigned().manifest();
     },
     .first_set = 2},
    {.event = S::kCollectionContested,
     .title_en = "Collection contested",
     .title_zh = "对收集提出异议",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kConsignor>,
     .chains = [](const S& s,
                  ChainList& chains) { AddDocket(s.collection_contested().manifest(), chains); },
     .judge = JudgeCollectionContested,
     .manifest = [](const S& s) -> const std::string& {
       return s.collection_contested().manifest();
     },
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> CollectionEvents() { return kEvents; }

}  // namespace cradle::rules
