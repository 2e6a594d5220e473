// A small institution brings its medical waste to a collection point: a manifest without a carrier,
// issued, delivered, confirmed and stored in one statement.
#include "services/rules/rules_self_delivery.h"

#include <algorithm>

#include "services/rules/batch_state.h"
#include "services/rules/event_rules.h"
#include "services/rules/identity.h"
#include "services/rules/rules_amounts.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_manifest.h"
#include "services/rules/rules_medical.h"
#include "services/rules/rules_storage.h"
#include "services/rules/rules_weighing.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;
using state::v1::ManifestState;

v1::ManifestIssued IssuedOf(const S& statement) {
  const v1::SelfDelivered& event = statement.self_delivered();
  v1::ManifestIssued issued;
  issued.set_manifest(event.manifest());
  issued.set_consignor_site(event.consignor_site());
  for (const v1::SelfDeliveredLine& brought : event.lines()) {
    v1::ManifestLine& line = *issued.add_lines();
    line.set_batch(brought.batch());
    line.set_waste_code(brought.waste_code());
    line.set_sent_mass_g(brought.sent_mass_g());
    line.set_packaging(brought.packaging());
    line.set_package_count(brought.package_count());
    line.set_method_code(brought.method_code());
    line.set_form(brought.form());
    line.set_unstored_reason(brought.unstored_reason());
  }
  if (statement.parties_size() > 1) issued.set_receiver(statement.parties(1).organisation());
  issued.set_receiver_site(event.receiver_site());
  issued.set_receiver_facility(event.receiver_facility());
  issued.set_total_sent_mass_g(event.total_sent_mass_g());
  issued.set_official_number(event.official_number());
  issued.set_plan_reference(event.plan_reference());
  issued.set_contract_sha256(event.contract_sha256());
  if (event.has_exemption()) *issued.mutable_exemption() = event.exemption();
  issued.set_fee_fen(event.fee_fen());
  return issued;
}

// SELF-DELIVERY-SMALL.
void JudgeSmall(Judge& judge) {
  const auto* const consignor =
      FindOrganisation(judge, FirstParty(judge), "parties[0].organisation");
  if (!consignor) return;
  const auto most = static_cast<uint32_t>(LimitOf(judge, "small_institution_beds"));
  if (HasRole(*consignor, v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION) && consignor->beds() > 0 &&
      consignor->beds() <= most) {
    return;
  }
  judge.Violate(RuleId::kSelfDeliverySmall, "parties[0].organisation",
                fmt::format("{} is not known as a medical institution of at most {} beds",
                            consignor->name(), most),
                fmt::format("{} 未登记为床位不超过{}张的医疗卫生机构", consignor->name(), most));
}

// SELF-DELIVERY-POINT.
bool JudgeCollectionPoint(Judge& judge, const v1::SelfDelivered& event) {
  const auto state =
      judge.Read<state::v1::FacilityState>(keys::Facility(event.receiver_facility()));
  const std::string& receiver = judge.statement().parties(1).organisation();
  if (state && state->registered().kind() == v1::FACILITY_KIND_COLLECTION_POINT &&
      state->registered().organisation() == receiver) {
    return true;
  }
  judge.Violate(
      RuleId::kSelfDeliveryPoint, judge.Path("receiver_facility"),
      fmt::format("\"{}\" is no collection point of {}", event.receiver_facility(), receiver),
      fmt::format("“{}”不是 {} 的收集网点", event.receiver_facility(), receiver));
  return false;
}

// What was received of each line, and what of it differs.
void JudgeReceived(Judge& judge, const v1::SelfDelivered& event, Issue& issue) {
  std::optional<int64_t> total = 0;
  auto batch = issue.batches.begin();
  for (int i = 0; i < event.lines_size(); ++i) {
    const v1::SelfDeliveredLine& brought = event.lines(i);
    v1::ReceivedLine& line = *issue.manifest.add_received();
    line.set_batch(brought.batch());
    line.set_outcome(v1::LINE_OUTCOME_ACCEPTED);
    line.set_received_mass_g(brought.received_mass_g());
    *line.mutable_mass_basis() = brought.mass_basis();
    total = AddMass(total, brought.received_mass_g());
    if (batch == issue.batches.end() || batch->batch() != brought.batch()) continue;  // not known
    auto difference = JudgeReceivedLine(judge, line, issue.manifest.issued().lines(i), *batch, i);
    line.set_method_code(brought.method_code());  // judged where the line is issued
    if (!difference.kinds().empty()) *issue.manifest.add_differences() = std::move(difference);
    ++batch;
  }
  JudgeTotal(judge, total, event.total_received_mass_g(), "total_received_mass_g");
  JudgeWeightDifference(judge, event.total_received_mass_g(), event.total_sent_mass_g(),
                        "total_received_mass_g");
}

