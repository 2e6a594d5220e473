#include "services/ledger/tip.h"

#include <utility>
#include <vector>

namespace cradle::ledger {

SignedTree Tip::Get() const {
  std::lock_guard lock(mutex_);
  return tree_;
}

uint64_t Tip::size() const {
  std::lock_guard lock(mutex_);
  return tree_.size;
}

bool Tip::closed() const {
  std::lock_guard lock(mutex_);
  return closed_;
}

void Tip::Publish(SignedTree tree) {
  std::lock_guard lock(mutex_);
  tree_ = std::move(tree);
}

WaitId Tip::WhenBeyond(uint64_t size, std::function<void()> ready) {
  {
    std::lock_guard lock(mutex_);
    if (tree_.size <= size && !closed_) {
      waits_.emplace(next_wait_, Wait{size, std::move(ready)});
      return next_wait_++;
    }
  }
  ready();
  return 0;
}

bool Tip::Cancel(WaitId wait) {
  std::lock_guard lock(mutex_);
  return waits_.erase(wait) > 0;
}

void Tip::Wake() {
  std::vector<std::function<void()>> over;
  {
    std::lock_guard lock(mutex_);
    for (auto wait = waits_.begin(); wait != waits_.end();) {
      if (wait->second.size >= tree_.size && !closed_) {
        ++wait;
        continue;
      }
      over.push_back(std::move(wait->second.ready));
      wait = waits_.erase(wait);
    }
  }
  for (const auto& ready : over) ready();
}

void Tip::Close() {
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
  }
  Wake();
}

}  // namespace cradle::ledger
