#include "services/rules/lineage.h"

#include <algorithm>
#include <utility>

#include "services/rules/admission.h"
#include "services/rules/batch_state.h"
#include "services/rules/rules_batch.h"
#include "services/rules/rules_common.h"
#include "services/rules/state_keys.h"
#include "storage/evidence/statement.h"

namespace cradle::rules {

using state::v1::BatchState;

Lineage::Lineage(const std::vector<BatchState>& parents) {
  for (const BatchState& parent : parents) Add(parent);
}

void Lineage::Add(const BatchState& parent) {
  parents_.push_back(parent.batch());
  for (const state::v1::Holding& holding : parent.holdings()) {
    const auto [place, first] = since_.emplace(holding.organisation(), holding.since_date());
    // ISO dates compare as text, and the empty one is before all.
    if (!first) place->second = std::min(place->second, holding.since_date());
  }
  if (!parent.generator().empty()) generators_.insert(parent.generator());
  // Of waste that was found.
  unknown_generator_ =
      unknown_generator_ ||
      (parent.generator().empty() && (parent.generators().empty() || parent.unknown_generator()));
  foreign_reported_ = foreign_reported_ && (!parent.foreign_origin() || parent.foreign_reported());
  foreign_origin_ = foreign_origin_ || parent.foreign_origin();
  was_stored_ = was_stored_ || parent.was_stored();
  identification_ = std::max(identification_, parent.identification());
  const std::string& last = parent.hand_on_by_date();
  if (!last.empty() && (hand_on_by_date_.empty() || last < hand_on_by_date_)) {
    hand_on_by_date_ = last;
  }
  generators_.insert(parent.generators().begin(), parent.generators().end());
  mass_g_ = AddMass(mass_g_, parent.mass_g());
  // Their numbers grow as less is known, and OWN is before RECEIVED.
  evidence_grade_ = std::max(evidence_grade_, parent.evidence_grade());
  stock_origin_ = std::max(stock_origin_, parent.stock_origin());
  oldest_out_first_ = oldest_out_first_ || parent.oldest_out_first();
  if (!ward_) ward_ = parent.ward();
  if (*ward_ != parent.ward()) ward_->clear();
  AddStay(parent.medical());
  (IsOwnWaste(parent, parent.custodian()) ? own_ : received_) = true;
}

void Lineage::AddStay(const state::v1::MedicalStay& stay) {
  if (!medical_) {
    medical_ = stay;
    return;
  }
  // Of what was mixed all the same, own waste has not arrived.
  const auto earliest = [](int64_t a, int64_t b) {
    return a == 0 || b == 0 ? a + b : std::min(a, b);
  };
  medical_->set_arrived_time_ms(earliest(medical_->arrived_time_ms(), stay.arrived_time_ms()));
  medical_->set_passed_time_ms(earliest(medical_->passed_time_ms(), stay.passed_time_ms()));
  medical_->set_remote_disinfected(medical_->remote_disinfected() && stay.remote_disinfected());
  if (stay.disinfected_time_ms() == 0 || medical_->disinfected_time_ms() == 0) {
    medical_->clear_disinfected_time_ms();
    medical_->clear_agent();
  } else if (stay.disinfected_time_ms() > medical_->disinfected_time_ms()) {
    medical_->set_disinfected_time_ms(stay.disinfected_time_ms());
    medical_->set_agent(stay.agent());
  }
}

void Lineage::Inherit(BatchState& child) const {
  Link(child);
  child.set_ward(ward_.value_or(std::string()));
  if (medical_ && medical_->ByteSizeLong() != 0) *child.mutable_medical() = *medical_;
  for (const auto& [organisation, since_date] : since_) {
    state::v1::Holding& holding = *child.add_holdings();
    holding.set_organisation(organisation);
    holding.set_since_date(since_date);
  }
  const bool one = generators_.size() == 1 && !unknown_generator_;
  child.set_generator(one ? *generators_.begin() : std::string());
  child.clear_generators();
  if (!one) child.mutable_generators()->Assign(generators_.begin(), generators_.end());
  child.set_unknown_generator(unknown_generator_ && !generators_.empty());
  child.set_foreign_origin(foreign_origin_);
  child.set_foreign_reported(foreign_origin_ && foreign_reported_);
  child.set_identification(identification_);
  child.set_hand_on_by_date(hand_on_by_date_);
  if (was_stored_) child.set_was_stored(true);
  child.set_evidence_grade(evidence_grade_);
  child.set_stock_origin(stock_origin_);
}

void Lineage::Link(BatchState& child) const {
  child.mutable_parents()->Assign(parents_.begin(), parents_.end());
  child.set_oldest_out_first(oldest_out_first_);
}

bool MayMix(const Judge& judge, std::string_view code, std::string_view other) {
  if (code == other) return true;
  return !IsMedical(code) && !IsMedical(other) && judge.data().MayMerge(code, other);
}

bool JudgeNamed(Judge& judge, const BatchIds& parents, int parents_min, const MadeBatches& made,
                int made_min, std::string_view field) {
  const int count = parents.size() + made.size();
  if (parents.size() < parents_min || made.size() < made_min || count > evidence::kBatchesMax) {
    judge.Violate(
        RuleId::kLineageBatches, judge.Path(field),
        fmt::format("{} batches and {} made; a statement names at most {} together, and this one "
                    "at least {} and {}",
                    parents.size(), made.size(), evidence::kBatchesMax, parents_min, made_min),
        fmt::format("{}个批次、{}个新批次；一份陈述合计不超过{}个，本事项至少{}个和{}个",
                    parents.size(), made.size(), evidence::kBatchesMax, parents_min, made_min));
    return count <= evidence::kBatchesMax;
  }
  std::set<std::string_view> distinct(parents.begin(), parents.end());
  for (const statement::v1::MadeBatch& each : made) distinct.insert(each.batch());
  if (distinct.size() == static_cast<size_t>(count)) return true;
  judge.Violate(RuleId::kLineageBatches, judge.Path(field), "a batch is named twice",
                "同一批次重复列出");
  return true;
}

std::vector<BatchState> ReadParents(Judge& judge, const BatchIds& parents, std::string_view field,
                                    std::initializer_list<state::v1::BatchStatus> statuses) {
  std::vector<BatchState> found;
  found.reserve(static_cast<size_t>(parents.size()));
  for (int i = 0; i < parents.size(); ++i) {
    const std::string here = fmt::format("{}[{}]", field, i);
    auto batch = JudgeBatchInHand(judge, parents[i], here, statuses);
    if (!batch) continue;
    if (!found.empty() && batch->site() != found.front().site()) {
      judge.Violate(RuleId::kBatchSite, judge.Path(here),
                    fmt::format("{} lies at the site {}, the first at {}", parents[i],
                                batch->site(), found.front().site()),
                    fmt::format("{} 位于场所 {}，第一批次位于 {}", parents[i], batch->site(),
                                found.front().site()));
    }
    found.push_back(*std::move(batch));
  }
  return found;
}

void JudgeMade(Judge& judge, const statement::v1::MadeBatch& made, const std::string& field,
               CodeCheck code) {
  RequireNew(judge, keys::Batch(made.batch()), made.batch(), field + ".batch");
  RequireMass(judge, made.made_mass_g(), field + ".made_mass_g");
  JudgeMassBasis(judge, made.mass_basis(), made.made_mass_g(), field + ".mass_basis");
  RequireChosen(judge, made.form(), field + ".form");
  AllowText(judge, made.batch_code(), field + ".batch_code");
  if (code == CodeCheck::kForm) JudgeWasteCode(judge, made.waste_code(), field + ".waste_code");
  JudgeContainers(judge, made.containers(), made.waste_code(), made.made_mass_g(), field + ".");
}

void JudgeParentsMass(Judge& judge, int64_t mass_g, const Lineage& lineage,
                      std::string_view field) {
  if (!lineage.mass_g()) {
    judge.Fail(absl::DataLossError("the masses of batches in the state have no sum"));
    return;
  }
  BatchState all;
  all.set_mass_g(*lineage.mass_g());
  JudgeMassExact(judge, mass_g, all, field);
}

std::optional<int64_t> MassOfMade(const MadeBatches& made) {
  std::optional<int64_t> sum = 0;
  for (const statement::v1::MadeBatch& each : made) sum = AddMass(sum, each.made_mass_g());
  return sum;
}

BatchState BeginMade(Judge& judge, const statement::v1::MadeBatch& made, std::string_view site,
                     bool received) {
  BatchState batch;
  batch.set_batch(made.batch());
  batch.set_custodian(FirstParty(judge));
  batch.set_site(std::string(site));
  batch.set_status(received ? state::v1::BATCH_STATUS_RECEIVED : state::v1::BATCH_STATUS_GENERATED);
  batch.set_waste_code(made.waste_code());
  batch.set_mass_g(made.made_mass_g());
  batch.set_form(made.form());
  batch.set_batch_code(made.batch_code());
  return batch;
}

void PutMade(Judge& judge, BatchState made) {
  made.set_begun_index(judge.index());
  PutBatch(judge, nullptr, std::move(made));
}

void PutConsumed(Judge& judge, const BatchState& parent, const MadeBatches& made) {
  BatchState consumed = parent;
  consumed.set_status(state::v1::BATCH_STATUS_CONSUMED);
  for (const statement::v1::MadeBatch& each : made) consumed.add_children(each.batch());
  PutBatch(judge, &parent, std::move(consumed));
}

}  // namespace cradle::rules
