#include "tests/bench/closed_loop.h"

#include <deque>
#include <thread>
#include <utility>

#include "absl/synchronization/mutex.h"
#include "gtest/gtest.h"

namespace wenming::bench {
namespace {

TEST(Median, Table) {
  EXPECT_EQ(Median({}), 0);
  EXPECT_EQ(Median({3}), 3);
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 2, 3}), 2);
}

TEST(ClosedLoop, CountsAnsweredAndFailedCallsApart) {
  absl::Mutex mutex;
  std::deque<std::function<void(bool)>> waiting;
  bool over = false;
  // Answers on a thread of its own, as gRPC does; every third call fails.
  std::thread answering([&] {
    for (int i = 0;; ++i) {
      std::function<void(bool)> done;
      {
        const absl::MutexLock lock(&mutex);
        const auto news = [&] { return over || !waiting.empty(); };
        mutex.Await(absl::Condition(&news));
        if (waiting.empty()) return;
        EXPECT_LE(waiting.size(), 4u);
        done = std::move(waiting.front());
        waiting.pop_front();
      }
      done(i % 3 != 0);
    }
  });
  const Measured measured = RunClosedLoop(
      [&](std::function<void(bool)> done) {
        const absl::MutexLock lock(&mutex);
        waiting.push_back(std::move(done));
      },
      4, absl::Milliseconds(20));
  {
    const absl::MutexLock lock(&mutex);
    over = true;
  }
  answering.join();
  EXPECT_GT(measured.qps, 0);
  EXPECT_GT(measured.failed, 0);
  EXPECT_LE(measured.p50_ms, measured.p99_ms);
}

}  // namespace
}  // namespace wenming::bench
