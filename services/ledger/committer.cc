#include "services/ledger/committer.h"

#include <utility>

#include "services/ledger/store_layout.h"

namespace cradle::ledger {
namespace {

using End = CommitResult::End;

bool LeavesStoreAsItWas(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsInvalidArgument(status);
}

}  // namespace

Committer::Committer(const Parts& parts, RecoveredLog log)
    : parts_(parts), frontier_(std::move(log.frontier)), signed_size_(log.tip.size) {
  parts_.tip->Publish(std::move(log.tip));
}

CommitResult Committer::Commit(const Group& group) {
  if (signed_size_ < frontier_.size()) {
    CommitResult earlier = SignTree();
    if (earlier.end == End::kNotSigned) earlier.end = End::kNotWritten;
    if (earlier.end != End::kSigned) return earlier;
  }
  if (group.empty()) return {};
  kv::Batch batch = note_;
  group.Write(frontier_, batch);
  const absl::Status status = parts_.writer->Commit(batch, kv::Durability::kSynced);
  if (!status.ok()) return RollBack(status);
  note_ = {};
  return SignTree();
}

CommitResult Committer::SignTree() {
  auto tip = parts_.signer->Sign(frontier_.size(), frontier_.Root());
  if (!tip.ok()) {
    const bool full = absl::IsResourceExhausted(tip.status());
    return {full ? End::kNotSigned : End::kBroken, tip.status()};
  }
  signed_size_ = tip->size;
  note_ = {};
  note_.Put(CheckpointKey(tip->size), tip->note);
  parts_.tip->Publish(*std::move(tip));
  return {};
}

CommitResult Committer::RollBack(const absl::Status& why) {
  if (!LeavesStoreAsItWas(why)) return {End::kBroken, why};
  auto size = ReadSize(*parts_.store);
  if (!size.ok()) return {End::kBroken, size.status()};
  auto frontier = evidence::Frontier::Load(*size, StoreTiles(parts_.store));
  if (!frontier.ok()) return {End::kBroken, frontier.status()};
  frontier_ = *std::move(frontier);
  return {End::kNotWritten, why};
}

CommitResult Committer::StoreNote() {
  if (note_.empty()) return {};
  const absl::Status status = parts_.writer->Commit(note_, kv::Durability::kBuffered);
  if (status.ok()) {
    note_ = {};
    return {};
  }
  return {LeavesStoreAsItWas(status) ? End::kNotWritten : End::kBroken, status};
}

}  // namespace cradle::ledger
