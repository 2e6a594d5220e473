// A few threads for work that takes long and calls other services, which gRPC's own threads must
// not do.
#ifndef CRADLE_SERVICES_AUDIT_JOB_QUEUE_H_
#define CRADLE_SERVICES_AUDIT_JOB_QUEUE_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace cradle::audit {

// Thread-safe. Every job taken is run once, also after Stop: with `stopping` true.
class JobQueue {
 public:
  using Job = std::function<void(bool stopping)>;

  JobQueue(int threads, size_t waiting_max);
  ~JobQueue() { Stop(); }

  // False: too many wait already, or it is stopped; the job is not taken.
  bool TryPush(Job job);
  // Returns when no job runs any more.
  void Stop();

 private:
  void Work();

  const size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  size_t idle_ = 0;
  std::deque<Job> waiting_;
  std::vector<std::thread> threads_;
};

}  // namespace cradle::audit

#endif  // CRADLE_SERVICES_AUDIT_JOB_QUEUE_H_
