// The stream behind LedgerService.ReadEntries.
#ifndef CRADLE_SERVICES_LEDGER_READ_ENTRIES_H_
#define CRADLE_SERVICES_LEDGER_READ_ENTRIES_H_

#include <grpcpp/grpcpp.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

#include "cradle/v1/ledger.pb.h"
#include "services/ledger/ledger.h"

namespace cradle::ledger {

// Deletes itself when the call is over. Sends a chunk, and the next when that has left; caught up,
// it sleeps until the log grows. Ends at once on cancel and when the ledger stops.
class ReadEntriesReactor : public grpc::ServerWriteReactor<v1::ReadEntriesResponse> {
 public:
  // `ledger` must outlive the call.
  ReadEntriesReactor(Ledger* ledger, const v1::ReadEntriesRequest& request);

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override { delete this; }

 private:
  // One wait for growth. Growth and cancellation race for it; who takes it goes on.
  struct Wait {
    std::atomic<ReadEntriesReactor*> reactor;
    std::atomic<WaitId> id = 0;
  };

  void Next();
  void WaitForGrowth();
  bool cancelled();

  Ledger* const ledger_;
  const bool follow_;
  uint64_t next_index_;
  uint64_t end_index_;
  v1::ReadEntriesResponse response_;

  std::mutex mutex_;
  bool cancelled_ = false;
  std::shared_ptr<Wait> wait_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_READ_ENTRIES_H_
