#include "services/runtime/judged_entry.h"

#include <fmt/format.h>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace cradle::runtime {
namespace {

// What is malformed in a log is damage; what is unknown to this build stays unknown.
absl::Status AsDamage(uint64_t index, const absl::Status& status) {
  if (absl::IsUnimplemented(status)) return AtEntry(index, status);
  return AtEntry(index, absl::DataLossError(std::string(status.message())));
}

// Why the entry is not what the verdict makes it.
absl::Status NotAsKept(uint64_t index, const rules::Verdict& verdict) {
  if (std::holds_alternative<rules::Admitted>(verdict)) {
    return absl::DataLossError(
        fmt::format("entry {} is kept as disputed, and the rules admit it", index));
  }
  if (std::holds_alternative<rules::Disputed>(verdict)) {
    return absl::DataLossError(
        fmt::format("entry {} is kept as admitted, and by the rules it is disputed", index));
  }
  if (const auto* duplicate = std::get_if<rules::Duplicate>(&verdict)) {
    return absl::DataLossError(
        fmt::format("entry {} repeats the statement of entry {}", index, duplicate->index));
  }
  const auto& refused = std::get<rules::Refused>(verdict);
  const std::string reason =
      refused.violations.empty()
          ? std::string("no reason given")
          : fmt::format("{}: {}", refused.violations[0].rule, refused.violations[0].message_en);
  return absl::DataLossError(fmt::format("entry {} is not admissible: {}", index, reason));
}

}  // namespace

const rules::Changes& JudgedEntry::changes() const {
  const auto* disputed = std::get_if<rules::Disputed>(&verdict);
  return disputed != nullptr ? disputed->changes : std::get<rules::Admitted>(verdict).changes;
}

const std::vector<rules::Violation>& JudgedEntry::marks() const {
  const auto* disputed = std::get_if<rules::Disputed>(&verdict);
  return disputed != nullptr ? disputed->marks : std::get<rules::Admitted>(verdict).marks;
}

absl::StatusOr<JudgedEntry> JudgeAgain(const rules::StateReader& state,
                                       const rules::RuleDataLibrary& library, uint64_t index,
                                       std::string_view entry_bytes) {
  JudgedEntry judged;
  absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(entry_bytes);
  if (!entry.ok()) return AsDamage(index, entry.status());
  judged.entry = *std::move(entry);
  absl::StatusOr<evidence::ParsedStatement> statement =
      evidence::ParseStatement(judged.entry.signed_statement.statement);
  if (!statement.ok()) return AsDamage(index, statement.status());
  judged.statement = *std::move(statement);

  std::vector<rules::ProvenAttestation> attestations;
  for (const evidence::SignedAttestation& kept : judged.entry.signed_statement.attestations) {
    absl::StatusOr<statement::v1::Attestation> message =
        evidence::ParseAttestation(kept.attestation);
    if (!message.ok()) return AsDamage(index, message.status());
    attestations.push_back({kept.algorithm, *std::move(message)});
  }

  std::string origin = judged.statement.message.log_origin();  // entry 0 names the log
  if (index > 0) {
    absl::StatusOr<std::optional<state::v1::LogState>> log = rules::ReadLog(state);
    if (!log.ok()) return log.status();
    if (!log->has_value()) {
      return absl::DataLossError(fmt::format("entry {} comes before the log is founded", index));
    }
    origin = (*log)->origin();
  }
  absl::StatusOr<rules::Verdict> verdict = rules::Admit(
      state, library, origin, judged.statement, attestations, judged.entry.recorded_time_ms, index);
  if (!verdict.ok()) return AtEntry(index, verdict.status());
  const bool as_kept = judged.entry.kind == evidence::EntryKind::kAdmitted
                           ? std::holds_alternative<rules::Admitted>(*verdict)
                           : std::holds_alternative<rules::Disputed>(*verdict);
  if (!as_kept) return NotAsKept(index, *verdict);
  judged.verdict = *std::move(verdict);
  return judged;
}

absl::Status AtEntry(uint64_t index, const absl::Status& status) {
  return {status.code(), fmt::format("entry {}: {}", index, std::string(status.message()))};
}

}  // namespace cradle::runtime
