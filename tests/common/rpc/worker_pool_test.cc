#include "common/rpc/worker_pool.h"

#include <atomic>

#include "absl/synchronization/blocking_counter.h"
#include "absl/synchronization/notification.h"
#include "common/errors/errors.h"
#include "gtest/gtest.h"

namespace wenming::rpc {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(10);

bool DoNothing() { return true; }

TEST(WorkerPool, RunsEveryTaskItTook) {
  std::atomic<int> ran = 0;
  {
    WorkerPool pool({.threads = 3, .queue = 1000});
    for (int i = 0; i < 500; ++i) {
      ASSERT_TRUE(pool.TryRun(absl::InfiniteDuration(), [&ran] { return ++ran > 0; }).ok());
    }
  }
  EXPECT_EQ(ran, 500);
}

// A pool of one thread, and what keeps it busy.
class BusyPool {
 public:
  explicit BusyPool(size_t queue) : pool_({.threads = 1, .queue = queue, .clock = [this] { return Now(); }}) {}
  ~BusyPool() {
    if (!release_.HasBeenNotified()) release_.Notify();
  }

  // A task that takes so long by the pool's clock. It comes before Hold.
  void Run(int seconds, bool works) {
    const auto task = [this, seconds, works] {
      seconds_ += seconds;
      return works;
    };
    ASSERT_TRUE(pool_.TryRun(absl::InfiniteDuration(), task).ok());
  }
  // Waits until the thread has done what it has, and keeps it.
  void Hold() {
    const auto task = [this] {
      started_.Notify();
      release_.WaitForNotification();
      return true;
    };
    ASSERT_TRUE(pool_.TryRun(absl::InfiniteDuration(), task).ok());
    started_.WaitForNotification();
  }
  WorkerPool& pool() { return pool_; }

 private:
  std::chrono::steady_clock::time_point Now() const {
    return std::chrono::steady_clock::time_point(std::chrono::seconds(seconds_));
  }

  std::atomic<int> seconds_ = 0;
  absl::Notification started_, release_;
  WorkerPool pool_;
};

TEST(WorkerPool, RefusesWhenTheQueueIsFull) {
  BusyPool busy(2);
  busy.Hold();
  EXPECT_TRUE(busy.pool().TryRun(kPatience, DoNothing).ok());
  EXPECT_TRUE(busy.pool().TryRun(kPatience, DoNothing).ok());
  const auto never = [] {
    ADD_FAILURE() << "a refused task ran";
    return true;
  };
  EXPECT_EQ(busy.pool().TryRun(kPatience, never), errors::Overloaded(absl::Seconds(1)));
}

TEST(WorkerPool, RefusesWhomItWouldServeTooLate) {
  BusyPool busy(100);
  busy.Run(2, /*works=*/true);
  busy.Run(1000, /*works=*/false);
  busy.Hold();
  // Nobody is before the first one; each one after him waits 2 s longer, and may for a third of his time.
  EXPECT_TRUE(busy.pool().TryRun(kPatience, DoNothing).ok());
  EXPECT_TRUE(busy.pool().TryRun(kPatience, DoNothing).ok());
  EXPECT_EQ(busy.pool().TryRun(kPatience, DoNothing), errors::Overloaded(absl::Seconds(4)));
  EXPECT_TRUE(busy.pool().TryRun(absl::Seconds(12), DoNothing).ok());
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
