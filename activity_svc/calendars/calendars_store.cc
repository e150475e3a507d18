#include "activity_svc/calendars/calendars_store.h"

#include <utility>

namespace wenming::activity {
namespace {

// The center's own year comes first.
constexpr char kYear[] =
    "SELECT center_id, notice FROM calendar_years WHERE center_id IN (?, 0) AND year = ?"
    " ORDER BY center_id DESC LIMIT 1";
constexpr char kDays[] = "SELECT day, working, title FROM calendar_days WHERE center_id = ? AND year = ? ORDER BY day";
constexpr char kUpdateYear[] = "UPDATE calendar_years SET notice = ? WHERE center_id = ? AND year = ?";
constexpr char kInsertYear[] = "INSERT INTO calendar_years (notice, center_id, year) VALUES (?, ?, ?)";
constexpr char kRemoveDays[] = "DELETE FROM calendar_days WHERE center_id = ? AND year = ?";
constexpr char kInsertDay[] = "INSERT INTO calendar_days (center_id, year, day, working, title) VALUES (?, ?, ?, ?, ?)";

}  // namespace

absl::StatusOr<std::optional<CalendarYear>> LoadCalendarYear(db::Session& session, uint64_t center_id, int year) {
  const auto row = session.QueryOne(kYear, {center_id, year});
  if (!row.ok()) return row.status();
  if (!row->has_value()) return std::optional<CalendarYear>();
  CalendarYear loaded{.year = year, .notice = (*row)->Text(1)};
  const auto days = session.Query(kDays, {(*row)->Id(0), year});
  if (!days.ok()) return days.status();
  for (const db::Row& day : *days) loaded.days[day.Day(0)] = {day.Bool(1), day.Text(2)};
  return std::optional<CalendarYear>(std::move(loaded));
}

absl::Status SaveCalendarYear(db::Transaction& transaction, uint64_t center_id, const CalendarYear& year) {
  const auto updated = transaction.Execute(kUpdateYear, {year.notice, center_id, year.year});
  if (!updated.ok()) return updated.status();
  if (*updated == 0) {
    const auto inserted = transaction.Execute(kInsertYear, {year.notice, center_id, year.year});
    if (!inserted.ok()) return inserted.status();
  }
  if (auto removed = transaction.Execute(kRemoveDays, {center_id, year.year}); !removed.ok()) return removed.status();
  for (const auto& [day, notice] : year.days) {
    const auto inserted = transaction.Execute(kInsertDay, {center_id, year.year, day, notice.working, notice.title});
    if (!inserted.ok()) return inserted.status();
  }
  return absl::OkStatus();
}

absl::StatusOr<WorkingCalendar> LoadWorkingCalendar(db::Session& session, uint64_t center_id, absl::Time from) {
  WorkingCalendar calendar;
  const int first = static_cast<int>(ChineseDay(from).year());
  for (int year = first; year <= first + 1; ++year) {
    const auto loaded = LoadCalendarYear(session, center_id, year);
    if (!loaded.ok()) return loaded.status();
    if (!loaded->has_value()) continue;
    calendar.years.insert(year);
    for (const auto& [day, notice] : (*loaded)->days) calendar.days[day] = notice.working;
  }
  return calendar;
}

}  // namespace wenming::activity
