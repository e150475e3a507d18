#include "volunteer_svc/hours/hour_rows.h"

namespace wenming::volunteer {

HourEntry ReadEntry(db::Row& row) {
  HourEntry entry;
  entry.center_id = row.Id(0);
  entry.volunteer_id = row.Id(1);
  entry.sequence = row.Int(2);
  entry.registration_id = row.Id(3);
  entry.revision = row.Int(4);
  entry.minutes = row.Int(5);
  entry.balance_minutes = row.Int(6);
  entry.start_time = row.Time(7);
  entry.end_time = row.Time(8);
  entry.activity_id = row.Id(9);
  entry.activity_title = row.TakeText(10);
  entry.shift_id = row.Id(11);
  entry.unit_id = row.Id(12);
  entry.team_id = row.Id(13);
  entry.place = row.TakeText(14);
  entry.content = row.TakeText(15);
  entry.person_in_charge_id = row.Id(16);
  entry.recorder_id = row.Id(17);
  entry.grade = row.Enum<v1::Grade>(18);
  entry.record_time = row.Time(19);
  entry.hash = row.TakeText(20);
  return entry;
}

HourAccount ReadAccount(db::Row& row) {
  return {.sequence = row.Int(1),
          .balance_minutes = row.Int(2),
          .supplement_minutes = row.Int(3),
          .latest_end_time = row.Time(4),
          .head_hash = row.TakeText(5)};
}

CreditedTime ReadCreditedTime(const db::Row& row) {
  return {.volunteer_id = row.Id(0), .start_time = row.Time(1), .end_time = row.Time(2), .sequence = row.Int(3)};
}

}  // namespace wenming::volunteer
