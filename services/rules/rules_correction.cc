// Corrections: what was said wrongly is set right by a later statement, and stays to be read.
#include <algorithm>
#include <vector>

#include "services/rules/admission.h"
#include "services/rules/batch_state.h"
#include "services/rules/calendar.h"
#include "services/rules/event_rules.h"
#include "services/rules/field_rules.h"
#include "services/rules/rules_batch.h"
#include "services/rules/rules_common.h"
#include "services/rules/rules_permit.h"
#include "services/rules/state_keys.h"

namespace cradle::rules {
namespace {

namespace v1 = statement::v1;
using S = v1::Statement;
using state::v1::BatchState;

// The fields that the amendment gives.
std::vector<const FieldRule*> Given(const v1::BatchAmended& event) {
  const auto* reflection = event.GetReflection();
  std::vector<const FieldRule*> given;
  for (const FieldRule& rule : FieldRules()) {
    const auto* field = event.GetDescriptor()->FindFieldByName(std::string(rule.name));
    if (reflection->HasField(event, field)) given.push_back(&rule);
  }
  return given;
}

bool Attests(const Judge& judge, v1::Capacity capacity) {
  const auto& parties = judge.statement().parties();
  return std::any_of(parties.begin(), parties.end(),
                     [&](const v1::Party& party) { return party.capacity() == capacity; });
}

// Between the author and the regulator.
bool CounterpartAttests(const Judge& judge) {
  const auto& parties = judge.statement().parties();
  return parties.size() == 3 && parties[1].capacity() == v1::CAPACITY_ORGANISATION;
}

// Who answers for what the batch is: who generated it or, of waste of nobody known or of several,
// who holds it.
const std::string& DescribedBy(const BatchState& batch) {
  return batch.generator().empty() ? batch.custodian() : batch.generator();
}

// Who asserted the field as it is now.
const std::string& AuthorOf(const BatchState& batch, BatchField field) {
  const bool by_custodian = field == BatchField::kMass || field == BatchField::kStorageStart;
  return by_custodian ? batch.custodian() : DescribedBy(batch);
}

// The other side: who holds what the author generated, or generated what the author holds. Empty:
// there is no one generator.
const std::string& CounterpartOf(const BatchState& batch, const std::string& author) {
  return batch.custodian() == author ? batch.generator() : batch.custodian();
}

uint64_t EntryOf(const BatchState& batch, BatchField field) {
  return field == BatchField::kMass ? batch.mass_index() : batch.begun_index();
}

// AMEND-COUNTERPART and REGULATOR-…: where more than the author must attest, the right ones do.
void JudgeAttesters(Judge& judge, const BatchState& batch, const std::string& author) {
  const int regulator = CounterpartAttests(judge) ? 2 : 1;
  const auto site = judge.Read<state::v1::SiteState>(keys::Site(batch.site()));
  JudgeRegulator(judge, regulator, site ? site->registered().division() : std::string());
  const std::string& counterpart = CounterpartOf(batch, author);
  if (!batch.others_acted() || counterpart.empty()) return;
  if (CounterpartAttests(judge) && judge.statement().parties(1).organisation() == counterpart) {
    return;
  }
  judge.Violate(RuleId::kAmendCounterpart, "parties",
                fmt::format("{} has acted on this batch and must attest too", counterpart),
                fmt::format("{} 已对该批次作出操作，须一并签署", counterpart));
}

std::string AskedAlone(const FieldRule& rule, const std::string& why) {
  return fmt::format("{}: {}; a regulator attests too, and who else has acted on the batch",
                     rule.name, why);
}

// AMEND-ALONE: alone only for a while, while nobody else has acted, and never in one's own favour.
void JudgeAlone(Judge& judge, const BatchState& batch, const FieldRule& rule, bool favours,
                int64_t corrected_ms) {
  const auto refuse = [&](const std::string& en, const std::string& zh) {
    judge.Violate(RuleId::kAmendAlone, judge.Path(rule.name), AskedAlone(rule, en),
                  fmt::format("{}：{}；须由监管部门及其他操作方一并签署", rule.name, zh));
  };
  if (favours) {
    refuse("the change may speak in the author's favour", "该更正可能有利于更正人");
    return;
  }
  if (!rule.alone_for_a_while) return;
  const absl::StatusOr<int64_t> hours = judge.data().Limit("amend_alone_hours", judge.act_day());
  if (!hours.ok()) return judge.Fail(hours.status());
  if (judge.recorded_time_ms() - corrected_ms > *hours * kHourMs) {
    refuse(fmt::format("it was recorded more than {} hours ago", *hours),
           fmt::format("登记已超过{}小时", *hours));
  } else if (batch.others_acted()) {
    refuse("another organisation has acted on the batch", "其他单位已对该批次作出操作");
  }
}

// AMEND-CORRECTS: the statement named is the one that asserted the field. Its recorded time.
int64_t JudgeCorrected(Judge& judge, const v1::BatchAmended& event, uint64_t index) {
  const auto entry = judge.Read<state::v1::EntryState>(keys::Entry(index));
  if (entry && entry->statement_hash() == event.corrects()) return entry->recorded_time_ms();
  judge.Violate(RuleId::kAmendCorrects, judge.Path("corrects"),
                fmt::format("the field is as entry {} asserted it", index),
                fmt::format("该字段由第{}条陈述确定", index));
  return entry ? entry->recorded_time_ms() : judge.recorded_time_ms();
}

// AMEND-SEALED.
void JudgeNotSealed(Judge& judge, const BatchState& batch, const FieldRule& rule) {
  const bool sealed = rule.sealed_from == S::kLoadTaken ? batch.others_acted() : !IsHeld(batch);
  // What a bulk store has of it is in the store's account.
  if (!sealed && batch.status() != state::v1::BATCH_STATUS_ABSORBED) return;
  judge.Violate(RuleId::kAmendSealed, judge.Path(rule.name),
                fmt::format("{} is sealed from {} on", rule.name, EventName(rule.sealed_from)),
                fmt::format("{} 自 {} 起不得更正", rule.name, EventName(rule.sealed_from)));
}

// The change made; AMEND-CHANGES where it is none. Whether it speaks in the author's favour.
bool Amend(Judge& judge, const v1::BatchAmended& event, const FieldRule& rule, BatchState& batch) {
  bool same = false;
  bool favours = rule.favour == Favour::kAlways;
  switch (rule.field) {
    case BatchField::kWasteCode: {
      JudgeWasteCode(judge, event.waste_code(), "waste_code");
      // A presumed code may prove right.
      const bool proven = batch.identification() == v1::IDENTIFICATION_TO_IDENTIFY &&
                          event.reason() == v1::AMEND_REASON_IDENTIFIED_ANEW;
      same = batch.waste_code() == event.waste_code() && !proven;
      batch.set_waste_code(event.waste_code());
      if (proven) batch.set_identification(v1::IDENTIFICATION_IDENTIFIED);
      break;
    }
    case BatchField::kMass:
      RequireMass(judge, event.amended_mass_g(), "amended_mass_g");
      JudgeMassBasis(judge, event.mass_basis(), event.amended_mass_g(), "mass_basis");
      same = batch.mass_g() == event.amended_mass_g();
      favours = event.amended_mass_g() < batch.mass_g();
      batch.set_mass_g(event.amended_mass_g());
      batch.set_mass_index(judge.index());
      break;
    case BatchField::kForm:
      same = batch.form() == event.form();
      batch.set_form(event.form());
      break;
    case BatchField::kBatchCode:
      RequireText(judge, event.batch_code(), "batch_code");
      same = batch.batch_code() == event.batch_code();
      batch.set_batch_code(event.batch_code());
      break;
    case BatchField::kStorageStart: {
      const auto site = judge.Read<state::v1::SiteState>(keys::Site(batch.site()));
      RequirePastDay(judge, event.storage_start_date(), "storage_start_date",
                     site ? site->registered().time_zone() : std::string());
      const state::v1::Holding* holding = FindHolding(batch, batch.custodian());
      const std::string since = holding == nullptr ? std::string() : holding->since_date();
      same = since == event.storage_start_date();
      favours = since < event.storage_start_date();
      SetHolding(batch, batch.custodian(), event.storage_start_date());
      break;
    }
  }
  if (same) {
    judge.Violate(RuleId::kAmendChanges, judge.Path(rule.name),
                  fmt::format("{} is that already", rule.name),
                  fmt::format("{} 与现值相同", rule.name));
  }
  return favours;
}

void List(Judge& judge, std::string_view field) {
  judge.Violate(RuleId::kCorrectionListed, judge.Path(field),
                fmt::format("{}: the correction is listed", field),
                fmt::format("{}：该更正列入清单", field));
}

void JudgeEvidence(Judge& judge, const google::protobuf::RepeatedPtrField<std::string>& hashes) {
  for (int i = 0; i < hashes.size(); ++i) {
    RequireSha256(judge, hashes[i], fmt::format("evidence_sha256[{}]", i));
  }
}

// BATCH-KNOWN, BATCH-ON-MANIFEST, and PARTY-SELF: the first party asserted what it corrects.
std::optional<BatchState> JudgeBatchToCorrect(Judge& judge, const std::string& id) {
  auto batch = judge.Read<BatchState>(keys::Batch(id));
  if (!batch) {
    judge.Violate(RuleId::kBatchKnown, judge.Path("batch"),
                  fmt::format("the batch {} is not in the log", id),
                  fmt::format("批次 {} 未登记", id));
  } else if (!batch->manifest().empty()) {
    judge.Violate(RuleId::kBatchOnManifest, judge.Path("batch"),
                  fmt::format("{} is on the manifest {}", id, batch->manifest()),
                  fmt::format("{} 已列入联单 {}", id, batch->manifest()));
  }
  return batch;
}

void JudgeAuthor(Judge& judge, const std::string& author) {
  if (FirstParty(judge) == author) return;
  judge.Violate(RuleId::kPartySelf, "parties[0].organisation",
                fmt::format("{} asserted this, not {}", author, FirstParty(judge)),
                fmt::format("该内容由 {} 填报，而非 {}", author, FirstParty(judge)));
}

void JudgeBatchAmended(Judge& judge) {
  const v1::BatchAmended& event = judge.statement().batch_amended();
  RequireChosen(judge, event.reason(), "reason");
  JudgeEvidence(judge, event.evidence_sha256());
  const std::vector<const FieldRule*> given = Given(event);
  if (given.size() != 1) {
    judge.Violate(RuleId::kAmendChanges, std::string(EventName(judge.event())),
                  fmt::format("{} fields given; an amendment sets one right", given.size()),
                  fmt::format("给出{}个字段；一次更正一个字段", given.size()));
    return;
  }
  const FieldRule& rule = *given.front();
  const auto batch = JudgeBatchToCorrect(judge, event.batch());
  if (!batch) return;
  JudgeAuthor(judge, AuthorOf(*batch, rule.field));
  JudgeNotSealed(judge, *batch, rule);
  const int64_t corrected_ms = JudgeCorrected(judge, event, EntryOf(*batch, rule.field));
  BatchState amended = *batch;
  const bool favours = Amend(judge, event, rule, amended);
  if (Attests(judge, v1::CAPACITY_REGULATOR)) {
    JudgeAttesters(judge, *batch, FirstParty(judge));
  } else {
    JudgeAlone(judge, *batch, rule, favours, corrected_ms);
  }
  if (favours) List(judge, rule.name);
  RecountGenerated(judge, *batch, &amended);
  PutBatch(judge, &*batch, std::move(amended));
}

void JudgeBatchVoided(Judge& judge) {
  const v1::BatchVoided& event = judge.statement().batch_voided();
  RequireChosen(judge, event.reason(), "reason");
  JudgeEvidence(judge, event.evidence_sha256());
  const auto batch = JudgeBatchToCorrect(judge, event.batch());
  if (!batch) return;
  JudgeAuthor(judge, DescribedBy(*batch));
  if (!IsHeld(*batch)) {
    judge.Violate(RuleId::kBatchState, judge.Path("batch"),
                  fmt::format("{} has ended", event.batch()),
                  fmt::format("{} 已终结", event.batch()));
  } else if (batch->status() == state::v1::BATCH_STATUS_ABSORBED) {
    // Its layer would stay in the store's account, and could be drawn from.
    judge.Violate(
        RuleId::kBatchState, judge.Path("batch"),
        fmt::format("{} lies in the bulk store {}: a reading of its level sets right what "
                    "is there",
                    event.batch(), batch->bulk()),
        fmt::format("{} 已装入散装贮存设施 {}：应以液位盘点更正存量", event.batch(),
                    batch->bulk()));
  }
  JudgeAttesters(judge, *batch, FirstParty(judge));
  List(judge, "batch");
  BatchState voided = *batch;
  voided.set_status(state::v1::BATCH_STATUS_VOIDED);
  RecountGenerated(judge, *batch, nullptr);
  PutBatch(judge, &*batch, std::move(voided));
}

constexpr v1::Capacity kAuthorCounterpartRegulator[] = {
    v1::CAPACITY_ORGANISATION, v1::CAPACITY_ORGANISATION, v1::CAPACITY_REGULATOR};
constexpr Capacities kVoiding[] = {parties::kOrganisationThenRegulator,
                                   kAuthorCounterpartRegulator};
constexpr Capacities kAmending[] = {
    parties::kOrganisationAlone, parties::kOrganisationThenRegulator, kAuthorCounterpartRegulator};

constexpr EventRow kEvents[] = {
    {.event = S::kBatchAmended,
     .title_en = "Correction of a batch",
     .title_zh = "批次更正",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<kAmending>,
     .chains = [](const S& s,
                  ChainList& chains) { chains.Add("batch", s.batch_amended().batch()); },
     .judge = JudgeBatchAmended,
     .first_set = 2},
    {.event = S::kBatchVoided,
     .title_en = "A batch is void",
     .title_zh = "批次作废",
     .key_role = v1::KEY_ROLE_OPERATOR,
     .parties = &parties::Always<kVoiding>,
     .chains = [](const S& s, ChainList& chains) { chains.Add("batch", s.batch_voided().batch()); },
     .judge = JudgeBatchVoided,
     .first_set = 2},
};

}  // namespace

std::span<const EventRow> CorrectionEvents() { return kEvents; }

}  // namespace cradle::rules
