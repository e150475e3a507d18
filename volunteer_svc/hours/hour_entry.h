// The rows of the ledger as values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "wenming/volunteer/v1/hours.pb.h"

namespace wenming::volunteer {

// Bytes of a hash; that before the first entry of a volunteer is all zeros.
inline constexpr size_t kHashSize = 32;

// What the ledger says of one volunteer, up to his newest entry.
struct HourAccount {
  int64_t sequence = 0;
  int64_t balance_minutes = 0;
  int64_t supplement_minutes = 0;                  // the part of the balance that supplements make up
  absl::Time latest_end_time = absl::UnixEpoch();  // no entry, reversed or not, ends later
  std::string head_hash = std::string(kHashSize, '\0');
};

// One entry. Times are whole microseconds.
//
// Revision 0 of a registration is its settlement; an odd revision reverses the one before it, an even one is what
// stands instead.
struct HourEntry {
  uint64_t center_id = 0;
  uint64_t volunteer_id = 0;
  int64_t sequence = 0;
  uint64_t registration_id = 0;
  int64_t revision = 0;
  int64_t minutes = 0;
  int64_t balance_minutes = 0;
  absl::Time start_time;
  absl::Time end_time;
  uint64_t activity_id = 0;
  std::string activity_title;
  uint64_t shift_id = 0;
  uint64_t unit_id = 0;
  uint64_t team_id = 0;
  std::string place;
  std::string content;
  uint64_t person_in_charge_id = 0;
  uint64_t recorder_id = 0;
  v1::Grade grade = v1::GRADE_UNSPECIFIED;
  absl::Time record_time;
  std::string hash;

  // No column: whether a later entry reverses this one. Known where an entry was read to be shown.
  bool reversed = false;
};

inline bool IsReversal(const HourEntry& entry) { return entry.revision % 2 != 0; }

// A time for which a volunteer is credited now, and the entry that says so.
struct CreditedTime {
  uint64_t volunteer_id = 0;
  absl::Time start_time;
  absl::Time end_time;
  int64_t sequence = 0;
};

}  // namespace wenming::volunteer
