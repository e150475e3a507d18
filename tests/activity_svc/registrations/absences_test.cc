// The lock after unexcused absences: the rule, and the way from a confirmed shift to the person's row and back.
#include "activity_svc/registrations/absences.h"

#include <gtest/gtest.h>

#include <vector>

#include "activity_svc/names.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

TEST(LockAfter, CountsWithinTheWindowAndLastsFromTheLastAbsence) {
  struct Case {
    const char* what;
    std::vector<int> days;
    int before_lock;
    int absences;
    int until_day;  // -1: no lock
  };
  for (const Case& c : {
           Case{"none", {}, 2, 0, -1},
           Case{"one", {10}, 2, 1, -1},
           Case{"two", {10, 20}, 2, 2, 50},
           Case{"the first is forgotten after the window", {10, 190}, 2, 1, -1},
           Case{"a day before that it counts", {10, 189}, 2, 2, 219},
           Case{"one more lasts longer", {10, 20, 40}, 2, 3, 70},
           Case{"one long after takes no lock back", {10, 20, 260}, 2, 2, 50},
           Case{"the center is strict", {10}, 1, 1, 40},
           Case{"the center locks nobody", {10, 20, 30}, 0, 3, -1},
       }) {
    const absl::Time origin = absl::FromUnixSeconds(1'777'600'800);
    std::vector<absl::Time> absences;
    for (const int day : c.days) absences.push_back(origin + absl::Hours(24) * day);
    Policy policy;
    policy.absences_before_lock = c.before_lock;
    const Lock lock = LockAfter(absences, policy);
    EXPECT_EQ(lock.absences, c.absences) << c.what;
    EXPECT_EQ(lock.until.has_value(), c.until_day >= 0) << c.what;
    if (lock.until) {
      EXPECT_EQ(*lock.until, origin + absl::Hours(24) * c.until_day) << c.what;
    }
  }
}

class AbsencesTest : public ActivityTest {
 protected:
  AbsencesTest() {
    for (uint64_t id = 1; id <= 3; ++id) AddVolunteer(id);
  }

  // A shift of yesterday's, so to speak: signed up for now, missed, and confirmed `later` after its end.
  v1::Registration Miss(uint64_t volunteer, absl::Duration from_start) {
    const v1::Shift shift = PublishedAt(start_ + from_start, absl::Hours(2), 5, 0);
    const v1::Registration registration = *SignUp(volunteer, shift.name());
    const absl::Time after = start_ + from_start + absl::Hours(3);
    v1::EndShiftRequest end;
    end.set_name(shift.name());
    EXPECT_TRUE(attendance_.EndShift(Staff(kHead, after), end).ok());
    v1::ConfirmShiftRequest confirm;
    confirm.set_name(shift.name());
    EXPECT_TRUE(attendance_.ConfirmShift(Staff(kHead, after), confirm).ok());
    EXPECT_EQ(Get(registration).state(), R::STATE_ABSENT);
    return registration;
  }

  absl::StatusOr<v1::Registration> Excuse(const v1::Registration& registration, absl::Time now,
                                          uint64_t staff = kHead) {
    v1::ExcuseRegistrationRequest request;
    request.set_name(registration.name());
    request.set_reason("家人生病");
    return registrations_.ExcuseRegistration(Staff(staff, now), request);
  }

  absl::StatusOr<v1::Registration> SignUpAt(uint64_t volunteer, const v1::Shift& shift, absl::Time now) {
    v1::CreateRegistrationRequest request;
    request.set_parent(shift.name());
    return SignUp(registrations_, Person(volunteer, now), request);
  }
};

TEST_F(AbsencesTest, TwoAbsencesLockOneExcuseUnlocksAndPlacesStay) {
  const v1::Shift later = PublishedAt(start_ + absl::Hours(24 * 10), absl::Hours(2), 5, 0);
  const v1::Shift other = PublishedAt(start_ + absl::Hours(24 * 11), absl::Hours(2), 5, 0);
  const v1::Registration held = *SignUp(1, later.name());
  const v1::Registration first = Miss(1, absl::Hours(0));
  const absl::Time now = start_ + absl::Hours(30);
  EXPECT_EQ(Number("SELECT absence_count FROM volunteers WHERE id = 1"), 1);
  Miss(1, absl::Hours(24));
  EXPECT_EQ(Get(held).state(), R::STATE_CONFIRMED);
  EXPECT_EQ(Number("SELECT absence_count FROM volunteers WHERE id = 1"), 2);
  const auto refused = SignUpAt(1, other, now);
  ASSERT_EQ(ReasonOf(refused), type::REASON_LOCKED_OUT);
  EXPECT_EQ(Number("SELECT locked_until_time FROM volunteers WHERE id = 1"),
            absl::ToUnixMicros(start_ + absl::Hours(24 + 2 + 24 * 30)));
  ASSERT_TRUE(SignUpAt(2, other, now).ok());
  const auto excused = Excuse(first, now);
  ASSERT_TRUE(excused.ok()) << excused.status();
  EXPECT_EQ(excused->state(), R::STATE_EXCUSED);
  EXPECT_EQ(Number("SELECT absence_count FROM volunteers WHERE id = 1"), 1);
  EXPECT_EQ(GetShift(first.shift()).taken_count(), 0);
  EXPECT_TRUE(SignUpAt(1, other, now).ok());
  EXPECT_TRUE(Excuse(first, now).ok());  // a repetition changes nothing
}

TEST_F(AbsencesTest, ALockEndsByItself) {
  const v1::Shift shift = PublishedAt(start_ + absl::Hours(24 * 60), absl::Hours(2), 5, 0);
  Miss(1, absl::Hours(0));
  Miss(1, absl::Hours(24));
  const absl::Time until = start_ + absl::Hours(24 + 2 + 24 * 30);
  EXPECT_EQ(ReasonOf(SignUpAt(1, shift, until - absl::Seconds(1))), type::REASON_LOCKED_OUT);
  EXPECT_TRUE(SignUpAt(1, shift, until).ok());
}

TEST_F(AbsencesTest, AnExcuseBeforehandPassesThePlaceOn) {
  const v1::Shift shift = Published(1, 1);
  const v1::Registration held = *SignUp(1, shift.name());
  const v1::Registration waiting = *SignUp(2, shift.name());
  const auto excused = Excuse(held, now_);
  ASSERT_TRUE(excused.ok()) << excused.status();
  EXPECT_EQ(excused->state(), R::STATE_EXCUSED);
  EXPECT_EQ(Get(waiting).state(), R::STATE_OFFERED);
  EXPECT_EQ(GetShift(shift.name()).taken_count(), 1);
  EXPECT_EQ(Number("SELECT absence_count FROM volunteers WHERE id = 1"), 0);
  // He may come after all: he signs up anew, or elsewhere at the same time.
  const v1::Shift beside = Published(1, 0);
  EXPECT_TRUE(SignUp(1, beside.name()).ok());
}

TEST_F(AbsencesTest, WhoMayExcuseWhat) {
  const v1::Shift shift = Published(1, 1);
  const v1::Registration held = *SignUp(1, shift.name());
  const v1::Registration waiting = *SignUp(2, shift.name());
  EXPECT_EQ(ReasonOf(Excuse(held, now_, kStranger)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(Excuse(held, now_, kApprover)), type::REASON_PERMISSION);
  EXPECT_EQ(ReasonOf(Excuse(waiting, now_)), type::REASON_MOVE_NOT_ALLOWED);
  ASSERT_TRUE(Cancel(held, now_).ok());
  EXPECT_EQ(ReasonOf(Excuse(held, now_)), type::REASON_MOVE_NOT_ALLOWED);
}

}  // namespace
}  // namespace wenming::activity
