// The guardians of minors: what makes one (个人信息保护法 Art 31), and the table `guardians`.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/crypto/data_cipher.h"
#include "common/db/session.h"
#include "volunteer_svc/volunteers/person.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// The guardian whom a request describes for a person, on the day it is. INVALID_ARGUMENT naming every field
// ("guardian.…") that is wrong; FAILED_PRECONDITION with REASON_GUARDIAN_NOT_ADULT for one under 18, or the person
// himself.
absl::StatusOr<Guardian> GuardianOf(const v1::Guardian& guardian, const Person& ward, absl::CivilDay today);

v1::Guardian ToFullProto(const Guardian& guardian);
v1::Guardian ToProto(const Guardian& guardian);  // masked

// Thread-safe; sessions are the caller's.
class GuardiansStore {
 public:
  explicit GuardiansStore(const crypto::DataCipher& cipher) : cipher_(cipher) {}

  // In the place of the one who was there.
  absl::Status Put(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id, const Guardian& guardian,
                   absl::Time now) const;
  absl::StatusOr<std::optional<Guardian>> Find(db::Session& session, uint64_t center_id, uint64_t volunteer_id) const;
  static absl::Status Remove(db::Transaction& transaction, uint64_t center_id, uint64_t volunteer_id);

 private:
  const crypto::DataCipher& cipher_;
};

}  // namespace wenming::volunteer
