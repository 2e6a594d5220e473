#include "services/audit/core/log_judge.h"

#include <fmt/format.h>

#include <utility>
#include <variant>

#include "services/audit/core/tile_directory.h"
#include "services/rules/admission.h"

namespace cradle::audit {
namespace {

using evidence::AsBytes;
using evidence::Hex;

std::string Message(const absl::Status& status) { return std::string(status.message()); }

std::string RefusalReason(const rules::Refused& refused) {
  std::string reason = "the rules do not admit it";
  if (!refused.violations.empty()) {
    const rules::Violation& decisive = refused.violations.front();
    reason += fmt::format(": {}: {}", decisive.rule, decisive.message_en);
    if (!decisive.field.empty()) reason += fmt::format(" ({})", decisive.field);
  }
  if (refused.missing_predecessor) {
    reason += fmt::format("; its predecessor on {} at height {} is not in the log before it",
                          refused.missing_predecessor->chain, refused.missing_predecessor->height);
  }
  for (const rules::Head& head : refused.heads) {
    reason += head.begun
                  ? fmt::format("; the head of {} there is height {}", head.chain, head.height)
                  : fmt::format("; {} has not begun there", head.chain);
  }
  return reason;
}

std::string DisputeReason(const rules::Disputed& disputed) {
  std::string reason = "it is kept as admitted, and by the rules it is disputed";
  for (const rules::ContestedPlace& place : disputed.places) {
    reason += fmt::format("; at height {} of {} ", place.height, place.chain);
    reason += place.standing_index ? fmt::format("entry {} stands", *place.standing_index)
                                   : std::string("it follows a disputed statement");
  }
  return reason;
}

}  // namespace

void LogJudge::Take(const CheckedEntry& checked) {
  if (tree_complete_) tree_.Append(checked.leaf);
  if (!checked.form.ok()) {
    CheckForm(checked);
  } else {
    CheckSignatures(checked);
    CheckRecordedTime(checked);
    if (next_index_ == 0) CheckFounding(checked);
    CheckSeen(checked);
    JudgeByRules(checked);
  }
  ++next_index_;
}

void LogJudge::Skip(const std::optional<evidence::Hash>& leaf, const std::string& stop) {
  if (!leaf) tree_complete_ = false;
  if (tree_complete_) tree_.Append(*leaf);
  if (!stop.empty()) StopJudging(stop);
  ++next_index_;
}

void LogJudge::CheckForm(const CheckedEntry& checked) {
  if (absl::IsUnimplemented(checked.form)) {
    findings_.AddEntry("format", Verdict::kUnverifiable, next_index_, Message(checked.form));
    StopJudging(
        fmt::format("entry {} is of a format that this program does not know", next_index_));
  } else {
    findings_.AddEntry("form", Verdict::kTampered, next_index_, Message(checked.form));
  }
}

void LogJudge::CheckSignatures(const CheckedEntry& checked) {
  for (size_t i = 0; i < checked.signatures.size(); ++i) {
    const absl::Status& signature = checked.signatures[i];
    if (signature.ok()) {
      ++proven_attestations_;
      continue;
    }
    ++unproven_attestations_;
    if (absl::IsNotFound(signature)) continue;  // whether it may is judged: an unknown key may not
    findings_.AddEntry(
        absl::IsUnimplemented(signature) ? "algorithm" : "signature",
        absl::IsUnimplemented(signature) ? Verdict::kUnverifiable : Verdict::kTampered, next_index_,
        fmt::format("attestation {} by key {}: {}", i,
                    Hex(checked.attestations[i].message.key_id()), Message(signature)));
  }
}

void LogJudge::CheckRecordedTime(const CheckedEntry& checked) {
  const int64_t recorded_time_ms = checked.entry.recorded_time_ms;
  if (recorded_time_ms < last_recorded_time_ms_) {
    findings_.AddEntry("time", Verdict::kTampered, next_index_,
                       fmt::format("recorded {} ms before an entry ahead of it",
                                   last_recorded_time_ms_ - recorded_time_ms));
    return;  // the later time stays the measure, so that one wrong entry is one finding
  }
  last_recorded_time_ms_ = recorded_time_ms;
}

void LogJudge::CheckFounding(const CheckedEntry& checked) {
  const statement::v1::Statement& statement = checked.statement.message;
  origin_ = statement.log_origin();
  if (!statement.has_founded()) {
    findings_.AddEntry("founding", Verdict::kTampered, 0, "it does not found a log");
    return;
  }
  const Verdict verdict = key_proven_ ? Verdict::kTampered : Verdict::kUnverifiable;
  if (statement.founded().log_key() != log_key_.key().spki_der()) {
    findings_.AddEntry("founding", verdict, 0,
                       fmt::format("it founds a log with key {}, the key given is {}",
                                   Hex(evidence::Sha256(statement.founded().log_key())),
                                   Hex(log_key_.key().id())));
  }
  if (origin_ != log_key_.name()) {
    findings_.AddEntry(
        "founding", verdict, 0,
        fmt::format("it founds the log '{}', the key given is of '{}'", origin_, log_key_.name()));
  }
}

evidence::Hash LogJudge::RootAt(uint64_t size) {
  if (size == 0) return evidence::EmptyRoot();
  CachedRoot& cached = roots_[size % roots_.size()];
  if (cached.size != size) cached = {size, tree_.RootAt(size)};
  return cached.root;
}

void LogJudge::CheckSeen(const CheckedEntry& checked) {
  for (size_t i = 0; i < checked.attestations.size(); ++i) {
    const statement::v1::Attestation& attestation = checked.attestations[i].message;
    if (!attestation.has_seen() || !checked.signatures[i].ok()) continue;
    const uint64_t size = attestation.seen().size();
    const bool known = size <= next_index_ && size <= tree_.size();
    if (known && AsBytes(RootAt(size)) == attestation.seen().root()) {
      ++seen_checkpoints_;
    } else {
      seen_claims_.push_back({next_index_, i, size, attestation.seen().root()});
    }
  }
}

void LogJudge::LoadRuleData(const statement::v1::Statement& statement) {
  const std::string sha256 = rules::RuleDataNamedBy(statement);
  if (sha256.empty() || library_.Find(sha256) != nullptr || missing_rule_data_.count(sha256) != 0) {
    return;
  }
  missing_rule_data_.insert(sha256);
  const auto add_finding = [&](Verdict verdict, const std::string& reason) {
    findings_.Add("rule data", {verdict, std::nullopt, RuleBundlePath(sha256),
                                fmt::format("entry {} adopts it: {}", next_index_, reason)});
  };
  absl::StatusOr<std::string> bundle = source_.ReadRuleBundle(sha256);
  if (!bundle.ok()) return add_finding(Verdict::kUnverifiable, Message(bundle.status()));
  if (AsBytes(evidence::Sha256(*bundle)) != sha256) {
    return add_finding(Verdict::kTampered, "the bytes there are not those of that name");
  }
  absl::StatusOr<std::shared_ptr<const rules::RuleData>> data =
      rules::RuleData::FromBundle(*bundle);
  if (!data.ok()) return add_finding(Verdict::kUnverifiable, Message(data.status()));
  library_.Add(std::move(*data));
  missing_rule_data_.erase(sha256);
}

void LogJudge::JudgeByRules(const CheckedEntry& checked) {
  if (!stopped_.empty()) return;
  LoadRuleData(checked.statement.message);
  absl::StatusOr<rules::Verdict> verdict =
      rules::Admit(state_, library_, origin_, checked.statement, checked.attestations,
                   checked.entry.recorded_time_ms, next_index_);
  if (!verdict.ok()) {
    // A data bundle that is not at hand has its finding already.
    if (!absl::IsUnimplemented(verdict.status()) || missing_rule_data_.empty()) {
      findings_.AddEntry("rule set", Verdict::kUnverifiable, next_index_,
                         Message(verdict.status()));
    }
    return StopJudging(
        fmt::format("entry {} cannot be judged: {}", next_index_, Message(verdict.status())));
  }
  ++judged_entries_;
  if (const auto* refused = std::get_if<rules::Refused>(&*verdict)) {
    return AddRefusal(RefusalReason(*refused));
  }
  if (const auto* duplicate = std::get_if<rules::Duplicate>(&*verdict)) {
    return AddRefusal(fmt::format("it repeats the statement of entry {}", duplicate->index));
  }
  for (size_t i = 0; i < checked.signatures.size(); ++i) {
    if (!absl::IsNotFound(checked.signatures[i])) continue;
    findings_.AddEntry("key", Verdict::kUnverifiable, next_index_,
                       fmt::format("attestation {}: {}", i, Message(checked.signatures[i])));
  }
  // Of another kind than it is kept as, it still changes what the rules say: what follows is judged
  // by that, so that one wrong kind is one finding.
  auto* disputed = std::get_if<rules::Disputed>(&*verdict);
  const bool kept_as_disputed = checked.entry.kind == evidence::EntryKind::kDisputed;
  if (disputed != nullptr && !kept_as_disputed) {
    AddRefusal(DisputeReason(*disputed));
  } else if (disputed == nullptr && kept_as_disputed) {
    AddRefusal("it is kept as disputed, and the rules admit it");
  }
  const absl::Status applied = state_.Apply(std::move(
      disputed != nullptr ? disputed->changes : std::get<rules::Admitted>(*verdict).changes));
  if (!applied.ok()) {
    findings_.Add("state", {Verdict::kUnverifiable, std::nullopt, "the state of this verification",
                            Message(applied)});
    StopJudging(Message(applied));
  }
}

void LogJudge::AddRefusal(std::string reason) {
  if (!first_refusal_) first_refusal_ = Refusal{next_index_, std::move(reason)};
  last_refusal_ = next_index_;
  ++refusals_;
}

void LogJudge::StopJudging(std::string reason) {
  if (stopped_.empty()) stopped_ = std::move(reason);
}

void LogJudge::SettleSeen(const TreeInMemory& signed_tree) {
  for (const SeenClaim& claim : seen_claims_) {
    // What stands in an entry that was altered is nobody's word.
    if (signed_tree.Leaf(claim.index) != tree_.Leaf(claim.index)) continue;
    const bool agrees =
        claim.size <= signed_tree.size() && AsBytes(signed_tree.RootAt(claim.size)) == claim.root;
    if (agrees && claim.size <= claim.index) {
      ++seen_checkpoints_;
    } else if (agrees) {
      findings_.AddEntry("seen order", Verdict::kTampered, claim.index,
                         fmt::format("attestation {} was made after a checkpoint of {} entries, "
                                     "among them this one",
                                     claim.attestation, claim.size));
    } else {
      findings_.AddEntry(
          "seen", Verdict::kForked, claim.index,
          fmt::format("attestation {} says that its device held a checkpoint of {} entries with "
                      "root {}, which is not this log's: it was shown another history",
                      claim.attestation, claim.size, Hex(claim.root)));
    }
  }
}

void LogJudge::ReportRefusals() {
  if (!first_refusal_) return;
  const std::optional<uint64_t> cause = findings_.FirstEntry();
  std::string reason = first_refusal_->reason;
  if (cause && *cause < first_refusal_->index) {
    reason += fmt::format("; this can follow from entry {}", *cause);
  }
  findings_.AddEntry("rules", Verdict::kTampered, first_refusal_->index, std::move(reason));
  if (refusals_ > 1) {
    findings_.Add(
        "rules",
        {Verdict::kTampered, std::nullopt, fmt::format("{} later entries", refusals_ - 1),
         fmt::format("the rules do not admit them either, which can follow from entry "
                     "{}; the last is entry {}",
                     std::min(cause.value_or(UINT64_MAX), first_refusal_->index), last_refusal_)});
  }
}

void LogJudge::Finish(const TreeInMemory* signed_tree) {
  if (signed_tree != nullptr) SettleSeen(*signed_tree);
  ReportRefusals();
}

}  // namespace cradle::audit
