// Waste changed and ended: pre-treatment, which makes other batches as old as the oldest parent,
// and final treatment, whose residues begin anew.
#include <algorithm>
#include <utility>

#include "services/rules/admission.h"
#include "services/rules/batch_state.h"
#include "services/rules/bulk_store.h"
#include "services/rules/event_rules.h"
#include "services/rules/lineage.h"
#include "services/rules/rules_batch.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_facility.h"
#include "services/rules/rules_licence.h"
#include "services/rules/rules_medical.h"
#include "services/rules/rules_pilot.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;

// PRETREAT-PROCESS, PRETREAT-THROUGHPUT, and counts what the facility has done on that day.
void JudgeProcess(Judge& judge, const v1::BatchesPretreated& event, const std::string& site) {
  if (event.facility().empty()) {
    judge.Violate(RuleId::kPretreatProcess, judge.Path("facility"),
                  "pre-treated at no registered facility", "预处理未在已登记的设施进行");
    return;
  }
  const auto facility =
      JudgeFacility(judge, event.facility(), FirstParty(judge), site, FacilityUse::kAny);
  if (!facility) return;
  const auto& processes = facility->process_codes();
  if (std::find(processes.begin(), processes.end(), event.process_code()) == processes.end()) {
    judge.Violate(RuleId::kPretreatProcess, judge.Path("facility"),
                  fmt::format("{} is not registered for this process", facility->name()),
                  fmt::format("{} 未登记该预处理工艺", facility->name()));
    return;
  }
  const std::string day = EarliestDay(judge, site, {event.pretreated_time_ms()});
  const std::string key = keys::Processed(event.facility(), day);
  state::v1::ProcessedOnDay done =
      judge.Read<state::v1::ProcessedOnDay>(key).value_or(state::v1::ProcessedOnDay());
  const std::optional<int64_t> sum = AddMass(done.input_mass_g(), event.input_mass_g());
  if (!sum) return;  // a mass below zero, which is refused
  if (*sum > facility->throughput_mass_g_per_day()) {
    judge.Violate(RuleId::kPretreatThroughput, judge.Path("input_mass_g"),
                  fmt::format("{} g on {} where {} is registered for {} g a day", *sum, day,
                              facility->name(), facility->throughput_mass_g_per_day()),
                  fmt::format("{} 当日{}克，{} 登记的日处理能力为{}克", day, *sum, facility->name(),
                              facility->throughput_mass_g_per_day()));
  }
  done.set_input_mass_g(*sum);
  judge.Put(key, done);
}

// PRETREAT-BALANCE: what went in came out.
void JudgeBalance(Judge& judge, const v1::BatchesPretreated& event) {
  AllowMass(judge, event.reagent_mass_g(), "reagent_mass_g");
  AllowMass(judge, event.released_mass_g(), "released_mass_g");
  const std::optional<int64_t> in = AddMass(event.input_mass_g(), event.reagent_mass_g());
  const std::optional<int64_t> out = AddMass(MassOfMade(event.made()), event.released_mass_g());
  if (!in || !out || *in == *out) return;  // without a sum it is refused
  judge.Violate(RuleId::kPretreatBalance, judge.Path("made"),
                fmt::format("{} g went in, {} g came out or were released", *in, *out),
                fmt::format("投入{}克，产出及释放{}克", *in, *out));
}

// MERGE-ORIGIN, MEDICAL-MIXED: facts by now.
void JudgeMixed(Judge& judge, const std::vector<BatchState>& parents, const Lineage& lineage) {
  if (lineage.OfOwnAndReceived()) {
    judge.Violate(RuleId::kMergeOrigin, judge.Path("parents"),
                  "own waste and waste received from others were mixed",
                  "自产废物与接受的废物已混合");
  }
  const auto medical = [](const BatchState& batch) { return IsMedical(batch.waste_code()); };
  if (std::any_of(parents.begin(), parents.end(), medical) &&
      !std::all_of(parents.begin(), parents.end(), medical)) {
    judge.Violate(RuleId::kMedicalMixed, judge.Path("parents"),
                  "medical waste and other waste were mixed", "医疗废物与其他废物已混合");
  }
}

