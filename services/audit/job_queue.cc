#include "services/audit/job_queue.h"

#include <utility>

namespace cradle::audit {

JobQueue::JobQueue(int threads, size_t waiting_max)
    : waiting_max_(waiting_max), idle_(static_cast<size_t>(threads)) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { Work(); });
}

bool JobQueue::TryPush(Job job) {
  std::lock_guard lock(mutex_);
  if (stopping_ || waiting_.size() >= idle_ + waiting_max_) return false;
  waiting_.push_back(std::move(job));
  changed_.notify_one();
  return true;
}

void JobQueue::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

void JobQueue::Work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    --idle_;
    const bool stopping = stopping_;
    lock.unlock();
    job(stopping);
    job = nullptr;
    lock.lock();
    ++idle_;
  }
}

}  // namespace cradle::audit
