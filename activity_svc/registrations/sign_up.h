// What decides about sign-ups, one or many at once, and what they take.
#pragma once

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/activities/activities_store.h"
#include "activity_svc/registrations/registration.h"
#include "activity_svc/registrations/registrations_rules.h"
#include "activity_svc/registrations/registrations_store.h"
#include "activity_svc/shifts/shifts_store.h"
#include "activity_svc/volunteers/volunteers_store.h"
#include "common/db/session.h"

namespace wenming::activity {

// Who wants to come where.
struct SignUp {
  uint64_t registration_id = 0;  // of the new registration
  uint64_t shift_id = 0;
  uint64_t volunteer_id = 0;
  absl::Time time = {};
};

// The facts about the persons and shifts of some sign-ups of one center, loaded by a few statements however many they
// are; then the sign-ups are decided in memory, one after another, each seeing what those before it took. Not
// thread-safe.
class SignUpBook {
 public:
  // For asking beforehand: nothing is locked.
  static absl::StatusOr<SignUpBook> Load(db::Session& session, uint64_t center_id, std::span<const SignUp> sign_ups);
  // For doing: locks first the persons, which is what keeps two sign-ups of one person for overlapping shifts from
  // missing each other, then the shifts; each in ascending order.
  static absl::StatusOr<SignUpBook> Lock(db::Transaction& transaction, uint64_t center_id,
                                         std::span<const SignUp> sign_ups);

  // What decides about one of them now. NOT_FOUND for the shift.
  absl::StatusOr<SignUpFacts> FactsOf(const SignUp& sign_up) const;

  // Enters one that no rule stands against: a place while there is one, else the next on the waiting list.
  const Registration& Enter(const SignUp& sign_up);

  // Writes what was entered: the registrations, and the counters of their shifts.
  absl::Status Save(db::Transaction& transaction) const;

  // How many have a place in the shift or wait for one, as it is now; each is another person.
  int CountPeople(uint64_t shift_id) const;
  // Whether the shift is open and neither has a place nor room on its waiting list, as it is now.
  bool Full(uint64_t shift_id) const;

 private:
  explicit SignUpBook(uint64_t center_id) : center_id_(center_id) {}

  absl::Status LoadOthers(db::Session& session, std::span<const uint64_t> persons, std::span<const SignUp> sign_ups);
  absl::Status LoadActivities(db::Session& session, std::span<const SignUp> sign_ups);

  uint64_t center_id_;
  Volunteers volunteers_;
  Shifts shifts_;
  std::unordered_map<uint64_t, ActivityTraits> activities_;           // only those that matter
  std::unordered_map<uint64_t, std::vector<HeldRegistration>> held_;  // by person; in order of their end
  std::vector<Registration> entered_;
};

}  // namespace wenming::activity
