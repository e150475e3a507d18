#include "activity_svc/registrations/full_shifts.h"

#include <gtest/gtest.h>

namespace wenming::activity {
namespace {

using std::chrono::milliseconds;

constexpr uint64_t kOneCenter = 1, kShift = 7;

class FullShiftsTest : public ::testing::Test {
 protected:
  bool Refuses(uint64_t volunteer_id) { return full_.Refuses(kOneCenter, kShift, volunteer_id); }

  Moment now_ = Moment() + std::chrono::hours(1);
  FullShifts full_{[this] { return now_; }};
};

TEST_F(FullShiftsTest, NobodyIsRefusedForWhatWasNotRead) {
  EXPECT_FALSE(Refuses(1));
  full_.Learn(kOneCenter, kShift, now_, {});
  EXPECT_TRUE(Refuses(1));
  EXPECT_FALSE(full_.Refuses(kOneCenter, kShift + 1, 1));
  EXPECT_FALSE(full_.Refuses(kOneCenter + 1, kShift, 1));
}

TEST_F(FullShiftsTest, WhoHasARegistrationIsNotRefused) {
  full_.Learn(kOneCenter, kShift, now_, {3, 5, 9});
  for (const uint64_t id : {3, 5, 9}) EXPECT_FALSE(Refuses(id)) << id;
  for (const uint64_t id : {1, 4, 10}) EXPECT_TRUE(Refuses(id)) << id;
}

TEST_F(FullShiftsTest, WhatWasReadIsBelievedFromBeforeTheReadingAndNoLonger) {
  full_.Learn(kOneCenter, kShift, now_ - milliseconds(15), {});
  EXPECT_FALSE(Refuses(1)) << "the one who asks again";
  EXPECT_TRUE(Refuses(1));
  now_ += milliseconds(4);
  EXPECT_TRUE(Refuses(1));
  now_ += milliseconds(1);
  EXPECT_FALSE(Refuses(1));
  EXPECT_FALSE(Refuses(1));
}

TEST_F(FullShiftsTest, OneAsksAgainBeforeTheOthersHaveTo) {
  full_.Learn(kOneCenter, kShift, now_, {});
  now_ += FullShifts::kHolds / 2 - milliseconds(1);
  EXPECT_TRUE(Refuses(1));
  now_ += milliseconds(1);
  EXPECT_FALSE(Refuses(1));
  EXPECT_TRUE(Refuses(1));
  EXPECT_TRUE(Refuses(2));
  full_.Learn(kOneCenter, kShift, now_, {2});
  EXPECT_TRUE(Refuses(1));
  EXPECT_FALSE(Refuses(2));
}

TEST_F(FullShiftsTest, AnOlderReadingDoesNotReplaceANewerOne) {
  full_.Learn(kOneCenter, kShift, now_, {2});
  full_.Learn(kOneCenter, kShift, now_ - milliseconds(1), {});
  EXPECT_FALSE(Refuses(2));
}

}  // namespace
}  // namespace wenming::activity
