// One-time codes that prove a phone: how they are made, how often, and how they are used up.
//
// A code has 6 digits and is good once, for 5 minutes and 5 tries; the next one for the same phone takes its place.
// Between two codes for a phone lies a minute, and there are at most 5 an hour for a phone and 20 for an address.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/crypto/blind_index.h"
#include "common/crypto/random.h"
#include "common/db/session.h"

namespace wenming::volunteer {

struct PhoneCode {
  std::string digits;  // keep it in memory only
  absl::Time expire_time;
  absl::Time resend_time;
};

// Thread-safe; transactions are the caller's. Times are those of the server's clock.
class PhoneCodes {
 public:
  PhoneCodes(const crypto::BlindIndex& index, crypto::RandomSource random)
      : index_(index), random_(std::move(random)) {}

  // Makes the phone's next code. RESOURCE_EXHAUSTED with REASON_CODE_TOO_SOON or REASON_TOO_MANY_ATTEMPTS, and the time
  // to wait. `address`: who asks; all addresses of an IPv6 network (/64) count as one.
  absl::StatusOr<PhoneCode> Issue(db::Transaction& transaction, uint64_t center_id, std::string_view phone,
                                  std::string_view address, absl::Time now) const;

  enum class Verdict {
    kRight,   // and used up by this
    kWrong,   // which was one try
    kNoCode,  // none is there, or it has expired, or all tries are gone
  };
  // Commit the transaction in each case but where a right code shall stay good.
  absl::StatusOr<Verdict> Use(db::Transaction& transaction, uint64_t center_id, std::string_view phone,
                              std::string_view digits, absl::Time now) const;

  // Takes one try away.
  absl::Status TakeTry(db::Transaction& transaction, uint64_t center_id, std::string_view phone) const;

 private:
  struct Limit;
  absl::Status Count(db::Transaction& transaction, uint64_t center_id, const std::string& subject, const Limit& limit,
                     absl::Time now) const;
  std::string Digits() const;
  std::string HashOf(std::string_view phone, std::string_view digits) const;

  const crypto::BlindIndex& index_;
  const crypto::RandomSource random_;
};

// An IPv6 address without its last 64 bits, any other text as it is.
std::string NetworkOf(std::string_view address);

}  // namespace wenming::volunteer
