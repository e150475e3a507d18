// Decides what comes into the ledger: a page holds all that the ledger says of some volunteers and some registrations,
// takes entries one after the other and knows in the end what to write. Pure: no I/O, no clock.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "volunteer_svc/hours/hour_entry.h"

namespace wenming::volunteer {

// What an entry did to a balance.
struct Credit {
  uint64_t center_id = 0;
  int64_t minutes = 0;  // negative where hours were taken back; 0 where all was there already: nothing has changed
  int64_t balance_minutes = 0;  // of the volunteer, afterwards
};

// Thread-safety: none.
class LedgerPage {
 public:
  // What the ledger says: an account; the entries of a registration in order of revision; a credited time.
  void Know(uint64_t volunteer_id, HourAccount account);
  void Know(HourEntry entry);
  void Know(const CreditedTime& time);

  // Takes an entry that hours_rules.h has made of an event. All that was told of its registration must be known, and of
  // the times of its volunteer the last one that begins before its end (unless it begins at latest_end_time of the
  // account or after that).
  //
  // NOT_FOUND for a volunteer without an account. FAILED_PRECONDITION with REASON_HOURS_CONTRADICT where the
  // registration has this revision with other contents, or is another person's; with REASON_NOT_CREDITED where the
  // revision before is not there; with REASON_HOURS_OVERLAP where the person is credited for a part of the time. After
  // an error the page is as it was before.
  absl::StatusOr<Credit> Take(HourEntry wanted);

  // What is to be written, in this order: entries, times that are credited no more, times that now are.
  std::span<const HourEntry> entries() const { return entries_; }
  std::span<const CreditedTime> uncredited() const { return uncredited_; }
  std::span<const CreditedTime> credited() const { return credited_; }
  const HourAccount* FindAccount(uint64_t volunteer_id) const;

 private:
  using Times = std::map<absl::Time, CreditedTime>;  // by start

  absl::StatusOr<Credit> Settle(HourEntry entry, HourAccount& account);
  absl::StatusOr<Credit> Reverse(HourEntry entry, HourAccount& account);
  void Write(HourEntry entry, HourAccount& account);

  absl::flat_hash_map<uint64_t, HourAccount> accounts_;
  absl::flat_hash_map<uint64_t, Times> times_;
  absl::flat_hash_map<uint64_t, std::vector<HourEntry>> told_;  // by registration
  std::vector<HourEntry> entries_;
  std::vector<CreditedTime> uncredited_, credited_;
};

}  // namespace wenming::volunteer
