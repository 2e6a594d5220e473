#include "services/ledger/read_entries.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>

#include "services/runtime/status.h"

namespace cradle::ledger {
namespace {

constexpr size_t kChunkEntriesMax = 256;
constexpr size_t kChunkBytesMax = 1 << 20;

grpc::Status Cancelled() { return {grpc::StatusCode::CANCELLED, "cancelled"}; }

}  // namespace

ReadEntriesReactor::ReadEntriesReactor(Ledger* ledger, const v1::ReadEntriesRequest& request)
    : ledger_(ledger),
      follow_(request.follow()),
      next_index_(request.from_index()),
      end_index_(request.until_size() == 0 ? UINT64_MAX : request.until_size()) {
  const uint64_t size = ledger->size();
  if (next_index_ > size) {
    Finish({grpc::StatusCode::OUT_OF_RANGE,
            fmt::format("from_index: {} is beyond the log of {} entries", next_index_, size)});
    return;
  }
  if (!follow_) end_index_ = std::min(end_index_, size);
  Next();
}

void ReadEntriesReactor::Next() {
  if (cancelled()) return Finish(Cancelled());
  auto reader = ledger_->reader();
  if (!reader.ok()) return Finish(runtime::ToGrpc(reader.status()));
  if (next_index_ >= end_index_) return Finish(grpc::Status::OK);
  const uint64_t size = ledger_->size();
  if (next_index_ >= size) return WaitForGrowth();

  const size_t wanted = std::min<uint64_t>(kChunkEntriesMax, end_index_ - next_index_);
  auto entries = (*reader)->Entries(next_index_, wanted, kChunkBytesMax);
  if (!entries.ok()) return Finish(runtime::ToGrpc(entries.status()));
  response_.Clear();
  response_.set_first_index(next_index_);
  response_.set_size(size);
  next_index_ += entries->size();
  for (std::string& entry : *entries) response_.add_entries(std::move(entry));
  StartWrite(&response_);
}

void ReadEntriesReactor::WaitForGrowth() {
  auto wait = std::make_shared<Wait>();
  wait->reactor = this;
  {
    std::lock_guard lock(mutex_);
    wait_ = wait;
  }
  if (cancelled()) {
    if (wait->reactor.exchange(nullptr) != nullptr) Finish(Cancelled());
    return;
  }
  // Once registered, the call may be over at any moment: `this` is not touched any more.
  Ledger* const ledger = ledger_;
  wait->id = ledger->WhenBeyond(next_index_, [wait] {
    if (ReadEntriesReactor* reactor = wait->reactor.exchange(nullptr)) reactor->Next();
  });
  if (wait->reactor == nullptr) ledger->CancelWait(wait->id);
}

void ReadEntriesReactor::OnWriteDone(bool ok) {
  if (!ok) return Finish(Cancelled());
  Next();
}

void ReadEntriesReactor::OnCancel() {
  std::shared_ptr<Wait> wait;
  {
    std::lock_guard lock(mutex_);
    cancelled_ = true;
    wait = wait_;
  }
  if (wait == nullptr || wait->reactor.exchange(nullptr) == nullptr) return;
  ledger_->CancelWait(wait->id);
  Finish(Cancelled());
}

bool ReadEntriesReactor::cancelled() {
  std::lock_guard lock(mutex_);
  return cancelled_;
}

}  // namespace cradle::ledger
