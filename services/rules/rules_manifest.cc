// Issue of a manifest; what happens on the road is in rules_transport.cc, what comes of it in
// rules_receipt.cc.
#include "services/rules/rules_manifest.h"

#include <algorithm>
#include <set>

#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/identity.h"
#include "services/rules/rules_amounts.h"
#include "services/rules/rules_approval.h"
#include "services/rules/rules_batch.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_emergency.h"
#include "services/rules/rules_facility.h"
#include "services/rules/rules_incident.h"
#include "services/rules/rules_licence.h"
#include "services/rules/rules_pilot.h"
#include "services/rules/state_keys.h"
#include "storage/evidence/statement.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;
using state::v1::ManifestState;

constexpr int64_t kCarriersMaxOfSet1 = 8;

int64_t CarriersMax(Judge& judge) {
  return judge.rule_set() < 2 ? kCarriersMaxOfSet1 : LimitOf(judge, "carriers_max");
}

void JudgeTwice(Judge& judge, std::string_view field, std::string_view organisation) {
  judge.Violate(RuleId::kManifestParties, judge.Path(field),
                fmt::format("{} is two parties of the manifest", organisation),
                fmt::format("{} 在联单中同为两方", organisation));
}

// MASS-EXACT; COLLECTED-MASS where the driver weighed and nobody else was there.
void JudgeSentMass(Judge& judge, int64_t mass_g, const BatchState& batch,
                   const std::string& field) {
  if (!judge.one_sided()) return JudgeMassExact(judge, mass_g, batch, field);
  RequireMass(judge, mass_g, field);
  if (mass_g == batch.mass_g()) return;
  judge.Violate(RuleId::kCollectedMass, judge.Path(field),
                fmt::format("{} g collected where {} g are logged", mass_g, batch.mass_g()),
                fmt::format("收集{}克，登记为{}克", mass_g, batch.mass_g()));
}

// Batches of the lines as consigned; those not known are left out.
std::vector<BatchState> JudgeLines(Judge& judge, const v1::ManifestIssued& event) {
  std::vector<BatchState> batches;
  if (event.lines().empty() || event.lines_size() > evidence::kBatchesMax) {
    judge.Violate(RuleId::kManifestLines, judge.Path("lines"),
                  fmt::format("{} lines, not 1 to {}", event.lines_size(), evidence::kBatchesMax),
                  fmt::format("{}行，应为1至{}行", event.lines_size(), evidence::kBatchesMax));
    return batches;
  }
  batches.reserve(static_cast<size_t>(event.lines_size()));
  std::set<std::string_view> distinct;
  std::optional<int64_t> total = 0;
  for (int i = 0; i < event.lines_size(); ++i) {
    const v1::ManifestLine& line = event.lines(i);
    const auto field = [i](std::string_view name) { return fmt::format("lines[{}].{}", i, name); };
    if (!distinct.insert(line.batch()).second) {
      judge.Violate(RuleId::kManifestLines, judge.Path(field("batch")),
                    fmt::format("the batch {} is on two lines", line.batch()),
                    fmt::format("批次 {} 出现在两行", line.batch()));
    }
    total = AddMass(total, line.sent_mass_g());
    const bool form = RequireWasteCode(judge, line.waste_code(), field("waste_code"));
    AllowCode(judge, line.method_code(), field("method_code"));
    if (!line.method_code().empty()) {
      FindMethod(judge, line.method_code(), field("method_code"));
      JudgeMedicalMethod(judge, line.waste_code(), line.method_code(), field("method_code"));
    }
    auto batch =
        JudgeBatchInHand(judge, line.batch(), field("batch"),
                         {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                          state::v1::BATCH_STATUS_RECEIVED, state::v1::BATCH_STATUS_REFUSED});
    if (!batch) continue;
    JudgeSentMass(judge, line.sent_mass_g(), *batch, field("sent_mass_g"));
    JudgeStage(judge, *batch, line.unstored_reason(), field("batch"));
    if (form && batch->waste_code() != line.waste_code()) {
      judge.Violate(RuleId::kManifestLineCode, judge.Path(field("waste_code")),
                    fmt::format("{} where the batch is {}", line.waste_code(), batch->waste_code()),
                    fmt::format("填写为 {}，批次为 {}", line.waste_code(), batch->waste_code()));
    }
    // What was refused lies where it was refused.
    if (batch->status() != state::v1::BATCH_STATUS_REFUSED &&
        batch->site() != event.consignor_site()) {
      judge.Violate(RuleId::kBatchSite, judge.Path(field("batch")),
                    fmt::format("{} lies at the site {}", line.batch(), batch->site()),
                    fmt::format("{} 位于场所 {}", line.batch(), batch->site()));
    }
    NoteUnstored(*batch, line.unstored_reason());
    batches.push_back(*std::move(batch));
  }
  JudgeTotal(judge, total, event.total_sent_mass_g(), "total_sent_mass_g");
  return batches;
}

