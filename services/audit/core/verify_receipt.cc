#include "services/audit/core/verify_receipt.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "services/audit/core/attesters.h"
#include "storage/evidence/hash.h"
#include "storage/evidence/receipt.h"

namespace cradle::audit {
namespace {

using evidence::AsBytes;
using evidence::Hex;

absl::Status Tampered(const std::string& name, std::string_view reason) {
  return absl::DataLossError(fmt::format("tampered: {}: {}", name, reason));
}

absl::Status Unverifiable(const std::string& name, std::string_view reason) {
  return absl::UnimplementedError(fmt::format("unverifiable: {}: {}", name, reason));
}

std::string Message(const absl::Status& status) { return std::string(status.message()); }

// An entry of which a receipt shows that it is in the log.
struct Opened {
  std::string name;
  uint64_t index = 0;
  evidence::Checkpoint checkpoint;
  CheckedEntry entry;
  std::vector<absl::Status> attestations;
};

// Of the entry by itself, signatures aside.
absl::Status CheckEntry(const Opened& opened, const evidence::NoteVerifier& log_key) {
  const CheckedEntry& entry = opened.entry;
  if (absl::IsUnimplemented(entry.form)) return Unverifiable(opened.name, Message(entry.form));
  if (!entry.form.ok()) return Tampered(opened.name, Message(entry.form));
  const statement::v1::Statement& statement = entry.statement.message;
  if (statement.log_origin() != log_key.name()) {
    return Tampered(opened.name,
                    fmt::format("its statement was made for the log '{}', not for '{}'",
                                statement.log_origin(), log_key.name()));
  }
  if (opened.index == 0 && !statement.has_founded()) {
    return Tampered(opened.name, "entry 0 does not found the log");
  }
  if (opened.index != 0 && statement.has_founded()) {
    return Tampered(opened.name,
                    fmt::format("entry {} founds the log, which entry 0 alone may", opened.index));
  }
  if (statement.has_founded() && statement.founded().log_key() != log_key.key().spki_der()) {
    return Tampered(opened.name, "it founds a log with another key than the one that signed it");
  }
  return absl::OkStatus();
}

absl::StatusOr<Opened> Open(const Kept& kept, const evidence::NoteVerifier& log_key) {
  absl::StatusOr<evidence::Receipt> receipt = evidence::ParseReceipt(kept.bytes);
  if (!receipt.ok()) {
    return absl::DataLossError(fmt::format("{}: {}", kept.name, Message(receipt.status())));
  }
  absl::StatusOr<evidence::Checkpoint> checkpoint = evidence::VerifyReceipt(*receipt, log_key);
  if (absl::IsNotFound(checkpoint.status())) {
    return Unverifiable(kept.name, fmt::format("it is not signed by the key {}; with its own key "
                                               "it may hold",
                                               log_key.name()));
  }
  if (!checkpoint.ok()) return Tampered(kept.name, Message(checkpoint.status()));
  Opened opened{kept.name, receipt->index, *checkpoint, ParseEntry(receipt->entry), {}};
  if (absl::Status status = CheckEntry(opened, log_key); !status.ok()) return status;
  return opened;
}

class ReceiptVerification {
 public:
  explicit ReceiptVerification(const evidence::NoteVerifier& log_key)
      : log_key_(log_key), attesters_(log_key) {}

  absl::Status Add(const Kept& kept) {
    absl::StatusOr<Opened> opened = Open(kept, log_key_);
    if (!opened.ok()) return opened.status();
    const auto [root, first_of_size] = roots_.try_emplace(
        opened->checkpoint.size, std::pair(opened->name, opened->checkpoint.root));
    if (!first_of_size && root->second.second != opened->checkpoint.root) {
      return Forked(root->second.first, opened->name,
                    fmt::format("for a log of {} entries", opened->checkpoint.size));
    }
    const auto [place, first_of_index] = entries_.try_emplace(opened->index);
    if (first_of_index) {
      place->second = *std::move(opened);
    } else if (place->second.entry.leaf != opened->entry.leaf) {
      return Forked(place->second.name, opened->name, fmt::format("as entry {}", opened->index));
    }
    return absl::OkStatus();
  }

