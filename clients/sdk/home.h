// The directory in which a device keeps its key and what it has signed.
//   identity.json  who it speaks for, which log it trusts
//   key.pem        its private key, mode 0600; never leaves this directory
//   seq            the last number it signed with
//   seen           the last checkpoint it verified, as signed
//   aliases.json   short names of ids
//   outbox/        <statement hash>.statement, until receipted
//   refused/       statements that the log refused and those that rest on them, each with why
//   statements/    what it signed or took in, which the next statements link to
//   heads/         where chains stand
//   receipts/      <statement hash>.tlog-proof
//   forks/         checkpoints that do not agree with `seen`: evidence, never removed
#ifndef CRADLE_CLIENTS_SDK_HOME_H_
#define CRADLE_CLIENTS_SDK_HOME_H_

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "clients/sdk/compose.h"
#include "clients/sdk/heads.h"
#include "clients/sdk/identity.h"
#include "storage/evidence/key.h"
#include "storage/evidence/note.h"
#include "storage/evidence/statement.h"

namespace cradle::sdk {

// Held while a home is changed: one process at a time. Released when destroyed.
class HomeLock {
 public:
  HomeLock(HomeLock&& other) noexcept;
  HomeLock(const HomeLock&) = delete;
  HomeLock& operator=(const HomeLock&) = delete;
  ~HomeLock();

 private:
  friend class Home;
  explicit HomeLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// A statement in the outbox, parsed.
struct Pending {
  evidence::ParsedStatement parsed;
  evidence::SignedStatement signed_statement;
  // Every party has attested: it can be submitted.
  bool complete() const;
};

// A statement that the log refused for good.
struct Refusal {
  evidence::ParsedStatement statement;
  std::string rule;          // the first that forbids it, else the status code
  std::string reasons_json;  // kept beside it
};

// A statement set aside because one that it links to, or one before that, was refused.
struct RestsOn {
  evidence::Hash statement_hash{};  // the one set aside
  evidence::Hash refused{};         // the one it rests on
  std::string rule;                 // as of the Refusal
};

// All errors of a home are local (files.h). Not thread-safe; processes exclude each other by Lock.
class Home {
 public:
  // $CRADLE_HOME, else ~/.cradle.
  static absl::StatusOr<std::filesystem::path> DefaultPath();
  // The directory as it is, which may hold nothing yet. PERMISSION_DENIED: others may read it.
  static absl::StatusOr<Home> Open(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }

  // Waits for another process at most so long. UNAVAILABLE: it still holds the home.
  absl::StatusOr<HomeLock> Lock(std::chrono::milliseconds wait = std::chrono::seconds(10)) const;

  absl::StatusOr<Identity> ReadIdentity() const;  // empty fields where nothing is known yet
  absl::Status WriteIdentity(const HomeLock& lock, const Identity& identity);

  // ALREADY_EXISTS: there is a key. `seq` is there before the key is.
  absl::Status CreateKey(const HomeLock& lock, const evidence::PrivateKey& key,
                         std::string_view person);
  // NOT_FOUND: none yet. PERMISSION_DENIED: others may read the file.
  absl::StatusOr<evidence::PrivateKey> ReadKey() const;

  // The next number to sign with, on disk before this returns, so that it is never given twice.
  // DATA_LOSS: the counter is missing or damaged though there is a key; starting over would repeat.
  absl::StatusOr<uint64_t> NextSeq(const HomeLock& lock);
  absl::StatusOr<uint64_t> LastSeq() const;
  // Never lowers it.
  absl::Status RaiseSeq(const HomeLock& lock, uint64_t at_least);

  // The signed note, or nullopt where none is held.
  absl::StatusOr<std::optional<std::string>> ReadSeen() const;
  absl::Status WriteSeen(const HomeLock& lock, std::string_view note);
  // Keeps a note that contradicts what is held, or is not proven to agree with it. Returns where.
  absl::StatusOr<std::filesystem::path> KeepFork(std::string_view note);

  // --- statements -------------------------------------------------------------------------------
  // Into statements/, with the attestations kept already of parties that are new to it.
  absl::Status KeepStatement(const HomeLock& lock, const evidence::SignedStatement& statement);
  absl::StatusOr<std::optional<Pending>> FindStatement(std::string_view statement_hash) const;
  // Into outbox/, synced.
  absl::Status Enqueue(const HomeLock& lock, const evidence::SignedStatement& statement);
  // In no order that says anything; statements that cannot be read are an error that names them.
  absl::StatusOr<std::vector<Pending>> ReadOutbox() const;
  // The receipt is on disk before the statement leaves the outbox. Not `admitted`: it is disputed,
  // and never the head of a chain for others.
  absl::Status Receipted(const HomeLock& lock, const evidence::ParsedStatement& statement,
                         std::string_view receipt, bool admitted = true);
  // Moves them from outbox/ to refused/ with the reasons beside them, and with them whatever in the
  // outbox rests on one of them, which is returned. Their chains go back to the last statement that
  // is admitted or may still be. One that is not in the outbox any more is passed over.
  absl::StatusOr<std::vector<RestsOn>> Refused(const HomeLock& lock,
                                               const std::vector<Refusal>& refusals);
  // Sets aside those of `statements` that rest on one refused before, and what rests on them: the
  // same as Refused. For what came into the outbox afterwards and the log misses a predecessor of.
  absl::StatusOr<std::vector<RestsOn>> SetAsideResting(
      const HomeLock& lock, const std::vector<evidence::ParsedStatement>& statements);
  absl::StatusOr<std::vector<Pending>> ReadRefused() const;
  // Puts a refused statement back into the outbox as it is. NOT_FOUND: none such.
  absl::Status Retry(const HomeLock& lock, std::string_view statement_hash);
  // The receipt of a statement, or nullopt.
  absl::StatusOr<std::optional<std::string>> FindReceipt(std::string_view statement_hash) const;
  std::filesystem::path ReceiptPath(std::string_view statement_hash) const;

  // Heads kept in this home; `this` must outlive it.
  Heads& heads() { return *heads_; }

  // --- short names ------------------------------------------------------------------------------
  absl::StatusOr<std::map<std::string, std::string>> ReadAliases() const;
  // INVALID_ARGUMENT: not a name ([a-z0-9_.-], letters of any script too) or not an id.
  absl::Status SetAlias(const HomeLock& lock, std::string_view name, std::string_view id);

 private:
  explicit Home(std::filesystem::path path);
  // refused.cc
  class Refusing;

  std::filesystem::path path_;
  std::unique_ptr<Heads> heads_;
};

// Spends the numbers of a home, each on disk before it is given; both must outlive it.
class HomeCounter : public SequenceCounter {
 public:
  HomeCounter(Home& home, const HomeLock& lock) : home_(home), lock_(lock) {}
  absl::StatusOr<uint64_t> Next() override { return home_.NextSeq(lock_); }

 private:
  Home& home_;
  const HomeLock& lock_;
};

// The parties whose attestation is still missing, by index. INVALID_ARGUMENT: an attestation that
// is not of this statement, or two of one party.
absl::StatusOr<std::vector<uint32_t>> MissingParties(
    const evidence::ParsedStatement& statement, const evidence::SignedStatement& signed_statement);
// The attestations of both, in the order of the parties; of one party the first wins.
absl::StatusOr<evidence::SignedStatement> Merge(const evidence::SignedStatement& one,
                                                const evidence::SignedStatement& other);

}  // namespace cradle::sdk

#endif  // CRADLE_CLIENTS_SDK_HOME_H_
