// Random interleavings of every way in which a presence becomes known, against a model without a database: minutes,
// grade and flag must be the same after each step.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <sstream>

#include "activity_svc/names.h"
#include "tests/activity_svc/attendance/attendance_fixture.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

// What is known of one end, as plain values.
struct KnownEnd {
  absl::Time time;
  bool scanned;
  bool sure;  // at the place, with network
};
struct Captured {
  bool in;
  absl::Time time;
  bool scanned;
};
struct Attendee {
  std::optional<KnownEnd> in, out;  // with network
  std::vector<Captured> records;
  std::optional<std::pair<absl::Time, absl::Time>> list;
  bool voided = false;
};
struct Seen {
  bool there = false;
  absl::Time in = {};
  std::optional<absl::Time> out = {};
  int minutes = 0;
  A::Grade grade = A::GRADE_UNSPECIFIED;
  bool flagged = false;
};

std::optional<KnownEnd> BestOf(const std::vector<Captured>& records, bool in, absl::Time from, absl::Time until) {
  std::optional<KnownEnd> best;
  for (const bool scanned : {true, false}) {
    for (const Captured& one : records) {
      if (best || one.in != in || one.scanned != scanned || one.time < from || one.time > until) continue;
      best = KnownEnd{one.time, scanned, false};
    }
    for (const Captured& one : records) {
      if (!best || best->scanned != scanned || one.in != in || one.scanned != scanned) continue;
      if (one.time < from || one.time > until) continue;
      best->time = in ? std::min(best->time, one.time) : std::max(best->time, one.time);
    }
  }
  return best;
}

class AttendanceModelTest : public PresenceTest, public ::testing::WithParamInterface<unsigned> {
 protected:
  static constexpr size_t kPeople = 4;

  Seen Expected(const Attendee& person) const {
    if (person.list) {
      Seen seen{true, person.list->first, person.list->second, Minutes(person.list->first, person.list->second),
                A::GRADE_C};
      return seen;
    }
    const absl::Time left = person.out ? person.out->time : absl::InfiniteFuture();
    const auto in = person.in ? person.in : BestOf(person.records, true, absl::InfinitePast(), left);
    if (!in) return {};
    Seen seen{.there = true, .in = in->time};
    const auto out = person.out ? person.out : BestOf(person.records, false, in->time, absl::InfiniteFuture());
    if (out) {
      seen.out = out->time;
      seen.grade = in->sure && out->sure ? A::GRADE_A : in->scanned || out->scanned ? A::GRADE_B : A::GRADE_C;
    } else if (ended_) {
      seen.out = end_;
      seen.flagged = true;
      seen.grade = in->scanned ? A::GRADE_B : A::GRADE_C;
    }
    if (seen.out && !person.voided) seen.minutes = Minutes(seen.in, *seen.out);
    return seen;
  }
  int Minutes(absl::Time in, absl::Time out) const {
    const absl::Duration attended = std::min(out, end_) - std::max(in, start_);
    const auto minutes = absl::ToInt64Minutes(attended);
    return attended * 100 < absl::Hours(2) * 60 ? 0 : static_cast<int>(minutes);
  }

  // One of the ways, which may be refused: the model says by itself when.
  void Step() {
    const size_t i = random_() % kPeople;
    const uint64_t who = i + 1;
    Attendee& person = people_[i];
    const Seen seen = Expected(person);
    const bool comes_in_time = now_is_ >= start_ - absl::Minutes(30) && now_is_ <= end_;
    const bool leaves_in_time = now_is_ >= start_ && now_is_ <= end_ + absl::Hours(1);
    const bool takes_in = !confirmed_ && !seen.there && comes_in_time;
    const bool takes_out = !confirmed_ && !person.list && seen.there && (!seen.out || seen.flagged) && leaves_in_time &&
                           now_is_ >= seen.in;
    switch (random_() % 8) {
      case 0:
        Note("checks in", who);
        static_cast<void>(Self(A::END_IN, who, now_is_));
        if (takes_in) person.in = KnownEnd{now_is_, true, true};
        break;
      case 1:
        Note("checks out", who);
        static_cast<void>(Self(A::END_OUT, who, now_is_));
        if (takes_out) person.out = KnownEnd{now_is_, true, true};
        break;
      case 2:
      case 3: {
        const bool in = random_() % 2 == 0, placed = random_() % 2 == 0;
        Note(in ? "is scanned in" : "is scanned out", who);
        static_cast<void>(Scan(in ? A::END_IN : A::END_OUT, who, now_is_, placed));
        if (in && takes_in) person.in = KnownEnd{now_is_, true, placed};
        if (!in && takes_out) person.out = KnownEnd{now_is_, true, placed};
        break;
      }
      case 4:
      case 5:
      case 6: {
        const bool in = random_() % 2 == 0, scanned = random_() % 3 != 0;
        const absl::Time time = now_is_ - absl::Minutes(random_() % 180);
        Note(in ? "is said to have come" : "is said to have left", who);
        const auto result = UploadOne(
            pass_,
            Record("record-" + std::to_string(10000 + uploads_++), who, in ? A::END_IN : A::END_OUT, time, scanned),
            now_is_);
        const bool in_time =
            in ? time >= start_ - absl::Minutes(30) && time <= end_ : time >= start_ && time <= end_ + absl::Hours(1);
        EXPECT_EQ(result.taken(), in_time && !confirmed_) << result.reason();
        if (result.taken()) person.records.push_back({in, time, scanned});
        break;
      }
      default: {
        if (random_() % 3 != 0) break;
        const absl::Time in = start_ + absl::Minutes(random_() % 60), out = in + absl::Minutes(1 + random_() % 60);
        Note("stands in the list", who);
        v1::RecordAttendancesRequest request;
        AddLine(request, all_[i].name(), in, out);
        const auto response = RecordLines(request, now_is_);
        ASSERT_TRUE(response.ok()) << response.status();
        EXPECT_EQ(response->taken_count(), !confirmed_ && out <= now_is_ ? 1 : 0) << response->results(0).reason();
        if (response->taken_count() == 1) person.list = {in, out};
      }
    }
  }

