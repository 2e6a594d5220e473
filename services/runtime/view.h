// A view: a pure fold of the log, kept in an ordered store. The same log gives the same keys and
// values on any machine; delete it and it comes back by replay. No gRPC in here: the audit folds
// with the same code to see whether a view has diverged.
#ifndef CRADLE_SERVICES_RUNTIME_VIEW_H_
#define CRADLE_SERVICES_RUNTIME_VIEW_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/rules/admission.h"
#include "services/rules/rule_data.h"
#include "services/rules/state.h"
#include "services/runtime/judged_entry.h"
#include "storage/evidence/entry.h"
#include "storage/kv/store.h"

namespace cradle::runtime {

// Keys of every view's store: "s/…" admission state (services/rules/state_keys.h), "v/…" the view's
// own indexes, "m/size" how many entries are folded, "m/state" by which version (both 8 bytes,
// big-endian).
inline constexpr std::string_view kIndexPrefix = "v/";
inline constexpr std::string_view kSizeKey = "m/size";
inline constexpr std::string_view kVersionKey = "m/state";

// What a fold reads and writes: the store with the changes not yet committed over it.
// Not thread-safe.
class ViewWriter : public rules::StateReader {
 public:
  explicit ViewWriter(const kv::Reader* base) : base_(base) {}

  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override;
  void Put(std::string_view key, std::string_view value);
  void Delete(std::string_view key);

  size_t size() const { return pending_.size(); }
  kv::Batch ToBatch() const;
  void Clear() { pending_.clear(); }

 private:
  const kv::Reader* base_;
  std::map<std::string, std::optional<std::string>, std::less<>> pending_;
};

// An admitted entry as a view is told of it.
struct FoldedEntry {
  uint64_t index = 0;
  const evidence::Entry& entry;
  const evidence::ParsedStatement& statement;
  const rules::Admitted& admitted;   // marks, time of act, changes
  const rules::RuleData& rule_data;  // the bundle it was judged with
  const rules::StateReader& before;  // admission state before the entry
  const rules::StateReader& after;   // and after it
};

// An entry kept as disputed. It changes no custody: the admission state has the record of the
// dispute, and no view takes what the statement says for what happened.
struct FoldedDispute {
  uint64_t index = 0;
  const evidence::Entry& entry;
  const evidence::ParsedStatement& statement;
  const rules::Disputed& disputed;  // marks, contested places, changes
};

// What one service folds the log to.
class View {
 public:
  virtual ~View() = default;
  virtual std::string_view name() const = 0;
  // Raise it by one when Fold leaves other keys or bytes than before: a store folded by another
  // version is folded anew.
  virtual uint32_t index_version() const { return 0; }
  // Adds the entry to the view's own indexes ("v/…" keys) in `writer`; the admission state is kept
  // by the caller. Deterministic: no clock, no randomness, no other input.
  virtual absl::Status Fold(const FoldedEntry& folded, ViewWriter& writer) const = 0;
  // The same for a disputed entry; most views keep nothing of it.
  virtual absl::Status FoldDisputed(const FoldedDispute&, ViewWriter&) const {
    return absl::OkStatus();
  }
  // Hashes of the data bundles, beside the one in force, that answers from this store rest on.
  virtual absl::StatusOr<std::vector<std::string>> BundlesRead(const kv::Reader&) const {
    return std::vector<std::string>();
  }
};

// Judges one entry again over the state in `writer`, folds it and applies the state's changes.
// Signatures are not verified here: the audit does that.
// DATA_LOSS: the entry is not one the rules admit, or keep as disputed, as its kind says.
// UNIMPLEMENTED: its rule set, data bundle or format is not known here.
absl::Status FoldEntry(const View& view, const rules::RuleDataLibrary& library, uint64_t index,
                       std::string_view entry_bytes, ViewWriter& writer);

// What "m/state" holds: the view's index_version() in the upper four bytes, rules::kStateVersion in
// the lower.
uint64_t FoldVersion(const View& view);
// Whether the store was folded by FoldVersion(view); an empty one is.
absl::StatusOr<bool> IsOfThisVersion(const View& view, const kv::Reader& store);

// How many entries a view's store has folded.
absl::StatusOr<uint64_t> FoldedSize(const kv::Reader& store);

// Reads the admission state kept in a view's store.
class StoredState : public rules::StateReader {
 public:
  explicit StoredState(const kv::Reader* reader) : reader_(reader) {}
  absl::StatusOr<std::optional<std::string>> Get(std::string_view key) const override {
    return reader_->Get(key);
  }

 private:
  const kv::Reader* reader_;
};

}  // namespace cradle::runtime

#endif  // CRADLE_SERVICES_RUNTIME_VIEW_H_
