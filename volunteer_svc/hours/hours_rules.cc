#include "volunteer_svc/hours/hours_rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/errors/errors.h"
#include "common/ids/ids.h"
#include "volunteer_svc/calendar.h"
#include "volunteer_svc/hours/hash_chain.h"

namespace wenming::volunteer {
namespace {

absl::Status Required(std::string_view field) { return errors::InvalidField(field, type::REASON_REQUIRED); }

std::string OptionalName(std::string_view collection, uint64_t id) {
  return id == 0 ? std::string() : ids::ResourceName(collection, id);
}

absl::Status BadRevision() { return errors::InvalidField("revision", type::REASON_UNKNOWN_VALUE); }

// What both kinds of events say.
template <typename Event>
absl::StatusOr<HourEntry> BeginEntry(uint64_t center_id, const Event& event, absl::Time now) {
  if (event.volunteer_id() == 0) return Required("volunteer_id");
  if (event.registration_id() == 0) return Required("registration_id");
  if (event.revision() < 0) return BadRevision();
  HourEntry entry;
  entry.center_id = center_id;
  entry.volunteer_id = event.volunteer_id();
  entry.registration_id = event.registration_id();
  entry.revision = event.revision();
  entry.recorder_id = event.recorder_id();
  entry.record_time = absl::FromUnixMicros(absl::ToUnixMicros(now));
  return entry;
}

}  // namespace

absl::StatusOr<HourEntry> EntryOf(uint64_t center_id, const activity::v1::HoursSettled& event, absl::Time now) {
  auto begun = BeginEntry(center_id, event, now);
  if (!begun.ok()) return begun;
  HourEntry& entry = *begun;
  if (IsReversal(entry)) return BadRevision();
  // Without one of them it would be credited from 1970 on, and nothing else would fit beside it.
  if (!event.has_start_time()) return Required("start_time");
  if (!event.has_end_time()) return Required("end_time");
  entry.minutes = event.minutes();
  entry.start_time = FromTimestamp(event.start_time());
  entry.end_time = FromTimestamp(event.end_time());
  entry.activity_id = event.activity_id();
  entry.activity_title = event.activity_title();
  entry.shift_id = event.shift_id();
  entry.unit_id = event.unit_id();
  entry.team_id = event.team_id();
  entry.place = event.place();
  entry.content = event.content();
  entry.person_in_charge_id = event.person_in_charge_id();
  entry.grade = static_cast<v1::Grade>(event.grade());
  if (entry.grade == v1::GRADE_UNSPECIFIED || !v1::Grade_IsValid(entry.grade)) {
    return errors::InvalidField("grade", type::REASON_UNKNOWN_VALUE);
  }
  if (entry.end_time <= entry.start_time) {
    return errors::InvalidField("end_time", type::REASON_TIME_ORDER,
                                {{"rule_zh", "结束时间应晚于开始时间"}, {"rule_en", "it must be after start_time"}});
  }
  const int64_t most = absl::ToInt64Minutes(entry.end_time - entry.start_time);
  if (entry.minutes <= 0 || entry.minutes > most) {
    return errors::InvalidField("minutes", type::REASON_OUT_OF_RANGE, {{"min", "1"}, {"max", absl::StrCat(most)}});
  }
  return begun;
}

absl::StatusOr<HourEntry> EntryOf(uint64_t center_id, const activity::v1::HoursReversed& event, absl::Time now) {
  auto entry = BeginEntry(center_id, event, now);
  if (entry.ok() && !IsReversal(*entry)) return BadRevision();
  return entry;
}

HourEntry Reversing(const HourEntry& credited, const HourEntry& wanted) {
  HourEntry entry = credited;
  entry.minutes = -credited.minutes;
  entry.revision = wanted.revision;
  entry.recorder_id = wanted.recorder_id;
  entry.record_time = wanted.record_time;
  return entry;
}

void Chain(HourEntry& entry, HourAccount& account) {
  entry.sequence = account.sequence + 1;
  entry.balance_minutes = account.balance_minutes + entry.minutes;
  entry.hash = ChainHash(account.head_hash, entry);
  account.sequence = entry.sequence;
  account.balance_minutes = entry.balance_minutes;
  if (entry.grade == v1::GRADE_D) account.supplement_minutes += entry.minutes;
  account.latest_end_time = std::max(account.latest_end_time, entry.end_time);
  account.head_hash = entry.hash;
}

bool SameCredit(const HourEntry& a, const HourEntry& b) {
  return a.volunteer_id == b.volunteer_id && a.registration_id == b.registration_id && a.minutes == b.minutes &&
         a.start_time == b.start_time && a.end_time == b.end_time;
}

int StarOf(const std::vector<StarLevel>& levels, int64_t minutes) {
  int star = 0;
  for (const StarLevel& level : levels) {
    if (minutes >= level.minutes) star = level.star;
  }
  return star;
}

int64_t NextStarMinutes(const std::vector<StarLevel>& levels, int64_t minutes) {
  for (const StarLevel& level : levels) {
    if (minutes < level.minutes) return level.minutes;
  }
  return 0;
}

v1::HourAccount ToProto(uint64_t volunteer_id, const HourAccount& account, const std::vector<StarLevel>& levels) {
  v1::HourAccount proto;
  proto.set_name(absl::StrCat(ids::ResourceName("volunteers", volunteer_id), "/hourAccount"));
  proto.set_balance_minutes(account.balance_minutes);
  proto.set_entry_count(account.sequence);
  proto.set_supplement_minutes(account.supplement_minutes);
  proto.set_star(StarOf(levels, account.balance_minutes));
  proto.set_next_star_minutes(NextStarMinutes(levels, account.balance_minutes));
  if (account.sequence > 0) proto.set_head_hash(account.head_hash);
  return proto;
}

v1::HourEntry ToProto(const HourEntry& entry) {
  v1::HourEntry proto;
  const std::string volunteer = ids::ResourceName("volunteers", entry.volunteer_id);
  proto.set_name(absl::StrCat(volunteer, "/hourEntries/", entry.sequence));
  proto.set_sequence(entry.sequence);
  proto.set_minutes(entry.minutes);
  proto.set_balance_minutes(entry.balance_minutes);
  *proto.mutable_start_time() = ToTimestamp(entry.start_time);
  *proto.mutable_end_time() = ToTimestamp(entry.end_time);
  proto.set_activity(OptionalName("activities", entry.activity_id));
  proto.set_activity_title(entry.activity_title);
  proto.set_shift(OptionalName("shifts", entry.shift_id));
  proto.set_registration(OptionalName("registrations", entry.registration_id));
  proto.set_unit(OptionalName("units", entry.unit_id));
  proto.set_team(OptionalName("teams", entry.team_id));
  proto.set_place(entry.place);
  proto.set_content(entry.content);
  proto.set_person_in_charge(OptionalName("staff", entry.person_in_charge_id));
  proto.set_recorder(OptionalName("staff", entry.recorder_id));
  proto.set_grade(entry.grade);
  *proto.mutable_record_time() = ToTimestamp(entry.record_time);
  proto.set_hash(entry.hash);
  proto.set_revision(static_cast<int32_t>(entry.revision));
  proto.set_reversal(IsReversal(entry));
  proto.set_reversed(entry.reversed);
  return proto;
}

}  // namespace wenming::volunteer
