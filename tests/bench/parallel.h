#ifndef CRADLE_TESTS_BENCH_PARALLEL_H_
#define CRADLE_TESTS_BENCH_PARALLEL_H_

#include <algorithm>
#include <cstddef>
#include <thread>
#include <vector>

namespace cradle::bench {

// Runs work(i) for all i on all cores.
template <typename Work>
void InParallel(size_t count, Work work) {
  std::vector<std::thread> threads;
  const size_t step = std::max(1u, std::thread::hardware_concurrency());
  for (size_t first = 0; first < step; ++first) {
    threads.emplace_back([=] {
      for (size_t i = first; i < count; i += step) work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace cradle::bench

#endif  // CRADLE_TESTS_BENCH_PARALLEL_H_
