#include "common/rpc/worker_pool.h"

#include <atomic>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace wenming::rpc {
namespace {

TEST(WorkerPool, RunsEveryTaskItTook) {
  std::atomic<int> ran = 0;
  {
    WorkerPool pool({.threads = 3, .queue = 1000});
    for (int i = 0; i < 500; ++i) ASSERT_TRUE(pool.TryRun([&ran] { ++ran; }));
  }
  EXPECT_EQ(ran, 500);
}

TEST(WorkerPool, RefusesWhenTheQueueIsFull) {
  absl::Notification started, go;
  WorkerPool pool({.threads = 1, .queue = 2});
  ASSERT_TRUE(pool.TryRun([&] {
    started.Notify();
    go.WaitForNotification();
  }));
  started.WaitForNotification();
  EXPECT_TRUE(pool.TryRun([] {}));
  EXPECT_TRUE(pool.TryRun([] {}));
  EXPECT_FALSE(pool.TryRun([] { FAIL() << "a refused task ran"; }));
  go.Notify();
}

TEST(WorkerPool, EveryThreadBeginsAndEnds) {
  std::atomic<int> begun = 0, ended = 0;
  {
    absl::BlockingCounter all(4);
    WorkerPool pool({.threads = 4,
                     .thread_begin =
                         [&] {
                           ++begun;
                           all.DecrementCount();
                         },
                     .thread_end = [&] { ++ended; }});
    all.Wait();
  }
  EXPECT_EQ(begun, 4);
  EXPECT_EQ(ended, 4);
}

}  // namespace
}  // namespace wenming::rpc
