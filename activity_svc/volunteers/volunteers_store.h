// What activity_svc knows of volunteers: a copy of what volunteer_svc tells, and the row that one person's sign-ups
// take turns by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "wenming/events/v1/events.pb.h"

namespace wenming::activity {

// A value.
struct Volunteer {
  uint64_t id = 0;
  std::string number = {};
  std::string masked_name = {};
  uint64_t unit_id = 0;
  bool active = false;
};

// The volunteer, or nothing where volunteer_svc has not told of one yet.
absl::StatusOr<std::optional<Volunteer>> LoadVolunteer(db::Session& session, uint64_t center_id, uint64_t id);

// The same, and nothing else decides for this person before the transaction ends. Comes before the lock of a shift.
absl::StatusOr<std::optional<Volunteer>> LockVolunteer(db::Transaction& transaction, uint64_t center_id, uint64_t id);

absl::Status StoreVolunteer(db::Transaction& transaction, uint64_t center_id, const Volunteer& volunteer);

// An outbox::Apply: takes over what a VolunteerChanged says, and nothing from other events. INVALID_ARGUMENT for one
// that cannot be read.
absl::Status ApplyVolunteerEvent(db::Transaction& transaction, const events::v1::Event& event);

}  // namespace wenming::activity
