// The table of the moves that registrations made. Rows are written under the lock of the shift (shifts_store.h), so
// that the moves of one registration come one after another. The creation is no move: create_time and waitlist_position
// of the registration tell it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/notices/notice.h"
#include "activity_svc/registrations/registration.h"
#include "common/db/session.h"
#include "common/ids/ids.h"
#include "common/rpc/call.h"

namespace wenming::activity {

// Who moves a registration, why and when. A value that lives no longer than what it views.
struct Cause {
  std::string_view actor = {};   // "volunteers/ID" or "staff/ID"
  std::string_view reason = {};  // empty: the state says it all
  absl::Time now = {};
  // What the person is told of it and the notice's id; UNSPECIFIED: nothing, for he did it himself, or is told
  // otherwise.
  NoticeKind told = v1::Notice::KIND_UNSPECIFIED;
  uint64_t notice_id = 0;
};
// The caller.
Cause By(const rpc::Call& call, std::string_view reason = {});
// The platform itself: a deadline passed, or a place became free.
Cause BySystem(absl::Time now, std::string_view reason = {});
// The same, and whoever is moved is told. For the registrations of one shift: of those each person has one at most.
Cause Telling(ids::Generator& ids, NoticeKind kind, Cause cause);

// Keeps that every registration (`r`) that the condition finds, in the state that it still has, is about to move to
// another, and tells the persons as the cause says: of an offer, until when it is held. Says how many there are.
absl::StatusOr<int64_t> KeepMoves(db::Transaction& transaction, RegistrationState to,
                                  std::optional<absl::Time> offer_expire_time, const Cause& cause,
                                  std::string_view condition, std::span<const db::Value> values);

// A move that was made.
struct RegistrationMoveMade {
  RegistrationState from = v1::Registration::STATE_UNSPECIFIED;
  RegistrationState to = v1::Registration::STATE_UNSPECIFIED;
  std::string actor = {};
  std::string reason = {};
  absl::Time time = {};
};
void ToProto(const RegistrationMoveMade& move, v1::Registration::Move& proto);

// Oldest first.
absl::StatusOr<std::vector<RegistrationMoveMade>> ListMovesOf(db::Session& session, uint64_t center_id,
                                                              uint64_t registration_id);

struct OwnRegistrationMove {
  uint64_t registration_id = 0;
  RegistrationMoveMade move = {};
};
// All moves of a person's registrations with ids from `first` to `last`, those of each oldest first.
absl::StatusOr<std::vector<OwnRegistrationMove>> ListOwnMoves(db::Session& session, uint64_t center_id,
                                                              uint64_t volunteer_id, uint64_t first, uint64_t last);

}  // namespace wenming::activity
