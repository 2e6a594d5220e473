#include "clients/sdk/observe.h"

#include <fmt/format.h>

#include <utility>

#include "clients/sdk/files.h"
#include "storage/evidence/proof.h"

namespace cradle::sdk {
namespace {

absl::StatusOr<evidence::Checkpoint> OpenHeld(const Home& home, const evidence::NoteVerifier& log,
                                              const std::string& note) {
  absl::StatusOr<evidence::Checkpoint> checkpoint = evidence::OpenCheckpoint(note, log);
  if (checkpoint.ok()) return checkpoint;
  return absl::DataLossError(fmt::format(
      "{} is not a checkpoint that {} signed ({}): this home was made for another log, or the file "
      "was changed",
      (home.path() / "seen").string(), log.name(), std::string(checkpoint.status().message())));
}

// Keeps the checkpoint shown beside the one held: both are signed, and what they say of each other
// is `verdict`, for the reason `why`.
absl::Status NotOneLog(Home& home, const std::string& note, const evidence::Checkpoint& held,
                       const evidence::Checkpoint& shown, std::string_view verdict,
                       std::string_view why) {
  absl::StatusOr<std::filesystem::path> kept = home.KeepFork(note);
  if (!kept.ok()) return kept.status();
  return absl::DataLossError(
      fmt::format("{}: the log shows size {} root {}, this device holds size {} root {}: {}. Both "
                  "are signed by "
                  "the log: {} and {}",
                  verdict, shown.size, evidence::Hex(shown.root).substr(0, 16), held.size,
                  evidence::Hex(held.root).substr(0, 16), why, (home.path() / "seen").string(),
                  kept->string()));
}

// Two signatures contradict each other, whatever anybody proves.
absl::Status Forked(Home& home, const std::string& note, const evidence::Checkpoint& held,
                    const evidence::Checkpoint& shown) {
  return NotOneLog(home, note, held, shown, "forked",
                   "one size, two roots. Show both checkpoints to the regulator");
}

// The server does not prove that one continues the other. That may be a fault of the server's as
// well as a second history: it accuses nobody.
absl::Status Unproven(Home& home, const std::string& note, const evidence::Checkpoint& held,
                      const evidence::Checkpoint& shown, std::string_view why) {
  return NotOneLog(home, note, held, shown, "unproven",
                   fmt::format("{}. What this device holds stays; try again, and if that does "
                               "not help, `cradle audit mirror` and `cradle audit verify --mine` "
                               "tell whether the log has two histories",
                               why));
}

// The proof between two sizes, oldest first.
absl::StatusOr<std::vector<evidence::Hash>> FetchConsistency(const Connection& connection,
                                                             uint64_t old_size, uint64_t new_size) {
  v1::GetProofRequest request;
  request.mutable_consistency()->set_old_size(old_size);
  request.mutable_consistency()->set_new_size(new_size);
  auto response = connection.Call(connection.ledger(), &v1::LedgerService::Stub::GetProof, request);
  if (!response.ok()) return response.status();
  std::vector<evidence::Hash> path;
  for (const std::string& bytes : response->path()) {
    absl::StatusOr<evidence::Hash> hash = evidence::HashFromBytes(bytes);
    if (!hash.ok()) return hash.status();
    path.push_back(*hash);
  }
  return path;
}

// OK: `shown` and `held` are two states of one log.
absl::Status Compare(Home& home, const Connection& connection, const std::string& note,
                     const evidence::Checkpoint& held, const evidence::Checkpoint& shown) {
  if (shown.size == held.size) {
    if (shown.root == held.root) return absl::OkStatus();
    return Forked(home, note, held, shown);
  }
  const bool newer = shown.size > held.size;
  const evidence::Checkpoint& older = newer ? held : shown;
  const evidence::Checkpoint& later = newer ? shown : held;
  if (older.size == 0) return absl::OkStatus();  // every tree continues the empty one
  absl::StatusOr<std::vector<evidence::Hash>> path =
      FetchConsistency(connection, older.size, later.size);
  if (absl::IsOutOfRange(path.status())) {
    return Unproven(home, note, held, shown,
                    fmt::format("the server does not have {} entries to prove it with: put back "
                                "from an older copy?",
                                later.size));
  }
  if (absl::IsInvalidArgument(path.status())) {
    return Unproven(home, note, held, shown,
                    fmt::format("the server gives no proof that one continues the other ({})",
                                std::string(path.status().message())));
  }
  if (!path.ok()) return path.status();
  const absl::Status agree =
      evidence::VerifyConsistency(older.size, later.size, older.root, later.root, *path);
  if (agree.ok()) return agree;
  return Unproven(home, note, held, shown,
                  fmt::format("the server's proof that one continues the other does not hold ({})",
                              std::string(agree.message())));
}

}  // namespace

absl::StatusOr<std::optional<evidence::Checkpoint>> HeldCheckpoint(
    const Home& home, const evidence::NoteVerifier& log) {
  absl::StatusOr<std::optional<std::string>> note = home.ReadSeen();
  if (!note.ok()) return note.status();
  if (!note->has_value()) return std::nullopt;
  absl::StatusOr<evidence::Checkpoint> checkpoint = OpenHeld(home, log, **note);
  if (!checkpoint.ok()) return checkpoint.status();
  return *std::move(checkpoint);
}

absl::Status Observe(Home& home, const Connection& connection, const evidence::NoteVerifier& log,
                     const std::string& note) {
  absl::StatusOr<evidence::Checkpoint> shown = evidence::OpenCheckpoint(note, log);
  if (!shown.ok()) {
    return absl::DataLossError(fmt::format("a checkpoint of the server's is not signed by {}: {}",
                                           log.name(), std::string(shown.status().message())));
  }
  // The proof is fetched without the lock; if another process held something newer meanwhile, it is
  // compared again with that.
  while (true) {
    absl::StatusOr<std::optional<std::string>> before = home.ReadSeen();
    if (!before.ok()) return before.status();
    if (before->has_value()) {
      if (**before == note) return absl::OkStatus();
      absl::StatusOr<evidence::Checkpoint> held = OpenHeld(home, log, **before);
      if (!held.ok()) return held.status();
      if (absl::Status status = Compare(home, connection, note, *held, *shown); !status.ok()) {
        return status;
      }
      if (shown->size <= held->size) return absl::OkStatus();
    }
    absl::StatusOr<HomeLock> lock = home.Lock();
    if (!lock.ok()) return lock.status();
    absl::StatusOr<std::optional<std::string>> now = home.ReadSeen();
    if (!now.ok()) return now.status();
    if (*now == *before) return home.WriteSeen(*lock, note);
  }
}

}  // namespace cradle::sdk