  // Every flagged presence counts for an odd number and not for an even one.
  void Confirm() {
    v1::ConfirmShiftRequest request;
    request.set_name(shift_.name());
    request.set_without_packs(true);
    for (size_t i = 0; i < kPeople; ++i) {
      if (!Expected(people_[i]).flagged) continue;
      (i % 2 == 0 ? request.add_vouched() : request.add_voided())->assign(all_[i].name());
      people_[i].voided = i % 2 != 0;
    }
    const auto confirmed = attendance_.ConfirmShift(Staff(kHead, now_is_), request);
    ASSERT_TRUE(confirmed.ok()) << confirmed.status() << story_.str();
    confirmed_ = true;
  }

  void Compare() {
    std::map<std::string, v1::Attendance> list;
    for (const v1::Attendance& one : List()) list[one.registration()] = one;
    for (size_t i = 0; i < kPeople; ++i) {
      const Seen seen = Expected(people_[i]);
      const auto found = list.find(all_[i].name());
      ASSERT_EQ(found != list.end(), seen.there) << "person " << i + 1 << story_.str();
      if (!seen.there) continue;
      const v1::Attendance& one = found->second;
      ASSERT_EQ(FromProto(one.check_in_time()), seen.in) << "person " << i + 1 << story_.str();
      ASSERT_EQ(one.has_check_out_time(), seen.out.has_value()) << "person " << i + 1 << story_.str();
      ASSERT_EQ(one.has_check_out_time() ? FromProto(one.check_out_time()) : seen.in, seen.out.value_or(seen.in))
          << "person " << i + 1 << story_.str();
      ASSERT_EQ(one.minutes(), seen.minutes) << "person " << i + 1 << story_.str();
      ASSERT_EQ(one.grade(), seen.grade) << "person " << i + 1 << story_.str();
      ASSERT_EQ(one.flagged(), seen.flagged) << "person " << i + 1 << story_.str();
    }
  }

  void Note(const char* what, uint64_t who) { story_ << "\n" << now_is_ << " person " << who << " " << what; }

  std::mt19937 random_{GetParam()};
  absl::Time now_is_ = start_ - absl::Minutes(45);
  const std::string pass_ = Issue(start_ - absl::Hours(3))->pass();
  std::vector<Attendee> people_ = std::vector<Attendee>(kPeople);
  bool ended_ = false;
  bool confirmed_ = false;
  int uploads_ = 0;
  std::ostringstream story_;
};

TEST_P(AttendanceModelTest, MinutesAndGradesAreThoseOfThePlainModel) {
  story_ << "\nseed " << GetParam();
  for (int step = 0; step < 60 && !HasFatalFailure(); ++step) {
    now_is_ += absl::Seconds(random_() % 600);
    if (!ended_ && now_is_ >= end_ && random_() % 3 == 0) {
      ASSERT_TRUE(End(now_is_).ok());
      ended_ = true;
    } else if (ended_ && !confirmed_ && random_() % 12 == 0) {
      Confirm();
    } else {
      Step();
    }
    Compare();
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, AttendanceModelTest, ::testing::Range(1u, 13u));

}  // namespace
}  // namespace wenming::activity
