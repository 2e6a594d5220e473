// The newest signed checkpoint, and who waits for the next.
#ifndef CRADLE_SERVICES_LEDGER_TIP_H_
#define CRADLE_SERVICES_LEDGER_TIP_H_

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>

#include "storage/evidence/hash.h"

namespace cradle::ledger {

struct SignedTree {
  uint64_t size = 0;
  evidence::Hash root{};
  std::string note;  // empty: nothing was signed yet
};

using WaitId = uint64_t;

// Safe to call from many threads.
class Tip {
 public:
  SignedTree Get() const;
  uint64_t size() const;
  void Publish(SignedTree tree);  // wakes nobody by itself

  // Calls `ready` once: on this thread if the tip is beyond `size` or closed, else from Wake or
  // Close. 0: it was called already.
  WaitId WhenBeyond(uint64_t size, std::function<void()> ready);
  // True: `ready` will never be called. False: it was called, or is being called now.
  bool Cancel(WaitId wait);
  // Calls those whose wait is over.
  void Wake();
  // Calls all, now and in future.
  void Close();
  bool closed() const;

 private:
  struct Wait {
    uint64_t size = 0;
    std::function<void()> ready;
  };

  mutable std::mutex mutex_;
  SignedTree tree_;
  bool closed_ = false;
  WaitId next_wait_ = 1;
  std::map<WaitId, Wait> waits_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_TIP_H_
