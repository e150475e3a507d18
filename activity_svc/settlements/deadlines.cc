#include "activity_svc/settlements/deadlines.h"

#include "activity_svc/calendars/calendars_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {

absl::StatusOr<absl::Time> DueAfter(db::Session& session, uint64_t center_id, absl::Time from, int working_days) {
  const auto calendar = LoadWorkingCalendar(session, center_id, from);
  if (!calendar.ok()) return calendar.status();
  return WorkingDaysAfter(*calendar, from, working_days);
}

absl::StatusOr<absl::Time> DueAtTheEarliest(db::Session& session, uint64_t center_id, absl::Time from,
                                            int working_days) {
  const auto due = DueIfKnown(DueAfter(session, center_id, from, working_days));
  if (!due.ok()) return due.status();
  return *due ? **due : EndOfDay(ChineseDay(from) + working_days);
}

absl::StatusOr<std::optional<absl::Time>> DueIfKnown(const absl::StatusOr<absl::Time>& due) {
  if (due.ok()) return std::optional<absl::Time>(*due);
  if (errors::ReasonOf(due.status()) == type::REASON_CALENDAR_MISSING) return std::optional<absl::Time>();
  return due.status();
}

absl::StatusOr<absl::Time> RecordingDue(db::Session& session, uint64_t center_id, const Shift& shift) {
  return DueAfter(session, center_id, shift.end_time, kRecordingWorkingDays);
}

std::optional<absl::Time> AppealsRunFrom(const std::vector<SettlementStep>& steps) {
  std::optional<absl::Time> from;
  for (const SettlementStep& step : steps) {
    if (step.kind != v1::Settlement::Step::KIND_CONFIRMED) from = step.time;
  }
  return from;
}

}  // namespace wenming::activity
