#include "services/runtime/view.h"

#include <fmt/format.h>

#include <utility>

namespace cradle::runtime {
namespace {

std::string EncodeNumber(uint64_t number) {
  std::string bytes(8, '\0');
  for (int i = 7; i >= 0; --i, number >>= 8) bytes[i] = static_cast<char>(number & 0xFF);
  return bytes;
}

absl::StatusOr<uint64_t> DecodeSize(const std::optional<std::string>& bytes) {
  if (!bytes) return 0;
  if (bytes->size() != 8) return absl::DataLossError("m/size does not hold 8 bytes");
  uint64_t size = 0;
  for (const char c : *bytes) size = (size << 8) | static_cast<unsigned char>(c);
  return size;
}

absl::Status FoldAdmitted(const View& view, const rules::RuleDataLibrary& library, uint64_t index,
                          const JudgedEntry& judged, const rules::Admitted& admitted,
                          ViewWriter& writer) {
  rules::StateOverlay after(&writer);
  after.Apply(admitted.changes);
  absl::StatusOr<std::optional<state::v1::LogState>> log =
      rules::ReadLog(index == 0 ? static_cast<const rules::StateReader&>(after) : writer);
  if (!log.ok()) return log.status();
  if (!log->has_value()) return absl::DataLossError("the entry did not found the log");
  const std::shared_ptr<const rules::RuleData> data = library.Find((*log)->rule_data_sha256());
  if (data == nullptr) return absl::UnimplementedError("its data bundle is not at hand");
  return view.Fold({index, judged.entry, judged.statement, admitted, *data, writer, after}, writer);
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

  absl::Status folded;
  if (const auto* disputed = std::get_if<rules::Disputed>(&judged->verdict)) {
    folded = view.FoldDisputed({index, judged->entry, judged->statement, *disputed}, writer);
  } else {
    const auto& admitted = std::get<rules::Admitted>(judged->verdict);
    folded = FoldAdmitted(view, library, index, *judged, admitted, writer);
  }
  if (!folded.ok()) return AtEntry(index, folded);
  for (const rules::Change& change : judged->changes()) writer.Put(change.key, change.value);
  if (index == 0) writer.Put(kVersionKey, EncodeNumber(FoldVersion(view)));
  writer.Put(kSizeKey, EncodeNumber(index + 1));
  return absl::OkStatus();
}

uint64_t FoldVersion(const View& view) {
  return uint64_t{view.index_version()} << 32 | rules::kStateVersion;
}

absl::StatusOr<bool> IsOfThisVersion(const View& view, const kv::Reader& store) {
  absl::StatusOr<std::optional<std::string>> size = store.Get(kSizeKey);
  if (!size.ok()) return size.status();
  if (!*size) return true;
  absl::StatusOr<std::optional<std::string>> version = store.Get(kVersionKey);
  if (!version.ok()) return version.status();
  return *version == EncodeNumber(FoldVersion(view));
}

absl::StatusOr<uint64_t> FoldedSize(const kv::Reader& store) {
  absl::StatusOr<std::optional<std::string>> bytes = store.Get(kSizeKey);
  if (!bytes.ok()) return bytes.status();
  return DecodeSize(*bytes);
}

}  // namespace cradle::runtime