void JudgeBatchesPretreated(Judge& judge) {
  const v1::BatchesPretreated& event = judge.statement().batches_pretreated();
  RequireProcess(judge, event.process_code(), "process_code");
  RequireFactTime(judge, event.pretreated_time_ms(), "pretreated_time_ms");
  if (!JudgeNamed(judge, event.parents(), 1, event.made(), 1, "parents")) return;
  const std::vector<BatchState> parents =
      ReadParents(judge, event.parents(), "parents",
                  {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                   state::v1::BATCH_STATUS_RECEIVED});
  if (parents.empty()) return;
  const Lineage lineage(parents);
  JudgeMixed(judge, parents, lineage);
  JudgeParentsMass(judge, event.input_mass_g(), lineage, "input_mass_g");
  const std::string& site = parents.front().site();
  JudgeProcess(judge, event, site);
  JudgeBalance(judge, event);
  for (int i = 0; i < event.made_size(); ++i) {
    JudgeMade(judge, event.made(i), fmt::format("made[{}]", i), CodeCheck::kForm);
    BatchState child = BeginMade(judge, event.made(i), site, lineage.Received());
    lineage.Inherit(child);
    PutMade(judge, std::move(child));
  }
  for (const BatchState& parent : parents) PutConsumed(judge, parent, event.made());
}

// All that is ended by one treatment.
struct Input {
  std::vector<BatchState> batches;
  std::vector<std::pair<BulkStore, std::vector<BulkStore::Drawn>>> feeds;
  Lineage lineage;
  std::string site;

  // Calls `visit` with each batch and each layer fed.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (const BatchState& batch : batches) visit(batch);
    for (const auto& [store, drawn] : feeds) {
      for (const BulkStore::Drawn& each : drawn) visit(each.layer);
    }
  }
};

// LINEAGE-BATCHES: a bulk store is named once, with a mass.
bool JudgeFeeds(Judge& judge, const v1::TreatmentRecorded& event) {
  std::set<std::string_view> stores;
  for (int i = 0; i < event.feeds_size(); ++i) {
    const v1::BulkFeed& feed = event.feeds(i);
    const std::string field = fmt::format("feeds[{}]", i);
    bool mass = AllowMass(judge, feed.own_mass_g(), field + ".own_mass_g");
    mass = AllowMass(judge, feed.received_mass_g(), field + ".received_mass_g") && mass;
    if (mass && stores.insert(feed.facility()).second &&
        feed.own_mass_g() + feed.received_mass_g() > 0) {
      continue;
    }
    judge.Violate(RuleId::kLineageBatches, judge.Path(field),
                  "a bulk store is named once, with the mass fed from it",
                  "散装贮存设施只能列一次，并填写投料质量");
    return false;
  }
  if (event.batches_size() + event.feeds_size() > 0) return true;
  judge.Violate(RuleId::kLineageBatches, judge.Path("batches"), "nothing was treated",
                "未列出被处理的废物");
  return false;
}

Input ReadInput(Judge& judge, const v1::TreatmentRecorded& event) {
  Input input;
  input.batches = ReadParents(judge, event.batches(), "batches",
                              {state::v1::BATCH_STATUS_GENERATED, state::v1::BATCH_STATUS_STORED,
                               state::v1::BATCH_STATUS_RECEIVED});
  for (const BatchState& batch : input.batches) input.lineage.Add(batch);
  if (!input.batches.empty()) input.site = input.batches.front().site();
  for (int i = 0; i < event.feeds_size(); ++i) {
    const v1::BulkFeed& feed = event.feeds(i);
    const std::string field = fmt::format("feeds[{}]", i);
    std::optional<BulkStore> store = BulkStore::Open(judge, feed.facility(), field + ".facility");
    if (!store) continue;
    if (input.site.empty()) input.site = store->site();
    if (store->site() != input.site) {
      judge.Violate(
          RuleId::kFacilitySite, judge.Path(field + ".facility"),
          fmt::format("{} is at the site {}, the waste lies at {}", feed.facility(), store->site(),
                      input.site),
          fmt::format("{} 位于场所 {}，废物位于 {}", feed.facility(), store->site(), input.site));
    }
    std::vector<BulkStore::Drawn> drawn =
        store->Draw(judge, true, feed.own_mass_g(), field + ".own_mass_g");
    std::vector<BulkStore::Drawn> received =
        store->Draw(judge, false, feed.received_mass_g(), field + ".received_mass_g");
    std::move(received.begin(), received.end(), std::back_inserter(drawn));
    AddDrawn(drawn, input.lineage);
    input.feeds.emplace_back(*std::move(store), std::move(drawn));
  }
  return input;
}

