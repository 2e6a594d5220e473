// Waste that was found, spilled or lost. What is lost is never gone from the books: it is a batch
// that is LOST, on its custodian's account, until a regulator closes it.
#include "services/rules/rules_incident.h"

#include <algorithm>
#include <utility>

#include "cradle/state/v1/incident_state.pb.h"
#include "services/rules/admission.h"
#include "services/rules/batch_state.h"
#include "services/rules/event_rules.h"
#include "services/rules/rules_batch.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_manifest.h"
#include "services/rules/state_keys.h"
#include "storage/evidence/statement.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;
using state::v1::ManifestState;

void WrongField(Judge& judge, std::string_view field, std::string_view en, std::string_view zh) {
  judge.Violate(RuleId::kFormField, judge.Path(field), fmt::format("{}: {}", field, en),
                fmt::format("{}：{}", field, zh));
}

void WrongSubject(Judge& judge, std::string_view field, std::string_view en, std::string_view zh) {
  judge.Violate(RuleId::kIncidentSubject, judge.Path(field), fmt::format("{}: {}", field, en),
                fmt::format("{}：{}", field, zh));
}

}  // namespace

void JudgeForeignReported(Judge& judge, const BatchState& batch, std::string_view field) {
  if (!batch.foreign_origin() || batch.foreign_reported()) return;
  judge.Violate(
      RuleId::kForeignReported, judge.Path(field),
      fmt::format("{} is from abroad: report it (incident, FOREIGN_WASTE)", batch.batch()),
      fmt::format("{} 为境外来源：请报告事故（FOREIGN_WASTE）", batch.batch()));
}

void JudgeImportBan(Judge& judge, const std::vector<BatchState>& batches) {
  for (const BatchState& batch : batches) {
    if (!batch.foreign_origin()) continue;
    judge.Violate(RuleId::kImportBan, judge.Path("lines"),
                  fmt::format("{} is of foreign origin", batch.batch()),
                  fmt::format("{} 为境外来源", batch.batch()));
  }
}

