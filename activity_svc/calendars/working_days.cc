#include "activity_svc/calendars/working_days.h"

#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

absl::TimeZone China() { return absl::FixedTimeZone(8 * 60 * 60); }

bool IsWeekend(absl::CivilDay day) {
  const absl::Weekday weekday = absl::GetWeekday(day);
  return weekday == absl::Weekday::saturday || weekday == absl::Weekday::sunday;
}

}  // namespace

absl::StatusOr<bool> IsWorkingDay(const WorkingCalendar& calendar, absl::CivilDay day) {
  const int year = static_cast<int>(day.year());
  if (!calendar.years.contains(year)) {
    return errors::FailedPrecondition(type::REASON_CALENDAR_MISSING, {{"year", std::to_string(year)}});
  }
  const auto found = calendar.days.find(day);
  return found != calendar.days.end() ? found->second : !IsWeekend(day);
}

absl::StatusOr<absl::CivilDay> AddWorkingDays(const WorkingCalendar& calendar, absl::CivilDay day, int n) {
  while (n > 0) {
    const auto working = IsWorkingDay(calendar, ++day);
    if (!working.ok()) return working.status();
    if (*working) --n;
  }
  return day;
}

absl::StatusOr<absl::Time> WorkingDaysAfter(const WorkingCalendar& calendar, absl::Time from, int n) {
  const auto day = AddWorkingDays(calendar, ChineseDay(from), n);
  if (!day.ok()) return day.status();
  return EndOfDay(*day);
}

absl::Time EndOfDay(absl::CivilDay day) { return absl::FromCivil(day + 1, China()); }

absl::CivilDay ChineseDay(absl::Time time) { return absl::ToCivilDay(time, China()); }

std::string ChineseTime(absl::Time time) { return absl::FormatTime("%Y-%m-%d %H:%M", time, China()); }

}  // namespace wenming::activity
