// What batches are made of and what is made of them. Within this folder only.
#ifndef CRADLE_SERVICES_RULES_LINEAGE_H_
#define CRADLE_SERVICES_RULES_LINEAGE_H_

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "services/rules/judge.h"

namespace cradle::rules {

using MadeBatches = google::protobuf::RepeatedPtrField<statement::v1::MadeBatch>;
using BatchIds = google::protobuf::RepeatedPtrField<std::string>;

// What children take over from their parents, so that nothing made of waste is younger, better
// known or of fewer sources than what it was made of. O(n log n) in all holdings of the parents.
class Lineage {
 public:
  Lineage() = default;
  explicit Lineage(const std::vector<state::v1::BatchState>& parents);
  void Add(const state::v1::BatchState& parent);

  // Of all parents; nullopt: one has none that can be added.
  std::optional<int64_t> mass_g() const { return mass_g_; }
  bool OfOwnAndReceived() const { return own_ && received_; }
  bool Received() const { return received_; }

  // The longest time with each custodian, the worst known start, all generators and parents.
  void Inherit(state::v1::BatchState& child) const;
  // The parents alone: the child begins its own time.
  void Link(state::v1::BatchState& child) const;

 private:
  void AddStay(const state::v1::MedicalStay& stay);

  std::vector<std::string> parents_;
  std::map<std::string, std::string> since_;  // earliest day by organisation; empty: unknown
  std::set<std::string> generators_;
  std::optional<int64_t> mass_g_ = 0;
  statement::v1::EvidenceGrade evidence_grade_ = statement::v1::EVIDENCE_GRADE_UNSPECIFIED;
  statement::v1::StockOrigin stock_origin_ = statement::v1::STOCK_ORIGIN_UNSPECIFIED;
  bool oldest_out_first_ = false;
  std::optional<std::string> ward_;  // of all parents; empty: not of one
  // Earliest arrival and limit passed; disinfected only where all parents were.
  std::optional<state::v1::MedicalStay> medical_;
  bool unknown_generator_ = false;  // a parent has one that nobody knows
  bool foreign_origin_ = false;
  bool foreign_reported_ = true;  // each that is foreign
  bool was_stored_ = false;
  statement::v1::Identification identification_ = statement::v1::IDENTIFICATION_UNSPECIFIED;
  std::string hand_on_by_date_;  // the earliest; empty: none
  bool own_ = false;             // a parent is its custodian's own waste
  bool received_ = false;        // a parent is not
};

// Wastes of two codes may become one batch or lie in one bulk store: one code, or a pair that the
// rule data allow, which never joins classes of medical waste.
bool MayMix(const Judge& judge, std::string_view code, std::string_view other);

// LINEAGE-BATCHES: between them no more batches than one statement may extend, none twice, at least
// `parents_min` parents and `made_min` made. False: too many to go on.
bool JudgeNamed(Judge& judge, const BatchIds& parents, int parents_min, const MadeBatches& made,
                int made_min, std::string_view field);

// Those of the batches that are in the log. As JudgeBatchInHand for each, and BATCH-SITE: they lie
// at one site.
std::vector<state::v1::BatchState> ReadParents(
    Judge& judge, const BatchIds& parents, std::string_view field,
    std::initializer_list<state::v1::BatchStatus> statuses);

enum class CodeCheck {
  kForm,  // CODE-FORM, CODE-CATALOGUE, CODE-EDITION
  kNone,  // its code is judged by that of its parents
};
// ID-NEW, MASS-POSITIVE, MASS-SUM, FORM-FIELD, LABEL-CODE and the code.
void JudgeMade(Judge& judge, const statement::v1::MadeBatch& made, const std::string& field,
               CodeCheck code);
// MASS-EXACT, MASS-POSITIVE: `mass_g` is that of all parents.
void JudgeParentsMass(Judge& judge, int64_t mass_g, const Lineage& lineage, std::string_view field);
// Nothing where one is below zero or the sum too large.
std::optional<int64_t> MassOfMade(const MadeBatches& made);

// As it begins in the hands of who acts, with nothing inherited: in no store, its own waste
// GENERATED, that of others RECEIVED.
state::v1::BatchState BeginMade(Judge& judge, const statement::v1::MadeBatch& made,
                                std::string_view site, bool received);
// Of a batch that is not yet written.
void PutMade(Judge& judge, state::v1::BatchState made);
// The batch ends in what was made of it.
void PutConsumed(Judge& judge, const state::v1::BatchState& parent, const MadeBatches& made);

}  // namespace cradle::rules

#endif  // CRADLE_SERVICES_RULES_LINEAGE_H_
