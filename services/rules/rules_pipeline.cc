// Waste that goes from site to site by a pipe, a day in one statement.
#include <algorithm>

#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/identity.h"
#include "services/rules/rules_amounts.h"
#include "services/rules/rules_approval.h"
#include "services/rules/rules_batch.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_manifest.h"
#include "services/rules/rules_weighing.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;
using state::v1::ManifestState;

void JudgeMasses(Judge& judge, const v1::PipelineTransferred& event) {
  RequireMass(judge, event.sent_mass_g(), "sent_mass_g");
  RequireMass(judge, event.received_mass_g(), "received_mass_g");
  JudgeMassBasis(judge, event.sent_basis(), event.sent_mass_g(), "sent_basis");
  JudgeMassBasis(judge, event.received_basis(), event.received_mass_g(), "received_basis");
  if (event.sent_mass_g() == event.received_mass_g()) return;
  judge.Violate(RuleId::kReceiptDifference, judge.Path("received_mass_g"),
                fmt::format("{} g received where {} g were sent", event.received_mass_g(),
                            event.sent_mass_g()),
                fmt::format("接受{}克，移出{}克", event.received_mass_g(), event.sent_mass_g()));
  JudgeWeightDifference(judge, event.received_mass_g(), event.sent_mass_g(), "received_mass_g");
}

// The manifest as one that was issued and confirmed at once.
ManifestState ManifestOf(Judge& judge, const v1::PipelineTransferred& event) {
  ManifestState manifest;
  v1::ManifestIssued& issued = *manifest.mutable_issued();
  issued.set_manifest(event.manifest());
  issued.set_consignor_site(event.consignor_site());
  issued.set_receiver(judge.statement().parties(1).organisation());
  issued.set_receiver_site(event.receiver_site());
  issued.set_total_sent_mass_g(event.sent_mass_g());
  issued.set_approval(event.approval());
  v1::ManifestLine& line = *issued.add_lines();
  line.set_batch(event.batch());
  line.set_waste_code(event.waste_code());
  line.set_sent_mass_g(event.sent_mass_g());
  line.set_method_code(event.method_code());
  line.set_form(event.form());
  v1::ReceivedLine& received = *manifest.add_received();
  received.set_batch(event.batch());
  received.set_outcome(v1::LINE_OUTCOME_ACCEPTED);
  received.set_received_mass_g(event.received_mass_g());
  *received.mutable_mass_basis() = event.received_basis();
  received.set_method_code(event.method_code());
  const bool masses = event.sent_mass_g() > 0 && event.received_mass_g() > 0;
  if (masses && event.sent_mass_g() != event.received_mass_g()) {
    state::v1::LineDifference& difference = *manifest.add_differences();
    difference.add_kinds(state::v1::DIFFERENCE_KIND_QUANTITY);
    difference.set_mass_difference_g(event.received_mass_g() - event.sent_mass_g());
  }
  manifest.set_consignor(FirstParty(judge));
  manifest.set_status(state::v1::MANIFEST_STATUS_CONFIRMED);
  manifest.set_issued_time_ms(judge.act_time_ms());
  manifest.set_delivered_time_ms(judge.act_time_ms());
  manifest.set_confirmed_time_ms(judge.act_time_ms());
  manifest.set_arrival_date(
      std::min(event.transfer_date(), EarliestDay(judge, event.receiver_site(), {})));
  manifest.set_pipeline(true);
  manifest.set_index(judge.index());
  return manifest;
}

void PutTransferred(Judge& judge, const v1::PipelineTransferred& event,
                    const std::optional<v1::SiteRegistered>& receiver_site) {
  ManifestState manifest = ManifestOf(judge, event);
  JudgeApproval(judge, manifest.issued(), event.transfer_date());
  if (!manifest.differences().empty() && receiver_site) {
    manifest.set_report_division(receiver_site->division());
  }
  CountArrived(judge, manifest);
  BatchState batch;
  batch.set_batch(event.batch());
  batch.set_generator(FirstParty(judge));
  batch.set_custodian(manifest.issued().receiver());
  batch.set_site(event.receiver_site());
  batch.set_status(state::v1::BATCH_STATUS_RECEIVED);
  batch.set_waste_code(event.waste_code());
  batch.set_mass_g(event.received_mass_g());
  batch.set_form(event.form());
  batch.set_unstored_reason(v1::UNSTORED_REASON_DIRECT_FEED);  // as is the nature of a pipeline
  batch.add_manifests(event.manifest());
  batch.set_begun_index(judge.index());
  batch.set_hand_on_by_date(IsCollected(manifest, 0) ? HandOnByDate(judge, manifest) : "");
  HoldSince(batch, batch.custodian(), manifest.arrival_date());
  PutBatch(judge, nullptr, std::move(batch));
  judge.Put(keys::Manifest(event.manifest()), manifest);
}

void JudgePipelineTransferred(Judge& judge) {
  const v1::PipelineTransferred& event = judge.statement().pipeline_transferred();
  const std::string& consignor = FirstParty(judge);
  const std::string& receiver = judge.statement().parties(1).organisation();
  RequireNew(judge, keys::Manifest(event.manifest()), event.manifest(), "manifest");
  RequireNew(judge, keys::Batch(event.batch()), event.batch(), "batch");
  FindSite(judge, event.consignor_site(), consignor, "consignor_site");
  const auto receiver_site = FindSite(judge, event.receiver_site(), receiver, "receiver_site");
  RequireChosen(judge, event.form(), "form");
  if (const auto day = RequireDate(judge, event.transfer_date(), "transfer_date");
      day && *day > DayOf(judge.recorded_time_ms(), kLogZoneOffsetMs)) {
    judge.Violate(RuleId::kTimeFact, judge.Path("transfer_date"),
                  fmt::format("{} is after the day it was recorded", event.transfer_date()),
                  fmt::format("{} 晚于登记之日", event.transfer_date()));
  }
  JudgeMasses(judge, event);
  WasteOfLines wastes;
  JudgeWasteCode(judge, event.waste_code(), "waste_code");
  if (CheckWasteCodeForm(event.waste_code()).ok()) {
    wastes.distinct.push_back({event.waste_code(), event.method_code()});
  }
  if (!event.method_code().empty()) {
    FindMethod(judge, event.method_code(), "method_code");
    JudgeMedicalMethod(judge, event.waste_code(), event.method_code(), "method_code");
  }
  JudgeReceiverOf(judge, receiver, wastes, "parties[1].organisation");
  PutTransferred(judge, event, receiver_site);
}

constexpr EventRow kEvents[] = {
    {.event = S::kPipelineTransferred,
     .title_en = "A day of transfer by pipeline",
     .title_zh = "管道输送（日）",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kEnds>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("manifest", s.pipeline_transferred().manifest());
           chains.Add("batch", s.pipeline_transferred().batch());
         },
     .judge = JudgePipelineTransferred,
     .handover = true,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> PipelineEvents() { return kEvents; }

}  // namespace cradle::rules
