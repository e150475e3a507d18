#include "common/rpc/waiting.h"

#include <algorithm>
#include <deque>
#include <functional>
#include <random>
#include <utility>
#include <vector>

#include "common/errors/errors.h"
#include "gtest/gtest.h"

namespace wenming::rpc {
namespace {

using absl::Milliseconds;
using absl::Seconds;

TEST(Waiting, AThirdOfTheTimeMayBeSpentInTheLine) {
  struct Case {
    absl::Duration left, wait;
    bool may;
  };
  for (const Case& c :
       {Case{Seconds(9), Seconds(3), true}, Case{Seconds(9), Milliseconds(3001), false},
        Case{absl::ZeroDuration(), absl::ZeroDuration(), true}, Case{-Seconds(1), absl::ZeroDuration(), false},
        Case{Seconds(1), Seconds(1), false}, Case{absl::InfiniteDuration(), absl::Hours(1), true}}) {
    EXPECT_EQ(MayWait(c.left, c.wait), c.may) << c.left << " left, to wait " << c.wait;
  }
}

TEST(Waiting, WhoIsRefusedIsToldWhenTheLineHasMovedOn) {
  EXPECT_EQ(ComeBackAfter(absl::ZeroDuration()), errors::Overloaded(Seconds(1)));
  EXPECT_EQ(ComeBackAfter(Milliseconds(3001)), errors::Overloaded(Seconds(4)));
  EXPECT_EQ(ComeBackAfter(absl::Hours(1)), errors::Overloaded(Seconds(10)));
}

TEST(Waiting, WhoHasWaitedForMoreThanHalfOfHisTimeIsSentAway) {
  Call call;
  call.arrival = absl::UnixEpoch();
  call.deadline = call.arrival + Seconds(10);
  EXPECT_EQ(CheckWaited(call, call.arrival), absl::OkStatus());
  EXPECT_EQ(CheckWaited(call, call.arrival + Seconds(5)), absl::OkStatus());
  EXPECT_EQ(CheckWaited(call, call.arrival + Milliseconds(5001)), errors::Overloaded(Seconds(1)));
  EXPECT_EQ(CheckWaited(call, call.deadline), errors::DeadlineExceeded());
  EXPECT_EQ(CheckWaited(call, call.arrival + Seconds(7), 0.75), absl::OkStatus());
  EXPECT_EQ(CheckWaited(call, call.arrival + Seconds(8), 0.75), errors::Overloaded(Seconds(1)));
}

TEST(TaskPace, KnowsNothingAtFirstAndThenWhatTasksTake) {
  TaskPace pace(4);
  EXPECT_EQ(pace.Wait(1000), absl::ZeroDuration());
  pace.Took(Milliseconds(200));
  EXPECT_EQ(pace.Wait(0), absl::ZeroDuration());
  EXPECT_EQ(pace.Wait(10), Milliseconds(500));
  for (int i = 0; i < 100; ++i) pace.Took(Milliseconds(20));
  EXPECT_GT(pace.Wait(100), Milliseconds(500));
  EXPECT_LT(pace.Wait(100), Milliseconds(520));
}

TEST(TaskPace, OneThatTakesLongTellsLittle) {
  TaskPace pace(1);
  pace.Took(Milliseconds(16));
  pace.Took(absl::Hours(1));
  EXPECT_EQ(pace.Wait(1), Milliseconds(19));
  // Where all take long it is known after some of them.
  for (int i = 0; i < 60; ++i) pace.Took(Seconds(2));
  EXPECT_GT(pace.Wait(1), Seconds(1));
}

// A line before some threads, in steps of a millisecond.
struct Line {
  int threads = 16;
  int per_second = 0;  // who come, each with `patience`
  absl::Duration patience = Seconds(10);
  bool refuses = true;  // by MayWait and CheckWaited
  std::function<absl::Duration()> task;
};

struct Outcome {
  int good = 0, refused = 0, sent_away = 0, too_late = 0;
  absl::Duration slowest;  // of the good ones
};

struct Running {
  absl::Duration takes;
  absl::Time end;
  absl::Time came;  // who waits for it
};

Outcome Simulate(const Line& line, int seconds) {
  const absl::Time begin = absl::UnixEpoch();
  Outcome outcome;
  TaskPace pace(line.threads);
  std::deque<Call> waiting;
  std::vector<Running> running;
  double due = 0;
  for (absl::Time now = begin; now < begin + Seconds(seconds); now += Milliseconds(1)) {
    const auto ended = std::partition(running.begin(), running.end(), [now](const Running& r) { return r.end > now; });
    for (auto task = ended; task != running.end(); ++task) {
      pace.Took(task->takes);
      const bool late = now - task->came > line.patience;
      ++(late ? outcome.too_late : outcome.good);
      if (!late) outcome.slowest = std::max(outcome.slowest, now - task->came);
    }
    running.erase(ended, running.end());
    for (due += line.per_second / 1000.0; due >= 1; --due) {
      if (line.refuses && !MayWait(line.patience, pace.Wait(waiting.size()))) {
        ++outcome.refused;
        continue;
      }
      Call& call = waiting.emplace_back();
      call.arrival = now;
      call.deadline = now + line.patience;
    }
    while (!waiting.empty() && running.size() < static_cast<size_t>(line.threads)) {
      const Call call = std::move(waiting.front());
      waiting.pop_front();
      if (line.refuses && !CheckWaited(call, now).ok()) {
        ++outcome.sent_away;
        continue;
      }
      const absl::Duration takes = line.task();
      running.push_back({takes, now + takes, call.arrival});
    }
  }
  return outcome;
}

// Some 53 a second can be served, ten times as many come.
TEST(WaitingModel, TenTimesAsManyAsCanBeServedLeavesNobodyWithoutHisAnswer) {
  std::minstd_rand random(1);
  const auto task = [&random] { return Milliseconds(std::uniform_int_distribution(200, 400)(random)); };
  const Outcome served = Simulate({.per_second = 530, .task = task}, 30);
  EXPECT_GT(served.good, 30 * 50);
  EXPECT_EQ(served.too_late, 0);
  EXPECT_LT(served.sent_away, served.good / 50) << "nearly all who cannot be served hear so at once";
  EXPECT_LT(served.slowest, Seconds(6));
  // Without the rules nearly everybody is served too late.
  const Outcome naive = Simulate({.per_second = 530, .refuses = false, .task = task}, 30);
  EXPECT_GT(naive.too_late, naive.good);
}

TEST(WaitingModel, WhoCanBeServedIsNeverRefused) {
  std::minstd_rand random(1);
  // One of a thousand takes a second, the others some milliseconds.
  const auto task = [&random] {
    return random() % 1000 == 0 ? Seconds(1) : Milliseconds(std::uniform_int_distribution(1, 16)(random));
  };
  const Outcome outcome = Simulate({.per_second = 1500, .patience = Seconds(3), .task = task}, 30);
  EXPECT_EQ(outcome.refused + outcome.sent_away + outcome.too_late, 0);
}

TEST(WaitingModel, ALineThatStoodStillIsSoonTrustedAgain) {
  std::minstd_rand random(1);
  int tasks = 0;
  // After twenty-five seconds all the threads stand still for eight.
  const auto task = [&] {
    ++tasks;
    return tasks > 1000 && tasks <= 1016 ? Seconds(8) : Milliseconds(std::uniform_int_distribution(200, 400)(random));
  };
  const Outcome outcome = Simulate({.per_second = 40, .task = task}, 60);
  EXPECT_EQ(outcome.too_late, 0);
  EXPECT_LT(outcome.refused + outcome.sent_away, 8 * 40) << "no more than came meanwhile";
}

}  // namespace
}  // namespace wenming::rpc