// ON-SITE-ORDER.
void JudgeOnSite(Judge& judge, const v1::TreatmentRecorded& event, const Input& input) {
  if (event.ending() != v1::ENDING_TREATED_ON_SITE) return;
  const auto refuse = [&](std::string_view field, std::string_view en, std::string_view zh) {
    judge.Violate(RuleId::kOnSiteOrder, judge.Path(field), std::string(en), std::string(zh));
  };
  if (event.order_number().empty()) {
    refuse("order_number", "the order is not named", "未填写命令文号");
  }
  const auto* const organisation =
      FindOrganisation(judge, FirstParty(judge), "parties[0].organisation");
  if (organisation && !HasRole(*organisation, v1::ORGANISATION_ROLE_MEDICAL_INSTITUTION)) {
    refuse("ending", "only a medical institution treats its waste on site",
           "仅医疗卫生机构可就地处置其医疗废物");
  }
  input.ForEach([&](const BatchState& batch) {
    if (IsMedical(batch.waste_code()) && IsOwnWaste(batch, FirstParty(judge))) return;
    refuse("ending", fmt::format("{} is no medical waste of the institution's own", batch.batch()),
           fmt::format("{} 不是本机构产生的医疗废物", batch.batch()));
  });
}

void JudgeTreating(Judge& judge, const v1::TreatmentRecorded& event, const Input& input) {
  const bool at_facility =
      event.ending() != v1::ENDING_TREATED_ON_SITE || !event.facility().empty();
  std::optional<v1::FacilityRegistered> facility;
  if (at_facility) {
    facility = JudgeFacility(judge, event.facility(), FirstParty(judge), input.site,
                             FacilityUse::kTreatment);
  }
  JudgeMethodUsed(judge, facility, event.ending(), event.method_code());
  const state::v1::LicencesState licences = ReadLicences(judge, FirstParty(judge));
  std::set<std::string> codes;
  std::set<std::string> received;
  input.ForEach([&](const BatchState& batch) {
    codes.insert(batch.waste_code());
    WithoutLicence without(batch.generator(), FirstParty(judge), event.facility());
    if (!IsOwnWaste(batch, batch.custodian()) && !without.May(judge, batch.waste_code())) {
      received.insert(batch.waste_code());
    }
    // The order is the exception.
    if (event.ending() != v1::ENDING_TREATED_ON_SITE) {
      JudgeStage(judge, batch, event.unstored_reason(), "batches");
    }
  });
  for (const std::string& code : codes) {
    JudgeMedicalMethod(judge, code, event.method_code(), "method_code");
  }
  for (const std::string& code : received) {
    JudgeOperatingLicence(judge, licences, FirstParty(judge), code, event.method_code(),
                          judge.Path("batches"));
  }
  for (int i = 0; i < event.products_size(); ++i) {
    const std::string field = fmt::format("products[{}]", i);
    RequireChosen(judge, event.products(i).kind(), field + ".kind");
    RequireMass(judge, event.products(i).product_mass_g(), field + ".product_mass_g");
  }
  if (!event.products().empty() && event.ending() != v1::ENDING_UTILISED) {
    judge.Violate(RuleId::kTreatmentProduct, judge.Path("products"),
                  "only utilisation yields products", "仅利用产生产品");
  }
}

// Residues that weigh nearly as much as the waste are that waste, changed. All of them count
// together: dividing them makes none new.
bool ResiduesInherit(Judge& judge, const v1::TreatmentRecorded& event, const Input& input) {
  const absl::StatusOr<int64_t> share =
      judge.data().Limit("inherit_mass_share_permille", judge.act_day());
  const std::optional<int64_t> residues = MassOfMade(event.residues());
  const std::optional<int64_t> treated = input.lineage.mass_g();
  // Without a limit nothing begins anew.
  if (!share.ok() || !residues || !treated) return true;
  // At most 500 batches and what bulk stores have, each mass up to kMassMaxG: far below 2^63 /
  // 1000.
  return *residues * 1000 > *treated * std::clamp<int64_t>(*share, 0, 1000);
}

