// Proves that somebody is the member of staff he says: password, lock-out, second factor.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/audit/trail.h"
#include "common/auth/password_gate.h"
#include "common/crypto/data_cipher.h"
#include "common/db/pool.h"
#include "common/reseal/sealed_table.h"
#include "common/rpc/call.h"
#include "org_svc/staff/credentials_store.h"
#include "org_svc/staff/log_in_attempts.h"

namespace wenming::org {

// Thread-safe; the references outlive it.
class StaffDoor {
 public:
  StaffDoor(db::Pool& db, const audit::Trail& trail, const auth::PasswordGate& gate, const crypto::DataCipher& cipher,
            const LogInAttempts& attempts)
      : db_(db), trail_(trail), gate_(gate), cipher_(cipher), attempts_(attempts) {}

  // Whose password this is: an account in use. Takes as long, answers the same and leaves a record for an unknown name,
  // a wrong password and a disabled account: UNAUTHENTICATED with REASON_BAD_CREDENTIALS. The attempt stays counted
  // until attempts().Succeed.
  absl::StatusOr<Credentials> Prove(const rpc::Call& call, std::string_view username, std::string_view password) const;

  // The credentials as they are now, locked; UNAUTHENTICATED where another password, or a disabled state, came between.
  absl::StatusOr<Credentials> Confirm(db::Transaction& transaction, const Credentials& proved) const;

  // Uses a code of the second factor up; false for one that is wrong or was used.
  absl::StatusOr<bool> UseCode(db::Transaction& transaction, const Credentials& credentials, std::string_view code,
                               absl::Time now) const;
  // For a column of its own; bound to the account.
  absl::StatusOr<std::string> SealSecret(uint64_t id, std::string_view secret) const;

  // The column it stands in, for its re-encryption.
  static reseal::SealedTable SealedSecrets();

  // Records a refusal, or the log-in itself, in the name of the account; 0 is an unknown one.
  absl::Status Record(db::Transaction& transaction, const rpc::Call& call, uint64_t center_id, uint64_t id,
                      const absl::Status& result) const;

  const LogInAttempts& attempts() const { return attempts_; }
  const auth::PasswordGate& gate() const { return gate_; }

 private:
  db::Pool& db_;
  const audit::Trail& trail_;
  const auth::PasswordGate& gate_;
  const crypto::DataCipher& cipher_;
  const LogInAttempts& attempts_;
};

}  // namespace wenming::org
