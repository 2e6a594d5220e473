// Reads the signed part of the log: entries, receipts, proofs, chains.
#ifndef CRADLE_SERVICES_LEDGER_LOG_READER_H_
#define CRADLE_SERVICES_LEDGER_LOG_READER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/ledger/tip.h"
#include "services/rules/admission.h"
#include "services/rules/violation.h"
#include "storage/evidence/hash.h"
#include "storage/kv/store.h"

namespace cradle::ledger {

struct ChainElement {
  uint64_t height = 0;
  uint64_t index = 0;
  std::string entry;
};

struct ChainPage {
  std::vector<ChainElement> elements;
  rules::Head head;
  uint64_t size = 0;  // of the log
};

// Safe to call from many threads. Shows no entry, receipt or proof that is not under a signed
// checkpoint. Heads and IndexOf tell what is written, which the next checkpoint signs: a statement
// that follows must link to it.
class LogReader {
 public:
  // Both must outlive the reader.
  LogReader(const kv::Store* store, const Tip* tip) : store_(store), tip_(tip) {}

  // NOT_FOUND: no such entry under a signed checkpoint. Against the smallest checkpoint above the
  // index, the same bytes for ever, or against the newest.
  absl::StatusOr<std::string> Receipt(uint64_t index, bool newest) const;
  // NOT_FOUND: no such statement.
  absl::StatusOr<uint64_t> IndexOf(std::string_view statement_hash) const;
  // OUT_OF_RANGE: beyond the log. INVALID_ARGUMENT: old size 0, or above the new one.
  absl::StatusOr<std::vector<evidence::Hash>> Inclusion(uint64_t index, uint64_t size) const;
  absl::StatusOr<std::vector<evidence::Hash>> Consistency(uint64_t old_size,
                                                          uint64_t new_size) const;
  // The checkpoint that was signed at this size, as a note, and its root; nullopt: none was.
  absl::StatusOr<std::optional<std::string>> SignedNote(uint64_t size) const;
  absl::StatusOr<std::optional<evidence::Hash>> SignedRoot(uint64_t size) const;

  // Entries from an index on, at most `entries_max` of them and, after the first, `bytes_max`.
  absl::StatusOr<std::vector<std::string>> Entries(uint64_t from_index, size_t entries_max,
                                                   size_t bytes_max) const;
  // NOT_FOUND: the chain has not begun. INVALID_ARGUMENT: not a chain's name.
  absl::StatusOr<ChainPage> Chain(std::string_view chain, uint64_t from_height, size_t elements_max,
                                  size_t bytes_max) const;
  struct HeadOfChain {
    rules::Head head;
    uint64_t index = 0;  // of the entry at the head
  };
  absl::StatusOr<HeadOfChain> Head(std::string_view chain) const;
  absl::StatusOr<std::vector<rules::Violation>> Marks(uint64_t index) const;

 private:
  struct NoteOf {
    uint64_t size = 0;
    std::string note;
  };
  absl::StatusOr<NoteOf> FirstAbove(uint64_t index) const;

  const kv::Store* store_;
  const Tip* tip_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_LOG_READER_H_
