#include "services/ledger/log_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cradle/state/v1/dispute_state.pb.h"
#include "cradle/state/v1/state.pb.h"
#include "services/ledger/marks.h"
#include "services/ledger/store_layout.h"
#include "services/rules/state_keys.h"
#include "storage/evidence/note.h"
#include "storage/evidence/receipt.h"
#include "storage/evidence/statement.h"
#include "storage/evidence/tree.h"

namespace cradle::ledger {
namespace {

absl::Status BeyondLog(std::string_view what, uint64_t number, uint64_t size) {
  return absl::OutOfRangeError(
      fmt::format("{} {} is beyond the log of {} entries", what, number, size));
}

// The checkpoint in a note of our own, whose signature was checked when it was made.
absl::StatusOr<evidence::Checkpoint> CheckpointOf(const std::string& note) {
  auto parsed = evidence::ParseNote(note);
  if (!parsed.ok()) return parsed.status();
  return evidence::ParseCheckpointText(parsed->text);
}

}  // namespace

absl::StatusOr<LogReader::NoteOf> LogReader::FirstAbove(uint64_t index) const {
  // The tip is taken before the store is read: only the newest checkpoint may be missing there, so
  // what the store lacks is the tip, and what it has below the tip is all there ever was.
  SignedTree tip = tip_->Get();
  if (index >= tip.size) {
    return absl::NotFoundError(
        fmt::format("no entry {} under a signed checkpoint; the log has {}", index, tip.size));
  }
  auto stored = FirstCheckpointFrom(*store_, index + 1);
  if (!stored.ok()) return stored.status();
  if (*stored && (*stored)->size <= tip.size) {
    return NoteOf{(*stored)->size, std::move((*stored)->note)};
  }
  return NoteOf{tip.size, std::move(tip.note)};
}

absl::StatusOr<std::string> LogReader::Receipt(uint64_t index, bool newest) const {
  auto checkpoint = FirstAbove(index);
  if (!checkpoint.ok()) return checkpoint.status();
  if (newest) {
    SignedTree tip = tip_->Get();
    *checkpoint = {tip.size, std::move(tip.note)};
  }
  auto entry = ReadEntry(*store_, index);
  if (!entry.ok()) return entry.status();
  auto path = evidence::InclusionPath(index, checkpoint->size, StoreTiles(store_));
  if (!path.ok()) return path.status();
  return evidence::EncodeReceipt(
      {*std::move(entry), index, *std::move(path), std::move(checkpoint->note)});
}

absl::StatusOr<uint64_t> LogReader::IndexOf(std::string_view statement_hash) const {
  auto value = store_->Get(rules::keys::Statement(statement_hash));
  if (!value.ok()) return value.status();
  const auto index = *value ? LastNumber(**value) : std::nullopt;
  if (!index) {
    return absl::NotFoundError(
        fmt::format("no statement with hash {} in the log", evidence::Hex(statement_hash)));
  }
  return *index;
}

absl::StatusOr<std::vector<evidence::Hash>> LogReader::Inclusion(uint64_t index,
                                                                 uint64_t size) const {
  const uint64_t log_size = tip_->size();
  if (size > log_size) return BeyondLog("size", size, log_size);
  if (index >= size) return BeyondLog("index", index, size);
  return evidence::InclusionPath(index, size, StoreTiles(store_));
}

absl::StatusOr<std::vector<evidence::Hash>> LogReader::Consistency(uint64_t old_size,
                                                                   uint64_t new_size) const {
  const uint64_t log_size = tip_->size();
  if (new_size > log_size) return BeyondLog("size", new_size, log_size);
  if (old_size == 0) {
    return absl::InvalidArgumentError("old_size: at least 1; every log continues the empty one");
  }
  if (old_size > new_size) {
    return absl::InvalidArgumentError(
        fmt::format("old_size: {} is above new_size {}", old_size, new_size));
  }
  return evidence::ConsistencyPath(old_size, new_size, StoreTiles(store_));
}

absl::StatusOr<std::optional<std::string>> LogReader::SignedNote(uint64_t size) const {
  const SignedTree tip = tip_->Get();
  if (size == 0 || size > tip.size) return std::nullopt;
  if (size == tip.size) return tip.note;
  return store_->Get(CheckpointKey(size));
}

absl::StatusOr<std::optional<evidence::Hash>> LogReader::SignedRoot(uint64_t size) const {
  auto note = SignedNote(size);
  if (!note.ok()) return note.status();
  if (!*note) return std::nullopt;
  auto checkpoint = CheckpointOf(**note);
  if (!checkpoint.ok()) return absl::DataLossError(std::string(checkpoint.status().message()));
  return checkpoint->root;
}

absl::StatusOr<std::vector<std::string>> LogReader::Entries(uint64_t from_index, size_t entries_max,
                                                            size_t bytes_max) const {
  const uint64_t size = tip_->size();
  std::vector<std::string> entries;
  if (from_index >= size) return entries;
  const uint64_t end = from_index + std::min<uint64_t>(entries_max, size - from_index);
  size_t bytes = 0;
  uint64_t next = from_index;
  absl::Status status = store_->Scan({EntryKey(from_index), EntryKey(end)}, kv::Order::kAscending,
                                     [&](std::string_view key, std::string_view value) {
                                       if (LastNumber(key) != next) return false;
                                       if (!entries.empty() && bytes + value.size() > bytes_max)
                                         return false;
                                       bytes += value.size();
                                       ++next;
                                       entries.emplace_back(value);
                                       return bytes < bytes_max;
                                     });
  if (!status.ok()) return status;
  if (entries.empty()) {
    return absl::DataLossError(
        fmt::format("entry {} is missing from the ledger's store", from_index));
  }
  return entries;
}

absl::StatusOr<LogReader::HeadOfChain> LogReader::Head(std::string_view chain) const {
  if (auto name = evidence::ParseChainName(chain); !name.ok()) return name.status();
  auto value = store_->Get(rules::keys::Chain(chain));
  if (!value.ok()) return value.status();
  if (!*value) {
    return absl::NotFoundError(fmt::format("chain {} has not begun", chain));
  }
  state::v1::ChainHead head;
  if (!head.ParseFromString(**value)) {
    return absl::DataLossError(fmt::format("the head of chain {} does not parse", chain));
  }
  return HeadOfChain{{std::string(chain), true, head.height(), head.statement_hash()},
                     head.index()};
}

absl::StatusOr<ChainPage> LogReader::Chain(std::string_view chain, uint64_t from_height,
                                           size_t elements_max, size_t bytes_max) const {
  const uint64_t size = tip_->size();
  auto head = Head(chain);
  if (!head.ok()) return head.status();
  ChainPage page;
  page.head = std::move(head->head);
  page.size = size;
  bool damaged = false;
  absl::Status status = store_->Scan(
      {rules::keys::Element(chain, from_height), rules::keys::Element(chain, UINT64_MAX)},
      kv::Order::kAscending, [&](std::string_view key, std::string_view value) {
        const auto height = LastNumber(key);
        state::v1::ChainElement element;
        damaged = !height || !element.ParseFromArray(value.data(), static_cast<int>(value.size()));
        if (damaged || element.index() >= size) return false;
        page.elements.push_back({*height, element.index(), ""});
        return page.elements.size() < elements_max;
      });
  if (!status.ok()) return status;
  if (damaged) {
    return absl::DataLossError(fmt::format("an element of chain {} does not parse", chain));
  }
  size_t bytes = 0;
  for (size_t i = 0; i < page.elements.size(); ++i) {
    auto entry = ReadEntry(*store_, page.elements[i].index);
    if (!entry.ok()) return entry.status();
    bytes += entry->size();
    if (i > 0 && bytes > bytes_max) {
      page.elements.resize(i);
      break;
    }
    page.elements[i].entry = *std::move(entry);
  }
  return page;
}

absl::StatusOr<std::vector<rules::Violation>> LogReader::Marks(uint64_t index) const {
  auto value = store_->Get(MarksKey(index));
  if (!value.ok()) return value.status();
  if (!*value) return std::vector<rules::Violation>();
  return DecodeMarks(**value);
}

}  // namespace cradle::ledger
