// Counts attempts to log in, and locks out where there are too many.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/crypto/blind_index.h"
#include "common/db/session.h"

namespace wenming::org {

// Of an account five attempts within 15 minutes, of an address thirty; then none for 15 minutes. An attempt counts from
// its beginning, so that many at once get no further than one after the other, until it succeeds. Whether the user name
// exists makes no difference. Thread-safe; the index must outlive this.
class LogInAttempts {
 public:
  explicit LogInAttempts(const crypto::BlindIndex& index) : index_(index) {}

  // RESOURCE_EXHAUSTED with REASON_TOO_MANY_ATTEMPTS, and when to come back, where the account or the address is locked
  // out. An empty address is not counted.
  absl::Status Begin(db::Transaction& transaction, std::string_view username, std::string_view address,
                     absl::Time now) const;
  // The attempt has succeeded: the account's are forgotten, the address has one less.
  absl::Status Succeed(db::Transaction& transaction, std::string_view username, std::string_view address) const;
  // The password was right, but nobody got in: the account and the address have this one less. What was counted before
  // stays, or whoever has the password could go on guessing codes for ever.
  absl::Status TakeBack(db::Transaction& transaction, std::string_view username, std::string_view address) const;
  // Ends a lock-out of the account.
  absl::Status Unlock(db::Transaction& transaction, std::string_view username) const;

 private:
  std::string AccountKey(std::string_view username) const;
  std::string AddressKey(std::string_view address) const;

  const crypto::BlindIndex& index_;
};

}  // namespace wenming::org
