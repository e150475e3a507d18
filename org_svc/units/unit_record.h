// A unit as this service keeps it: the resource, and what finds it.
#pragma once

#include <cstdint>
#include <memory>

#include "wenming/org/v1/directory.pb.h"
#include "wenming/org/v1/events.pb.h"
#include "wenming/org/v1/units.pb.h"

namespace wenming::org {

struct UnitRecord {
  uint64_t center_id = 0;
  uint64_t id = 0;
  uint64_t parent_id = 0;  // 0 for a center
  int64_t version = 1;
  // With name, parent and etag as Seal derives them.
  v1::Unit unit;
};

using UnitPtr = std::shared_ptr<const UnitRecord>;

// Brings the names and the etag of the resource in line with ids and version.
void Seal(UnitRecord& record);

// As an event carries it, and back; null where the event names no unit.
v1::UnitChange ToChange(const UnitRecord& record);
UnitPtr FromChange(uint64_t center_id, const v1::UnitChange& change);

v1::DirectoryUnit ToDirectory(const UnitRecord& record);

}  // namespace wenming::org
