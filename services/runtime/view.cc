#include "services/runtime/view.h"

#include <fmt/format.h>

#include <utility>

namespace cradle::runtime {
namespace {

std::string EncodeSize(uint64_t size) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, size >>= 8) bytes[i] = static_cast<char>(size & 0xFF);
  return bytes;
}

absl::StatusOr<uint64_t> DecodeSize(const std::optional<std::string>& bytes) {
  if (!bytes) return 0;
  if (bytes->size() != 8) return absl::DataLossError("m/size does not hold 8 bytes");
  uint64_t size = 0;
  for (const char c : *bytes) size = (size << 8) | static_cast<unsigned char>(c);
  return size;
}

struct JudgedEntry {
  evidence::Entry entry;
  evidence::ParsedStatement statement;
  rules::Admitted admitted;
};

absl::Status AtEntry(uint64_t index, const absl::Status& status) {
  return {status.code(), fmt::format("entry {}: {}", index, std::string(status.message()))};
}

// What is malformed in a log is damage; what is unknown to this build stays unknown.
absl::Status AsDamage(uint64_t index, const absl::Status& status) {
  if (absl::IsUnimplemented(status)) return AtEntry(index, status);
  return AtEntry(index, absl::DataLossError(std::string(status.message())));
}

absl::Status NotAdmissible(uint64_t index, const rules::Verdict& verdict) {
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

absl::StatusOr<JudgedEntry> JudgeAgain(const rules::StateReader& state,
                                       const rules::RuleDataLibrary& library, uint64_t index,
                                       std::string_view entry_bytes) {
  JudgedEntry judged;
  absl::StatusOr<evidence::Entry> entry = evidence::DecodeEntry(entry_bytes);
  if (!entry.ok()) return AsDamage(index, entry.status());
  judged.entry = *std::move(entry);
  if (judged.entry.kind != evidence::EntryKind::kAdmitted) {
    return AtEntry(index, absl::UnimplementedError("disputed entries are not folded yet"));
  }
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
  auto* admitted = std::get_if<rules::Admitted>(&*verdict);
  if (admitted == nullptr) return NotAdmissible(index, *verdict);
  judged.admitted = std::move(*admitted);
  return judged;
}

}  // namespace

absl::StatusOr<std::optional<std::string>> ViewWriter::Get(std::string_view key) const {
  const auto pending = pending_.find(key);
  if (pending != pending_.end()) return pending->second;
  return base_->Get(key);
}

void ViewWriter::Put(std::string_view key, std::string_view value) {
  pending_.insert_or_assign(std::string(key), std::string(value));
}

void ViewWriter::Delete(std::string_view key) {
  pending_.insert_or_assign(std::string(key), std::nullopt);
}

kv::Batch ViewWriter::ToBatch() const {
  kv::Batch batch;
  for (const auto& [key, value] : pending_) {
    if (value) {
      batch.Put(key, *value);
    } else {
      batch.Delete(key);
    }
  }
  return batch;
}

absl::Status FoldEntry(const View& view, const rules::RuleDataLibrary& library, uint64_t index,
                       std::string_view entry_bytes, ViewWriter& writer) {
  absl::StatusOr<std::optional<std::string>> size_bytes = writer.Get(kSizeKey);
  if (!size_bytes.ok()) return size_bytes.status();
  absl::StatusOr<uint64_t> size = DecodeSize(*size_bytes);
  if (!size.ok()) return size.status();
  if (*size != index) {
    return absl::FailedPreconditionError(
        fmt::format("the view has folded {} entries and was given entry {}", *size, index));
  }

  absl::StatusOr<JudgedEntry> judged = JudgeAgain(writer, library, index, entry_bytes);
  if (!judged.ok()) return judged.status();

  rules::StateOverlay after(&writer);
  after.Apply(judged->admitted.changes);
  absl::StatusOr<std::optional<state::v1::LogState>> log =
      rules::ReadLog(index == 0 ? static_cast<const rules::StateReader&>(after) : writer);
  if (!log.ok()) return log.status();
  if (!log->has_value()) return absl::DataLossError("entry 0 did not found the log");
  const std::shared_ptr<const rules::RuleData> data = library.Find((*log)->rule_data_sha256());
  if (data == nullptr) {
    return absl::UnimplementedError(fmt::format("entry {}: its data bundle is not at hand", index));
  }

  const FoldedEntry folded{index,  judged->entry, judged->statement, judged->admitted, *data,
                           writer, after};
  if (absl::Status status = view.Fold(folded, writer); !status.ok()) return AtEntry(index, status);
  for (const rules::Change& change : judged->admitted.changes) {
    writer.Put(change.key, change.value);
  }
  writer.Put(kSizeKey, EncodeSize(index + 1));
  return absl::OkStatus();
}

absl::StatusOr<uint64_t> FoldedSize(const kv::Reader& store) {
  absl::StatusOr<std::optional<std::string>> bytes = store.Get(kSizeKey);
  if (!bytes.ok()) return bytes.status();
  return DecodeSize(*bytes);
}

}  // namespace cradle::runtime
