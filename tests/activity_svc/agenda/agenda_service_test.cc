// What is coming up: in order of time, whole, without a repeat, however it is paged.
#include "activity_svc/agenda/agenda_service.h"

#include <algorithm>
#include <random>
#include <set>
#include <tuple>

#include "activity_svc/names.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;
using Mine = v1::ListMyShiftsRequest;

class AgendaServiceTest : public ActivityTest {
 protected:
  // Every page of a list, each asked for with another size.
  std::vector<v1::UpcomingShift> Upcoming(v1::ListUpcomingShiftsRequest request, absl::Time now) {
    std::vector<v1::UpcomingShift> shifts;
    if (request.parent().empty()) request.set_parent(ids::ResourceName("units", kCenter));
    do {
      request.set_page_size(1 + static_cast<int>(shifts.size()) % 3);
      const auto page = agenda_.ListUpcomingShifts(Anybody(now), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_LE(page->shifts_size(), request.page_size());
      shifts.insert(shifts.end(), page->shifts().begin(), page->shifts().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return shifts;
  }
  // Of the other station, another way of working, and all before whatever else begins.
  void AddOthers() {
    const std::string start = std::to_string(absl::ToUnixMicros(start_));
    database_.Administer("USE " + database_.schema());
    database_.Administer(
        "INSERT INTO activities SELECT 4096, 100000 + seq, 4099, 0, 't', 'c', 2, 'thought', 'p', NULL, NULL, 0, 0, '', "
        "1, 4,"
        " 1, '', 1, 1, 1 FROM seq_1_to_4500");
    database_.Administer(
        "INSERT INTO shifts (center_id, id, activity_id, post, start_time, end_time, capacity, waitlist_capacity,"
        " break_minutes, taken_count, waitlisted_count, waitlist_last_position, accepting, state, create_time, "
        "update_time)"
        " SELECT 4096, 100000 + seq, 100000 + seq, 'p', " +
        start + ", " + start + " + 3600000000, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1 FROM seq_1_to_4500");
  }
  std::vector<v1::MyShift> MyShifts(uint64_t volunteer, Mine request, absl::Time now) {
    std::vector<v1::MyShift> shifts;
    do {
      request.set_page_size(1 + static_cast<int>(shifts.size()) % 3);
      const auto page = agenda_.ListMyShifts(Person(volunteer, now), request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      EXPECT_LE(page->shifts_size(), request.page_size());
      shifts.insert(shifts.end(), page->shifts().begin(), page->shifts().end());
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return shifts;
  }

  AgendaService agenda_{dependencies_};
};

TEST_F(AgendaServiceTest, AComingShiftIsShownWithItsFreePlaces) {
  for (uint64_t id = 1; id <= 3; ++id) AddVolunteer(id);
  const v1::Shift shift = Published(2, 5);
  auto shown = Upcoming({}, now_);
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].shift(), shift.name());
  EXPECT_EQ(shown[0].activity(), shift.activity());
  EXPECT_EQ(shown[0].unit(), ids::ResourceName("units", kStation));
  EXPECT_EQ(shown[0].title(), "理论宣讲进村");
  EXPECT_EQ(shown[0].place(), "大槐树镇文化广场");
  EXPECT_EQ(shown[0].post(), "引导");
  EXPECT_EQ(shown[0].method(), v1::METHOD_TEACH);
  ASSERT_EQ(shown[0].themes_size(), 1);
  EXPECT_EQ(shown[0].themes(0), "thought");
  EXPECT_NEAR(shown[0].location().latitude(), 36.2536, 1e-9);
  EXPECT_EQ(FromProto(shown[0].start_time()), start_);
  EXPECT_EQ(FromProto(shown[0].end_time()), start_ + absl::Hours(2));
  EXPECT_EQ(shown[0].capacity(), 2);
  EXPECT_EQ(shown[0].free_count(), 2);
  EXPECT_EQ(shown[0].waitlist_free_count(), 5);
  for (uint64_t id = 1; id <= 3; ++id) ASSERT_TRUE(SignUp(id, shift.name()).ok());
  shown = Upcoming({}, now_);
  EXPECT_EQ(shown[0].free_count(), 0);
  EXPECT_EQ(shown[0].waitlist_free_count(), 4);
}

TEST_F(AgendaServiceTest, OnlyWhatTakesSignUpsIsShown) {
  const v1::Activity draft = Draft();
  AddShift(draft.name(), start_, absl::Hours(1), 1, 0);
  EXPECT_TRUE(Upcoming({}, now_).empty()) << "a draft";
  const v1::Shift shift = Published(1, 0);
  EXPECT_EQ(Upcoming({}, now_).size(), 1u);
  EXPECT_EQ(Upcoming({}, start_ - absl::Microseconds(1)).size(), 1u);
  EXPECT_TRUE(Upcoming({}, start_).empty()) << "one that has begun";
  Move(shift.activity(), v1::MoveActivityRequest::MOVE_SUSPEND, kHead);
  EXPECT_TRUE(Upcoming({}, now_).empty()) << "a suspended one";
  Move(shift.activity(), v1::MoveActivityRequest::MOVE_RESUME, kHead);
  EXPECT_EQ(Upcoming({}, now_).size(), 1u);
  Move(shift.activity(), v1::MoveActivityRequest::MOVE_CLOSE, kHead);
  EXPECT_TRUE(Upcoming({}, now_).empty()) << "a closed one";
}

TEST_F(AgendaServiceTest, FiltersNarrowIt) {
  Published(1, 0);
  PublishedAt(start_ + absl::Hours(48), absl::Hours(1), 1, 0);
  v1::ListUpcomingShiftsRequest request;
  const auto count = [&] { return Upcoming(request, now_).size(); };
  for (const auto& [unit, expected] : {std::pair{kCenter, 2u}, {kInstitute, 2u}, {kStation, 2u}, {kOtherStation, 0u}}) {
    request.set_parent(ids::ResourceName("units", unit));
    EXPECT_EQ(count(), expected) << unit;
  }
  request.set_parent(ids::ResourceName("units", kOtherCenter));
  EXPECT_EQ(count(), 0u);
  request.set_parent(ids::ResourceName("units", kCenter));
  request.set_method(v1::METHOD_HELP);
  EXPECT_EQ(count(), 0u);
  request.set_method(v1::METHOD_TEACH);
  EXPECT_EQ(count(), 2u);
  request.set_theme("science");
  EXPECT_EQ(count(), 0u);
  request.set_theme("thought");
  EXPECT_EQ(count(), 2u);
  const absl::CivilDay day = absl::ToCivilDay(start_, absl::FixedTimeZone(8 * 60 * 60));
  for (auto* date : {request.mutable_from_date(), request.mutable_to_date()}) {
    date->set_year(static_cast<int>(day.year()));
    date->set_month(day.month());
    date->set_day(day.day());
  }
  EXPECT_EQ(count(), 1u);
  request.clear_to_date();
  EXPECT_EQ(count(), 2u);
  request.mutable_from_date()->set_day(day.day() + 1);
  EXPECT_EQ(count(), 1u);
}

// More shifts than one call looks at, of which a filter passes all but the last few over.
TEST_F(AgendaServiceTest, WhatAFilterLeavesIsFoundBehindThousandsOfOthers) {
  const v1::Shift last = PublishedAt(start_ + absl::Hours(100), absl::Hours(1), 1, 0);
  AddOthers();
  v1::ListUpcomingShiftsRequest request;
  request.set_parent(ids::ResourceName("units", kCenter));
  request.set_method(v1::METHOD_TEACH);
  const auto first = agenda_.ListUpcomingShifts(Anybody(now_), request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->shifts_size(), 0);
  EXPECT_FALSE(first->next_page_token().empty());
  const auto all = Upcoming(request, now_);
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].shift(), last.name());
}

TEST_F(AgendaServiceTest, AStationsShiftsAreReadWithoutThoseOfOthers) {
  const v1::Shift late = PublishedAt(start_ + absl::Hours(100), absl::Hours(1), 1, 0);
  const v1::Shift early = PublishedAt(start_ + absl::Hours(50), absl::Hours(1), 1, 0);
  const v1::Shift closed = PublishedAt(start_ + absl::Hours(60), absl::Hours(1), 1, 0);
  Move(closed.activity(), v1::MoveActivityRequest::MOVE_CLOSE, kHead);
  AddOthers();
  v1::ListUpcomingShiftsRequest request;
  request.set_parent(ids::ResourceName("units", kStation));
  const auto page = agenda_.ListUpcomingShifts(Anybody(now_), request);
  ASSERT_TRUE(page.ok()) << page.status();
  EXPECT_TRUE(page->next_page_token().empty());
  ASSERT_EQ(page->shifts_size(), 2);
  EXPECT_EQ(page->shifts(0).shift(), early.name());
  EXPECT_EQ(page->shifts(1).shift(), late.name());
  EXPECT_EQ(Upcoming(request, now_).size(), 2u) << "in pages of one";
  request.set_theme("science");
  EXPECT_EQ(Upcoming(request, now_).size(), 0u);
  request.clear_theme();
  request.set_parent(ids::ResourceName("units", kInstitute));
  request.set_page_size(1000);
  EXPECT_EQ(agenda_.ListUpcomingShifts(Anybody(now_), request)->shifts_size(), 1000) << "and what is below";
}

TEST_F(AgendaServiceTest, APageTokenIsGoodForItsOwnQueryOnly) {
  Published(1, 0);
  PublishedAt(start_ + absl::Hours(5), absl::Hours(1), 1, 0);
  v1::ListUpcomingShiftsRequest request;
  request.set_parent(ids::ResourceName("units", kCenter));
  request.set_page_size(1);
  request.set_page_token(agenda_.ListUpcomingShifts(Anybody(now_), request)->next_page_token());
  ASSERT_FALSE(request.page_token().empty());
  request.set_theme("thought");
  EXPECT_EQ(ReasonOf(agenda_.ListUpcomingShifts(Anybody(now_), request)), type::REASON_BAD_PAGE_TOKEN);
}

TEST_F(AgendaServiceTest, MyShiftSaysWhatAPhoneShows) {
  for (uint64_t id = 1; id <= 2; ++id) AddVolunteer(id);
  const v1::Shift shift = Published(1, 1);
  const auto mine = *SignUp(1, shift.name());
  const auto waiting = *SignUp(2, shift.name());
  ASSERT_TRUE(Cancel(mine, now_).ok());
  auto shown = MyShifts(2, {}, now_);
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].registration().name(), waiting.name());
  EXPECT_EQ(shown[0].registration().state(), R::STATE_OFFERED);
  EXPECT_TRUE(shown[0].registration().has_offer_expire_time());
  EXPECT_EQ(shown[0].registration().shift(), shift.name());
  EXPECT_EQ(shown[0].title(), "理论宣讲进村");
  EXPECT_EQ(shown[0].place(), "大槐树镇文化广场");
  EXPECT_EQ(shown[0].post(), "引导");
  EXPECT_TRUE(shown[0].has_location());
  EXPECT_EQ(shown[0].attendance_state(), v1::Attendance::STATE_UNSPECIFIED);
  EXPECT_FALSE(shown[0].has_check_in_time());
  EXPECT_EQ(shown[0].minutes(), 0);
  EXPECT_EQ(shown[0].grade(), v1::Attendance::GRADE_UNSPECIFIED);

  ASSERT_TRUE(Accept(waiting, now_).ok());
  const absl::Time end = start_ + absl::Hours(2);
  v1::CorrectAttendanceRequest present;
  present.set_registration(waiting.name());
  *present.mutable_check_in_time() = ToProto(start_);
  *present.mutable_check_out_time() = ToProto(end);
  present.set_reason("补登");
  ASSERT_TRUE(attendance_.CorrectAttendance(Staff(kHead, end), present).ok());
  EXPECT_TRUE(MyShifts(2, {}, end).empty()) << "over";
  Mine past;
  past.set_period(Mine::PERIOD_PAST);
  EXPECT_TRUE(MyShifts(2, past, end - absl::Seconds(1)).empty()) << "not over yet";
  shown = MyShifts(2, past, end);
  ASSERT_EQ(shown.size(), 1u);
  EXPECT_EQ(shown[0].attendance_state(), v1::Attendance::STATE_CORRECTED);
  EXPECT_EQ(FromProto(shown[0].check_in_time()), start_);
  EXPECT_EQ(FromProto(shown[0].check_out_time()), end);
  EXPECT_EQ(shown[0].minutes(), 120);
  EXPECT_EQ(shown[0].grade(), v1::Attendance::GRADE_C);
}

