// Implements wenming.org.v1.StaffAuthService: how staff log in.
#pragma once

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/password_hasher.h"
#include "common/auth/token_signer.h"
#include "common/db/pool.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "prometheus/counter.h"
#include "prometheus/registry.h"
#include "wenming/org/v1/staff.pb.h"

namespace wenming::org {

// Thread-safe. Counts wenming_staff_log_ins_total{outcome}.
class StaffAuthService {
 public:
  StaffAuthService(db::Pool& db, const auth::PasswordHasher& hasher, const auth::TokenSigner& signer,
                   absl::Duration token_lifetime, prometheus::Registry& registry);

  rpc::Service Bind();

  // Takes as long, and answers the same, for an unknown name, a wrong password and a disabled account.
  absl::StatusOr<v1::LogInResponse> LogIn(const rpc::Call& call, const v1::LogInRequest& request);

 private:
  db::Pool& db_;
  const auth::PasswordHasher& hasher_;
  const auth::TokenSigner& signer_;
  const absl::Duration token_lifetime_;
  prometheus::Counter& let_in_;
  prometheus::Counter& refused_;
};

}  // namespace wenming::org
