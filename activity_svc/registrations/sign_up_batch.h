// Sign-ups that are decided together, inside one transaction.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "activity_svc/registrations/sign_up.h"
#include "common/audit/trail.h"
#include "common/db/session.h"
#include "common/observe/clock.h"
#include "common/rpc/call.h"
#include "wenming/activity/v1/registrations.pb.h"

namespace wenming::activity {

// One who asks. What it points to outlives the batch.
struct Applicant {
  const rpc::Call* call = nullptr;
  const v1::CreateRegistrationRequest* request = nullptr;
  SignUp sign_up = {};
  std::string request_key = {};  // idempotency::KeyOf; empty where the request has no id
  std::string fingerprint = {};  // of the request
};

// What he is answered.
struct Verdict {
  absl::StatusOr<v1::Registration> answer = absl::UnknownError("not decided");
  bool repeated = false;  // it was answered before
};

struct Verdicts {
  std::vector<Verdict> of;  // in the order of the applicants
  // Shifts that turned somebody away and are full, each with those who have a registration in it, sorted; without
  // those that have too many (FullShifts).
  std::vector<std::pair<uint64_t, std::vector<uint64_t>>> full;
};

// What went before in the same call of the desk.
struct Before {
  // The batch has run already and perhaps was committed: sign-ups that are there are answered as they were decided.
  bool perhaps_committed = false;
  // One of the request ids has an answer: look for all of them first.
  bool request_id_known = false;
};

// Decides the sign-ups of one center, in their order, as if each came alone: the same rules, answers by request id,
// records in the audit log. A refusal of one is his alone; DEADLINE_EXCEEDED where his deadline has passed by `clock`
// once all is locked, OVERLOADED where three quarters of his time have. An error is of the database: nothing was
// decided. ALREADY_EXISTS of the requests' table means: again, with request_id_known.
absl::StatusOr<Verdicts> DecideTogether(db::Transaction& transaction, const audit::Trail& trail, uint64_t center_id,
                                        std::span<const Applicant> applicants, const Before& before,
                                        const observe::Clock& clock);

}  // namespace wenming::activity
