// Who may sign up for what, and what a registration may become. Pure functions on facts that were loaded before.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/activities/activities_rules.h"
#include "activity_svc/policies/policy.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/shifts/shift.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/errors/errors.h"

namespace wenming::activity {

// A live registration of the person whose time meets that of the shift in question.
struct OwnRegistration {
  uint64_t id = 0;
  uint64_t shift_id = 0;
  RegistrationState state = v1::Registration::STATE_CONFIRMED;
};

// All that decides whether a person may sign up for a shift.
struct SignUpFacts {
  Shift shift = {};
  std::optional<ActivityState> activity_state = {};  // loaded only where the shift takes no sign-ups
  std::optional<Volunteer> volunteer = {};
  bool dangerous = false;  // of the activity; loaded only where the person is a minor
  std::vector<OwnRegistration> own = {};
};

// A rule that is not met, and what would meet it in its text.
struct Refusal {
  type::Reason reason;
  errors::Metadata metadata = {};
};

// The rules about the person, for whoever takes a place in this shift in whatever way: by signing up, by an offer, or
// from somebody else.
std::vector<Refusal> FindRefusalsOfPerson(const SignUpFacts& facts, absl::Time now);
// Every rule that is not met; none: the person may sign up.
std::vector<Refusal> FindRefusals(const SignUpFacts& facts, absl::Time now);
// The first of them as a status.
absl::Status CheckSignUp(const SignUpFacts& facts, absl::Time now);
// FAILED_PRECONDITION with REASON_MINOR_DANGEROUS when somebody who is a minor then would take part in what is
// dangerous.
absl::Status CheckAge(const Volunteer& volunteer, bool dangerous, absl::Time start);
// Whether the person belongs to one of the teams that the shift is for, and has every skill that it asks for.
bool BelongsTo(const Volunteer& volunteer, const Shift& shift);
bool HasSkills(const Volunteer& volunteer, const Shift& shift);
// A refusal as a status: ALREADY_EXISTS for REASON_ALREADY_SIGNED_UP, FAILED_PRECONDITION for all others; OK when there
// is none, else the first.
absl::Status FirstOf(const std::vector<Refusal>& refusals);

// What may be done with a registration: all by the person, but excusing.
enum class RegistrationMove { kCancel, kAccept, kDecline, kExcuse, kHandOver };

// OK when the state allows the move; FAILED_PRECONDITION with REASON_MOVE_NOT_ALLOWED otherwise.
absl::Status CheckMove(RegistrationState from, RegistrationMove move);
// The move was made before: a repetition changes nothing.
bool AlreadyMade(RegistrationState state, RegistrationMove move);

// What one's own cancellation makes of a registration at `now`. FAILED_PRECONDITION once the shift has begun, for those
// who have a place.
absl::StatusOr<RegistrationState> StateAfterCancel(const Registration& registration, const Policy& policy,
                                                   absl::Time now);

// An offer holds until the policy's time has passed or the shift begins, whichever comes first.
absl::Time OfferExpiry(const Shift& shift, const Policy& policy, absl::Time now);
bool OfferLapsed(const Registration& registration, absl::Time now);

std::string_view ChineseName(RegistrationState state);
std::string_view ChineseName(RegistrationMove move);

}  // namespace wenming::activity
