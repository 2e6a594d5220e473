// The signer's journal: every checkpoint the log key ever signed, in a directory of its own that
// never goes back with a restored backup. It is what keeps an older copy of the store from signing
// another history.
//
// Files `checkpoints-<number>.journal` (20 digits) in order, each of records
//   note <length in decimal> <first 8 hex digits of the note's SHA-256> LF, the note, LF
// and in the last, while it is open, then zeros: room written ahead, so that to sync a record need
// not sync the size of its file too. A record is on the disk before its checkpoint is shown to
// anyone. Only the last record of the last file may be unfinished: nobody has seen that one.
#ifndef CRADLE_SERVICES_LEDGER_JOURNAL_H_
#define CRADLE_SERVICES_LEDGER_JOURNAL_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace cradle::ledger {

struct JournalOptions {
  uint64_t file_bytes_max = 1 << 20;  // then the next file begins; opening reads one or two files
};

// One thread at a time.
class SignerJournal {
 public:
  // Opens or creates the journal, takes its lock and cuts an unfinished last record off.
  // FAILED_PRECONDITION: another process has it open. PERMISSION_DENIED: not readable or writable.
  // DATA_LOSS: a record that is not the last does not hold; names file and offset.
  static absl::StatusOr<std::unique_ptr<SignerJournal>> Open(const std::string& directory,
                                                             const JournalOptions& options = {});
  ~SignerJournal();
  SignerJournal(const SignerJournal&) = delete;
  SignerJournal& operator=(const SignerJournal&) = delete;

  // The newest note; empty: none was ever signed.
  const std::string& newest() const { return newest_; }

  // OK: on the disk. RESOURCE_EXHAUSTED: the disk is full, nothing was kept, try again later.
  // UNKNOWN: it cannot be said whether it was kept; open the journal anew.
  absl::Status Append(std::string_view note);

 private:
  SignerJournal(std::string directory, const JournalOptions& options)
      : directory_(std::move(directory)), options_(options) {}
  absl::Status BeginFile(uint64_t number);

  const std::string directory_;
  const JournalOptions options_;
  int lock_ = -1;
  int file_ = -1;
  uint64_t number_ = 0;      // of the file
  uint64_t file_bytes_ = 0;  // up to the end of the last whole record
  uint64_t room_end_ = 0;    // zeros are written up to there
  std::string newest_;
};

// All notes, oldest first, for whoever checks the log. An unfinished last record is left out.
// NOT_FOUND: no journal there. DATA_LOSS as for Open.
absl::StatusOr<std::vector<std::string>> ReadJournal(const std::string& directory);

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_JOURNAL_H_
