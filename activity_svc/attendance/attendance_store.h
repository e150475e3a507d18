// The tables of presences and their corrections. Rows are written under the lock of their shift (shifts_store.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "activity_svc/attendance/presence.h"
#include "common/db/session.h"

namespace wenming::activity {

absl::StatusOr<std::optional<Presence>> FindPresence(db::Session& session, uint64_t center_id,
                                                     uint64_t registration_id);
absl::StatusOr<bool> HasPresence(db::Session& session, uint64_t center_id, uint64_t registration_id);

// FAILED_PRECONDITION with REASON_DEVICE_USED when the phone has checked in somebody else in this shift.
absl::Status InsertPresence(db::Transaction& transaction, uint64_t center_id, const Presence& presence);
absl::Status UpdatePresence(db::Transaction& transaction, uint64_t center_id, const Presence& presence, absl::Time now);

// Whether the phone has checked somebody else in or out in this shift, at a station without network included.
absl::StatusOr<bool> DeviceUsedByAnother(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                         std::string_view device_hash, uint64_t registration_id);

// The registration of whoever has this volunteer number and has signed up for the shift and not gone since.
absl::StatusOr<std::optional<uint64_t>> FindByNumber(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                     std::string_view volunteer_number);

// Those of a shift in order of registration, after this one.
absl::StatusOr<std::vector<Presence>> ListPresences(db::Session& session, uint64_t center_id, uint64_t shift_id,
                                                    uint64_t after_registration, int limit);

// What a correction replaced; of `old` nothing stands where there was no presence.
struct Correction {
  uint64_t registration_id = 0;
  PresenceState old_state = v1::Attendance::STATE_UNSPECIFIED;
  std::optional<absl::Time> old_check_in_time = {};
  std::optional<absl::Time> old_check_out_time = {};
  int old_minutes = 0;
  std::string actor = {};
  std::string reason = {};
  absl::Time time = {};
  Means old_check_in_means = v1::Attendance::MEANS_UNSPECIFIED;
  Means old_check_out_means = v1::Attendance::MEANS_UNSPECIFIED;
  Grade old_grade = v1::Attendance::GRADE_UNSPECIFIED;
};

// All presences of a person, and all corrections of them, of the registrations with ids from `first` to `last`.
absl::StatusOr<std::vector<Presence>> ListOwnPresences(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                       uint64_t first, uint64_t last);
absl::StatusOr<std::vector<Correction>> ListOwnCorrections(db::Session& session, uint64_t center_id,
                                                           uint64_t volunteer_id, uint64_t first, uint64_t last);

// The registration of a presence of the person that counts, meets [start, end), and waits for the settlement of its
// shift.
absl::StatusOr<std::optional<uint64_t>> FindUnsettled(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      absl::Time start, absl::Time end);

// Keeps what a correction replaces: `old` is nothing where there was no presence.
absl::Status InsertCorrection(db::Transaction& transaction, uint64_t center_id, uint64_t registration_id, uint64_t id,
                              const std::optional<Presence>& old, std::string_view actor, std::string_view reason,
                              absl::Time now);

}  // namespace wenming::activity
