#include "activity_svc/registrations/batch_pace.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <vector>

#include "common/rpc/waiting.h"

namespace wenming::activity {
namespace {

using absl::Milliseconds;
using absl::Seconds;

TEST(BatchPace, TellsTheWaitFromTheBatchesBefore) {
  struct Case {
    absl::Duration before;  // how long the last one took
    bool deciding;          // another one is at hand,
    absl::Duration lasts;   // and has lasted so long
    size_t ahead;           // who wait already
    absl::Duration wait;
  };
  constexpr absl::Duration kNone = absl::ZeroDuration();
  const std::vector<Case> cases = {
      {kNone, false, kNone, 10000, kNone},
      {kNone, true, Seconds(3), 0, Seconds(3)},
      {Seconds(2), false, kNone, 0, kNone},
      {Seconds(2), false, kNone, 99, kNone},
      {Seconds(2), false, kNone, 100, Seconds(2)},
      {Seconds(2), false, kNone, 250, Seconds(4)},
      {Seconds(2), true, kNone, 0, Seconds(2)},
      {Seconds(2), true, Milliseconds(500), 0, Milliseconds(1500)},
      {Seconds(2), true, Milliseconds(500), 100, Milliseconds(3500)},
      {Seconds(2), true, Seconds(7), 99, Seconds(7)},
  };
  for (const Case& c : cases) {
    BatchPace pace(100);
    absl::Time now = absl::UnixEpoch();
    pace.Began(now);
    now += c.before;
    pace.Ended(now);
    if (c.deciding) pace.Began(now);
    EXPECT_EQ(pace.Wait(c.ahead, now + c.lasts), c.wait) << &c - cases.data();
  }
}

TEST(BatchPace, WhatEndedWithoutABeginTellsNothing) {
  BatchPace pace(1);
  pace.Began(absl::UnixEpoch());
  pace.Ended(absl::UnixEpoch() + Seconds(2));
  pace.Ended(absl::UnixEpoch() + Seconds(9));
  EXPECT_EQ(pace.Wait(1, absl::UnixEpoch() + Seconds(9)), Seconds(2));
}

// A clock that was set back does not make a batch take less than no time.
TEST(BatchPace, AWaitIsNeverNegative) {
  BatchPace pace(1);
  pace.Began(absl::UnixEpoch());
  pace.Ended(absl::UnixEpoch() - absl::Hours(1));
  EXPECT_EQ(pace.Wait(5, absl::UnixEpoch()), absl::ZeroDuration());
}

constexpr size_t kBatch = 256;
constexpr absl::Duration kPatience = Seconds(10);

bool InTime(absl::Time came, absl::Time now) {
  rpc::Call call;
  call.arrival = came;
  call.deadline = came + kPatience;
  return rpc::CheckWaited(call, now).ok();
}

struct Outcome {
  int good = 0, refused = 0, sent_away = 0, too_late = 0;
};

// A lane as the desk's, in steps of a millisecond: so many come each second, and a batch takes its time however many
// are in it. Without rules only those whose time is over are left out.
Outcome Simulate(int per_second, absl::Duration takes, bool rules, int seconds) {
  const absl::Time begin = absl::UnixEpoch();
  Outcome outcome;
  BatchPace pace(kBatch);
  std::deque<absl::Time> waiting;  // when each came
  std::vector<absl::Time> batch;
  absl::Time end;
  double due = 0;
  for (absl::Time now = begin; now < begin + Seconds(seconds); now += Milliseconds(1)) {
    if (!batch.empty() && now >= end) {
      for (const absl::Time came : batch) ++(now - came <= kPatience ? outcome.good : outcome.too_late);
      batch.clear();
      pace.Ended(now);
    }
    for (due += per_second / 1000.0; due >= 1; --due) {
      if (rules && !rpc::MayWait(kPatience, pace.Wait(waiting.size(), now))) {
        ++outcome.refused;
        continue;
      }
      waiting.push_back(now);
    }
    if (!batch.empty()) continue;
    for (size_t left = std::min(waiting.size(), kBatch); left > 0; --left) {
      const absl::Time came = waiting.front();
      waiting.pop_front();
      if (rules ? InTime(came, now) : now - came < kPatience) {
        batch.push_back(came);
      } else {
        ++outcome.sent_away;
      }
    }
    if (batch.empty()) continue;
    pace.Began(now);
    end = now + takes;
  }
  return outcome;
}

TEST(BatchPaceModel, ARushIsServedInItsTimeOrRefusedAtOnce) {
  struct Case {
    int per_second;
    absl::Duration takes;  // a batch
    double share;          // of what full batches would decide, that must get good answers
  };
  for (const Case& c : {Case{200, Milliseconds(2400), 0.8}, Case{1000, Milliseconds(2400), 0.85},
                        Case{1000, Milliseconds(1200), 0.9}, Case{100000, Milliseconds(30), 0.9}}) {
    const int seconds = 60;
    const Outcome served = Simulate(c.per_second, c.takes, true, seconds);
    EXPECT_EQ(served.too_late, 0) << c.per_second;
    EXPECT_GT(served.good, c.share * kBatch * (seconds / absl::ToDoubleSeconds(c.takes))) << c.per_second;
    EXPECT_LT(served.sent_away, served.refused / 10) << c.per_second;
    const Outcome naive = Simulate(c.per_second, c.takes, false, seconds);
    EXPECT_GT(naive.too_late + naive.sent_away, naive.good) << c.per_second << ": without the rules it is otherwise";
  }
}

TEST(BatchPaceModel, WhoCanBeDecidedIsNotRefused) {
  for (const auto& [per_second, takes] : {std::pair(80, Milliseconds(2400)), std::pair(5000, Milliseconds(30))}) {
    const Outcome outcome = Simulate(per_second, takes, true, 60);
    EXPECT_EQ(outcome.refused + outcome.sent_away + outcome.too_late, 0) << per_second;
  }
}

}  // namespace
}  // namespace wenming::activity
