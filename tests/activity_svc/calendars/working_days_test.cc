#include "activity_svc/calendars/working_days.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "activity_svc/calendars/calendars_service.h"
#include "activity_svc/calendars/calendars_store.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"
#include "tests/activity_svc/activity_fixture.h"

namespace wenming::activity {
namespace {

using Day = absl::CivilDay;

// 春节 and 劳动节 of 2026, as the notice has them.
WorkingCalendar Of2026() {
  WorkingCalendar calendar{.years = {2026}};
  for (int day = 15; day <= 23; ++day) calendar.days[Day(2026, 2, day)] = false;
  for (int day : {14, 28}) calendar.days[Day(2026, 2, day)] = true;
  for (int day = 1; day <= 5; ++day) calendar.days[Day(2026, 5, day)] = false;
  calendar.days[Day(2026, 5, 9)] = true;
  return calendar;
}

TEST(WorkingDays, AddedOverWeekendsHolidaysAndDaysThatMakeUpForThem) {
  struct Case {
    const char* what;
    absl::CivilDay from;
    int n;
    absl::CivilDay to;
  };
  for (const Case& c : {
           Case{"the next day", Day(2026, 3, 2), 1, Day(2026, 3, 3)},
           Case{"over a weekend", Day(2026, 3, 6), 1, Day(2026, 3, 9)},
           Case{"from a Saturday", Day(2026, 3, 7), 1, Day(2026, 3, 9)},
           Case{"two weeks", Day(2026, 3, 2), 10, Day(2026, 3, 16)},
           Case{"the Saturday before 春节 is worked", Day(2026, 2, 13), 1, Day(2026, 2, 14)},
           Case{"over 春节", Day(2026, 2, 14), 1, Day(2026, 2, 24)},
           Case{"over 春节 and both worked Saturdays", Day(2026, 2, 13), 6, Day(2026, 2, 28)},
           Case{"from within a holiday: 6, 7, 8, the worked Saturday 9, Monday 11", Day(2026, 5, 3), 5,
                Day(2026, 5, 11)},
           Case{"none", Day(2026, 5, 3), 0, Day(2026, 5, 3)},
       }) {
    const auto day = AddWorkingDays(Of2026(), c.from, c.n);
    ASSERT_TRUE(day.ok()) << c.what;
    EXPECT_EQ(*day, c.to) << c.what;
  }
}

TEST(WorkingDays, AYearThatIsNotEnteredIsNeverGuessed) {
  EXPECT_EQ(*AddWorkingDays(Of2026(), Day(2026, 12, 30), 1), Day(2026, 12, 31));
  EXPECT_EQ(errors::ReasonOf(AddWorkingDays(Of2026(), Day(2026, 12, 30), 2).status()), type::REASON_CALENDAR_MISSING);
  EXPECT_EQ(errors::ReasonOf(IsWorkingDay(Of2026(), Day(2025, 12, 31)).status()), type::REASON_CALENDAR_MISSING);
}

TEST(WorkingDays, TheDayIsTheOneInChinaAndCountsToItsEnd) {
  // 23:30 UTC on Monday is Tuesday morning in China.
  const absl::Time late = absl::FromCivil(absl::CivilSecond(2026, 3, 2, 23, 30, 0), absl::UTCTimeZone());
  const auto due = WorkingDaysAfter(Of2026(), late, 1);
  ASSERT_TRUE(due.ok());
  EXPECT_EQ(ChineseTime(*due), "2026-03-05 00:00");  // Wednesday is over
}

class CalendarsTest : public ActivityTest {
 protected:
  absl::StatusOr<v1::Calendar> Get(int year, uint64_t unit = kStation) {
    v1::GetCalendarRequest request;
    request.set_parent(ids::ResourceName("units", unit));
    request.set_year(year);
    return calendars_.GetCalendar(Anybody(now_), request);
  }
  v1::ImportCalendarRequest Year2027() {
    v1::ImportCalendarRequest request;
    request.set_parent(ids::ResourceName("units", kCenter));
    request.mutable_calendar()->set_year(2027);
    request.mutable_calendar()->set_notice("测试通知");
    auto& day = *request.mutable_calendar()->add_days();
    day.mutable_date()->set_year(2027);
    day.mutable_date()->set_month(1);
    day.mutable_date()->set_day(1);
    day.set_title("元旦");
    return request;
  }

