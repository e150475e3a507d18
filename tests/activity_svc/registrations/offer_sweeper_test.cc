#include "activity_svc/registrations/offer_sweeper.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "activity_svc/names.h"
#include "activity_svc/sweeper.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

class OfferSweeperTest : public ActivityTest {
 protected:
  // One place, everybody else waits; the one with the place gives it back at now_.
  std::vector<v1::Registration> OfferedToTheSecond(const v1::Shift& shift, uint64_t people, uint64_t first = 1) {
    std::vector<v1::Registration> all;
    for (uint64_t id = first; id < first + people; ++id) {
      AddVolunteer(id);
      all.push_back(*SignUp(id, shift.name()));
    }
    EXPECT_TRUE(Cancel(all[0], now_).ok());
    return all;
  }
};

TEST_F(OfferSweeperTest, PassesThePlaceOnWhenTheTimeHasPassedAndNotBefore) {
  const auto all = OfferedToTheSecond(Published(1, 3), 3);
  auto next = SweepOffers(database_.pool(), ids_, metrics_, now_ + absl::Minutes(119));
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(*next, now_ + absl::Hours(2));
  EXPECT_EQ(Get(all[1]).state(), R::STATE_OFFERED);
  ASSERT_TRUE(SweepOffers(database_.pool(), ids_, metrics_, now_ + absl::Hours(2)).ok());
  EXPECT_EQ(Get(all[1]).state(), R::STATE_LAPSED);
  EXPECT_EQ(Get(all[2]).state(), R::STATE_OFFERED);
  next = SweepOffers(database_.pool(), ids_, metrics_, now_ + absl::Hours(3));
  ASSERT_TRUE(next.ok()) << next.status();
  EXPECT_EQ(*next, now_ + absl::Hours(4));
  ASSERT_TRUE(SweepOffers(database_.pool(), ids_, metrics_, now_ + absl::Hours(4)).ok());
  EXPECT_EQ(Get(all[2]).state(), R::STATE_LAPSED);
  EXPECT_EQ(GetShift(all[0].shift()).taken_count(), 0);
  EXPECT_EQ(GetShift(all[0].shift()).waitlisted_count(), 0);
  EXPECT_EQ(*SweepOffers(database_.pool(), ids_, metrics_, now_ + absl::Hours(5)), absl::InfiniteFuture());
  EXPECT_EQ(metrics_.lapsed.Value(), 2);
}

TEST_F(OfferSweeperTest, NobodyIsAskedOnceTheShiftHasBegun) {
  const v1::Shift shift = PublishedAt(now_ + absl::Hours(1), absl::Hours(2), 1, 3);
  const auto all = OfferedToTheSecond(shift, 3);
  EXPECT_EQ(FromProto(Get(all[1]).offer_expire_time()), now_ + absl::Hours(1));
  ASSERT_TRUE(SweepOffers(database_.pool(), ids_, metrics_, now_ + absl::Hours(1)).ok());
  EXPECT_EQ(Get(all[1]).state(), R::STATE_LAPSED);
  EXPECT_EQ(Get(all[2]).state(), R::STATE_WAITLISTED);
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 0);
}

// Two processes see the same due offers; each offer lapses once, and each place is offered once.
TEST_F(OfferSweeperTest, TwoReplicasLapseEveryOfferOnce) {
  constexpr int kShifts = 20;
  for (int i = 0; i < kShifts; ++i) {
    OfferedToTheSecond(PublishedAt(start_ + absl::Hours(3 * i), absl::Hours(2), 1, 3), 4, 1 + 4u * i);
  }
  const auto replica = [this] {
    EXPECT_TRUE(SweepOffers(database_.pool(), ids_, metrics_, now_ + absl::Hours(2)).ok());
  };
  std::thread first(replica), second(replica);
  first.join();
  second.join();
  EXPECT_EQ(metrics_.lapsed.Value(), kShifts);
  EXPECT_EQ(metrics_.offered.Value(), 2 * kShifts);  // once at the cancellation, once by the sweep
  EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations WHERE state = 3"), kShifts);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM registrations WHERE state = 4"), kShifts);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM shifts WHERE taken_count = 1 AND waitlisted_count = 1"), kShifts);
}

TEST_F(OfferSweeperTest, TheThreadFindsWhatIsDueByItsClock) {
  const auto all = OfferedToTheSecond(Published(1, 3), 3);
  std::atomic<int64_t> minutes = 0;
  absl::Mutex mutex;
  int turns = 0;
  Sweeper sweeper(
      {.name = "offers"},
      [&](absl::Time now) {
        auto next = SweepOffers(database_.pool(), ids_, metrics_, now);
        const absl::MutexLock lock(&mutex);
        ++turns;
        return next;
      },
      [&] { return now_ + absl::Minutes(minutes.load()); }, nullptr);
  const auto wait_for = [&](int at_least) {
    const absl::MutexLock lock(&mutex);
    const auto reached = [&] { return turns >= at_least; };
    EXPECT_TRUE(mutex.AwaitWithTimeout(absl::Condition(&reached), absl::Seconds(20)));
  };
  wait_for(1);
  EXPECT_EQ(Get(all[1]).state(), R::STATE_OFFERED);
  minutes = 120;
  sweeper.Notify();
  wait_for(2);
  EXPECT_EQ(Get(all[1]).state(), R::STATE_LAPSED);
  EXPECT_EQ(Get(all[2]).state(), R::STATE_OFFERED);
}

}  // namespace
}  // namespace wenming::activity
