// The calendar is read back by libical.
#include "activity_svc/calendar_feeds/calendar.h"

#include <gtest/gtest.h>
#include <libical/ical.h>

#include <memory>

namespace wenming::activity {
namespace {

using R = v1::Registration;
using Component = std::unique_ptr<icalcomponent, void (*)(icalcomponent*)>;

Component Parse(const std::string& text) { return {icalparser_parse_string(text.c_str()), icalcomponent_free}; }

CalendarEntry Entry(R::State state = R::STATE_CONFIRMED, bool live = true) {
  const absl::Time start = absl::FromUnixSeconds(1'777'593'600);  // 2026-05-01T00:00:00Z
  return {.registration_id = 77,
          .state = state,
          .live = live,
          .start_time = start,
          .end_time = start + absl::Hours(2),
          .create_time = start - absl::Hours(48),
          .update_time = start - absl::Hours(47),
          .title = "理论宣讲; 进村, 入户",
          .post = "引导",
          .place = "大槐树镇\n文化广场"};
}

TEST(Calendar, IsReadBackAsItWas) {
  const std::string text = ToCalendar({Entry()});
  const Component calendar = Parse(text);
  ASSERT_NE(calendar, nullptr);
  EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0);
  EXPECT_EQ(icalcomponent_isa(calendar.get()), ICAL_VCALENDAR_COMPONENT);
  ASSERT_EQ(icalcomponent_count_components(calendar.get(), ICAL_VEVENT_COMPONENT), 1);
  icalcomponent* const event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
  EXPECT_STREQ(icalcomponent_get_summary(event), "理论宣讲; 进村, 入户（引导）");
  EXPECT_STREQ(icalcomponent_get_location(event), "大槐树镇\n文化广场");
  EXPECT_STREQ(icaltime_as_ical_string(icalcomponent_get_dtstart(event)), "20260501T000000Z");
  EXPECT_STREQ(icaltime_as_ical_string(icalcomponent_get_dtend(event)), "20260501T020000Z");
  EXPECT_EQ(icalcomponent_get_status(event), ICAL_STATUS_CONFIRMED);
  EXPECT_EQ(icalcomponent_get_sequence(event), 3600);
  EXPECT_NE(std::string(icalcomponent_get_uid(event)).find("@wenming"), std::string::npos);
  // What RFC 5545 asks of every calendar and event.
  icalrestriction_check(calendar.get());
  EXPECT_EQ(icalcomponent_count_errors(calendar.get()), 0) << text;
}

TEST(Calendar, AnEmptyOneIsOneToo) {
  const Component calendar = Parse(ToCalendar({}));
  ASSERT_NE(calendar, nullptr);
  EXPECT_EQ(icalcomponent_count_components(calendar.get(), ICAL_VEVENT_COMPONENT), 0);
}

TEST(Calendar, TheStateOfARegistrationIsTheStatusOfItsEvent) {
  struct Case {
    R::State state;
    bool live;
    std::optional<EventStatus> status;
  };
  for (const auto& [state, live, status] : {
           Case{R::STATE_CONFIRMED, true, EventStatus::kConfirmed},
           Case{R::STATE_OFFERED, true, EventStatus::kTentative},
           Case{R::STATE_WAITLISTED, true, std::nullopt},
           Case{R::STATE_CANCELLED, false, EventStatus::kCancelled},
           Case{R::STATE_LATE_CANCELLED, false, EventStatus::kCancelled},
           Case{R::STATE_LAPSED, false, EventStatus::kCancelled},
           Case{R::STATE_ATTENDED, true, EventStatus::kConfirmed},
           Case{R::STATE_EXCUSED, true, EventStatus::kConfirmed},
       }) {
    const CalendarEntry entry = Entry(state, live);
    EXPECT_EQ(StatusOf(entry), status) << state;
    const std::string text = ToCalendar({entry});
    const Component calendar = Parse(text);
    icalcomponent* const event = icalcomponent_get_first_component(calendar.get(), ICAL_VEVENT_COMPONENT);
    ASSERT_EQ(event != nullptr, status.has_value()) << state;
    if (event == nullptr) continue;
    const auto expected = *status == EventStatus::kConfirmed   ? ICAL_STATUS_CONFIRMED
                          : *status == EventStatus::kTentative ? ICAL_STATUS_TENTATIVE
                                                               : ICAL_STATUS_CANCELLED;
    EXPECT_EQ(icalcomponent_get_status(event), expected) << state;
  }
}

TEST(Calendar, ARevisionNeverFalls) {
  CalendarEntry entry = Entry();
  int last = RevisionOf(entry);
  for (int hours = 1; hours < 5; ++hours) {
    entry.update_time += absl::Hours(1);
    EXPECT_GT(RevisionOf(entry), last);
    last = RevisionOf(entry);
  }
  entry.update_time = entry.create_time - absl::Seconds(1);
  EXPECT_EQ(RevisionOf(entry), 0) << "a clock that was set back";
}

}  // namespace
}  // namespace wenming::activity
