// A server in a process of its own: this program again, with other arguments.
#ifndef CRADLE_TESTS_BENCH_PROCESS_H_
#define CRADLE_TESTS_BENCH_PROCESS_H_

#include <sys/types.h>

#include <string>
#include <vector>

namespace cradle::bench {

// Ends the process when destroyed. A benchmark that cannot start its server has nothing to say: it
// prints why and exits.
class ServerProcess {
 public:
  // The child prints its port on one line, then serves until its standard input ends.
  explicit ServerProcess(const std::vector<std::string>& arguments);
  ~ServerProcess() { Stop(); }
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  const std::string& address() const { return address_; }
  // Most memory it ever held, in MiB.
  double PeakMemoryMib() const;
  // Of all its threads and cores, in seconds.
  double CpuSeconds() const;
  void Stop();

 private:
  pid_t pid_ = -1;
  int input_ = -1;
  std::string address_;
};

// What the child does with its port: print it, wait for the end of standard input.
void ServeUntilInputEnds(int port);

}  // namespace cradle::bench

#endif  // CRADLE_TESTS_BENCH_PROCESS_H_
