// How entries, accounts and credited times stand in their rows: what the stores of this folder share.
#pragma once

#include "common/db/value.h"
#include "volunteer_svc/hours/hour_entry.h"

namespace wenming::volunteer {

// The columns of `hour_entries e` in the order of the table, which is that of ReadEntry and of a row to insert.
inline constexpr char kEntryColumns[] =
    "e.center_id, e.volunteer_id, e.sequence, e.registration_id, e.revision, e.minutes, e.balance_minutes,"
    " e.start_time, e.end_time, e.activity_id, e.activity_title, e.shift_id, e.unit_id, e.team_id, e.place, e.content,"
    " e.person_in_charge_id, e.recorder_id, e.grade, e.record_time, e.hash";
inline constexpr size_t kEntryColumnCount = 21;

// The columns of an account that ReadAccount takes, from the column `first` on.
inline constexpr char kAccountColumns[] =
    "volunteer_id, sequence, balance_minutes, supplement_minutes, latest_end_time, head_hash";

// Take texts out of the row.
HourEntry ReadEntry(db::Row& row);
HourAccount ReadAccount(db::Row& row);
// volunteer_id, start_time, end_time, sequence.
CreditedTime ReadCreditedTime(const db::Row& row);

}  // namespace wenming::volunteer