// What small producers pay for collection.
void JudgeFee(Judge& judge, const v1::ManifestIssued& event) {
  if (event.fee_fen() == 0) return;
  const int64_t most = LimitOf(judge, "service_fee_fen_max");
  if (event.fee_fen() > 0 && event.fee_fen() <= most) return;
  judge.Violate(RuleId::kServiceFee, judge.Path("fee_fen"),
                fmt::format("{} fen, not 0 to {}", event.fee_fen(), most),
                fmt::format("{}分，应为0至{}分", event.fee_fen(), most));
}

void JudgeNotMixed(Judge& judge, const v1::ManifestIssued& event) {
  const auto medical = [](const v1::ManifestLine& line) { return IsMedical(line.waste_code()); };
  const auto& lines = event.lines();
  if (std::none_of(lines.begin(), lines.end(), medical) ||
      std::all_of(lines.begin(), lines.end(), medical)) {
    return;
  }
  judge.Violate(RuleId::kMedicalMixed, judge.Path("lines"),
                "medical waste and other waste are on one manifest",
                "医疗废物与其他废物同列一份联单");
}

// MEDICAL-RECYCLER: medical waste goes to no one who may only utilise it, whatever else would let
// it.
void JudgeNotRecycled(Judge& judge, const v1::ManifestIssued& event, const WasteOfLines& wastes,
                      const std::string& path) {
  if (!wastes.medical || judge.rule_set() < 2) return;
  const state::v1::LicencesState licences = ReadLicences(judge, event.receiver());
  for (const WasteOfLines::Waste& waste : wastes.distinct) {
    if (!IsMedical(waste.code)) continue;
    const auto method = judge.data().FindMethod(waste.method_code);
    if (method && method->utilises) {
      judge.Violate(
          RuleId::kMedicalRecycler, path,
          fmt::format("{} utilises, and {} is medical waste", waste.method_code, waste.code),
          fmt::format("{} 属于利用方式，{} 为医疗废物", waste.method_code, waste.code));
    } else if (!MayCollectOrDispose(judge, licences, waste.code) &&
               !EmergencyListsReceiver(judge, event.receiver(), waste.code)) {
      judge.Violate(RuleId::kMedicalRecycler, path,
                    fmt::format("{} has no licence to collect or dispose of {}", event.receiver(),
                                waste.code),
                    fmt::format("{} 没有收集或处置 {} 的许可证", event.receiver(), waste.code));
    }
  }
}

// Where the statement names the receiver.
std::string ReceiverPath(Judge& judge) {
  return judge.event() == S::kSelfDelivered ? "parties[1].organisation" : judge.Path("receiver");
}

void JudgeReceiver(Judge& judge, const v1::ManifestIssued& event, const WasteOfLines& wastes) {
  const std::string path = ReceiverPath(judge);
  const auto* const receiver = FindOrganisation(judge, event.receiver(), path);
  if (!receiver) return;
  WithoutLicence without(HolderNamed(judge), event);
  const bool needs_licence =
      std::any_of(wastes.distinct.begin(), wastes.distinct.end(),
                  [&](const auto& w) { return !without.May(judge, w.code); });
  // In an emergency a kiln that is no operator may be ordered to take medical waste.
  const bool ordered =
      !HasRole(*receiver, v1::ORGANISATION_ROLE_OPERATOR) && wastes.medical &&
      EmergencyAllowsReceiver(judge, event.receiver(), event.lines(0).waste_code(), path);
  if ((needs_licence || wastes.distinct.empty()) && !ordered) {
    RequireRole(judge, *receiver, {v1::ORGANISATION_ROLE_OPERATOR}, path);
  }
  FindSite(judge, event.receiver_site(), event.receiver(), "receiver_site");
  if (!event.receiver_facility().empty()) {
    JudgeFacility(judge, event.receiver_facility(), event.receiver(), event.receiver_site(),
                  FacilityUse::kAny, "receiver_facility");
  }
  JudgeReceiverOf(judge, event.receiver(), wastes, path);
  JudgeNotRecycled(judge, event, wastes, path);
}

// What is taken from each facility, once it is taken.
void AddLoad(ManifestState& manifest, const BatchState& batch) {
  if (!LiesInStore(batch)) return;
  for (state::v1::FacilityLoad& load : *manifest.mutable_loads()) {
    if (load.facility() != batch.facility()) continue;
    load.set_mass_g(load.mass_g() + batch.mass_g());
    load.set_batches(load.batches() + 1);
    return;
  }
  state::v1::FacilityLoad& load = *manifest.add_loads();
  load.set_facility(batch.facility());
  load.set_mass_g(batch.mass_g());
  load.set_batches(1);
}

