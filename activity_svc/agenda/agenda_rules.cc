#include "activity_svc/agenda/agenda_rules.h"

#include <algorithm>

#include "absl/time/civil_time.h"
#include "activity_svc/calendars/working_days.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

// A civil day that does not exist is normalised into one that does.
absl::StatusOr<absl::CivilDay> DayOf(const char* field, const google::type::Date& date) {
  const absl::CivilDay day(date.year(), date.month(), date.day());
  const bool exists = date.year() >= 1 && date.year() <= 9999 && day.year() == date.year() &&
                      day.month() == date.month() && day.day() == date.day();
  if (exists) return day;
  return errors::InvalidField(field, type::REASON_BAD_FORMAT,
                              {{"expected_zh", "应为日历上的一天"}, {"expected_en", "a day of the calendar"}});
}

}  // namespace

bool Matches(const UpcomingFilter& filter, const OpenShift& open) {
  const Activity& activity = open.activity;
  if (!activity.is_public) return false;
  if (!filter.units.empty() && !filter.units.contains(activity.unit_id)) return false;
  if (filter.method != v1::METHOD_UNSPECIFIED && filter.method != activity.method) return false;
  return filter.theme.empty() || std::ranges::find(activity.themes, filter.theme) != activity.themes.end();
}

absl::StatusOr<Stretch> DaysOf(const v1::ListUpcomingShiftsRequest& request) {
  Stretch stretch{absl::InfinitePast(), absl::InfiniteFuture()};
  if (request.has_from_date()) {
    const auto day = DayOf("from_date", request.from_date());
    if (!day.ok()) return day.status();
    stretch.begin = EndOfDay(*day - 1);
  }
  if (request.has_to_date()) {
    const auto day = DayOf("to_date", request.to_date());
    if (!day.ok()) return day.status();
    stretch.end = EndOfDay(*day);
  }
  if (stretch.begin < stretch.end) return stretch;
  return errors::InvalidField(
      "to_date", type::REASON_TIME_ORDER,
      {{"rule_zh", "结束日期不能早于开始日期"}, {"rule_en", "the last day comes before the first"}});
}

}  // namespace wenming::activity
