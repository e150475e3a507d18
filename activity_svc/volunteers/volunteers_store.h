// What activity_svc knows of volunteers: a copy of what volunteer_svc tells, and the row that one person's sign-ups
// take turns by.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"
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
  std::optional<absl::CivilDay> adult_from = {};  // of a minor; the day from which he counts as an adult
  std::vector<std::string> skills = {};
  std::vector<uint64_t> team_ids = {};
  // The unexcused absences that count, and until when they keep the person from signing up (absences.h); no event tells
  // them.
  int absences = 0;
  std::optional<absl::Time> locked_until = {};

  // Whether the person is a minor on the day, in China, on which something begins.
  bool MinorAt(absl::Time start) const;
};

// The volunteer, or nothing where volunteer_svc has not told of one yet.
absl::StatusOr<std::optional<Volunteer>> LoadVolunteer(db::Session& session, uint64_t center_id, uint64_t id);

// The same, and nothing else decides for this person before the transaction ends. Comes before the lock of a shift.
absl::StatusOr<std::optional<Volunteer>> LockVolunteer(db::Transaction& transaction, uint64_t center_id, uint64_t id);

// The same for many; by id, without those whom volunteer_svc has not told of. Locks in ascending order of ids, so pass
// them sorted.
using Volunteers = std::unordered_map<uint64_t, Volunteer>;
absl::StatusOr<Volunteers> LoadVolunteers(db::Session& session, uint64_t center_id, std::span<const uint64_t> ids);
absl::StatusOr<Volunteers> LockVolunteers(db::Transaction& transaction, uint64_t center_id,
                                          std::span<const uint64_t> ids);

// Stores all but the lock, as an event with that cursor told it; false where a later one has told of the person.
absl::StatusOr<bool> StoreVolunteer(db::Transaction& transaction, uint64_t center_id, const Volunteer& volunteer,
                                    int64_t told_cursor = 0);

// An outbox::Apply: takes over what a VolunteerChanged says, unless a later one was taken over before (this one was
// parked, or comes again), and nothing from other events. Of who has been erased nothing stays but the number and what
// was served: neither name nor unit, neither phones nor distances, nor what people wrote. INVALID_ARGUMENT for one that
// cannot be read.
absl::Status ApplyVolunteerEvent(db::Transaction& transaction, const events::v1::Event& event);

}  // namespace wenming::activity
