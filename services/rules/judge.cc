#include "services/rules/judge.h"

#include "services/rules/calendar.h"
#include "services/rules/lines.h"
#include "services/rules/state_keys.h"
#include "services/rules/visible_text.h"
#include "storage/evidence/hash.h"

namespace cradle::rules {

void Judge::SetActTime(int64_t act_time_ms) {
  act_time_ms_ = act_time_ms;
  act_day_ = DayOf(act_time_ms, kLogZoneOffsetMs);
}

void Judge::Violate(RuleId number, std::string field, std::string message_en,
                    std::string message_zh) {
  const Rule& rule = FindRule(number);
  if (!rule.InForce(rule_set_)) return;
  const std::optional<Effect> effect = rule.At(event(), one_sided_);
  if (!effect) {
    Fail(absl::InternalError(
        fmt::format("rule {} is not in the table for {}", rule.id, EventName(event()))));
    return;
  }
  // What is echoed may be anything: a mark is kept and shown for ever.
  Violation violation{std::string(rule.id),    *effect,
                      VisibleText(field),      VisibleText(message_en),
                      VisibleText(message_zh), std::string()};
  if (data_ != nullptr && !rule.basis.empty()) {
    violation.legal_basis = data_->LegalBasis(rule.basis, act_day_);
  }
  if (*effect == Effect::kMarks) {
    marks_.push_back(std::move(violation));
    return;
  }
  Forbid(rule.code, std::move(violation));
}

void Judge::Forbid(absl::StatusCode code, Violation violation) {
  if (forbidden_.empty()) code_ = code;
  forbidden_.push_back(std::move(violation));
}

std::string Judge::Path(std::string_view field) const {
  return fmt::format("{}{}.{}", EventName(event()), prefix_, field);
}

std::optional<std::string> Judge::ReadBytes(const std::string& key) {
  absl::StatusOr<std::optional<std::string>> value = state_.Get(key);
  if (!value.ok()) {
    Fail(value.status());
    return std::nullopt;
  }
  return *std::move(value);
}

const std::optional<state::v1::OrganisationState>& Judge::Organisation(
    std::string_view organisation) {
  if (const auto read = organisations_.find(organisation); read != organisations_.end()) {
    return read->second;
  }
  auto state = Read<state::v1::OrganisationState>(keys::Organisation(organisation));
  return organisations_.emplace(organisation, std::move(state)).first->second;
}

const std::optional<state::v1::ManifestState>& Judge::Manifest() {
  if (manifest_read_) return manifest_;
  manifest_read_ = true;
  if (row_->manifest == nullptr) return manifest_;
  manifest_ = Read<state::v1::ManifestState>(keys::Manifest(row_->manifest(statement_)));
  return manifest_;
}

const std::optional<state::v1::ManifestState>& Judge::TakeUp(std::string_view manifest) {
  manifest_read_ = true;
  manifest_ = Read<state::v1::ManifestState>(keys::Manifest(manifest));
  return manifest_;
}

const statement::v1::ManifestIssued* Judge::Issue() {
  if (issue_) return &*issue_;
  if (statement_.has_manifest_issued()) {
    if (!statement_.manifest_issued().has_all_lines()) return &statement_.manifest_issued();
    issue_ = WithFullLines(statement_.manifest_issued());
  } else if (row_->issues != nullptr) {
    issue_ = WithFullLines(row_->issues(statement_));
  }
  return issue_ ? &*issue_ : nullptr;
}

std::string Judge::Printable(std::string_view key) {
  for (const char c : key) {
    if (c < ' ' || c > '~') return "key " + evidence::Hex(key);
  }
  return std::string(key);
}

}  // namespace cradle::rules
