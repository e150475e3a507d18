// Counting in working days, as China works: Monday to Friday, but for what the State Council's yearly notices say. Pure
// functions; days are those of China's one time zone, which has no summer time.
#pragma once

#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

namespace wenming::activity {

// The recording deadline of a service: 民政部令第67号 (2020) Art 11.
inline constexpr int kRecordingWorkingDays = 10;

// A value: what has been entered, for the years that have been.
struct WorkingCalendar {
  std::set<int> years = {};
  std::map<absl::CivilDay, bool> days = {};  // those that are not as their day of the week; true: worked
};

// Whether the day is worked; FAILED_PRECONDITION with REASON_CALENDAR_MISSING, naming the year, where its year has not
// been entered: a guess would be a deadline that nobody can rely on.
absl::StatusOr<bool> IsWorkingDay(const WorkingCalendar& calendar, absl::CivilDay day);

// The n-th working day after the day, n ≥ 1; itself it does not count.
absl::StatusOr<absl::CivilDay> AddWorkingDays(const WorkingCalendar& calendar, absl::CivilDay day, int n);

// The end of the n-th working day after that of `from`: a deadline, which the day still keeps.
absl::StatusOr<absl::Time> WorkingDaysAfter(const WorkingCalendar& calendar, absl::Time from, int n);

absl::CivilDay ChineseDay(absl::Time time);
// When the day is over.
absl::Time EndOfDay(absl::CivilDay day);
// As the clock on the wall shows it, "2026-05-19 00:00".
std::string ChineseTime(absl::Time time);

}  // namespace wenming::activity
