#include "activity_svc/attendance/attendance_rules.h"

#include <gtest/gtest.h>

#include "activity_svc/attendance/check_code.h"
#include "activity_svc/attendance/fence.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

const absl::Time kStart = absl::FromUnixSeconds(1'777'600'800);

Shift TwoHours(int break_minutes = 0) {
  Shift shift;
  shift.id = 5;
  shift.start_time = kStart;
  shift.end_time = kStart + absl::Hours(2);
  shift.break_minutes = break_minutes;
  return shift;
}

TEST(AttendanceRules, CountedMinutes) {
  struct Case {
    const char* what;
    int break_minutes;
    int in;   // minutes after the start
    int out;  // likewise
    int counted;
  };
  for (const Case& c : {
           Case{"the whole shift", 0, 0, 120, 120},
           Case{"came early and left late: the way does not count", 0, -30, 180, 120},
           Case{"exactly 60 %", 0, 0, 72, 72},
           Case{"a minute less than 60 %", 0, 0, 71, 0},
           Case{"came late", 0, 40, 120, 80},
           Case{"the break is taken off", 30, 0, 120, 90},
           Case{"60 % of what is left without the break", 30, 0, 84, 54},
           Case{"a minute less, with a break", 30, 0, 83, 0},
           Case{"exactly 60 %, the last part of the shift", 0, 48, 120, 72},
           Case{"60 % with the way there and back is less without", 0, -20, 71, 0},
           Case{"exactly as long as the break", 30, 0, 30, 0},
           Case{"shorter than the break", 30, 0, 20, 0},
           Case{"left before the start", 0, -30, -10, 0},
           Case{"left before coming", 0, 60, 30, 0},
       }) {
    EXPECT_EQ(CountedMinutes(TwoHours(c.break_minutes), Policy(), kStart + absl::Minutes(c.in),
                             kStart + absl::Minutes(c.out)),
              c.counted)
        << c.what;
  }
}

TEST(AttendanceRules, SecondsNeverRoundUp) {
  EXPECT_EQ(CountedMinutes(TwoHours(), Policy(), kStart + absl::Seconds(1), kStart + absl::Hours(2)), 119);
}

TEST(AttendanceRules, Grades) {
  EXPECT_EQ(GradeOf(A::MEANS_CODE, A::MEANS_CODE, true), A::GRADE_A);
  EXPECT_EQ(GradeOf(A::MEANS_CODE_OFFLINE, A::MEANS_CODE, true), A::GRADE_A);
  EXPECT_EQ(GradeOf(A::MEANS_CODE, A::MEANS_CODE, false), A::GRADE_B);
  EXPECT_EQ(GradeOf(A::MEANS_CODE, A::MEANS_AUTOMATIC, true), A::GRADE_B);
  EXPECT_EQ(GradeOf(A::MEANS_CODE, A::MEANS_AUTOMATIC, false), A::GRADE_B);
  EXPECT_EQ(GradeOf(A::MEANS_LEADER, A::MEANS_CODE, true), A::GRADE_B);
  EXPECT_EQ(GradeOf(A::MEANS_LEADER, A::MEANS_LEADER, false), A::GRADE_C);
}

TEST(AttendanceRules, TheBestGradeNeedsThePlaceAtBothEnds) {
  Presence presence;
  presence.check_in_time = kStart;
  presence.check_out_time = kStart + absl::Hours(2);
  presence.check_in_means = presence.check_out_means = A::MEANS_CODE;
  const auto grade = [&presence](int in, int out) {
    presence.check_in_distance = in;
    presence.check_out_distance = out;
    Assess(TwoHours(), Policy(), presence);
    return presence.grade;
  };
  EXPECT_EQ(grade(0, 120), A::GRADE_A);
  EXPECT_EQ(grade(-1, 120), A::GRADE_B);
  EXPECT_EQ(grade(0, -1), A::GRADE_B);
  EXPECT_EQ(grade(-1, -1), A::GRADE_B);
  presence.check_out_unenforced = UnenforcedSet({A::UNENFORCED_SERVER_TIME});
  EXPECT_EQ(grade(0, 120), A::GRADE_B);
  presence.check_out_unenforced = 0;
  presence.check_in_unenforced = UnenforcedSet({A::UNENFORCED_FENCE});
  EXPECT_EQ(grade(0, 120), A::GRADE_B);
}

TEST(AttendanceRules, Windows) {
  const Shift shift = TwoHours();
  const Window in = WindowFor(Edge::kIn, shift, Policy());
  EXPECT_TRUE(CheckWindow(in, kStart - absl::Minutes(30)).ok());
  EXPECT_FALSE(CheckWindow(in, kStart - absl::Minutes(30) - absl::Microseconds(1)).ok());
  EXPECT_TRUE(CheckWindow(in, shift.end_time).ok());
  EXPECT_EQ(errors::ReasonOf(CheckWindow(in, shift.end_time + absl::Seconds(1))), type::REASON_OUTSIDE_WINDOW);
  const Window out = WindowFor(Edge::kOut, shift, Policy());
  EXPECT_FALSE(CheckWindow(out, kStart - absl::Seconds(1)).ok());
  EXPECT_TRUE(CheckWindow(out, shift.end_time + absl::Hours(1)).ok());
  EXPECT_FALSE(CheckWindow(out, shift.end_time + absl::Hours(1) + absl::Seconds(1)).ok());
}

TEST(AttendanceRules, UploadsWithoutNetwork) {
  const Shift shift = TwoHours();
  EXPECT_TRUE(CheckUpload(shift, Policy(), kStart, shift.end_time + absl::Hours(72)).ok());
  EXPECT_EQ(errors::ReasonOf(CheckUpload(shift, Policy(), kStart, shift.end_time + absl::Hours(73))),
            type::REASON_UPLOAD_TOO_LATE);
  EXPECT_EQ(errors::ReasonOf(CheckUpload(shift, Policy(), kStart + absl::Minutes(5), kStart)), type::REASON_TIME_ORDER);
}

TEST(AttendanceRules, Outcomes) {
  Presence presence;
  presence.state = A::STATE_CONFIRMED;
  presence.minutes = 90;
  EXPECT_EQ(OutcomeOf(presence), v1::Registration::STATE_ATTENDED);
  presence.minutes = 0;
  EXPECT_EQ(OutcomeOf(presence), v1::Registration::STATE_PARTIAL);
  presence.state = A::STATE_VOIDED;
  EXPECT_EQ(OutcomeOf(presence), v1::Registration::STATE_ABSENT);
}

TEST(CheckCodes, CurrentAndPreviousWindowAndNoOther) {
  const CheckCodes codes("a secret of the tests' own");
  const absl::Time window = absl::FromUnixSeconds(1'777'600'800);  // the beginning of one
  const std::string code = codes.At(5, window);
  EXPECT_EQ(code.size(), 8u);
  EXPECT_EQ(code.find_first_of("01IO"), std::string::npos);
  EXPECT_EQ(codes.At(5, window + absl::Seconds(29)), code);
  EXPECT_NE(codes.At(5, window + absl::Seconds(30)), code);
  EXPECT_TRUE(codes.Accepts(5, code, window));
  EXPECT_TRUE(codes.Accepts(5, code, window + absl::Seconds(59)));
  EXPECT_FALSE(codes.Accepts(5, code, window + absl::Seconds(60)));
  EXPECT_FALSE(codes.Accepts(5, code, window - absl::Seconds(1)));
  EXPECT_FALSE(codes.Accepts(6, code, window));
  EXPECT_FALSE(codes.Accepts(5, "", window));
  EXPECT_FALSE(CheckCodes("another secret, another code").Accepts(5, code, window));
  EXPECT_EQ(NextCodeTime(window + absl::Seconds(3)), window + absl::Seconds(30));
}

TEST(Fence, Distances) {
  struct Case {
    Point a, b;
    double metres;
    double tolerance;
  };
  for (const Case& c : {
           Case{{0, 0}, {0, 0}, 0, 0}, Case{{0, 0}, {0, 1}, 111'195, 1},    // a degree of the equator
           Case{{36, 111}, {37, 111}, 111'195, 1},                          // a degree of a meridian
           Case{{60, 0}, {60, 1}, 55'597, 2},                               // half as far at 60°
           Case{{36.2536, 111.6750}, {36.2536, 111.6760}, 89.7, 0.3},       // across a square
           Case{{39.9042, 116.4074}, {31.2304, 121.4737}, 1'067'311, 500},  // Beijing to Shanghai
           Case{{0, 179.9995}, {0, -179.9995}, 111.2, 0.1},                 // across the date line
           Case{{90, 0}, {-90, 0}, 20'015'115, 10},                         // from pole to pole
       }) {
    EXPECT_NEAR(DistanceMetres(c.a, c.b), c.metres, c.tolerance);
    EXPECT_NEAR(DistanceMetres(c.b, c.a), c.metres, c.tolerance);
  }
}

TEST(Fence, AccuracyGivesAllowanceButNotMuch) {
  const Fence fence{{0, 0}, 300};
  const auto at = [](double metres) { return Point{0, metres / 111'195.08}; };
  EXPECT_EQ(*CheckWithin(fence, at(299), 0), 299);
  EXPECT_FALSE(CheckWithin(fence, at(301), 0).ok());
  EXPECT_TRUE(CheckWithin(fence, at(340), 50).ok());
  EXPECT_FALSE(CheckWithin(fence, at(360), 50).ok());
  EXPECT_TRUE(CheckWithin(fence, at(399), 400).ok());  // the allowance ends at 100 m
  EXPECT_EQ(errors::ReasonOf(CheckWithin(fence, at(401), 400).status()), type::REASON_OUTSIDE_FENCE);
  EXPECT_EQ(errors::ReasonOf(CheckWithin(fence, at(0), 501).status()), type::REASON_LOCATION_TOO_VAGUE);
  EXPECT_FALSE(CheckWithin(fence, at(0), std::nan("")).ok());
}

}  // namespace
}  // namespace wenming::activity
