// What makes a person's record right, who sees how much of it, and how a membership ends and is
// taken up again. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "volunteer_svc/volunteers/person.h"
#include "wenming/volunteer/v1/events.pb.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// The person whom a request describes, on the day it is. Texts are trimmed, lists lose what is empty or repeated, birth
// date and sex come from the ID number where it says them. INVALID_ARGUMENT naming every field ("volunteer.…") that is
// wrong: an ID number that is none, a birth date that is missing, in the future or contradicts the ID number, and so
// on.
absl::StatusOr<Person> PersonOf(const v1::Volunteer& volunteer, absl::CivilDay today);

// The fields that UpdateVolunteer may change, and the change. INVALID_ARGUMENT as above.
const std::vector<std::string>& UpdatableFields();
absl::Status ApplyUpdate(const v1::Volunteer& volunteer, const std::vector<std::string>& fields, Person& person);

// What may become of a membership.
enum class Move { kDeactivate, kReactivate };

// Where the move leads from the state; FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED when nowhere.
absl::StatusOr<v1::Volunteer::State> StateAfter(v1::Volunteer::State from, Move move);

// FAILED_PRECONDITION as above unless the person takes part: the record of one who does not is not changed.
absl::Status CheckActive(v1::Volunteer::State state);

// How much a reader sees. The ID number and the phone are masked for everybody.
enum class View {
  kOutline,  // without residence, of the birth date the year only: lists, and staff who may read but not write
  kWhole,    // the person himself, and staff who keep his record
};
v1::Volunteer ToProto(const VolunteerRecord& record, View view);

// What the other services are told.
v1::VolunteerChanged ToEvent(const VolunteerRecord& record);

// Changes with every version.
std::string EtagOf(int64_t version);

}  // namespace wenming::volunteer
