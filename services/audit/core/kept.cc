#include "services/audit/core/kept.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <thread>

#include "storage/evidence/hash.h"
#include "storage/evidence/receipt.h"

namespace cradle::audit {

void KeptComparison::AddNotProven(std::string_view kind, const std::string& subject,
                                  const absl::Status& status) {
  // Bytes that do not hold are tampered with; what is signed by another key, or is no such file at
  // all, says nothing of this log.
  const Verdict verdict = absl::IsDataLoss(status) ? Verdict::kTampered : Verdict::kUnverifiable;
  findings_.Add(std::string(kind) + " itself",
                {verdict, std::nullopt, subject, std::string(status.message())});
}

bool KeptComparison::CompareRoot(std::string_view kind, const std::string& subject,
                                 const evidence::Checkpoint& checkpoint) {
  if (checkpoint.size > tree_.size()) {
    findings_.Add(std::string(kind) + " ahead",
                  {Verdict::kUnavailable, std::nullopt, subject,
                   fmt::format("it was signed for {} entries, of which only {} are here",
                               checkpoint.size, tree_.size())});
    return false;
  }
  const evidence::Hash root = tree_.RootAt(checkpoint.size);
  if (root == checkpoint.root) return true;
  findings_.Add(
      kind, {Disagreement(), std::nullopt, subject,
             fmt::format("it was signed for the first {} entries with root {}, here they "
                         "have root {}",
                         checkpoint.size, evidence::Hex(checkpoint.root), evidence::Hex(root))});
  return false;
}

void KeptComparison::CompareReceipt(const Kept& kept) {
  absl::StatusOr<evidence::Receipt> receipt = evidence::ParseReceipt(kept.bytes);
  if (!receipt.ok()) return AddNotProven("receipt", kept.name, receipt.status());
  absl::StatusOr<evidence::Checkpoint> checkpoint = evidence::VerifyReceipt(*receipt, log_key_);
  if (!checkpoint.ok()) return AddNotProven("receipt", kept.name, checkpoint.status());
  if (receipt->index < tree_.size() &&
      tree_.Leaf(receipt->index) != evidence::LeafHash(receipt->entry)) {
    findings_.Add("receipt", {Disagreement(), receipt->index, kept.name,
                              fmt::format("it proves another entry {} than the one here, signed "
                                          "in the tree of {} entries",
                                          receipt->index, checkpoint->size)});
    return;
  }
  if (CompareRoot("receipt", kept.name, *checkpoint)) ++agreeing_;
}

void KeptComparison::CompareCheckpoint(const Kept& kept) {
  absl::StatusOr<evidence::Checkpoint> checkpoint = evidence::OpenCheckpoint(kept.bytes, log_key_);
  if (!checkpoint.ok()) return AddNotProven("checkpoint", kept.name, checkpoint.status());
  if (CompareRoot("checkpoint", kept.name, *checkpoint)) ++agreeing_;
}

void KeptComparison::CompareJournal(std::span<const std::string> notes, int threads) {
  std::vector<std::optional<absl::StatusOr<evidence::Checkpoint>>> opened(notes.size());
  const size_t workers = std::clamp<size_t>(notes.size() / 64, 1, static_cast<size_t>(threads));
  const auto open_every = [&](size_t first) {
    for (size_t i = first; i < notes.size(); i += workers) {
      opened[i] = evidence::OpenCheckpoint(notes[i], log_key_);
    }
  };
  std::vector<std::thread> others;
  for (size_t i = 1; i < workers; ++i) others.emplace_back(open_every, i);
  open_every(0);
  for (std::thread& other : others) other.join();

  for (size_t i = 0; i < notes.size(); ++i) {
    const std::string subject = fmt::format("journal, checkpoint {}", i);
    if (!opened[i]->ok()) {
      AddNotProven("journal", subject, opened[i]->status());
    } else if (CompareRoot("journal", subject, **opened[i])) {
      ++agreeing_;
    }
  }
}

}  // namespace cradle::audit
