#include "services/ledger/state_rebuild.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "services/ledger/marks.h"
#include "services/ledger/store_layout.h"
#include "services/rules/state.h"
#include "services/rules/state_keys.h"
#include "services/runtime/judged_entry.h"
#include "services/runtime/view.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/tree.h"

namespace cradle::ledger {
namespace {

constexpr uint64_t kEntriesBetweenMessages = 100'000;

std::string InWords(const std::string& marks) {
  auto decoded = DecodeMarks(marks);
  if (!decoded.ok()) return "marks that do not parse";
  if (decoded->empty()) return "no marks";
  std::string words;
  for (const rules::Violation& mark : *decoded) {
    words += fmt::format("{}{} at {} ({})", words.empty() ? "the marks " : ", ", mark.rule,
                         mark.field, mark.message_en);
  }
  return words;
}

class Rebuild {
 public:
  Rebuild(const rules::RuleDataLibrary& library, const kv::Store& store, kv::Writer& writer,
          uint64_t size, const RebuildOptions& options)
      : library_(library),
        store_(store),
        writer_(writer),
        size_(size),
        options_(options),
        kept_(&store),
        state_(&kept_) {}

  absl::Status Run() {
    if (absl::Status status = DeleteOldState(); !status.ok()) return status;
    for (uint64_t index = 0; index < size_; ++index) {
      if (absl::Status status = Fold(index); !status.ok()) return status;
      if (state_.changed().size() >= options_.commit_keys_max) {
        if (absl::Status status = CommitSome(); !status.ok()) return status;
      }
      if ((index + 1) % kEntriesBetweenMessages == 0) {
        spdlog::info("ledger: {} of {} entries are folded", index + 1, size_);
      }
    }
    return CommitLast();
  }

 private:
  absl::Status DeleteOldState() {
    // Without these two the rest is no state to any build.
    kv::Batch batch;
    batch.Delete(kStateVersionKey);
    batch.Delete(rules::keys::Log());
    absl::Status status = writer_.Commit(batch, kv::Durability::kBuffered);
    return status.ok() ? DeleteAll(rules::keys::kStatePrefix) : status;
  }

  absl::Status DeleteAll(std::string_view prefix) {
    const kv::Range all = kv::Prefix(prefix);
    std::string begin = all.begin;
    while (true) {
      kv::Batch batch;
      std::optional<std::string> last;
      size_t found = 0;
      absl::Status status =
          store_.Scan({begin, all.end}, kv::Order::kAscending, [&](std::string_view key, auto) {
            batch.Delete(key);
            last = key;
            return ++found < options_.commit_keys_max;
          });
      if (status.ok()) status = writer_.Commit(batch, kv::Durability::kBuffered);
      if (!status.ok()) return status;
      if (!last || found < options_.commit_keys_max) return absl::OkStatus();
      begin = *last + '\0';
    }
  }

  absl::Status Fold(uint64_t index) {
    auto entry = ReadEntry(store_, index);
    if (!entry.ok()) return entry.status();
    if (absl::Status status = CheckLeaf(index, *entry); !status.ok()) return status;
    auto judged = runtime::JudgeAgain(state_, library_, index, *entry);
    if (!judged.ok()) return judged.status();
    if (absl::Status status = CheckMarks(index, judged->marks()); !status.ok()) return status;
    state_.Apply(judged->changes());
    return absl::OkStatus();
  }

  absl::Status CheckLeaf(uint64_t index, const std::string& entry) {
    const uint64_t place = index % evidence::kTileWidth;
    if (place == 0) {
      auto tile = StoreTiles(&store_).ReadTile({0, index / evidence::kTileWidth},
                                               std::min(evidence::kTileWidth, size_ - index));
      if (!tile.ok()) return tile.status();
      leaves_ = *std::move(tile);
    }
    const evidence::Hash leaf = evidence::LeafHash(entry);
    if (std::string_view(leaves_).substr(place * leaf.size(), leaf.size()) ==
        evidence::AsBytes(leaf)) {
      return absl::OkStatus();
    }
    return absl::DataLossError(
        fmt::format("entry {} of the ledger's store is not the leaf that the tree has", index));
  }

  absl::Status CheckMarks(uint64_t index, const std::vector<rules::Violation>& found) const {
    auto kept = store_.Get(MarksKey(index));
    if (!kept.ok()) return kept.status();
    const std::string marks = found.empty() ? "" : EncodeMarks(found);
    if (kept->value_or("") == marks) return absl::OkStatus();
    return absl::FailedPreconditionError(fmt::format(
        "entry {} was admitted with {}, and this program finds {}: an older verdict would change, "
        "so the state is not rebuilt. Put the backup from before the upgrade back under the "
        "program that wrote it, with its key and journal, and report this",
        index, InWords(kept->value_or("")), InWords(marks)));
  }

  // The state of the log is kept back: without it nobody takes the rest for a whole.
  absl::Status CommitSome() {
    const std::string log_key = rules::keys::Log();
    kv::Batch batch;
    rules::Changes log;
    for (const auto& [key, value] : state_.changed()) {
      if (key == log_key) {
        log.push_back({key, value});
      } else {
        batch.Put(key, value);
      }
    }
    absl::Status status = writer_.Commit(batch, kv::Durability::kBuffered);
    if (!status.ok()) return status;
    state_.Clear();
    state_.Apply(log);
    return absl::OkStatus();
  }

  // An older program, which needs its index of chains, may have the store back until here.
  absl::Status CommitLast() {
    if (absl::Status status = DeleteAll(kFormerChainPrefix); !status.ok()) return status;
    kv::Batch batch;
    for (const auto& [key, value] : state_.changed()) batch.Put(key, value);
    batch.Put(kStateVersionKey, BigEndian(rules::kStateVersion));
    return writer_.Commit(batch, kv::Durability::kSynced);
  }

  const rules::RuleDataLibrary& library_;
  const kv::Store& store_;
  kv::Writer& writer_;
  const uint64_t size_;
  const RebuildOptions& options_;
  const runtime::StoredState kept_;
  rules::StateOverlay state_;  // what is not committed yet, over what is
  std::string leaves_;         // of the tile that the entry being folded is in
};

}  // namespace

absl::Status RebuildOlderState(const rules::RuleDataLibrary& library, const kv::Store& store,
                               kv::Writer& writer, uint64_t size, const RebuildOptions& options) {
  auto version = ReadStateVersion(store);
  if (!version.ok()) return version.status();
  if (*version == rules::kStateVersion) return absl::OkStatus();
  if (*version > rules::kStateVersion) {
    return absl::FailedPreconditionError(fmt::format(
        "the admission state of the ledger's store is of version {}, and this program knows {} at "
        "most: a newer program has served this log. Serve it with that one",
        *version, rules::kStateVersion));
  }
  spdlog::info(
      "ledger: the admission state is of version {}, or its rebuilding was stopped: it is folded "
      "anew from {} entries, as version {}",
      *version, size, rules::kStateVersion);
  absl::Status status = Rebuild(library, store, writer, size, options).Run();
  if (status.ok()) spdlog::info("ledger: the admission state is rebuilt");
  return status;
}

}  // namespace cradle::ledger
