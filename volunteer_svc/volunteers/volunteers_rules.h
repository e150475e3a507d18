// What makes a person's record right, who sees how much of it, and how a membership ends and is
// taken up again. Pure functions.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "volunteer_svc/volunteers/id_documents.h"
#include "volunteer_svc/volunteers/person.h"
#include "wenming/volunteer/v1/events.pb.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// The person whom a request describes, on the day it is. Texts are trimmed, lists lose what is empty or repeated, birth
// date and sex come from the ID number where it says them. INVALID_ARGUMENT naming every field ("volunteer.…") that is
// wrong: an ID number that is none, a birth date that is missing, in the future or contradicts the ID number, and so
// on.
absl::StatusOr<Person> PersonOf(const v1::Volunteer& volunteer, absl::CivilDay today);

// Takes over what a document proves.
void SetIdentity(const Identity& identity, Person& person);

// The fields that UpdateVolunteer may change, and the change. INVALID_ARGUMENT as above.
const std::vector<std::string>& UpdatableFields();
absl::Status ApplyUpdate(const v1::Volunteer& volunteer, const std::vector<std::string>& fields, Person& person);

// What may become of a membership.
enum class Move { kDeactivate, kReactivate };

// Where the move leads from the state; FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED when nowhere.
absl::StatusOr<v1::Volunteer::State> StateAfter(v1::Volunteer::State from, Move move);

// FAILED_PRECONDITION as above unless the person takes part: the record of one who does not is not changed.
absl::Status CheckActive(v1::Volunteer::State state);

// How much a reader sees. ID number, phone and the name of a minor are masked for everybody.
enum class View {
  kListed,   // as an outline, with a masked name
  kOutline,  // without residence, of the birth date the year only: staff who may read but not write, and of minors all
  kWhole,    // the person himself, and staff who keep his record
};
View ViewOf(const rpc::Call& call, const VolunteerRecord& record);
v1::Volunteer ToProto(const VolunteerRecord& record, View view, absl::CivilDay today);
// Nothing masked: for a reveal and for the person's own export.
v1::Volunteer ToFullProto(const VolunteerRecord& record);

// What the other services are told.
v1::VolunteerChanged ToEvent(const VolunteerRecord& record, absl::CivilDay today,
                             const std::vector<uint64_t>& team_ids = {});
// The first day of the month after the eighteenth birthday.
absl::CivilDay AdultFrom(absl::CivilDay birth_date);

// Changes with every version.
std::string EtagOf(int64_t version);

}  // namespace wenming::volunteer
