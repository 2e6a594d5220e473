#include "services/ledger/recovery.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <optional>
#include <string>
#include <utility>

#include "services/ledger/signer.h"
#include "services/ledger/state_rebuild.h"
#include "services/ledger/store_layout.h"
#include "services/rules/admission.h"
#include "services/runtime/view.h"
#include "storage/evidence/entry.h"
#include "storage/evidence/note.h"

namespace cradle::ledger {
namespace {

using evidence::Checkpoint;

template <typename... Args>
absl::Status RefuseToSign(fmt::format_string<Args...> format, Args&&... args) {
  return absl::FailedPreconditionError("the ledger refuses to sign: " +
                                       fmt::format(format, std::forward<Args>(args)...));
}

absl::StatusOr<std::optional<Checkpoint>> NewestInJournal(const LogIdentity& identity,
                                                          const SignerJournal& journal) {
  if (journal.newest().empty()) return std::nullopt;
  auto verifier = evidence::NoteVerifier::Create(identity.origin, identity.log_key.public_key());
  if (!verifier.ok()) return verifier.status();
  auto checkpoint = evidence::OpenCheckpoint(journal.newest(), *verifier);
  if (!checkpoint.ok()) {
    return RefuseToSign(
        "the newest checkpoint in the signer's journal is not one of log {} under its key ({}); "
        "configure the journal and the key of this log",
        identity.origin, std::string(checkpoint.status().message()));
  }
  return *checkpoint;
}

// What the journal says about the tree in the store.
absl::Status CheckAgainstJournal(const std::optional<Checkpoint>& signed_last, uint64_t size,
                                 const kv::Store& store) {
  auto stored = NewestCheckpoint(store);
  if (!stored.ok()) return stored.status();
  const uint64_t signed_size = signed_last ? signed_last->size : 0;
  if (*stored && (*stored)->size > signed_size) {
    return RefuseToSign(
        "the store has a checkpoint of {} entries, the signer's journal none above {}: this is not "
        "the store's journal, or an older copy of it. The journal never goes back with a backup; "
        "put the right one in place",
        (*stored)->size, signed_size);
  }
  if (!signed_last) return absl::OkStatus();
  if (size < signed_last->size) {
    return RefuseToSign(
        "a checkpoint of {} entries was signed, but the store holds {}: it is an older copy, or it "
        "lost its end. Put the newer store back; a log whose newer store is lost cannot go on "
        "under this key, because receipts exist for what it no longer has",
        signed_last->size, size);
  }
  auto root = evidence::RootFromTiles(signed_last->size, StoreTiles(&store));
  if (!root.ok()) return root.status();
  if (*root != signed_last->root) {
    return RefuseToSign(
        "the first {} entries of the store have root {}, but root {} was signed: the store was "
        "altered or is of another history. Put the right store back and verify it",
        signed_last->size, evidence::Hex(*root), evidence::Hex(signed_last->root));
  }
  return absl::OkStatus();
}

// The entries of the rightmost tile are the leaves that the tile says.
absl::Status CheckLastEntries(const kv::Store& store, uint64_t size) {
  const uint64_t first = (size - 1) / evidence::kTileWidth * evidence::kTileWidth;
  auto tile = StoreTiles(&store).ReadTile({0, first / evidence::kTileWidth}, size - first);
  if (!tile.ok()) return tile.status();
  for (uint64_t index = first; index < size; ++index) {
    auto entry = ReadEntry(store, index);
    if (!entry.ok()) return entry.status();
    const evidence::Hash leaf = evidence::LeafHash(*entry);
    if (std::string_view(*tile).substr((index - first) * leaf.size(), leaf.size()) !=
        evidence::AsBytes(leaf)) {
      return absl::DataLossError(
          fmt::format("entry {} of the ledger's store is not the leaf that the tree has", index));
    }
  }
  return absl::OkStatus();
}

// That tiles and entries agree, as far as the end of the log goes.
absl::Status CheckTree(const kv::Store& store, uint64_t size, const evidence::Hash& frontier_root) {
  auto root = evidence::RootFromTiles(size, StoreTiles(&store));
  if (!root.ok()) return root.status();
  auto kept = store.Get(kRootKey);
  if (!kept.ok()) return kept.status();
  if (!*kept || **kept != evidence::AsBytes(*root) || *root != frontier_root) {
    return absl::DataLossError(
        fmt::format("the tiles of {} entries have root {}, the store says {}", size,
                    evidence::Hex(*root), *kept ? evidence::Hex(**kept) : std::string("nothing")));
  }
  return CheckLastEntries(store, size);
}

absl::Status CheckLogState(const LogIdentity& identity, const kv::Store& store) {
  const runtime::StoredState state(&store);
  auto log = rules::ReadLog(state);
  if (!log.ok()) return log.status();
  if (!*log) return absl::DataLossError("the store has entries, but no state of the log");
  if ((*log)->origin() != identity.origin ||
      (*log)->log_key() != identity.log_key.public_key().spki_der()) {
    return absl::FailedPreconditionError(fmt::format(
        "the store holds the log {}, founded with key {}; this ledger is set up for {} "
        "with another name or key",
        (*log)->origin(), evidence::Hex(evidence::Sha256((*log)->log_key())), identity.origin));
  }
  return absl::OkStatus();
}

absl::Status StoreNotes(kv::Writer& writer, const SignedTree& tip,
                        const std::optional<Checkpoint>& signed_last, const std::string& note) {
  kv::Batch batch;
  if (signed_last) batch.Put(CheckpointKey(signed_last->size), note);
  batch.Put(CheckpointKey(tip.size), tip.note);
  return writer.Commit(batch, kv::Durability::kBuffered);
}

}  // namespace

absl::StatusOr<RecoveredLog> Recover(const LogIdentity& identity,
                                     const rules::RuleDataLibrary& library, const kv::Store& store,
                                     kv::Writer& writer, SignerJournal& journal) {
  auto size = ReadSize(store);
  if (!size.ok()) return size.status();
  auto signed_last = NewestInJournal(identity, journal);
  if (!signed_last.ok()) return signed_last.status();
  if (absl::Status status = CheckAgainstJournal(*signed_last, *size, store); !status.ok()) {
    return status;
  }
  RecoveredLog log;
  if (*size == 0) return log;

  auto frontier = evidence::Frontier::Load(*size, StoreTiles(&store));
  if (!frontier.ok()) return frontier.status();
  log.frontier = *std::move(frontier);
  const evidence::Hash root = log.frontier.Root();
  absl::Status status = CheckTree(store, *size, root);
  if (status.ok()) status = RebuildOlderState(library, store, writer, *size);
  if (status.ok()) status = CheckLogState(identity, store);
  if (!status.ok()) return status;
  auto last_bytes = ReadEntry(store, *size - 1);
  if (!last_bytes.ok()) return last_bytes.status();
  auto last = evidence::DecodeEntry(*last_bytes);
  if (!last.ok()) return last.status();
  log.last_recorded_time_ms = last->recorded_time_ms;

  const std::string journal_note = journal.newest();
  if (*signed_last && (*signed_last)->size == *size) {
    log.tip = {*size, root, journal_note};
  } else {
    spdlog::info("ledger: {} entries are stored, {} are under a signed checkpoint: signing", *size,
                 *signed_last ? (*signed_last)->size : 0);
    auto tip = Signer(&identity, &store, &journal).Sign(*size, root);
    if (!tip.ok()) return tip.status();
    log.tip = *std::move(tip);
  }
  status = StoreNotes(writer, log.tip, *signed_last, journal_note);
  if (!status.ok()) return status;
  return log;
}

}  // namespace cradle::ledger
