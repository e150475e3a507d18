#include "common/service/clock_guard.h"

#include <gtest/gtest.h>

#include "absl/time/clock.h"
#include "tests/support/test_database.h"

namespace wenming::service {
namespace {

class ClockGuardTest : public ::testing::Test {
 protected:
  test::TestDatabase database_;
  absl::Duration ahead_;
  ClockGuard guard_{[this] { return absl::Now() + ahead_; }};
};

TEST_F(ClockGuardTest, SameClockIsNotAhead) {
  ASSERT_TRUE(guard_.Compare(database_.pool(), absl::InfiniteFuture()).ok());
  EXPECT_LT(absl::AbsDuration(guard_.Ahead()), absl::Milliseconds(1));
}

TEST_F(ClockGuardTest, ClockThatRunsAheadIsHeldBackToTheDatabases) {
  ahead_ = absl::Hours(1);
  ASSERT_TRUE(guard_.Compare(database_.pool(), absl::InfiniteFuture()).ok());
  EXPECT_LE(guard_.Ahead(), absl::Hours(1) + absl::Milliseconds(1));
  EXPECT_GT(guard_.Ahead(), absl::Minutes(59));
  const absl::Time before = absl::Now();
  const absl::Time careful = guard_.Careful();
  EXPECT_GE(careful, before - absl::Milliseconds(1));
  EXPECT_LT(careful, before + absl::Minutes(1));
}

TEST_F(ClockGuardTest, ClockThatIsBehindCountsItself) {
  ahead_ = -absl::Hours(1);
  ASSERT_TRUE(guard_.Compare(database_.pool(), absl::InfiniteFuture()).ok());
  EXPECT_LT(guard_.Ahead(), -absl::Minutes(59));
  const absl::Time careful = guard_.Careful();
  EXPECT_LE(careful, absl::Now() - absl::Hours(1));
}

TEST_F(ClockGuardTest, ClockThatWasSetRightIsBelievedAgain) {
  ahead_ = absl::Hours(1);
  ASSERT_TRUE(guard_.Compare(database_.pool(), absl::InfiniteFuture()).ok());
  ahead_ = absl::ZeroDuration();
  ASSERT_TRUE(guard_.Compare(database_.pool(), absl::InfiniteFuture()).ok());
  EXPECT_LT(absl::AbsDuration(guard_.Ahead()), absl::Milliseconds(1));
}

TEST_F(ClockGuardTest, WithoutAnAnswerWhatWasKnownStays) {
  ahead_ = absl::Hours(1);
  ASSERT_TRUE(guard_.Compare(database_.pool(), absl::InfiniteFuture()).ok());
  const absl::Duration known = guard_.Ahead();
  EXPECT_FALSE(guard_.Compare(database_.pool(), absl::InfinitePast()).ok());
  EXPECT_EQ(guard_.Ahead(), known);
}

}  // namespace
}  // namespace wenming::service
