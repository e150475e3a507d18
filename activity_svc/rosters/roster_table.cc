#include "activity_svc/rosters/roster_table.h"

#include "activity_svc/calendars/working_days.h"
#include "activity_svc/registrations/registrations_rules.h"

namespace wenming::activity {
namespace {

using A = v1::Attendance;

// Empty for 0.
std::string Number(int64_t number) { return number == 0 ? std::string() : std::to_string(number); }

std::string PresenceName(PresenceState state) {
  switch (state) {
    case A::STATE_CHECKED_IN:
      return "已签到";
    case A::STATE_CHECKED_OUT:
      return "已签退";
    case A::STATE_AUTO_CLOSED:
      return "未签退";
    case A::STATE_CONFIRMED:
      return "已确认";
    case A::STATE_CORRECTED:
      return "已更正";
    case A::STATE_VOIDED:
      return "已作废";
    default:
      return "";
  }
}

std::string GradeName(Grade grade) {
  switch (grade) {
    case A::GRADE_A:
      return "A";
    case A::GRADE_B:
      return "B";
    case A::GRADE_C:
      return "C";
    case A::GRADE_D:
      return "D";
    default:
      return "";
  }
}

TableRow RowOf(const RosterEntry& entry) {
  const Registration& registration = entry.registration;
  TableRow row = {registration.volunteer_number, registration.masked_name, std::string(ChineseName(registration.state)),
                  Number(registration.waitlist_position), ChineseTime(registration.create_time)};
  if (!entry.presence) {
    row.resize(row.size() + 5);
    return row;
  }
  const Presence& presence = *entry.presence;
  row.push_back(PresenceName(presence.state));
  row.push_back(ChineseTime(presence.check_in_time));
  row.push_back(presence.check_out_time ? ChineseTime(*presence.check_out_time) : "");
  row.push_back(Number(presence.minutes));
  row.push_back(GradeName(presence.grade));
  return row;
}

}  // namespace

std::vector<TableRow> RosterTable(const std::vector<RosterEntry>& roster) {
  std::vector<TableRow> table = {{"志愿者编号", "姓名", "报名状态", "候补序号", "报名时间", "考勤状态", "签到时间",
                                  "签退时间", "服务分钟", "凭证等级"}};
  table.reserve(roster.size() + 1);
  for (const RosterEntry& entry : roster) table.push_back(RowOf(entry));
  return table;
}

}  // namespace wenming::activity
