#include "activity_svc/settlements/hour_entry.h"

#include "activity_svc/attendance/attendance_rules.h"
#include "activity_svc/names.h"
#include "activity_svc/settlements/settlements_store.h"
#include "common/errors/errors.h"
#include "common/outbox/outbox.h"
#include "wenming/activity/v1/events.pb.h"

namespace wenming::activity {

HourEntry EntryOf(const Shift& shift, const Presence& presence, const Word& word) {
  const Span span = WithinShift(shift, presence.check_in_time, *presence.check_out_time);
  return {.source_id = presence.registration_id,
          .volunteer_id = presence.volunteer_id,
          .start_time = span.start,
          .end_time = span.end,
          .minutes = presence.minutes,
          .grade = presence.grade,
          .recorder_id = word.recorder_id,
          .reason = std::string(word.reason),
          .entry_time = word.now};
}

absl::Status CheckNotCredited(db::Session& session, uint64_t center_id, uint64_t volunteer_id, absl::Time start,
                              absl::Time end) {
  const auto credited = FindCredited(session, center_id, volunteer_id, start, end);
  if (!credited.ok() || !credited->has_value()) return credited.status();
  const bool supplement = (*credited)->grade == v1::Attendance::GRADE_D;
  return errors::FailedPrecondition(
      type::REASON_HOURS_OVERLAP,
      {{"volunteer", ids::ResourceName("volunteers", volunteer_id)},
       {"credited", ids::ResourceName(supplement ? "supplements" : "registrations", (*credited)->source_id)}});
}

absl::Status CheckNotCredited(db::Session& session, uint64_t center_id, const Shift& shift, const Presence& presence) {
  if (presence.minutes == 0) return absl::OkStatus();
  const Span span = WithinShift(shift, presence.check_in_time, *presence.check_out_time);
  return CheckNotCredited(session, center_id, presence.volunteer_id, span.start, span.end);
}

absl::Status TellCredit(db::Transaction& tx, ids::Generator& ids, const Word& word, const Shift& shift,
                        const Activity& activity, const HourEntry& entry) {
  const absl::Status free = CheckNotCredited(tx, word.center_id, entry.volunteer_id, entry.start_time, entry.end_time);
  if (!free.ok()) return free;
  if (auto status = InsertEntry(tx, word.center_id, entry); !status.ok()) return status;
  v1::HoursSettled hours;
  hours.set_volunteer_id(entry.volunteer_id);
  hours.set_registration_id(entry.source_id);
  hours.set_shift_id(shift.id);
  hours.set_activity_id(activity.id);
  hours.set_unit_id(activity.unit_id);
  hours.set_team_id(activity.team_id);
  hours.set_activity_title(activity.title);
  hours.set_content(activity.content);
  hours.set_place(activity.place);
  *hours.mutable_start_time() = activity::ToProto(entry.start_time);
  *hours.mutable_end_time() = activity::ToProto(entry.end_time);
  hours.set_minutes(entry.minutes);
  hours.set_grade(entry.grade);
  hours.set_person_in_charge_id(activity.person_in_charge_id);
  hours.set_recorder_id(entry.recorder_id);
  hours.set_revision(entry.revision);
  return outbox::Append(tx, ids, word.center_id, ids::ResourceName("volunteers", entry.volunteer_id), hours, word.now);
}

absl::StatusOr<HourEntry> TellReversal(db::Transaction& tx, ids::Generator& ids, const Word& word,
                                       const HourEntry& standing) {
  HourEntry entry = standing;
  entry.revision = standing.revision + 1;
  entry.recorder_id = word.recorder_id;
  entry.reason = word.reason;
  entry.entry_time = word.now;
  if (auto status = InsertEntry(tx, word.center_id, entry); !status.ok()) return status;
  v1::HoursReversed reversed;
  reversed.set_volunteer_id(entry.volunteer_id);
  reversed.set_registration_id(entry.source_id);
  reversed.set_revision(entry.revision);
  reversed.set_recorder_id(entry.recorder_id);
  const absl::Status told =
      outbox::Append(tx, ids, word.center_id, ids::ResourceName("volunteers", entry.volunteer_id), reversed, word.now);
  if (!told.ok()) return told;
  return entry;
}

v1::HourEntry ToProto(const HourEntry& entry, std::string_view collection) {
  v1::HourEntry proto;
  proto.set_source(ids::ResourceName(collection, entry.source_id));
  proto.set_revision(entry.revision);
  *proto.mutable_start_time() = ToProto(entry.start_time);
  *proto.mutable_end_time() = ToProto(entry.end_time);
  proto.set_minutes(entry.minutes);
  proto.set_grade(entry.grade);
  proto.set_recorder(OptionalName("staff", entry.recorder_id));
  proto.set_reason(entry.reason);
  *proto.mutable_entry_time() = ToProto(entry.entry_time);
  return proto;
}

}  // namespace wenming::activity
