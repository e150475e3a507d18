#include "activity_svc/agenda/agenda_rules.h"

#include <gtest/gtest.h>

#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

TEST(AgendaRules, AFilterShowsWhatHasAllThatIsAskedFor) {
  const OpenShift open{
      .activity = {.unit_id = 5, .method = v1::METHOD_TEACH, .themes = {"thought", "policy"}, .is_public = true}};
  struct Case {
    UpcomingFilter filter;
    bool shown;
  };
  for (const auto& [filter, shown] : {
           Case{{}, true},
           Case{{.units = {5}}, true},
           Case{{.units = {4, 6}}, false},
           Case{{.method = v1::METHOD_TEACH}, true},
           Case{{.method = v1::METHOD_HELP}, false},
           Case{{.theme = "policy"}, true},
           Case{{.theme = "pol"}, false},
           Case{{.units = {5}, .method = v1::METHOD_TEACH, .theme = "thought"}, true},
           Case{{.units = {5}, .method = v1::METHOD_TEACH, .theme = "science"}, false},
       }) {
    EXPECT_EQ(Matches(filter, open), shown) << filter.units.size() << " " << filter.method << " " << filter.theme;
  }
  OpenShift hidden = open;
  hidden.activity.is_public = false;
  EXPECT_FALSE(Matches({}, hidden));
}

absl::StatusOr<Stretch> Days(std::initializer_list<int> from, std::initializer_list<int> to) {
  v1::ListUpcomingShiftsRequest request;
  const auto set = [](std::initializer_list<int> day, google::type::Date& date) {
    date.set_year(day.begin()[0]);
    date.set_month(day.begin()[1]);
    date.set_day(day.begin()[2]);
  };
  if (from.size() == 3) set(from, *request.mutable_from_date());
  if (to.size() == 3) set(to, *request.mutable_to_date());
  return DaysOf(request);
}

TEST(AgendaRules, DaysAreThoseOfChina) {
  const auto at = [](const char* text) {
    absl::Time time;
    EXPECT_TRUE(absl::ParseTime(absl::RFC3339_full, text, &time, nullptr));
    return time;
  };
  const auto day = Days({2026, 5, 1}, {2026, 5, 1});
  ASSERT_TRUE(day.ok()) << day.status();
  EXPECT_EQ(day->begin, at("2026-04-30T16:00:00Z"));
  EXPECT_EQ(day->end, at("2026-05-01T16:00:00Z"));
  EXPECT_EQ(Days({}, {})->begin, absl::InfinitePast());
  EXPECT_EQ(Days({}, {})->end, absl::InfiniteFuture());
}

TEST(AgendaRules, DaysThatAreNoneAreRefused) {
  EXPECT_EQ(errors::ReasonOf(Days({2026, 2, 29}, {}).status()), type::REASON_BAD_FORMAT);
  EXPECT_EQ(errors::ReasonOf(Days({}, {2026, 13, 1}).status()), type::REASON_BAD_FORMAT);
  EXPECT_EQ(errors::ReasonOf(Days({0, 0, 0}, {}).status()), type::REASON_BAD_FORMAT);
  EXPECT_EQ(errors::ReasonOf(Days({2026, 5, 2}, {2026, 5, 1}).status()), type::REASON_TIME_ORDER);
}

}  // namespace
}  // namespace wenming::activity
