// Follows the ledger of one volunteer and finds the first row that is not as it was written. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "volunteer_svc/hours/entry_text.h"
#include "volunteer_svc/hours/hour_entry.h"

namespace wenming::volunteer {

// The first row that is not as it was written.
struct ChainFault {
  int64_t sequence = 0;  // of the entry; one beyond the last where the account itself is wrong
  std::string what;      // for people who administrate: "altered", "removed", "account balance" …
};

// Takes the entries of a volunteer one after the other, then the account and the credited times.
//
// Thread-safety: none.
class AccountCheck {
 public:
  // The next entry in order of sequence. Does nothing after a fault.
  void Take(const EntryText& row);
  // What all must come to: `times` in order of start, `account` null where there is none.
  void End(const HourAccount* account, std::span<const CreditedTime> times);

  const std::optional<ChainFault>& fault() const { return fault_; }
  // That are in order.
  int64_t entries() const { return reached_.sequence; }

 private:
  // An entry that nothing has taken back yet.
  struct Standing {
    uint64_t registration_id;
    int64_t revision;
    int64_t minutes;
    CreditedTime time;
  };

  void Find(int64_t sequence, std::string what) { fault_ = ChainFault{sequence, std::move(what)}; }
  // False where the revision does not follow on what stands.
  bool Stand(const Standing& entry);
  void CheckTimes(std::span<const CreditedTime> times);

  HourAccount reached_;
  std::vector<Standing> standing_;  // in order of sequence
  std::string bytes_;               // kept from entry to entry for its memory
  std::optional<ChainFault> fault_;
};

}  // namespace wenming::volunteer