void PutResidues(Judge& judge, const v1::TreatmentRecorded& event, const Input& input) {
  const bool inherit = ResiduesInherit(judge, event, input);
  for (int i = 0; i < event.residues_size(); ++i) {
    JudgeMade(judge, event.residues(i), fmt::format("residues[{}]", i), CodeCheck::kForm);
    BatchState residue =
        BeginMade(judge, event.residues(i), input.site, inherit && input.lineage.Received());
    if (inherit) {
      input.lineage.Inherit(residue);
    } else {
      input.lineage.Link(residue);
      residue.set_generator(FirstParty(judge));
      HoldSince(residue, FirstParty(judge),
                EarliestDay(judge, input.site, {event.treated_time_ms()}));
    }
    PutMade(judge, std::move(residue));
  }
}

void PutTreated(Judge& judge, const v1::TreatmentRecorded& event, Input& input) {
  for (const BatchState& batch : input.batches) {
    BatchState treated = batch;
    NoteUnstored(treated, event.unstored_reason());
    if (!event.facility().empty()) treated.set_facility(event.facility());
    treated.set_status(state::v1::BATCH_STATUS_TREATED);
    treated.set_ending(event.ending());
    treated.set_method_code(event.method_code());
    treated.set_order_number(event.order_number());
    for (const v1::MadeBatch& residue : event.residues()) treated.add_children(residue.batch());
    PutBatch(judge, &batch, std::move(treated));
  }
  for (auto& [store, drawn] : input.feeds) {
    store.PutDrawn(judge, drawn, event.residues());
    store.Put(judge);
  }
}

void JudgeTreatmentRecorded(Judge& judge) {
  const v1::TreatmentRecorded& event = judge.statement().treatment_recorded();
  RequireFactTime(judge, event.treated_time_ms(), "treated_time_ms");
  RequireChosen(judge, event.ending(), "ending");
  RequireText(judge, event.method_code(), "method_code");
  AllowText(judge, event.order_number(), "order_number");
  if (!JudgeNamed(judge, event.batches(), 0, event.residues(), 0, "batches") ||
      !JudgeFeeds(judge, event)) {
    return;
  }
  Input input = ReadInput(judge, event);
  if (input.site.empty()) return;  // nothing of it is in the log
  JudgeParentsMass(judge, event.treated_mass_g(), input.lineage, "treated_mass_g");
  JudgeOnSite(judge, event, input);
  LongLain long_lain(judge);
  input.ForEach([&](const BatchState& batch) { long_lain.Add(batch); });
  long_lain.MarkOwn("batches");
  long_lain.MarkReceived("batches");
  JudgeTreating(judge, event, input);
  PutResidues(judge, event, input);
  PutTreated(judge, event, input);
}

constexpr EventRow kEvents[] = {
    {.event = S::kBatchesPretreated,
     .title_en = "Waste pre-treated",
     .title_zh = "废物预处理",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains =
         [](const S& s, ChainList& chains) {
           for (const auto& parent : s.batches_pretreated().parents()) chains.Add("batch", parent);
           for (const auto& made : s.batches_pretreated().made()) chains.Add("batch", made.batch());
         },
     .judge = JudgeBatchesPretreated,
     .first_set = 2},
    {.event = S::kTreatmentRecorded,
     .title_en = "Treatment with residues and products",
     .title_zh = "利用处置及其残渣和产品",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<parties::kSelf>,
     .chains =
         [](const S& s, ChainList& chains) {
           const v1::TreatmentRecorded& event = s.treatment_recorded();
           for (const auto& feed : event.feeds()) chains.Add("facility", feed.facility());
           for (const auto& batch : event.batches()) chains.Add("batch", batch);
           for (const auto& residue : event.residues()) chains.Add("batch", residue.batch());
         },
     .judge = JudgeTreatmentRecorded,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> TreatmentEvents() { return kEvents; }

}  // namespace cradle::rules