namespace {

// --- Found ---

void JudgeCustodian(Judge& judge, const v1::WasteFound& event) {
  const auto* const custodian = FindOrganisation(judge, event.custodian(), judge.Path("custodian"));
  if (!custodian) return;
  const auto& parties = judge.statement().parties();
  if (parties.size() > 1) {
    RequireRole(judge, *custodian, {v1::ORGANISATION_ROLE_OPERATOR}, judge.Path("custodian"));
    if (parties[1].organisation() != event.custodian()) {
      WrongField(judge, "custodian", "not the second party", "不是第二签署方");
    }
  }
  FindSite(judge, event.site(), event.custodian(), "site");
}

void JudgeWasteFound(Judge& judge) {
  const v1::WasteFound& event = judge.statement().waste_found();
  RequireNew(judge, keys::Batch(event.batch()), event.batch(), "batch");
  if (RequireDivision(judge, event.division(), "division")) {
    JudgeRegulator(judge, 0, event.division());
  }
  JudgePoint(judge, event.latitude_e7(), event.longitude_e7());
  JudgeWasteCode(judge, event.waste_code(), "waste_code");
  RequireChosen(judge, event.identification(), "identification");
  RequireMass(judge, event.found_mass_g(), "found_mass_g");
  JudgeMassBasis(judge, event.mass_basis(), event.found_mass_g(), "mass_basis");
  RequireChosen(judge, event.form(), "form");
  RequireFactTime(judge, event.found_time_ms(), "found_time_ms");
  RequireDocuments(judge, event.evidence_sha256(), "evidence_sha256");
  JudgeCustodian(judge, event);
  if (event.identification() == v1::IDENTIFICATION_TO_IDENTIFY) {
    judge.Violate(RuleId::kWasteToIdentify, judge.Path("identification"),
                  fmt::format("{} is presumed until it is identified", event.waste_code()),
                  fmt::format("{} 为推定代码，待鉴别", event.waste_code()));
  }
  BatchState batch;
  batch.set_batch(event.batch());
  batch.set_custodian(event.custodian());  // no generator: it is nobody's own
  batch.set_site(event.site());
  batch.set_status(state::v1::BATCH_STATUS_RECEIVED);
  batch.set_waste_code(event.waste_code());
  batch.set_mass_g(event.found_mass_g());
  batch.set_form(event.form());
  batch.set_identification(event.identification());
  batch.set_foreign_origin(event.foreign_origin());
  batch.set_begun_index(judge.index());
  HoldSince(batch, event.custodian(), "");
  JudgeForeignReported(judge, batch, "foreign_origin");
  PutBatch(judge, nullptr, std::move(batch));
}

// The regulator keeps it itself, or whom it charges with it attests too.
PartyLists PartiesOfFound(const S& statement) {
  static constexpr v1::Capacity kBoth[] = {v1::CAPACITY_REGULATOR, v1::CAPACITY_ORGANISATION};
  static constexpr Capacities kRegulatorAndCustodian[] = {kBoth};
  const bool own = statement.parties_size() > 0 &&
                   statement.parties(0).organisation() == statement.waste_found().custodian();
  return own ? PartyLists(parties::kRegulator) : PartyLists(kRegulatorAndCustodian);
}

// --- Incidents ---

// What the incident happened to: the batch in the reporter's hands, or one of the load it has.
struct Subject {
  std::optional<ManifestState> manifest;
  std::optional<BatchState> batch;
  bool medical = false;
};

const std::string& HolderOf(const ManifestState& manifest) {
  switch (manifest.status()) {
    case state::v1::MANIFEST_STATUS_IN_TRANSIT:
      return manifest.issued().carriers(static_cast<int>(manifest.carrier())).organisation();
    case state::v1::MANIFEST_STATUS_DELIVERED:
      return manifest.issued().receiver();
    default:
      return manifest.consignor();
  }
}

void JudgeLoad(Judge& judge, const v1::IncidentReported& event, Subject& subject) {
  subject.manifest = judge.Read<ManifestState>(keys::Manifest(event.manifest()));
  if (!subject.manifest) {
    judge.Violate(RuleId::kManifestKnown, judge.Path("manifest"),
                  fmt::format("the manifest {} is not in the log", event.manifest()),
                  fmt::format("联单 {} 未登记", event.manifest()));
    return;
  }
  const ManifestState& manifest = *subject.manifest;
  if (manifest.status() != state::v1::MANIFEST_STATUS_ISSUED &&
      manifest.status() != state::v1::MANIFEST_STATUS_IN_TRANSIT &&
      manifest.status() != state::v1::MANIFEST_STATUS_DELIVERED) {
    judge.Violate(RuleId::kManifestState, judge.Path("manifest"),
                  fmt::format("{} has ended: name the batch alone", event.manifest()),
                  fmt::format("{} 已办结：请仅填写批次", event.manifest()));
  }
  RequireParty(judge, 0, HolderOf(manifest));
  const auto& lines = manifest.issued().lines();
  subject.medical = std::any_of(lines.begin(), lines.end(), [](const v1::ManifestLine& line) {
    return IsMedical(line.waste_code());
  });
  if (event.batch().empty()) return;
  subject.batch = judge.Read<BatchState>(keys::Batch(event.batch()));
  if (subject.batch && subject.batch->manifest() == event.manifest()) return;
  subject.batch.reset();
  WrongSubject(judge, "batch", fmt::format("{} is not on the manifest", event.batch()),
               fmt::format("{} 不在联单上", event.batch()));
}

Subject JudgeSubject(Judge& judge, const v1::IncidentReported& event) {
  Subject subject;
  if (event.manifest().empty() && event.batch().empty() && event.vehicle().empty() &&
      event.site().empty()) {
    WrongSubject(judge, "batch", "no batch, manifest, vehicle or site is named",
                 "未写明批次、联单、车辆或场所");
  }
  const bool loss = event.kind() == v1::INCIDENT_KIND_LOSS || event.lost_mass_g() > 0;
  if ((loss || event.kind() == v1::INCIDENT_KIND_FOREIGN_WASTE) && event.batch().empty()) {
    WrongSubject(judge, "batch", "missing: a loss, and waste from abroad, is of a batch",
                 "缺失：流失和境外固体废物须写明批次");
  }
  if (event.kind() == v1::INCIDENT_KIND_LOSS && event.lost_mass_g() == 0) {
    WrongSubject(judge, "lost_mass_g", "missing: a loss has a mass", "缺失：流失须写明质量");
  }
  if (!event.manifest().empty()) {
    JudgeLoad(judge, event, subject);
  } else if (!event.batch().empty()) {
    subject.batch =
        JudgeBatchInHand(judge, event.batch(), "batch",
                         {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                          state::v1::BATCH_STATUS_RECEIVED, state::v1::BATCH_STATUS_REFUSED});
  }
  subject.medical = subject.medical || (subject.batch && IsMedical(subject.batch->waste_code()));
  return subject;
}

void JudgePlaces(Judge& judge, const v1::IncidentReported& event) {
  const auto known = [&](const std::string& id, const std::string& key, std::string_view field) {
    if (id.empty() || !RequireId(judge, id, field) || judge.ReadBytes(key)) return;
    judge.Violate(RuleId::kIncidentPlace, judge.Path(field),
                  fmt::format("{} {} is not registered", field, id),
                  fmt::format("{} {} 未登记", field, id));
  };
  known(event.vehicle(), keys::Vehicle(event.vehicle()), "vehicle");
  known(event.site(), keys::Site(event.site()), "site");
}

void JudgeNotified(Judge& judge, const v1::IncidentReported& event, bool medical) {
  bool ecology = false;
  bool health = false;
  for (int i = 0; i < event.notified_size(); ++i) {
    const auto* const told =
        FindOrganisation(judge, event.notified(i), judge.Path(fmt::format("notified[{}]", i)));
    if (!told) continue;
    ecology = ecology || HasRole(*told, v1::ORGANISATION_ROLE_ECOLOGY_AUTHORITY);
    health = health || HasRole(*told, v1::ORGANISATION_ROLE_HEALTH_AUTHORITY);
  }
  if (!ecology && !health) {
    judge.Violate(RuleId::kIncidentNotified, judge.Path("notified"),
                  "no ecology or health authority was notified",
                  "未报告生态环境或卫生健康主管部门");
  }
  const bool leak = event.kind() == v1::INCIDENT_KIND_LOSS ||
                    event.kind() == v1::INCIDENT_KIND_SPILL || event.lost_mass_g() > 0;
  if (!medical || !leak || (ecology && health)) return;
  judge.Violate(RuleId::kIncidentBothAuthorities, judge.Path("notified"),
                fmt::format("medical waste: {} notified", ecology  ? "no health authority was"
                                                          : health ? "no ecology authority was"
                                                                   : "neither authority was"),
                fmt::format("医疗废物：未报告{}", ecology  ? "卫生健康主管部门"
                                                  : health ? "生态环境主管部门"
                                                           : "两部门"));
}

// The lost part, which is as old as what it was lost from and has been where that was.
BatchState LostPart(const v1::IncidentReported& event, const BatchState& from, uint64_t index) {
  BatchState lost = from;
  lost.set_batch(event.lost_batch());
  lost.set_mass_g(event.lost_mass_g());
  lost.clear_manifest();
  lost.clear_manifests();
  lost.clear_status_before();
  lost.clear_parents();
  lost.clear_children();
  lost.clear_lost_mass_g();
  lost.clear_batch_code();
  lost.clear_unit();
  lost.clear_top_ups();
  lost.add_parents(from.batch());
  lost.set_begun_index(index);
  return lost;
}

// Out of its store, and nowhere.
void SetLost(BatchState& batch) {
  batch.clear_facility();
  batch.set_status(state::v1::BATCH_STATUS_LOST);
}

// What the manifest would take from a store is less by what was lost there.
void LessenLoad(Judge& judge, const ManifestState& before, const BatchState& batch,
                int64_t lost_mass_g) {
  ManifestState after = before;
  for (state::v1::FacilityLoad& load : *after.mutable_loads()) {
    if (load.facility() == batch.facility()) load.set_mass_g(load.mass_g() - lost_mass_g);
  }
  if (before.status() == state::v1::MANIFEST_STATUS_ISSUED) {
    judge.accounts().Consign(before, -1);
    judge.accounts().Consign(after, 1);
  }
  after.set_index(judge.index());
  judge.Put(keys::Manifest(after.issued().manifest()), after);
}

// False: the mass does not fit, and nothing can be lost.
bool JudgeLostMass(Judge& judge, const v1::IncidentReported& event, const BatchState& batch) {
  if (event.lost_mass_g() > batch.mass_g()) {
    judge.Violate(RuleId::kLossMass, judge.Path("lost_mass_g"),
                  fmt::format("{} g of a batch of {} g", event.lost_mass_g(), batch.mass_g()),
                  fmt::format("流失{}克，批次为{}克", event.lost_mass_g(), batch.mass_g()));
    return false;
  }
  const bool whole = event.manifest().empty() && event.lost_mass_g() == batch.mass_g();
  if (whole == event.lost_batch().empty()) return true;
  WrongField(judge, "lost_batch",
             whole ? "the whole batch is lost and stays itself: name none"
                   : "missing: the lost part becomes a batch of its own",
             whole ? "整批流失，仍为原批次，不应填写" : "缺失：流失部分成为单独批次");
  return false;
}

void PutLoss(Judge& judge, const v1::IncidentReported& event, const Subject& subject) {
  const BatchState& before = *subject.batch;
  BatchState after = before;
  after.set_incident(event.incident());
  if (event.kind() == v1::INCIDENT_KIND_FOREIGN_WASTE) {
    after.set_foreign_origin(true);
    after.set_foreign_reported(true);
  }
  if (event.lost_mass_g() > 0 && event.lost_batch().empty()) {
    SetLost(after);
    after.set_lost_mass_g(after.lost_mass_g() + event.lost_mass_g());
  } else if (event.lost_mass_g() > 0) {
    if (before.children_size() >= evidence::kBatchesMax) {
      WrongField(judge, "lost_batch",
                 fmt::format("the batch has {} parts already: report what is left as lost whole",
                             before.children_size()),
                 fmt::format("该批次已有{}个部分：请将剩余部分整批报失", before.children_size()));
    }
    BatchState lost = LostPart(event, after, judge.index());
    SetLost(lost);
    lost.set_lost_mass_g(event.lost_mass_g());
    PutBatch(judge, nullptr, std::move(lost));
    after.set_mass_g(before.mass_g() - event.lost_mass_g());
    after.set_lost_mass_g(before.lost_mass_g() + event.lost_mass_g());
    after.add_children(event.lost_batch());
    if (subject.manifest) LessenLoad(judge, *subject.manifest, before, event.lost_mass_g());
  }
  PutBatch(judge, &before, std::move(after));
}

void JudgeIncidentReported(Judge& judge) {
  const v1::IncidentReported& event = judge.statement().incident_reported();
  RequireId(judge, event.incident(), "incident");
  RequireNew(judge, keys::Incident(event.incident()), event.incident(), "incident");
  RequireChosen(judge, event.kind(), "kind");
  RequireFactTime(judge, event.happened_time_ms(), "happened_time_ms");
  RequireDocuments(judge, event.evidence_sha256(), "evidence_sha256");
  const bool mass = AllowMass(judge, event.lost_mass_g(), "lost_mass_g");
  if (event.lost_mass_g() > 0) {
    JudgeMassBasis(judge, event.mass_basis(), event.lost_mass_g(), "mass_basis");
  }
  if (!event.lost_batch().empty()) {
    RequireNew(judge, keys::Batch(event.lost_batch()), event.lost_batch(), "lost_batch");
    if (event.lost_mass_g() == 0) {
      WrongField(judge, "lost_batch", "nothing is lost", "没有流失");
    }
  }
  const Subject subject = JudgeSubject(judge, event);
  JudgePlaces(judge, event);
  JudgeNotified(judge, event, subject.medical);
  if (subject.batch && mass &&
      (event.lost_mass_g() == 0 || JudgeLostMass(judge, event, *subject.batch))) {
    PutLoss(judge, event, subject);
  }
  state::v1::IncidentState state;
  *state.mutable_reported() = event;
  state.set_reporter(FirstParty(judge));
  state.set_index(judge.index());
  judge.Put(keys::Incident(event.incident()), state);
}

void ChainsOfIncident(const S& s, ChainList& chains) {
  const v1::IncidentReported& event = s.incident_reported();
  if (!event.manifest().empty()) {
    chains.Add("manifest", event.manifest());
  } else if (!event.batch().empty()) {
    chains.Add("batch", event.batch());
  } else {
    chains.Add("org", s.parties_size() > 0 ? s.parties(0).organisation() : "");
  }
  if (!event.lost_batch().empty()) chains.Add("batch", event.lost_batch());
}

// --- Closed ---

void JudgeLossClosed(Judge& judge) {
  const v1::LossClosed& event = judge.statement().loss_closed();
  RequireChosen(judge, event.finding(), "finding");
  RequireText(judge, event.decision_number(), "decision_number");
  RequireSha256(judge, event.evidence_sha256(), "evidence_sha256");
  const auto batch = judge.Read<BatchState>(keys::Batch(event.batch()));
  if (!batch) {
    judge.Violate(RuleId::kBatchKnown, judge.Path("batch"),
                  fmt::format("the batch {} is not in the log", event.batch()),
                  fmt::format("批次 {} 未登记", event.batch()));
    return;
  }
  const auto site = judge.Read<state::v1::SiteState>(keys::Site(batch->site()));
  if (!site) {
    judge.Fail(absl::DataLossError(fmt::format("the site {} is not in the state", batch->site())));
    return;
  }
  JudgeRegulator(judge, 0, site->registered().division());
  if (batch->status() != state::v1::BATCH_STATUS_LOST) {
    judge.Violate(RuleId::kBatchState, judge.Path("batch"),
                  fmt::format("{} is not lost", event.batch()),
                  fmt::format("{} 并未流失", event.batch()));
    return;
  }
  BatchState after = *batch;
  after.set_loss_finding(event.finding());
  if (event.finding() == v1::LOSS_FINDING_FOUND_AGAIN) {
    after.set_status(IsOwnWaste(*batch, batch->custodian()) ? state::v1::BATCH_STATUS_GENERATED
                                                            : state::v1::BATCH_STATUS_RECEIVED);
  } else {
    after.set_status(state::v1::BATCH_STATUS_CLOSED);
  }
  PutBatch(judge, &*batch, std::move(after));
}

constexpr EventRow kEvents[] = {
    {.event = S::kWasteFound,
     .title_en = "Waste found",
     .title_zh = "发现来源不明废物",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = PartiesOfFound,
     .chains = [](const S& s, ChainList& chains) { chains.Add("batch", s.waste_found().batch()); },
     .judge = JudgeWasteFound,
     .first_set = 2},
    {.event = S::kIncidentReported,
     .title_en = "Incident reported",
     .title_zh = "事故报告",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains = ChainsOfIncident,
     .judge = JudgeIncidentReported,
     .first_set = 2},
    {.event = S::kLossClosed,
     .title_en = "Loss closed",
     .title_zh = "流失销案",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kRegulator>,
     .chains = [](const S& s, ChainList& chains) { chains.Add("batch", s.loss_closed().batch()); },
     .judge = JudgeLossClosed,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> IncidentEvents() { return kEvents; }

}  // namespace cradle::rules
