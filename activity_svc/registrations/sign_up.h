// One sign-up inside a transaction: facts, rules, place, row. Whoever decides several sign-ups in one transaction does
// the same for each.
#pragma once

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/registrations/registrations_rules.h"
#include "common/db/session.h"

namespace wenming::activity {

// Who wants to come where.
struct SignUp {
  uint64_t registration_id = 0;  // of the new registration
  uint64_t shift_id = 0;
  uint64_t volunteer_id = 0;
  absl::Time time = {};
};

// Loads what decides about a sign-up, the same for asking beforehand as for doing it. NOT_FOUND for the shift.
absl::StatusOr<SignUpFacts> LoadFacts(db::Session& session, uint64_t center_id, const SignUp& sign_up,
                                      std::optional<Volunteer> volunteer);

// Locks the person, checks the rules, takes a place and writes the registration. The person's lock is what keeps two
// sign-ups of one person for overlapping shifts from missing each other.
absl::StatusOr<Registration> MakeRegistration(db::Transaction& transaction, uint64_t center_id, const SignUp& sign_up);

}  // namespace wenming::activity