// COLLECTION-HAND-ON.
void JudgeHandedOn(Judge& judge, const BatchState& batch) {
  const std::string& last = batch.hand_on_by_date();
  // ISO dates compare as text.
  if (last.empty() || FormatDate(judge.act_day()) <= last) return;
  judge.Violate(RuleId::kCollectionHandOn, judge.Path("lines"),
                fmt::format("{} was to be handed on by {}", batch.batch(), last),
                fmt::format("{} 应于 {} 前转交", batch.batch(), last));
}

}  // namespace

std::optional<BatchState> ReadBatchOfManifest(Judge& judge, std::string_view batch) {
  auto state = judge.Read<BatchState>(keys::Batch(batch));
  if (!state) {
    judge.Fail(
        absl::DataLossError(fmt::format("the batch {} of a manifest is not in the state", batch)));
  }
  return state;
}

void JudgeTotal(Judge& judge, std::optional<int64_t> total, int64_t said_g,
                std::string_view field) {
  LimitMass(judge, said_g, field);
  if (total && *total == said_g) return;
  judge.Violate(
      RuleId::kMassSum, judge.Path(field),
      total ? fmt::format("the lines add up to {} g, the total says {} g", *total, said_g)
            : fmt::format("the lines have no sum: the mass of one is below zero or over {} g",
                          kMassMaxG),
      total ? fmt::format("各行合计{}克，总量填写为{}克", *total, said_g)
            : fmt::format("各行无法合计：有一行质量小于零或超过{}克", kMassMaxG));
}

void JudgeLegParties(Judge& judge, std::string_view consignor, std::string_view receiver,
                     std::string_view before, const Legs& legs) {
  std::string_view last = before;
  for (int i = 0; i < legs.size(); ++i) {
    const std::string& carrier = legs[i].organisation();
    const std::string field = fmt::format("carriers[{}].organisation", i);
    if (carrier == consignor || carrier == receiver) JudgeTwice(judge, field, carrier);
    if (!last.empty() && carrier == last) {
      judge.Violate(RuleId::kManifestCarriers, judge.Path(field),
                    fmt::format("{} would hand over to itself", carrier),
                    fmt::format("{} 将交接给自己", carrier));
    }
    last = carrier;
  }
}

void JudgeLegs(Judge& judge, size_t before, const Legs& legs, const WasteOfLines& wastes) {
  const auto max = static_cast<size_t>(CarriersMax(judge));
  const size_t carriers = before + static_cast<size_t>(legs.size());
  if (carriers == 0 || carriers > max) {
    judge.Violate(RuleId::kManifestCarriers, judge.Path("carriers"),
                  fmt::format("{} carriers, not 1 to {}", carriers, max),
                  fmt::format("承运人{}个，应为1至{}个", carriers, max));
    return;
  }
  for (int i = 0; i < legs.size(); ++i) {
    const v1::CarrierLeg& leg = legs[i];
    const std::string path = judge.Path(fmt::format("carriers[{}].organisation", i));
    const auto* const carrier = FindOrganisation(judge, leg.organisation(), path);
    if (!carrier) continue;
    RequireRole(judge, *carrier, {v1::ORGANISATION_ROLE_CARRIER}, path);
    JudgeCarrierOf(judge, leg.organisation(), wastes, path);
    if (!leg.vehicle().empty()) {
      JudgeVehicle(judge, leg.vehicle(), leg.organisation(), wastes.medical,
                   fmt::format("carriers[{}].vehicle", i));
    }
  }
}

WasteOfLines WastesOf(const v1::ManifestIssued& issued) {
  WasteOfLines wastes;
  for (const v1::ManifestLine& line : issued.lines()) {
    if (!CheckWasteCodeForm(line.waste_code()).ok()) continue;
    wastes.medical = wastes.medical || IsMedical(line.waste_code());
    const WasteOfLines::Waste waste{line.waste_code(), line.method_code()};
    if (std::find(wastes.distinct.begin(), wastes.distinct.end(), waste) == wastes.distinct.end()) {
      wastes.distinct.push_back(waste);
    }
  }
  return wastes;
}

namespace {

// Of the manifest in hand.
WithoutLicence WithoutLicenceOf(Judge& judge) {
  if (judge.Issue() != nullptr) return {HolderNamed(judge), *judge.Issue()};
  if (judge.event() == S::kPipelineTransferred) {
    return {FirstParty(judge), judge.statement().parties(1).organisation(), ""};
  }
  const auto& manifest = judge.Manifest();
  return manifest ? WithoutLicence(manifest->consignor(), manifest->issued())
                  : WithoutLicence("", "", "");
}

}  // namespace

