// A volunteer's shifts as a calendar (RFC 5545), through libical.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "activity_svc/registrations/registration.h"

namespace wenming::activity {

// How far back a calendar goes, and how long it says that something does not take place any more.
inline constexpr absl::Duration kCalendarPast = absl::Hours(24 * 30);
inline constexpr absl::Duration kCancelledShown = absl::Hours(24 * 14);

// A registration as a calendar needs it. A value.
struct CalendarEntry {
  uint64_t registration_id = 0;
  RegistrationState state = v1::Registration::STATE_CONFIRMED;
  bool live = true;  // neither cancelled nor lapsed
  absl::Time start_time = {};
  absl::Time end_time = {};
  absl::Time create_time = {};
  absl::Time update_time = {};
  std::string title = {};
  std::string post = {};
  std::string place = {};
};

enum class EventStatus { kConfirmed, kTentative, kCancelled };

// What a calendar says of a registration: nothing of one that still waits for a place. An offer is tentative.
std::optional<EventStatus> StatusOf(const CalendarEntry& entry);

// The number of an event's revision, which never falls from one change to the next: seconds from the sign-up to its
// last change.
int RevisionOf(const CalendarEntry& entry);

// libical fills its table of time zones at the first use; called once before the first thread renders.
void PrepareCalendars();

// The calendar. It holds titles, posts, places and times and names nobody; the same entries make the same text. Pure
// after PrepareCalendars, and thread-safe.
std::string ToCalendar(const std::vector<CalendarEntry>& entries);

}  // namespace wenming::activity