TEST_F(AgendaServiceTest, UnknownStatesAreRefused) {
  for (const int state : {0, 31, 63, 64, -1}) {
    Mine request;
    request.add_states(static_cast<R::State>(state));
    EXPECT_EQ(ReasonOf(agenda_.ListMyShifts(Person(1, now_), request)), type::REASON_UNKNOWN_VALUE) << state;
  }
}

// Shifts at random times and random sign-ups, against a plain model: filter, then sort.
TEST_F(AgendaServiceTest, PagesAddUpToWhatAModelSays) {
  const unsigned seed = std::random_device()();
  SCOPED_TRACE(seed);
  std::mt19937 random(seed);
  const auto up_to = [&random](int most) { return std::uniform_int_distribution<int>(0, most)(random); };
  constexpr uint64_t kPeople = 3;
  for (uint64_t id = 1; id <= kPeople; ++id) AddVolunteer(id);
  std::vector<v1::Shift> shifts;
  std::vector<v1::Registration> all;
  for (int i = 0; i < 14; ++i) {
    // Half of them begin at the same time as another.
    shifts.push_back(PublishedAt(start_ + absl::Hours(up_to(6)), absl::Hours(1 + up_to(3)), 1, 2));
    for (uint64_t id = 1; id <= kPeople; ++id) {
      const auto signed_up = SignUp(id, shifts.back().name());
      if (!signed_up.ok()) continue;
      if (up_to(3) == 0) {
        EXPECT_TRUE(Cancel(*signed_up, now_).ok());
      }
      all.push_back(*signed_up);
    }
  }
  for (v1::Registration& registration : all) registration = Get(registration);
  for (int round = 0; round < 20; ++round) {
    const absl::Time now = start_ + absl::Hours(up_to(10) - 1);
    const absl::Time until = start_ + absl::Hours(up_to(10));
    const bool past = up_to(1) == 0;
    const bool bounded = up_to(1) == 0;
    std::set<int> states;
    if (up_to(1) == 0) states = {R::STATE_CONFIRMED, R::STATE_CANCELLED};
    const uint64_t person = 1 + static_cast<uint64_t>(up_to(kPeople - 1));
    Mine request;
    request.set_period(past ? Mine::PERIOD_PAST : Mine::PERIOD_UNSPECIFIED);
    for (const int state : states) request.add_states(static_cast<R::State>(state));
    if (bounded) *request.mutable_until_time() = ToProto(until);
    std::vector<std::pair<int64_t, uint64_t>> expected, got;
    const auto key = [past](const v1::Registration& r) {
      return std::pair{absl::ToUnixMicros(FromProto(past ? r.end_time() : r.start_time())), IdOf(r.name())};
    };
    for (const v1::Registration& registration : all) {
      if (VolunteerOf(registration) != person || (FromProto(registration.end_time()) <= now) != past) continue;
      if (bounded && FromProto(registration.start_time()) >= until) continue;
      if (states.empty() || states.contains(registration.state())) expected.push_back(key(registration));
    }
    std::ranges::sort(expected);
    if (past) std::ranges::reverse(expected);
    for (const v1::MyShift& shift : MyShifts(person, request, now)) got.push_back(key(shift.registration()));
    EXPECT_EQ(got, expected) << "round " << round;

    std::vector<std::pair<int64_t, uint64_t>> coming;
    for (const v1::Shift& shift : shifts) {
      const absl::Time start = FromProto(shift.start_time());
      if (start > now) coming.emplace_back(absl::ToUnixMicros(start), IdOf(shift.name()));
    }
    std::ranges::sort(coming);
    for (const uint64_t unit : {kCenter, kStation}) {
      v1::ListUpcomingShiftsRequest of_unit;
      of_unit.set_parent(ids::ResourceName("units", unit));
      std::vector<std::pair<int64_t, uint64_t>> listed;
      for (const v1::UpcomingShift& shift : Upcoming(of_unit, now)) {
        listed.emplace_back(absl::ToUnixMicros(FromProto(shift.start_time())), IdOf(shift.shift()));
      }
      EXPECT_EQ(listed, coming) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace wenming::activity
