// Threads for work that takes long.
#include "services/audit/job_queue.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

namespace cradle::audit::testing {
namespace {

TEST(JobQueueTest, RunsEveryJobItTookOnce) {
  std::atomic<int> run = 0;
  int taken = 0;
  {
    JobQueue queue(3, 1'000);
    for (int i = 0; i < 500; ++i) taken += queue.TryPush([&](bool) { ++run; }) ? 1 : 0;
  }
  EXPECT_EQ(taken, 500);
  EXPECT_EQ(run, 500);
}

TEST(JobQueueTest, RefusesWhatIsMoreThanMayWait) {
  std::promise<void> begun, go;
  JobQueue queue(1, 2);
  ASSERT_TRUE(queue.TryPush([&](bool) {
    begun.set_value();
    go.get_future().wait();
  }));
  begun.get_future().wait();
  EXPECT_TRUE(queue.TryPush([](bool) {}));
  EXPECT_TRUE(queue.TryPush([](bool) {}));
  EXPECT_FALSE(queue.TryPush([](bool) {}));
  go.set_value();
}

TEST(JobQueueTest, WhatWaitsWhenItStopsIsToldSoAndNothingIsTakenAfter) {
  std::promise<void> begun, go;
  std::atomic<int> told = 0;
  JobQueue queue(1, 1 << 20);
  ASSERT_TRUE(queue.TryPush([&](bool stopping) {
    EXPECT_FALSE(stopping);
    begun.set_value();
    go.get_future().wait();
  }));
  begun.get_future().wait();
  ASSERT_TRUE(queue.TryPush([&](bool stopping) { told += stopping ? 1 : 0; }));
  std::thread stopper([&] { queue.Stop(); });
  while (queue.TryPush([](bool) {})) std::this_thread::yield();  // until the stop has been seen
  go.set_value();
  stopper.join();
  EXPECT_EQ(told, 1);
  EXPECT_FALSE(queue.TryPush([](bool) {}));
}

}  // namespace
}  // namespace cradle::audit::testing
