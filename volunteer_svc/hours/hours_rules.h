// What may be credited, and what it earns. Pure functions.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "volunteer_svc/hours/hour_entry.h"
#include "wenming/activity/v1/events.pb.h"
#include "wenming/volunteer/v1/hours.pb.h"

namespace wenming::volunteer {

// The entry that an event asks for, without its place in the chain (sequence, balance, hash). INVALID_ARGUMENT for an
// event that names no volunteer or registration, whose revision is not of its kind (even for what is settled, odd for
// what is reversed), whose grade is not known, that says no start or no end, or an end that is not after the start, or
// whose minutes are none or more than there are in between.
// Of a reversal the entry says no more than the event does: what it takes back is a matter of the ledger (Reversing).
absl::StatusOr<HourEntry> EntryOf(uint64_t center_id, const activity::v1::HoursSettled& event, absl::Time now);
absl::StatusOr<HourEntry> EntryOf(uint64_t center_id, const activity::v1::HoursReversed& event, absl::Time now);

// The entry that takes `credited` back, as `wanted` asks for: a copy with negative minutes and with the revision, the
// recorder and the time of the reversal.
HourEntry Reversing(const HourEntry& credited, const HourEntry& wanted);

// Puts the entry behind the newest one: sequence, balance and hash; and makes it the newest of the account.
void Chain(HourEntry& entry, HourAccount& account);

// Whether two entries credit the same: person, registration, minutes and time.
bool SameCredit(const HourEntry& a, const HourEntry& b);

// From how many minutes on a star is borne; ascending.
struct StarLevel {
  int star;
  int64_t minutes;
};
// 0 below the first level.
int StarOf(const std::vector<StarLevel>& levels, int64_t minutes);
// The minutes at which the next star comes; 0 at the highest.
int64_t NextStarMinutes(const std::vector<StarLevel>& levels, int64_t minutes);

v1::HourAccount ToProto(uint64_t volunteer_id, const HourAccount& account, const std::vector<StarLevel>& levels);
v1::HourEntry ToProto(const HourEntry& entry);

}  // namespace wenming::volunteer
