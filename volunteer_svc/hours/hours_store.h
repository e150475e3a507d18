// The tables `hour_accounts`, `hour_entries` and `star_levels`. Entries are inserted and read, never changed.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/db/session.h"
#include "volunteer_svc/hours/hour_entry.h"
#include "volunteer_svc/hours/hours_rules.h"

namespace wenming::volunteer {

// Minutes given under one title.
struct TitleMinutes {
  std::string title;
  int64_t minutes = 0;
};

// Functions on the caller's session.
struct HoursStore {
  // An account without entries, for a new volunteer.
  static absl::Status OpenAccount(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);

  static absl::StatusOr<std::optional<HourAccount>> FindAccount(db::Session& session, uint64_t center_id,
                                                                uint64_t volunteer_id);
  // Also keeps others from writing to it until the transaction ends.
  static absl::StatusOr<std::optional<HourAccount>> LockAccount(db::Transaction& transaction, uint64_t center_id,
                                                                uint64_t volunteer_id);
  // `account` as it is after the entry, which follows the newest one. ALREADY_EXISTS (IsDuplicateKey "by_registration")
  // when the registration was credited before; ABORTED when the account is no longer the one that was locked.
  static absl::Status Append(db::Transaction& transaction, const HourEntry& entry, const HourAccount& account);

  // The entry of the volunteer that begins last of those that begin before `time`.
  static absl::StatusOr<std::optional<HourEntry>> LastBefore(db::Session& session, uint64_t center_id,
                                                             uint64_t volunteer_id, absl::Time time);
  static absl::StatusOr<std::optional<HourEntry>> FindRegistration(db::Session& session, uint64_t center_id,
                                                                   uint64_t registration_id);
  // Up to `limit` entries: after `sequence` in order, or before it (0: from the newest on) in the opposite order.
  static absl::StatusOr<std::vector<HourEntry>> After(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                      int64_t sequence, int limit);
  static absl::StatusOr<std::vector<HourEntry>> Before(db::Session& session, uint64_t center_id, uint64_t volunteer_id,
                                                       int64_t sequence, int limit);

  // When the first service of the volunteer began; nothing without entries.
  static absl::StatusOr<std::optional<absl::Time>> FirstStart(db::Session& session, uint64_t center_id,
                                                              uint64_t volunteer_id);
  // The entries that begin in [from, until): minutes by title, most first.
  static absl::StatusOr<std::vector<TitleMinutes>> MinutesByTitle(db::Session& session, uint64_t center_id,
                                                                  uint64_t volunteer_id, absl::Time from,
                                                                  absl::Time until);

  // The center's own levels, or the default ones; ascending.
  static absl::StatusOr<std::vector<StarLevel>> StarLevels(db::Session& session, uint64_t center_id);
};

}  // namespace wenming::volunteer
