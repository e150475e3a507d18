// The tables of the working-day calendar: a center's own years, and the common ones of center 0.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "activity_svc/calendars/working_days.h"
#include "common/db/session.h"

namespace wenming::activity {

// A day as a notice has it.
struct NoticeDay {
  bool working = false;
  std::string title = {};
};

// A year as its notice has it.
struct CalendarYear {
  int year = 0;
  std::string notice = {};
  std::map<absl::CivilDay, NoticeDay> days = {};
};

// The year that holds for the center: its own, else the common one; nothing where neither has been entered.
absl::StatusOr<std::optional<CalendarYear>> LoadCalendarYear(db::Session& session, uint64_t center_id, int year);

// Puts the center's own year in the place of what was there.
absl::Status SaveCalendarYear(db::Transaction& transaction, uint64_t center_id, const CalendarYear& year);

// What deadlines of a few weeks from `from` on are counted by: its year and the next.
absl::StatusOr<WorkingCalendar> LoadWorkingCalendar(db::Session& session, uint64_t center_id, absl::Time from);

}  // namespace wenming::activity