// Each batch that is known is the receiver's and lies in its collection point.
void PutReceived(Judge& judge, const Issue& issue) {
  const ManifestState& manifest = issue.manifest;
  const std::string hand_on_by_date = HandOnByDate(judge, manifest);
  auto batch = issue.batches.begin();
  for (int i = 0; i < manifest.received_size() && batch != issue.batches.end(); ++i) {
    const v1::ReceivedLine& line = manifest.received(i);
    if (batch->batch() != line.batch()) continue;
    BatchState stored = AcceptedOf(*batch, manifest, line.received_mass_g(),
                                   IsCollected(manifest, i) ? hand_on_by_date : "");
    stored.add_manifests(manifest.issued().manifest());
    stored.set_mass_index(judge.index());
    stored.set_status(state::v1::BATCH_STATUS_STORED);
    stored.set_facility(manifest.issued().receiver_facility());
    PutBatch(judge, &*batch, std::move(stored));
    ++batch;
  }
}

void JudgeSelfDelivered(Judge& judge) {
  const v1::SelfDelivered& event = judge.statement().self_delivered();
  RequireFactTime(judge, event.delivered_time_ms(), "delivered_time_ms");
  JudgeMedicalOnly(judge, *judge.Issue());
  JudgeSmall(judge);
  if (!JudgeCollectionPoint(judge, event)) return;
  Issue issue = JudgeIssue(judge, *judge.Issue(), [](const WasteOfLines& /*wastes*/) {});
  ManifestState& manifest = issue.manifest;
  JudgeNumberDue(judge, manifest);
  JudgeReceived(judge, event, issue);
  manifest.set_status(state::v1::MANIFEST_STATUS_CONFIRMED);
  manifest.set_self_delivered(true);
  manifest.set_taken_time_ms(judge.act_time_ms());
  manifest.set_delivered_time_ms(judge.act_time_ms());
  manifest.set_arrived_time_ms(std::min(judge.act_time_ms(), event.delivered_time_ms()));
  manifest.set_confirmed_time_ms(judge.act_time_ms());
  manifest.set_arrival_date(EarliestDay(judge, event.receiver_site(), {event.delivered_time_ms()}));
  if (const auto site = judge.Read<state::v1::SiteState>(keys::Site(event.receiver_site()));
      site && !manifest.differences().empty()) {
    manifest.set_report_division(site->registered().division());
  }
  JudgeMedicalPickup(judge, manifest, "manifest");
  CountArrived(judge, manifest);
  PutReceived(judge, issue);
  JudgeStore(judge, event.receiver_facility(), "receiver_facility");
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

}  // namespace

void JudgeMedicalOnly(Judge& judge, const v1::ManifestIssued& issued) {
  for (int i = 0; i < issued.lines_size(); ++i) {
    const std::string& code = issued.lines(i).waste_code();
    if (!CheckWasteCodeForm(code).ok() || IsMedical(code)) continue;
    judge.Violate(RuleId::kMedicalOnly, judge.Path(fmt::format("lines[{}].waste_code", i)),
                  fmt::format("{} is no medical waste", code),
                  fmt::format("{} 不是医疗废物", code));
    return;
  }
}

namespace {

constexpr EventRow kEvents[] = {
    {.event = S::kSelfDelivered,
     .title_en = "Medical waste brought to a collection point",
     .title_zh = "自行送交",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kEnds>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("manifest", s.self_delivered().manifest());
           for (const auto& line : s.self_delivered().lines()) chains.Add("batch", line.batch());
         },
     .judge = JudgeSelfDelivered,
     .issues = IssuedOf,
     .handover = true,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> SelfDeliveryEvents() { return kEvents; }

}  // namespace cradle::rules
