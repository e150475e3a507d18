// A team as this service keeps it: the resource, and what finds it.
#pragma once

#include <cstdint>

#include "wenming/org/v1/events.pb.h"
#include "wenming/org/v1/teams.pb.h"

namespace wenming::org {

struct TeamRecord {
  uint64_t center_id = 0;
  uint64_t id = 0;
  uint64_t parent_id = 0;  // 0 for the general team
  uint64_t unit_id = 0;
  int64_t version = 1;
  // With name, parent, unit and etag as Seal derives them.
  v1::Team team;
};

// Brings the names and the etag of the resource in line with ids and version.
void Seal(TeamRecord& record);

// As an event and the directory carry it.
v1::TeamChange ToChange(const TeamRecord& record);

}  // namespace wenming::org