  // After all were added. The proof of the receipt of `index`.
  absl::StatusOr<ReceiptProof> Prove(uint64_t index) {
    for (auto& [i, opened] : entries_) {
      if (absl::Status status = CheckInOrder(opened); !status.ok()) return status;
    }
    ReceiptProof proof;
    for (auto& [i, opened] : entries_) {
      if (absl::Status status = CheckAttestations(opened); !status.ok()) return status;
      if (i == index) continue;
      proof.enrolments_unproven += static_cast<uint64_t>(
          std::count_if(opened.attestations.begin(), opened.attestations.end(),
                        [](const absl::Status& status) { return !status.ok(); }));
    }
    Opened& opened = entries_.at(index);
    proof.index = index;
    proof.checkpoint = opened.checkpoint;
    proof.entry = std::move(opened.entry);
    proof.attestations = std::move(opened.attestations);
    return proof;
  }

 private:
  static absl::Status Forked(const std::string& one, const std::string& other,
                             const std::string& what) {
    return absl::DataLossError(
        fmt::format("forked: {} and {} contradict each other: the log signed two different things "
                    "{}. Show both to the regulator",
                    one, other, what));
  }

  absl::Status CheckInOrder(Opened& opened) {
    if (opened.entry.entry.recorded_time_ms < last_recorded_time_ms_) {
      return Tampered(opened.name, fmt::format("entry {} was recorded before an entry ahead of it "
                                               "in the log",
                                               opened.index));
    }
    last_recorded_time_ms_ = opened.entry.entry.recorded_time_ms;
    opened.attestations = attesters_.Take(opened.index, /*in_log=*/true, opened.entry);
    for (const Enrolment& enrolment : EnrolmentsIn(opened.entry.statement.message)) {
      if (opened.entry.entry.kind != evidence::EntryKind::kAdmitted) continue;
      enrolled_.insert(std::string(AsBytes(evidence::Sha256(enrolment.spki_der))));
    }
    return absl::OkStatus();
  }

  // Leaves those that are merely not proven.
  absl::Status CheckAttestations(const Opened& opened) const {
    for (size_t i = 0; i < opened.attestations.size(); ++i) {
      const absl::Status& proven = opened.attestations[i];
      const std::string& key_id = opened.entry.attestations[i].message.key_id();
      const std::string which =
          fmt::format("the attestation of party {} by key {}", i, Hex(key_id));
      // A key is enrolled once: not known there and enrolled by an entry given is enrolled too
      // late.
      if (absl::IsNotFound(proven) && enrolled_.count(key_id) != 0) {
        return Tampered(opened.name, fmt::format("{}: the key was enrolled by no entry before "
                                                 "entry {}, but in it or after it",
                                                 which, opened.index));
      }
      if (!proven.ok() && !absl::IsNotFound(proven) && !absl::IsUnimplemented(proven)) {
        return Tampered(opened.name, fmt::format("{}: {}", which, Message(proven)));
      }
    }
    return absl::OkStatus();
  }

  const evidence::NoteVerifier& log_key_;
  Attesters attesters_;
  std::map<uint64_t, Opened> entries_;
  std::map<uint64_t, std::pair<std::string, evidence::Hash>> roots_;  // by size, with who says so
  std::set<std::string> enrolled_;                                    // key ids
  int64_t last_recorded_time_ms_ = INT64_MIN;
};

}  // namespace

bool ReceiptProof::AllProven() const {
  return !attestations.empty() &&
         std::all_of(attestations.begin(), attestations.end(),
                     [](const absl::Status& status) { return status.ok(); });
}

absl::StatusOr<ReceiptProof> VerifyReceipt(const Kept& receipt, const std::vector<Kept>& enrolments,
                                           const evidence::NoteVerifier& log_key) {
  ReceiptVerification verification(log_key);
  if (absl::Status status = verification.Add(receipt); !status.ok()) return status;
  for (const Kept& enrolment : enrolments) {
    if (absl::Status status = verification.Add(enrolment); !status.ok()) return status;
  }
  return verification.Prove(evidence::ParseReceipt(receipt.bytes)->index);
}

}  // namespace cradle::audit
