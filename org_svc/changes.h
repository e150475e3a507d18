// Told of what this process has committed, so that its own memory is up to date before the answer goes out.
#pragma once

#include <cstdint>

#include "wenming/org/v1/events.pb.h"

namespace wenming::org {

// Thread-safe. Telling the same change twice, or an older one later, does no harm.
class ChangeSink {
 public:
  virtual ~ChangeSink() = default;
  virtual void Tell(uint64_t center_id, const v1::UnitsChanged& event) = 0;
  virtual void Tell(const v1::TeamsChanged& event) = 0;
  virtual void Tell(const v1::StaffChanged& event) = 0;
};

}  // namespace wenming::org