void JudgeReceiverOf(Judge& judge, std::string_view receiver, const WasteOfLines& wastes,
                     const std::string& path) {
  const state::v1::LicencesState licences = ReadLicences(judge, receiver);
  WithoutLicence without = WithoutLicenceOf(judge);
  for (const WasteOfLines::Waste& waste : wastes.distinct) {
    if (!FindOperatingLicence(judge, licences, waste.code, waste.method_code) &&
        without.May(judge, waste.code)) {
      continue;
    }
    JudgeOperatingLicence(judge, licences, receiver, waste.code, waste.method_code, path);
  }
}

Issue JudgeIssue(Judge& judge, const v1::ManifestIssued& event,
                 absl::FunctionRef<void(const WasteOfLines&)> judge_carriers) {
  Issue issue;
  const std::string& consignor = HolderNamed(judge);
  RequireNew(judge, keys::Manifest(event.manifest()), event.manifest(), "manifest");
  AllowText(judge, event.plan_reference(), "plan_reference");
  if (!event.contract_sha256().empty()) {
    RequireSha256(judge, event.contract_sha256(), "contract_sha256");
  }
  FindSite(judge, event.consignor_site(), consignor, "consignor_site");
  issue.batches = JudgeLines(judge, event);
  JudgeImportBan(judge, issue.batches);
  JudgeFee(judge, event);
  JudgeNotMixed(judge, event);
  if (event.receiver() == consignor) JudgeTwice(judge, "receiver", event.receiver());
  const WasteOfLines wastes = WastesOf(event);
  judge_carriers(wastes);
  JudgeReceiver(judge, event, wastes);
  JudgeApproval(judge, event, FormatDate(judge.act_day()));
  if (JudgeOfficialNumber(judge, event.official_number(), event.manifest(), "")) {
    issue.manifest.set_official_number(event.official_number());
  }
  JudgePapers(judge, event, issue.batches);
  for (const BatchState& batch : issue.batches) {
    AddLoad(issue.manifest, batch);
    JudgeHandedOn(judge, batch);
  }
  *issue.manifest.mutable_issued() = event;
  issue.manifest.set_consignor(consignor);
  issue.manifest.set_status(state::v1::MANIFEST_STATUS_ISSUED);
  issue.manifest.set_issued_time_ms(judge.act_time_ms());
  issue.manifest.set_index(judge.index());
  return issue;
}

namespace {

// What the driver weighed alone counts no more than what was logged.
void CountCollectedAlone(Judge& judge, Issue& issue) {
  ManifestState counted = issue.manifest;
  auto batch = issue.batches.begin();
  for (v1::ManifestLine& line : *counted.mutable_issued()->mutable_lines()) {
    const bool known = batch != issue.batches.end() && batch->batch() == line.batch();
    line.set_sent_mass_g(known ? std::min(line.sent_mass_g(), batch->mass_g()) : 0);
    if (known) ++batch;
  }
  CountIssued(judge, counted);
  *issue.manifest.mutable_uses() = counted.uses();
}

}  // namespace

void PutIssue(Judge& judge, Issue issue) {
  const std::string& manifest = issue.manifest.issued().manifest();
  for (const BatchState& batch : issue.batches) {
    BatchState consigned = batch;
    consigned.set_status_before(batch.status());
    consigned.set_status(state::v1::BATCH_STATUS_CONSIGNED);
    consigned.set_manifest(manifest);
    consigned.add_manifests(manifest);
    PutBatch(judge, &batch, std::move(consigned));
  }
  if (judge.one_sided()) {
    CountCollectedAlone(judge, issue);
  } else {
    CountIssued(judge, issue.manifest);
  }
  judge.Put(keys::Manifest(manifest), issue.manifest);
}

namespace {

void JudgeManifestIssued(Judge& judge) {
  JudgeAllLines(judge, judge.statement().manifest_issued());
  const v1::ManifestIssued& event = *judge.Issue();
  Issue issue = JudgeIssue(judge, event, [&](const WasteOfLines& wastes) {
    JudgeLegParties(judge, FirstParty(judge), event.receiver(), "", event.carriers());
    JudgeLegs(judge, 0, event.carriers(), wastes);
  });
  judge.accounts().Consign(issue.manifest, 1);
  PutIssue(judge, std::move(issue));
}

constexpr EventRow kEvents[] = {
    {.event = S::kManifestIssued,
     .title_en = "Issue of a manifest",
     .title_zh = "填写联单",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kConsignor>,
     .chains =
         [](const S& s, ChainList& chains) {
           chains.Add("manifest", s.manifest_issued().manifest());
           for (const auto& line : s.manifest_issued().lines()) chains.Add("batch", line.batch());
         },
     .judge = JudgeManifestIssued},
};

}  // namespace

std::span<const EventRow> ManifestEvents() { return kEvents; }

}  // namespace cradle::rules
