// A roster as a table of texts, the same for every kind of file. Pure functions.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "activity_svc/attendance/presence.h"
#include "activity_svc/registrations/registration.h"

namespace wenming::activity {

// Who has signed up for a shift, and the presence where there is one. A value.
struct RosterEntry {
  Registration registration = {};
  std::optional<Presence> presence = {};
};

using TableRow = std::vector<std::string>;

// A heading, then a row for each entry, in this order; every row has the same number of cells. Times are those of
// China, "2026-11-26 08:00". Names are masked, as the registrations have them.
std::vector<TableRow> RosterTable(const std::vector<RosterEntry>& roster);

}  // namespace wenming::activity
