// One thread that runs what it is given, in order.
#ifndef CRADLE_SERVICES_LEDGER_SERIAL_EXECUTOR_H_
#define CRADLE_SERVICES_LEDGER_SERIAL_EXECUTOR_H_

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace cradle::ledger {

class SerialExecutor {
 public:
  SerialExecutor() : thread_([this] { Run(); }) {}
  ~SerialExecutor() { Stop(); }
  SerialExecutor(const SerialExecutor&) = delete;
  SerialExecutor& operator=(const SerialExecutor&) = delete;

  // Not after Stop. What may wait here is bounded by whoever posts.
  void Post(std::function<void()> task);
  // Runs what was posted and joins.
  void Stop();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace cradle::ledger

#endif  // CRADLE_SERVICES_LEDGER_SERIAL_EXECUTOR_H_