  CalendarsService calendars_{dependencies_};
};

TEST_F(CalendarsTest, WhatIsShippedIsWhatTheDataFileSays) {
  std::ifstream file("data/calendar/working_days.csv");
  std::string line;
  ASSERT_TRUE(std::getline(file, line));
  EXPECT_EQ(line, "year,notice,date,working,title");
  std::map<int, std::vector<std::string>> days;
  while (std::getline(file, line)) days[std::stoi(line)].push_back(line);
  ASSERT_EQ(days.size(), 3u);
  for (const auto& [year, lines] : days) {
    const auto calendar = Get(year);
    ASSERT_TRUE(calendar.ok()) << calendar.status();
    std::vector<std::string> shipped;
    for (const auto& day : calendar->days()) {
      char date[16];
      std::snprintf(date, sizeof(date), "%04d-%02d-%02d", day.date().year(), day.date().month(), day.date().day());
      shipped.push_back(std::to_string(year) + "," + calendar->notice() + "," + date + "," +
                        (day.working() ? "1" : "0") + "," + day.title());
    }
    EXPECT_EQ(shipped, lines);
  }
}

// As every almanac has them.
TEST_F(CalendarsTest, TheYearsHaveAsManyWorkingDaysAsTheyHad) {
  for (const auto& [year, expected] : {std::pair{2024, 251}, {2025, 248}, {2026, 248}}) {
    const auto calendar = db::Read(database_.pool(), absl::InfiniteFuture(), [&](db::Session& session) {
      return LoadWorkingCalendar(session, kCenter, absl::FromCivil(absl::CivilDay(year, 6, 1), absl::UTCTimeZone()));
    });
    ASSERT_TRUE(calendar.ok()) << calendar.status();
    int worked = 0;
    for (absl::CivilDay day(year, 1, 1); day.year() == year; ++day) worked += *IsWorkingDay(*calendar, day) ? 1 : 0;
    EXPECT_EQ(worked, expected) << year;
  }
}

TEST_F(CalendarsTest, ACenterEntersAYearForItself) {
  EXPECT_EQ(Get(2027).status().code(), absl::StatusCode::kNotFound);
  v1::ImportCalendarRequest request = Year2027();
  EXPECT_EQ(ReasonOf(calendars_.ImportCalendar(Staff(kHead, now_), request)), type::REASON_PERMISSION);
  ASSERT_TRUE(calendars_.ImportCalendar(Staff(kAdmin, now_), request).ok());
  EXPECT_EQ(Get(2027)->days(0).title(), "元旦");
  EXPECT_EQ(Get(2027, kOtherCenter).status().code(), absl::StatusCode::kNotFound);
  // Once more, the year is replaced; and a center's own year counts before the common one.
  request.mutable_calendar()->mutable_days(0)->mutable_date()->set_day(2);
  ASSERT_TRUE(calendars_.ImportCalendar(Staff(kAdmin, now_), request).ok());
  ASSERT_EQ(Get(2027)->days_size(), 1);
  EXPECT_EQ(Get(2027)->days(0).date().day(), 2);
  request.mutable_calendar()->set_year(2026);
  request.mutable_calendar()->mutable_days(0)->mutable_date()->set_year(2026);
  ASSERT_TRUE(calendars_.ImportCalendar(Staff(kAdmin, now_), request).ok());
  EXPECT_EQ(Get(2026)->days_size(), 1);
  EXPECT_EQ(Get(2026, kOtherCenter)->days_size(), 39);
}

TEST_F(CalendarsTest, DaysThatDoNotExistOrAreOfAnotherYearAreRefused) {
  v1::ImportCalendarRequest request = Year2027();
  auto& date = *request.mutable_calendar()->mutable_days(0)->mutable_date();
  date.set_month(2);
  date.set_day(29);
  EXPECT_EQ(ReasonOf(calendars_.ImportCalendar(Staff(kAdmin, now_), request)), type::REASON_BAD_FORMAT);
  date.set_year(2028);
  EXPECT_EQ(ReasonOf(calendars_.ImportCalendar(Staff(kAdmin, now_), request)), type::REASON_BAD_FORMAT);
}

}  // namespace
}  // namespace wenming::activity
