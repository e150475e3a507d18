#include "activity_svc/calendar_feeds/calendar.h"

#include <libical/ical.h>

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "common/ids/ids.h"

namespace wenming::activity {
namespace {

using R = v1::Registration;

icaltimetype UtcTime(absl::Time time) {
  return icaltime_from_timet_with_zone(absl::ToTimeT(time), /*is_date=*/0, icaltimezone_get_utc_timezone());
}

icalproperty_status ToIcal(EventStatus status) {
  switch (status) {
    case EventStatus::kConfirmed:
      return ICAL_STATUS_CONFIRMED;
    case EventStatus::kTentative:
      return ICAL_STATUS_TENTATIVE;
    case EventStatus::kCancelled:
      break;
  }
  return ICAL_STATUS_CANCELLED;
}

// A property that is no part of the standard, but that calendars know.
icalproperty* Extension(const char* name, const char* value) {
  icalproperty* const property = icalproperty_new_x(value);
  icalproperty_set_x_name(property, name);
  return property;
}

// The component that it is added to frees it.
icalcomponent* EventOf(const CalendarEntry& entry, EventStatus status) {
  icalcomponent* const event = icalcomponent_new(ICAL_VEVENT_COMPONENT);
  const auto add = [event](icalproperty* property) { icalcomponent_add_property(event, property); };
  const std::string uid = absl::StrCat(ids::ResourceName("registrations", entry.registration_id), "@wenming");
  const bool offered = status == EventStatus::kTentative;
  const std::string summary = absl::StrCat(offered ? "（待确认）" : "", entry.title, "（", entry.post, "）");
  add(icalproperty_new_uid(uid.c_str()));
  add(icalproperty_new_dtstamp(UtcTime(entry.update_time)));
  add(icalproperty_new_lastmodified(UtcTime(entry.update_time)));
  add(icalproperty_new_sequence(RevisionOf(entry)));
  add(icalproperty_new_dtstart(UtcTime(entry.start_time)));
  add(icalproperty_new_dtend(UtcTime(entry.end_time)));
  add(icalproperty_new_summary(summary.c_str()));
  add(icalproperty_new_location(entry.place.c_str()));
  add(icalproperty_new_status(ToIcal(status)));
  return event;
}

}  // namespace

std::optional<EventStatus> StatusOf(const CalendarEntry& entry) {
  if (!entry.live) return EventStatus::kCancelled;
  if (entry.state == R::STATE_WAITLISTED) return std::nullopt;
  return entry.state == R::STATE_OFFERED ? EventStatus::kTentative : EventStatus::kConfirmed;
}

int RevisionOf(const CalendarEntry& entry) {
  return static_cast<int>(std::max<int64_t>(0, absl::ToInt64Seconds(entry.update_time - entry.create_time)));
}

void PrepareCalendars() { icaltimezone_get_utc_timezone(); }

std::string ToCalendar(const std::vector<CalendarEntry>& entries) {
  const std::unique_ptr<icalcomponent, void (*)(icalcomponent*)> calendar(icalcomponent_new(ICAL_VCALENDAR_COMPONENT),
                                                                          icalcomponent_free);
  const auto add = [&calendar](icalproperty* property) { icalcomponent_add_property(calendar.get(), property); };
  add(icalproperty_new_version("2.0"));
  add(icalproperty_new_prodid("-//wenming//shifts//ZH"));
  add(Extension("X-WR-CALNAME", "文明实践志愿服务"));
  add(Extension("X-PUBLISHED-TTL", "PT1H"));
  for (const CalendarEntry& entry : entries) {
    if (const auto status = StatusOf(entry)) icalcomponent_add_component(calendar.get(), EventOf(entry, *status));
  }
  const std::unique_ptr<char, void (*)(void*)> text(icalcomponent_as_ical_string_r(calendar.get()),
                                                    icalmemory_free_buffer);
  return text.get();
}

}  // namespace wenming::activity
