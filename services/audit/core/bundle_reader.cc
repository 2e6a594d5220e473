#include "services/audit/core/bundle_reader.h"

#include <algorithm>
#include <utility>

#include "storage/evidence/tree.h"

namespace cradle::audit {

BundleReader::BundleReader(const LogSource& source, uint64_t size, int threads, KeyRing& keys)
    : source_(source),
      keys_(keys),
      size_(size),
      count_(size / evidence::kTileWidth + (size % evidence::kTileWidth == 0 ? 0 : 1)),
      window_(static_cast<uint64_t>(threads) * 3) {
  const uint64_t useful = std::min<uint64_t>(static_cast<uint64_t>(threads), count_);
  for (uint64_t i = 0; i < useful; ++i) workers_.emplace_back([this] { Work(); });
}

BundleReader::~BundleReader() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& worker : workers_) worker.join();
}

CheckedBundle BundleReader::Next() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return done_.count(handed_out_) != 0; });
  CheckedBundle bundle = std::move(done_.extract(handed_out_).mapped());
  ++handed_out_;
  lock.unlock();
  changed_.notify_all();
  return bundle;
}

void BundleReader::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock,
                  [this] { return stopping_ || next_ == count_ || next_ < handed_out_ + window_; });
    if (stopping_ || next_ == count_) return;
    const uint64_t index = next_++;
    lock.unlock();

    const uint64_t begin = index * evidence::kTileWidth;
    CheckedBundle bundle = ParseEntryBundle(
        source_, index, std::min<uint64_t>(evidence::kTileWidth, size_ - begin), keys_);

    // A key may have been enrolled in any bundle before; whoever parses those never waits here.
    lock.lock();
    parsed_ahead_.insert(index);
    while (parsed_ahead_.erase(parsed_) != 0) ++parsed_;
    changed_.notify_all();
    changed_.wait(lock, [this, index] { return stopping_ || parsed_ > index; });
    if (stopping_) return;
    lock.unlock();

    for (CheckedEntry& entry : bundle.entries) ProveAttestations(keys_, entry);

    lock.lock();
    done_.emplace(index, std::move(bundle));
    changed_.notify_all();
  }
}

}  // namespace cradle::audit
