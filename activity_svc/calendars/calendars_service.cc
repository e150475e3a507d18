#include "activity_svc/calendars/calendars_service.h"

#include <string>
#include <vector>

#include "activity_svc/calendars/calendars_store.h"
#include "activity_svc/names.h"
#include "common/db/transaction.h"
#include "common/errors/errors.h"

namespace wenming::activity {
namespace {

v1::Calendar ToProto(const CalendarYear& year) {
  v1::Calendar proto;
  proto.set_year(year.year);
  proto.set_notice(year.notice);
  for (const auto& [date, notice] : year.days) {
    auto& day = *proto.add_days();
    day.mutable_date()->set_year(static_cast<int>(date.year()));
    day.mutable_date()->set_month(date.month());
    day.mutable_date()->set_day(date.day());
    day.set_working(notice.working);
    day.set_title(notice.title);
  }
  return proto;
}

absl::StatusOr<CalendarYear> Parse(const v1::Calendar& given) {
  CalendarYear year{.year = given.year(), .notice = given.notice()};
  std::vector<errors::FieldViolation> wrong;
  for (int i = 0; i < given.days_size(); ++i) {
    const auto& date = given.days(i).date();
    const absl::CivilDay day(date.year(), date.month(), date.day());
    const bool real = day.year() == date.year() && day.month() == date.month() && day.day() == date.day();
    if (real && date.year() == given.year()) {
      year.days[day] = {given.days(i).working(), given.days(i).title()};
      continue;
    }
    wrong.push_back({"calendar.days[" + std::to_string(i) + "].date",
                     type::REASON_BAD_FORMAT,
                     {{"expected_zh", "该年的日期"}, {"expected_en", "a day of that year"}}});
  }
  if (!wrong.empty()) return errors::InvalidFields(wrong);
  return year;
}

}  // namespace

rpc::Service CalendarsService::Bind() {
  return rpc::Service("wenming.activity.v1.CalendarsService")
      .Unary("GetCalendar", rpc::kPooled, this, &CalendarsService::GetCalendar)
      .Unary("ImportCalendar", rpc::kPooled, this, &CalendarsService::ImportCalendar);
}

absl::StatusOr<v1::Calendar> CalendarsService::GetCalendar(const rpc::Call& call,
                                                           const v1::GetCalendarRequest& request) {
  const auto unit = FindUnit(call, "parent", request.parent());
  if (!unit.ok()) return unit.status();
  const auto year = db::Read(db_, call.deadline, [&](db::Session& session) {
    return LoadCalendarYear(session, unit->center_id, request.year());
  });
  if (!year.ok()) return year.status();
  if (!year->has_value()) return errors::NotFound(std::to_string(request.year()));
  return ToProto(**year);
}

absl::StatusOr<v1::Calendar> CalendarsService::ImportCalendar(const rpc::Call& call,
                                                              const v1::ImportCalendarRequest& request) {
  const auto unit = FindUnit(call, "parent", request.parent());
  if (!unit.ok()) return unit.status();
  // Deadlines are the same in the whole county.
  if (auto status = call.Authorise("policies.write", unit->center_id); !status.ok()) return status;
  const auto year = Parse(request.calendar());
  if (!year.ok()) return year.status();
  return trail_.Run(call, request, /*repeatable=*/true, [&](db::Transaction& tx) -> absl::StatusOr<v1::Calendar> {
    if (auto status = SaveCalendarYear(tx, unit->center_id, *year); !status.ok()) return status;
    return ToProto(*year);
  });
}

}  // namespace wenming::activity
