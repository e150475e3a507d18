// Implements wenming.volunteer.v1.VolunteerAuthService.
#pragma once

#include "absl/status/statusor.h"
#include "common/auth/token_signer.h"
#include "common/observe/clock.h"
#include "common/rpc/call.h"
#include "common/rpc/service.h"
#include "volunteer_svc/dependencies.h"
#include "volunteer_svc/volunteers/volunteers_store.h"
#include "wenming/volunteer/v1/volunteers.pb.h"

namespace wenming::volunteer {

// Thread-safe.
class AuthService {
 public:
  // `clock` dates the tokens: they are checked by the real time, also where a call in development carries its own.
  AuthService(const Dependencies& dependencies, const auth::TokenSigner& signer, observe::Clock clock,
              bool development);

  rpc::Service Bind();

  absl::StatusOr<v1::DevelopmentLogInResponse> DevelopmentLogIn(const rpc::Call& call,
                                                                const v1::DevelopmentLogInRequest& request);

 private:
  db::Pool& db_;
  const VolunteersStore store_;
  const auth::TokenSigner& signer_;
  const observe::Clock clock_;
  const bool development_;
};

}  // namespace wenming::volunteer
